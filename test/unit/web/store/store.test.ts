import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { INDICATORS_A_BLOCK } from '../../../../web/store/indicator-blocks';
import type { Indicator, Sighting, Verdict } from '../../../../web/indicators/types';
import type { HistoryEntry as ApiHistory, Identity as ApiIdentity, Saved as ApiSaved, StoreStatus as ApiStatus } from '../../../../web/worker/api';
import { MemoryBackend, type Change, type Key } from '../../../../web/store/backend';
import type { Analysis } from '../../../../web/store/captures';
import { IdbBackend, openDatabase } from '../../../../web/store/database';
import type { KeptFiles } from '../../../../web/store/kept-files';
import { DATABASE_VERSION } from '../../../../web/store/schema';
import { Store, type StoreOptions } from '../../../../web/store/store';
import type { HistoryEntry, Identity, Saved, StoreStatus } from '../../../../web/store/types';

let count = 0;
const freshName = (): string => `store-${count++}`;
const open = (options: StoreOptions = {}): Promise<Store> => Store.open({ name: freshName(), files: null, blockedMs: 50, ...options });
const sha = (n: number): string => n.toString(16).padStart(64, '0');
const quota = (): DOMException => new DOMException('no room', 'QuotaExceededError');
afterEach(() => { vi.restoreAllMocks(); });

const sighting = (capture: string, last: number): Sighting => ({
  role: 'DNS::IN_REQUEST', observed: false, capture, first_seen: last - 5, last_seen: last, count: 2, orig_bytes: 1, resp_bytes: 2, orig_pkts: 1,
  resp_pkts: 1, hosts: ['10.0.0.1'], pkts: [4], flows: [1], uids: ['C1'], community_ids: ['1:x'],
});
const indicator = (value: string, capture: string, last = 100): Indicator => ({
  key: `domain-name:${value}`, kind: 'domain-name', value, score: 40, severity: 'medium', confidence: 50, reasons: [], related: [], sightings: [sighting(capture, last)],
});
const chunk = (log: number, byte: number, size = 16): { log: number; rows: number; buffer: ArrayBuffer } => ({ log, rows: 1, buffer: new Uint8Array(size).fill(byte).buffer });
const analysis = (n: number, changes: Partial<Analysis['capture']> = {}, rest: Partial<Analysis> = {}): Analysis => ({
  capture: {
    sha256: sha(n), name: `${n}.pcap`, size: 1000 + n, sample: `sample${n}`, format: 'pcap', first_ts: 1, last_ts: 2, packets: 3, flows: 1,
    analysed_at: 1000 + n, engine: '0.1.0 abcd', counters: new BigUint64Array([3n]), linktypes: [{ linktype: 1, packets: 3, bytes: 180 }],
    state: 'done', message: '', ...changes,
  },
  chunks: [chunk(0, 1), chunk(1, 2), chunk(0, 3)], indicators: [indicator('evil.test', sha(n)), indicator(`only${n}.test`, sha(n))], ...rest,
});
const verdict = (author: string, modified: number, note = ''): Verdict => ({
  indicator: 'domain-name:evil.test', author, author_name: author, value: 'malicious', note, tags: [], modified,
});

class FakeFiles implements KeptFiles {
  readonly held = new Map<string, Blob>();
  full = false;
  keep(sha256: string, blob: Blob): Promise<void> {
    if (this.full) return Promise.reject(quota());
    this.held.set(sha256, blob);
    return Promise.resolve();
  }
  open(sha256: string): Promise<File | null> {
    const blob = this.held.get(sha256);
    return Promise.resolve(blob ? new File([blob], sha256) : null);
  }
  list(): Promise<readonly string[]> { return Promise.resolve([...this.held.keys()]); }
  remove(sha256: string): Promise<void> { this.held.delete(sha256); return Promise.resolve(); }
  clear(): Promise<void> { this.held.clear(); return Promise.resolve(); }
}

