import {
  COLUMN_BYTES, FIELD_BYTES, FIELD_COLUMN, FIELD_KEYS, FIELD_KIND, FIELD_PORT, FIELD_PREFIX, FIELD_PREFIX_BYTES, FIELD_TEXTS,
  NO_COLUMN, TEXT_JSON, TEXT_TSV, TYPE_CODES,
} from '../../assembly/abi/text';
import { bareInstance } from './bare';
import { pad8, type PackedChunk } from './chunk';
import { SCHEMAS, TYPE_CODES as TYPES } from './schema';

/** Bytes of text that are handed over at once, about. */
export const BLOCK_BYTES = 1 << 19;
/** Rows that are laid out for one call. */
export const BATCH_ROWS = 32768;
/** Bytes of chunks that are loaded at once; rows of more chunks than that are put together first. */
export const MAX_LOADED_BYTES = 48 << 20;

/** Room in which rows are counted by 16 bits of their keys. */
const COUNT_BYTES = 4 << 16;
const FIRST_LOADED_BYTES = 1 << 20;
const TEXT_ROOM = 256 * 1024;

/** How values are written. */
export type TextStyle = 'json' | 'tsv';

/** One field of a line, in the order of the line. */
export interface TextField {
  /** KIND_* of assembly/abi/text.ts, or the TYPE_* of the column. */
  readonly kind: number;
  readonly column: number;
  /** What stands before the value. */
  readonly prefix: Uint8Array;
  /** How many texts a code may have, to begin with; 0 for everything but codes. */
  readonly keys: number;
  /** Column of the responder's port when the text depends on it; null when not. */
  readonly port: number | null;
}

/** Fields as they lie in the instance's memory. */
export interface TextProgram {
  readonly style: number;
  readonly at: number;
  readonly fields: readonly (TextField & { texts: number; keys: number })[];
}

/** A chunk in the instance's memory; only the instance that gave it knows it, until `unload`. */
export type LoadedChunk = number;

interface Exports {
  readonly memory: WebAssembly.Memory;
  textReserve(bytes: number): number;
  textLayOut(chunk: number, types: number, columns: number, rows: number, bytes: number): number;
  textOrder(times: number, packets: number, count: number, rows: number, scratch: number, counts: number): number;
  textLay(rows: number, from: number, count: number, starts: number, handles: number, chunks: number, pairs: number): number;
  textRows(program: number, fields: number, style: number, rows: number, count: number, out: number, end: number): number;
  textValue(style: number, inList: number, from: number, bytes: number, out: number, end: number): number;
  textWritten(): number;
  textMissing(): number;
  textMissingKey(): number;
}

/** The field and the key of the text that has to be given before rows can go on. */
export interface MissingText { readonly field: number; readonly key: number }

const align = (n: number): number => (n + 15) & ~15;

/**
 * An instance of the engine's module that writes rows as text: sole holder of its memory. Programs, their texts, chunks and
 * rows are laid down, `write` makes lines of them, `take` gives those out.
 * @throws Error from every method when the memory cannot grow
 */
export class TextEngine {
  private readonly exports: Exports;
  private views: { buffer: ArrayBufferLike; bytes: Uint8Array<ArrayBuffer>; words: Uint32Array };
  /** Row numbers of a batch, and the pairs that they are laid down as. */
  private readonly numbers: number;
  private readonly rows: number;
  /** Room for sorting so many rows. */
  private sorting = 0;
  private sortable = 0;
  /** Room for first rows and pointers of so many chunks. */
  private places = 0;
  private placesRoom = 0;
  private out: number;
  private outBytes: number;
  /** Bytes of lines that were not taken yet. */
  length = 0;
  private loaded = 0;
  private loadedBytes = 0;
  private loadedUsed = 0;
  private texts = 0;
  private textsLeft = 0;

  /** @param maxLoaded bytes of chunks that are loaded at once, at the most */
  constructor(module: WebAssembly.Module, private readonly maxLoaded = MAX_LOADED_BYTES) {
    this.exports = bareInstance(module, ['textReserve', 'textOrder', 'textLayOut', 'textLay', 'textRows', 'textValue']) as unknown as Exports;
    this.views = this.newViews();
    this.numbers = this.reserve(BATCH_ROWS * 4);
    this.rows = this.reserve(BATCH_ROWS * 8);
    this.outBytes = BLOCK_BYTES + BLOCK_BYTES / 4;
    this.out = this.reserve(this.outBytes);
  }

  private newViews(): { buffer: ArrayBufferLike; bytes: Uint8Array<ArrayBuffer>; words: Uint32Array } {
    const buffer = this.exports.memory.buffer as ArrayBuffer;
    return { buffer, bytes: new Uint8Array(buffer), words: new Uint32Array(buffer) };
  }

