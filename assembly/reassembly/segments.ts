// TCP reassembly. In-order bytes go to the dissectors straight from the packet; bytes beyond a hole are kept until the hole
// is filled or given up.
//
// Overlap policy: the first bytes seen for a place in the stream stand (what Zeek does, and what most stacks' evasions are
// measured against); later copies are counted, and counted apart when they differ.
// A hole is given up when the other side acknowledges past it (then the bytes existed and were not captured), when too much
// waits above it while nothing is acknowledged (one-sided captures), when a cap is reached, and when the flow ends.

import {
  COUNTER_CAP_SEGMENTS_FLOW, COUNTER_CAP_SEGMENTS_TOTAL, COUNTER_GAP_BYTES, COUNTER_GAPS, COUNTER_OVERLAP_DIFFERENT,
} from "../abi/counters";
import { partOf } from "../deal/share";
import { streamBytes, streamEnd, streamGap } from "../dissect/registry";
import { Flow, FLOW_PARTIAL, ORIG, RESP, Side, side, SIDE_ENDED } from "../flow/flow";
import { noteAgain } from "../flow/history";
import { isPowerOfTen, SideRare, sideRareOf } from "../flow/rare";
import { nothingAcked, TCP_CLOSED, TCP_ESTABLISHED } from "../flow/tcp-state";
import { count } from "../memory/counters";
import {
  MAX_ABOVE_HOLE_WITHOUT_ACKS, MAX_SEGMENT_BYTES_FLOW, MAX_SEGMENT_BYTES_TOTAL, MAX_SEGMENTS_FLOW,
} from "../memory/limits";
import { allocate, release } from "../memory/slab";

// A kept piece: header, then its bytes. Pieces of a side are in order and do not overlap.
@unmanaged
class Segment {
  next: u32;
  length: u32;
  seq: u64;
}
const SEGMENT_HEAD: u32 = 16;

let keptBytes: u32 = 0;

/** A number this far beyond what was seen is no evidence of bytes in between. */
const FAR_AHEAD: u64 = 0x40000000;

// @ts-ignore: decorator
@inline
function bytesOf(segment: Segment): usize {
  return changetype<usize>(segment) + SEGMENT_HEAD;
}

// The first kept piece of a side, 0 = none.
// @ts-ignore: decorator
@inline
function firstOf(s: Side): u32 {
  return s.rare == 0 ? 0 : changetype<SideRare>(<usize>s.rare).segments;
}

function drop(rare: SideRare, segment: Segment): void {
  const n = segment.length;
  rare.segmentBytes -= n;
  rare.segmentCount--;
  if (rare.segmentCount == 0) rare.lastSegment = 0;
  keptBytes -= n;
  release(changetype<usize>(segment), SEGMENT_HEAD + n);
}

function isClean(s: Side): bool {
  return <u32>s.state == TCP_ESTABLISHED || (<u32>s.state == TCP_CLOSED && <u32>s.previousState == TCP_ESTABLISHED);
}

// Zeek counts gaps only where both sides are established or closing cleanly: elsewhere they often are none.
function reportGap(flow: Flow, dir: u32, s: Side, n: u64): void {
  count(COUNTER_GAPS);
  count(COUNTER_GAP_BYTES, n);
  if (n <= FAR_AHEAD && isClean(s) && isClean(side(flow, dir ^ 1))) {
    const rare = sideRareOf(s);
    if (rare !== null) {
      rare.missed += n;
      rare.gaps++;
      if (isPowerOfTen(rare.gaps)) noteAgain(flow, dir, 71); // G
    }
  }
  streamGap(flow, dir, n > 0xffffffff ? 0xffffffff : <u32>n);
}