it('answers in the shapes that the analysis worker hands to the page', () => {
  const same = (status: StoreStatus, entry: HistoryEntry, who: Identity, saved: Saved): [ApiStatus, ApiHistory, ApiIdentity, ApiSaved] => [status, entry, who, saved];
  expect(same.length).toBe(4);
});

describe('what is kept is there tomorrow', () => {
  it('finds a capture again with its rows, indicators and verdicts', async () => {
    const name = freshName();
    const today = await open({ name });
    expect(await today.keep(analysis(1))).toMatchObject({ ok: true, value: { kept_logs: true, indicators: 2 } });
    await today.analysts.putVerdicts([verdict('identity--ada', 5, 'C2')]);
    today.close();
    const tomorrow = await open({ name });
    expect(await tomorrow.captures.history()).toMatchObject([{ name: '1.pcap', packets: 3, indicators: 2, kept_logs: true, kept_capture: false }]);
    expect((await tomorrow.captures.chunks(sha(1))).map(({ log, buffer }) => [log, new Uint8Array(buffer)[0]])).toEqual([[0, 1], [0, 3], [1, 2]]);
    expect((await tomorrow.captures.chunks(sha(1), 1)).length).toBe(1);
    expect(await tomorrow.captures.indicators(sha(1))).toEqual(analysis(1).indicators);
    expect(await tomorrow.analysts.verdicts()).toMatchObject([{ note: 'C2' }]);
    tomorrow.close();
  });

  it('lists the latest analysis first, and tells where else an indicator was seen', async () => {
    const store = await open();
    await store.keep(analysis(1));
    await store.keep(analysis(2, {}, { indicators: [indicator('evil.test', sha(2), 900)] }));
    expect((await store.captures.history()).map(({ name }) => name)).toEqual(['2.pcap', '1.pcap']);
    expect(await store.captures.seen('domain-name:evil.test')).toEqual([
      { capture: '2.pcap', sha256: sha(2), last_seen: 900, count: 2 }, { capture: '1.pcap', sha256: sha(1), last_seen: 100, count: 2 }]);
    store.close();
  });

  it('keeps many indicators, finds each, and takes all away with their capture', async () => {
    const name = freshName();
    const store = await open({ name });
    const many = Array.from({ length: 3 * INDICATORS_A_BLOCK + 1 }, (_, n) => indicator(`n${n}.test`, sha(1), 100 + n));
    expect(await store.keep(analysis(1, {}, { indicators: many }))).toMatchObject({ ok: true, value: { indicators: many.length } });
    await store.keep(analysis(2));
    expect(await store.captures.indicators(sha(1))).toEqual(many);
    for (const n of [0, INDICATORS_A_BLOCK - 1, INDICATORS_A_BLOCK, many.length - 1]) {
      expect(await store.captures.seen(`domain-name:n${n}.test`)).toEqual([{ capture: '1.pcap', sha256: sha(1), last_seen: 100 + n, count: 2 }]);
    }
    await store.keep(analysis(1, { analysed_at: 5000 }, { indicators: many.slice(0, 3) }));
    expect(await store.captures.seen(`domain-name:n${INDICATORS_A_BLOCK}.test`)).toEqual([]);
    await store.deleteCapture(sha(1));
    expect(await store.captures.indicators(sha(1))).toEqual([]);
    expect(await store.captures.indicators(sha(2))).toHaveLength(2);
    store.close();
  });

  it('recognises the same file by size and sample, and puts a new analysis in the place of the old', async () => {
    const name = freshName();
    const store = await open({ name });
    await store.keep(analysis(1));
    expect((await store.captures.recognise(1001, 'sample1'))?.sha256).toBe(sha(1));
    expect(await store.captures.recognise(1001, 'other')).toBeUndefined();
    expect(await store.captures.recognise(1001, '')).toBeUndefined();
    await store.keep(analysis(1, { packets: 4, engine: '0.2.0' }, { chunks: [chunk(0, 9)], indicators: [indicator('new.test', sha(1))] }));
    expect(await store.captures.history()).toMatchObject([{ packets: 4, indicators: 1 }]);
    expect((await store.captures.chunks(sha(1))).map(({ buffer }) => new Uint8Array(buffer)[0])).toEqual([9]);
    expect(await store.captures.seen('domain-name:evil.test')).toEqual([]);
    store.close();
    const database = await openDB(name);
    expect(await database.count('chunks')).toBe(1);
    database.close();
  });

  it('remembers its switches; without keep_logs the rows stay out, the rest is kept', async () => {
    const name = freshName();
    const store = await open({ name });
    expect(await store.status()).toMatchObject({ keep_logs: true, keep_captures: false });
    await store.setSwitch('keep_logs', false);
    await store.setLocalNetworks(['198.51.100.0/24']);
    await store.keep(analysis(1));
    store.close();
    const again = await open({ name });
    expect(await again.status()).toMatchObject({ keep_logs: false });
    expect(again.localNetworks()).toEqual(['198.51.100.0/24']);
    expect(await again.captures.chunks(sha(1))).toEqual([]);
    expect((await again.captures.indicators(sha(1))).length).toBe(2);
    again.close();
  });

  it('asks the browser once to hold on to what is kept', async () => {
    const persist = vi.fn(() => Promise.resolve(true));
    vi.stubGlobal('navigator', { storage: { persist, persisted: () => Promise.resolve(false), estimate: () => Promise.resolve({ usage: 5, quota: 10 }) } });
    const store = await open();
    expect(persist).not.toHaveBeenCalled();
    await store.keep(analysis(1));
    await store.keep(analysis(2));
    expect(persist).toHaveBeenCalledTimes(1);
    expect(await store.status()).toMatchObject({ used: 5, quota: 10 });
    vi.unstubAllGlobals();
    store.close();
  });
});

