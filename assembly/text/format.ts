// Rows of loaded chunks as lines, by a program that the host laid down (abi/text.ts). A line that does not fit, or one that
// needs a name that the host has not given yet, is taken back; the host makes room or gives the name and goes on there.

import {
  TYPE_ADDR, TYPE_BOOL, TYPE_INTERVAL, TYPE_INTERVALS, TYPE_MAC, TYPE_STR, TYPE_STRS, TYPE_TIME, TYPE_U16, TYPE_U32, TYPE_U64,
  TYPE_U8,
} from "../abi/columns";
import {
  COLUMN_BYTES, COLUMN_DATA, COLUMN_DATA_BYTES, COLUMN_ITEMS, COLUMN_ITEM_COUNT, COLUMN_VALIDITY, COLUMN_VALUES, FIELD_BYTES,
  FIELD_COLUMN, FIELD_KEYS, FIELD_KIND, FIELD_PORT, FIELD_PREFIX, FIELD_PREFIX_BYTES, FIELD_TEXTS, KIND_CODE16, KIND_CODE32,
  KIND_CODE8, KIND_LITERAL, NETBIOS_NS_PORT, NO_COLUMN, TEXT_SLACK, TEXT_TSV,
} from "../abi/text";
import { writeAddress, writeMac } from "./addresses";
import { writeSeconds, writeUint } from "./numbers";
import { writeEmptyMark, writeJsonText, writeTsvValue } from "./strings";

/** Longest value that is no text and no list: an IPv6 address in quotes. */
const LONGEST_PLAIN: usize = 48;

let written: usize = 0;
let missingField: u32 = NO_COLUMN;
let missingKey: u32 = 0;
let tsv: bool = false;
/** End of the output: whole vectors may be written up to TEXT_SLACK behind it. */
let limit: usize = 0;

/** Where the last line ended. */
export function textWritten(): usize {
  return written;
}
/** Field whose text the line that comes next needs; NO_COLUMN when none is missing. */
export function textMissing(): u32 {
  return missingField;
}
export function textMissingKey(): u32 {
  return missingKey;
}

// @ts-ignore: decorator
@inline
function column(chunk: usize, field: usize): usize {
  return chunk + <usize>(load<u32>(field, FIELD_COLUMN) * COLUMN_BYTES);
}

/** Copies bytes that are padded to 16 where they come from. */
// @ts-ignore: decorator
@inline
function copy(out: usize, from: usize, n: u32): usize {
  v128.store(out, v128.load(from));
  if (n > 16) {
    v128.store(out, v128.load(from, 16), 16);
    if (n > 32) memory.copy(out + 32, from + 32, n - 32);
  }
  return out + n;
}

// One value of a str or an item of a strs; 0 when it may not fit. Offsets are the host's: clamped to the bytes there are.
function writeText(out: usize, from: u32, to: u32, data: usize, dataBytes: u32, inList: bool): usize {
  const end = to < dataBytes ? to : dataBytes;
  const start = from < end ? from : end;
  if (out + <usize>(end - start) * 5 + TEXT_SLACK > limit) return 0;
  if (tsv) return writeTsvValue(out, data + start, data + end, inList);
  store<u8>(out, 0x22);
  const at = writeJsonText(out + 1, data + start, data + end);
  store<u8>(at, 0x22);
  return at + 1;
}

// A list; 0 when it may not fit.
function writeList(out: usize, col: usize, row: u32, texts: bool): usize {
  const offsets = <usize>load<u32>(col, COLUMN_VALUES) + (<usize>row << 2);
  const items = <usize>load<u32>(col, COLUMN_ITEMS);
  const count = load<u32>(col, COLUMN_ITEM_COUNT);
  let to = load<u32>(offsets, 4);
  if (to > count) to = count;
  const from = load<u32>(offsets);
  let at = out;
  if (tsv && from >= to) return writeEmptyMark(at);
  if (!tsv) store<u8>(at++, 0x5b);
  const data = <usize>load<u32>(col, COLUMN_DATA);
  const dataBytes = load<u32>(col, COLUMN_DATA_BYTES);
  for (let i = from; i < to; i++) {
    if (i > from) store<u8>(at++, 0x2c);
    if (texts) {
      const item = items + (<usize>i << 2);
      at = writeText(at, load<u32>(item), load<u32>(item, 4), data, dataBytes, true);
      if (at == 0) return 0;
    } else {
      if (at + LONGEST_PLAIN > limit) return 0;
      at = writeSeconds(at, load<i64>(items + (<usize>i << 3)), tsv);
    }
  }
  if (!tsv) store<u8>(at++, 0x5d);
  return at;
}

// The text of a code; 0 when it may not fit or is missing.
function writeCode(out: usize, field: usize, code: u32, chunk: usize, row: u32, index: u32): usize {
  let key = code;
  const port = load<u32>(field, FIELD_PORT);
  const keys = load<u32>(field, FIELD_KEYS);
  if (port != NO_COLUMN) {
    const ports = <usize>load<u32>(chunk + <usize>(port * COLUMN_BYTES), COLUMN_VALUES);
    if (<u32>load<u16>(ports + (<usize>row << 1)) == NETBIOS_NS_PORT) key += keys >> 1;
  }
  const text = key < keys ? <usize>load<u32>(<usize>load<u32>(field, FIELD_TEXTS) + (<usize>key << 2)) : 0;
  if (text == 0) {
    missingField = index;
    missingKey = key;
    return 0;
  }
  const n = load<u32>(text);
  if (out + n + TEXT_SLACK > limit) return 0;
  return copy(out, text + 4, n);
}