  private fresh(): { bytes: Uint8Array<ArrayBuffer>; words: Uint32Array } {
    if (this.exports.memory.buffer !== this.views.buffer) this.views = this.newViews();
    return this.views;
  }

  private reserve(bytes: number): number {
    const at = this.exports.textReserve(bytes) >>> 0;
    if (at === 0) throw new Error('There is not enough memory to write the logs.');
    return at;
  }

  /** Memory for small things that stay: prefixes, texts of codes. */
  private room(bytes: number): number {
    const wanted = align(bytes + 16);
    if (wanted > this.textsLeft) {
      this.textsLeft = Math.max(TEXT_ROOM, wanted);
      this.texts = this.reserve(this.textsLeft);
    }
    const at = this.texts;
    this.texts += wanted;
    this.textsLeft -= wanted;
    return at;
  }

  private store(bytes: Uint8Array): number {
    const at = this.room(bytes.length);
    this.fresh().bytes.set(bytes, at);
    return at;
  }

  /** Lays a program down for good. */
  program(style: TextStyle, fields: readonly TextField[]): TextProgram {
    const at = this.room(fields.length * FIELD_BYTES);
    const laid = fields.map((field, i) => {
      const prefix = this.store(field.prefix);
      // Zeroed: an instance's memory is fresh, and what was reserved once is not used for this again.
      const texts = field.keys === 0 ? 0 : this.reserve(field.keys * 4);
      const { words } = this.fresh();
      const set = (offset: number, value: number): void => { words[(at + i * FIELD_BYTES + offset) >> 2] = value; };
      set(FIELD_KIND, field.kind);
      set(FIELD_COLUMN, field.column);
      set(FIELD_PREFIX, prefix);
      set(FIELD_PREFIX_BYTES, field.prefix.length);
      set(FIELD_TEXTS, texts);
      set(FIELD_KEYS, field.keys);
      set(FIELD_PORT, field.port ?? NO_COLUMN);
      return { ...field, texts };
    });
    return { style: style === 'json' ? TEXT_JSON : TEXT_TSV, at, fields: laid };
  }

  /** Gives the text of a code, once. A field without a port takes any code: its table grows. */
  giveText(program: TextProgram, { field, key }: MissingText, text: Uint8Array): void {
    const laid = program.fields[field]!;
    if (key >= laid.keys) {
      if (laid.port !== null) throw new RangeError(`field ${field} has ${laid.keys} texts, ${key} was to be given`);
      const keys = Math.max(laid.keys * 2, key + 1);
      const texts = this.reserve(keys * 4);
      const { words } = this.fresh();
      words.copyWithin(texts >> 2, laid.texts >> 2, (laid.texts >> 2) + laid.keys);
      laid.keys = keys;
      laid.texts = texts;
      words[(program.at + field * FIELD_BYTES + FIELD_TEXTS) >> 2] = texts;
      words[(program.at + field * FIELD_BYTES + FIELD_KEYS) >> 2] = keys;
    }
    const at = this.room(text.length + 4);
    const { bytes, words } = this.fresh();
    words[at >> 2] = text.length;
    bytes.set(text, at + 4);
    words[(laid.texts >> 2) + key] = at;
  }

  /** A text as a value of a line, or as an item of a list in one. */
  value(style: TextStyle, text: Uint8Array, inList: boolean): Uint8Array<ArrayBuffer> {
    const from = this.store(text);
    const out = this.room(text.length * 5 + 128);
    const end = this.exports.textValue(style === 'json' ? TEXT_JSON : TEXT_TSV, inList ? 1 : 0, from, text.length, out, out + text.length * 5 + 128) >>> 0;
    if (end === 0) throw new Error('a text had no room');
    return this.fresh().bytes.slice(out, end);
  }

  /** Forgets every loaded chunk: their memory is used again. */
  unload(): void {
    this.loadedUsed = 0;
  }

  /**
   * Makes more room for chunks, at least `bytes` altogether if that is allowed; every loaded chunk is forgotten.
   * @returns false when there is no more
   */
  makeRoom(bytes: number): boolean {
    this.unload();
    if (this.loadedBytes >= this.maxLoaded) return false;
    this.loadedBytes = Math.min(this.maxLoaded, Math.max(bytes, this.loadedBytes * 2, FIRST_LOADED_BYTES));
    this.loaded = this.reserve(this.loadedBytes);
    return true;
  }

