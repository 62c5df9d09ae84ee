// The window through which the file passes: the host appends bytes, whole records are taken out at the front.

import { CAPTURE_DAMAGED, CAPTURE_FOREIGN, CAPTURE_NOT_A_CAPTURE, CAPTURE_OK, CAPTURE_PENDING, CAPTURE_TRUNCATED } from "../abi/enums";
import { reserve } from "../memory/arena";
import { MAX_BLOCK_BYTES } from "../memory/limits";
import { isPcap, pcapBegin, pcapRecords, pcapStatus } from "./pcap";
import { isPcapng, pcapngBegin, pcapngBlocks, pcapngStatus } from "./pcapng";

/** Room for the longest record plus a chunk. */
const WINDOW_BYTES: u32 = MAX_BLOCK_BYTES + (4 << 20) + 4096;
/** Bytes that the first look needs. */
const LOOK_BYTES: u32 = 16;

const UNKNOWN: u32 = 0;
const PCAP: u32 = 1;
const PCAPNG: u32 = 2;

let window: usize = 0;
let filled: u32 = 0;
let offset: u64 = 0; // of the window's first byte in the file
let format: u32 = UNKNOWN;
let state: u32 = CAPTURE_PENDING;
let began: bool = false;

/** Forgets the file before; the next bytes begin another. */
export function beginInput(): void {
  if (window == 0) window = reserve(WINDOW_BYTES);
  filled = 0;
  offset = 0;
  format = UNKNOWN;
  state = CAPTURE_PENDING;
  began = false;
}

/** Where the host writes the next bytes. */
export function inputPointer(): usize {
  return window + filled;
}

/** How many bytes it may write there. */
export function inputSpace(): u32 {
  return WINDOW_BYTES - filled;
}

/** Format: 0 not told, 1 pcap, 2 pcapng. */
export function inputFormat(): u32 {
  return format;
}

/** Bytes at the end of the file that belong to a record which the file does not hold whole. */
export function unreadBytes(): u32 {
  return filled;
}

function tell(last: bool): void {
  if (filled < LOOK_BYTES && !last) return;
  if (filled >= 4 && isPcap(window)) format = PCAP;
  else if (filled >= 12 && isPcapng(window)) {
    format = PCAPNG;
    pcapngBegin();
  } else {
    const magic = filled >= 4 ? load<u32>(window) : 0;
    // snoop (RFC 1761), NetMon 1 and 2, and the like: known, not read.
    state = magic == 0x6f6f6e73 || magic == 0x53535452 || magic == 0x55424d47 ? CAPTURE_FOREIGN : CAPTURE_NOT_A_CAPTURE;
    return;
  }
  state = CAPTURE_OK;
}

/** `n` more bytes were written at `inputPointer()`; reads what is whole. `last`: the file ends here. Returns CAPTURE_*. */
export function advance(n: u32, last: bool): u32 {
  filled += n;
  if (format == UNKNOWN && state == CAPTURE_PENDING) tell(last);
  if (state == CAPTURE_PENDING) return state; // too few bytes to tell
  if (state != CAPTURE_OK && state != CAPTURE_DAMAGED) {
    filled = 0;
    return state;
  }
  let used: u32 = 0;
  if (format == PCAP && !began) {
    used = pcapBegin(window, filled);
    began = used != 0;
    if (!began && last) state = CAPTURE_TRUNCATED;
  } else began = true;
  if (began) {
    if (format == PCAP) used += pcapRecords(window + used, filled - used, offset + <u64>used, last);
    else used = pcapngBlocks(window, filled, offset, last);
    if (pcapStatus == CAPTURE_DAMAGED && format == PCAP) state = CAPTURE_DAMAGED;
    if (pcapngStatus == CAPTURE_DAMAGED && format == PCAPNG) state = CAPTURE_DAMAGED;
  }
  filled -= used;
  offset += <u64>used;
  if (filled != 0 && used != 0) memory.copy(window, window + used, filled);
  if (last && filled != 0 && state == CAPTURE_OK) state = CAPTURE_TRUNCATED;
  return state;
}