// Delivers the kept pieces that are due now.
function drain(flow: Flow, dir: u32, s: Side): void {
  while (firstOf(s) != 0) {
    const rare = changetype<SideRare>(<usize>s.rare);
    const segment = changetype<Segment>(<usize>rare.segments);
    if (segment.seq > s.nextSeq) return;
    rare.segments = segment.next;
    const end = segment.seq + <u64>segment.length;
    if (end > s.nextSeq) {
      const skip = <u32>(s.nextSeq - segment.seq);
      s.nextSeq = end;
      streamBytes(flow, dir, bytesOf(segment) + skip, segment.length - skip);
    }
    drop(rare, segment);
  }
}

// Gives up everything missing below `upTo`, delivering what is there in between.
function giveUp(flow: Flow, dir: u32, s: Side, upTo: u64): void {
  while (firstOf(s) != 0) {
    const segment = changetype<Segment>(<usize>firstOf(s));
    if (segment.seq >= upTo) break;
    if (segment.seq > s.nextSeq) {
      const missing = segment.seq - s.nextSeq;
      s.nextSeq = segment.seq;
      reportGap(flow, dir, s, missing);
    }
    drain(flow, dir, s);
  }
  if (upTo > s.nextSeq) {
    const missing = upTo - s.nextSeq;
    s.nextSeq = upTo;
    reportGap(flow, dir, s, missing);
  }
  drain(flow, dir, s);
}

// Keeps [seq, seq+n), apart from what is there already. False when the flow has no more room; the caller counts it.
function keep(s: Side, seqOfBytes: u64, bytesAt: usize, length: u32): bool {
  const rare = sideRareOf(s);
  if (rare === null) return true;
  let seq = seqOfBytes;
  let bytes = bytesAt;
  let n = length;
  let previous: u32 = 0;
  let at = rare.segments;
  if (at != 0 && rare.lastSegment != 0) {
    const last = changetype<Segment>(<usize>rare.lastSegment);
    if (seq >= last.seq + <u64>last.length) {
      previous = rare.lastSegment;
      at = 0;
    }
  }
  while (n != 0) {
    // Past every piece that ends before these bytes.
    while (at != 0) {
      const piece = changetype<Segment>(<usize>at);
      if (piece.seq + <u64>piece.length > seq) break;
      previous = at;
      at = piece.next;
    }
    let room = n;
    if (at != 0) {
      const piece = changetype<Segment>(<usize>at);
      if (piece.seq <= seq) {
        // An old piece covers the beginning.
        const covered64 = piece.seq + <u64>piece.length - seq;
        const covered = covered64 > <u64>n ? n : <u32>covered64;
        if (memory.compare(bytes, bytesOf(piece) + <usize>(seq - piece.seq), covered) != 0) count(COUNTER_OVERLAP_DIFFERENT);
        seq += <u64>covered;
        bytes += covered;
        n -= covered;
        continue;
      }
      if (piece.seq < seq + <u64>n) room = <u32>(piece.seq - seq);
    }
    if (rare.segmentCount >= MAX_SEGMENTS_FLOW || rare.segmentBytes + room > MAX_SEGMENT_BYTES_FLOW) return false;
    if (keptBytes + room > partOf(MAX_SEGMENT_BYTES_TOTAL)) {
      count(COUNTER_CAP_SEGMENTS_TOTAL);
      return true;
    }
    const block = allocate(SEGMENT_HEAD + room);
    if (block == 0) return true;
    const fresh = changetype<Segment>(block);
    fresh.seq = seq;
    fresh.length = room;
    fresh.next = at;
    memory.copy(bytesOf(fresh), bytes, room);
    if (previous != 0) changetype<Segment>(<usize>previous).next = <u32>block;
    else rare.segments = <u32>block;
    if (at == 0) rare.lastSegment = <u32>block;
    rare.segmentCount++;
    rare.segmentBytes += room;
    keptBytes += room;
    previous = <u32>block;
    seq += <u64>room;
    bytes += room;
    n -= room;
  }
  return true;
}

