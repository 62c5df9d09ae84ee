// The bodies whose pages wait to be worked, and the work: each digest in turn goes through all of them, eight bodies side
// by side in lanes. When a body is through, the next in the queue takes its lane. The few longest ones that are left over
// at the end either stay where they are, to share the lanes with what comes next, or are worked one by one.
import { DIGEST_PAGE_BYTES } from "../abi/digest";
import { LANES, LANE_DATA, LANE_STATE } from "./lanes";
import { md5Blocks } from "./md5";
import { md5Lanes } from "./md5-lanes";
import { sha1Blocks } from "./sha1";
import { sha1Lanes } from "./sha1-lanes";
import { sha256Blocks } from "./sha256";
import { sha256Lanes } from "./sha256-lanes";
import { Slot, givePages, giveSlot, md5Words, nextPage, sha1Words, sha256Words } from "./slots";

const MD5: u32 = 0;
const SHA1: u32 = 1;
const SHA256: u32 = 2;
/** Bodies at once from which on the lanes are quicker than one body after the other. As measured. */
const MD5_WORTH: u32 = 3;
const SHA1_WORTH: u32 = 4;
const SHA256_WORTH: u32 = 6;

const BLOCK_BYTES: u32 = 64;
const PAGE_BLOCKS: u32 = DIGEST_PAGE_BYTES / BLOCK_BYTES;

let head: usize = 0;
let tail: usize = 0;

// What each lane works on: the slot (0: nothing), the page, blocks left in it. Where in the page is LANE_DATA's.
const LANE_SLOT: usize = memory.data(32, 16);
const LANE_PAGE: usize = memory.data(32, 16);
const LANE_LEFT: usize = memory.data(32, 16);

/** Puts a slot that has pages to be worked into the queue, once. */
export function enqueue(slot: Slot): void {
  if (slot.queued) return;
  slot.queued = true;
  slot.next = 0;
  if (head == 0) head = changetype<usize>(slot);
  else changetype<Slot>(tail).next = changetype<usize>(slot);
  tail = changetype<usize>(slot);
}

/** By the bits of a length in pages: the first and the last slot of such a length, 0 = none. */
const FIRST_OF: usize = memory.data(33 * 4, 16);
const LAST_OF: usize = memory.data(33 * 4, 16);

/** Puts the queue in order of length, to a power of two. */
function longestFirst(): void {
  memory.fill(FIRST_OF, 0, 33 * 4);
  for (let at = head; at != 0;) {
    const slot = changetype<Slot>(at);
    const bits = <usize>(32 - clz<u32>(slot.pages)) << 2;
    if (load<usize>(FIRST_OF + bits) == 0) store<usize>(FIRST_OF + bits, at);
    else changetype<Slot>(load<usize>(LAST_OF + bits)).next = at;
    store<usize>(LAST_OF + bits, at);
    at = slot.next;
  }
  head = 0;
  for (let bits: usize = 0; bits < 33 << 2; bits += 4) {
    const first = load<usize>(FIRST_OF + bits);
    if (first == 0) continue;
    changetype<Slot>(load<usize>(LAST_OF + bits)).next = head;
    head = first;
  }
}

/** Pages in the queue that MD5 has not been through. */
let pagesLeft: u32 = 0;

/**
 * Works the queue; pages that are through are given back. With `leave` it ends when no more than so many pages are left and
 * there are too few bodies for the lanes; a body that SHA goes through here, too, is never left.
 */
export function workQueue(leave: u32): void {
  let sha = false;
  longestFirst();
  pagesLeft = 0;
  for (let at = head; at != 0; at = changetype<Slot>(at).next) {
    const slot = changetype<Slot>(at);
    if (slot.closed) continue;
    if (slot.sha) sha = true;
    if (slot.ended) pad(slot);
    pagesLeft += slot.pages - (slot.ended ? 0 : 1);
  }
  pass(MD5, MD5_WORTH, leave);
  if (sha) {
    for (let at = head; at != 0; at = changetype<Slot>(at).next) turnLength(changetype<Slot>(at));
    pass(SHA1, SHA1_WORTH, 0);
    pass(SHA256, SHA256_WORTH, 0);
  }
  let at = head;
  head = 0;
  tail = 0;
  while (at != 0) {
    const slot = changetype<Slot>(at);
    at = slot.next;
    slot.queued = false;
    if (slot.left) {
      slot.left = false;
      enqueue(slot);
      continue;
    }
    givePages(slot, slot.ended || slot.closed ? 0 : slot.lastPage);
    if (slot.closed) giveSlot(slot);
  }
}

/** Blocks of the last page of a body that has ended, the padding among them. */
// @ts-ignore: decorator
@inline
function lastBlocks(slot: Slot): u32 {
  return (slot.lastLength + 9 + (BLOCK_BYTES - 1)) / BLOCK_BYTES;
}

/** Writes the padding behind the last bytes, the length as MD5 wants it (RFC 1321 §3.1, FIPS 180-4 §5.1.1). */
function pad(slot: Slot): void {
  const at = slot.lastPage + slot.lastLength;
  const end = slot.lastPage + lastBlocks(slot) * BLOCK_BYTES;
  memory.fill(at, 0, end - at);
  store<u8>(at, 0x80);
  store<u64>(end - 8, slot.total << 3);
}

/** The length as SHA wants it. */
function turnLength(slot: Slot): void {
  if (!slot.ended || slot.closed) return;
  const at = slot.lastPage + lastBlocks(slot) * BLOCK_BYTES - 8;
  store<u64>(at, bswap<u64>(load<u64>(at)));
}

