// Whose packet is it? Looked at before anything else is, and no further than the addresses. A mistake here costs time, not rows:
// a flow that is met by two engines is noticed (strays.ts) and the capture read again by one.

import { be16 } from "../memory/bytes";
import { MAX_LABELS } from "../memory/limits";
import { isTunnelPort, mine, shareOfPair } from "./share";

/** What no address tells goes here. */
const FIRST: u32 = 0;

function ipShare(p: usize, n: u32): u32 {
  if (n < 20) return FIRST;
  const first = <u32>load<u8>(p);
  if (first >> 4 == 4) {
    const proto = <u32>load<u8>(p, 9);
    if (proto == 4 || proto == 41 || proto == 47) return FIRST;
    const header = (first & 15) * 4;
    // Fragments go by their addresses alone: only the first one has ports.
    if (proto == 17 && (be16(p + 6) & 0x3fff) == 0 && n >= header + 4 && (isTunnelPort(be16(p + header)) || isTunnelPort(be16(p + header + 2)))) {
      return FIRST;
    }
    // As wire/ip.ts keeps them: mapped into IPv6.
    return shareOfPair(
      0, (<u64>load<u32>(p, 12) << 32) | 0xffff0000, 0, (<u64>load<u32>(p, 16) << 32) | 0xffff0000,
    );
  }
  if (first >> 4 != 6 || n < 40) return FIRST;
  const next = <u32>load<u8>(p, 6);
  if (next == 4 || next == 41 || next == 47) return FIRST;
  if (next == 17 && n >= 44 && (isTunnelPort(be16(p + 40)) || isTunnelPort(be16(p + 42)))) return FIRST;
  return shareOfPair(load<u64>(p, 8), load<u64>(p, 16), load<u64>(p, 24), load<u64>(p, 32));
}

function mplsShare(p: usize, n: u32): u32 {
  let at: u32 = 0;
  for (let labels: u32 = 0; labels < MAX_LABELS && at + 4 < n; labels++) {
    const bottom = (<u32>load<u8>(p + at, 2) & 1) != 0;
    at += 4;
    if (bottom) return ipShare(p + at, n - at);
  }
  return FIRST;
}

function networkShare(etherType: u32, at: usize, length: u32): u32 {
  let type = etherType;
  let p = at;
  let n = length;
  let tags: u32 = 0;
  while (type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200) {
    if (n < 4 || ++tags > MAX_LABELS) return FIRST;
    type = be16(p + 2);
    p += 4;
    n -= 4;
  }
  if (type == 0x0800 || type == 0x86dd) return ipShare(p, n);
  if (type == 0x8847 || type == 0x8848) return mplsShare(p, n);
  if (type == 0x8864 && n >= 8) {
    const protocol = be16(p + 6);
    if (protocol == 0x21 || protocol == 0x57) return ipShare(p + 8, n - 8);
  }
  return FIRST;
}

function shareOf(linktype: u32, p: usize, n: u32): u32 {
  switch (linktype) {
    case 1: return n < 14 ? FIRST : networkShare(be16(p + 12), p + 14, n - 14);
    case 0: case 108: return n < 4 ? FIRST : ipShare(p + 4, n - 4);
    case 12: case 14: case 101: case 228: case 229: return ipShare(p, n);
    case 113: return n < 16 ? FIRST : networkShare(be16(p + 14), p + 16, n - 16);
    case 276: return n < 20 ? FIRST : networkShare(be16(p), p + 20, n - 20);
    default: return FIRST;
  }
}

/** Whether a packet of `n` captured bytes at `p` is this engine's. */
export function isMine(linktype: u32, p: usize, n: u32): bool {
  return shareOf(linktype, p, n) == mine;
}
