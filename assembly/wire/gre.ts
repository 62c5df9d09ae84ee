// GRE (RFC 2784, RFC 2890; PPTP's version 1: RFC 2637) and ERSPAN types I–III in it (draft-foschiano-erspan).

import { PACKET_PROTO_IP_OTHER, TUNNEL_ERSPAN, TUNNEL_GRE } from "../abi/enums";
import { WEIRD_GRE_UNKNOWN_VERSION, WEIRD_TUNNEL_BAD_HEADER } from "../abi/weirds";
import { weirdPacket } from "../dissect/weird";
import { be16 } from "../memory/bytes";
import { ethernet, network, ppp } from "./ethernet";
import { enterAddressTunnel } from "./ip";
import { noteDecoded } from "./packet";

/** False when it is no GRE that can be followed: the caller treats it as any IP protocol. */
export function gre(a: usize, b: usize, p: usize, n: u32): bool {
  if (n < 4) return false;
  const flags = be16(p);
  const version = flags & 7;
  const type = be16(p + 2);
  if (version > 1) {
    weirdPacket(WEIRD_GRE_UNKNOWN_VERSION, "GRE");
    return false;
  }
  let at: u32 = 4;
  if ((flags & 0xc000) != 0) at += 4; // checksum, or routing present: checksum and offset
  if ((flags & 0x2000) != 0) at += 4; // key
  if ((flags & 0x1000) != 0) at += 4; // sequence
  if (version == 1 && (flags & 0x0080) != 0) at += 4; // acknowledgement
  if ((flags & 0x4000) != 0 && version == 0) {
    // Source routes, until one of length 0.
    for (let i = 0; i < 16; i++) {
      if (at + 4 > n) break;
      const length = <u32>load<u8>(p + at, 3);
      at += 4 + length;
      if (length == 0) break;
    }
  }
  if (at > n) {
    weirdPacket(WEIRD_TUNNEL_BAD_HEADER, "GRE");
    return false;
  }
  if (version == 1) {
    if (type != 0x880b) return false;
    // An acknowledgement alone carries nothing; not every implementation says so by the S bit.
    if ((flags & 0x1000) == 0 || at == n) return false;
    if (enterAddressTunnel(TUNNEL_GRE, 47, a, b)) ppp(p + at, n - at);
    return true;
  }
  if (type == 0x88be || type == 0x22eb) {
    let inner = at;
    if (type == 0x88be && (flags & 0x1000) != 0) inner += 8; // type II
    else if (type == 0x22eb) {
      inner += 12;
      if (inner <= n && (<u32>load<u8>(p + at, 11) & 1) != 0) inner += 8; // platform-specific subheader
    }
    if (inner > n) {
      weirdPacket(WEIRD_TUNNEL_BAD_HEADER, "GRE");
      return false;
    }
    if (enterAddressTunnel(TUNNEL_ERSPAN, 47, a, b)) ethernet(p + inner, n - inner);
    return true;
  }
  if (type != 0x0800 && type != 0x86dd && type != 0x6558 && type != 0x8847) return false;
  if (!enterAddressTunnel(TUNNEL_GRE, 47, a, b)) {
    noteDecoded(PACKET_PROTO_IP_OTHER, 0, 0);
    return true;
  }
  if (type == 0x6558) ethernet(p + at, n - at);
  else network(type, p + at, n - at);
  return true;
}