/** Payload of a segment: `seq` is relative, the first byte of the stream has 1. */
export function deliver(flow: Flow, dir: u32, seqOfBytes: u64, bytesAt: usize, length: u32): void {
  const s = side(flow, dir);
  if (length == 0) return;
  let seq = seqOfBytes;
  let bytes = bytesAt;
  let n = length;
  if (seq + <u64>n <= s.nextSeq) return; // seen before
  if (seq < s.nextSeq) {
    const old = <u32>(s.nextSeq - seq);
    seq += <u64>old;
    bytes += old;
    n -= old;
  }
  if (seq == s.nextSeq) {
    if (firstOf(s) == 0) {
      s.nextSeq = seq + <u64>n;
      streamBytes(flow, dir, bytes, n);
      return;
    }
    // Pieces are waiting: what they already hold stands, so only the part before the first of them is new here.
    const first = changetype<Segment>(<usize>firstOf(s));
    let fresh = n;
    if (first.seq < seq + <u64>n) fresh = <u32>(first.seq - seq);
    s.nextSeq = seq + <u64>fresh;
    streamBytes(flow, dir, bytes, fresh);
    if (fresh < n && !keep(s, seq + <u64>fresh, bytes + fresh, n - fresh)) count(COUNTER_CAP_SEGMENTS_FLOW);
    drain(flow, dir, s);
    return;
  }
  keep(s, seq, bytes, n);
  if (firstOf(s) == 0) return;
  const rare = changetype<SideRare>(<usize>s.rare);
  if (rare.segmentCount >= MAX_SEGMENTS_FLOW || rare.segmentBytes >= MAX_SEGMENT_BYTES_FLOW - 65536) {
    count(COUNTER_CAP_SEGMENTS_FLOW);
    giveUp(flow, dir, s, changetype<Segment>(<usize>rare.segments).seq);
  } else if (nothingAcked(s) && rare.segmentBytes > MAX_ABOVE_HOLE_WITHOUT_ACKS) {
    giveUp(flow, dir, s, changetype<Segment>(<usize>rare.segments).seq);
  }
}

/** The peer of `dir` acknowledged everything below `ack` (relative): what is still missing below was not captured. */
export function acknowledged(flow: Flow, dir: u32, ack: u64): void {
  const s = side(flow, dir);
  let upTo = ack;
  if (s.finCount > 0 && upTo >= s.finSeq) upTo = s.finSeq - 1;
  if (upTo <= s.nextSeq) return;
  // A partial connection's numbering is assumed: its first acknowledgement may be one or two ahead.
  if (upTo <= 2 && (<u32>flow.flags & FLOW_PARTIAL) != 0) return;
  if (upTo - s.nextSeq > FAR_AHEAD) return;
  giveUp(flow, dir, s, upTo);
}

/** Tells the dissector that the direction is over, once everything before the FIN was delivered. */
export function sideClosed(flow: Flow, dir: u32): void {
  const s = side(flow, dir);
  if (s.finCount == 0 || (<u32>s.bits & SIDE_ENDED) != 0 || s.nextSeq + 1 < s.finSeq) return;
  s.bits = <u8>(<u32>s.bits | SIDE_ENDED);
  streamEnd(flow, dir);
}

/** Forgets what waits: the numbering starts anew. */
export function resetStream(s: Side): void {
  while (firstOf(s) != 0) {
    const rare = changetype<SideRare>(<usize>s.rare);
    const segment = changetype<Segment>(<usize>rare.segments);
    rare.segments = segment.next;
    drop(rare, segment);
  }
  s.nextSeq = 1;
}

function endSide(flow: Flow, dir: u32): void {
  const s = side(flow, dir);
  while (firstOf(s) != 0) giveUp(flow, dir, s, changetype<Segment>(<usize>firstOf(s)).seq);
  if ((<u32>s.bits & SIDE_ENDED) == 0) {
    s.bits = <u8>(<u32>s.bits | SIDE_ENDED);
    streamEnd(flow, dir);
  }
}

/** The flow is over: what waits is delivered with its gaps, both directions end. */
export function endStreams(flow: Flow): void {
  endSide(flow, ORIG);
  endSide(flow, RESP);
}
