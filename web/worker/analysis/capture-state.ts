import { COUNTER_COUNT, COUNTER_PACKETS } from '../../../assembly/abi/counters';
import { PACKET_OFFSET, PACKET_TS } from '../../../assembly/abi/logs';
import type { CaptureLocator } from '../../capture/open';
import type { PackedChunk } from '../../engine/chunk';
import { SCHEMAS, type LogName } from '../../engine/schema';
import { ChunkStore } from '../../logs/chunk-store';
import { words, wordsToNumber } from '../../logs/growing';
import { LogTable } from '../../logs/table';
import { microseconds } from '../../logs/time';
import type { CaptureInfo } from '../api';

export interface LinktypeCount { readonly linktype: number; readonly packets: number; readonly bytes: number }

/** Everything that is known of one capture of the case. */
export class CaptureState {
  readonly tables: Map<LogName, LogTable>;
  counters = new BigUint64Array(COUNTER_COUNT);
  linktypes: readonly LinktypeCount[] = [];
  sha256 = '';
  /** Quick mark of the file (web/capture/sample.ts); '' = not known. */
  sample = '';
  /** Caps beside the engine's own that tripped. */
  caps: readonly { readonly name: string; readonly times: number }[] = [];
  /** Opened from the history: its run was at another time. */
  fromHistory = false;
  format = '';
  state: CaptureInfo['state'] = 'running';
  message = '';
  /** Grows with the rows. */
  version = 0;
  firstTs: number | null = null;
  lastTs: number | null = null;
  /** Where the latest packet lies, in bytes of the (unpacked) capture. */
  private reached = 0;
  private readonly began = performance.now();

  /**
   * @param locator where it lies within the file; undefined = the file itself, as it is
   * @param store where its rows are
   */
  constructor(
    readonly id: number, readonly name: string, readonly size: number, public file: Blob | null, public locator?: CaptureLocator,
    readonly store = new ChunkStore(),
  ) {
    this.tables = new Map(SCHEMAS.map((schema) => [schema.name, new LogTable(schema.name, store)]));
  }

  /** Names the capture in sightings: its hash, or a stand-in until that is known. */
  get key(): string {
    return this.sha256 || `#${this.id}`;
  }

  /** Bytes of all columns, wherever they lie. */
  memory(): number {
    return this.store.bytes;
  }

  /** @throws RangeError for a chunk of an unknown log */
  append(chunk: PackedChunk): void {
    const schema = SCHEMAS[chunk.log];
    const table = schema ? this.tables.get(schema.name) : undefined;
    if (!table || !schema) throw new RangeError(`chunk of unknown log ${chunk.log}`);
    table.append(chunk);
    this.version++;
    if (schema.name === 'packet' && chunk.rows > 0) this.span(table);
    else if (schema.name === 'conn' && (this.tables.get('packet')?.rows ?? 0) === 0) this.span(table);
  }

  /** Widens the span by the table's last chunk. */
  private span(table: LogTable): void {
    const chunk = table.peek(table.chunkCount - 1);
    const values = chunk.columns[PACKET_TS]?.values;
    if (!values || chunk.rows === 0) return;
    const offsets = chunk.columns[PACKET_OFFSET]?.values;
    if (table.name === 'packet' && offsets) this.reached = wordsToNumber(words(offsets), chunk.rows - 1);
    const times = words(values);
    let [first, last] = [0, 0];
    for (let r = 1; r < chunk.rows; r++) {
      if (earlier(times, r, first)) first = r;
      else if (earlier(times, last, r)) last = r;
    }
    const [from, to] = [microseconds(values, first * 8), microseconds(values, last * 8)];
    if (this.firstTs === null || from < this.firstTs) this.firstTs = from;
    if (this.lastTs === null || to > this.lastTs) this.lastTs = to;
  }

  /** Milliseconds that a run will go on at its pace so far; Infinity where that cannot be told (packed captures). */
  remaining(): number {
    return this.reached > 0 && this.reached < this.size ? (performance.now() - this.began) * (this.size / this.reached - 1) : Infinity;
  }

  table(name: LogName): LogTable {
    const table = this.tables.get(name);
    if (!table) throw new RangeError(`no log ${name}`);
    return table;
  }

  counter(index: number): number {
    return Number(this.counters[index] ?? 0n);
  }

  info(): CaptureInfo {
    return {
      id: this.id, name: this.name, size: this.size, sha256: this.sha256, format: this.format,
      packets: Math.max(this.counter(COUNTER_PACKETS), this.table('packet').rows),
      first_ts: this.firstTs, last_ts: this.lastTs, state: this.state, message: this.message, attached: this.file !== null,
    };
  }
}

/** True when the i64 number a of a list is smaller than number b. */
function earlier(pairs: Uint32Array, a: number, b: number): boolean {
  const high = (pairs[a * 2 + 1]! | 0) - (pairs[b * 2 + 1]! | 0);
  return high < 0 || (high === 0 && pairs[a * 2]! < pairs[b * 2]!);
}
