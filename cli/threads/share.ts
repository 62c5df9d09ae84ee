import { COL_ORIG_P, COL_RESP_P, COL_ORIG_H, COL_RESP_H, CONN_IP_PROTO, INTERFACE_LINKTYPE } from '../../assembly/abi/logs';
import { partReached, type ShareOf } from '../../web/engine/sharing';
import { WRITTEN_LOGS, type WrittenLog } from '../../web/logs/fields';
import type { ChunkBudget } from '../../web/logs/chunk-store';
import { ZeekWriter } from '../../web/logs/zeek-writer';
import { analyseIn, bodiesHere, type AnalysedIn } from '../analyse';
import type { LogFormat } from '../arguments';
import { linesOf, weirdCounts, type LineBatch } from './lines';
import type { ShareEnd } from './messages';

/** Bytes as they come from outside, for whoever asks for one after the other. */
class Feed implements AsyncIterableIterator<Uint8Array> {
  private readonly waiting: { bytes: Uint8Array; taken: () => void }[] = [];
  private over = false;
  private wake: (() => void) | null = null;
  private taken: (() => void) | null = null;
  /** Milliseconds in which nothing was there. */
  waited = 0;

  give(bytes: Uint8Array, taken: () => void): void {
    this.waiting.push({ bytes, taken });
    this.wake?.();
  }

  end(): void {
    this.over = true;
    this.wake?.();
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.taken?.();
    this.taken = null;
    while (this.waiting.length === 0 && !this.over) {
      const from = performance.now();
      await new Promise<void>((resolve) => { this.wake = resolve; });
      this.wake = null;
      this.waited += performance.now() - from;
    }
    const piece = this.waiting.shift();
    if (!piece) return { done: true, value: undefined };
    this.taken = piece.taken;
    return { done: false, value: piece.bytes };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** One share of one capture: an engine that keeps to its packets, their bodies, and the rows of both. */
export class CaptureShare {
  private readonly feed = new Feed();
  private readonly analysed: Promise<AnalysedIn>;
  private readonly began = performance.now();
  private done: AnalysedIn | null = null;
  private writer: ZeekWriter | null = null;

  constructor(private readonly module: WebAssembly.Module, budget: ChunkBudget, private readonly hashes: boolean, of: ShareOf) {
    this.analysed = analyseIn(module, this.feed, budget, bodiesHere(module, hashes, of.shares, true), of);
  }

  /** The next bytes of the capture; `taken` is called when they are no longer needed. */
  give(bytes: Uint8Array, taken: () => void): void {
    this.feed.give(bytes, taken);
  }

  /** The capture is over. */
  async finish(): Promise<ShareEnd> {
    this.feed.end();
    const done = await this.analysed;
    this.done = done;
    const { tables, outcome, counters, sharing, tripped, store } = done;
    const weird = tables.get('weird');
    const pkt = weird?.column('pkt') ?? 0;
    const interfaces = tables.get('interface');
    return {
      outcome, counters, sound: sharing !== null,
      strayFlows: sharing?.strayFlows ?? 0, fragments: sharing?.fragments ?? { home: new Float64Array(0), strays: new Float64Array(0) },
      partReached: sharing !== null && (partReached(sharing, counters) || tripped.open_bodies + tripped.open_decoders + tripped.digest_slots > 0),
      ordered: sharing?.ordered ?? false,
      late: (sharing?.late ?? []).map(({ row, kind, list, place }) => `${weird?.num(row, pkt) ?? 0} ${kind} ${list} ${place}`),
      weirds: weird ? weirdCounts(weird) : new Uint32Array(256),
      rows: Object.fromEntries(WRITTEN_LOGS.map((log) => [log, tables.get(log)?.rows ?? 0])),
      links: Array.from({ length: interfaces?.rows ?? 0 }, (_, row) => interfaces?.num(row, INTERFACE_LINKTYPE) ?? 0),
      problem: store.problem, busy: performance.now() - this.began - this.feed.waited, waited: this.feed.waited,
    };
  }

  private get end(): AnalysedIn {
    if (!this.done) throw new Error('A share was asked for its rows before its end.');
    return this.done;
  }

  /** Keys of flows met here: the strays, or those that have their home here. */
  private keys(strays: boolean): Float64Array {
    const { tables, sharing } = this.end;
    const conn = tables.get('conn');
    const keys = new Float64Array(conn?.rows ?? 0);
    let n = 0;
    for (let row = 0; conn && sharing && row < conn.rows; row++) {
      const { stray, key } = sharing.flow(
        conn.bytes(row, COL_ORIG_H), conn.bytes(row, COL_RESP_H), conn.num(row, COL_ORIG_P), conn.num(row, COL_RESP_P), conn.num(row, CONN_IP_PROTO),
      );
      if (stray === strays) keys[n++] = key;
    }
    return keys.slice(0, n);
  }

  /** Flows that were met here although their home is elsewhere. */
  strays(): Float64Array {
    return this.end.sharing?.strayFlows ? this.keys(true) : new Float64Array(0);
  }

  /** Whether one of the other shares' strays was met here at home. */
  met(keys: Float64Array): boolean {
    const known = new Set(this.keys(false));
    return keys.some((key) => known.has(key));
  }

  /** The lines of one log, in order. */
  lines(log: WrittenLog, format: LogFormat): Generator<LineBatch> {
    this.writer ??= new ZeekWriter(this.module, this.end.tables, this.hashes);
    return linesOf(log, this.end.tables, this.writer, format, this.end.sharing?.late ?? []);
  }

  /** Lets go of the rows. */
  drop(): void {
    this.done?.store.close();
  }
}
