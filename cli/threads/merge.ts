import { MAX_WEIRD_ROWS } from '../../assembly/abi/columns';
import { RELOG_CERTIFICATE_AFTER } from '../../web/logs/order';
import { OF_THE_PACKET, type Late, type LineBatch } from './lines';

/** Batches of one share's lines, in order. */
export type Lines = AsyncIterator<LineBatch, unknown>;

/** Where the merging is in one share. */
interface Cursor {
  readonly lines: Lines;
  readonly share: number;
  batch: LineBatch;
  row: number;
}

function compareLate(a: Late, b: Late): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return a[1] - b[1];
  return a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0;
}

/** Order of two rows: `ts`, `pkt`, of the weird log what made them; a lower share first where nothing tells. */
function compare(a: Cursor, b: Cursor): number {
  const p = a.batch;
  const q = b.batch;
  const i = a.row;
  const j = b.row;
  if (p.high[i] !== q.high[j]) return p.high[i]! - q.high[j]!;
  if (p.low[i] !== q.low[j]) return p.low[i]! - q.low[j]!;
  if (p.pkt[i] !== q.pkt[j]) return p.pkt[i]! - q.pkt[j]!;
  if (p.late && q.late) {
    const late = compareLate(p.late[i] ?? OF_THE_PACKET, q.late[j] ?? OF_THE_PACKET);
    if (late !== 0) return late;
  }
  return a.share - b.share;
}

/** Start of a line in its batch. */
const startOf = (batch: LineBatch, row: number): number => (row === 0 ? 0 : batch.ends[row - 1]!);

/** Nanoseconds since 1970 of a row. */
const timeOf = (batch: LineBatch, row: number): bigint => BigInt.asIntN(64, (BigInt((batch.high[row]! ^ 0x80000000) >>> 0) << 32n) | BigInt(batch.low[row]!));

/** Zeek logs a certificate in its role once a day (X509::relog_known_certificates_after); see `order` of web/logs. */
function certificateFilter(): (batch: LineBatch, row: number) => boolean {
  const seen = new Map<string, bigint>();
  return (batch, row) => {
    const key = batch.certificates?.[row] ?? '';
    const now = timeOf(batch, row);
    const last = seen.get(key);
    if (last !== undefined && now - last < RELOG_CERTIFICATE_AFTER) return false;
    seen.set(key, now);
    return true;
  };
}

/** The first MAX_WEIRD_ROWS of each weird, as one engine would have written. */
function weirdFilter(): (batch: LineBatch, row: number) => boolean {
  const counts = new Uint32Array(256);
  return (batch, row) => {
    const code = batch.weirds?.[row] ?? 0;
    counts[code] = counts[code]! + 1;
    return counts[code]! <= MAX_WEIRD_ROWS;
  };
}

/** Takes bytes one piece behind the other. */
export interface LineSink {
  /** Copies them. */
  put(bytes: Uint8Array): void;
  /** Enough has gathered: `flush` is to be waited for before more is put. */
  readonly full: boolean;
  flush(): Promise<void>;
}

/** Zeek's last line of a TSV log: the time of its last row. */
function closing(batch: LineBatch, row: number): Uint8Array {
  const time = new Date(Number(timeOf(batch, row) / 1_000_000n)).toISOString().slice(0, 19).replace(/[T:]/g, '-');
  return new TextEncoder().encode(`#close\t${time}\n`);
}

/** The next batch that has lines; false when there is none. */
async function advance(cursor: Cursor): Promise<boolean> {
  for (;;) {
    const { done, value } = await cursor.lines.next();
    if (done === true || value === undefined) return false;
    cursor.batch = value as LineBatch;
    cursor.row = 0;
    if (cursor.batch.ends.length > 0) return true;
  }
}

/** The lines of one log of all shares as one log. Nothing is put when there are none. */
export async function mergeLines(shares: readonly Lines[], sink: LineSink): Promise<void> {
  const cursors: Cursor[] = [];
  for (const [share, lines] of shares.entries()) {
    const cursor: Cursor = { lines, share, batch: NOTHING, row: 0 };
    if (await advance(cursor)) cursors.push(cursor);
  }
  if (cursors.length === 0) return;
  // What stands before the first line names the time of that line.
  const { head } = cursors.reduce((a, b) => (compare(b, a) < 0 ? b : a)).batch;
  if (head) sink.put(head);
  const [{ batch: any } = { batch: NOTHING }] = cursors;
  const keep = any.certificates ? certificateFilter() : any.weirds ? weirdFilter() : null;
  let last: LineBatch = NOTHING;
  let lastRow = 0;
  while (cursors.length > 0) {
    let first = cursors[0]!;
    let second: Cursor | null = null;
    for (let i = 1; i < cursors.length; i++) {
      const cursor = cursors[i]!;
      if (compare(cursor, first) < 0) { second = first; first = cursor; } else if (!second || compare(cursor, second) < 0) second = cursor;
    }
    // As many lines as come before those of all others, in one piece.
    const { batch } = first;
    const rows = batch.ends.length;
    let from = first.row;
    const put = (): void => {
      if (first.row === from) return;
      last = batch;
      lastRow = first.row - 1;
      sink.put(batch.bytes.subarray(startOf(batch, from), startOf(batch, first.row)));
    };
    do {
      if (keep && !keep(batch, first.row)) {
        put();
        from = first.row + 1;
      }
      first.row++;
    } while (first.row < rows && (!second || compare(first, second) < 0));
    put();
    if (sink.full) await sink.flush();
    if (first.row === rows && !(await advance(first))) cursors.splice(cursors.indexOf(first), 1);
  }
  if (head) sink.put(closing(last, lastRow));
}

const NOTHING: LineBatch = {
  bytes: new Uint8Array(0), ends: new Uint32Array(0), high: new Uint32Array(0), low: new Uint32Array(0), pkt: new Uint32Array(0),
  late: null, weirds: null, certificates: null, head: null,
};
