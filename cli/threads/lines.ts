import { WEIRD_WEIRD } from '../../assembly/abi/logs';
import type { LateRow } from '../../web/engine/sharing';
import type { WrittenLog } from '../../web/logs/fields';
import { order, sorted, timeWords, u32Words } from '../../web/logs/order';
import type { CaptureTables, LogTable } from '../../web/logs/table';
import type { ZeekWriter } from '../../web/logs/zeek-writer';
import type { LogFormat } from '../arguments';

/** Lines of one log, whole and in order, with what tells their place among those of other shares. */
export interface LineBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each line ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** The rows' `ts` in two words, ordered as unsigned, and their packets. */
  readonly high: Uint32Array<ArrayBuffer>;
  readonly low: Uint32Array<ArrayBuffer>;
  readonly pkt: Uint32Array<ArrayBuffer>;
  /** The weird log: what comes after that (`lateOf`); null elsewhere. */
  readonly late: readonly Late[] | null;
  /** The weird log: WEIRD_* of each row, for each has so many rows and no more; null elsewhere. */
  readonly weirds: Uint8Array<ArrayBuffer> | null;
  /** The x509 log: which certificate in which role, for Zeek logs it once a day; null elsewhere. */
  readonly certificates: readonly string[] | null;
  /** TSV: what stands before a share's first line; null behind it. */
  readonly head: Uint8Array<ArrayBuffer> | null;
}

/** Place of a row of the weird log among those of its packet: kind, list, place. */
export type Late = readonly [number, number, bigint];

/** What the packet itself makes: all of one share, in its order. */
export const OF_THE_PACKET: Late = [1, 0, 0n];

const NEWLINE = 10;
const HASH = 0x23;

/** Ends of the lines in a block that is made of whole lines. @throws Error when it is not */
function lineEnds(bytes: Uint8Array): number[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const ends: number[] = [];
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) ends.push(at + 1);
  if ((ends[ends.length - 1] ?? 0) !== bytes.length) throw new Error('A block of a log ends within a line.');
  return ends;
}

/** Which certificate an x509 row is about, and whose: what `order` of web/logs keeps apart. */
function certificateOf(table: LogTable): (row: number) => string {
  const [print, host, client] = ['fingerprint', 'host_cert', 'client_cert'].map((name) => table.column(name)) as [number, number, number];
  return (row) => `${table.str(row, print)} ${table.num(row, host)} ${table.num(row, client)}`;
}

/** The lines of one log of one share, in its order. */
export function* linesOf(log: WrittenLog, tables: CaptureTables, writer: ZeekWriter, format: LogFormat, late: readonly LateRow[]): Generator<LineBatch> {
  const table = tables.get(log);
  if (!table || table.rows === 0) return;
  // Which x509 rows are left out is told when those of all shares are put together.
  const rows = log === 'x509' ? sorted(table) : order(table);
  const times = timeWords(table, table.column('ts'));
  const packets = u32Words(table, table.column('pkt'));
  const certificate = log === 'x509' ? certificateOf(table) : null;
  const places = log === 'weird' ? new Map(late.map((one) => [one.row, [one.kind, one.list, one.place] as const])) : null;
  let done = 0;
  let head: Uint8Array<ArrayBuffer> | null = null;
  for (const block of writer[format](log, rows)) {
    const all = lineEnds(block);
    let first = 0;
    let end = all.length;
    const startOf = (line: number): number => (line === 0 ? 0 : all[line - 1] ?? 0);
    if (format === 'tsv') {
      // Lines that are no rows: a row begins with its time.
      while (first < end && block[startOf(first)] === HASH) first++;
      while (end > first && block[startOf(end - 1)] === HASH) end--;
      if (done === 0) head = block.slice(0, startOf(first));
    }
    const count = end - first;
    const from = startOf(first);
    const ends = new Uint32Array(count);
    for (let i = 0; i < count; i++) ends[i] = (all[first + i] ?? 0) - from;
    const mine = rows.subarray(done, done + count);
    const pick = (words: Uint32Array): Uint32Array<ArrayBuffer> => Uint32Array.from(mine, (row) => words[row] ?? 0);
    yield {
      bytes: block.slice(from, startOf(end)), ends, high: pick(times.high), low: pick(times.low), pkt: pick(packets),
      late: places ? Array.from(mine, (row) => places.get(row) ?? OF_THE_PACKET) : null,
      weirds: log === 'weird' ? Uint8Array.from(mine, (row) => table.num(row, WEIRD_WEIRD)) : null,
      certificates: certificate ? Array.from(mine, certificate) : null, head,
    };
    head = null;
    done += count;
  }
  if (done !== rows.length) throw new Error(`The ${log} log has ${rows.length} rows and ${done} lines.`);
}

/** Buffers of a batch, to be transferred. */
export function buffersOf(batch: LineBatch): ArrayBuffer[] {
  return [batch.bytes, batch.ends, batch.high, batch.low, batch.pkt].map(({ buffer }) => buffer);
}

/** Rows of each weird (WEIRD_* of assembly/abi). */
export function weirdCounts(table: LogTable): Uint32Array {
  const counts = new Uint32Array(256);
  for (let row = 0; row < table.rows; row++) {
    const code = table.num(row, WEIRD_WEIRD);
    counts[code & 255] = (counts[code & 255] ?? 0) + 1;
  }
  return counts;
}
