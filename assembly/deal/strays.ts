// What the engines that share a capture must compare at its end. A flow that was met by an engine which is not its home is a
// stray: it stood in a tunnel. Rows are those of one engine as long as no other engine met the same flow.

import { homeOf, mine, shareOfPair, shares } from "./share";

/** Flows, and fragments of datagrams, that have their home elsewhere. */
export let strayFlows: u32 = 0;
export let strayFragments: u32 = 0;

/** Forgets them, for the next capture. */
export function resetStrays(): void {
  strayFlows = 0;
  strayFragments = 0;
}

/** A flow begins. */
export function meetFlow(a: usize, b: usize, aPort: u32, bPort: u32, ipProto: u32): void {
  if (shares != 1 && homeOf(a, b, aPort, bPort, ipProto) != mine) strayFlows++;
}

/** A fragment came. */
export function meetFragment(a: usize, b: usize): void {
  if (shares != 1 && shareOfPair(load<u64>(a), load<u64>(a, 8), load<u64>(b), load<u64>(b, 8)) != mine) strayFragments++;
}
