// IP fragments (RFC 791 §3.2, RFC 8200 §4.5) put together. Policy: the first bytes for a place stand. A datagram that is not
// whole after FRAGMENT_SECONDS of capture time is given up, as hosts do (RFC 1122 §3.3.2 gives 60 to 120 s, Linux takes 30).

import {
  COUNTER_CAP_FRAGMENTS, COUNTER_FRAGMENTS, COUNTER_FRAGMENTS_EXPIRED, COUNTER_FRAGMENTS_REASSEMBLED,
} from "../abi/counters";
import { PACKET_PROTO_FRAGMENT } from "../abi/enums";
import {
  WEIRD_EXCESSIVELY_LARGE_FRAGMENT, WEIRD_FRAGMENT_INCONSISTENCY, WEIRD_FRAGMENT_OVERLAP, WEIRD_FRAGMENT_SIZE_INCONSISTENCY,
  WEIRD_INCOMPLETELY_CAPTURED_FRAGMENT,
} from "../abi/weirds";
import { clock } from "../context";
import { partOf } from "../deal/share";
import { meetFragment } from "../deal/strays";
import { weirdPacket } from "../dissect/weird";
import { count } from "../memory/counters";
import { MAX_FRAGMENTED_DATAGRAMS, MAX_FRAGMENTS_DATAGRAM } from "../memory/limits";
import { allocate, allocateZeroed, release } from "../memory/slab";
import { ipPayload } from "../wire/ip";
import { noteDecoded } from "../wire/packet";

const FRAGMENT_SECONDS: i64 = 30;
const LARGEST: u32 = 65535;
// 1024 buckets, indexed by the ten bits that bucketOf gives; memory.data takes literals only.
const TABLE: usize = memory.data(1024 * 4, 16);

@unmanaged
class Datagram {
  a0: u64;
  a1: u64;
  b0: u64;
  b1: u64;
  id: u32;
  proto: u32;
  next: u32; // in its bucket
  older: u32; // in order of beginning
  newer: u32;
  bucket: u32;
  began: i64;
  /** Payload length, 0 until the last fragment came. */
  total: u32;
  received: u32;
  header: u32;
  pieces: u32;
  fragments: u32;
  spare: u32;
}
const DATAGRAM_BYTES: u32 = 96;

@unmanaged
class Piece {
  next: u32;
  offset: u32;
  length: u32;
  unused: u32;
}
const PIECE_HEAD: u32 = 16;

let oldest: u32 = 0;
let newest: u32 = 0;
let datagrams: u32 = 0;

function bucketOf(a: usize, b: usize, id: u32, proto: u32): u32 {
  let h = load<u64>(a) ^ load<u64>(a, 8) ^ (load<u64>(b) + load<u64>(b, 8)) ^ ((<u64>id << 8) | <u64>proto);
  h *= 0x9e3779b97f4a7c15;
  return <u32>(h >> 54);
}

function forget(d: Datagram): void {
  const head = TABLE + (<usize>d.bucket << 2);
  const me = <u32>changetype<usize>(d);
  let at = load<u32>(head);
  if (at == me) store<u32>(head, d.next);
  else {
    while (at != 0) {
      const other = changetype<Datagram>(<usize>at);
      if (other.next == me) {
        other.next = d.next;
        break;
      }
      at = other.next;
    }
  }
  if (d.older != 0) changetype<Datagram>(<usize>d.older).newer = d.newer;
  else oldest = d.newer;
  if (d.newer != 0) changetype<Datagram>(<usize>d.newer).older = d.older;
  else newest = d.older;
  let piece = d.pieces;
  while (piece != 0) {
    const p = changetype<Piece>(<usize>piece);
    piece = p.next;
    release(changetype<usize>(p), PIECE_HEAD + p.length);
  }
  release(changetype<usize>(d), DATAGRAM_BYTES);
  datagrams--;
}

function expire(): void {
  while (oldest != 0) {
    const d = changetype<Datagram>(<usize>oldest);
    if (d.began + FRAGMENT_SECONDS * 1000000000 >= clock) return;
    count(COUNTER_FRAGMENTS_EXPIRED);
    forget(d);
  }
}

function find(a: usize, b: usize, id: u32, proto: u32): Datagram | null {
  const bucket = bucketOf(a, b, id, proto);
  let at = load<u32>(TABLE + (<usize>bucket << 2));
  while (at != 0) {
    const d = changetype<Datagram>(<usize>at);
    if (
      d.id == id && d.proto == proto && d.a0 == load<u64>(a) && d.a1 == load<u64>(a, 8) && d.b0 == load<u64>(b) &&
      d.b1 == load<u64>(b, 8)
    ) return d;
    at = d.next;
  }
  if (datagrams >= partOf(MAX_FRAGMENTED_DATAGRAMS)) {
    count(COUNTER_CAP_FRAGMENTS);
    forget(changetype<Datagram>(<usize>oldest));
  }
  const block = allocateZeroed(DATAGRAM_BYTES);
  if (block == 0) return null;
  const fresh = changetype<Datagram>(block);
  fresh.a0 = load<u64>(a);
  fresh.a1 = load<u64>(a, 8);
  fresh.b0 = load<u64>(b);
  fresh.b1 = load<u64>(b, 8);
  fresh.id = id;
  fresh.proto = proto;
  fresh.bucket = bucket;
  fresh.next = load<u32>(TABLE + (<usize>bucket << 2));
  store<u32>(TABLE + (<usize>bucket << 2), <u32>block);
  fresh.began = clock;
  fresh.older = newest;
  if (newest != 0) changetype<Datagram>(<usize>newest).newer = <u32>block;
  else oldest = <u32>block;
  newest = <u32>block;
  datagrams++;
  return fresh;
}

