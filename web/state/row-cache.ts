import type { TableRow } from '../worker/api';

/** Rows asked for at a time. */
export const BLOCK_ROWS = 128;
/** Blocks kept: about thirty screens. */
export const MAX_BLOCKS = 32;

/** Blocks of rows around the reader; the least recently used are given up. */
export class RowCache {
  private readonly blocks = new Map<number, readonly TableRow[]>();

  /** A row, or undefined while it is not here. */
  row(index: number): TableRow | undefined {
    const number = Math.floor(index / BLOCK_ROWS);
    return this.blocks.get(number)?.[index - number * BLOCK_ROWS];
  }

  /** Numbers of the blocks that `first` to `end` (exclusive) need and that are not here. */
  missing(first: number, end: number): number[] {
    const wanted: number[] = [];
    if (end <= first) return wanted;
    for (let n = Math.floor(first / BLOCK_ROWS); n <= Math.floor((end - 1) / BLOCK_ROWS); n++) {
      const block = this.blocks.get(n);
      if (block) {
        this.blocks.delete(n);
        this.blocks.set(n, block);
      } else wanted.push(n);
    }
    return wanted;
  }

  /** Takes a block. */
  put(number: number, rows: readonly TableRow[]): void {
    this.blocks.delete(number);
    this.blocks.set(number, rows);
    while (this.blocks.size > MAX_BLOCKS) {
      const oldest = this.blocks.keys().next();
      if (oldest.done) break;
      this.blocks.delete(oldest.value);
    }
  }

  /** Position of a row by its id among the rows that are here; −1 when it is not. */
  find(id: string): number {
    for (const [number, rows] of this.blocks) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return number * BLOCK_ROWS + at;
    }
    return -1;
  }

  clear(): void {
    this.blocks.clear();
  }
}
