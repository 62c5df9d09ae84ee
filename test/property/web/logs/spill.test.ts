import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TemporaryFile } from '../../../../cli/spill';
import { analyseCase } from '../../../../web/detect/analyse';
import { SCHEMAS, type LogName } from '../../../../web/engine/schema';
import { ChunkBudget, ChunkStore } from '../../../../web/logs/chunk-store';
import { applyDecodedLengths } from '../../../../web/logs/decoded-lengths';
import { WRITTEN_LOGS } from '../../../../web/logs/fields';
import { parseFilter } from '../../../../web/logs/filter-text';
import { Selector } from '../../../../web/logs/select';
import { sortRows } from '../../../../web/logs/sort-keys';
import type { SpillFile } from '../../../../web/logs/spill';
import { LogTable, type CaptureTables } from '../../../../web/logs/table';
import { columnValue } from '../../../../web/logs/cell';
import { packRows, type RowValues } from '../../../support/table-builder';
import { zeekJson, zeekTsv } from '../../../support/zeek-text';

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'capsift-test-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

type Rows = Partial<Record<LogName, RowValues[]>>;

const hosts = ['10.0.0.1', '10.0.0.2', '203.0.113.9', '198.51.100.7', '2001:db8::1'];
const text = fc.oneof(fc.constantFrom('a', 'Abc', 'abd', 'a rather long text, longer than sixteen bytes', 'a rather long text, longer than that'), fc.string({ maxLength: 30 }));
const common = fc.record({
  ts: fc.integer({ min: 0, max: 50 }).map((n) => 1.7e15 + n * 1e6), orig: fc.constantFrom(...hosts), resp: fc.constantFrom(...hosts),
  port: fc.constantFrom(53, 80, 137, 443), flow: fc.integer({ min: 1, max: 60 }),
});
const rowOf = (extra: fc.Arbitrary<RowValues>): fc.Arbitrary<RowValues> => fc.tuple(common, extra).map(([c, more]) => ({
  ts: c.ts, uid: `C${c.flow}`, 'id.orig_h': c.orig, 'id.orig_p': 1000 + c.flow, 'id.resp_h': c.resp, 'id.resp_p': c.port, flow: c.flow, ...more,
}));
const logsOf: fc.Arbitrary<Rows> = fc.record({
  conn: fc.array(rowOf(fc.record({ proto: fc.constantFrom(1, 2), service: fc.option(fc.constantFrom('http', 'dns', 'ssl,http')), duration: fc.option(fc.integer({ min: 0, max: 1e9 })), orig_bytes: fc.integer({ min: 0, max: 1e9 }), conn_state: fc.integer({ min: 0, max: 12 }) })), { maxLength: 60 }),
  dns: fc.array(rowOf(fc.record({ proto: fc.constant(2), query: text, qtype: fc.constantFrom(1, 28, 255), answers: fc.option(fc.array(text, { maxLength: 3 })) })), { maxLength: 40 }),
  http: fc.array(rowOf(fc.record({ method: fc.constant('GET'), host: text, uri: text, response_body_len: fc.integer({ min: 0, max: 1e6 }), resp_fuids: fc.option(fc.array(fc.integer({ min: 0, max: 9 }).map((n) => `F${n}`), { maxLength: 2 })) })), { maxLength: 40 }),
  files: fc.array(rowOf(fc.record({ fuid: fc.integer({ min: 0, max: 9 }).map((n) => `F${n}`), source: fc.constant('HTTP'), mime_type: fc.option(fc.constantFrom('text/html', 'image/png')), content_encoding: fc.option(fc.constant('gzip')), seen_bytes: fc.integer({ min: 0, max: 1e6 }) })), { maxLength: 30 }),
});

const shared = fc.record({ logs: logsOf, perChunk: fc.integer({ min: 1, max: 9 }), budget: fc.integer({ min: 0, max: 4000 }) });

/** Packs of all logs in a mixed order, as a run hands them over. */
function tablesOf(logs: Rows, perChunk: number, store: ChunkStore): CaptureTables {
  const tables = new Map(SCHEMAS.map(({ name }) => [name, new LogTable(name, store)]));
  const queues = Object.entries(logs).map(([name, rows]) => ({ name: name as LogName, chunks: packRows(name as LogName, rows.map((row, i) => ({ pkt: i + 1, ...row })), perChunk) }));
  for (let i = 0; queues.some(({ chunks }) => i < chunks.length); i++) {
    for (const { name, chunks } of queues) { const chunk = chunks[i]; if (chunk) tables.get(name)?.append(chunk); }
  }
  return tables;
}