// One value that is there; 0 when the line has to be taken back.
function writeValue(out: usize, field: usize, kind: u32, chunk: usize, row: u32, index: u32): usize {
  const col = column(chunk, field);
  const values = <usize>load<u32>(col, COLUMN_VALUES);
  switch (kind) {
    case TYPE_TIME: return writeSeconds(out, load<i64>(values + (<usize>row << 3)), true);
    case TYPE_INTERVAL: return writeSeconds(out, load<i64>(values + (<usize>row << 3)), tsv);
    case TYPE_U8: return writeUint(out, load<u8>(values + row));
    case TYPE_U16: return writeUint(out, load<u16>(values + (<usize>row << 1)));
    case TYPE_U32: return writeUint(out, load<u32>(values + (<usize>row << 2)));
    case TYPE_U64: return writeUint(out, load<u64>(values + (<usize>row << 3)));
    case TYPE_BOOL: {
      const yes = load<u8>(values + row) != 0;
      if (tsv) {
        store<u8>(out, yes ? 0x54 : 0x46);
        return out + 1;
      }
      store<u32>(out, yes ? 0x65757274 : 0x736c6166); // "true", "fals"
      if (yes) return out + 4;
      store<u8>(out, 0x65, 4);
      return out + 5;
    }
    case TYPE_ADDR: case TYPE_MAC: {
      let at = out;
      if (!tsv) store<u8>(at++, 0x22);
      at = kind == TYPE_ADDR ? writeAddress(at, values + (<usize>row << 4)) : writeMac(at, values + (<usize>row << 3));
      if (!tsv) store<u8>(at++, 0x22);
      return at;
    }
    case TYPE_STR: {
      const offsets = values + (<usize>row << 2);
      return writeText(out, load<u32>(offsets), load<u32>(offsets, 4), load<u32>(col, COLUMN_DATA), load<u32>(col, COLUMN_DATA_BYTES), false);
    }
    case TYPE_STRS: return writeList(out, col, row, true);
    case TYPE_INTERVALS: return writeList(out, col, row, false);
    case KIND_CODE8: return writeCode(out, field, load<u8>(values + row), chunk, row, index);
    case KIND_CODE16: return writeCode(out, field, load<u16>(values + (<usize>row << 1)), chunk, row, index);
    default: return writeCode(out, field, load<u32>(values + (<usize>row << 2)), chunk, row, index);
  }
}

// @ts-ignore: decorator
@inline
function isThere(chunk: usize, field: usize, kind: u32, row: u32): bool {
  const col = column(chunk, field);
  if (kind == KIND_CODE32) return load<u32>(<usize>load<u32>(col, COLUMN_VALUES) + (<usize>row << 2)) != 0;
  return ((<u32>load<u8>(<usize>load<u32>(col, COLUMN_VALIDITY) + (row >> 3)) >> (row & 7)) & 1) != 0;
}

// One line; 0 when it has to be taken back.
function writeLine(out: usize, program: usize, fields: u32, chunk: usize, row: u32): usize {
  if (out + LONGEST_PLAIN > limit) return 0;
  let at = out;
  let field = program;
  for (let i: u32 = 0; i < fields; i++, field += FIELD_BYTES) {
    const kind = load<u32>(field, FIELD_KIND);
    const prefixBytes = load<u32>(field, FIELD_PREFIX_BYTES);
    const there = kind == KIND_LITERAL || isThere(chunk, field, kind, row);
    if (!there && !tsv) continue;
    if (at + prefixBytes + LONGEST_PLAIN + TEXT_SLACK > limit) return 0;
    at = copy(at, load<u32>(field, FIELD_PREFIX), prefixBytes);
    if (kind == KIND_LITERAL) continue;
    if (!there) {
      store<u8>(at++, 0x2d);
      continue;
    }
    at = writeValue(at, field, kind, chunk, row, i);
    if (at == 0) return 0;
  }
  if (!tsv) {
    // Every value comes with a comma before it; the row's first one becomes its brace.
    if (at == out) at++;
    store<u8>(out, 0x7b);
    store<u8>(at++, 0x7d);
  }
  store<u8>(at, 0x0a);
  return at + 1;
}

/**
 * Writes rows as lines.
 * @param rows pointer to `count` pairs of u32: pointer to a laid out chunk, row in it
 * @param out where the lines go, up to `end`; TEXT_SLACK bytes behind it are touched
 * @returns how many rows were written; `textWritten` says where they end, `textMissing` whether the next one lacks a text
 *   (else it had no room)
 */
export function textRows(program: usize, fields: u32, style: u32, rows: usize, count: u32, out: usize, end: usize): u32 {
  tsv = style == TEXT_TSV;
  limit = end;
  missingField = NO_COLUMN;
  let at = out;
  let i: u32 = 0;
  for (; i < count; i++, rows += 8) {
    const next = writeLine(at, program, fields, load<u32>(rows), load<u32>(rows, 4));
    if (next == 0) break;
    at = next;
  }
  written = at;
  return i;
}

/** Writes one text as a value (`inList`: as an item of a list), for dictionaries. Returns where it ends; 0 when it may not fit. */
export function textValue(style: u32, inList: u32, from: usize, bytes: u32, out: usize, end: usize): usize {
  tsv = style == TEXT_TSV;
  limit = end;
  return writeText(out, 0, bytes, from, bytes, inList != 0);
}
