// pcap (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds, and the variants that occur: Kuznetsov's longer
// record header (a1b2cd34), Nokia's and old libpcap's are told apart by their records, IXIA's hardware and software formats,
// AIX's nanoseconds, and captures older than version 2.3, whose two lengths may be swapped.

import { COUNTER_RESYNC_BYTES, COUNTER_RESYNCS } from "../abi/counters";
import { CAPTURE_DAMAGED, CAPTURE_OK } from "../abi/enums";
import { WEIRD_PCAP_BAD_RECORD } from "../abi/weirds";
import { weirdFile } from "../dissect/weird";
import { count } from "../memory/counters";
import { MAX_PACKET_BYTES } from "../memory/limits";
import { addInterface } from "./interfaces";
import { packet } from "./record";

const FILE_HEAD: u32 = 24;
/** A longer record is not believed, unless the file's own snap length allows for it (libpcap: MAXIMUM_SNAPLEN). */
const PLAUSIBLE_BYTES: u32 = 262144;
/** Bytes by which the longest record header is longer than the shortest, and a header: what the first look needs. */
const TELL_BYTES: u32 = 8 + 16 + 16;
const PLAUSIBLE_SECONDS: i64 = 86400 * 30;
/** Bytes in which better records are looked for when one is doubted, and how often in vain before all are believed. */
const DOUBT_BYTES: u32 = 131072;
const MAX_DOUBTS: u32 = 16;

let swapped: bool = false;
let nanoseconds: bool = false;
let recordHead: u32 = 16;
let headTold: bool = true;
let lengthsSwapped: bool = false;
let lengthsMaybeSwapped: bool = false;
let linktype: u32 = 0;
let largest: u32 = PLAUSIBLE_BYTES; // captured bytes of a record that are believed
let lastSeconds: i64 = -1;
let seeking: bool = false;
let doubts: u32 = 0; // searches in vain
let found: bool = false; // `resynchronise` found a record
/** CAPTURE_* once something is wrong; CAPTURE_OK until then. */
export let pcapStatus: u32 = CAPTURE_OK;

// @ts-ignore: decorator
@inline
function u32At(p: usize): u32 {
  const v = load<u32>(p);
  return swapped ? bswap<u32>(v) : v;
}

function known(magic: u32): bool {
  return (
    magic == 0xa1b2c3d4 || magic == 0xa1b23c4d || magic == 0xa1b2cd34 || magic == 0x1c0001ac || magic == 0x1c0001ab
  );
}

/** True when the 4 bytes at `p` are a pcap's. */
export function isPcap(p: usize): bool {
  const magic = load<u32>(p);
  return known(magic) || known(bswap<u32>(magic));
}

