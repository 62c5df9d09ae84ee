import { Analysts } from './analysts';
import { exportArchive, importArchive, type ImportedArchive } from './archive';
import type { Change } from './backend';
import { Captures, type Analysis } from './captures';
import { openDatabase } from './database';
import { originPrivateFiles, type KeptFiles } from './kept-files';
import { DATABASE, DEFAULT_SETTINGS, type Settings, type StoredCapture, type StoredSetting } from './schema';
import { FILE_MESSAGE, Session } from './session';
import type { Result, Saved, StoreStatus } from './types';

export interface StoreOptions {
  readonly name?: string;
  /** The page comes from file://, where the store is shared with every local page: keep nothing unless asked. */
  readonly fromFile?: boolean;
  /** How long another tab may block an upgrade, in milliseconds. */
  readonly blockedMs?: number;
  /** Waited for between two parts of a long write, so that others may come first. */
  readonly rest?: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Where packets are kept; the origin private file system when left out. */
  readonly files?: KeptFiles | null;
}

/**
 * Everything that outlives the page. Works without a DOM, in a worker. Nothing here throws: reads fall back to empty
 * answers, changes answer with a result, and `status().message` says in a sentence what is wrong.
 */
export class Store {
  readonly captures: Captures;
  readonly analysts: Analysts;
  private settings: Settings = DEFAULT_SETTINGS;
  private askedToPersist = false;

  private constructor(private readonly session: Session, private readonly options: StoreOptions) {
    this.captures = new Captures(session, options.now ?? (() => Date.now()), options.rest);
    this.analysts = new Analysts(session);
  }

  /** Opens what was kept, or begins anew; in memory only (and says so) where the browser lets nothing be kept. */
  static async open(options: StoreOptions = {}): Promise<Store> {
    const name = options.name ?? DATABASE;
    const asleep = options.fromFile === true && !(await exists(name));
    const store = new Store(asleep ? Session.inMemory(FILE_MESSAGE) : await Session.open(name, options.blockedMs), options);
    if (asleep) store.settings = { ...DEFAULT_SETTINGS, keep_logs: false };
    else await store.wake();
    return store;
  }

  private async wake(): Promise<void> {
    const { session } = this;
    session.files = !session.durable ? null : this.options.files !== undefined ? this.options.files : await originPrivateFiles();
    const stored = await session.read([], () => session.backend.all('settings'));
    this.settings = Object.assign({ ...DEFAULT_SETTINGS }, Object.fromEntries(stored.map(({ name, value }) => [name, value])));
    await this.captures.clearLeftOvers();
  }

  async status(): Promise<StoreStatus> {
    const { session, settings } = this;
    const { persisted, used, quota } = await estimate();
    return { available: session.durable, message: session.message, persisted, used, quota, keep_logs: settings.keep_logs, keep_captures: settings.keep_captures };
  }

  /**
   * Turns keeping on or off. Off forgets nothing that is there. On a page from a file the first "on" is what opens the
   * database.
   */
  async setSwitch(name: 'keep_logs' | 'keep_captures', on: boolean): Promise<Result<StoreStatus>> {
    if (on && this.options.fromFile && !this.session.durable) {
      const opened = await openDatabase(this.options.name, this.options.blockedMs);
      if (!opened.ok) return { ok: false, error: opened.message };
      await this.moveTo(opened.backend);
    }
    const kept = await this.setSetting(name, on);
    if (!kept.ok) return kept;
    if (on && name === 'keep_captures' && !this.session.files) {
      this.session.message = 'This browser gives the page no place for captures: logs and indicators are kept, the packets are not.';
    }
    return { ok: true, value: await this.status() };
  }

  /** From memory to the database, with all that was done so far. */
  private async moveTo(backend: Extract<Awaited<ReturnType<typeof openDatabase>>, { ok: true }>['backend']): Promise<void> {
    const { session } = this;
    const before = session.backend;
    backend.onClosed = (message) => {
      session.durable = false;
      session.message = message;
    };
    session.backend = backend;
    session.durable = true;
    session.message = '';
    await this.wake();
    for (const store of ['captures', 'indicator_blocks', 'verdicts', 'identities', 'imports'] as const) {
      const records = await before.all(store);
      await session.attempt('', () => backend.write(records.map((put) => ({ store, put }) as Change)));
    }
    // Off until asked for, one by one.
    await this.setSetting('keep_logs', false);
  }

