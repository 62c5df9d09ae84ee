// Bodies that are being hashed. A slot holds a body's digests so far and the pages that it has yet to go through; the host
// fills pages, hands them over and asks for the results when all that was handed over has been worked (queue.ts).
import { DIGEST_PAGE_BYTES, DIGEST_SLOTS } from "../abi/digest";
import { reserve } from "../memory/arena";
import { md5Initial } from "./md5";
import { sha1Initial } from "./sha1";
import { sha256Initial } from "./sha256";

/** A slot's digests so far: MD5's four words, SHA-1's five, SHA-256's eight, behind its fields. */
const MD5_WORDS: usize = 0;
const SHA1_WORDS: usize = 16;
const SHA256_WORDS: usize = 36;
const WORDS_BYTES: usize = 72;

/** A page: its data, room for the padding of a last one (at most 72 bytes), and the next page of the body. */
const PAGE_NEXT: usize = <usize>DIGEST_PAGE_BYTES + 112;
const PAGE_STRIDE: usize = <usize>DIGEST_PAGE_BYTES + 128;
/** Pages and slots that are reserved together. */
const PAGES_AT_ONCE: usize = 64;
const SLOTS_AT_ONCE: usize = 256;

@unmanaged
export class Slot {
  /** Bytes handed over. */
  total: u64;
  /** Pages that have not been worked; the last one is being filled until the body has ended. */
  firstPage: usize;
  lastPage: usize;
  /** Bytes of the last page, once the body has ended. */
  lastLength: u32;
  /** Pages from firstPage to lastPage. */
  pages: u32;
  /** Blocks of firstPage that have been worked: of a body that waits for others to share the lanes with. */
  done: u32;
  /** The slot behind this one in the queue, or among those that are free. */
  next: usize;
  queued: bool;
  ended: bool;
  /** Closed while in the queue: free once it is its turn. */
  closed: bool;
  /** SHA-1 and SHA-256 are worked here, too. */
  sha: bool;
  /** It is not through: it stays in the queue. */
  left: bool;
}

const SLOT_BYTES: usize = (offsetof<Slot>() + WORDS_BYTES + 7) & ~7;

// @ts-ignore: decorator
@inline
export function md5Words(slot: Slot): usize { return changetype<usize>(slot) + offsetof<Slot>() + MD5_WORDS; }
// @ts-ignore: decorator
@inline
export function sha1Words(slot: Slot): usize { return changetype<usize>(slot) + offsetof<Slot>() + SHA1_WORDS; }
// @ts-ignore: decorator
@inline
export function sha256Words(slot: Slot): usize { return changetype<usize>(slot) + offsetof<Slot>() + SHA256_WORDS; }

let freeSlots: usize = 0;
let slotsMade: u32 = 0;
let freePages: usize = 0;

/** A slot with its first page, digests begun; null when DIGEST_SLOTS are in use or the memory cannot grow. */
export function takeSlot(): Slot | null {
  if (freeSlots == 0 && !makeSlots()) return null;
  const page = takePage();
  if (page == 0) return null;
  const slot = changetype<Slot>(freeSlots);
  freeSlots = slot.next;
  memory.fill(changetype<usize>(slot), 0, SLOT_BYTES);
  md5Initial(md5Words(slot));
  sha1Initial(sha1Words(slot));
  sha256Initial(sha256Words(slot));
  slot.firstPage = page;
  slot.lastPage = page;
  slot.pages = 1;
  return slot;
}

function makeSlots(): bool {
  if (slotsMade >= DIGEST_SLOTS) return false;
  const at = reserve(SLOTS_AT_ONCE * SLOT_BYTES);
  if (at == 0) return false;
  slotsMade += <u32>SLOTS_AT_ONCE;
  for (let i = SLOTS_AT_ONCE; i > 0; i--) giveSlot(changetype<Slot>(at + (i - 1) * SLOT_BYTES));
  return true;
}

/** Gives a slot back whose pages are given back. */
export function giveSlot(slot: Slot): void {
  slot.next = freeSlots;
  freeSlots = changetype<usize>(slot);
}

/** A page; 0 when the memory cannot grow. */
export function takePage(): usize {
  if (freePages == 0) {
    const at = reserve(PAGES_AT_ONCE * PAGE_STRIDE);
    if (at == 0) return 0;
    for (let i = PAGES_AT_ONCE; i > 0; i--) givePage(at + (i - 1) * PAGE_STRIDE);
  }
  const page = freePages;
  freePages = nextPage(page);
  setNextPage(page, 0);
  return page;
}

export function givePage(page: usize): void {
  setNextPage(page, freePages);
  freePages = page;
}

// @ts-ignore: decorator
@inline
export function nextPage(page: usize): usize {
  return load<usize>(page, PAGE_NEXT);
}

// @ts-ignore: decorator
@inline
export function setNextPage(page: usize, next: usize): void {
  store<usize>(page, next, PAGE_NEXT);
}

/** Gives back the slot's pages before the page `until`; 0: all of them. */
export function givePages(slot: Slot, until: usize): void {
  let page = slot.firstPage;
  while (page != until) {
    const next = nextPage(page);
    givePage(page);
    page = next;
    slot.pages--;
  }
  slot.firstPage = page;
}
