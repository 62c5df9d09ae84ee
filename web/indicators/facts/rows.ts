import * as abi from '../../../assembly/abi/logs';
import type { ColumnData, LogChunk } from '../../engine/chunk';
import { grown, words, wordsToNumber } from '../../logs/growing';
import type { AddressBook } from '../../logs/address-book';
import type { LogTable } from '../../logs/table';
import type { Steps } from '../steps';
import type { TextPool } from '../../logs/text-pool';
import type { Texts } from './texts';

const FIRST_ROWS = 256;

/** Lists of texts, one a row: items `ids[ends[r - 1] .. ends[r])`, with `ends[-1]` taken as 0. */
export class TextLists {
  ids = new Uint32Array(FIRST_ROWS);
  private ends = new Uint32Array(FIRST_ROWS);
  private used = 0;

  /** First item of a row. */
  from(row: number): number {
    return row === 0 ? 0 : this.ends[row - 1]!;
  }

  /** One past the last item of a row. */
  to(row: number): number {
    return this.ends[row]!;
  }

  /** Takes a strs column's rows; items for which `left` holds count as the empty text. */
  take(pool: TextPool, column: ColumnData, rows: number, at: number, left?: (data: Uint8Array, from: number, to: number) => boolean): void {
    const { offsets, itemOffsets, data } = column;
    this.ends = grown(this.ends, at + rows);
    this.ids = grown(this.ids, this.used + offsets[rows]!);
    for (let r = 0; r < rows; r++) {
      for (let i = offsets[r]!; i < offsets[r + 1]!; i++) {
        const [from, to] = [itemOffsets[i]!, itemOffsets[i + 1]!];
        this.ids[this.used++] = left?.(data, from, to) === true ? 0 : pool.intern(data, from, to);
      }
      this.ends[at + r] = this.used;
    }
  }
}

/** What the extraction and the detectors read of one log, in plain arrays by row; grows with the log. */
export abstract class RowFacts {
  rows = 0;
  /** Microseconds. */
  ts = new Float64Array(FIRST_ROWS);
  pkt = new Uint32Array(FIRST_ROWS);
  flow = new Uint32Array(FIRST_ROWS);
  private chunks = 0;

  constructor(readonly table: LogTable | undefined, protected readonly texts: Texts) {}

  /** Takes in the rows that came since the last time, a chunk a step. */
  *updateSteps(): Steps<void> {
    const { table } = this;
    while (table && this.chunks < table.chunkCount) {
      const chunk = table.peek(this.chunks++);
      const [at, end] = [this.rows, this.rows + chunk.rows];
      this.ts = grown(this.ts, end);
      this.pkt = grown(this.pkt, end);
      this.flow = grown(this.flow, end);
      const times = words(chunk.columns[abi.COL_TS]!.values);
      for (let r = 0; r < chunk.rows; r++) this.ts[at + r] = wordsToNumber(times, r) / 1000;
      this.pkt.set(words(chunk.columns[abi.COL_PKT]!.values).subarray(0, chunk.rows), at);
      this.flow.set(words(chunk.columns[abi.COL_FLOW]!.values).subarray(0, chunk.rows), at);
      this.take(chunk, at, end);
      this.rows = end;
      yield;
    }
  }

  /** Takes the rows of a chunk, which are rows `at .. end) of the log. */
  protected abstract take(chunk: LogChunk, at: number, end: number): void;
}

/** `into`, longer, with a str column's rows from `at` on as numbers of texts. */
export function withTexts(into: Uint32Array<ArrayBuffer>, pool: TextPool, column: ColumnData, rows: number, at: number): Uint32Array<ArrayBuffer> {
  const wide = grown(into, at + rows);
  pool.internColumn(column, rows, wide, at);
  return wide;
}

/** `into`, longer, with an addr column's rows from `at` on as numbers of addresses. */
export function withAddresses(into: Int32Array<ArrayBuffer>, book: AddressBook, { values }: ColumnData, rows: number, at: number): Int32Array<ArrayBuffer> {
  const wide = grown(into, at + rows);
  for (let r = 0; r < rows; r++) wide[at + r] = book.intern(values, r * 16);
  return wide;
}

/** A u16 column's values. */
export function halves(column: ColumnData, rows: number): Uint16Array {
  return new Uint16Array(column.values.buffer, column.values.byteOffset, rows);
}

/** `into`, longer, with a u16 column's rows from `at` on. */
export function withHalves(into: Uint16Array<ArrayBuffer>, column: ColumnData, rows: number, at: number): Uint16Array<ArrayBuffer> {
  const wide = grown(into, at + rows);
  wide.set(halves(column, rows), at);
  return wide;
}
