// Interfaces of a capture: link type, snap length, clock. A pcap has one, a pcapng section any number.

import { COUNTER_CAP_INTERFACES } from "../abi/counters";
import {
  INTERFACE_DESCRIPTION, INTERFACE_FILTER, INTERFACE_LINKTYPE, INTERFACE_NAME, INTERFACE_OS, INTERFACE_SECTION,
  INTERFACE_SNAPLEN, INTERFACE_TICKS_PER_SECOND, LOG_INTERFACE,
} from "../abi/logs";
import { rowBegin, rowEnd, setInt, setStr } from "../columns/writer";
import { leads } from "../deal/share";
import { count } from "../memory/counters";
import { MAX_INTERFACES } from "../memory/limits";

@unmanaged
export class Interface {
  linktype: u32;
  snaplen: u32;
  /** Decimal: ticks are 10^-resolution s; binary: 2^-resolution s. */
  resolution: u32;
  binary: u32;
  /** Seconds added to every timestamp. */
  offset: i64;
}
const BYTES: u32 = 24;
const TABLE: usize = memory.data(4096 * 24, 16);

let total: u32 = 0; // of the capture
let first: u32 = 0; // of the section

/** Begins a section: its interfaces are numbered from 0 again. */
export function beginSection(): void {
  first = total;
}

/** Forgets all interfaces, for the next capture. */
export function resetInterfaces(): void {
  total = 0;
  first = 0;
}

/** Interface `id` of the section; null when there is none. */
export function interfaceOf(id: u32): Interface | null {
  const row = first + id;
  if (row < first || row >= total) return null;
  return changetype<Interface>(TABLE + <usize>(row * BYTES));
}

/** Row of interface `id` in the interface log. */
export function interfaceRow(id: u32): u32 {
  return first + id;
}

/** Adds an interface to the section and writes its row; null at MAX_INTERFACES (counted). Texts: pointer, length. */
export function addInterface(
  linktype: u32, snaplen: u32, resolution: u32, binary: bool, offset: i64, section: u32, name: usize, nameLength: u32,
  description: usize, descriptionLength: u32, filter: usize, filterLength: u32, os: usize, osLength: u32,
): Interface | null {
  if (total >= MAX_INTERFACES) {
    count(COUNTER_CAP_INTERFACES);
    return null;
  }
  const entry = changetype<Interface>(TABLE + <usize>(total * BYTES));
  total++;
  entry.linktype = linktype;
  entry.snaplen = snaplen;
  entry.resolution = resolution;
  entry.binary = binary ? 1 : 0;
  entry.offset = offset;
  let ticks: u64 = 1;
  if (binary) ticks = resolution < 64 ? (<u64>1) << (<u64>resolution) : 0;
  else for (let i: u32 = 0; i < resolution && i < 19; i++) ticks *= 10;
  if (!leads()) return entry;
  rowBegin(LOG_INTERFACE);
  setInt(INTERFACE_LINKTYPE, linktype);
  setInt(INTERFACE_SNAPLEN, snaplen);
  setInt(INTERFACE_TICKS_PER_SECOND, ticks);
  setInt(INTERFACE_SECTION, section);
  if (nameLength != 0) setStr(INTERFACE_NAME, name, nameLength);
  if (descriptionLength != 0) setStr(INTERFACE_DESCRIPTION, description, descriptionLength);
  if (filterLength != 0) setStr(INTERFACE_FILTER, filter, filterLength);
  if (osLength != 0) setStr(INTERFACE_OS, os, osLength);
  rowEnd();
  return entry;
}

const POWERS: StaticArray<u64> = [
  1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000, 10000000000000000, 100000000000000000, 1000000000000000000,
  10000000000000000000,
];
const LARGEST_SECONDS: i64 = 9000000000; // the year 2255; nanoseconds beyond 2262 do not fit an i64

/** Nanoseconds since the epoch of a timestamp in the interface's ticks; an absurd one is clamped. */
export function toNanoseconds(entry: Interface, ticks: u64): i64 {
  let seconds: u64;
  let nanoseconds: u64;
  const r = entry.resolution;
  if (entry.binary != 0) {
    if (r >= 64) return 0;
    seconds = r == 0 ? ticks : ticks >> (<u64>r);
    let fraction = r == 0 ? 0 : ticks & (((<u64>1) << (<u64>r)) - 1);
    let bits = r;
    if (bits > 32) {
      fraction >>= <u64>(bits - 32);
      bits = 32;
    }
    nanoseconds = (fraction * 1000000000) >> (<u64>bits);
  } else {
    if (r > 19) return 0;
    const scale = unchecked(POWERS[r]);
    seconds = ticks / scale;
    const rest = ticks % scale;
    nanoseconds = r <= 9 ? rest * unchecked(POWERS[9 - r]) : rest / unchecked(POWERS[r - 9]);
  }
  let whole = <i64>seconds;
  if (whole < 0 || whole > LARGEST_SECONDS) whole = LARGEST_SECONDS;
  whole += entry.offset;
  if (whole > LARGEST_SECONDS) whole = LARGEST_SECONDS;
  else if (whole < 0) whole = 0;
  return whole * 1000000000 + <i64>nanoseconds;
}