/** Reads the file header; returns its length, 0 when more bytes are needed. */
export function pcapBegin(p: usize, n: u32): u32 {
  if (n < FILE_HEAD) return 0;
  let magic = load<u32>(p);
  swapped = !known(magic);
  if (swapped) magic = bswap<u32>(magic);
  const versions = u32At(p + 4);
  const major = swapped ? versions >> 16 : versions & 0xffff;
  const minor = swapped ? versions & 0xffff : versions >> 16;
  nanoseconds = magic == 0xa1b23c4d || magic == 0x1c0001ac || magic == 0x1c0001ab;
  recordHead = magic == 0xa1b2cd34 ? 24 : 16;
  headTold = magic != 0xa1b2c3d4;
  lengthsSwapped = major == 2 && minor < 3 && magic == 0xa1b2c3d4;
  lengthsMaybeSwapped = major == 2 && minor == 3 && magic == 0xa1b2c3d4;
  // AIX writes version 2.2 with nanoseconds (wiretap/libpcap.c documents it) and its own interface types.
  const raw = u32At(p + 20);
  if (major == 2 && minor == 2 && magic == 0xa1b2c3d4 && (raw == 6 || raw == 9 || raw == 15 || raw == 24)) {
    nanoseconds = true;
    lengthsSwapped = false;
    linktype = raw == 6 ? 1 : raw == 9 ? 6 : raw == 15 ? 10 : 0;
  } else linktype = raw & 0x03ffffff; // the upper bits hold the FCS length
  const snaplen = u32At(p + 16);
  largest = snaplen <= PLAUSIBLE_BYTES ? PLAUSIBLE_BYTES : snaplen < MAX_PACKET_BYTES ? snaplen : MAX_PACKET_BYTES;
  lastSeconds = -1;
  seeking = false;
  doubts = 0;
  pcapStatus = CAPTURE_OK;
  addInterface(linktype & 0xffff, snaplen, nanoseconds ? 9 : 6, false, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  return FILE_HEAD;
}

let caplen: u32 = 0;
let wirelen: u32 = 0;

// @ts-ignore: decorator
@inline
function readLengths(p: usize): void {
  caplen = u32At(p + 8);
  wirelen = u32At(p + 12);
  if (lengthsSwapped || (lengthsMaybeSwapped && caplen > wirelen)) {
    const other = caplen;
    caplen = wirelen;
    wirelen = other;
  }
}

// A record head as writers make them, whenever it was. Reads the lengths.
function formed(p: usize): bool {
  readLengths(p);
  return isFormed(p);
}

// @ts-ignore: decorator
@inline
function isFormed(p: usize): bool {
  if (caplen > largest || wirelen > largest || caplen > wirelen) return false;
  return u32At(p + 4) < (nanoseconds ? <u32>1000000000 : <u32>1000000);
}

// The same, near the record before in time.
function sound(p: usize): bool {
  readLengths(p);
  return isSound(p);
}

// The same, once the lengths were read.
// @ts-ignore: decorator
@inline
function isSound(p: usize): bool {
  if (!isFormed(p)) return false;
  const away = <i64>u32At(p) - lastSeconds;
  return lastSeconds < 0 || (away > -PLAUSIBLE_SECONDS && away < PLAUSIBLE_SECONDS);
}

// A record head that could be one where the sequence of records is lost: zeros are no record.
function plausible(p: usize): bool {
  return sound(p) && caplen != 0;
}

// Nokia's records are 4 bytes longer than their magic says, the Kuznetsov variant's 8 with the plain magic: whichever
// length makes the second record a record.
function tellHead(p: usize, n: u32): void {
  readLengths(p);
  const first = caplen;
  if (first <= largest && first + TELL_BYTES > n) return;
  headTold = true;
  if (first > largest) return;
  lastSeconds = <i64>u32At(p);
  for (let extra: u32 = 0; extra <= 8; extra += 4) {
    const next: u32 = 16 + extra + first;
    if (next + 16 <= n && plausible(p + next)) {
      recordHead = 16 + extra;
      return;
    }
  }
}

/**
 * Looks for two plausible records in a row, or one that ends with the file, and sets `found`; returns how many bytes to
 * skip. Not found and not `last`: what is left may begin one.
 */
function resynchronise(p: usize, n: u32, last: bool): u32 {
  found = false;
  let at: u32 = 0;
  while (at + recordHead <= n) {
    if (plausible(p + at)) {
      const next = at + recordHead + caplen;
      if ((next == n && last) || (next + recordHead <= n && plausible(p + next))) {
        found = true;
        return at;
      }
      if (next + recordHead > n && !last) return at;
    }
    at++;
  }
  return last ? n : at;
}

// Captures put together of others jump in time: three well-formed heads one behind the other are no accident.
function leads(p: usize, n: u32, last: bool): bool {
  let at: u32 = 0;
  for (let i = 0; i < 3; i++) {
    if (at == n && last) return i > 1;
    if (n - at < recordHead || !formed(p + at) || caplen == 0 || caplen > n - at - recordHead) return false;
    at += recordHead + caplen;
  }
  return true;
}

const DOUBT_RECORD: u32 = 0;
const DOUBT_DAMAGED: u32 = 1;
const DOUBT_WAIT: u32 = 2;

// A head that is not sound: some writers make such, so it is damage only when no sound record follows it but better ones
// stand near. The lengths are those of the head at `p`.
function judge(p: usize, n: u32, last: bool): u32 {
  const next = recordHead + caplen;
  if (next + recordHead > n && !last) return DOUBT_WAIT;
  if (next == n || (next + recordHead <= n && sound(p + next)) || leads(p, n, last)) return DOUBT_RECORD;
  if (n <= DOUBT_BYTES && !last) return DOUBT_WAIT;
  const whole = n <= DOUBT_BYTES;
  resynchronise(p + 1, whole ? n - 1 : DOUBT_BYTES, whole);
  if (found) return DOUBT_DAMAGED;
  doubts++;
  return DOUBT_RECORD;
}

function damaged(): void {
  weirdFile(WEIRD_PCAP_BAD_RECORD, "PCAP");
  count(COUNTER_RESYNCS);
  count(COUNTER_RESYNC_BYTES);
  pcapStatus = CAPTURE_DAMAGED;
  seeking = true;
}

/** Reads the whole records of `n` bytes at `p`, which begin at `offset` of the file; returns how many bytes were used. */
export function pcapRecords(p: usize, n: u32, offset: u64, last: bool): u32 {
  let at: u32 = 0;
  while (true) {
    if (seeking) {
      const skip = resynchronise(p + at, n - at, last);
      at += skip;
      count(COUNTER_RESYNC_BYTES, skip);
      if (!found) return at;
      seeking = false;
    }
    if (at + recordHead > n) return at;
    if (!headTold) {
      tellHead(p + at, n - at);
      if (!headTold && !last) return at;
      headTold = true;
    }
    readLengths(p + at);
    if (caplen > largest) {
      damaged();
      at++;
      continue;
    }
    if (doubts < MAX_DOUBTS && !isSound(p + at)) {
      const doubt = judge(p + at, n - at, last);
      if (doubt == DOUBT_WAIT) return at;
      if (doubt == DOUBT_DAMAGED) {
        damaged();
        at++;
        continue;
      }
      readLengths(p + at);
    }
    if (at + recordHead + caplen > n) return at;
    const seconds = <i64>u32At(p + at);
    const fraction = <i64>u32At(p + at + 4);
    lastSeconds = seconds;
    packet(
      seconds * 1000000000 + (nanoseconds ? fraction : fraction * 1000), linktype & 0xffff, 0, offset + <u64>(at + recordHead),
      p + at + recordHead, caplen, wirelen > caplen ? wirelen : caplen,
    );
    at += recordHead + caplen;
  }
}
