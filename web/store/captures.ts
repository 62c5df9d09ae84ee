import type { PackedChunk } from '../engine/chunk';
import type { Indicator, Microseconds } from '../indicators/types';
import type { Change } from './backend';
import { IndicatorBlocks, storedIndicator } from './indicator-blocks';
import type { Sha256, StoredCapture, StoredChunk } from './schema';
import type { Session } from './session';
import type { HistoryEntry, Result } from './types';

/** Bytes of chunks that go into one transaction, about. */
export const CHUNK_BATCH_BYTES = 4 * 1024 * 1024;
/** Chunks that are read together: a chunk has a few hundred KiB. */
const CHUNKS_AT_ONCE = 16;
/** A run whose capture was never written is cleared away when it is older than this (another tab may be at it). */
const LEFT_OVER_MS = 60 * 60 * 1000;

/** A finished analysis, to be kept. */
export interface Analysis {
  readonly capture: Omit<StoredCapture, 'run' | 'kept_capture' | 'kept_logs' | 'indicators'>;
  /** Its rows; empty or left out by the switch `keep_logs`. */
  readonly chunks: Iterable<PackedChunk>;
  /** Indicators with the sightings of this capture. */
  readonly indicators: Iterable<Indicator>;
}

/** Captures, their rows, their indicators. */
export class Captures {
  /** @param rest waited for between two parts of a long write */
  constructor(private readonly session: Session, private readonly now: () => number, private readonly rest: () => Promise<void> = () => Promise.resolve()) {}

  /**
   * Keeps an analysis, in the place of an earlier one of the same capture. All or nothing of the record and its
   * indicators; when only the rows have no room, the rest is kept and the error says so.
   */
  async keep(analysis: Analysis, keepLogs: boolean): Promise<Result<StoredCapture>> {
    const { session } = this;
    const { sha256, name } = analysis.capture;
    const before = await session.read(undefined, () => session.backend.get('captures', sha256));
    const run = Math.max(this.now(), (before?.run ?? 0) + 1);
    const rows = keepLogs
      ? await session.attempt(`The logs of ${name} were not kept`, () => this.putChunks(sha256, run, analysis.chunks))
      : { ok: true as const, value: undefined };
    if (!rows.ok) await session.attempt('', () => session.backend.write([{ store: 'chunks', deleteUnder: [sha256, run] }]));
    // Rows that were kept before and could not be replaced stay, with the analysis that they belong to.
    if (!rows.ok && before?.kept_logs) return rows;
    const record = (indicators: number): StoredCapture => ({
      ...analysis.capture, run, indicators, kept_capture: before?.kept_capture ?? false, kept_logs: keepLogs && rows.ok,
    });
    let count = 0;
    const changes = function* (): Generator<Change, void> {
      count = yield* indicatorChanges(sha256, analysis.indicators);
      yield { store: 'captures', put: record(count) };
      if (before) yield { store: 'chunks', deleteUnder: [sha256, before.run] };
    };
    const kept = await session.attempt(`${name} was not kept`, () => session.backend.write(changes(), ['captures', 'chunks', 'indicator_blocks']));
    if (!kept.ok) {
      await session.attempt('', () => session.backend.write([{ store: 'chunks', deleteUnder: [sha256, run] }]));
      return kept;
    }
    return rows.ok ? { ok: true, value: record(count) } : rows;
  }

  private async putChunks(capture: Sha256, run: number, chunks: Iterable<PackedChunk>): Promise<void> {
    let batch: Change[] = [];
    let bytes = 0;
    let seq = 0;
    for (const { log, rows, buffer } of chunks) {
      batch.push({ store: 'chunks', put: { capture, run, log, seq: seq++, rows, buffer } });
      bytes += buffer.byteLength;
      if (bytes < CHUNK_BATCH_BYTES) continue;
      await this.session.backend.write(batch);
      await this.rest();
      batch = [];
      bytes = 0;
    }
    await this.session.backend.write(batch);
  }

  /** Captures, the last analysed first. */
  async history(): Promise<HistoryEntry[]> {
    const captures = await this.all();
    return captures.sort((a, b) => b.analysed_at - a.analysed_at).map((c): HistoryEntry => ({
      sha256: c.sha256, name: c.name, size: c.size, first_ts: c.first_ts, last_ts: c.last_ts, packets: c.packets, flows: c.flows,
      indicators: c.indicators, analysed_at: c.analysed_at, kept_capture: c.kept_capture, kept_logs: c.kept_logs,
    }));
  }

  all(): Promise<StoredCapture[]> {
    return this.session.read([], () => this.session.backend.all('captures'));
  }

  get(sha256: Sha256): Promise<StoredCapture | undefined> {
    return this.session.read(undefined, () => this.session.backend.get('captures', sha256));
  }

