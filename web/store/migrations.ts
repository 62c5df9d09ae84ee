import type { IDBPDatabase, IDBPTransaction } from 'idb';
import { IndicatorBlocks } from './indicator-blocks';
import type { StoredIndicator } from './schema';

// One step a version: step i brings a database of version i to i + 1. A released step is never changed, a new version
// is a new step; test/unit/web/store/migrations.test.ts goes up from every one of them. A step may await only the
// transaction's own requests, or the transaction ends under it.

export type UpgradeTransaction = IDBPTransaction<unknown, string[], 'versionchange'>;
export type Migration = (database: IDBPDatabase<unknown>, transaction: UpgradeTransaction) => Promise<void>;

const first: Migration = async (database) => {
  database.createObjectStore('captures', { keyPath: 'sha256' });
  database.createObjectStore('chunks', { keyPath: ['capture', 'run', 'log', 'seq'] });
  database.createObjectStore('indicators', { keyPath: ['capture', 'key'] }).createIndex('by_key', 'key');
  database.createObjectStore('verdicts', { keyPath: ['indicator', 'author'] });
  database.createObjectStore('identities', { keyPath: 'id' });
  database.createObjectStore('settings', { keyPath: 'name' });
  return Promise.resolve();
};

/** Captures are recognised before all of them is read, verdicts found by indicator, bundles' objects kept. */
const recognition: Migration = async (database, transaction) => {
  database.createObjectStore('imports', { keyPath: 'id' });
  transaction.objectStore('verdicts').createIndex('by_indicator', 'indicator');
  const captures = transaction.objectStore('captures');
  captures.createIndex('by_size', 'size');
  for (let cursor = await captures.openCursor(); cursor; cursor = await cursor.continue()) {
    await cursor.update({ sample: '', ...(cursor.value as object) });
  }
};

/** Indicators lie together, many in a record. */
const blocks: Migration = async (database, transaction) => {
  const store = database.createObjectStore('indicator_blocks', { keyPath: ['capture', 'block'] });
  store.createIndex('by_key', 'keys', { multiEntry: true });
  let open = null as IndicatorBlocks | null;
  // In order of captures.
  for (let cursor = await transaction.objectStore('indicators').openCursor(); cursor; cursor = await cursor.continue()) {
    const { capture, indicator, last_seen, count } = cursor.value as StoredIndicator & { capture: string };
    if (open?.capture !== capture) {
      for (const block of open?.end() ?? []) await store.put(block);
      open = new IndicatorBlocks(capture);
    }
    for (const block of open.add({ indicator, last_seen, count })) await store.put(block);
  }
  for (const block of open?.end() ?? []) await store.put(block);
  database.deleteObjectStore('indicators');
};

export const MIGRATIONS: readonly Migration[] = [first, recognition, blocks];

/** All steps from `from` on; aborts the upgrade (everything stays as it was) when one fails. */
export async function migrate(database: IDBPDatabase<unknown>, from: number, transaction: UpgradeTransaction): Promise<void> {
  // Whoever opens the database is told of an abort; nobody else waits for this promise.
  transaction.done.catch(() => undefined);
  try {
    for (const step of MIGRATIONS.slice(from)) await step(database, transaction);
  } catch (error) {
    transaction.abort();
    throw error;
  }
}
