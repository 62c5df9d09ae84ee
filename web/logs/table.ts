import type { ColumnData, LogChunk, PackedChunk } from '../engine/chunk';
import { SCHEMA_BY_NAME, type LogName, type LogSchema } from '../engine/schema';
import { ChunkStore, type ChunkPlace } from './chunk-store';

const EMPTY = new Uint8Array(0);
const utf8 = new TextDecoder('utf-8');

/**
 * All rows of one log of one capture: chunks of columns, read by row number. Rows are in the order in which the engine
 * finished them; `order()` of web/logs/order.ts gives them by `ts`, then `pkt`.
 *
 * Chunks beyond a budget of memory lie in a file and are read back when they are asked for. Whoever goes through all rows
 * uses `eachChunk` (or `peek`), which reads them one after the other beside the budget; whoever jumps uses `chunk` or the
 * accessors by row, which keep what was used last. What a chunk's views show must not be held on to, or every chunk stays
 * in memory, and is changed by `revise` only.
 */
export class LogTable {
  readonly schema: LogSchema;
  /** Rows so far. */
  rows = 0;
  /** First row of each chunk. */
  readonly starts: number[] = [];
  private readonly places: ChunkPlace[] = [];
  private lastChunk = 0;
  /** The chunk that was read last, and its place. */
  private current: LogChunk | null = null;
  private currentPlace = -1;

  /** @param store where the chunks are; all tables of a capture share one. Without it everything stays in memory */
  constructor(readonly name: LogName, private readonly store: ChunkStore = new ChunkStore()) {
    const schema = SCHEMA_BY_NAME.get(name);
    if (!schema) throw new RangeError(`no log named ${name}`);
    this.schema = schema;
  }

  /** Takes a chunk of this log. @throws RangeError when it is of another log */
  append(packed: PackedChunk): void {
    if (packed.log !== this.schema.id) throw new RangeError(`chunk of log ${packed.log} given to ${this.name}`);
    if (packed.rows === 0) return;
    this.starts.push(this.rows);
    this.places.push(this.store.add(packed));
    this.rows += packed.rows;
  }

  /** How many chunks there are. */
  get chunkCount(): number {
    return this.places.length;
  }

  private place(c: number): ChunkPlace {
    const place = this.places[c];
    if (!place) throw new RangeError(`${this.name} has no chunk ${c}`);
    return place;
  }

  /** A chunk, for whoever jumps between rows. @throws RangeError when there is none of that number */
  chunk(c: number): LogChunk {
    if (c === this.currentPlace && this.current) return this.current;
    this.current = this.store.open(this.place(c));
    this.currentPlace = c;
    return this.current;
  }

  /** A chunk, for whoever goes through all of them in order. */
  peek(c: number): LogChunk {
    return this.store.peek(this.place(c));
  }

  /** Every chunk in order, with the number of its first row and its own; each only until `take` returns. */
  eachChunk(take: (chunk: LogChunk, start: number, c: number) => void): void {
    const { length } = this.places;
    for (let c = 0; c < length; c++) this.visit(c, (chunk) => take(chunk, this.starts[c] ?? 0, c));
  }

  /** A chunk, until `take` returns. */
  visit(c: number, take: (chunk: LogChunk) => void): void {
    this.store.visit(this.place(c), take);
  }

  /** A chunk as it is transferred and stored. Borrowed. */
  packed(c: number): PackedChunk {
    return this.store.packed(this.place(c));
  }

  /** Every chunk in order, each until `take` returns, which may change values in place and says whether it did. */
  revise(take: (chunk: LogChunk) => boolean): void {
    for (const place of this.places) this.store.revise(place, take);
    // It may be of a chunk that is out, as it was.
    this.current = null;
  }

  /** Column number of a field; -1 when the log has none of that name. */
  column(name: string): number {
    return this.schema.byName.get(name)?.index ?? -1;
  }

  /** Place in `chunks` of the chunk that holds a row; the last one for a row beyond the end. */
  chunkOf(row: number): number {
    let i = this.lastChunk;
    if (row >= (this.starts[i] ?? 0) && row < (this.starts[i + 1] ?? this.rows)) return i;
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    i = low;
    this.lastChunk = i;
    return i;
  }

