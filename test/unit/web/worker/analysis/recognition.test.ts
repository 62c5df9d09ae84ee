import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Store } from '../../../../../web/store/store';
import { Analysis } from '../../../../../web/worker/analysis';
import type { PacketAccess } from '../../../../../web/worker/analysis/packet-access';
import { EMPTY_SCOPE } from '../../../../../web/worker/api';
import { packRows } from '../../../../support/table-builder';

const no = (): Promise<{ ok: false; error: string }> => Promise.resolve({ ok: false, error: 'no' });
const packets: PacketAccess = { packet: no, follow: no, savePackets: no, saveFile: no };
const T0 = Date.UTC(2026, 2, 31, 12, 2, 0) * 1000;
const FILE = new Blob(['the bytes of a capture']);
const SHA = 'ab'.repeat(32);

async function analysisOf(name: string): Promise<{ analysis: Analysis; said: string[] }> {
  const said: string[] = [];
  const store = await Store.open({ name, files: null });
  const analysis = new Analysis({
    store, packets, engine: 'test', onNotice: (_, text) => said.push(text),
    sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  });
  return { analysis, said };
}

async function run(analysis: Analysis, name: string, state: 'done' | 'stopped' = 'done', sha = SHA): Promise<number> {
  const id = analysis.newCapture();
  await analysis.begin({ id, name, size: FILE.size }, FILE);
  const flow = { ts: T0, uid: 'C1', 'id.orig_h': '10.0.0.5', 'id.orig_p': 50001, 'id.resp_h': '203.0.113.99', 'id.resp_p': 53, pkt: 1, flow: 1 };
  await analysis.append(id, packRows('conn', [{ ...flow, proto: 2, service: 'dns', orig_pkts: 1, resp_pkts: 1, conn_state: 2 }], 8));
  await analysis.append(id, packRows('dns', [{ ...flow, proto: 2, query: 'files.evil-host.com', qtype: 1, rcode: 0, answers: ['45.77.12.201'], TTLs: [60e6] }], 8));
  await analysis.append(id, packRows('packet', [{ ts: T0, flow: 1, len: 80, caplen: 80, proto: 2 }], 8));
  await analysis.finish(id, { state, message: '', format: 'pcap', caps: [{ name: 'bodies open at once', times: 3 }] });
  await analysis.setSha256(id, sha);
  return id;
}

describe('the same capture again', () => {
  it('is recognised by a sample when it begins, and its sightings bear its hash', async () => {
    const first = await analysisOf('again-1');
    await run(first.analysis, 'office.pcap');
    const found = await first.analysis.indicator('domain-name:files.evil-host.com', 'UTC');
    expect(found.ok && found.value.indicator.sightings.map(({ capture }) => capture)).toEqual([SHA]);
    expect(first.said).toEqual([]);

    const second = await analysisOf('again-1');
    await run(second.analysis, 'copy.pcap');
    expect(second.said.join()).toMatch(/^copy\.pcap is known here: it was analysed as office\.pcap on \d{4}-\d\d-\d\d\./);
    const other = await analysisOf('again-other');
    await run(other.analysis, 'copy.pcap');
    expect(other.said).toEqual([]);
  });

  it('within a case is shown once: the complete one stands', async () => {
    const { analysis, said } = await analysisOf('again-2');
    await run(analysis, 'a.pcap');
    await run(analysis, 'b.pcap', 'stopped');
    expect((await analysis.captures()).map(({ name }) => name)).toEqual(['a.pcap']);
    await run(analysis, 'c.pcap');
    expect((await analysis.captures()).map(({ name }) => name)).toEqual(['c.pcap']);
    expect(said.filter((text) => text.includes('same SHA-256'))).toHaveLength(2);
    await run(analysis, 'd.pcap', 'done', 'cd'.repeat(32));
    expect((await analysis.captures()).map(({ name }) => name)).toEqual(['c.pcap', 'd.pcap']);
  });

  it('opened from the history gives way to the one that is read, and caps on bodies are told each time', async () => {
    const before = await analysisOf('again-3');
    await run(before.analysis, 'office.pcap');
    const { analysis, said } = await analysisOf('again-3');
    expect(await analysis.openHistory(SHA)).toMatchObject({ ok: true, value: { id: 0, attached: false } });
    const { coverage } = await analysis.overview(EMPTY_SCOPE);
    expect(coverage.lines.map(({ label }) => label)).toContain('Cap: bodies open at once');
    await run(analysis, 'office.pcap');
    expect((await analysis.captures()).map(({ attached }) => attached)).toEqual([true]);
    expect(said.filter((text) => text.includes('same SHA-256'))).toEqual([]);
  });
});

describe('networks of our own', () => {
  it('are checked, kept, and count from then on', async () => {
    const { analysis } = await analysisOf('networks');
    await run(analysis, 'office.pcap');
    expect(await analysis.setLocalNetworks(['203.0.113.0/33'])).toMatchObject({ ok: false, error: expect.stringContaining('203.0.113.0/33 is no network') as string });
    expect(await analysis.setLocalNetworks(['203.0.113.0/24'])).toEqual({ ok: true, value: undefined });
    const hosts = await analysis.rows({ table: 'hosts', scope: EMPTY_SCOPE, sort: null, descending: false, offset: 0, limit: 10, columns: ['address', 'internal'], timeZone: 'UTC' });
    expect(new Set(hosts.rows.map(({ cells }) => cells[1])).size).toBe(1);
    expect(await (await analysisOf('networks')).analysis.localNetworks()).toEqual(['203.0.113.0/24']);
  });
});
