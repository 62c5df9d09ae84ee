// Blocks of power-of-two sizes: dissector state, pending rows, lines, handshake bytes, segments. A page of 64 KiB holds blocks of
// one size; a page whose last block came back serves any size again, so that what is taken from memory stays under its cap
// whatever sizes a capture asks for one after the other.

import { COUNTER_CAP_SLAB } from "../abi/counters";
import { partOf } from "../deal/share";
import { reserve } from "./arena";
import { count } from "./counters";
import { MAX_SLAB_BYTES } from "./limits";

const SMALLEST_SHIFT: u32 = 6; // 64 bytes
const LARGEST_SHIFT: u32 = 18; // 256 KiB
const PAGE_SHIFT: u32 = 16;
const PAGE_BYTES: u32 = 1 << 16;
/** Pages that are taken from memory at once. */
const REFILL_PAGES: u32 = 16;

/** A page, by its number (address >> 16) in the table. Number 0 = none. */
@unmanaged
class Page {
  /** Blocks that came back, linked by their first word. */
  free: u32;
  /** Bytes of the page that were given out at least once. */
  carved: u32;
  used: u16;
  shift: u16;
  // Pages of the same size of block that have room, or pages without any block in use (`next` alone).
  next: u16;
  previous: u16;
}
const TABLE_BYTES: u32 = 65536 * 16;

let table: usize = 0;
let emptyPages: u32 = 0; // first page without a block in use
let freshPage: u32 = 0; // the next page that was never used
let freshPages: u32 = 0;
let reserved: u32 = 0; // bytes of pages and larger blocks
let inUse: u32 = 0;
/** By shift: first page with room; for blocks larger than a page the first free block. */
const HEADS: usize = memory.data(32 * 4, 16);

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

// @ts-ignore: decorator
@inline
function pageOf(number: u32): Page {
  return changetype<Page>(table + (<usize>number << 4));
}

// @ts-ignore: decorator
@inline
function headOf(shift: u32): usize {
  return HEADS + (<usize>shift << 2);
}

function hasRoom(page: Page): bool {
  return page.free != 0 || page.carved < PAGE_BYTES;
}

function linkPage(number: u32, shift: u32): void {
  const head = headOf(shift);
  const first = load<u32>(head);
  const page = pageOf(number);
  page.next = <u16>first;
  page.previous = 0;
  if (first != 0) pageOf(first).previous = <u16>number;
  store<u32>(head, number);
}

function unlinkPage(number: u32, shift: u32): void {
  const page = pageOf(number);
  if (page.previous != 0) pageOf(page.previous).next = page.next;
  else store<u32>(headOf(shift), page.next);
  if (page.next != 0) pageOf(page.next).previous = page.previous;
}

// Bytes out of memory that are held against the cap; 0 when it is reached or the host has no more.
function take(bytes: u32, slack: u32): usize {
  if (reserved + bytes > partOf(MAX_SLAB_BYTES)) return 0;
  const at = reserve(bytes + slack);
  if (at != 0) reserved += bytes;
  return at;
}

// A page for blocks of this size, among those with room from now on; 0 = none.
function takePage(shift: u32): u32 {
  let number = emptyPages;
  if (number != 0) emptyPages = pageOf(number).next;
  else {
    if (freshPages == 0) {
      if (table == 0) table = reserve(TABLE_BYTES);
      if (table == 0) return 0;
      let pages = REFILL_PAGES;
      let at = take(pages << PAGE_SHIFT, PAGE_BYTES - 16);
      if (at == 0) {
        pages = 1;
        at = take(PAGE_BYTES, PAGE_BYTES - 16);
        if (at == 0) return 0;
      }
      freshPage = <u32>((at + PAGE_BYTES - 1) >> PAGE_SHIFT);
      freshPages = pages;
    }
    number = freshPage++;
    freshPages--;
  }
  const page = pageOf(number);
  page.free = 0;
  page.carved = 0;
  page.used = 0;
  page.shift = <u16>shift;
  linkPage(number, shift);
  return number;
}

function allocateLarge(shift: u32): usize {
  const head = headOf(shift);
  const block = <usize>load<u32>(head);
  if (block == 0) return take((<u32>1) << shift, 0);
  store<u32>(head, load<u32>(block));
  return block;
}

function allocateInPage(shift: u32): usize {
  let number = load<u32>(headOf(shift));
  if (number == 0) number = takePage(shift);
  if (number == 0) return 0;
  const page = pageOf(number);
  let block = <usize>page.free;
  if (block != 0) page.free = load<u32>(block);
  else {
    block = (<usize>number << PAGE_SHIFT) + page.carved;
    page.carved += (<u32>1) << shift;
  }
  page.used++;
  if (!hasRoom(page)) unlinkPage(number, shift);
  return block;
}

/**
 * A block of at least `size` bytes, NOT cleared. Returns 0 when `size` is over LARGEST_BLOCK or MAX_SLAB_BYTES is
 * reached (counted); every caller goes on without.
 */
export function allocate(size: u32): usize {
  const shift = shiftFor(size);
  let block: usize = 0;
  if (shift <= PAGE_SHIFT) block = allocateInPage(shift);
  else if (shift <= LARGEST_SHIFT) block = allocateLarge(shift);
  if (block == 0) count(COUNTER_CAP_SLAB);
  else inUse += (<u32>1) << shift;
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
  inUse -= (<u32>1) << shift;
  if (shift > PAGE_SHIFT) {
    store<u32>(block, load<u32>(headOf(shift)));
    store<u32>(headOf(shift), <u32>block);
    return;
  }
  const number = <u32>(block >> PAGE_SHIFT);
  const page = pageOf(number);
  if (!hasRoom(page)) linkPage(number, shift);
  store<u32>(block, page.free);
  page.free = <u32>block;
  page.used--;
  // The last page with room of its size stays: the next block of it is asked for soon.
  if (page.used != 0 || (page.next == 0 && page.previous == 0)) return;
  unlinkPage(number, shift);
  page.next = <u16>emptyPages;
  emptyPages = number;
}

/** Bytes of blocks in use. */
export function slabBytesInUse(): u32 {
  return inUse;
}
