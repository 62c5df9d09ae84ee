import { COUNTER_BYTES, COUNTER_PACKETS } from '../assembly/abi/counters';
import { CAP_WORDS, COVERAGE_WORDS } from '../web/engine/coverage';

/** What was read of a capture, what was not and which caps tripped, as one line of JSON. What did not happen is left out. */
export function coverageLine(capture: string, counters: BigUint64Array): string {
  const count = (counter: number): number | undefined => (counter < 0 ? undefined : Number(counters[counter] ?? 0n));
  const coverage = [...COVERAGE_WORDS, ...CAP_WORDS]
    .map(({ label, kind, packets, bytes }) => ({ what: label, kind, count: count(packets), bytes: count(bytes) }))
    .filter((line) => (line.count ?? 0) > 0 || (line.bytes ?? 0) > 0);
  return `${JSON.stringify({ capture, packets: count(COUNTER_PACKETS), bytes: count(COUNTER_BYTES), coverage })}\n`;
}
