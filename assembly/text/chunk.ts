// Where the columns of a packed chunk lie (web/engine/chunk.ts: every part padded to 8 bytes, columns in schema order).

import {
  TYPE_ADDR, TYPE_BOOL, TYPE_INTERVALS, TYPE_STR, TYPE_STRS, TYPE_U16, TYPE_U32, TYPE_U8,
} from "../abi/columns";
import {
  COLUMN_BYTES, COLUMN_DATA, COLUMN_DATA_BYTES, COLUMN_ITEMS, COLUMN_ITEM_COUNT, COLUMN_VALIDITY, COLUMN_VALUES, TYPE_CODES,
} from "../abi/text";

/** Bytes of one value; lists and str have their own parts. */
function widthOf(type: u32): u32 {
  if (type == TYPE_U8 || type == TYPE_BOOL) return 1;
  if (type == TYPE_U16) return 2;
  if (type == TYPE_U32 || type == TYPE_CODES) return 4;
  return type == TYPE_ADDR ? 16 : 8;
}

let at: usize = 0;
let end: usize = 0;

/** Where the next part begins, which has `bytes`; 0 when the chunk is over before it. */
function part(bytes: u64): usize {
  const padded = (bytes + 7) & ~7;
  if (padded > <u64>(end - at)) return 0;
  const start = at;
  at += <usize>padded;
  return start;
}

/** Last of `count` + 1 offsets; -1 when the offsets are not there. */
function lastOffset(offsets: usize, count: u32): i64 {
  return offsets == 0 ? -1 : <i64>load<u32>(offsets + (<usize>count << 2));
}

/**
 * Notes where the columns of a chunk are, in the COLUMN_BYTES × `columns` before it.
 * @param chunk pointer to those records; the packed chunk of `bytes` bytes follows them
 * @param types pointer to the columns' types (TYPE_*, u8 each)
 * @returns false when the chunk is shorter than its own figures say
 */
export function layOut(chunk: usize, types: usize, columns: u32, rows: u32, bytes: u32): bool {
  at = chunk + <usize>(columns * COLUMN_BYTES);
  end = at + bytes;
  for (let i: u32 = 0; i < columns; i++) {
    const column = chunk + <usize>(i * COLUMN_BYTES);
    const type = <u32>load<u8>(types + i);
    if (type != TYPE_CODES) {
      const validity = part((<u64>rows + 7) >> 3);
      if (validity == 0) return false;
      store<u32>(column, <u32>validity, COLUMN_VALIDITY);
    }
    if (type != TYPE_STR && type != TYPE_STRS && type != TYPE_INTERVALS) {
      const values = part(<u64>rows * widthOf(type));
      if (values == 0) return false;
      store<u32>(column, <u32>values, COLUMN_VALUES);
      continue;
    }
    const offsets = part((<u64>rows + 1) << 2);
    const used = lastOffset(offsets, rows);
    if (used < 0) return false;
    store<u32>(column, <u32>offsets, COLUMN_VALUES);
    let dataBytes = used;
    if (type != TYPE_STR) {
      const items = part(type == TYPE_INTERVALS ? <u64>used << 3 : (<u64>used + 1) << 2);
      if (items == 0) return false;
      store<u32>(column, <u32>items, COLUMN_ITEMS);
      store<u32>(column, <u32>used, COLUMN_ITEM_COUNT);
      if (type == TYPE_INTERVALS) continue;
      dataBytes = lastOffset(items, <u32>used);
    }
    const data = part(<u64>dataBytes);
    if (data == 0) return false;
    store<u32>(column, <u32>data, COLUMN_DATA);
    store<u32>(column, <u32>dataBytes, COLUMN_DATA_BYTES);
  }
  return true;
}
