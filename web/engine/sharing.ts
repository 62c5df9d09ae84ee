import * as c from '../../assembly/abi/counters';

/** Which of several engines that share a capture (assembly/deal) one is. All of them are given the same seed. */
export interface ShareOf {
  readonly shares: number;
  /** From 0. */
  readonly share: number;
  readonly seed: number;
}

/** A row of the weird log that no packet made: what put it in its place among those of the packet that dates it. */
export interface LateRow {
  readonly row: number;
  /** LATE_* of assembly/deal/late.ts; 1 is what the packet itself makes. */
  readonly kind: number;
  /** Of a flow that ended: its list, and its place in it. */
  readonly list: number;
  readonly place: bigint;
}

/** What an engine that shared a capture tells at the end, to be compared with the others. */
export interface Sharing {
  /** Flows that were met here although another engine is their home: they stood in tunnels. */
  readonly strayFlows: number;
  /** Keys of the address pairs between which fragments were met, by whether this engine is their home. */
  readonly fragments: { readonly home: Float64Array; readonly strays: Float64Array };
  /** A cap that is divided among the engines was reached. */
  readonly partReached: boolean;
  /** No packet was earlier than one before it. */
  readonly ordered: boolean;
  readonly late: readonly LateRow[];
  /** Of a flow by its addresses (16 bytes each), ports and IP protocol: whether it is a stray here, and its key in all engines. */
  flow(orig: Uint8Array, resp: Uint8Array, origPort: number, respPort: number, ipProto: number): { stray: boolean; key: number };
}

/** Counters of what every engine sees alike, because each frames the whole file. */
const OF_THE_FILE = new Set([
  c.COUNTER_RESYNC_BYTES, c.COUNTER_RESYNCS, c.COUNTER_UNKNOWN_BLOCKS, c.COUNTER_CAP_RECORD_BYTES, c.COUNTER_CAP_INTERFACES, c.COUNTER_CAP_NAMES,
]);

/** Caps of the capture as a whole, of which each engine has its part. */
const DIVIDED = [c.COUNTER_CAP_FLOWS, c.COUNTER_CAP_SEGMENTS_TOTAL, c.COUNTER_CAP_FRAGMENTS, c.COUNTER_CAP_SLAB, c.COUNTER_CAP_BODIES];

/** True when an engine used up its part of a cap: one engine alone might not have, and its rows are what counts. */
export function partReached(sharing: Sharing, counters: BigUint64Array): boolean {
  return sharing.partReached || DIVIDED.some((counter) => (counters[counter] ?? 0n) > 0n);
}

/** The counters of the capture from those of the engines that shared it, in their order. */
export function sumCounters(parts: readonly BigUint64Array[]): BigUint64Array {
  const [first = new BigUint64Array(c.COUNTER_COUNT), ...others] = parts;
  return first.map((value, counter) => (OF_THE_FILE.has(counter) ? value : others.reduce((sum, part) => sum + (part[counter] ?? 0n), value)));
}
