// IPv4 (RFC 791) and IPv6 (RFC 8200): lengths, extension headers, fragments, tunnels in IP.

import { COUNTER_CAP_IPV6_EXTENSIONS, COUNTER_CAP_TUNNEL_DEPTH } from "../abi/counters";
import { PACKET_PROTO_IP_OTHER, TUNNEL_6IN4, TUNNEL_IP } from "../abi/enums";
import {
  WEIRD_EXCEEDED_TUNNEL_MAX_DEPTH, WEIRD_INTERNALLY_TRUNCATED_HEADER, WEIRD_IPV6_BAD_EXTENSION_HEADER, WEIRD_IPV6_EXCESSIVE_EXTENSIONS, WEIRD_TRUNCATED_HEADER,
  WEIRD_TRUNCATED_IP, WEIRD_TRUNCATED_IPV6, WEIRD_UNKNOWN_IP_VERSION,
} from "../abi/weirds";
import { weirdPacket } from "../dissect/weird";
import { uidFrom } from "../flow/identity";
import { be16, be32 } from "../memory/bytes";
import { count } from "../memory/counters";
import { MAX_IPV6_EXTENSIONS, MAX_TUNNEL_DEPTH } from "../memory/limits";
import { fragment } from "../reassembly/fragments";
import { gre } from "./gre";
import { depth, enterTunnel, noteDecoded, noteMalformed } from "./packet";
import { transport } from "./transport";

// Source and destination (16 bytes each) at each tunnel depth.
const ADDRESSES: usize = memory.data(32 * 16, 16);
const pair: usize = memory.data(24, 16);
const uid: usize = memory.data(24, 16);

/** Enters a tunnel that has no flow of its own (IP in IP, GRE); false when the nesting cap is reached. */
export function enterAddressTunnel(kind: u32, ipProto: u32, a: usize, b: usize): bool {
  if (depth >= MAX_TUNNEL_DEPTH) {
    count(COUNTER_CAP_TUNNEL_DEPTH);
    weirdPacket(WEIRD_EXCEEDED_TUNNEL_MAX_DEPTH, "IP");
    return false;
  }
  // The same for both directions: the addresses are mixed symmetrically.
  store<u64>(pair, load<u64>(a) + load<u64>(b));
  store<u64>(pair, load<u64>(a, 8) + load<u64>(b, 8), 8);
  store<u32>(pair, ipProto, 16);
  uidFrom(pair, 0, ipProto, uid);
  enterTunnel(kind, uid);
  return true;
}

/** What an IP packet carries, whole or put together from fragments. */
export function ipPayload(ipProto: u32, a: usize, b: usize, p: usize, n: u32, length: u32, ipBytes: u32): void {
  if (ipProto == 6 || ipProto == 17) {
    transport(ipProto, a, b, p, n, length, ipBytes);
    return;
  }
  if (ipProto == 4 || ipProto == 41) {
    const version = n > 0 ? <u32>load<u8>(p) >> 4 : 0;
    if ((ipProto == 4 && version == 4) || (ipProto == 41 && version == 6)) {
      const outer4 = load<u64>(a) == 0 && load<u32>(a, 8) == 0xffff0000;
      if (enterAddressTunnel(ipProto == 41 && outer4 ? TUNNEL_6IN4 : TUNNEL_IP, ipProto, a, b)) ip(p, n);
      else noteDecoded(PACKET_PROTO_IP_OTHER, 0, 0);
      return;
    }
  }
  if (ipProto == 47 && gre(a, b, p, n)) return;
  // RFC 8200 §4.7: nothing follows, so nobody talks.
  if (ipProto == 59) {
    noteDecoded(PACKET_PROTO_IP_OTHER, 0, 0);
    return;
  }
  transport(ipProto, a, b, p, n, length, ipBytes);
}