describe('the packets themselves', () => {
  it('are kept only when asked for, and open again', async () => {
    const files = new FakeFiles();
    const store = await open({ files });
    await store.keep(analysis(1));
    expect(await store.keepCapture(sha(1), new Blob(['bytes']))).toEqual({ ok: true, value: false });
    await store.setSwitch('keep_captures', true);
    expect(await store.keepCapture(sha(1), new Blob(['bytes']))).toEqual({ ok: true, value: true });
    expect((await store.captures.history())[0]?.kept_capture).toBe(true);
    expect(await (await store.openKept(sha(1)))?.text()).toBe('bytes');
    await store.keep(analysis(1, { packets: 9 }));
    expect((await store.captures.history())[0]?.kept_capture).toBe(true);
    await store.deleteCapture(sha(1));
    expect(await store.openKept(sha(1))).toBeNull();
    store.close();
  });

  it('without room are refused with a sentence', async () => {
    const files = new FakeFiles();
    files.full = true;
    const store = await open({ files });
    await store.setSwitch('keep_captures', true);
    await store.keep(analysis(1));
    const answer = await store.keepCapture(sha(1), new Blob(['x']));
    expect(!answer.ok && answer.error).toMatch(/^The packets of 1\.pcap were not kept: the browser's storage is full\..*What was kept before is still there/);
    expect((await store.captures.history())[0]?.kept_capture).toBe(false);
    store.close();
  });
});

describe('when the browser says no', () => {
  it('a full quota keeps history and indicators, says that the logs are missing, and loses nothing', async () => {
    const name = freshName();
    const store = await open({ name });
    await store.keep(analysis(1));
    const original = Object.getOwnPropertyDescriptor(IdbBackend.prototype, 'write')?.value as (this: IdbBackend, changes: Iterable<Change>) => Promise<void>;
    vi.spyOn(IdbBackend.prototype, 'write').mockImplementation(function (this: IdbBackend, given) {
      const changes = [...given];
      return changes.some((change) => change.store === 'chunks' && 'put' in change) ? Promise.reject(quota()) : original.call(this, changes);
    });
    const fresh = await store.keep(analysis(2));
    expect(!fresh.ok && fresh.error).toContain("The logs of 2.pcap were not kept: the browser's storage is full");
    expect((await store.status()).message).toContain('2.pcap');
    expect(await store.captures.history()).toMatchObject([{ name: '2.pcap', kept_logs: false, indicators: 2 }, { name: '1.pcap', kept_logs: true }]);
    const again = await store.keep(analysis(1, { packets: 99 }));
    expect(again.ok).toBe(false);
    expect(await store.captures.get(sha(1))).toMatchObject({ packets: 3, kept_logs: true });
    expect((await store.captures.chunks(sha(1))).length).toBe(3);
    store.close();
  });

  it('private browsing (no IndexedDB, or one that refuses) works in memory and says so', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const without = await open();
    expect(await without.status()).toMatchObject({ available: false, message: expect.stringContaining('nothing is kept') as string });
    expect((await without.keep(analysis(1))).ok).toBe(true);
    expect((await without.captures.chunks(sha(1))).length).toBe(3);
    vi.stubGlobal('indexedDB', { open: () => { throw new DOMException('denied', 'SecurityError'); } });
    expect((await (await open()).status()).message).toContain('private browsing');
    vi.unstubAllGlobals();
  });

  it('another tab with an older version that does not let go: waits a moment, says what to do, touches nothing', async () => {
    const name = freshName();
    const other = await openDB(name, 1, { upgrade: (database) => { database.createObjectStore('captures', { keyPath: 'sha256' }); } });
    const store = await open({ name });
    expect(await store.status()).toMatchObject({ available: false, message: expect.stringContaining('Close the other Capsift tabs') as string });
    expect(other.objectStoreNames.contains('captures')).toBe(true);
    other.close();
  });

  it('a newer version in another tab gets the database, and this one says so instead of blocking it', async () => {
    const name = freshName();
    const store = await open({ name });
    await store.keep(analysis(1));
    const newer = await openDB(name, DATABASE_VERSION + 1);
    expect(newer.version).toBe(DATABASE_VERSION + 1);
    const status = await store.status();
    expect(status.available).toBe(false);
    expect(status.message).toContain('Reload this page');
    const refused = await store.analysts.putVerdicts([verdict('identity--ada', 1)]);
    expect(!refused.ok && refused.error).toContain('The verdict was not kept: Another tab');
    expect(await store.captures.history()).toEqual([]);
    newer.close();
    const older = await open({ name });
    expect((await older.status()).message).toContain('newer Capsift');
  });
});

