// Rows are written straight into column chunks (layout: abi/columns.ts). A chunk is handed to the host when it is full or
// when the capture ends; the host copies it before `chunk_ready` returns, then the chunk is empty again.

import {
  CHUNK_COLUMN_BYTES, CHUNK_LIST_ITEMS, CHUNK_ROWS, DESCRIPTOR_BYTES, DESC_DATA, DESC_ITEM_DATA, DESC_ITEM_USED,
  DESC_TYPE, DESC_USED, DESC_VALIDITY, DESC_VALUES, DESC_WIDTH, MAX_LIST_ITEMS, MAX_VALUE_BYTES, TYPE_ADDR, TYPE_BOOL,
  TYPE_INTERVAL, TYPE_INTERVALS, TYPE_MAC, TYPE_STR, TYPE_STRS, TYPE_TIME, TYPE_U16, TYPE_U32, TYPE_U64, TYPE_U8,
} from "../abi/columns";
import { COUNTER_CAP_LIST_ITEMS, COUNTER_VALUES_CUT } from "../abi/counters";
import {
  ARP_SCHEMA, CERT_SCHEMA, CONN_SCHEMA, DNS_SCHEMA, ENGINE_LOGS, FILES_SCHEMA, HTTP_SCHEMA, INTERFACE_SCHEMA, LOG_ARP,
  LOG_CERT, LOG_CONN, LOG_DNS, LOG_FILES, LOG_HTTP, LOG_INTERFACE, LOG_NAME, LOG_PACKET, LOG_SSL, LOG_WEIRD, NAME_SCHEMA,
  PACKET_SCHEMA, SSL_SCHEMA, WEIRD_SCHEMA,
} from "../abi/logs";
import { reserve } from "../memory/arena";
import { copy } from "../memory/bytes";
import { count } from "../memory/counters";

/** The host copies the chunk of `log` (chunkRows, chunkDescriptors) before it returns. */
// @ts-ignore: decorator
@external("env", "chunk_ready")
declare function chunk_ready(log: u32): void;

// Per log: rows, full, columns, descriptors, row-open, fixed-bytes pointer and length (for clearing).
const LOG_STATE: u32 = 32;
const STATE: usize = memory.data(ENGINE_LOGS * 32, 16);

let row: u32 = 0; // the open row
let table: usize = 0; // its log's descriptors
let current: usize = 0; // its log's state

// @ts-ignore: decorator
@inline
function stateOf(log: u32): usize {
  return STATE + <usize>(log * LOG_STATE);
}

// @ts-ignore: decorator
@inline
function descriptor(column: u32): usize {
  return table + <usize>(column * DESCRIPTOR_BYTES);
}

function typeOf(name: string): u32 {
  if (name == "time") return TYPE_TIME;
  if (name == "interval") return TYPE_INTERVAL;
  if (name == "u8") return TYPE_U8;
  if (name == "u16") return TYPE_U16;
  if (name == "u32") return TYPE_U32;
  if (name == "u64") return TYPE_U64;
  if (name == "bool") return TYPE_BOOL;
  if (name == "addr") return TYPE_ADDR;
  if (name == "mac") return TYPE_MAC;
  if (name == "str") return TYPE_STR;
  if (name == "strs") return TYPE_STRS;
  return TYPE_INTERVALS;
}

function widthOf(type: u32): u32 {
  if (type == TYPE_TIME || type == TYPE_INTERVAL || type == TYPE_U64 || type == TYPE_MAC) return 8;
  if (type == TYPE_U8 || type == TYPE_BOOL) return 1;
  if (type == TYPE_U16) return 2;
  if (type == TYPE_U32) return 4;
  if (type == TYPE_ADDR) return 16;
  return 0;
}

function prepare(log: u32, schema: string): void {
  const words = schema.split(" ");
  const columns = <u32>words.length;
  const state = stateOf(log);
  const descriptors = reserve(columns * DESCRIPTOR_BYTES);
  store<u32>(state, columns, 8);
  store<u32>(state, <u32>descriptors, 12);
  for (let i: u32 = 0; i < columns; i++) {
    const word = words[i];
    const type = typeOf(word.substring(word.lastIndexOf(":") + 1));
    const width = widthOf(type);
    const d = descriptors + <usize>(i * DESCRIPTOR_BYTES);
    store<u32>(d, type, DESC_TYPE);
    store<u32>(d, width, DESC_WIDTH);
    store<u32>(d, <u32>reserve(CHUNK_ROWS / 8), DESC_VALIDITY);
    if (width != 0) {
      store<u32>(d, <u32>reserve(CHUNK_ROWS * width), DESC_VALUES);
      continue;
    }
    store<u32>(d, <u32>reserve((CHUNK_ROWS + 1) * 4), DESC_VALUES);
    if (type == TYPE_STR) store<u32>(d, <u32>reserve(CHUNK_COLUMN_BYTES), DESC_DATA);
    else if (type == TYPE_INTERVALS) store<u32>(d, <u32>reserve(CHUNK_LIST_ITEMS * 8), DESC_DATA);
    else {
      store<u32>(d, <u32>reserve((CHUNK_LIST_ITEMS + 1) * 4), DESC_DATA);
      store<u32>(d, <u32>reserve(CHUNK_COLUMN_BYTES), DESC_ITEM_DATA);
    }
  }
}

