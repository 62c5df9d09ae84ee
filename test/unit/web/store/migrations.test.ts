import 'fake-indexeddb/auto';
import { openDB, type IDBPDatabase } from 'idb';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../web/store/database';
import { migrate, MIGRATIONS, type UpgradeTransaction } from '../../../../web/store/migrations';
import { DATABASE_VERSION, KEY_PATHS, STORES } from '../../../../web/store/schema';
import { Store } from '../../../../web/store/store';

const SHA = 'a'.repeat(64);
let count = 0;
const freshName = (): string => `migrations-${count++}`;

/** A database as the code of an earlier version left it. */
async function databaseOf(version: number, name: string): Promise<IDBPDatabase<unknown>> {
  return openDB(name, version, {
    upgrade: (database, _old, _new, transaction) => {
      void Promise.all(MIGRATIONS.slice(0, version).map((step) => step(database, transaction as unknown as UpgradeTransaction)));
    },
  });
}

/** What version 1 wrote; never changed, whatever the code does now. */
async function fillVersion1(database: IDBPDatabase<unknown>): Promise<void> {
  await database.put('captures', {
    sha256: SHA, name: 'old.pcap', size: 1234, format: 'pcap', first_ts: 1e15, last_ts: 2e15, packets: 7, flows: 2, indicators: 1,
    analysed_at: 1.7e15, engine: '0.1.0 3f9c', counters: new BigUint64Array([7n, 2n ** 60n]), linktypes: [], state: 'done', message: '',
    kept_capture: false, kept_logs: true, run: 5,
  });
  await database.put('chunks', { capture: SHA, run: 5, log: 0, seq: 0, rows: 3, buffer: new Uint8Array([1, 2, 3]).buffer });
  await database.put('indicators', { capture: SHA, key: 'domain-name:evil.test', last_seen: 3, count: 4, indicator: { key: 'domain-name:evil.test', sightings: [] } });
  await database.put('verdicts', { indicator: 'domain-name:evil.test', author: 'identity--1', author_name: 'Ada', value: 'malicious', note: 'C2', tags: ['x'], modified: 9 });
  await database.put('identities', { id: 'identity--1', name: 'Ada', own: true });
  await database.put('settings', { name: 'keep_logs', value: false });
}

function shape(database: IDBPDatabase<unknown>): unknown {
  const transaction = database.transaction([...database.objectStoreNames]);
  return [...database.objectStoreNames].map((name) => {
    const store = transaction.objectStore(name);
    return { name, keyPath: store.keyPath, indexes: [...store.indexNames].map((index) => [index, store.index(index).keyPath, store.index(index).multiEntry]) };
  });
}

describe('migrations', () => {
  it('has a step for each version', () => {
    expect(MIGRATIONS.length).toBe(DATABASE_VERSION);
  });

  it('makes the stores and keys that the schema names', async () => {
    const database = await databaseOf(DATABASE_VERSION, freshName());
    expect([...database.objectStoreNames]).toEqual([...STORES].sort());
    for (const name of STORES) {
      const keyPath = database.transaction(name).objectStore(name).keyPath;
      expect([keyPath].flat()).toEqual(KEY_PATHS[name]);
    }
    database.close();
  });

  it.each(Array.from({ length: DATABASE_VERSION }, (_, i) => i))('from version %i ends at the same database as a new one', async (version) => {
    const fresh = await databaseOf(DATABASE_VERSION, freshName());
    const name = freshName();
    if (version > 0) (await databaseOf(version, name)).close();
    const opened = await openDatabase(name);
    expect(opened.ok).toBe(true);
    if (opened.ok) opened.backend.close();
    const upgraded = await openDB(name);
    expect(upgraded.version).toBe(DATABASE_VERSION);
    expect(shape(upgraded)).toEqual(shape(fresh));
    upgraded.close();
    fresh.close();
  });

  it('keeps everything that version 1 held, and finds it by the new indexes', async () => {
    const name = freshName();
    const old = await databaseOf(1, name);
    await fillVersion1(old);
    old.close();
    const store = await Store.open({ name, files: null });
    expect(await store.status()).toMatchObject({ available: true, message: '', keep_logs: false });
    expect(await store.captures.history()).toMatchObject([{ sha256: SHA, name: 'old.pcap', packets: 7, kept_logs: true }]);
    const capture = await store.captures.get(SHA);
    expect(capture?.sample).toBe('');
    expect(capture?.counters).toEqual(new BigUint64Array([7n, 2n ** 60n]));
    expect((await store.captures.chunks(SHA)).map(({ buffer }) => [...new Uint8Array(buffer)])).toEqual([[1, 2, 3]]);
    expect(await store.captures.seen('domain-name:evil.test')).toEqual([{ capture: 'old.pcap', sha256: SHA, last_seen: 3, count: 4 }]);
    expect(await store.analysts.verdictsOf('domain-name:evil.test')).toMatchObject([{ author_name: 'Ada', value: 'malicious', note: 'C2' }]);
    expect(await store.analysts.identity()).toEqual({ id: 'identity--1', name: 'Ada' });
    store.close();
  });

  it('leaves the old database as it was when a step fails', async () => {
    const name = freshName();
    const old = await databaseOf(1, name);
    await fillVersion1(old);
    // An index of the coming version's name is in the way.
    old.close();
    const blockedBy = await openDB(name, 2, { upgrade: (_database, _old, _new, transaction) => {
      transaction.objectStore('verdicts').createIndex('by_indicator', 'indicator');
    } });
    blockedBy.close();
    const failed = openDB(name, 3, { upgrade: (database, _old, _new, transaction) => {
      migrate(database, 1, transaction as unknown as UpgradeTransaction).catch(() => undefined);
    } });
    await expect(failed).rejects.toThrow();
    const still = await openDB(name);
    expect(still.version).toBe(2);
    expect(await still.count('captures')).toBe(1);
    expect([...still.objectStoreNames]).not.toContain('imports');
    still.close();
  });
});
