// The flow record: who talks to whom, and everything that is counted and remembered of it. Directions: ORIG is the side
// that Zeek calls originator, RESP the responder; a `dir` argument is one of the two and names the SENDER of the bytes.

import { communityId, uidFrom } from "./identity";

/** Sent by the originator. */
export const ORIG: u32 = 0;
/** Sent by the responder. */
export const RESP: u32 = 1;

/** Length of a uid: `C` and 17 base-62 digits, as Zeek's look. */
export const UID_BYTES: u32 = 18;

/** What is kept for one side. TCP's fields are zero for other protocols. Numbers: Zeek's TCP_Endpoint. */
@unmanaged
export class Side {
  pkts: u64;
  ipBytes: u64;
  /** UDP, ICMP: payload bytes by the headers. */
  payload: u64;
  /** Bytes missing from the stream. */
  missed: u64;
  // Sequence space, as Zeek keeps it: first number (as if there had been a SYN), highest sent, highest acknowledged.
  startSeq: u32;
  lastSeq: u32;
  ackSeq: u32;
  seqWraps: u32;
  ackWraps: u32;
  /** Relative FIN number; valid when finCount > 0. */
  finSeq: u64;
  histSyn: u64;
  histFin: u64;
  histRst: u64;
  // Reassembly: next relative number to deliver, list of kept segments, their bytes and number.
  nextSeq: u64;
  segments: u32;
  segmentBytes: u32;
  segmentCount: u32;
  /** The last of the kept segments: most come in order above a hole. */
  lastSegment: u32;
  finCount: u16;
  rstCount: u16;
  state: u8;
  previousState: u8;
  didClose: u8;
  windowScale: u8;
  /** Reassembly is over for this side (too much above a hole, reset, end told). */
  skip: u8;
  ended: u8;
  gapped: u8;
  unused: u8;
  gapCount: u32;
  gapThreshold: u32;
  retransmitted: u32;
  retransmittedThreshold: u32;
  zeroWindows: u32;
  zeroWindowThreshold: u32;
  badChecksums: u32;
  badChecksumThreshold: u32;
}

@unmanaged
export class Flow {
  // Key. Addresses are 16 bytes in network order (IPv4 mapped), ports as numbers.
  origH0: u64;
  origH1: u64;
  respH0: u64;
  respH1: u64;
  origP: u16;
  respP: u16;
  /** PROTO_* of abi/enums.ts. */
  proto: u8;
  /** Protocol number of the IP header. */
  ipProto: u8;
  /** TUNNEL_* that carried the first packet. */
  tunnel: u8;
  /** SERVICE_* of dissect/services.ts: the dissector at work; 0 = none yet, SERVICE_NOTHING = given up. */
  dissector: u8;
  /** Number of the flow in the capture, from 1. */
  ordinal: u32;
  /** First packet. */
  firstPkt: u32;
  firstTs: i64;
  lastTs: i64;
  /** The clock when its timeout began: at its last activity, or where the timeout is fixed, when it got its class. */
  expiryBase: i64;
  /** Confirmed services, a bit each (dissect/services.ts). */
  services: u64;
  /** State of the dissector at work (slab memory), 0 = none. */
  state: u32;
  /** Ordinal of the flow that carries this one, 0 = none; its uid is kept because it may end first. */
  parent: u32;
  // Flow table: chain by activity, hash.
  older: u32;
  newer: u32;
  hash: u32;
  timeoutClass: u8;
  /** Bits FLOW_* below. */
  flags: u8;
  vlan: u16;
  innerVlan: u16;
  historyLength: u16;
  /** Letters seen once: low half the originator's, high half the responder's. */
  historyBits: u32;
  /** A bit for each weird that was written for this flow. */
  weirdsSeen0: u64;
  weirdsSeen1: u64;
  weirdsSeen2: u64;
  /** Weirds written for this flow so far. */
  weirds: u32;
  /** Bodies of this flow so far (file ids). */
  bodies: u32;
  // First bytes of each direction, until the protocol is told: two Buffers.
  first0: u32;
  first0Length: u32;
  first0Capacity: u32;
  first1: u32;
  first1Length: u32;
  first1Capacity: u32;
  origMac0: u32;
  origMac1: u16;
  unusedMac: u16;
  respMac0: u32;
  respMac1: u16;
  unusedMac2: u16;
  /** Bytes of stream handed to identification per direction that no dissector took. */
  unclaimed: u32;
  parentUid0: u64;
  parentUid1: u64;
  parentUid2: u16;
  extra: u16;
  uidReady: u32;
  uid0: u64;
  uid1: u64;
  uid2: u16;
  /** Services that may turn up later in the stream are looked for (dissect/signatures.ts); bytes looked at so far. */
  watch: u16;
  watched: u32;
  // Community ID's digest, ready when uidReady is set.
  community0: u64;
  community1: u64;
  community2: u32;
  /** What the first bytes of the originator (low byte) and of the responder (next) could be (dissect/signatures.ts). */
  candidates: u32;
  // History letters.
  history0: u64;
  history1: u64;
  history2: u64;
  history3: u64;
  history4: u64;
}

