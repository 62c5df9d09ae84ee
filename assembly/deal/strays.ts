// What the engines that share a capture must compare at its end. A flow that was met by an engine which is not its home is a
// stray: it stood in a tunnel. Rows are those of one engine as long as no other engine met the same flow, or fragments
// between the same addresses.

import { reserve } from "../memory/arena";
import { flowKey, homeOf, mine, reachPart, shareOfPair, shares } from "./share";

/** Flows that have their home elsewhere. */
export let strayFlows: u32 = 0;

/** Address pairs between which fragments were met: a slot each, 0 = free; the key, and a bit for those of another engine. */
export const FRAGMENT_SLOTS: u32 = 16384;
const MOST: u32 = 12288;
const STRAY: u64 = 1 << 63;
let pairs: usize = 0;
let known: u32 = 0;

/** Forgets them, for the next capture. */
export function resetStrays(): void {
  strayFlows = 0;
  known = 0;
  if (pairs != 0) memory.fill(pairs, 0, FRAGMENT_SLOTS * 8);
}

/** A flow begins. */
export function meetFlow(a: usize, b: usize, aPort: u32, bPort: u32, ipProto: u32): void {
  if (shares != 1 && homeOf(a, b, aPort, bPort, ipProto) != mine) strayFlows++;
}

/** A fragment came. */
export function meetFragment(a: usize, b: usize): void {
  if (shares == 1) return;
  if (pairs == 0) pairs = reserve(FRAGMENT_SLOTS * 8);
  if (pairs == 0) {
    reachPart();
    return;
  }
  let key = <u64>flowKey(a, b, 0, 0, 0);
  if (key == 0) key = 1;
  if (shareOfPair(load<u64>(a), load<u64>(a, 8), load<u64>(b), load<u64>(b, 8)) != mine) key |= STRAY;
  for (let i = <u32>key; ; i++) {
    const at = pairs + (<usize>(i & (FRAGMENT_SLOTS - 1)) << 3);
    const there = load<u64>(at);
    if (there == key) return;
    if (there != 0) continue;
    // More than can be compared: one engine does it then.
    if (known >= MOST) reachPart();
    else {
      store<u64>(at, key);
      known++;
    }
    return;
  }
}

/** Pointer to the FRAGMENT_SLOTS slots; 0 when no fragment came. */
export function fragmentPairs(): usize {
  return known == 0 ? 0 : pairs;
}
