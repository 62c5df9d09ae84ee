import { beforeAll, describe, expect, it } from 'vitest';
import { packRows } from '../../../../support/table-builder';
import { Store } from '../../../../../web/store/store';
import { Analysis } from '../../../../../web/worker/analysis';
import type { PacketAccess } from '../../../../../web/worker/analysis/packet-access';
import { EMPTY_SCOPE, type TableQuery } from '../../../../../web/worker/api';

const none = (): Promise<{ ok: false; error: string }> => Promise.resolve({ ok: false, error: '' });
const packets: PacketAccess = { packet: none, follow: none, savePackets: none, saveFile: none };
const COPIES = 245;
const base = 1.7e15;
let analysis: Analysis;

const timed = async <T>(what: string, limit: number, run: () => Promise<T>): Promise<T> => {
  const start = performance.now();
  const value = await run();
  const took = performance.now() - start;
  console.info(`${what}: ${took.toFixed(0)} ms`);
  expect(took).toBeLessThan(limit);
  return value;
};
const query = (more: Partial<TableQuery>): TableQuery => ({
  table: 'conn', scope: EMPTY_SCOPE, sort: null, descending: false, offset: 0, limit: 60, timeZone: 'UTC', columns: ['ts', 'uid', 'id.orig_h', 'id.resp_h', 'service', 'duration'], ...more,
});

// Limits are several times what a slow machine takes: they catch a change of order, not of a third.
describe('a million rows', () => {
  beforeAll(async () => {
    analysis = new Analysis({ store: await Store.open(), packets, engine: 'test' });
    await analysis.begin({ id: 0, name: 'large.pcap', size: 1 }, null);
    for (let copy = 0; copy <= 8; copy++) {
      const rows = Array.from({ length: 4096 }, (_, i) => {
        const n = copy * 4096 + i;
        return {
          ts: base + ((n * 7919) % 1_000_003) * 1000, uid: `C${(n * 2654435761) % 4294967296}zzzzzzzzzz`, 'id.orig_h': `10.0.${n % 200}.${n % 251}`, 'id.orig_p': n % 65536, 'id.resp_h': `93.${n % 97}.2.${n % 241}`,
          'id.resp_p': n % 1000, pkt: n + 1, flow: n + 1, proto: 1, service: n % 3 === 0 ? 'ssl' : 'http', duration: n % 5000, orig_bytes: n, resp_bytes: n * 2, conn_state: n % 13, orig_pkts: 1, resp_pkts: 1, community_id: `1:${n}`,
        };
      });
      const [chunk] = packRows('conn', rows);
      if (!chunk) throw new Error('no chunk');
      // The same rows again and again: what counts is how many.
      for (let again = 0; again < (copy === 8 ? COPIES - 8 : 1); again++) await analysis.append(0, [{ ...chunk }]);
    }
    const [chunk] = packRows('packet', Array.from({ length: 4096 }, (_, i) => ({ ts: base + i * 1e6, flow: i + 1, len: 100, proto: 1 })));
    for (let again = 0; chunk && again < COPIES; again++) await analysis.append(0, [{ ...chunk }]);
  }, 120_000);

  it('is sorted, filtered and shown in a moment', async () => {
    await timed('by time', 10_000, () => analysis.rows(query({})));
    await timed('window', 200, () => analysis.rows(query({ offset: 900_000 })));
    await timed('sort by a number', 10_000, () => analysis.rows(query({ sort: 'duration' })));
    await timed('sort by text that differs in every row', 15_000, () => analysis.rows(query({ sort: 'uid', descending: true })));
    await timed('sort by address', 10_000, () => analysis.rows(query({ sort: 'id.resp_h' })));
    await timed('sort by a code’s name', 10_000, () => analysis.rows(query({ sort: 'conn_state' })));
    const filtered = { ...EMPTY_SCOPE, text: 'host:93.5.2.0/24 service:ssl' };
    const window = await timed('filter', 5000, () => analysis.rows(query({ scope: filtered })));
    expect(window.total).toBeGreaterThan(0);
    expect(window.total).toBeLessThan(window.all);
    await timed('filter with words', 5000, () => analysis.rows(query({ scope: { ...EMPTY_SCOPE, text: 'nowhere' } })));
    await timed('indicators', 60_000, () => analysis.rows(query({ table: 'indicators', columns: ['value'] })));
    await timed('timeline', 5000, () => analysis.timeline(EMPTY_SCOPE, 1000));
    await timed('timeline in scope', 10_000, () => analysis.timeline(filtered, 1000));
    await timed('hosts', 10_000, () => analysis.rows(query({ table: 'hosts', columns: ['address'] })));
  }, 120_000);
});
