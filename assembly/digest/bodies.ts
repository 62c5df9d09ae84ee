// The host's side of hashing bodies. The host opens a slot, fills its page, takes the next page when that one is full, and
// hands full pages over; when it asks for the work, everything handed over is worked at once (queue.ts).
import { DIGEST_MD5_AT, DIGEST_PAGE_BYTES, DIGEST_SHA1_AT, DIGEST_SHA256_AT } from "../abi/digest";
import { enqueue, workQueue } from "./queue";
import { Slot, givePages, giveSlot, md5Words, setNextPage, sha1Words, sha256Words, takePage, takeSlot } from "./slots";

const RESULT: usize = memory.data(72, 16);

/** A slot, begun, with a page to be filled; 0 when there is none or the memory cannot grow. */
export function digestOpen(): usize {
  return changetype<usize>(takeSlot());
}

/** The page that is being filled, DIGEST_PAGE_BYTES of it. */
export function digestPage(slot: usize): usize {
  return changetype<Slot>(slot).lastPage;
}

/** The slot's page is full: the one to fill next, or 0 when the memory cannot grow; the slot is then as it was. */
export function digestNextPage(slot: usize): usize {
  const one = changetype<Slot>(slot);
  const page = takePage();
  if (page == 0) return 0;
  setNextPage(one.lastPage, page);
  one.lastPage = page;
  one.pages++;
  one.total += DIGEST_PAGE_BYTES;
  return page;
}

/** Hands the slot's full pages over; `sha` (the same at every call for one slot): to SHA-1 and SHA-256, too, not to MD5 alone. */
export function digestQueue(slot: usize, sha: bool): void {
  const one = changetype<Slot>(slot);
  if (one.closed || one.firstPage == one.lastPage) return;
  one.sha = sha;
  enqueue(one);
}

/** The body ends with `length` bytes of the page that is being filled: everything is handed over. */
export function digestEnd(slot: usize, length: u32, sha: bool): void {
  const one = changetype<Slot>(slot);
  if (one.closed || one.ended) return;
  one.lastLength = min<u32>(length, DIGEST_PAGE_BYTES);
  one.total += one.lastLength;
  one.ended = true;
  one.sha = sha;
  enqueue(one);
}

/**
 * Works what was handed over: all of it, or, with `leave`, until no more than so many pages are left which would not fill
 * the lanes. They wait for what is handed over next.
 */
export function digestWork(leave: u32): void {
  workQueue(leave);
}

/** Whether a body that has ended has been worked. */
export function digestDone(slot: usize): bool {
  const one = changetype<Slot>(slot);
  return one.ended && !one.queued;
}

/** The digests of a body that has ended and been worked, as abi/digest.ts lays them out; valid until the next call. */
export function digestResult(slot: usize): usize {
  const one = changetype<Slot>(slot);
  memory.copy(RESULT + DIGEST_MD5_AT, md5Words(one), 16);
  for (let w: usize = 0; w < 5; w++) store<u32>(RESULT + DIGEST_SHA1_AT + (w << 2), bswap<u32>(load<u32>(sha1Words(one) + (w << 2))));
  for (let w: usize = 0; w < 8; w++) store<u32>(RESULT + DIGEST_SHA256_AT + (w << 2), bswap<u32>(load<u32>(sha256Words(one) + (w << 2))));
  return RESULT;
}

/** Gives the slot back, whatever its state; it must not be used again. */
export function digestClose(slot: usize): void {
  const one = changetype<Slot>(slot);
  if (one.closed) return;
  one.closed = true;
  // The queue is linked through its slots: one that stands in it goes when its turn comes.
  if (one.queued) return;
  givePages(one, 0);
  giveSlot(one);
}
