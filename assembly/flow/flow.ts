// The flow record: who talks to whom, and everything that is counted and remembered of it. Directions: ORIG is the side
// that Zeek calls originator, RESP the responder; a `dir` argument is one of the two and names the SENDER of the bytes.

import { communityId, uidFrom } from "./identity";

/** Sent by the originator. */
export const ORIG: u32 = 0;
/** Sent by the responder. */
export const RESP: u32 = 1;

/** Length of a uid: `C` and 17 base-62 digits, as Zeek's look. */
export const UID_BYTES: u32 = 18;

/**
 * What is kept for one side: one cache line. TCP's fields are zero for other protocols. Numbers: Zeek's TCP_Endpoint. What few
 * flows need lies apart (rare.ts), so that a million flows fit.
 */
@unmanaged
export class Side {
  ipBytes: u64;
  /** TCP: next relative number to deliver. UDP, ICMP: payload bytes by the headers. */
  nextSeq: u64;
  /** Relative FIN number; valid when finCount > 0. */
  finSeq: u64;
  pkts: u32;
  // Sequence space, as Zeek keeps it: first number (as if there had been a SYN), highest sent, highest acknowledged.
  startSeq: u32;
  lastSeq: u32;
  ackSeq: u32;
  seqWraps: u16;
  ackWraps: u16;
  // Relative numbers of the last SYN, FIN, RST in the history, modulo 2^32: a repetition is told by them.
  histSyn: u32;
  histFin: u32;
  histRst: u32;
  /** SideRare, 0 = none. */
  rare: u32;
  state: u8;
  previousState: u8;
  finCount: u8;
  /** Bits SIDE_*. */
  bits: u8;
}

/** SIDE_* bits of `bits`: the side's close was counted; its end was told to the dissector. */
export const SIDE_CLOSED: u32 = 1;
export const SIDE_ENDED: u32 = 2;

/** A flow, in the order in which packets ask for it: the first cache line finds it and keeps it alive. */
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
  hash: u32;
  /** Bits FLOW_* below. */
  flags: u8;
  timeoutClass: u8;
  historyLength: u8;
  /** Services that may turn up later in the stream are looked for (dissect/signatures.ts). */
  watch: u8;
  /** The clock when its timeout began: at its last activity, or where the timeout is fixed, when it got its class. */
  expiryBase: i64;
  // Chain by activity (flow/table.ts).
  older: u32;
  newer: u32;

  /** Number of the flow in the capture, from 1. */
  ordinal: u32;
  /** State of the dissector at work (slab memory), 0 = none. */
  state: u32;
  /** Letters seen once: low half the originator's, high half the responder's. */
  historyBits: u32;
  /** FlowRare, 0 = none. */
  rare: u32;
  /** Confirmed services, a bit each (dissect/services.ts). */
  services: u64;
  firstTs: i64;
  lastTs: i64;
  // The first 24 letters; the others are rare.
  history0: u64;
  history1: u64;
  history2: u64;
  /** First packet. */
  firstPkt: u32;
  /** Bodies of this flow so far (file ids). */
  bodies: u32;

  uid0: u64;
  uid1: u64;
  uid2: u16;
  innerVlan: u16;
  // Community ID's digest, ready with the uid.
  community0: u32;
  community1: u32;
  community2: u32;
  community3: u32;
  community4: u32;
  origMac0: u32;
  origMac1: u16;
  vlan: u16;
  respMac0: u32;
  respMac1: u16;
  /** What identification has found so far (dissect/registry.ts). */
  told: u8;
  /** Datagrams handed to identification that no dissector took. */
  unclaimed: u8;
}

/** FLOW_* bits of `flags`. */
export const FLOW_PARTIAL: u32 = 1;
export const FLOW_FIRST_ORIG_SEEN: u32 = 2;
export const FLOW_FIRST_RESP_SEEN: u32 = 4;
export const FLOW_FLIPPED: u32 = 8;
export const FLOW_REMOVED: u32 = 16;
export const FLOW_UID_READY: u32 = 32;

/** Bytes of a flow with its two sides behind it: five cache lines. */
export const FLOW_BYTES: u32 = <u32>(offsetof<Flow>() + 2 * offsetof<Side>());
if (offsetof<Flow>() != 192 || offsetof<Side>() != 64) ERROR("a flow is not of whole cache lines");

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
  if ((<u32>flow.flags & FLOW_UID_READY) == 0) {
    communityId(flow, base + offsetof<Flow>("community0"));
    uidFrom(base + offsetof<Flow>("community0"), flow.firstTs, flow.firstPkt, base + offsetof<Flow>("uid0"));
    flow.flags = <u8>(<u32>flow.flags | FLOW_UID_READY);
  }
  return base + offsetof<Flow>("uid0");
}

/** Pointer to the 20 bytes of the Community ID's digest (base64 of it after `1:` is the text). */
export function communityDigest(flow: Flow): usize {
  uidOf(flow);
  return changetype<usize>(flow) + offsetof<Flow>("community0");
}
