import type { Microseconds, Reason, Severity } from '../indicators/types';

/** A reason that a finding gives an indicator. */
export interface FindingReason {
  /** Key of the indicator (`${kind}:${value}`). */
  readonly indicator: string;
  readonly reason: Reason;
}

/** What a detector saw, with what a person needs to check it. */
export interface Finding {
  /** Stable name of the detector, for example `served-executable`. */
  readonly detector: string;
  /** A sentence for people. */
  readonly title: string;
  readonly severity: Severity;
  /** 0–100: how sure the detector is that it saw what it says, apart from how bad that would be. */
  readonly confidence: number;
  /** ATT&CK technique id. */
  readonly technique: string;
  /** Place of the capture in the case, from 0. */
  readonly capture: number;
  readonly first_seen: Microseconds;
  readonly last_seen: Microseconds;
  /** Hosts of ours involved. */
  readonly hosts: readonly string[];
  /** Flow ordinals and packet numbers, at most MAX_FINDING_EVIDENCE each. */
  readonly flows: readonly number[];
  readonly pkts: readonly number[];
  /** How often, when that is more than `pkts` lists. */
  readonly count?: number;
  /** What led to it: figures and values by name. */
  readonly inputs: Readonly<Record<string, string | number>>;
  /** What it says of which indicator; makes private addresses indicators, too. */
  readonly reasons: readonly FindingReason[];
}

/** Flows and packets that a finding lists at the most. */
export const MAX_FINDING_EVIDENCE = 32;
/** Findings of one detector in one capture at the most: the first ones stay, the rest are counted. */
export const MAX_FINDINGS_PER_DETECTOR = 500;
