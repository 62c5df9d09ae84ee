import { openChunk, packChunk, type ColumnData, type ColumnParts, type LogChunk, type PackedChunk } from '../engine/chunk';
import { TYPE_WIDTHS, type ColumnSchema } from '../engine/schema';
import { orderByWords } from './radix';
import type { LogTable } from './table';

/** Bytes that grow. */
class Bytes {
  length = 0;
  private bytes = new Uint8Array(1024);

  add(from: Uint8Array): void {
    const end = this.length + from.length;
    if (end > this.bytes.length) {
      const more = new Uint8Array(Math.max(end, this.bytes.length * 2));
      more.set(this.bytes.subarray(0, this.length));
      this.bytes = more;
    }
    this.bytes.set(from, this.length);
    this.length = end;
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** One column of rows that come from many chunks. */
class GatheredColumn {
  private readonly validity: Uint8Array;
  private readonly offsets: Int32Array;
  private readonly itemOffsets: number[] = [0];
  private readonly values: Uint8Array;
  private readonly bytes = new Bytes();
  private readonly width: number;

  constructor(private readonly column: ColumnSchema, rows: number) {
    this.width = TYPE_WIDTHS[column.type];
    this.validity = new Uint8Array((rows + 7) >> 3);
    this.values = new Uint8Array(rows * this.width);
    this.offsets = new Int32Array(this.width > 0 ? 0 : rows + 1);
  }

  add(data: ColumnData, r: number, to: number): void {
    if (((data.validity[r >> 3]! >> (r & 7)) & 1) === 1) this.validity[to >> 3] = this.validity[to >> 3]! | (1 << (to & 7));
    const { width } = this;
    if (width > 0) {
      for (let i = 0; i < width; i++) this.values[to * width + i] = data.values[r * width + i]!;
      return;
    }
    const from = data.offsets[r]!;
    const end = data.offsets[r + 1]!;
    if (this.column.type === 'str') {
      this.bytes.add(data.data.subarray(from, end));
      this.offsets[to + 1] = this.bytes.length;
    } else if (this.column.type === 'intervals') {
      this.bytes.add(data.values.subarray(from * 8, end * 8));
      this.offsets[to + 1] = this.bytes.length / 8;
    } else {
      for (let i = from; i < end; i++) {
        this.bytes.add(data.data.subarray(data.itemOffsets[i]!, data.itemOffsets[i + 1]!));
        this.itemOffsets.push(this.bytes.length);
      }
      this.offsets[to + 1] = this.itemOffsets.length - 1;
    }
  }

  parts(): ColumnParts {
    const { validity, offsets } = this;
    if (this.width > 0) return { validity, values: this.values };
    if (this.column.type === 'str') return { validity, offsets, data: this.bytes.done() };
    if (this.column.type === 'intervals') return { validity, offsets, values: this.bytes.done() };
    return { validity, offsets, itemOffsets: Int32Array.from(this.itemOffsets), data: this.bytes.done() };
  }
}

/**
 * Rows of many chunks as one chunk, each chunk read once.
 * @param rows which rows
 * @param places filled with the row of the result that each of them is
 */
export function gather(table: LogTable, rows: Uint32Array, places: Uint32Array): LogChunk {
  const sorted = orderByWords(rows.length, [rows]);
  const columns = table.schema.columns.map((column) => new GatheredColumn(column, rows.length));
  let chunk: LogChunk | null = null;
  let start = 0;
  for (let to = 0; to < sorted.length; to++) {
    const i = sorted[to]!;
    const row = rows[i]!;
    if (!chunk || row >= start + chunk.rows) {
      const c = table.chunkOf(row);
      chunk = table.peek(c);
      start = table.starts[c]!;
    }
    for (let column = 0; column < columns.length; column++) columns[column]!.add(chunk.columns[column]!, row - start, to);
    places[i] = to;
  }
  const packed: PackedChunk = packChunk(table.schema, rows.length, columns.map((column) => column.parts()));
  return openChunk(packed);
}
