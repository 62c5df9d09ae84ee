import type { CaptureLocator } from '../capture/open';
import { sampleOf } from '../capture/sample';
import { fromBlob } from '../capture/source';
import type { PackedChunk } from '../engine/chunk';
import type { Verdict } from '../indicators/types';
import { applyDecodedLengths } from '../logs/decoded-lengths';
import { parseNetworks } from '../logs/address';
import { ChunkBudget, ChunkStore } from '../logs/chunk-store';
import { PAGE_COLUMN_BYTES } from '../logs/spill';
import type { SpillFiles } from '../store/spill-file';
import { Case } from './analysis/case';
import { CaptureState, type LinktypeCount } from './analysis/capture-state';
import { Inspection } from './analysis/inspect';
import { Keeping, locatorOf } from './analysis/keeping';
import { Summaries } from './analysis/overview';
import type { PacketAccess, PacketSource } from './analysis/packet-access';
import { nowMicros, Sharing } from './analysis/sharing';
import type { StorePort } from './analysis/store-port';
import { rowsOf, Tables } from './analysis/tables';
import type * as api from './api';

export interface AnalysisOptions {
  readonly store: StorePort;
  readonly packets: PacketAccess;
  /** Version and hash of the engine, for everything that leaves. */
  readonly engine: string;
  /** The engine's module, which writes Zeek's formats. */
  readonly module?: () => WebAssembly.Module | null;
  /** Sentences for the person that no question asked for (the store is full, …). */
  readonly onNotice?: (severity: 'info' | 'warning' | 'error', text: string) => void;
  /** SHA-256 in lower-case hexadecimal, to recognise files by samples of them; without it none is recognised. */
  readonly sha256?: (bytes: Uint8Array) => string;
  /** Makes files for columns beyond COLUMN_BYTES of memory; left out = everything stays in memory. */
  readonly spill?: SpillFiles;
  /** Bytes of columns in memory; PAGE_COLUMN_BYTES when left out. */
  readonly columnBytes?: number;
}

/** Longest note and longest tag of a verdict, and tags of one, that are kept. */
const MAX_NOTE = 20_000;
const MAX_TAG = 100;
const MAX_TAGS = 50;
/** Networks of our own beside the private ones. */
const MAX_NETWORKS = 1000;

/** Everything after the columns: answers the page, runs in the analysis worker and in Node alike. */
export class Analysis implements api.AnalysisApi {
  private readonly data: Case;
  private readonly tables: Tables;
  private readonly summaries: Summaries;
  private readonly inspection: Inspection;
  private readonly sharing: Sharing;
  private readonly keeping: Keeping;
  private readonly awake: Promise<void>;
  private readonly store: StorePort;
  private readonly budget: ChunkBudget;
  private nextId = 0;
  /** Captures whose spill file failed, and of which that was said. */
  private readonly told = new Set<number>();
  /** Samples being taken, by capture: a record without its sample would not be recognised. */
  private readonly sampling = new Map<number, Promise<void>>();

  constructor(private readonly options: AnalysisOptions) {
    this.store = options.store;
    this.data = new Case(options.engine);
    this.tables = new Tables(this.data, () => options.module?.() ?? null);
    this.summaries = new Summaries(this.data, this.tables);
    this.inspection = new Inspection(this.data, this.tables, this.store);
    this.sharing = new Sharing(this.data, this.tables, this.store);
    this.budget = new ChunkBudget(options.columnBytes ?? PAGE_COLUMN_BYTES);
    this.keeping = new Keeping(this.data, this.store, () => this.rowStore());
    this.awake = this.keeping.wake();
  }

  /** Grows with everything that changes what views show. */
  version(): number {
    return this.data.version();
  }