describe('a page from a file', () => {
  it('keeps nothing unless asked, then takes along what was done and remembers that it may', async () => {
    const name = freshName();
    const store = await open({ name, fromFile: true });
    expect(await store.status()).toMatchObject({ available: false, keep_logs: false, message: expect.stringContaining('opened from a file') as string });
    await store.analysts.setIdentity('Ada');
    await store.keep(analysis(1));
    expect((await indexedDB.databases()).map((d) => d.name)).not.toContain(name);
    expect(await store.setSwitch('keep_logs', true)).toMatchObject({ ok: true, value: { available: true, keep_logs: true, message: '' } });
    await store.keep(analysis(2));
    store.close();
    const later = await open({ name, fromFile: true });
    expect((await later.captures.history()).map((c) => [c.name, c.kept_logs])).toEqual([['2.pcap', true], ['1.pcap', false]]);
    expect((await later.analysts.identity()).name).toBe('Ada');
    await later.deleteAll();
    expect((await indexedDB.databases()).map((d) => d.name)).not.toContain(name);
  });
});

describe('analysts', () => {
  it('has an identity that stays, whose name can change', async () => {
    const name = freshName();
    const store = await open({ name });
    const { id } = await store.analysts.identity();
    expect(id).toMatch(/^identity--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    await store.analysts.putVerdicts([{ ...verdict(id, 5), author_name: 'Analyst' }]);
    await store.analysts.setIdentity('  Ada  ');
    await store.analysts.putIdentities([{ id, name: 'Mallory' }, { id: 'identity--x', name: 'Xi' }]);
    store.close();
    const again = await open({ name });
    expect(await again.analysts.identity()).toEqual({ id, name: 'Ada' });
    expect(await again.analysts.verdicts()).toMatchObject([{ author_name: 'Ada' }]);
    expect((await again.analysts.identities()).length).toBe(2);
    again.close();
  });

  it('merges verdicts in any order and any number of times to the same end; nobody overwrites another', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.record({ author: fc.constantFrom('a', 'b', 'c'), modified: fc.nat(3), note: fc.constantFrom('x', 'y', 'z') }), { maxLength: 8 }),
      fc.infiniteStream(fc.nat()),
      async (all, order) => {
        const verdicts = all.map(({ author, modified, note }) => verdict(author, modified, note));
        const shuffled = verdicts.map((v) => [order.next().value ?? 0, v] as const).sort((x, y) => x[0] - y[0]).map(([, v]) => v);
        const one = await open();
        await one.analysts.putVerdicts(verdicts);
        const two = await open();
        for (const v of [...shuffled, ...shuffled]) await two.analysts.putVerdicts([v]);
        expect(await two.analysts.verdicts()).toEqual(await one.analysts.verdicts());
        expect(new Set((await one.analysts.verdicts()).map((v) => v.author))).toEqual(new Set(all.map((v) => v.author)));
        one.close();
        two.close();
      }), { numRuns: 25 });
  });
});

