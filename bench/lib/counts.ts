import { difference } from './statistics';
import type { Counts } from '../sides/side';

/** What one side found, under its name. */
export interface Found { readonly side: string; readonly counts: Counts; readonly peer: boolean }

export interface Agreement {
  readonly what: string;
  readonly ours: number;
  readonly theirs: number;
  readonly side: string;
  /** By how much they may differ, relative. */
  readonly tolerance: number;
  readonly held: boolean;
}

/**
 * TCP connections may differ by this much, because programs part them differently: Suricata and Zeek let a quiet connection
 * end, each after other times, and call what follows a new one; tshark never does, but begins a new one with a SYN of other
 * numbers. Ours does as Zeek. How many different pairs of endpoints there are does not depend on that.
 */
export const FLOW_TOLERANCE = 0.12;
/** Pairs of endpoints: stray or malformed segments, and what is inside of tunnels, make a connection here and not there. */
export const PAIR_TOLERANCE = 0.02;
/** Files of which Suricata is the only one to say that it had them whole, for example at the end of the capture. */
export const HASH_TOLERANCE = 0.05;
/** Packets among TCP connections: segments that belong to none, or are malformed, count here and not there. */
export const TCP_PACKET_TOLERANCE = 0.02;

/**
 * Compares what all found in one capture with what ours (the first of ours that counted) found, and packets with what the
 * file holds: those must be the same to the last.
 */
export function compareCounts(packetsInFile: number, found: readonly Found[]): Agreement[] {
  const list: Agreement[] = [];
  const ours = found.find(({ peer, counts }) => !peer && counts.tcpFlows !== undefined) ?? found.find(({ peer }) => !peer);
  const add = (what: string, side: string, a: number | undefined, b: number | undefined, tolerance: number): void => {
    // A capture without TCP has nothing to compare.
    if (a === undefined || b === undefined || (a === 0 && b === 0)) return;
    list.push({ what, side, ours: a, theirs: b, tolerance, held: difference(a, b) <= tolerance });
  };
  for (const { side, counts } of found) {
    // Ours beside the file, the others beside the file as well.
    add('packets, against those in the file', side, packetsInFile - (counts.leftOut ?? 0), counts.packets, 0);
    if (!ours || side === ours.side) continue;
    const own = !found.some((other) => other.side === side && other.peer);
    add('TCP connections', side, ours.counts.tcpFlows, counts.tcpFlows, own ? 0 : FLOW_TOLERANCE);
    add('TCP pairs of endpoints', side, ours.counts.tcpPairs, counts.tcpPairs, own ? 0 : PAIR_TOLERANCE);
    add('packets of TCP connections', side, ours.counts.tcpPackets, counts.tcpPackets, own ? 0 : TCP_PACKET_TOLERANCE);
    if (ours.counts.sha256 && counts.sha256) {
      const known = new Set(ours.counts.sha256);
      const theirs = new Set(counts.sha256);
      add('different files, known by the same SHA-256', side, theirs.size, [...theirs].filter((hash) => known.has(hash)).length, HASH_TOLERANCE);
    }
    if (own) add('flows', side, ours.counts.flows, counts.flows, 0);
  }
  return list;
}
