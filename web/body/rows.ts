import type { ColumnData, ColumnParts } from '../engine/chunk';
import { TYPE_WIDTHS, type ColumnSchema } from '../engine/schema';

/** A value of a column made on the host: text or bytes for str, addr and mac as their bytes, times in nanoseconds. */
export type Cell = string | number | bigint | boolean | Uint8Array | readonly string[] | null;

const utf8 = new TextEncoder();

/** Whether row `r` of a column has a value. */
export function isValid(column: ColumnData, r: number): boolean {
  return (((column.validity[r >> 3] ?? 0) >> (r & 7)) & 1) === 1;
}

/** Bytes of row `r` of a str column; null when it has none. Borrowed. */
export function strBytes(column: ColumnData, r: number): Uint8Array | null {
  return isValid(column, r) ? column.data.subarray(column.offsets[r] ?? 0, column.offsets[r + 1] ?? 0) : null;
}

/** A u32 of row `r`; null when it has none. */
export function u32(column: ColumnData, r: number): number | null {
  if (!isValid(column, r)) return null;
  const { values } = column;
  const at = r * 4;
  return ((values[at] ?? 0) | ((values[at + 1] ?? 0) << 8) | ((values[at + 2] ?? 0) << 16) | ((values[at + 3] ?? 0) << 24)) >>> 0;
}

/** The buffers of a column of texts, each cell written where it belongs; null is of no bytes. */
function texts(values: readonly Cell[]): { offsets: Int32Array; data: Uint8Array } {
  let room = 0;
  // A UTF-16 unit is three bytes of UTF-8 at the most.
  for (const value of values) room += value instanceof Uint8Array ? value.length : typeof value === 'string' ? value.length * 3 : 0;
  const data = new Uint8Array(room);
  const offsets = new Int32Array(values.length + 1);
  let at = 0;
  let row = 0;
  for (const value of values) {
    if (value instanceof Uint8Array) {
      data.set(value, at);
      at += value.length;
    } else if (typeof value === 'string') at = putText(data, at, value);
    offsets[++row] = at;
  }
  return { offsets, data: data.subarray(0, at) };
}

/** Writes a text; nearly all are short and ASCII, for which the encoder's call costs more than the work. */
function putText(data: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return at + utf8.encodeInto(text, data.subarray(at)).written;
    data[at + i] = unit;
  }
  return at + text.length;
}

function fixedValues(column: ColumnSchema, values: readonly Cell[]): Uint8Array {
  const width = TYPE_WIDTHS[column.type];
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  values.forEach((value, r) => {
    if (value === null) return;
    const at = r * width;
    if (value instanceof Uint8Array) bytes.set(value.subarray(0, width), at);
    else if (width === 8) view.setBigInt64(at, BigInt(value as number | bigint), true);
    else if (width === 4) view.setUint32(at, Number(value), true);
    else if (width === 2) view.setUint16(at, Number(value), true);
    else bytes[at] = Number(value);
  });
  return bytes;
}

/** The buffers of one column. @throws RangeError for types that no host-made column has */
export function columnParts(column: ColumnSchema, values: readonly Cell[]): ColumnParts {
  const validity = new Uint8Array((values.length + 7) >> 3);
  values.forEach((value, r) => {
    if (value !== null) validity[r >> 3] = (validity[r >> 3] ?? 0) | (1 << (r & 7));
  });
  if (column.type === 'str') return { validity, ...texts(values) };
  if (column.type === 'strs') {
    const offsets = new Int32Array(values.length + 1);
    const items: string[] = [];
    values.forEach((value, r) => {
      if (Array.isArray(value)) items.push(...value as readonly string[]);
      offsets[r + 1] = items.length;
    });
    const { offsets: itemOffsets, data } = texts(items);
    return { validity, offsets, itemOffsets, data };
  }
  if (column.type === 'intervals') throw new RangeError(`column ${column.name} is not made on the host`);
  return { validity, values: fixedValues(column, values) };
}

/** A column of an opened chunk as it is to be packed again. */
export function sameParts(data: ColumnData): ColumnParts {
  return { validity: data.validity, values: data.values, offsets: data.offsets, itemOffsets: data.itemOffsets, data: data.data };
}