  /** A capture with this size and sample (web/capture/sample.ts): very likely the same file. */
  async recognise(size: number, sample: string): Promise<StoredCapture | undefined> {
    if (sample === '') return undefined;
    const found = await this.session.read([], () => this.session.backend.by('captures', 'by_size', size));
    return found.find((capture) => capture.sample === sample);
  }

  /** The kept rows of one log (LOG_*) or of all, in the order in which they were given, all at once; see `eachChunk`. */
  async chunks(sha256: Sha256, log?: number): Promise<PackedChunk[]> {
    const capture = await this.get(sha256);
    if (!capture?.kept_logs) return [];
    const under = log === undefined ? [sha256, capture.run] : [sha256, capture.run, log];
    const stored = await this.session.read([], () => this.session.backend.all('chunks', under));
    return stored.map((chunk): PackedChunk => ({ log: chunk.log, rows: chunk.rows, buffer: chunk.buffer }));
  }

  /** Every kept chunk, a log after the other, in the order in which they were given; never more than a few in memory. */
  async eachChunk(sha256: Sha256, take: (chunk: PackedChunk) => void): Promise<void> {
    const capture = await this.get(sha256);
    if (!capture?.kept_logs) return;
    const under = [sha256, capture.run];
    for (let after: readonly (string | number)[] | null = null; ;) {
      const from: readonly (string | number)[] | null = after;
      const some: StoredChunk[] = await this.session.read([], () => this.session.backend.some('chunks', under, from, CHUNKS_AT_ONCE));
      for (const { log, rows, buffer } of some) take({ log, rows, buffer });
      const last = some.at(-1);
      if (!last || some.length < CHUNKS_AT_ONCE) return;
      after = [...under, last.log, last.seq];
    }
  }

  async indicators(sha256: Sha256): Promise<Indicator[]> {
    const stored = await this.session.read([], () => this.session.backend.all('indicator_blocks', [sha256]));
    return stored.flatMap(({ indicators }) => indicators.map(({ indicator }) => indicator));
  }

  /** Where an indicator (`${kind}:${value}`) was seen before, the latest first. */
  async seen(key: string): Promise<{ capture: string; sha256: Sha256; last_seen: Microseconds; count: number }[]> {
    const stored = await this.session.read([], () => this.session.backend.by('indicator_blocks', 'by_key', key));
    const names = new Map((await this.all()).map(({ sha256, name }) => [sha256, name]));
    return stored
      .flatMap(({ capture, indicators }) => indicators.filter(({ indicator }) => indicator.key === key)
        .map(({ last_seen, count }) => ({ capture: names.get(capture) ?? capture, sha256: capture, last_seen, count })))
      .sort((a, b) => b.last_seen - a.last_seen);
  }

  /** Notes whether the packets are kept. */
  async setKeptCapture(sha256: Sha256, kept: boolean): Promise<void> {
    const capture = await this.get(sha256);
    if (capture) await this.session.backend.write([{ store: 'captures', put: { ...capture, kept_capture: kept } }]);
  }

  /** Everything of one capture; what analysts said of indicators stays. */
  remove(sha256: Sha256): Promise<Result<void>> {
    return this.session.attempt('The capture was not deleted', async () => {
      await this.session.backend.write([
        { store: 'captures', deleteUnder: [sha256] }, { store: 'chunks', deleteUnder: [sha256] }, { store: 'indicator_blocks', deleteUnder: [sha256] },
      ]);
      await this.session.files?.remove(sha256);
    });
  }

  /** Clears away chunks that a page left behind that was closed while it wrote them. */
  async clearLeftOvers(): Promise<void> {
    await this.session.read(undefined, async () => {
      const runs = new Map((await this.all()).map(({ sha256, run }) => [sha256, run]));
      const old = this.now() - LEFT_OVER_MS;
      const left = new Map<string, readonly [string, number]>();
      for (const key of await this.session.backend.keys('chunks')) {
        const [sha256, run] = key as [string, number];
        if (runs.get(sha256) !== run && run < old) left.set(`${sha256} ${run}`, [sha256, run]);
      }
      await this.session.backend.write([...left.values()].map((under): Change => ({ store: 'chunks', deleteUnder: under })));
    });
  }
}

/** Puts these indicators of a capture in the place of all that it has. @returns how many they are */
export function* indicatorChanges(sha256: Sha256, indicators: Iterable<Indicator>): Generator<Change, number> {
  const store = 'indicator_blocks';
  yield { store, deleteUnder: [sha256] };
  const blocks = new IndicatorBlocks(sha256);
  let count = 0;
  for (const indicator of indicators) {
    count++;
    for (const put of blocks.add(storedIndicator(indicator))) yield { store, put };
  }
  for (const put of blocks.end()) yield { store, put };
  return count;
}