  /**
   * Copies a chunk in.
   * @param codes columns of codes beside its own, one u32 a row
   * @returns 0 when it has no room beside the others
   * @throws RangeError when the chunk is shorter than its figures say
   */
  load(chunk: PackedChunk, codes: readonly Uint32Array[]): LoadedChunk {
    const types = SCHEMAS[chunk.log]!.columns.map((column) => TYPES[column.type]);
    for (let i = 0; i < codes.length; i++) types.push(TYPE_CODES);
    const records = types.length * COLUMN_BYTES;
    const codesBytes = pad8(chunk.rows * 4);
    const length = chunk.buffer.byteLength + codes.length * codesBytes;
    const whole = records + align(length) + align(types.length);
    if (whole > this.loadedBytes - this.loadedUsed) return 0;
    const at = this.loaded + this.loadedUsed;
    const { bytes, words } = this.fresh();
    bytes.set(new Uint8Array(chunk.buffer), at + records);
    const after = at + records + chunk.buffer.byteLength;
    codes.forEach((column, i) => words.set(column, (after + i * codesBytes) >> 2));
    const typesAt = at + whole - align(types.length);
    bytes.set(types, typesAt);
    if (this.exports.textLayOut(at, typesAt, types.length, chunk.rows, length) === 0) throw new RangeError(`a chunk of ${chunk.rows} rows is cut short`);
    this.loadedUsed += whole;
    return at;
  }

  /**
   * Row numbers in ascending order of time, then packet, then number.
   * @param most rows of the largest table that will be sorted
   * @param fill puts the times (i64) and packets (u32) of all rows there
   */
  sorted(rows: number, most: number, fill: (times: Uint8Array, packets: Uint8Array) => void): Uint32Array<ArrayBuffer> {
    if (rows > this.sortable) {
      this.sortable = Math.max(rows, most);
      this.sorting = this.reserve(this.sortable * 20 + COUNT_BYTES);
    }
    const packets = this.sorting + rows * 8;
    const numbers = packets + rows * 4;
    const scratch = numbers + rows * 4;
    const { bytes, words } = this.fresh();
    fill(bytes.subarray(this.sorting, packets), bytes.subarray(packets, numbers));
    const at = this.exports.textOrder(this.sorting, packets, rows, numbers, scratch, scratch + rows * 4) >>> 2;
    return words.slice(at, at + rows);
  }

  /** Takes the row numbers of a batch, at most BATCH_ROWS, for `lay`. */
  batch(numbers: Uint32Array): void {
    this.fresh().words.set(numbers, this.numbers >> 2);
  }

  /**
   * Lays down rows of the batch, from the `from`th to before the `to`th.
   * @param starts first row of each chunk, then the number of all rows
   * @param loaded each chunk; 0 = it is not loaded
   * @returns the first that could not be laid down, `to` when all were: its chunk is not loaded, or there is no such row
   */
  lay(from: number, to: number, starts: Uint32Array, loaded: Uint32Array): number {
    const chunks = loaded.length;
    if (chunks > this.placesRoom) {
      this.placesRoom = chunks * 2;
      this.places = this.reserve((this.placesRoom * 2 + 1) * 4);
    }
    const { words } = this.fresh();
    const handles = this.places + starts.length * 4;
    words.set(starts, this.places >> 2);
    words.set(loaded, handles >> 2);
    return this.exports.textLay(this.numbers, from, to, this.places, handles, chunks, this.rows) >>> 0;
  }

  /**
   * Writes rows `from` to `to` of the batch as lines, as many as there is room for.
   * @returns how many were written, and the text that the next one lacks; without that there is no room for it
   */
  write(program: TextProgram, from: number, to: number): { written: number; missing: MissingText | null } {
    const { exports } = this;
    const written = exports.textRows(
      program.at, program.fields.length, program.style, this.rows + from * 8, to - from, this.out + this.length, this.out + this.outBytes,
    );
    this.length = (exports.textWritten() >>> 0) - this.out;
    const field = exports.textMissing();
    return { written, missing: field === -1 ? null : { field, key: exports.textMissingKey() >>> 0 } };
  }

  /** Puts text between lines. */
  text(bytes: Uint8Array): void {
    while (this.length + bytes.length > this.outBytes) this.moreOutput();
    this.fresh().bytes.set(bytes, this.out + this.length);
    this.length += bytes.length;
  }

  /** Twice the room for lines; those that were not taken stay. */
  moreOutput(): void {
    const out = this.reserve(this.outBytes * 2);
    this.fresh().bytes.copyWithin(out, this.out, this.out + this.length);
    this.out = out;
    this.outBytes *= 2;
  }

  /** Everything that was written since, borrowed until the next call of a method. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.fresh().bytes.subarray(this.out, this.out + this.length);
    this.length = 0;
    return bytes;
  }
}
