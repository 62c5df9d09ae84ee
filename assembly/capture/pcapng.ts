// pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces, enhanced, simple and old packet blocks, name
// resolution; every other block is skipped and counted.

import {
  COUNTER_CAP_NAMES, COUNTER_RESYNC_BYTES, COUNTER_RESYNCS, COUNTER_UNKNOWN_BLOCKS,
} from "../abi/counters";
import { CAPTURE_DAMAGED, CAPTURE_OK } from "../abi/enums";
import { LOG_NAME, NAME_ADDR, NAME_NAME } from "../abi/logs";
import { WEIRD_PCAP_BAD_RECORD } from "../abi/weirds";
import { rowBegin, rowEnd, setAddr, setStr } from "../columns/writer";
import { leads } from "../deal/share";
import { weirdFile } from "../dissect/weird";
import { count } from "../memory/counters";
import { MAX_BLOCK_BYTES, MAX_NAMES } from "../memory/limits";
import { addInterface, beginSection, interfaceOf, interfaceRow, toNanoseconds } from "./interfaces";
import { packet } from "./record";

const SECTION: u32 = 0x0a0d0d0a;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const NAMES: u32 = 4;
const STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const BYTE_ORDER: u32 = 0x1a2b3c4d;

let swapped: bool = false;
let section: u32 = 0;
let names: u32 = 0;
let seeking: bool = false;
let lastTime: i64 = 0;
const address: usize = memory.data(16, 16);
/** CAPTURE_* once something is wrong; CAPTURE_OK until then. */
export let pcapngStatus: u32 = CAPTURE_OK;

// @ts-ignore: decorator
@inline
function u32At(p: usize): u32 {
  const v = load<u32>(p);
  return swapped ? bswap<u32>(v) : v;
}

// @ts-ignore: decorator
@inline
function u16At(p: usize): u32 {
  const v = load<u16>(p);
  return <u32>(swapped ? bswap<u16>(v) : v);
}

/** True when the bytes at `p` (at least 12) begin a section. */
export function isPcapng(p: usize): bool {
  if (load<u32>(p) != SECTION) return false;
  const order = load<u32>(p, 8);
  return order == BYTE_ORDER || bswap<u32>(order) == BYTE_ORDER;
}

/** Prepares for a file. */
export function pcapngBegin(): void {
  swapped = false;
  section = 0;
  names = 0;
  seeking = false;
  lastTime = 0;
  pcapngStatus = CAPTURE_OK;
}

// Values of the options that were looked for; pointers into the block.
let optionValue: usize = 0;
let optionLength: u32 = 0;

/** Finds option `code` in the options at `p`; false when it is not there. */
function option(p: usize, n: u32, code: u32): bool {
  let at: u32 = 0;
  optionLength = 0;
  while (at + 4 <= n) {
    const c = u16At(p + at);
    const length = u16At(p + at + 2);
    if (c == 0 || at + 4 + length > n) return false;
    if (c == code) {
      optionValue = p + at + 4;
      optionLength = length;
      return true;
    }
    at += 4 + ((length + 3) & ~3);
  }
  return false;
}

function interfaceBlock(p: usize, n: u32): void {
  if (n < 8) return;
  const options = p + 8;
  const length = n - 8;
  let resolution: u32 = 6;
  let binary = false;
  if (option(options, length, 9) && optionLength >= 1) {
    const r = <u32>load<u8>(optionValue);
    binary = (r & 0x80) != 0;
    resolution = r & 0x7f;
  }
  let offset: i64 = 0;
  if (option(options, length, 14) && optionLength >= 8) {
    const low = u32At(optionValue + (swapped ? 4 : 0));
    const high = u32At(optionValue + (swapped ? 0 : 4));
    offset = <i64>((<u64>high << 32) | <u64>low);
  }
  const name = option(options, length, 2) ? optionValue : 0;
  const nameLength = optionLength;
  const description = option(options, length, 3) ? optionValue : 0;
  const descriptionLength = optionLength;
  // The filter's first byte says what kind of text it is.
  const filter = option(options, length, 11) && optionLength > 1 ? optionValue + 1 : 0;
  const filterLength = filter == 0 ? 0 : optionLength - 1;
  const os = option(options, length, 12) ? optionValue : 0;
  addInterface(
    u16At(p), u32At(p + 4), resolution, binary, offset, section, name, nameLength, description, descriptionLength, filter,
    filterLength, os, optionLength,
  );
}

function nameBlock(p: usize, n: u32): void {
  let at: u32 = 0;
  while (at + 4 <= n) {
    const type = u16At(p + at);
    const length = u16At(p + at + 2);
    if (type == 0 || at + 4 + length > n) return;
    const bytes: u32 = type == 1 ? 4 : type == 2 ? 16 : 0;
    if (bytes != 0 && length > bytes) {
      const value = p + at + 4;
      if (bytes == 4) {
        store<u64>(address, 0);
        store<u32>(address, 0xffff0000, 8);
        store<u32>(address, load<u32>(value), 12);
      } else memory.copy(address, value, 16);
      // Several names, each ending in a zero byte.
      let from = bytes;
      while (from < length) {
        let end = from;
        while (end < length && load<u8>(value + end) != 0) end++;
        if (end > from) {
          if (names >= MAX_NAMES) {
            count(COUNTER_CAP_NAMES);
            return;
          }
          names++;
          if (leads()) {
            rowBegin(LOG_NAME);
            setAddr(NAME_ADDR, address);
            setStr(NAME_NAME, value + from, end - from);
            rowEnd();
          }
        }
        from = end + 1;
      }
    }
    at += 4 + ((length + 3) & ~3);
  }
}