/** Everything that is read from tables: sorts, filters, exports, single rows, indicators. */
function readAll(tables: CaptureTables): unknown {
  const files = tables.get('files')!;
  applyDecodedLengths(tables.get('http')!, files);
  const seen: unknown[] = [];
  for (const log of ['conn', 'dns', 'http', 'files'] as const) {
    const table = tables.get(log)!;
    table.schema.columns.forEach((column) => seen.push([...sortRows([{ table, start: 0 }], column.index, null).order]));
    // From the end to the beginning, so that chunks are asked for in the order that suits least.
    for (let row = table.rows - 1; row >= 0; row--) seen.push(table.schema.columns.map((column) => columnValue(table, row, column.index)));
  }
  for (const filter of ['host:10.0.0.1', 'port:443 -proto:udp', 'dns.query~ab', 'abc', 'orig_bytes>5000', 'files.mime_type:image/png', 'service:ssl']) {
    const selector = new Selector(tables, { capture: { id: 0, name: 'x' } });
    for (const log of ['conn', 'http', 'dns'] as const) seen.push([...selector.select(log, parseFilter(filter).filter) ?? []]);
  }
  const decode = (blocks: Iterable<Uint8Array>): string => [...blocks].map((block) => Buffer.from(block).toString('latin1')).join('');
  for (const log of WRITTEN_LOGS) seen.push(decode(zeekJson(log, tables)), decode(zeekTsv(log, tables)));
  const { indicators, findings } = analyseCase([{ tables, sha256: 'ab', name: 'x' }]);
  seen.push(indicators, findings);
  return seen;
}

describe('tables beyond memory', () => {
  it('give the same rows, sorts, filters, exports and indicators as tables in memory', () => {
    let spilled = 0;
    fc.assert(fc.property(shared, ({ logs, perChunk, budget }) => {
      const expected = readAll(tablesOf(logs, perChunk, new ChunkStore()));
      const store = new ChunkStore(new ChunkBudget(budget), new TemporaryFile(folder));
      const got = readAll(tablesOf(logs, perChunk, store));
      expect(store.problem).toBe('');
      spilled += store.readsBack;
      // No more than the budget, and the chunk in use.
      expect(store.budget.held).toBeLessThanOrEqual(Math.max(budget, store.bytes === 0 ? 0 : 20_000));
      store.close();
      expect(store.budget.held).toBe(0);
      expect(got).toEqual(expected);
    }), { numRuns: 60 });
    expect(spilled).toBeGreaterThan(1000);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stay whole when the disk is full at any time, and say so', () => {
    fc.assert(fc.property(shared, fc.integer({ min: 0, max: 20_000 }), ({ logs, perChunk, budget }, room) => {
      const expected = readAll(tablesOf(logs, perChunk, new ChunkStore()));
      const inner = new TemporaryFile(folder);
      let denied = 0;
      const file: SpillFile = {
        write: (bytes, at) => {
          if (at + bytes.length > room) {
            denied++;
            // Part of it may have been written before the disk was full.
            inner.write(bytes.subarray(0, Math.max(0, room - at)), at);
            throw new Error('there is no room left.');
          }
          inner.write(bytes, at);
        },
        read: (into, at) => inner.read(into, at), close: () => inner.close(),
      };
      const store = new ChunkStore(new ChunkBudget(budget), file);
      expect(readAll(tablesOf(logs, perChunk, store))).toEqual(expected);
      expect(store.problem !== '').toBe(denied > 0);
      expect(store.beyond > 0).toBe(denied > 0);
      // Asked once, not for every chunk.
      expect(denied).toBeLessThanOrEqual(1);
      store.close();
    }), { numRuns: 40 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('share one budget, and give it back', () => {
    const rows = Array.from({ length: 200 }, (_, i): RowValues => ({ ts: 1.7e15 + i, uid: `C${i}`, pkt: i, flow: i, 'id.orig_h': '10.0.0.1', 'id.resp_h': '10.0.0.2' }));
    const budget = new ChunkBudget(10_000);
    const stores = [0, 1, 2].map(() => new ChunkStore(budget, new TemporaryFile(folder)));
    const tables = stores.map((store) => tablesOf({ conn: rows }, 10, store));
    expect(budget.held).toBeLessThanOrEqual(10_000);
    stores[1]?.close();
    for (const i of [0, 2]) expect(tables[i]?.get('conn')?.str(150, 1)).toBe('C150');
    expect(() => tables[1]?.get('conn')?.str(3, 1)).toThrow(/not at hand/);
    stores[0]?.close();
    stores[2]?.close();
    expect(budget.held).toBe(0);
  });
});

describe('the temporary file', () => {
  it('has no name while it is in use, and is made with its first bytes', () => {
    const file = new TemporaryFile(folder);
    expect(readdirSync(folder)).toEqual([]);
    file.write(Uint8Array.of(1, 2, 3), 5);
    if (process.platform !== 'win32') expect(readdirSync(folder)).toEqual([]);
    const got = new Uint8Array(3);
    file.read(got, 5);
    expect([...got]).toEqual([1, 2, 3]);
    expect(() => file.read(got, 7)).toThrow(/cut short/);
    file.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says in a sentence what to do when it cannot be written', () => {
    const file = new TemporaryFile(join(folder, 'none'));
    const store = new ChunkStore(new ChunkBudget(0), file);
    const tables = tablesOf({ weird: [{ ts: 1, uid: 'C1', pkt: 1 }, { ts: 2, uid: 'C2', pkt: 2 }] }, 1, store);
    expect(store.problem).toMatch(/^Rows beyond the memory .* stay in memory: .*Set TMPDIR to a folder that can be written to\.$/);
    expect(tables.get('weird')?.str(0, 1)).toBe('C1');
    store.close();
  });
});
