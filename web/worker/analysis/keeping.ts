import { openCaptures, type CaptureLocator } from '../../capture/open';
import { fromBlob } from '../../capture/source';
import { FIELD_PASSWORD } from '../../capture/zip';
import type { PackedChunk } from '../../engine/chunk';
import type { ChunkStore } from '../../logs/chunk-store';
import type { Indicator } from '../../indicators/types';
import type { CaptureInfo, HistoryEntry, Result, StoreStatus } from '../api';
import { CaptureState } from './capture-state';
import type { Case } from './case';
import type { StorePort } from './store-port';
import { nowMicros } from './sharing';

/**
 * Where a capture lies within a file that is known to hold it: of a zip the entry of its name, else the first. Undefined
 * when nothing can be read there.
 */
export async function locatorOf(file: Blob, name: string): Promise<CaptureLocator | undefined> {
  let first: CaptureLocator | undefined;
  for await (const inner of openCaptures(fromBlob(file, name))) {
    if (inner.name === name) return inner.locator;
    first ??= inner.locator;
  }
  return first;
}

const markOf = (capture: CaptureState): string => `${capture.sha256} ${capture.state} ${capture.version}`;

/** The password of a zip goes to the store only with the field's own one, which everybody knows. */
function withoutSecret(locator: CaptureLocator): CaptureLocator {
  return locator.locked && locator.locked.password !== FIELD_PASSWORD ? { ...locator, locked: { ...locator.locked, password: '' } } : locator;
}

/** Every chunk of a capture, one after the other: they are not all in memory. */
function* chunksOf(capture: CaptureState): Generator<PackedChunk, void> {
  for (const table of capture.tables.values()) for (let c = 0; c < table.chunkCount; c++) yield table.packed(c);
}

/** Indicators with their sightings of a capture, made one after the other: the store takes some at a time, and others may run between. */
function* indicatorsOf(data: Case, capture: CaptureState): Generator<Indicator, void> {
  const ranked = data.indicators();
  for (let place = 0; place < ranked.length; place++) {
    const one = ranked.at(place);
    const sightings = data.sightingsIn(one, capture);
    if (sightings.length > 0) yield { ...one, sightings };
  }
}

/** What of the case outlives the page. */
export class Keeping {
  /** Captures that are kept already, as they were: hash and version. */
  private readonly kept = new Map<number, string>();

  /** @param rowStore makes a place for the rows of a capture that is opened again */
  constructor(private readonly data: Case, private readonly store: StorePort, private readonly rowStore: () => Promise<ChunkStore>) {}

  /** Reads what is kept that every case needs: verdicts, networks, identity. */
  async wake(): Promise<void> {
    this.data.author = (await this.store.analysts.identity()).id;
    this.data.setVerdicts(await this.store.analysts.verdicts());
    this.data.setLocalNetworks(this.store.localNetworks());
  }

  /** Keeps a capture when its run is over and its hash known; a sentence when that did not work. */
  async keep(capture: CaptureState): Promise<string> {
    if (capture.state === 'running' || capture.sha256 === '') return '';
    // What is no capture leaves no trace; a run that broke off is worth what it gave.
    if (capture.state === 'failed' && capture.table('packet').rows === 0) return '';
    const mark = markOf(capture);
    if (this.kept.get(capture.id) === mark) return '';
    this.kept.set(capture.id, mark);
    await this.data.settle();
    const info = capture.info();
    const result = await this.store.keep({
      capture: {
        sha256: info.sha256, name: info.name, size: info.size, sample: capture.sample, format: info.format, first_ts: info.first_ts, last_ts: info.last_ts,
        packets: info.packets, flows: capture.table('conn').rows, analysed_at: nowMicros(), engine: this.data.engine, counters: capture.counters,
        linktypes: capture.linktypes, caps: capture.caps, ...(capture.locator ? { locator: withoutSecret(capture.locator) } : {}), state: capture.state, message: capture.message,
      },
      chunks: chunksOf(capture),
      indicators: indicatorsOf(this.data, capture),
    });
    if (!result.ok) return result.error;
    if (!capture.file) return '';
    const packets = await this.store.keepCapture(capture.sha256, capture.file);
    return packets.ok ? '' : packets.error;
  }

  history(): Promise<readonly HistoryEntry[]> {
    return this.store.captures.history();
  }

  /** Opens a kept capture: its rows (or, where those were not kept, its indicators), and its packets when they are there. */
  async open(sha256: string, id: number): Promise<Result<CaptureInfo>> {
    const already = this.data.captures().find((capture) => capture.sha256 === sha256);
    if (already) return { ok: true, value: already.info() };
    const stored = await this.store.captures.get(sha256);
    if (!stored) return { ok: false, error: 'This capture is not in the history any more.' };
    const capture = new CaptureState(id, stored.name, stored.size, await this.store.openKept(sha256), stored.locator, await this.rowStore());
    capture.fromHistory = true;
    capture.sample = stored.sample;
    capture.caps = stored.caps ?? [];
    capture.sha256 = sha256;
    capture.format = stored.format;
    capture.state = stored.state;
    capture.message = stored.message;
    capture.counters = new BigUint64Array(stored.counters);
    capture.linktypes = stored.linktypes;
    if (stored.kept_logs) await this.store.captures.eachChunk(sha256, (chunk) => capture.append(chunk));
    capture.firstTs ??= stored.first_ts;
    capture.lastTs ??= stored.last_ts;
    if (capture.file) capture.locator ??= await locatorOf(capture.file, stored.name);
    this.data.add(capture);
    this.kept.set(id, markOf(capture));
    if (!stored.kept_logs) {
      capture.message = [stored.message, 'Its logs were not kept: only its indicators are shown. Drop the capture again to see everything.'].filter((text) => text !== '').join(' ');
      this.data.addImported(await this.store.captures.indicators(sha256));
    }
    return { ok: true, value: capture.info() };
  }

  /** Deletes one capture with all that is kept of it; null = everything. */
  async delete(sha256: string | null): Promise<Result<void>> {
    if (sha256 !== null) return this.store.deleteCapture(sha256);
    const done = await this.store.deleteAll();
    if (done.ok) {
      this.kept.clear();
      this.data.forgetImported();
      await this.wake();
    }
    return done;
  }

  async setSwitch(name: 'keep_logs' | 'keep_captures', on: boolean): Promise<Result<StoreStatus>> {
    const result = await this.store.setSwitch(name, on);
    // What is open now is kept as the switch says from now on.
    if (result.ok && on) {
      this.kept.clear();
      for (const capture of this.data.captures()) await this.keep(capture);
      return { ok: true, value: await this.store.status() };
    }
    return result;
  }
}