function packetBlock(type: u32, p: usize, n: u32, offset: u64): void {
  let id: u32 = 0;
  let head: u32 = 20;
  let captured: u32;
  let wire: u32;
  let ticks: u64 = 0;
  if (type == SIMPLE_PACKET) {
    if (n < 4) return;
    head = 4;
    wire = u32At(p);
    captured = wire;
    const entry = interfaceOf(0);
    if (entry !== null && entry.snaplen != 0 && captured > entry.snaplen) captured = entry.snaplen;
  } else {
    if (n < 20) return;
    id = type == ENHANCED_PACKET ? u32At(p) : u16At(p);
    ticks = (<u64>u32At(p + 4) << 32) | <u64>u32At(p + 8);
    captured = u32At(p + 12);
    wire = u32At(p + 16);
  }
  if (captured > n - head) {
    weirdFile(WEIRD_PCAP_BAD_RECORD, "PCAPNG");
    captured = n - head;
  }
  const entry = interfaceOf(id);
  if (entry === null) {
    weirdFile(WEIRD_PCAP_BAD_RECORD, "PCAPNG");
    return;
  }
  // A simple packet block has no time of its own: it is dated by the packet before it.
  const time = type == SIMPLE_PACKET ? lastTime : toNanoseconds(entry, ticks);
  lastTime = time;
  packet(time, entry.linktype, interfaceRow(id), offset + <u64>head, p + head, captured, wire > captured ? wire : captured);
}

// A block that could be one: type known, length sound, and the same length again at its end.
function plausible(p: usize, n: u32): u32 {
  const type = u32At(p);
  if (type != ENHANCED_PACKET && type != INTERFACE && type != STATISTICS && type != OLD_PACKET && load<u32>(p) != SECTION) return 0;
  const length = u32At(p + 4);
  if (length < 12 || (length & 3) != 0 || length > MAX_BLOCK_BYTES) return 0;
  if (length > n) return 2; // cannot be told yet
  return u32At(p + length - 4) == length ? 1 : 0;
}

// Whether a block stands somewhere behind the start of `n` bytes that a length claims as a whole.
function blockWithin(p: usize, n: u32): bool {
  for (let at: u32 = 1; at + 12 <= n; at++) if (plausible(p + at, n - at) == 1) return true;
  return false;
}

function damaged(): void {
  weirdFile(WEIRD_PCAP_BAD_RECORD, "PCAPNG");
  count(COUNTER_RESYNCS);
  count(COUNTER_RESYNC_BYTES);
  pcapngStatus = CAPTURE_DAMAGED;
  seeking = true;
}

/** Reads the whole blocks of `n` bytes at `p`, which begin at `offset` of the file; returns how many bytes were used. */
export function pcapngBlocks(p: usize, n: u32, offset: u64, last: bool): u32 {
  let at: u32 = 0;
  while (at + 12 <= n) {
    const block = p + at;
    if (seeking) {
      const looks = plausible(block, n - at);
      if (looks == 2 && !last) return at;
      if (looks != 1) {
        at++;
        count(COUNTER_RESYNC_BYTES);
        continue;
      }
      seeking = false;
    }
    const type = load<u32>(block) == SECTION ? SECTION : u32At(block);
    if (type == SECTION) {
      const order = load<u32>(block, 8);
      if (order == BYTE_ORDER) swapped = false;
      else if (bswap<u32>(order) == BYTE_ORDER) swapped = true;
    }
    const length = u32At(block + 4);
    if (length < 12 || length > MAX_BLOCK_BYTES) {
      damaged();
      at++;
      continue;
    }
    // Blocks are padded to 32 bits, whatever the length says.
    const padded = (length + 3) & ~3;
    if (padded > n - at && !(last && length <= n - at)) {
      if (!last || !blockWithin(block, n - at)) return at;
      // Not cut off: the length lies, and what it would swallow holds blocks.
      damaged();
      at++;
      continue;
    }
    // The length stands at both ends of a block; where they differ, one of them is not a length (libpcap refuses such files).
    if (length == padded && u32At(block + length - 4) != length) {
      damaged();
      at++;
      continue;
    }
    const body = block + 8;
    const bytes = length - 12;
    if (type == SECTION) {
      section++;
      beginSection();
    } else if (type == INTERFACE) interfaceBlock(body, bytes);
    else if (type == ENHANCED_PACKET || type == SIMPLE_PACKET || type == OLD_PACKET) {
      packetBlock(type, body, bytes, offset + <u64>(at + 8));
    } else if (type == NAMES) nameBlock(body, bytes);
    else if (type != STATISTICS) count(COUNTER_UNKNOWN_BLOCKS);
    at += padded > n - at ? n - at : padded;
  }
  return at;
}
