// What the layers find out about the packet at hand; one packet at a time, layers within layers (tunnels) count down.

import {
  COUNTER_BYTES_DECODED, COUNTER_MALFORMED_BYTES, COUNTER_MALFORMED_PACKETS, COUNTER_PACKETS_DECODED,
  COUNTER_UNDECODED_NETWORK_BYTES, COUNTER_UNDECODED_NETWORK_PACKETS,
} from "../abi/counters";
import { PACKET_PROTO_UNDECODED, TUNNEL_NONE } from "../abi/enums";
import { weirdPacket } from "../dissect/weird";
import { UID_BYTES } from "../flow/flow";
import { count } from "../memory/counters";
import { MAX_NESTED_LAYERS } from "../memory/limits";

/** No VLAN. */
export const NO_VLAN: u32 = 0xffff;

export let vlan: u32 = NO_VLAN;
export let innerVlan: u32 = NO_VLAN;
/** Pointers to the sender's and receiver's hardware addresses (6 bytes), 0 = none. */
export let sourceMac: usize = 0;
export let destinationMac: usize = 0;
/** Captured bytes of the whole packet. */
export let capturedBytes: u32 = 0;
/** Tunnels around the layer being looked at. */
export let depth: u32 = 0;
let layers: u32 = 0; // layers that can hold themselves again without a tunnel
/** TUNNEL_* of the innermost tunnel, and the uid of what carries it. */
export let tunnel: u32 = TUNNEL_NONE;
const parentUid: usize = memory.data(24, 16);

/** PACKET_PROTO_*, PACKET_FLAG_* and flow ordinal of the packet's row: those of the innermost layer that was decoded. */
export let packetProto: u32 = PACKET_PROTO_UNDECODED;
export let packetFlags: u32 = 0;
export let packetFlow: u32 = 0;
let settled: bool = false; // the packet was counted as decoded or not

/** Begins a packet. */
export function beginPacket(captured: u32): void {
  vlan = NO_VLAN;
  innerVlan = NO_VLAN;
  sourceMac = 0;
  destinationMac = 0;
  capturedBytes = captured;
  depth = 0;
  layers = 0;
  tunnel = TUNNEL_NONE;
  packetProto = PACKET_PROTO_UNDECODED;
  packetFlags = 0;
  packetFlow = 0;
  settled = false;
}

/** Goes into a layer that can hold itself again (MPLS pseudowires, link types in link types); false at MAX_NESTED_LAYERS. */
export function nest(): bool {
  return ++layers <= MAX_NESTED_LAYERS;
}

/** Notes a VLAN tag; the first is the outer one. */
export function noteVlan(id: u32): void {
  if (vlan == NO_VLAN) vlan = id;
  else if (innerVlan == NO_VLAN) innerVlan = id;
}

/** Notes the hardware addresses; those of the outermost frame stay. */
export function noteMacs(source: usize, destination: usize): void {
  if (depth != 0) return;
  sourceMac = source;
  destinationMac = destination;
}

/** The packet was decoded to `proto`; an inner layer may say more. */
export function noteDecoded(proto: u32, flow: u32, flags: u32): void {
  packetProto = proto;
  packetFlow = flow;
  packetFlags = flags;
  if (settled) return;
  settled = true;
  count(COUNTER_PACKETS_DECODED);
  count(COUNTER_BYTES_DECODED, capturedBytes);
}

/** The link was decoded, but not what it carries. */
export function noteUndecoded(proto: u32): void {
  if (settled) return;
  packetProto = proto;
  settled = true;
  count(COUNTER_UNDECODED_NETWORK_PACKETS);
  count(COUNTER_UNDECODED_NETWORK_BYTES, capturedBytes);
}

/** A header is cut or lies; `code` and `source` go to the weird log. */
export function noteMalformed(code: u32, source: string): void {
  weirdPacket(code, source);
  if (settled) return;
  settled = true;
  count(COUNTER_MALFORMED_PACKETS);
  count(COUNTER_MALFORMED_BYTES, capturedBytes);
}

/** Counted already as something. */
export function isSettled(): bool {
  return settled;
}

/** Marks the packet as counted by the caller (undecoded link type). */
export function settle(): void {
  settled = true;
}

/** Goes into a tunnel of `kind`, carried by the flow (or address pair) with this uid. */
export function enterTunnel(kind: u32, uid: usize): void {
  depth++;
  tunnel = kind;
  memory.copy(parentUid, uid, UID_BYTES);
}

/** Pointer to the uid of what carries the innermost tunnel. */
export function tunnelUid(): usize {
  return parentUid;
}