/** FLOW_* bits of `flags`. */
export const FLOW_PARTIAL: u32 = 1;
export const FLOW_FIRST_ORIG_SEEN: u32 = 2;
export const FLOW_FIRST_RESP_SEEN: u32 = 4;
export const FLOW_FLIPPED: u32 = 8;
export const FLOW_REMOVED: u32 = 16;
export const FLOW_FRAGMENTED: u32 = 32;

/** Longest history kept; further letters are dropped. */
export const MAX_HISTORY: u32 = 40;

/** Bytes of a flow with its two sides behind it. */
export const FLOW_BYTES: u32 = <u32>(offsetof<Flow>() + 2 * offsetof<Side>());

/** One side of a flow (ORIG, RESP). */
// @ts-ignore: decorator
@inline
export function side(flow: Flow, dir: u32): Side {
  return changetype<Side>(changetype<usize>(flow) + offsetof<Flow>() + <usize>dir * offsetof<Side>());
}

/** Pointer to the 16 bytes of the originator's address. */
// @ts-ignore: decorator
@inline
export function origAddress(flow: Flow): usize {
  return changetype<usize>(flow) + offsetof<Flow>("origH0");
}

/** Pointer to the 16 bytes of the responder's address. */
// @ts-ignore: decorator
@inline
export function respAddress(flow: Flow): usize {
  return changetype<usize>(flow) + offsetof<Flow>("respH0");
}

/** True when both addresses are IPv4. */
export function isIPv4(flow: Flow): bool {
  return flow.origH0 == 0 && (flow.origH1 & 0xffffffff) == 0xffff0000 && flow.respH0 == 0;
}

/** Pointer to the flow's uid (UID_BYTES), made on first use from Community ID, first timestamp and first packet. */
export function uidOf(flow: Flow): usize {
  const base = changetype<usize>(flow);
  if (flow.uidReady == 0) {
    communityId(flow, base + offsetof<Flow>("community0"));
    uidFrom(base + offsetof<Flow>("community0"), flow.firstTs, flow.firstPkt, base + offsetof<Flow>("uid0"));
    flow.uidReady = 1;
  }
  return base + offsetof<Flow>("uid0");
}

/** Pointer to the 20 bytes of the Community ID's digest (base64 of it after `1:` is the text). */
export function communityDigest(flow: Flow): usize {
  uidOf(flow);
  return changetype<usize>(flow) + offsetof<Flow>("community0");
}

/** Appends a history letter. */
export function addHistory(flow: Flow, letter: u32): void {
  const n = <u32>flow.historyLength;
  if (n >= MAX_HISTORY) return;
  store<u8>(changetype<usize>(flow) + offsetof<Flow>("history0") + n, letter);
  flow.historyLength = <u16>(n + 1);
}