describe('taking everything along, and away', () => {
  it('an export holds all of it, and a new browser can take it in, twice without doubling', async () => {
    const files = new FakeFiles();
    const store = await open({ files, now: () => Date.UTC(2026, 0, 2) });
    await store.setSwitch('keep_captures', true);
    await store.keep(analysis(1, { counters: new BigUint64Array([2n ** 63n]) }));
    await store.keep(analysis(2));
    await store.keepCapture(sha(1), new Blob(['packets']));
    await store.analysts.putVerdicts([verdict('identity--ada', 5, 'C2')]);
    await store.analysts.putImports([{ id: 'report--1', type: 'report', modified: '2026', source: 'b.json', imported_at: 1, object: { id: 'report--1' } }]);
    const saved = await store.exportAll();
    if (!saved.ok) throw new Error(saved.error);
    expect(saved.value.name).toBe('capsift-store-2026-01-02.zip');
    const other = await open();
    for (const captures of [2, 0]) {
      const taken = await other.importArchive(saved.value.bytes);
      expect(taken).toMatchObject({ ok: true, value: { captures } });
    }
    for (const n of [1, 2]) {
      expect(await other.captures.chunks(sha(n))).toEqual(await store.captures.chunks(sha(n)));
      expect(await other.captures.indicators(sha(n))).toEqual(await store.captures.indicators(sha(n)));
      expect(await other.captures.get(sha(n))).toEqual({ ...await store.captures.get(sha(n)), kept_capture: false });
    }
    expect(await other.analysts.verdicts()).toEqual(await store.analysts.verdicts());
    expect(await other.analysts.imports()).toEqual(await store.analysts.imports());
    const wrong = await other.importArchive(new Uint8Array([1, 2, 3]));
    expect(!wrong.ok && wrong.error).toContain('no archive of a Capsift store');
    // Bytes that the checksum vouches for, and a directory that claims less than there is.
    const flipped = Buffer.from(saved.value.bytes);
    flipped[flipped.indexOf('packets')]! ^= 1;
    const lying = Buffer.from(saved.value.bytes);
    for (let at = lying.indexOf('PK\x01\x02'); at >= 0; at = lying.indexOf('PK\x01\x02', at + 1)) lying.writeUInt32LE(lying.readUInt32LE(at + 24) - 1, at + 24);
    for (const bytes of [flipped, lying]) expect(await other.importArchive(bytes)).toMatchObject({ ok: false });
    store.close();
    other.close();
  });

  it('deleting one capture leaves the others and what analysts said; deleting all leaves nothing', async () => {
    const name = freshName();
    const files = new FakeFiles();
    const deleted: string[] = [];
    vi.stubGlobal('caches', { keys: () => Promise.resolve(['capsift-1', 'other']), delete: (n: string) => { deleted.push(n); return Promise.resolve(true); } });
    const store = await open({ name, files });
    await store.setSwitch('keep_captures', true);
    await store.setSwitch('keep_logs', true);
    await store.keep(analysis(1));
    await store.keep(analysis(2));
    await store.keepCapture(sha(2), new Blob(['x']));
    await store.analysts.putVerdicts([verdict('identity--ada', 1)]);
    await store.deleteCapture(sha(1));
    expect((await store.captures.history()).map((c) => c.name)).toEqual(['2.pcap']);
    expect(await store.captures.indicators(sha(1))).toEqual([]);
    expect((await store.analysts.verdicts()).length).toBe(1);
    expect(await store.deleteAll()).toEqual({ ok: true, value: undefined });
    expect(await store.captures.history()).toEqual([]);
    expect(await store.analysts.verdicts()).toEqual([]);
    expect([files.held.size, deleted]).toEqual([0, ['capsift-1']]);
    expect(await store.status()).toMatchObject({ available: true, keep_captures: false });
    expect((await store.keep(analysis(3))).ok).toBe(true);
    vi.unstubAllGlobals();
    store.close();
  });

  it('clears away rows of a run that was cut short, but not those that may still be written', async () => {
    const name = freshName();
    const first = await open({ name, now: () => 1_000_000_000 });
    await first.keep(analysis(1));
    first.close();
    const raw = await openDB(name);
    await raw.put('chunks', { capture: sha(9), run: 500, log: 0, seq: 0, rows: 1, buffer: new ArrayBuffer(1) });
    await raw.put('chunks', { capture: sha(9), run: 999_999_999, log: 0, seq: 0, rows: 1, buffer: new ArrayBuffer(1) });
    raw.close();
    const second = await open({ name, now: () => 1_000_000_000 });
    expect((await second.captures.chunks(sha(1))).length).toBe(3);
    second.close();
    const after = await openDB(name);
    expect((await after.getAllKeys('chunks')).map((key) => (key as unknown as number[])[1])).not.toContain(500);
    expect(await after.count('chunks')).toBe(4);
    after.close();
  });
});