  /** Answers with a result whatever happens: comlink loses what an error is. */
  private async answer<T>(run: () => api.Result<T> | Promise<api.Result<T>>): Promise<api.Result<T>> {
    try {
      await this.awake;
      await this.data.settle();
      return await run();
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  // --------------------------------------------------------------------------------------------------------- a run

  async begin(info: { id: number; name: string; size: number; locator?: CaptureLocator }, file: Blob | null): Promise<void> {
    await this.awake;
    this.nextId = Math.max(this.nextId, info.id + 1);
    const state = new CaptureState(info.id, info.name, info.size, file, info.locator, await this.rowStore());
    this.data.add(state);
    if (file) this.sampling.set(info.id, this.recognise(state, file).catch(() => undefined));
  }

  /** Where the rows of a capture go. Without leave to keep anything they do not go to disk, not even for a while. */
  private async rowStore(): Promise<ChunkStore> {
    const { available, keep_logs: keep } = await this.store.status();
    return new ChunkStore(this.budget, available && keep ? await this.options.spill?.() ?? null : null);
  }

  /** A number for the next capture of the case; those of the history are counted with the others. */
  newCapture(): number {
    return this.nextId++;
  }

  /** Says when the same capture was analysed before: by a sample at once, its hash will tell for sure. */
  private async recognise(state: CaptureState, file: Blob): Promise<void> {
    const { sha256 } = this.options;
    // What is encrypted would be recognised by any other file of that zip.
    if (!sha256 || state.locator?.locked) return;
    const part = state.locator ? file.slice(state.locator.start, state.locator.end ?? file.size) : file;
    state.sample = await sampleOf(fromBlob(part, state.name), sha256);
    const known = await this.store.captures.recognise(state.size, state.sample);
    if (!known || this.data.captures().some((other) => other.sha256 === known.sha256)) return;
    const name = known.name === state.name ? '' : ` as ${known.name}`;
    this.options.onNotice?.('info', `${state.name} is known here: it was analysed${name} on ${new Date(known.analysed_at / 1000).toISOString().slice(0, 10)}. Your verdicts, tags and notes stand; it is read again for its packets.`);
  }

  async append(capture: number, chunks: readonly PackedChunk[]): Promise<void> {
    const state = this.data.capture(capture);
    for (const chunk of chunks) state?.append(chunk);
    if (!state) return;
    this.tellOfSpill(state);
    await this.data.grew(state);
  }

  /** Says once that the disk had no room. */
  private tellOfSpill(state: CaptureState): void {
    const { problem } = state.store;
    if (problem === '' || this.told.has(state.id)) return;
    this.told.add(state.id);
    this.options.onNotice?.('warning', `${state.name}: ${problem}`);
  }

  async counters(capture: number, counters: BigUint64Array, linktypes: readonly LinktypeCount[]): Promise<void> {
    const state = this.data.capture(capture);
    if (state) {
      state.counters = counters.slice();
      state.linktypes = linktypes;
    }
    return Promise.resolve();
  }

  async finish(capture: number, outcome: api.RunOutcome): Promise<void> {
    const state = this.data.capture(capture);
    if (!state) return;
    applyDecodedLengths(state.table('http'), state.table('files'));
    state.state = outcome.state;
    state.message = outcome.message;
    state.format = outcome.format || state.format;
    state.caps = outcome.caps ?? state.caps;
    await this.keep(state);
  }

  async setSha256(capture: number, sha256: string): Promise<void> {
    await this.sampling.get(capture);
    this.sampling.delete(capture);
    const state = this.data.capture(capture);
    if (!state) return;
    for (const other of this.data.captures()) {
      if (other.sha256 !== sha256 || other === state || other.state === 'running') continue;
      // The same capture twice is one: what was read last stands, unless it is less than what was there.
      if (!other.fromHistory) this.options.onNotice?.('info', `${state.name} is the same capture as ${other.name} (same SHA-256): it is shown once.`);
      if (other.state === 'done' && state.state !== 'done') {
        other.file ??= state.file;
        other.locator ??= state.locator;
        this.data.remove(state.id);
        return;
      }
      this.data.remove(other.id);
    }
    this.data.setSha256(state, sha256);
    await this.keep(state);
  }

  private async keep(state: CaptureState): Promise<void> {
    try {
      const problem = await this.keeping.keep(state);
      if (problem !== '') this.options.onNotice?.('warning', problem);
    } catch (error) {
      this.options.onNotice?.('warning', `${state.name} was not kept: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Gives the packets back to every open capture of that hash (a zip may hold several). */
  attach(file: Blob, sha256: string, locator?: CaptureLocator): Promise<api.Result<void>> {
    return this.answer(async () => {
      const states = this.data.captures().filter((state) => state.sha256 === sha256);
      if (states.length === 0) return { ok: false, error: 'This file is none of the captures that are open: its SHA-256 is another. Open it as a capture of its own.' };
      for (const state of states) {
        state.locator = locator ?? state.locator ?? await locatorOf(file, state.name);
        state.file = file;
      }
      return { ok: true, value: undefined };
    });
  }

  /** Resolves when the indicators are those of all rows, or a run goes on. */
  async settled(): Promise<void> {
    await this.awake;
    await this.data.settle();
  }

  /** Bytes held in columns. */
  memory(): number {
    return this.data.captures().reduce((sum, capture) => sum + capture.memory(), 0);
  }

  // --------------------------------------------------------------------------------------------------------- views

  async captures(): Promise<readonly api.CaptureInfo[]> {
    await this.awake;
    return this.data.captures().map((capture) => capture.info());
  }

  async columns(table: api.TableName): Promise<readonly api.TableColumn[]> {
    await this.awake;
    return this.tables.columns(table);
  }

  async rows(query: api.TableQuery): Promise<api.RowWindow> {
    await this.awake;
    if (query.table === 'indicators') await this.data.settle();
    return this.tables.rows(query);
  }

  async overview(scope: api.Scope): Promise<api.Overview> {
    await this.awake;
    await this.data.settle();
    return this.summaries.overview(scope);
  }

  async timeline(scope: api.Scope, bins: number): Promise<api.Timeline> {
    await this.awake;
    await this.data.settle();
    return this.summaries.timeline(scope, bins);
  }

  async search(text: string, limit: number): Promise<readonly { table: api.TableName; id: string; title: string; detail: string }[]> {
    await this.awake;
    await this.data.settle();
    return this.inspection.search(text, limit);
  }

  row(table: api.TableName, id: string, timeZone: api.TimeZone): Promise<api.Result<api.RowDetail>> {
    return this.answer(() => this.inspection.row(table, id, timeZone));
  }

  indicator(key: string, timeZone: api.TimeZone): Promise<api.Result<api.IndicatorDetail>> {
    return this.answer(() => this.inspection.indicator(key, timeZone));
  }

  // ------------------------------------------------------------------------------------------------------- packets

  private source(capture: number): PacketSource | null {
    const state = this.data.capture(capture);
    return state ? { id: state.id, name: state.name, tables: state.tables, file: state.file, ...(state.locator ? { locator: state.locator } : {}) } : null;
  }

  private withSource<T>(capture: number, run: (source: PacketSource) => Promise<api.Result<T>>): Promise<api.Result<T>> {
    return this.answer(() => {
      const source = this.source(capture);
      if (!source) return { ok: false, error: 'This capture is not open.' };
      if (!source.file) return { ok: false, error: `The packets of ${source.name} are not at hand. Drop the capture again to see them.` };
      return run(source);
    });
  }

  packet(capture: number, pkt: number, timeZone: api.TimeZone): Promise<api.Result<api.PacketDetail>> {
    return this.withSource(capture, (source) => this.options.packets.packet(source, pkt, timeZone));
  }

  follow(capture: number, flow: number): Promise<api.Result<api.Stream>> {
    return this.withSource(capture, (source) => this.options.packets.follow(source, flow));
  }

  savePackets(capture: number, what: { flow: number } | { scope: api.Scope }): Promise<api.Result<api.Saved>> {
    return this.withSource(capture, (source) => {
      const scope: api.Scope = 'scope' in what
        ? what.scope : { from: null, to: null, text: '', chips: [{ field: 'flow', op: '=', value: String(what.flow), exclude: false }, { field: 'capture', op: '=', value: String(capture), exclude: false }] };
      const selection = this.data.selections.select('packet', scope, null, false);
      const part = selection.parts.find((one) => one.capture.id === capture);
      const rows = part ? rowsOf(selection, part.start, part.table.rows) : new Uint32Array(0);
      if (rows.length === 0) return Promise.resolve({ ok: false, error: 'No packet is in scope.' });
      return this.options.packets.savePackets(source, rows);
    });
  }

  saveFile(capture: number, fuid: string): Promise<api.Result<api.Saved>> {
    return this.withSource(capture, (source) => this.options.packets.saveFile(source, fuid));
  }

  exportTable(query: Omit<api.TableQuery, 'offset' | 'limit'>, format: 'csv' | 'json' | 'zeek-tsv' | 'zeek-json'): Promise<api.Result<api.Saved>> {
    return this.answer(() => this.tables.exportTable(query, format));
  }

  wiresharkFilter(scope: api.Scope): Promise<api.Result<string>> {
    return this.answer(() => this.inspection.wiresharkFilter(scope));
  }

  // ------------------------------------------------------------------------------------------------------- sharing

  bundlePreview(request: api.BundleRequest): Promise<api.Result<api.BundlePreview>> {
    return this.answer(() => this.sharing.preview(request));
  }

  bundle(request: api.BundleRequest): Promise<api.Result<api.Saved>> {
    return this.answer(() => this.sharing.bundle(request));
  }

  importBundle(name: string, bytes: Uint8Array, passphrase: string): Promise<api.Result<api.ImportReport>> {
    return this.answer(() => this.sharing.import(name, bytes, passphrase));
  }

  async matchAdvisory(text: string): Promise<readonly api.AdvisoryMatch[]> {
    await this.awake;
    await this.data.settle();
    return this.sharing.advisory(text);
  }

  // ----------------------------------------------------------------------------------------- what the analyst says

  setVerdict(indicator: string, change: { value?: Verdict['value']; note?: string; tags?: readonly string[] }): Promise<api.Result<void>> {
    return this.answer(async () => {
      const me = await this.store.analysts.identity();
      const before = this.data.verdicts.find((verdict) => verdict.indicator === indicator && verdict.author === me.id);
      const verdict: Verdict = {
        indicator, author: me.id, author_name: me.name, value: change.value ?? before?.value ?? 'unknown',
        note: (change.note ?? before?.note ?? '').slice(0, MAX_NOTE),
        tags: [...new Set((change.tags ?? before?.tags ?? []).map((tag) => tag.trim().slice(0, MAX_TAG)).filter((tag) => tag !== ''))].slice(0, MAX_TAGS),
        // Two changes within one tick of the clock are still one after the other.
        modified: Math.max(nowMicros(), (before?.modified ?? 0) + 1),
      };
      this.data.setVerdicts([...this.data.verdicts.filter((other) => other !== before), verdict]);
      const kept = await this.store.analysts.putVerdicts([verdict]);
      return kept.ok ? { ok: true, value: undefined } : kept;
    });
  }

  async identity(): Promise<api.Identity> {
    await this.awake;
    return this.store.analysts.identity();
  }

  setIdentity(name: string): Promise<api.Result<api.Identity>> {
    return this.answer(async () => {
      const given = await this.store.analysts.setIdentity(name);
      // Verdicts that were given before bear the new name, in the store and here.
      if (given.ok) this.data.setVerdicts(this.data.verdicts.map((one) => (one.author === given.value.id ? { ...one, author_name: given.value.name } : one)));
      return given;
    });
  }

  // --------------------------------------------------------------------------------------------------------- store

  async localNetworks(): Promise<readonly string[]> {
    await this.awake;
    return this.data.localNetworks();
  }

  setLocalNetworks(prefixes: readonly string[]): Promise<api.Result<void>> {
    return this.answer(async () => {
      const { bad } = parseNetworks(prefixes);
      if (bad.length > 0) return { ok: false, error: `${bad.slice(0, 3).join(', ')} ${bad.length === 1 ? 'is no network' : 'are no networks'}. Write an address with the length of its prefix, such as 203.0.113.0/24 or 2001:db8::/32.` };
      const unique = [...new Set(prefixes)].slice(0, MAX_NETWORKS);
      const kept = await this.store.setLocalNetworks(unique);
      this.data.setLocalNetworks(unique);
      return kept;
    });
  }

  async storeStatus(): Promise<api.StoreStatus> {
    await this.awake;
    return this.store.status();
  }

  setStoreSwitch(name: 'keep_logs' | 'keep_captures', on: boolean): Promise<api.Result<api.StoreStatus>> {
    return this.answer(() => this.keeping.setSwitch(name, on));
  }

  async history(): Promise<readonly api.HistoryEntry[]> {
    await this.awake;
    return this.keeping.history();
  }

  openHistory(sha256: string): Promise<api.Result<api.CaptureInfo>> {
    return this.answer(() => this.keeping.open(sha256, this.newCapture()));
  }

  deleteHistory(sha256: string | null): Promise<api.Result<void>> {
    return this.answer(() => this.keeping.delete(sha256));
  }

  async imports(): Promise<{ indicators: number; last: number | null }> {
    await this.awake;
    return this.sharing.imports();
  }

  openImports(): Promise<api.Result<number>> {
    return this.answer(() => this.sharing.openImports());
  }

  exportStore(): Promise<api.Result<api.Saved>> {
    return this.answer(() => this.store.exportAll());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
