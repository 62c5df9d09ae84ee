// Blocks of power-of-two sizes with a free list each: dissector state, pending rows, lines, handshake bytes.

import { COUNTER_CAP_SLAB } from "../abi/counters";
import { partOf } from "../deal/share";
import { reserve } from "./arena";
import { count } from "./counters";
import { MAX_SLAB_BYTES } from "./limits";

const SMALLEST_SHIFT: u32 = 6; // 64 bytes
const LARGEST_SHIFT: u32 = 18; // 256 KiB
const REFILL_BYTES: u32 = 65536;
const FREE: usize = memory.data(32 * 4, 16);

let inUse: u32 = 0;

/** Largest block that `allocate` gives. */
export const LARGEST_BLOCK: u32 = 1 << 18;

// @ts-ignore: decorator
@inline
function shiftFor(size: u32): u32 {
  if (size <= 64) return SMALLEST_SHIFT;
  return 32 - clz<u32>(size - 1);
}

/** Size of the block that `allocate(size)` gives: the next power of two, at least 64. */
// @ts-ignore: decorator
@inline
export function blockSize(size: u32): u32 {
  return <u32>1 << shiftFor(size);
}

/**
 * A block of at least `size` bytes, NOT cleared. Returns 0 when `size` is over LARGEST_BLOCK or MAX_SLAB_BYTES is
 * reached (counted); every caller goes on without.
 */
export function allocate(size: u32): usize {
  const shift = shiftFor(size);
  if (shift > LARGEST_SHIFT || inUse + ((<u32>1) << shift) > partOf(MAX_SLAB_BYTES)) {
    count(COUNTER_CAP_SLAB);
    return 0;
  }
  const head = FREE + (<usize>shift << 2);
  let block = <usize>load<u32>(head);
  if (block == 0) {
    const bytes = (<u32>1) << shift;
    const total = bytes < REFILL_BYTES ? REFILL_BYTES : bytes;
    const page = reserve(total);
    if (page == 0) {
      count(COUNTER_CAP_SLAB);
      return 0;
    }
    for (let at: u32 = 0; at < total; at += bytes) {
      store<u32>(page + at, <u32>block);
      block = page + at;
    }
  }
  store<u32>(head, load<u32>(block));
  inUse += (<u32>1) << shift;
  return block;
}

/** A zeroed block; see `allocate`. */
export function allocateZeroed(size: u32): usize {
  const block = allocate(size);
  if (block != 0) memory.fill(block, 0, size);
  return block;
}

/** Gives a block back. `size` is the size that was asked for (or any that maps to the same block size). */
export function release(block: usize, size: u32): void {
  if (block == 0) return;
  const shift = shiftFor(size);
  const head = FREE + (<usize>shift << 2);
  store<u32>(block, load<u32>(head));
  store<u32>(head, <u32>block);
  inUse -= (<u32>1) << shift;
}

/** Bytes of blocks in use. */
export function slabBytesInUse(): u32 {
  return inUse;
}
