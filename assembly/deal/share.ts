// One capture, several engines: each of them is given every byte, frames all of it and so knows every packet's number, time and
// the clock, but goes on only with the packets that are its own. Which they are is told by the address pair, so that a flow,
// its fragments and its expiry never part; what cannot be told so (no IP, tunnels) belongs to engine 0. Rows are then those of
// one engine, unless a flow inside a tunnel is met outside of it, too: `strays.ts` notes what would have to be known.

import { mix } from "../memory/hash";

let salt: u64 = 0x9e3779b97f4a7c15;

/** Engines that share the capture; 1 = this one does everything. */
export let shares: u32 = 1;
/** Which of them this one is, from 0. */
export let mine: u32 = 0;
/** Set when a cap that is divided among the engines was reached and has no counter of its own. */
export let partReached: bool = false;

/** False once a packet was earlier than one before it; kept by engines that share. */
export let ordered: bool = true;

/** Notes that one was. */
export function noteDisorder(): void {
  ordered = false;
}

/** Says how many share the capture (OPTION_SHARES). */
export function setShares(count: u32): void {
  shares = count == 0 ? 1 : count;
}

/** Says which of them this one is (OPTION_SHARE). */
export function setShare(index: u32): void {
  mine = index;
}

/** Prepares for a capture. `seed` is the same for all engines: by it pairs are dealt. */
export function beginShare(seed: u64): void {
  salt = seed | 1;
  partReached = false;
  ordered = true;
}

/** True for the one engine that speaks for the file itself: interfaces, names, damaged records. */
export function leads(): bool {
  return mine == 0;
}

/** This engine's part of a cap that holds for the capture as a whole. */
// @ts-ignore: decorator
@inline
export function partOf(cap: u32): u32 {
  return cap / shares;
}

/** Notes that a part was used up where no counter says it. */
export function reachPart(): void {
  partReached = true;
}

// @ts-ignore: decorator
@inline
function mixed(high: u64, low: u64, port: u32): u64 {
  return mix((high ^ mix(low ^ salt)) * salt + <u64>port);
}

/** Engine of an address pair, given as two halves each; both directions have the same. */
// @ts-ignore: decorator
@inline
export function shareOfPair(a0: u64, a1: u64, b0: u64, b1: u64): u32 {
  const h = mix(mixed(a0, a1, 0) + mixed(b0, b1, 0)) * salt;
  return <u32>(((h >> 32) * <u64>shares) >> 32);
}

/** A number of 53 bits for a flow, the same in all engines and for both directions. */
export function flowKey(a: usize, b: usize, aPort: u32, bPort: u32, ipProto: u32): f64 {
  const sum = mixed(load<u64>(a), load<u64>(a, 8), aPort + 1) + mixed(load<u64>(b), load<u64>(b, 8), bPort + 1);
  return <f64>((mix(sum + (<u64>ipProto << 40)) * salt) >> 11);
}

/** UDP ports by which wire/udp-tunnel.ts looks for a tunnel. */
export function isTunnelPort(port: u32): bool {
  return port == 4789 || port == 8472 || port == 5072 || port == 6081 || port == 2152 || port == 4754 || port == 3544;
}

/** Engine of a flow: the one to which all its packets go that stand in no tunnel. */
export function homeOf(a: usize, b: usize, aPort: u32, bPort: u32, ipProto: u32): u32 {
  if (ipProto == 4 || ipProto == 41 || ipProto == 47) return 0;
  if (ipProto == 17 && (isTunnelPort(aPort) || isTunnelPort(bPort))) return 0;
  return shareOfPair(load<u64>(a), load<u64>(a, 8), load<u64>(b), load<u64>(b, 8));
}
