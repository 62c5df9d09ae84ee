import { SCHEMAS, TYPE_WIDTHS, type LogSchema } from './schema';

/**
 * One column of a chunk: Arrow's buffers as views into the chunk's one ArrayBuffer.
 * Fixed widths: `values` holds rows × width bytes, little-endian. `str`: `offsets` has rows+1 entries into `data`.
 * `strs`: `offsets` into items, `itemOffsets` (items+1) into `data`. `intervals`: `offsets` into `values` (i64 items).
 */
export interface ColumnData {
  /** Bit r of byte r/8, least significant first; 1 = valid. */
  readonly validity: Uint8Array;
  readonly values: Uint8Array;
  readonly offsets: Int32Array;
  readonly itemOffsets: Int32Array;
  readonly data: Uint8Array;
}

/** Up to CHUNK_ROWS rows of one log, copied out of the engine once; `buffer` is what is transferred and stored. */
export interface LogChunk {
  /** LOG_* of assembly/abi/logs.ts. */
  readonly log: number;
  readonly rows: number;
  readonly buffer: ArrayBuffer;
  readonly columns: readonly ColumnData[];
}

/** What crosses a worker boundary or goes to the store; `openChunk` makes a LogChunk of it again. */
export interface PackedChunk {
  readonly log: number;
  readonly rows: number;
  readonly buffer: ArrayBuffer;
}

/** Bytes that a part of a chunk takes: each begins at a multiple of eight. */
export const pad8 = (n: number): number => (n + 7) & ~7;
const NO_OFFSETS = new Int32Array(0);
const NO_BYTES = new Uint8Array(0);

/**
 * Views onto a packed chunk. Layout of the buffer, every part padded to 8 bytes, columns in schema order:
 * validity; then by type: fixed → values; str → offsets, data; strs → offsets, itemOffsets, data;
 * intervals → offsets, values. Sizes follow from the offsets, so nothing else is stored.
 */
export function openChunk(packed: PackedChunk): LogChunk {
  const schema = SCHEMAS[packed.log];
  if (!schema) throw new RangeError(`chunk of unknown log ${packed.log}`);
  const { buffer, rows } = packed;
  let at = 0;
  const bytes = (length: number): Uint8Array => {
    const view = new Uint8Array(buffer, at, length);
    at += pad8(length);
    return view;
  };
  const ints = (count: number): Int32Array => {
    const view = new Int32Array(buffer, at, count);
    at += pad8(count * 4);
    return view;
  };
  const columns = schema.columns.map((column): ColumnData => {
    const validity = bytes((rows + 7) >> 3);
    const width = TYPE_WIDTHS[column.type];
    if (width > 0) return { validity, values: bytes(rows * width), offsets: NO_OFFSETS, itemOffsets: NO_OFFSETS, data: NO_BYTES };
    const offsets = ints(rows + 1);
    const used = offsets[rows] ?? 0;
    if (column.type === 'str') return { validity, values: NO_BYTES, offsets, itemOffsets: NO_OFFSETS, data: bytes(used) };
    if (column.type === 'intervals') return { validity, values: bytes(used * 8), offsets, itemOffsets: NO_OFFSETS, data: NO_BYTES };
    const itemOffsets = ints(used + 1);
    return { validity, values: NO_BYTES, offsets, itemOffsets, data: bytes(itemOffsets[used] ?? 0) };
  });
  return { ...packed, columns };
}

/** The parts of one column as they are to be packed; see `openChunk` for which a type needs. */
export interface ColumnParts {
  validity: Uint8Array;
  values?: Uint8Array;
  offsets?: Int32Array;
  itemOffsets?: Int32Array;
  data?: Uint8Array;
}

/** Packs columns (in schema order, already cut to `rows`) into one buffer. */
export function packChunk(schema: LogSchema, rows: number, parts: readonly ColumnParts[]): PackedChunk {
  let size = 0;
  const pieces: { at: number; bytes: Uint8Array }[] = [];
  const put = (view: Uint8Array | Int32Array | undefined): void => {
    if (!view) return;
    pieces.push({ at: size, bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength) });
    size += pad8(view.byteLength);
  };
  schema.columns.forEach((column, index) => {
    const part = parts[index];
    if (!part) throw new RangeError(`no data for column ${column.name} of ${schema.name}`);
    put(part.validity);
    if (TYPE_WIDTHS[column.type] > 0) put(part.values);
    else if (column.type === 'str') { put(part.offsets); put(part.data); }
    else if (column.type === 'intervals') { put(part.offsets); put(part.values); }
    else { put(part.offsets); put(part.itemOffsets); put(part.data); }
  });
  const buffer = new ArrayBuffer(size);
  const target = new Uint8Array(buffer);
  for (const piece of pieces) target.set(piece.bytes, piece.at);
  return { log: schema.id, rows, buffer };
}