/** Carves the chunks of every log; once, at start-up. */
export function prepareChunks(): void {
  prepare(LOG_CONN, CONN_SCHEMA);
  prepare(LOG_DNS, DNS_SCHEMA);
  prepare(LOG_HTTP, HTTP_SCHEMA);
  prepare(LOG_SSL, SSL_SCHEMA);
  prepare(LOG_CERT, CERT_SCHEMA);
  prepare(LOG_FILES, FILES_SCHEMA);
  prepare(LOG_WEIRD, WEIRD_SCHEMA);
  prepare(LOG_ARP, ARP_SCHEMA);
  prepare(LOG_PACKET, PACKET_SCHEMA);
  prepare(LOG_NAME, NAME_SCHEMA);
  prepare(LOG_INTERFACE, INTERFACE_SCHEMA);
}

/** Rows in the chunk of `log`. */
export function chunkRows(log: u32): u32 {
  return load<u32>(stateOf(log));
}

/** Pointer to the column descriptors of `log` (abi/columns.ts). */
export function chunkDescriptors(log: u32): usize {
  return load<u32>(stateOf(log), 12);
}

/** Hands the chunk of `log` over, if it has rows, and empties it. */
export function flush(log: u32): void {
  const state = stateOf(log);
  const rows = load<u32>(state);
  if (rows == 0) return;
  chunk_ready(log);
  const columns = load<u32>(state, 8);
  const descriptors = <usize>load<u32>(state, 12);
  for (let i: u32 = 0; i < columns; i++) {
    const d = descriptors + <usize>(i * DESCRIPTOR_BYTES);
    memory.fill(load<u32>(d, DESC_VALIDITY), 0, CHUNK_ROWS / 8);
    // Cleared, so that the value of a null is always 0 and equal captures make equal chunks.
    const width = load<u32>(d, DESC_WIDTH);
    if (width != 0) memory.fill(load<u32>(d, DESC_VALUES), 0, rows * width);
    store<u32>(d, 0, DESC_USED);
    store<u32>(d, 0, DESC_ITEM_USED);
  }
  store<u32>(state, 0);
  store<u32>(state, 0, 4);
}

/** Opens the next row of `log`; exactly one row is open at a time, until `rowEnd`. */
export function rowBegin(log: u32): void {
  current = stateOf(log);
  if (load<u32>(current, 4) != 0 || load<u32>(current) == CHUNK_ROWS) flush(log);
  row = load<u32>(current);
  table = load<u32>(current, 12);
}

/** Closes the open row: what was not set is null. */
export function rowEnd(): void {
  const columns = load<u32>(current, 8);
  let d = table;
  const next = <usize>(row + 1) << 2;
  for (let i: u32 = 0; i < columns; i++, d += DESCRIPTOR_BYTES) {
    if (load<u32>(d, DESC_WIDTH) == 0) store<u32>(<usize>load<u32>(d, DESC_VALUES) + next, load<u32>(d, DESC_USED));
  }
  store<u32>(current, row + 1);
}

/** Pointer to the values of a column of fixed width; it never changes. */
export function valuesOf(log: u32, column: u32): usize {
  return load<u32>(chunkDescriptors(log) + <usize>(column * DESCRIPTOR_BYTES), DESC_VALUES);
}

/** Says how many rows were written by `valuesOf`. */
export function setRows(log: u32, rows: u32): void {
  store<u32>(stateOf(log), rows);
}

/** Makes every value of the chunk valid. */
export function validateAll(log: u32): void {
  const state = stateOf(log);
  const rows = load<u32>(state);
  const columns = load<u32>(state, 8);
  for (let i: u32 = 0; i < columns; i++) {
    const validity = <usize>load<u32>(chunkDescriptors(log) + <usize>(i * DESCRIPTOR_BYTES), DESC_VALIDITY);
    memory.fill(validity, 0xff, rows >> 3);
    if ((rows & 7) != 0) store<u8>(validity + (rows >> 3), ((<u32>1) << (rows & 7)) - 1);
  }
}

// @ts-ignore: decorator
@inline
function valid(d: usize): void {
  const at = <usize>load<u32>(d, DESC_VALIDITY) + (row >> 3);
  store<u8>(at, <u32>load<u8>(at) | ((<u32>1) << (row & 7)));
}

// @ts-ignore: decorator
@inline
function isValid(d: usize): bool {
  return (((<u32>load<u8>(<usize>load<u32>(d, DESC_VALIDITY) + (row >> 3))) >> (row & 7)) & 1) != 0;
}

