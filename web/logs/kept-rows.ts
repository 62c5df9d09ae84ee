import type { LogChunk } from '../engine/chunk';
import { ByteTable } from './byte-table';
import { words, wordsToNumber } from './growing';
import { certificateFile, certificateUses, leavesOut, order, RELOG_CERTIFICATE_AFTER } from './order';
import type { LogTable } from './table';

/** Beyond this span (nanoseconds) a certificate may be logged again; times are doubles here, a quarter of a microsecond off. */
const SURELY_ONCE = Number(RELOG_CERTIFICATE_AFTER) - 1000;

/** How many rows `order` gives of a log, without putting them in order where that can be told: it follows the log as it grows. */
export class KeptRows {
  private chunks = 0;
  /** Rows of `files` that are kept. */
  private rows = 0;
  private readonly fingerprints = new ByteTable();
  private readonly uses = new Set<number>();
  private first = Infinity;
  private last = -Infinity;
  /** What `order` gave when there were so many rows. */
  private ordered = { of: 0, count: 0 };

  constructor(private readonly table: LogTable) {}

  count(): number {
    const { table } = this;
    if (!leavesOut(table.name)) return table.rows;
    while (this.chunks < table.chunkCount) table.visit(this.chunks++, (chunk) => this.take(chunk));
    if (table.name === 'files') return this.rows;
    if (this.last - this.first < SURELY_ONCE) return this.uses.size;
    if (this.ordered.of !== table.rows) this.ordered = { of: table.rows, count: order(table).length };
    return this.ordered.count;
  }

  private take(chunk: LogChunk): void {
    if (this.table.name === 'files') {
      for (let r = 0; r < chunk.rows; r++) if (!certificateFile(chunk, r)) this.rows++;
      return;
    }
    const times = words(chunk.columns[this.table.column('ts')]!.values);
    certificateUses(chunk, this.fingerprints, (r, use) => {
      this.uses.add(use);
      const ts = wordsToNumber(times, r);
      if (ts < this.first) this.first = ts;
      if (ts > this.last) this.last = ts;
    });
  }
}