function ip4(p: usize, n: u32): void {
  if (n < 20) {
    noteMalformed(WEIRD_TRUNCATED_HEADER, "IP");
    return;
  }
  const header = (<u32>load<u8>(p) & 15) * 4;
  let total = be16(p + 2);
  // 0: segmentation offloading left the length open; what was captured holds.
  if (total == 0) total = n;
  if (header < 20 || header > total) {
    noteMalformed(WEIRD_TRUNCATED_IP, "IP");
    return;
  }
  if (header > n) {
    noteMalformed(WEIRD_INTERNALLY_TRUNCATED_HEADER, "IP");
    return;
  }
  const available = n < total ? n : total;
  const a = ADDRESSES + (<usize>depth << 5);
  const b = a + 16;
  // Stored as it is going to be loaded: a load of two stores would wait for both.
  store<u64>(a, 0);
  store<u64>(a, (<u64>load<u32>(p, 12) << 32) | 0xffff0000, 8);
  store<u64>(b, 0);
  store<u64>(b, (<u64>load<u32>(p, 16) << 32) | 0xffff0000, 8);
  const proto = <u32>load<u8>(p, 9);
  const bits = be16(p + 6);
  if ((bits & 0x3fff) != 0) {
    fragment(
      a, b, be16(p + 4), proto, (bits & 0x1fff) * 8, (bits & 0x2000) != 0, p + header, available - header, total - header, header,
    );
    return;
  }
  ipPayload(proto, a, b, p + header, available - header, total - header, total);
}

function isExtension(next: u32): bool {
  return next == 0 || next == 43 || next == 60 || next == 44 || next == 51 || next == 135 || next == 139 || next == 140;
}

function ip6(p: usize, n: u32): void {
  if (n < 40) {
    noteMalformed(WEIRD_TRUNCATED_HEADER, "IP");
    return;
  }
  let payload = be16(p + 4);
  if (payload == 0) payload = n - 40; // jumbogram or offloading
  const available = n - 40 < payload ? n - 40 : payload;
  const a = ADDRESSES + (<usize>depth << 5);
  const b = a + 16;
  memory.copy(a, p + 8, 32);
  let next = <u32>load<u8>(p, 6);
  let at: u32 = 0;
  let hops: u32 = 0;
  const body = p + 40;
  while (isExtension(next)) {
    if (++hops > MAX_IPV6_EXTENSIONS) {
      count(COUNTER_CAP_IPV6_EXTENSIONS);
      noteMalformed(WEIRD_IPV6_EXCESSIVE_EXTENSIONS, "IP");
      return;
    }
    if (at + 8 > available) {
      noteMalformed(at + 8 > payload ? WEIRD_TRUNCATED_IPV6 : WEIRD_INTERNALLY_TRUNCATED_HEADER, "IP");
      return;
    }
    const header = body + at;
    const following = <u32>load<u8>(header);
    if (next == 44) {
      const bits = be16(header + 2);
      at += 8;
      if ((bits & 0xfff9) == 0) {
        next = following; // an atomic fragment, RFC 6946
        continue;
      }
      fragment(
        a, b, be32(header + 4), following, bits & 0xfff8, (bits & 1) != 0, body + at, available - at, payload - at, 40 + at - 8,
      );
      return;
    }
    // AH counts in 32-bit words less 2 (RFC 4302 §2.2), the others in 64-bit words less 1 (RFC 8200 §4.2).
    const size = next == 51 ? (<u32>load<u8>(header, 1) + 2) * 4 : (<u32>load<u8>(header, 1) + 1) * 8;
    if (at + size > available) {
      noteMalformed(WEIRD_IPV6_BAD_EXTENSION_HEADER, "IP");
      return;
    }
    at += size;
    next = following;
  }
  ipPayload(next, a, b, body + at, available - at, payload - at, 40 + payload);
}

/** An IP packet of either version, `n` captured bytes. */
export function ip(p: usize, n: u32): void {
  if (n == 0) {
    noteMalformed(WEIRD_TRUNCATED_HEADER, "IP");
    return;
  }
  const version = <u32>load<u8>(p) >> 4;
  if (version == 4) ip4(p, n);
  else if (version == 6) ip6(p, n);
  else noteMalformed(WEIRD_UNKNOWN_IP_VERSION, "IP");
}
