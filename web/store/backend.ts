import { KEY_PATHS, STORES, type RecordOf, type StoreName } from './schema';

export type Key = string | readonly (string | number)[];

/** One change of a write: all changes of a write happen, or none. `deleteUnder` takes every key that begins so. */
export type Change =
  | { readonly [S in StoreName]: { readonly store: S; readonly put: RecordOf<S> } }[StoreName]
  | { readonly store: StoreName; readonly deleteUnder: readonly (string | number)[] };

/** Where records lie: IndexedDB, or memory where that cannot be had. */
export interface Backend {
  get<S extends StoreName>(store: S, key: Key): Promise<RecordOf<S> | undefined>;
  /** All records in order of their keys; `under` = only keys that begin so. */
  all<S extends StoreName>(store: S, under?: readonly (string | number)[]): Promise<RecordOf<S>[]>;
  /** Some records in order of their keys: at most `count` of those whose keys begin with `under`, after the key `after`. */
  some<S extends StoreName>(store: S, under: readonly (string | number)[], after: readonly (string | number)[] | null, count: number): Promise<RecordOf<S>[]>;
  /** Records by an index of schema.ts. */
  by<S extends StoreName>(store: S, index: string, value: string | number): Promise<RecordOf<S>[]>;
  keys(store: StoreName): Promise<Key[]>;
  /**
   * Makes changes, all or none. They are made one by one as they are asked for, so that a generator of many needs no
   * memory for all.
   * @param stores what they touch, when they are not at hand at once
   */
  write(changes: Iterable<Change>, stores?: readonly StoreName[]): Promise<void>;
  /** Takes everything away, for good. */
  destroy(): Promise<void>;
  close(): void;
}

/** Fields that the indexes of schema.ts stand on; of a list every entry counts. */
const INDEX_FIELDS: Readonly<Record<string, string>> = { by_size: 'size', by_key: 'keys', by_indicator: 'indicator' };

const compare = (a: unknown, b: unknown): number => (typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);

function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = compare(a[i], b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/** For private browsing, file:// and Node: holds what this page did until it is closed. */
export class MemoryBackend implements Backend {
  private readonly stores = new Map<StoreName, Map<string, { key: readonly (string | number)[]; record: unknown }>>(STORES.map((name) => [name, new Map()]));

  private rows(store: StoreName): { key: readonly (string | number)[]; record: unknown }[] {
    return [...(this.stores.get(store)?.values() ?? [])].sort((a, b) => compareKeys(a.key, b.key));
  }

  get<S extends StoreName>(store: S, key: Key): Promise<RecordOf<S> | undefined> {
    const found = this.stores.get(store)?.get(JSON.stringify(typeof key === 'string' ? [key] : key));
    return Promise.resolve(found?.record as RecordOf<S> | undefined);
  }

  all<S extends StoreName>(store: S, under: readonly (string | number)[] = []): Promise<RecordOf<S>[]> {
    const fits = ({ key }: { key: readonly (string | number)[] }): boolean => under.every((part, i) => key[i] === part);
    return Promise.resolve(this.rows(store).filter(fits).map(({ record }) => record as RecordOf<S>));
  }

  some<S extends StoreName>(store: S, under: readonly (string | number)[], after: readonly (string | number)[] | null, count: number): Promise<RecordOf<S>[]> {
    const fits = ({ key }: { key: readonly (string | number)[] }): boolean =>
      under.every((part, i) => key[i] === part) && (after === null || compareKeys(key, after) > 0);
    return Promise.resolve(this.rows(store).filter(fits).slice(0, count).map(({ record }) => record as RecordOf<S>));
  }

  by<S extends StoreName>(store: S, index: string, value: string | number): Promise<RecordOf<S>[]> {
    const field = INDEX_FIELDS[index] ?? index;
    const stands = (entry: unknown): boolean => (Array.isArray(entry) ? entry.includes(value) : entry === value);
    return Promise.resolve(this.rows(store).map(({ record }) => record as RecordOf<S> & Record<string, unknown>).filter((record) => stands(record[field])));
  }

  keys(store: StoreName): Promise<Key[]> {
    return Promise.resolve(this.rows(store).map(({ key }) => (key.length === 1 ? String(key[0]) : key)));
  }

  write(changes: Iterable<Change>): Promise<void> {
    for (const change of changes) {
      const rows = this.stores.get(change.store);
      if ('put' in change) {
        const record = change.put as unknown as Record<string, string | number>;
        const key = KEY_PATHS[change.store].map((field) => record[field] ?? '');
        rows?.set(JSON.stringify(key), { key, record: change.put });
      } else {
        for (const [id, { key }] of rows ?? []) if (change.deleteUnder.every((part, i) => key[i] === part)) rows?.delete(id);
      }
    }
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    for (const rows of this.stores.values()) rows.clear();
    return Promise.resolve();
  }

  close(): void {
    // Nothing is held open.
  }
}
