import { deleteDB, openDB, type IDBPDatabase } from 'idb';
import type { Backend, Change, Key } from './backend';
import { migrate, type UpgradeTransaction } from './migrations';
import { DATABASE, DATABASE_VERSION, KEY_PATHS, type RecordOf, type Schema, type StoreName } from './schema';

/** How long another tab may take to let go of an older database. */
export const BLOCKED_MS = 4000;

/** Requests of one write that are under way together. */
const REQUESTS_AT_ONCE = 256;
/** Milliseconds that the changes of a write are made for at a time: between, the worker answers what it is asked. */
const WRITE_MILLISECONDS = 8;

export type Opened = { readonly ok: true; readonly backend: IdbBackend } | { readonly ok: false; readonly message: string };

/**
 * Opens (and upgrades) the database. When that cannot be, `message` is a sentence that says why and what to do; what
 * the database holds stays as it is.
 */
export async function openDatabase(name = DATABASE, blockedMs = BLOCKED_MS): Promise<Opened> {
  if (typeof indexedDB === 'undefined') return { ok: false, message: 'This browser offers no storage to pages: nothing is kept when the page is closed.' };
  const backend = new IdbBackend(name, blockedMs);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let given = false;
  const blocked = new Promise<'blocked'>((resolve) => {
    backend.onBlocked = () => { timer = setTimeout(() => { resolve('blocked'); }, blockedMs); };
  });
  const opening = backend.open();
  try {
    const first = await Promise.race([opening, blocked]);
    if (first === 'blocked') {
      given = true;
      return { ok: false, message: 'Another tab holds an older version of the store. Close the other Capsift tabs and reload this page; until then nothing new is kept.' };
    }
    return { ok: true, backend };
  } catch (error) {
    return { ok: false, message: openingProblem(error) };
  } finally {
    clearTimeout(timer);
    // When the other tab lets go later, this one must not be what blocks the next.
    if (given) void opening.then(() => { backend.close(); }, () => undefined);
  }
}

function openingProblem(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'VersionError') return 'What is kept here was written by a newer Capsift. Reload the page to get that version; until then nothing is read or kept.';
  if (name === 'QuotaExceededError') return 'The disk or the browser\'s storage is full: nothing new is kept. Free some space and reload the page.';
  if (name === 'SecurityError' || name === 'InvalidStateError') return 'The browser does not let this page store anything (private browsing, or blocked site data): nothing is kept when the page is closed.';
  return `The store could not be opened (${error instanceof Error ? error.message : String(error)}): nothing new is kept. What was kept before is untouched.`;
}

/** A write or read that the store refused; the message is a sentence for people. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** The records in IndexedDB. */
export class IdbBackend implements Backend {
  onBlocked: () => void = () => undefined;
  /** Called once when another tab or the browser ends this connection. */
  onClosed: (message: string) => void = () => undefined;
  private database: IDBPDatabase<Schema> | null = null;
  private why = 'The store is closed.';

  constructor(private readonly name: string, private readonly blockedMs = BLOCKED_MS) {}

  async open(): Promise<void> {
    let migrated: Promise<void> = Promise.resolve();
    this.database = await openDB<Schema>(this.name, DATABASE_VERSION, {
      upgrade: (database, from, _to, transaction) => {
        migrated = migrate(database as unknown as IDBPDatabase<unknown>, from, transaction as unknown as UpgradeTransaction);
        // Its failure aborts the transaction, which is what openDB reports.
        migrated.catch(() => undefined);
      },
      blocked: () => { this.onBlocked(); },
      blocking: () => {
        this.ended('Another tab opened a newer Capsift, or deleted everything that was kept. Reload this page; until then nothing new is kept.');
      },
      terminated: () => {
        this.database = null;
        this.ended('The browser closed the store. Reload the page; until then nothing new is kept.');
      },
    });
    await migrated;
  }

  private ended(message: string): void {
    this.why = message;
    this.close();
    this.onClosed(message);
  }

  private get db(): IDBPDatabase<Schema> {
    if (!this.database) throw new StoreError(this.why);
    return this.database;
  }

  async get<S extends StoreName>(store: S, key: Key): Promise<RecordOf<S> | undefined> {
    return this.db.get(store, IDBKeyRange.only(key));
  }

  async all<S extends StoreName>(store: S, under: readonly (string | number)[] = []): Promise<RecordOf<S>[]> {
    return this.db.getAll(store, rangeUnder(store, under));
  }

  async some<S extends StoreName>(store: S, under: readonly (string | number)[], after: readonly (string | number)[] | null, count: number): Promise<RecordOf<S>[]> {
    return this.db.getAll(store, IDBKeyRange.bound(after ?? under, [...under, []], after !== null), count);
  }

  async by<S extends StoreName>(store: S, index: string, value: string | number): Promise<RecordOf<S>[]> {
    const records: unknown = await this.db.transaction(store).objectStore(store).index(index as never).getAll(value as never);
    return records as RecordOf<S>[];
  }

  async keys(store: StoreName): Promise<Key[]> {
    return this.db.getAllKeys(store);
  }

  async write(changes: Iterable<Change>, stores?: readonly StoreName[]): Promise<void> {
    const touched = stores ?? [...new Set(Array.from(changes, ({ store }) => store))];
    if (touched.length === 0) return;
    const transaction = this.db.transaction(touched, 'readwrite');
    const request = (change: Change): Promise<unknown> => {
      const store = transaction.objectStore(change.store);
      if ('put' in change) return store.put(change.put);
      const range = rangeUnder(change.store, change.deleteUnder);
      return range ? store.delete(range) : store.clear();
    };
    // The first request that failed knows why (quota); the transaction often says only that it was aborted.
    let first: unknown = null;
    transaction.done.catch(() => undefined);
    try {
      let n = 0;
      let began = performance.now();
      for (const change of changes) {
        const made = request(change);
        made.catch((error: unknown) => { first ??= error; });
        if (++n < REQUESTS_AT_ONCE && performance.now() - began < WRITE_MILLISECONDS) continue;
        // The transaction stays open while one of its requests is waited for.
        await made;
        n = 0;
        began = performance.now();
      }
      await transaction.done;
    } catch (error) {
      try { transaction.abort(); } catch { /* it is over already */ }
      throw first instanceof Error && first.name !== 'AbortError' ? first : error;
    }
  }

  async destroy(): Promise<void> {
    this.close();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stuck = new Promise<never>((_, reject) => {
      this.onBlocked = () => {
        timer = setTimeout(() => { reject(new StoreError('another tab still uses the store. Close the other Capsift tabs; it is deleted then.')); }, this.blockedMs);
      };
    });
    try {
      await Promise.race([deleteDB(this.name, { blocked: () => { this.onBlocked(); } }), stuck]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.database?.close();
    this.database = null;
  }
}

/** All keys that begin with these parts: an array sorts after every number and string (Indexed Database API §3.1.7). */
function rangeUnder(store: StoreName, under: readonly (string | number)[]): IDBKeyRange | undefined {
  if (under.length === 0) return undefined;
  if (under.length === KEY_PATHS[store].length) return IDBKeyRange.only(under.length === 1 ? under[0] : under);
  return IDBKeyRange.bound(under, [...under, []]);
}
