import { describe, expect, it } from 'vitest';
import { COUNTER_CAP_FLOWS, COUNTER_COUNT } from '../../../assembly/abi/counters';
import { analyst, bundleText } from '../../../cli/case';
import type { ReadCapture } from '../../../cli/captures';
import { ChunkStore } from '../../../web/logs/chunk-store';
import { buildTables } from '../../support/table-builder';

const counters = new BigUint64Array(COUNTER_COUNT);
counters[COUNTER_CAP_FLOWS] = 2n;
const capture: ReadCapture = {
  name: 'a.pcap', file: 'a.pcap', argument: 0, size: 10, sha256: 'ab'.repeat(32), format: 'pcap', counters, store: new ChunkStore(),
  tables: buildTables({
    conn: [{ ts: 1e12, uid: 'C1', 'id.orig_h': '10.0.0.5', 'id.orig_p': 5000, 'id.resp_h': '8.8.8.8', 'id.resp_p': 53, pkt: 1, flow: 1, proto: 2, service: 'dns', conn_state: 2, orig_pkts: 1, resp_pkts: 1 }],
    dns: [{ ts: 1e12, uid: 'C1', 'id.orig_h': '10.0.0.5', 'id.orig_p': 5000, 'id.resp_h': '8.8.8.8', 'id.resp_p': 53, pkt: 1, flow: 1, proto: 2, query: 'evil-host.com', qtype: 1 }],
  }),
};

describe('the bundle of the command line', () => {
  it('names analyst, capture, engine and the caps that tripped', async () => {
    const bundle = JSON.parse(await bundleText([capture], 'green', '0.1.0+abc', 'mia')) as { type: string; objects: Record<string, unknown>[] };
    expect(bundle.type).toBe('bundle');
    expect(bundle.objects.filter((object) => object.type === 'identity').map((object) => object.name)).toContain('mia');
    const text = JSON.stringify(bundle);
    for (const part of ['ab'.repeat(32), '0.1.0+abc', 'Cap: concurrent flows', 'evil-host.com']) expect(text).toContain(part);
  });

  it('gives the same person the same identity', () => {
    expect(analyst('mia')).toEqual(analyst('mia'));
    expect(analyst('mia').id).toMatch(/^identity--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(analyst('noa').id).not.toBe(analyst('mia').id);
  });
});