/** Blocks to be worked in a page of the slot: none in one that is being filled. */
// @ts-ignore: decorator
@inline
function blocksIn(slot: Slot, page: usize): u32 {
  if (page != slot.lastPage) return PAGE_BLOCKS;
  return slot.ended ? lastBlocks(slot) : 0;
}

function wordsOf(slot: Slot, digest: u32): usize {
  return digest == MD5 ? md5Words(slot) : digest == SHA1 ? sha1Words(slot) : sha256Words(slot);
}

// @ts-ignore: decorator
@inline
function wordCount(digest: u32): u32 {
  return digest == MD5 ? 4 : digest == SHA1 ? 5 : 8;
}

/** Takes one digest through the queue, or so far that `leave` pages are left. */
function pass(digest: u32, worth: u32, leave: u32): void {
  let next = head;
  for (;;) {
    let active: u32 = 0;
    let count: u32 = PAGE_BLOCKS + 2;
    let some: usize = 0;
    for (let lane: usize = 0; lane < LANES; lane++) {
      if (load<usize>(LANE_SLOT + (lane << 2)) == 0) next = fillLane(lane, next, digest);
      if (load<usize>(LANE_SLOT + (lane << 2)) == 0) continue;
      active++;
      count = min<u32>(count, load<u32>(LANE_LEFT + (lane << 2)));
      some = load<usize>(LANE_DATA + (lane << 2));
    }
    if (active == 0) return;
    if (active < worth || (leave != 0 && active < LANES && pagesLeft <= leave)) break;
    // A lane without a body works what another does, for nothing: its data must be there to be read.
    if (active < LANES) {
      for (let lane: usize = 0; lane < LANES; lane++) {
        if (load<usize>(LANE_SLOT + (lane << 2)) == 0) store<usize>(LANE_DATA + (lane << 2), some);
      }
    }
    if (digest == MD5) md5Lanes(count);
    else if (digest == SHA1) sha1Lanes(count);
    else sha256Lanes(count);
    for (let lane: usize = 0; lane < LANES; lane++) {
      if (load<usize>(LANE_SLOT + (lane << 2)) != 0) stepLane(lane, count, digest);
    }
  }
  for (let lane: usize = 0; lane < LANES; lane++) {
    if (load<usize>(LANE_SLOT + (lane << 2)) != 0) workAlone(lane, digest, leave);
  }
}

/** Gives the lane the next slot in the queue from `next` on that wants the digest; answers the one behind it. */
function fillLane(lane: usize, next: usize, digest: u32): usize {
  while (next != 0) {
    const slot = changetype<Slot>(next);
    next = slot.next;
    const page = slot.firstPage;
    const blocks = slot.closed || (digest != MD5 && !slot.sha) ? 0 : blocksIn(slot, page);
    if (blocks == 0) continue;
    store<usize>(LANE_SLOT + (lane << 2), changetype<usize>(slot));
    store<usize>(LANE_PAGE + (lane << 2), page);
    store<usize>(LANE_DATA + (lane << 2), page + <usize>(slot.done * BLOCK_BYTES));
    store<u32>(LANE_LEFT + (lane << 2), blocks - slot.done);
    slot.done = 0;
    const words = wordsOf(slot, digest);
    for (let w: u32 = 0; w < wordCount(digest); w++) store<u32>(LANE_STATE + (<usize>w << 5) + (lane << 2), load<u32>(words + (<usize>w << 2)));
    return next;
  }
  return 0;
}

/** The lane's body has gone on by `count` blocks: on to its next page, or out of the lane. */
function stepLane(lane: usize, count: u32, digest: u32): void {
  const left = load<u32>(LANE_LEFT + (lane << 2)) - count;
  store<u32>(LANE_LEFT + (lane << 2), left);
  if (left != 0) return;
  pagesLeft--;
  const slot = changetype<Slot>(load<usize>(LANE_SLOT + (lane << 2)));
  const page = nextPage(load<usize>(LANE_PAGE + (lane << 2)));
  const blocks = page == 0 ? 0 : blocksIn(slot, page);
  if (blocks == 0) {
    leaveLane(lane, slot, digest);
    return;
  }
  store<usize>(LANE_PAGE + (lane << 2), page);
  store<usize>(LANE_DATA + (lane << 2), page);
  store<u32>(LANE_LEFT + (lane << 2), blocks);
}

function leaveLane(lane: usize, slot: Slot, digest: u32): void {
  const words = wordsOf(slot, digest);
  for (let w: u32 = 0; w < wordCount(digest); w++) store<u32>(words + (<usize>w << 2), load<u32>(LANE_STATE + (<usize>w << 5) + (lane << 2)));
  store<usize>(LANE_SLOT + (lane << 2), 0);
}

/** Takes the lane's body on without the others: to its end, or until no more than `leave` pages are left. */
function workAlone(lane: usize, digest: u32, leave: u32): void {
  const slot = changetype<Slot>(load<usize>(LANE_SLOT + (lane << 2)));
  leaveLane(lane, slot, digest);
  const words = wordsOf(slot, digest);
  let page = load<usize>(LANE_PAGE + (lane << 2));
  let data = load<usize>(LANE_DATA + (lane << 2));
  let blocks = load<u32>(LANE_LEFT + (lane << 2));
  while (blocks != 0) {
    if (pagesLeft <= leave && leave != 0 && !slot.sha) {
      givePages(slot, page);
      slot.done = blocksIn(slot, page) - blocks;
      slot.left = true;
      return;
    }
    if (digest == MD5) md5Blocks(words, data, blocks);
    else if (digest == SHA1) sha1Blocks(words, data, blocks);
    else sha256Blocks(words, data, blocks);
    pagesLeft--;
    page = nextPage(page);
    data = page;
    blocks = page == 0 ? 0 : blocksIn(slot, page);
  }
}
