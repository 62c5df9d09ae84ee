// What only some flows need: it is taken from the slab when a flow first needs it. Where memory is short a flow goes without
// (counted as COUNTER_CAP_SLAB): a cap on its history, its gaps uncounted, nothing kept out of order.

import { Buffer } from "../memory/buffer";
import { allocateZeroed, release } from "../memory/slab";
import { Flow, ORIG, RESP, Side, side } from "./flow";

@unmanaged
export class FlowRare {
  /** A bit for each weird that was written for this flow. */
  weirdsSeen0: u64;
  weirdsSeen1: u64;
  weirdsSeen2: u64;
  // The uid of what carries this flow, kept because that may end first.
  parentUid0: u64;
  parentUid1: u64;
  parentUid2: u16;
  /** What the first bytes of the originator and of the responder could be (dissect/signatures.ts). */
  origCandidate: u8;
  respCandidate: u8;
  /** Weirds written for this flow so far. */
  weirds: u32;
  // History from the 25th letter on.
  history3: u64;
  history4: u64;
  // First bytes of each direction, until the protocol is told: two Buffers.
  first0: u32;
  first0Length: u32;
  first0Capacity: u32;
  first1: u32;
  first1Length: u32;
  first1Capacity: u32;
  /** Bytes looked at for services that turn up later. */
  watched: u32;
}
const FLOW_RARE_BYTES: u32 = 128;
if (offsetof<FlowRare>() > 128) ERROR("FlowRare is larger than its block");

@unmanaged
export class SideRare {
  /** Bytes missing from the stream. */
  missed: u64;
  /** Kept segments, oldest first, the last of them (most come in order above a hole), their bytes and number. */
  segments: u32;
  lastSegment: u32;
  segmentBytes: u32;
  segmentCount: u32;
  // Times; the history has their letters at the 1st, 10th, 100th, …
  gaps: u32;
  retransmissions: u32;
  zeroWindows: u32;
}
const SIDE_RARE_BYTES: u32 = 64;

/** The flow's rare part, made on first use; null when memory is short. */
export function rareOf(flow: Flow): FlowRare | null {
  if (flow.rare == 0) flow.rare = <u32>allocateZeroed(FLOW_RARE_BYTES);
  return changetype<FlowRare | null>(<usize>flow.rare);
}

/** The side's rare part, made on first use; null when memory is short. */
export function sideRareOf(s: Side): SideRare | null {
  if (s.rare == 0) s.rare = <u32>allocateZeroed(SIDE_RARE_BYTES);
  return changetype<SideRare | null>(<usize>s.rare);
}

const nothing: usize = memory.data(12, 8);

/** The first bytes of a direction as they are kept; a flow without a rare part has an empty buffer, to which nothing may be added. */
export function firstBytes(flow: Flow, dir: u32): Buffer {
  if (flow.rare == 0) return changetype<Buffer>(nothing);
  return changetype<Buffer>(<usize>flow.rare + offsetof<FlowRare>("first0") + <usize>dir * 12);
}

/** True at the 1st, 10th, 100th, … time. */
export function isPowerOfTen(times: u32): bool {
  let power: u32 = 1;
  while (power < times && power < 1000000000) power *= 10;
  return power == times;
}

function releaseSide(s: Side): void {
  if (s.rare == 0) return;
  release(<usize>s.rare, SIDE_RARE_BYTES);
  s.rare = 0;
}

/** Gives the memory back; buffers and segments were freed before. */
export function releaseRare(flow: Flow): void {
  releaseSide(side(flow, ORIG));
  releaseSide(side(flow, RESP));
  if (flow.rare == 0) return;
  release(<usize>flow.rare, FLOW_RARE_BYTES);
  flow.rare = 0;
}
