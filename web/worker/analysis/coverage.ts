import * as c from '../../../assembly/abi/counters';
import { CAP_WORDS, COVERAGE_WORDS, type CoverageWords } from '../../engine/coverage';
import { linkTypeName } from '../../logs/names/index';
import type { Coverage, CoverageLine } from '../api';
import type { CaptureState } from './capture-state';

/** What was decoded, what was not and why, over the captures of the case. */
export function coverageOf(captures: readonly CaptureState[], more: readonly { readonly name: string; readonly times: number }[] = []): Coverage {
  const total = (index: number): number => (index < 0 ? 0 : captures.reduce((sum, capture) => sum + capture.counter(index), 0));
  const lines: CoverageLine[] = [];
  const add = (words: CoverageWords): void => {
    const packets = total(words.packets);
    const bytes = total(words.bytes);
    if (packets > 0 || bytes > 0) lines.push({ label: words.label, packets, bytes, kind: words.kind, text: words.text });
  };
  const [decoded, ...others] = COVERAGE_WORDS;
  if (decoded) add(decoded);
  const links = new Map<number, { packets: number; bytes: number }>();
  for (const capture of captures) {
    for (const { linktype, packets, bytes } of capture.linktypes) {
      const sum = links.get(linktype) ?? { packets: 0, bytes: 0 };
      links.set(linktype, { packets: sum.packets + packets, bytes: sum.bytes + bytes });
    }
  }
  for (const [linktype, { packets, bytes }] of links) {
    if (packets > 0) lines.push({ label: `Link type ${linktype} (${linkTypeName(linktype)})`, packets, bytes, kind: 'undecoded', text: 'Frames of a link type that is not decoded.' });
  }
  // A counter that the list of link types does not explain (a run that has not told them yet).
  if (links.size === 0) add({ label: 'Link type not decoded', kind: 'undecoded', text: 'Frames of a link type that is not decoded.', packets: c.COUNTER_UNDECODED_LINK_PACKETS, bytes: c.COUNTER_UNDECODED_LINK_BYTES });
  for (const words of others) add(words);
  let tripped = 0;
  for (const words of CAP_WORDS) {
    if (total(words.packets) > 0) tripped++;
    add(words);
  }
  for (const { name, times } of more) {
    tripped++;
    lines.push({ label: `Cap: ${name}`, packets: times, bytes: 0, kind: 'cap', text: 'The list of indicators, findings or hosts was cut at this cap.' });
  }
  const caps = new Map<string, number>();
  for (const capture of captures) for (const { name, times } of capture.caps) caps.set(name, (caps.get(name) ?? 0) + times);
  for (const [name, times] of caps) {
    tripped++;
    lines.push({ label: `Cap: ${name}`, packets: times, bytes: 0, kind: 'cap', text: 'Bodies beyond this cap were not decoded or hashed; their rows say so.' });
  }
  const beyond = captures.reduce((sum, capture) => sum + capture.store.beyond, 0);
  if (beyond > 0) {
    tripped++;
    lines.push({ label: 'Cap: memory for rows', packets: 0, bytes: beyond, kind: 'cap', text: 'Rows beyond the memory that is set aside for them stay in memory, because there is no place on disk for them (nothing is to be kept, or the browser has no room). Nothing is left out.' });
  }
  const share = (part: number, whole: number): number => (whole === 0 ? 1 : Math.min(1, part / whole));
  return {
    decoded_packets: share(total(c.COUNTER_PACKETS_DECODED), total(c.COUNTER_PACKETS)),
    decoded_bytes: share(total(c.COUNTER_BYTES_DECODED), total(c.COUNTER_BYTES)),
    caps_tripped: tripped,
    lines,
  };
}

/** Caps that tripped, in words, for exports. */
export function capsInWords(coverage: Coverage): string[] {
  return coverage.lines.filter((line) => line.kind === 'cap').map((line) => line.label);
}
