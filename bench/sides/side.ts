import type { Cost } from '../lib/child';
import type { PcapCounts } from '../lib/scan';

/** What a side found; what it does not tell is left out. */
export interface Counts {
  /** Packets of the capture that it read. */
  readonly packets?: number;
  /** Packets that it cannot take, as it documents or shows. */
  readonly leftOut?: number;
  /** TCP connections. */
  readonly tcpFlows?: number;
  /** Different pairs of addresses and ports among them: however connections are parted, these are the same. */
  readonly tcpPairs?: number;
  /** Packets that it counted among TCP connections. */
  readonly tcpPackets?: number;
  /** SHA-256 of the whole files that it hashed. */
  readonly sha256?: readonly string[];
  /** All flows. */
  readonly flows?: number;
}

export interface Measured extends Cost {
  readonly counts: Counts;
  /** Bytes of the capture that it read, when it could not take all of it. */
  readonly bytes?: number;
  /** Milliseconds that the same File took to read and nothing else, just before, in the same place. */
  readonly reading?: number;
  /** Something to know about the figures. */
  readonly note?: string;
}

export interface CaptureFile extends PcapCounts { readonly path: string }

/** Somebody who takes part: ours in one of its ways, or a peer. */
export interface Side {
  readonly name: string;
  /** What it does, so that the comparison is fair; one sentence without a stop. */
  readonly does: string;
  /** Why it does not take part here; null when it does. */
  readonly absent: string | null;
  /** One run. @param count also tell what it found (not within the time) @throws Error when it fails */
  readonly measure: (capture: CaptureFile, folder: string, count: boolean) => Promise<Measured>;
}