  localNetworks(): readonly string[] {
    return this.settings.local_networks;
  }

  setLocalNetworks(prefixes: readonly string[]): Promise<Result<void>> {
    return this.setSetting('local_networks', [...prefixes]);
  }

  private async setSetting<N extends keyof Settings>(name: N, value: Settings[N]): Promise<Result<void>> {
    const put: StoredSetting = { name, value };
    const kept = await this.session.attempt('The setting was not kept', () => this.session.backend.write([{ store: 'settings', put }]));
    if (kept.ok) this.settings = { ...this.settings, [name]: value };
    return kept;
  }

  /** Keeps a finished analysis as the switches say; the first time asks the browser to hold on to it. */
  async keep(analysis: Analysis): Promise<Result<StoredCapture>> {
    await this.askToPersist();
    return this.captures.keep(analysis, this.settings.keep_logs);
  }

  /** Keeps the packets themselves, when the switch is on. The capture's record must be kept already. */
  async keepCapture(sha256: string, blob: Blob): Promise<Result<boolean>> {
    const { files } = this.session;
    if (!this.settings.keep_captures || !files) return { ok: true, value: false };
    await this.askToPersist();
    const name = (await this.captures.get(sha256))?.name ?? 'the capture';
    return this.session.attempt(`The packets of ${name} were not kept`, async () => {
      await files.keep(sha256, blob);
      await this.captures.setKeptCapture(sha256, true);
      return true;
    });
  }

  /** The packets that were kept; null when they were not, or are gone. */
  async openKept(sha256: string): Promise<File | null> {
    return await this.session.files?.open(sha256).catch(() => null) ?? null;
  }

  /** Deletes one capture with all that is kept of it. */
  deleteCapture(sha256: string): Promise<Result<void>> {
    return this.captures.remove(sha256);
  }

  /** Deletes everything: database, packets, the copies that make the page work offline. Then begins anew, empty. */
  async deleteAll(): Promise<Result<void>> {
    const { session, options } = this;
    const done = await session.attempt('Not everything was deleted', async () => {
      await session.backend.destroy();
      await session.files?.clear();
      if (typeof caches !== 'undefined') {
        for (const name of await caches.keys()) if (name.startsWith(`${DATABASE}-`)) await caches.delete(name);
      }
    });
    this.settings = DEFAULT_SETTINGS;
    if (options.fromFile) {
      // A database that exists would mean that keeping was asked for.
      const memory = Session.inMemory(FILE_MESSAGE);
      session.backend = memory.backend;
      session.durable = false;
      session.files = null;
      session.message = FILE_MESSAGE;
      this.settings = { ...DEFAULT_SETTINGS, keep_logs: false };
    } else if (session.durable) {
      const fresh = await Session.open(options.name ?? DATABASE, options.blockedMs);
      session.backend = fresh.backend;
      session.durable = fresh.durable;
      session.message = fresh.message;
      await this.wake();
    }
    return done;
  }

  /** Everything that is kept, in one archive (format: archive.ts). */
  exportAll(): Promise<Result<Saved>> {
    return this.session.attempt('The export was not made', () => exportArchive(this.session, this.options.now?.() ?? Date.now()));
  }

  /** Adds what an archive holds to what is here; later versions stand, nothing is overwritten by older. */
  importArchive(bytes: Uint8Array): Promise<Result<ImportedArchive>> {
    return this.session.attempt('The archive was not read', () => importArchive(this.session, this.analysts, bytes));
  }

  close(): void {
    this.session.backend.close();
  }

  private async askToPersist(): Promise<void> {
    if (this.askedToPersist || !this.session.durable) return;
    this.askedToPersist = true;
    try {
      if (!(await navigator.storage.persisted())) await navigator.storage.persist();
    } catch {
      // Workers of some browsers cannot ask; what is kept may then be cleared when the disk is full.
    }
  }
}

async function exists(name: string): Promise<boolean> {
  try {
    return (await indexedDB.databases()).some((database) => database.name === name);
  } catch {
    return false;
  }
}

async function estimate(): Promise<{ persisted: boolean; used: number; quota: number }> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    return { persisted: await navigator.storage.persisted(), used: usage ?? 0, quota: quota ?? 0 };
  } catch {
    return { persisted: false, used: 0, quota: 0 };
  }
}
