// Endpoint states of TCP as Zeek tells them apart, and the arithmetic of its sequence space. Order is the signed 32-bit
// difference; numbers relative to the first one are 64 bits wide, so that streams over 4 GiB keep counting.

import { Side } from "./flow";

export const TCP_INACTIVE: u32 = 0;
export const TCP_SYN_SENT: u32 = 1;
export const TCP_SYN_ACK_SENT: u32 = 2;
/** Data was seen without a SYN. */
export const TCP_PARTIAL: u32 = 3;
export const TCP_ESTABLISHED: u32 = 4;
export const TCP_CLOSED: u32 = 5;
export const TCP_RESET: u32 = 6;

/** A number this far from the last one says nothing. */
export const TOO_LARGE_DELTA: i32 = 1048576;

/** a - b in sequence space. */
// @ts-ignore: decorator
@inline
export function sequenceDelta(a: u32, b: u32): i32 {
  return <i32>(a - b);
}

/** Highest number sent so far becomes `n`. */
// @ts-ignore: decorator
@inline
export function updateLastSeq(s: Side, n: u32): void {
  if (n < s.lastSeq) s.seqWraps++;
  s.lastSeq = n;
}

/** Highest acknowledged number becomes `n`. */
// @ts-ignore: decorator
@inline
export function updateAckSeq(s: Side, n: u32): void {
  if (n < s.ackSeq) s.ackWraps++;
  s.ackSeq = n;
}

/** Set by `relativeSequence` when the number lies before the stream's start. */
export let sequenceUnderflow: bool = false;

/** `n` relative to the side's first number; `last` and `wraps` are where that side's numbering stands. */
export function relativeSequence(s: Side, n: u32, last: u32, wraps: u32): u64 {
  sequenceUnderflow = false;
  let w = wraps;
  const delta = sequenceDelta(n, last);
  if (delta < 0) {
    if (w != 0 && n > last) w--;
  } else if (delta > 0 && n < last) w++;
  if (w == 0) {
    const relative = sequenceDelta(n, s.startSeq);
    if (relative < 0) sequenceUnderflow = true;
    return <u64>(<i64>relative);
  }
  return ((<u64>w << 32) | <u64>n) - <u64>s.startSeq;
}

/** True while nothing of the side's data was acknowledged. */
// @ts-ignore: decorator
@inline
export function nothingAcked(s: Side): bool {
  return s.ackSeq == s.startSeq || s.ackSeq == s.startSeq + 1;
}

/** Bytes of payload that the side sent, by its sequence numbers (Zeek's TCP_Endpoint::Size). */
export function tcpSize(s: Side, peer: Side): u64 {
  if (
    <u32>s.previousState == TCP_SYN_SENT && <u32>s.state == TCP_RESET && <u32>peer.state == TCP_INACTIVE && !nothingAcked(s)
  ) return 0;
  const last = (<u64>s.seqWraps << 32) | <u64>s.lastSeq;
  const ack = (<u64>s.ackWraps << 32) | <u64>s.ackSeq;
  let size = (last > ack ? last : ack) - <u64>s.startSeq;
  // A first number just below 2^32 wraps without being counted; one far ahead comes of a reset with a number at random.
  if (<i64>size < 0) {
    size += 0x100000000;
    if (<i64>size < 0 || size > 0x7fffffff) return 0;
  }
  if (size != 0) size--; // the SYN's place, real or assumed
  if (s.finCount > 0 && size != 0) size--;
  return size;
}