it('memory answers as the database does', async () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const change = fc.oneof(
    fc.tuple(key, key, fc.nat(3)).map(([indicatorKey, author, modified]): Change => ({ store: 'verdicts', put: { ...verdict(author, modified), indicator: indicatorKey } })),
    fc.tuple(key, fc.nat(2), fc.nat(2), fc.nat(12)).map(([capture, run, log, seq]): Change => ({ store: 'chunks', put: { capture, run, log, seq, rows: 1, buffer: new ArrayBuffer(0) } })),
    fc.tuple(key, fc.nat(2), fc.integer({ min: 0, max: 2 })).map(([capture, run, parts]): Change => ({ store: 'chunks', deleteUnder: [capture, run].slice(0, parts) })),
    key.map((k): Change => ({ store: 'verdicts', deleteUnder: [k] })),
  );
  await fc.assert(fc.asyncProperty(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 5 }), async (writes) => {
    const opened = await openDatabase(freshName());
    if (!opened.ok) throw new Error(opened.message);
    const memory = new MemoryBackend();
    for (const backend of [opened.backend, memory]) for (const changes of writes) await backend.write(changes);
    for (const store of ['verdicts', 'chunks'] as const) {
      expect(await memory.all(store)).toEqual(await opened.backend.all(store));
      expect(await memory.all(store, ['b'])).toEqual(await opened.backend.all(store, ['b']));
      expect(await memory.keys(store)).toEqual((await opened.backend.keys(store)) satisfies Key[]);
    }
    expect(await memory.by('verdicts', 'by_indicator', 'a')).toEqual(await opened.backend.by('verdicts', 'by_indicator', 'a'));
    opened.backend.close();
  }), { numRuns: 60 });
});