  private at(row: number, column: number): { data: ColumnData; r: number } {
    const i = this.chunkOf(row);
    const data = row < this.rows ? this.chunk(i).columns[column] : undefined;
    if (!data) throw new RangeError(`${this.name} has no row ${row}, column ${column}`);
    return { data, r: row - (this.starts[i] ?? 0) };
  }

  isNull(row: number, column: number): boolean {
    const { data, r } = this.at(row, column);
    return (((data.validity[r >> 3] ?? 0) >> (r & 7)) & 1) === 0;
  }

  /** A u8/u16/u32/u64/bool, or a time or interval in MICROSECONDS, as a number; 0 when null. u64 above 2^53 loses bits. */
  num(row: number, column: number): number {
    const { data, r } = this.at(row, column);
    const v = data.values;
    switch (this.schema.columns[column]?.type) {
      case 'u8': case 'bool': return v[r] ?? 0;
      case 'u16': return (v[r * 2] ?? 0) | ((v[r * 2 + 1] ?? 0) << 8);
      case 'u32': return u32(v, r * 4);
      case 'u64': return u32(v, r * 8) + u32(v, r * 8 + 4) * 4294967296;
      case 'time': case 'interval': return nanos(v, r * 8) / 1000;
      default: throw new TypeError(`${this.name}.${this.schema.columns[column]?.name ?? column} is no number`);
    }
  }

  /** A time or interval in exact nanoseconds. */
  nanoseconds(row: number, column: number): bigint {
    const { data, r } = this.at(row, column);
    return new DataView(data.values.buffer, data.values.byteOffset).getBigInt64(r * 8, true);
  }

  /** Raw bytes of a str, addr (16) or mac (8, six used); empty when null. Borrowed: do not keep or change. */
  bytes(row: number, column: number): Uint8Array {
    const { data, r } = this.at(row, column);
    const type = this.schema.columns[column]?.type;
    if (type === 'addr') return data.values.subarray(r * 16, r * 16 + 16);
    if (type === 'mac') return data.values.subarray(r * 8, r * 8 + 6);
    if (type !== 'str') return EMPTY;
    return data.data.subarray(data.offsets[r] ?? 0, data.offsets[r + 1] ?? 0);
  }

  /** A str as text (bytes that are no UTF-8 become U+FFFD); '' when null. */
  str(row: number, column: number): string {
    return decodeText(this.bytes(row, column));
  }

  /** Items of a strs column; [] when null. */
  strs(row: number, column: number): string[] {
    const { data, r } = this.at(row, column);
    const items: string[] = [];
    for (let i = data.offsets[r] ?? 0; i < (data.offsets[r + 1] ?? 0); i++) {
      items.push(decodeText(data.data.subarray(data.itemOffsets[i] ?? 0, data.itemOffsets[i + 1] ?? 0)));
    }
    return items;
  }

  /** Items of an intervals column in microseconds; [] when null. */
  intervals(row: number, column: number): number[] {
    const { data, r } = this.at(row, column);
    const items: number[] = [];
    for (let i = data.offsets[r] ?? 0; i < (data.offsets[r + 1] ?? 0); i++) items.push(nanos(data.values, i * 8) / 1000);
    return items;
  }
}

function u32(v: Uint8Array, at: number): number {
  return ((v[at] ?? 0) | ((v[at + 1] ?? 0) << 8) | ((v[at + 2] ?? 0) << 16) | ((v[at + 3] ?? 0) << 24)) >>> 0;
}

/** i64 little-endian as a double; exact below 2^53, within 256 ns for times of this century. */
function nanos(v: Uint8Array, at: number): number {
  return u32(v, at) + (u32(v, at + 4) | 0) * 4294967296;
}

/** Short ASCII without TextDecoder (three times faster), anything else with it. */
export function decodeText(bytes: Uint8Array): string {
  const n = bytes.length;
  if (n > 64) return utf8.decode(bytes);
  let text = '';
  for (let i = 0; i < n; i++) {
    const c = bytes[i] ?? 0;
    if (c > 127) return utf8.decode(bytes);
    text += String.fromCharCode(c);
  }
  return text;
}

/** The tables of one capture, by log name. */
export type CaptureTables = ReadonlyMap<LogName, LogTable>;