// Keeps what of [offset, offset+n) is not there yet.
function keep(d: Datagram, offsetOfBytes: u32, at: usize, length: u32): void {
  let offset = offsetOfBytes;
  let p = at;
  let n = length;
  let previous: u32 = 0;
  let next = d.pieces;
  let overlapped = false;
  while (n != 0) {
    while (next != 0) {
      const piece = changetype<Piece>(<usize>next);
      if (piece.offset + piece.length > offset) break;
      previous = next;
      next = piece.next;
    }
    let room = n;
    if (next != 0) {
      const piece = changetype<Piece>(<usize>next);
      if (piece.offset <= offset) {
        const rest = piece.offset + piece.length - offset;
        const covered = rest < n ? rest : n;
        if (!overlapped) {
          const same = memory.compare(p, changetype<usize>(piece) + PIECE_HEAD + (offset - piece.offset), covered) == 0;
          weirdPacket(same ? WEIRD_FRAGMENT_OVERLAP : WEIRD_FRAGMENT_INCONSISTENCY, "IP");
          overlapped = true;
        }
        offset += covered;
        p += covered;
        n -= covered;
        continue;
      }
      if (piece.offset < offset + n) room = piece.offset - offset;
    }
    const block = allocate(PIECE_HEAD + room);
    if (block == 0) return;
    const piece = changetype<Piece>(block);
    piece.offset = offset;
    piece.length = room;
    piece.next = next;
    memory.copy(block + PIECE_HEAD, p, room);
    if (previous != 0) changetype<Piece>(<usize>previous).next = <u32>block;
    else d.pieces = <u32>block;
    d.received += room;
    previous = <u32>block;
    offset += room;
    p += room;
    n -= room;
  }
}

/**
 * A fragment of the datagram `id` from `a` to `b`: `n` captured bytes at `p` of `length`, at `offset`; `more` follow.
 * `header` is the length of the IP header before it. The whole goes on through `ipPayload` with the last missing piece.
 */
export function fragment(
  a: usize, b: usize, id: u32, proto: u32, offset: u32, more: bool, p: usize, n: u32, length: u32, header: u32,
): void {
  count(COUNTER_FRAGMENTS);
  meetFragment(a, b);
  noteDecoded(PACKET_PROTO_FRAGMENT, 0, 0);
  expire();
  if (offset + length > LARGEST) {
    weirdPacket(WEIRD_EXCESSIVELY_LARGE_FRAGMENT, "IP");
    return;
  }
  if (n < length) {
    weirdPacket(WEIRD_INCOMPLETELY_CAPTURED_FRAGMENT, "IP");
    return;
  }
  if (length == 0) return;
  const found = find(a, b, id, proto);
  if (found === null) return;
  const d = found;
  if (++d.fragments > MAX_FRAGMENTS_DATAGRAM) {
    count(COUNTER_CAP_FRAGMENTS);
    forget(d);
    return;
  }
  if (offset == 0) d.header = header;
  if (!more) {
    if (d.total != 0 && d.total != offset + length) weirdPacket(WEIRD_FRAGMENT_SIZE_INCONSISTENCY, "IP");
    else d.total = offset + length;
  }
  keep(d, offset, p, n);
  if (d.total == 0 || d.received < d.total) return;
  // Whole, unless pieces reach beyond the end that the last fragment named.
  const total = d.total;
  const whole = allocate(total);
  if (whole == 0) return;
  let at = d.pieces;
  let filled: u32 = 0;
  while (at != 0) {
    const piece = changetype<Piece>(<usize>at);
    if (piece.offset != filled || piece.offset >= total) break;
    const take = piece.offset + piece.length > total ? total - piece.offset : piece.length;
    memory.copy(whole + piece.offset, changetype<usize>(piece) + PIECE_HEAD, take);
    filled += take;
    at = piece.next;
  }
  if (filled == total) {
    const headerBytes = d.header != 0 ? d.header : header;
    forget(d);
    count(COUNTER_FRAGMENTS_REASSEMBLED);
    ipPayload(proto, a, b, whole, total, total, headerBytes + total);
  }
  release(whole, total);
}

/** Forgets every unfinished datagram; the capture is over. */
export function endFragments(): void {
  while (oldest != 0) {
    count(COUNTER_FRAGMENTS_EXPIRED);
    forget(changetype<Datagram>(<usize>oldest));
  }
}
