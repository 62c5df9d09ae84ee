// Deterministic identities: Community ID v1, and uids derived from it.

import { PROTO_ICMP, PROTO_ICMP6 } from "../abi/enums";
import { sha1 } from "../digest/index";
import { Flow, isIPv4, origAddress, respAddress } from "./flow";

const input: usize = memory.data(64, 16);

// Community ID maps ICMP's type and code to ports and knows which types pair up:
// https://github.com/corelight/community-id-spec (v1, "ICMP").
function icmp4Counterpart(type: u32): i32 {
  if (type == 8) return 0;
  if (type == 0) return 8;
  if (type == 13) return 14;
  if (type == 14) return 13;
  if (type == 15) return 16;
  if (type == 16) return 15;
  if (type == 17) return 18;
  if (type == 18) return 17;
  if (type == 10) return 9;
  if (type == 9) return 10;
  return -1;
}
function icmp6Counterpart(type: u32): i32 {
  if (type == 128) return 129;
  if (type == 129) return 128;
  if (type == 133) return 134;
  if (type == 134) return 133;
  if (type == 135) return 136;
  if (type == 136) return 135;
  if (type == 130) return 131;
  if (type == 131) return 130;
  if (type == 144) return 145;
  if (type == 145) return 144;
  if (type == 139) return 140;
  if (type == 140) return 139;
  return -1;
}

/** Port that stands in the flow key for the other side of an ICMP message of `type`; -1 when the type has no counterpart. */
export function icmpCounterpart(v6: bool, type: u32): i32 {
  return v6 ? icmp6Counterpart(type) : icmp4Counterpart(type);
}

/** Writes the 20 bytes of the flow's Community ID digest (SHA-1, seed 0) to `out`. */
export function communityId(flow: Flow, out: usize): void {
  let a = origAddress(flow);
  let b = respAddress(flow);
  let aPort = <u32>flow.origP;
  let bPort = <u32>flow.respP;
  const v4 = isIPv4(flow);
  const n: u32 = v4 ? 4 : 16;
  if (v4) {
    a += 12;
    b += 12;
  }
  let oneWay = false;
  if (flow.proto == PROTO_ICMP || flow.proto == PROTO_ICMP6) {
    const other = icmpCounterpart(flow.proto == PROTO_ICMP6, aPort);
    if (other >= 0) bPort = <u32>other;
    else oneWay = true;
  }
  const order = memory.compare(a, b, n);
  if (!oneWay && (order > 0 || (order == 0 && aPort > bPort))) {
    const address = a;
    a = b;
    b = address;
    const port = aPort;
    aPort = bPort;
    bPort = port;
  }
  let at = input;
  store<u16>(at, 0); // seed
  at += 2;
  memory.copy(at, a, n);
  at += n;
  memory.copy(at, b, n);
  at += n;
  store<u8>(at, flow.ipProto);
  store<u8>(at, 0, 1);
  at += 2;
  // A protocol without ports has none in the hash.
  if (flow.ipProto == 1 || flow.ipProto == 58 || flow.ipProto == 6 || flow.ipProto == 17 || flow.ipProto == 132) {
    store<u16>(at, bswap<u16>(<u16>aPort));
    store<u16>(at, bswap<u16>(<u16>bPort), 2);
    at += 4;
  }
  sha1(input, <u32>(at - input), out);
}

// @ts-ignore: decorator
@inline
function mix(value: u64): u64 {
  // MurmurHash3's 64-bit finaliser.
  let v = value;
  v ^= v >> 33;
  v *= 0xff51afd7ed558ccd;
  v ^= v >> 33;
  v *= 0xc4ceb9fe1a85ec53;
  v ^= v >> 33;
  return v;
}

const DIGITS: usize = memory.data<u8>([
  48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89,
  90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122,
]);
/** 62 to the fifth: as many digits as 32 bits hold for certain. */
const FIVE_DIGITS: u64 = 916132832;

// Writes a letter and the 17 digits of a 96-bit number.
function base62(high: u32, middle: u32, low: u32, letter: u32, out: usize): void {
  let a = <u64>high;
  let b = <u64>middle;
  let c = <u64>low;
  store<u8>(out, letter);
  for (let end: u32 = 17; end > 2; end -= 5) {
    // The lowest five digits are the remainder; 96 bits are divided a word at a time.
    const a1 = a / FIVE_DIGITS;
    const b0 = ((a - a1 * FIVE_DIGITS) << 32) | b;
    const b1 = b0 / FIVE_DIGITS;
    const c0 = ((b0 - b1 * FIVE_DIGITS) << 32) | c;
    const c1 = c0 / FIVE_DIGITS;
    let rest = <u32>(c0 - c1 * FIVE_DIGITS);
    for (let i = end; i > end - 5; i--) {
      const next = rest / 62;
      store<u8>(out + i, load<u8>(DIGITS + (rest - next * 62)));
      rest = next;
    }
    a = a1;
    b = b1;
    c = c1;
  }
  const rest = <u32>c;
  store<u8>(out, load<u8>(DIGITS + rest % 62), 2);
  store<u8>(out, load<u8>(DIGITS + rest / 62 % 62), 1);
}

/** Writes the uid (18 bytes) of a flow with this Community ID digest, first timestamp and first packet number. */
export function uidFrom(community: usize, ts: i64, pkt: u32, out: usize): void {
  const h = mix(load<u64>(community) ^ mix(<u64>ts)) ^ mix(load<u64>(community, 8) + <u64>pkt);
  const l = mix(h + <u64>load<u32>(community, 16) + (<u64>pkt << 32));
  base62(<u32>(h >> 32), <u32>h, <u32>l, 67, out); // C
}

/** Writes a file id (18 bytes, `F…`), the `index`-th of the flow with this uid. */
export function childUid(uid: usize, index: u32, out: usize): void {
  const h = mix(load<u64>(uid) ^ mix(load<u64>(uid, 8)) ^ <u64>load<u16>(uid, 16)) ^ mix(<u64>index + 0x9e3779b97f4a7c15);
  const l = mix(h + (<u64>index << 32));
  base62(<u32>(h >> 32), <u32>h, <u32>l, 70, out); // F
}