/** Sets an integer column of any width (u8, u16, u32, u64, bool, time and interval in nanoseconds). */
export function setInt(column: u32, value: u64): void {
  const d = descriptor(column);
  valid(d);
  const values = <usize>load<u32>(d, DESC_VALUES);
  const width = load<u32>(d, DESC_WIDTH);
  if (width == 4) store<u32>(values + (<usize>row << 2), <u32>value);
  else if (width == 2) store<u16>(values + (<usize>row << 1), <u16>value);
  else if (width == 1) store<u8>(values + row, <u8>value);
  else store<u64>(values + (<usize>row << 3), value);
}

/** Sets an address column from 16 bytes. */
export function setAddr(column: u32, address: usize): void {
  const d = descriptor(column);
  valid(d);
  const at = <usize>load<u32>(d, DESC_VALUES) + (<usize>row << 4);
  store<u64>(at, load<u64>(address));
  store<u64>(at, load<u64>(address, 8), 8);
}

/** Sets a hardware address column from 6 bytes. */
export function setMac(column: u32, mac: usize): void {
  const d = descriptor(column);
  valid(d);
  const at = <usize>load<u32>(d, DESC_VALUES) + (<usize>row << 3);
  store<u32>(at, load<u32>(mac));
  store<u32>(at, <u32>load<u16>(mac, 4), 4);
}

/** Sets a str column; the first value given for a row stays. Longer than MAX_VALUE_BYTES is cut and counted. */
export function setStr(column: u32, bytes: usize, length: u32): void {
  const d = descriptor(column);
  if (isValid(d)) return;
  valid(d);
  let n = length;
  if (n > MAX_VALUE_BYTES) {
    n = MAX_VALUE_BYTES;
    count(COUNTER_VALUES_CUT);
  }
  const used = load<u32>(d, DESC_USED);
  // A chunk is handed over once a column has less than one longest value left, so this fits.
  copy(<usize>load<u32>(d, DESC_DATA) + used, bytes, n);
  store<u32>(d, used + n, DESC_USED);
  if (used + n > CHUNK_COLUMN_BYTES - MAX_VALUE_BYTES) store<u32>(current, 1, 4);
}

/** Makes a list column valid without an item (an empty list, which is not null). */
export function setList(column: u32): void {
  valid(descriptor(column));
}

// Items of the open row so far.
// @ts-ignore: decorator
@inline
function listItems(d: usize): u32 {
  return load<u32>(d, DESC_USED) - (row == 0 ? 0 : load<u32>(<usize>load<u32>(d, DESC_VALUES) + (<usize>row << 2)));
}

/** Appends an item to a strs column of the open row. Items of one row have MAX_VALUE_BYTES together. */
export function addStr(column: u32, bytes: usize, length: u32): void {
  const d = descriptor(column);
  valid(d);
  const items = load<u32>(d, DESC_USED);
  const mine = listItems(d);
  const offsets = <usize>load<u32>(d, DESC_DATA);
  const used = load<u32>(d, DESC_ITEM_USED);
  const rowStart = mine == 0 ? used : load<u32>(offsets + (<usize>(items - mine) << 2));
  if (mine >= MAX_LIST_ITEMS || length > MAX_VALUE_BYTES - (used - rowStart)) {
    count(COUNTER_CAP_LIST_ITEMS);
    return;
  }
  copy(<usize>load<u32>(d, DESC_ITEM_DATA) + used, bytes, length);
  store<u32>(offsets + (<usize>(items + 1) << 2), used + length);
  store<u32>(d, items + 1, DESC_USED);
  store<u32>(d, used + length, DESC_ITEM_USED);
  if (used + length > CHUNK_COLUMN_BYTES - MAX_VALUE_BYTES || items + 1 > CHUNK_LIST_ITEMS - MAX_LIST_ITEMS) {
    store<u32>(current, 1, 4);
  }
}

/** Appends an item to an intervals column of the open row, in nanoseconds. */
export function addInterval(column: u32, nanoseconds: i64): void {
  const d = descriptor(column);
  valid(d);
  const items = load<u32>(d, DESC_USED);
  if (listItems(d) >= MAX_LIST_ITEMS) {
    count(COUNTER_CAP_LIST_ITEMS);
    return;
  }
  store<i64>(<usize>load<u32>(d, DESC_DATA) + (<usize>items << 3), nanoseconds);
  store<u32>(d, items + 1, DESC_USED);
  if (items + 1 > CHUNK_LIST_ITEMS - MAX_LIST_ITEMS) store<u32>(current, 1, 4);
}

/** Type of a column of `log`. */
export function columnType(log: u32, column: u32): u32 {
  return load<u32>(chunkDescriptors(log) + <usize>(column * DESCRIPTOR_BYTES), DESC_TYPE);
}
