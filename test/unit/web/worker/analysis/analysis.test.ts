import { beforeEach, describe, expect, it } from 'vitest';
import { COUNTER_BYTES, COUNTER_BYTES_DECODED, COUNTER_CAP_FLOWS, COUNTER_COUNT, COUNTER_CUT_BYTES, COUNTER_CUT_PACKETS, COUNTER_PACKETS, COUNTER_PACKETS_DECODED } from '../../../../../assembly/abi/counters';
import { PACKET_FLAG_FROM_RESP, PACKET_FLAG_PAYLOAD } from '../../../../../assembly/abi/enums';
import { engineModule } from '../../../../support/engine';
import { packRows, type RowValues } from '../../../../support/table-builder';
import { Store } from '../../../../../web/store/store';
import { Analysis } from '../../../../../web/worker/analysis';
import type { PacketAccess } from '../../../../../web/worker/analysis/packet-access';
import { EMPTY_SCOPE, TIMELINE_CLASSES, type Chip, type Scope, type TableName, type TableQuery } from '../../../../../web/worker/api';
import type { LogName } from '../../../../../web/engine/schema';

const T0 = Date.UTC(2026, 2, 31, 12, 2, 0) * 1000;
const SHA = 'ab'.repeat(32);
const flow = (n: number, orig: string, op: number, resp: string, rp: number): RowValues =>
  ({ flow: n, uid: `C${n}`, pkt: n, ts: T0 + n * 1e6, 'id.orig_h': orig, 'id.orig_p': op, 'id.resp_h': resp, 'id.resp_p': rp });
const f1 = flow(1, '10.0.0.5', 50001, '10.0.0.1', 53);
const f2 = flow(2, '10.0.0.5', 50002, '203.0.113.99', 80);
const f3 = flow(3, '10.0.0.6', 50003, '198.51.100.20', 443);
const f4 = flow(4, '10.0.0.5', 50004, '10.0.0.1', 53);

const LOGS: Partial<Record<LogName, readonly RowValues[]>> = {
  conn: [
    // Flows are finished in another order than they began.
    { ...f3, proto: 1, service: 'ssl', duration: 10e6, orig_bytes: 900, resp_bytes: 9000, orig_pkts: 5, resp_pkts: 8, conn_state: 2, community_id: '1:c3' },
    { ...f1, proto: 2, service: 'dns', duration: 20_000, orig_bytes: 40, resp_bytes: 80, orig_pkts: 1, resp_pkts: 1, conn_state: 2, orig_l2_addr: '02:00:00:00:00:05' },
    { ...f4, proto: 2, service: 'dns', orig_pkts: 1, resp_pkts: 0, conn_state: 0 },
    { ...f2, proto: 1, service: 'http', duration: 1e6, orig_bytes: 200, resp_bytes: 1_500_000, orig_pkts: 3, resp_pkts: 900, conn_state: 2, community_id: '1:c2' },
  ],
  dns: [
    { ...f1, proto: 2, query: 'files.evil-host.com', qtype: 1, rcode: 0, answers: ['203.0.113.99'], TTLs: [60e6], rtt: 20_000 },
    { ...f4, proto: 2, query: 'printer.local', qtype: 1 },
  ],
  http: [{ ...f2, trans_depth: 1, method: 'GET', host: 'files.evil-host.com', uri: '/invoice.jpg', status_code: 200, response_body_len: 1_500_000, resp_fuids: ['F1'] }],
  files: [{ ...f2, fuid: 'F1', source: 'HTTP', mime_type: 'application/x-dosexec', filename: 'invoice.jpg', seen_bytes: 1_500_000, missing_bytes: 0, md5: 'a'.repeat(32), sha1: 'b'.repeat(40), sha256: 'c'.repeat(64) }],
  ssl: [{ ...f3, version: 0x304, cipher: 0x1301, server_name: 'www.example.org', established: true, ja4: 't13d1516h2_8daaf6152771_b186095e22b6' }],
  arp: [{ ts: T0, pkt: 5, operation: 2, orig_h: '10.0.0.1', orig_hw: '02:00:00:00:00:01', resp_h: '10.0.0.5' }],
  packet: [
    { ts: T0 + 1e6, flow: 1, len: 80, caplen: 80, proto: 2, flags: PACKET_FLAG_PAYLOAD }, { ts: T0 + 2e6, flow: 2, len: 1500, caplen: 1500, proto: 1 },
    { ts: T0 + 3e6, flow: 3, len: 600, caplen: 600, proto: 1 }, { ts: T0 + 4e6, flow: 4, len: 70, caplen: 70, proto: 2 },
    { ts: T0, flow: 0, len: 42, caplen: 42, proto: 6 }, { ts: T0 + 13e6, flow: 3, len: 1400, caplen: 1400, proto: 1, flags: PACKET_FLAG_FROM_RESP },
  ],
};

const asked: number[][] = [];
const packets: PacketAccess = {
  packet: (capture, pkt) => Promise.resolve({ ok: false, error: `${capture.name} ${pkt}` }),
  follow: (capture, n) => Promise.resolve({ ok: true, value: { flow: n, orig: capture.name, resp: '', parts: [], cut: false } }),
  savePackets: (_, rows) => { asked.push([...rows]); return Promise.resolve({ ok: true, value: { name: 'x.pcapng', type: '', bytes: new Uint8Array(0) } }); },
  saveFile: () => Promise.resolve({ ok: false, error: 'no' }),
};

let analysis: Analysis;

async function load(target: Analysis, id: number, name: string, logs = LOGS, sha = SHA): Promise<void> {
  await target.begin({ id, name, size: 1000 }, new Blob(['x']));
  for (const [log, rows] of Object.entries(logs)) await target.append(id, packRows(log as LogName, rows, 2));
  const counters = new BigUint64Array(COUNTER_COUNT);
  counters[COUNTER_PACKETS] = 10n;
  counters[COUNTER_PACKETS_DECODED] = 9n;
  counters[COUNTER_BYTES] = 4000n;
  counters[COUNTER_BYTES_DECODED] = 3900n;
  counters[COUNTER_CUT_PACKETS] = 1n;
  counters[COUNTER_CUT_BYTES] = 77n;
  counters[COUNTER_CAP_FLOWS] = 3n;
  await target.counters(id, counters, [{ linktype: 195, packets: 1, bytes: 100 }]);
  await target.setSha256(id, sha);
  await target.finish(id, { state: 'done', message: '', format: 'pcap' });
}

beforeEach(async () => {
  analysis = new Analysis({ store: await Store.open(), packets, module: engineModule, engine: '0.1.0+test' });
  await load(analysis, 0, 'office.pcap');
});

const chip = (field: string, value: string, exclude = false, op: Chip['op'] = '='): Chip => ({ field, op, value, exclude });
const scope = (...chips: Chip[]): Scope => ({ ...EMPTY_SCOPE, chips });
const query = (table: TableName, columns: readonly string[], more: Partial<TableQuery> = {}): TableQuery =>
  ({ table, scope: EMPTY_SCOPE, sort: null, descending: false, offset: 0, limit: 100, timeZone: 'UTC', columns, ...more });
const cells = async (table: TableName, columns: readonly string[], more: Partial<TableQuery> = {}): Promise<(string | null)[][]> =>
  (await analysis.rows(query(table, columns, more))).rows.map((row) => [...row.cells]);

describe('windows of rows', () => {
  it('gives rows by time with names beside addresses', async () => {
    const window = await analysis.rows(query('conn', ['ts', 'id.resp_h', 'id.resp_p', 'service', 'conn_state', 'duration', 'resp_bytes']));
    expect([window.total, window.all, window.rows.map((row) => row.id)]).toEqual([4, 4, ['0:1', '0:3', '0:0', '0:2']]);
    expect(window.rows[1]).toMatchObject({ flow: 2, pkt: 2, cells: ['2026-03-31 12:02:02.000000', '203.0.113.99', '80', 'http', 'SF', '1', '1,500,000'] });
    expect(window.rows[3]?.cells.slice(5)).toEqual([null, null]);
    expect(window.names).toEqual({ '203.0.113.99': 'files.evil-host.com', '198.51.100.20': 'www.example.org' });
  });

  it('writes times in the zone that is asked for', async () => {
    expect(await cells('conn', ['ts'], { timeZone: 'Europe/Berlin', limit: 1 })).toEqual([['2026-03-31 14:02:01.000000']]);
    expect(await cells('conn', ['ts'], { timeZone: 'Asia/Kathmandu', limit: 1 })).toEqual([['2026-03-31 17:47:01.000000']]);
  });

  it('sorts both ways, rows without a value last', async () => {
    expect(await cells('conn', ['duration'], { sort: 'duration' })).toEqual([['0.02'], ['1'], ['10'], [null]]);
    expect(await cells('conn', ['duration'], { sort: 'duration', descending: true })).toEqual([['10'], ['1'], ['0.02'], [null]]);
    expect(await cells('conn', ['service', 'pkt'], { sort: 'service' })).toEqual([['dns', '1'], ['dns', '4'], ['http', '2'], ['ssl', '3']]);
    expect(await cells('conn', ['pkt'], { descending: true })).toEqual([['4'], ['3'], ['2'], ['1']]);
  });

  it('gives the window that is asked for and no more', async () => {
    expect(await cells('conn', ['pkt'], { offset: 1, limit: 2 })).toEqual([['2'], ['3']]);
    expect(await cells('conn', ['pkt'], { offset: 99 })).toEqual([]);
    expect(await cells('conn', ['no such column'], { limit: 1 })).toEqual([[null]]);
  });

  it('shows packets with their flow, ARP with its addresses', async () => {
    expect(await cells('packet', ['pkt', 'src', 'dst', 'dst_p', 'proto', 'service', 'len', 'flags'])).toEqual([
      ['1', '10.0.0.5', '10.0.0.1', '53', 'UDP', 'dns', '80', '→ data'], ['2', '10.0.0.5', '203.0.113.99', '80', 'TCP', 'http', '1,500', '→'],
      ['3', '10.0.0.6', '198.51.100.20', '443', 'TCP', 'ssl', '600', '→'], ['4', '10.0.0.5', '10.0.0.1', '53', 'UDP', 'dns', '70', '→'],
      ['5', '10.0.0.1', '10.0.0.5', null, 'ARP', null, '42', '→'], ['6', '198.51.100.20', '10.0.0.6', '50003', 'TCP', 'ssl', '1,400', '←'],
    ]);
  });

  it('follows one scope in every table', async () => {
    const http = scope(chip('service', 'http'));
    const counts = async (s: Scope): Promise<Record<string, number>> => {
      const result: Record<string, number> = {};
      for (const table of ['conn', 'dns', 'http', 'files', 'ssl', 'packet', 'hosts'] as const) result[table] = (await analysis.rows(query(table, [], { scope: s }))).total;
      return result;
    };
    expect(await counts(EMPTY_SCOPE)).toEqual({ conn: 4, dns: 2, http: 1, files: 1, ssl: 1, packet: 6, hosts: 5 });
    expect(await counts(http)).toEqual({ conn: 1, dns: 0, http: 1, files: 1, ssl: 0, packet: 1, hosts: 2 });
    expect(await counts(scope(chip('service', 'http'), chip('service', 'dns')))).toMatchObject({ conn: 3, dns: 2, http: 1, packet: 3 });
    expect(await counts(scope(chip('host', '10.0.0.5'), chip('host', '10.0.0.1')))).toMatchObject({ conn: 2, dns: 2, http: 0, packet: 3 });
    expect(await counts(scope(chip('service', 'dns', true)))).toMatchObject({ conn: 2, http: 1, packet: 4 });
    expect(await counts({ ...EMPTY_SCOPE, text: 'ip.addr == 203.0.113.0/24 && tcp.port == 80' })).toMatchObject({ conn: 1, http: 1, packet: 1, ssl: 0 });
    // A flow is in a span when any of it is; its packets only where they lie.
    expect(await counts({ ...EMPTY_SCOPE, from: T0 + 12e6, to: T0 + 20e6 })).toMatchObject({ conn: 1, http: 0, packet: 1 });
  });

  it('says what it did not understand of a typed filter, and shows everything', async () => {
    const window = await analysis.rows(query('conn', [], { scope: { ...EMPTY_SCOPE, text: 'prot:tcp' } }));
    expect(window.total).toBe(4);
    expect(window.problem).toContain('There is no field "prot"');
    expect((await analysis.rows(query('conn', [], { scope: { ...EMPTY_SCOPE, text: '(a' } }))).problem).toBe('A closing parenthesis is missing.');
  });

  it('adds up what hosts did', async () => {
    expect(await cells('hosts', ['address', 'name', 'internal', 'flows_out', 'flows_in', 'bytes_sent', 'bytes_received', 'services', 'macs'])).toEqual([
      ['10.0.0.5', null, 'yes', '3', '0', '240', '1,500,080', 'dns, http', '02:00:00:00:00:05'],
      ['203.0.113.99', 'files.evil-host.com', 'no', '0', '1', '1,500,000', '200', 'http', null],
      ['10.0.0.6', null, 'yes', '1', '0', '900', '9,000', 'ssl', null],
      ['198.51.100.20', 'www.example.org', 'no', '0', '1', '9,000', '900', 'ssl', null],
      ['10.0.0.1', null, 'yes', '0', '2', '80', '40', 'dns', '02:00:00:00:00:01'],
    ]);
    expect(await cells('hosts', ['address'], { scope: { ...EMPTY_SCOPE, text: 'evil' } })).toEqual([['203.0.113.99']]);
    expect(await cells('hosts', ['address'], { scope: scope(chip('hosts.internal', 'yes')), sort: 'address' })).toEqual([['10.0.0.1'], ['10.0.0.5'], ['10.0.0.6']]);
  });
});

describe('indicators', () => {
  it('are ranked, filtered with everything else, and lead to their flows', async () => {
    const window = await analysis.rows(query('indicators', ['kind', 'value', 'severity', 'why']));
    const keys = window.rows.map((row) => row.id);
    expect(keys).toContain('domain-name:files.evil-host.com');
    expect(keys.indexOf('domain-name:files.evil-host.com')).toBeLessThan(keys.indexOf('domain-name:www.example.org'));
    const inHttp = (await analysis.rows(query('indicators', [], { scope: scope(chip('service', 'http')) }))).rows.map((row) => row.id);
    expect(inHttp).toContain(`file:${'c'.repeat(64)}`);
    expect(inHttp).not.toContain('domain-name:www.example.org');
    expect((await analysis.rows(query('indicators', [], { scope: { ...EMPTY_SCOPE, text: 'kind:file' } }))).rows.map((row) => row.id)).toEqual([`file:${'c'.repeat(64)}`]);
    const detail = await analysis.indicator('domain-name:files.evil-host.com', 'UTC');
    expect(detail).toMatchObject({ ok: true, value: { indicator: { kind: 'domain-name' }, verdicts: [] } });
    expect(detail.ok && detail.value.flows.map((row) => row.flow)).toEqual([1, 2]);
    expect(await analysis.indicator('domain-name:never.seen', 'UTC')).toMatchObject({ ok: false });
    // In dns only the question itself is meant, not every question of the flow.
    expect((await analysis.rows(query('dns', ['query'], { scope: scope(chip('indicator', 'domain-name:files.evil-host.com')) }))).rows.map((row) => row.cells[0])).toEqual(['files.evil-host.com']);
    // The answer that named the address, and what went to it.
    expect((await analysis.rows(query('packet', ['pkt'], { scope: scope(chip('indicator', 'ipv4-addr:203.0.113.99')) }))).rows.map((row) => row.pkt)).toEqual([1, 2]);
  });

  it('keep the analyst’s word above the score', async () => {
    const key = 'domain-name:www.example.org';
    expect(await analysis.setVerdict(key, { value: 'malicious', note: 'seen in the phish', tags: [' c2 ', ''] })).toEqual({ ok: true, value: undefined });
    const window = await analysis.rows(query('indicators', ['value', 'verdict'], { limit: 1 }));
    expect(window.rows[0]).toMatchObject({ id: key, verdict: 'malicious', cells: ['www.example.org', 'malicious'] });
    await analysis.setVerdict(key, { note: 'no, it was us' });
    const detail = await analysis.indicator(key, 'UTC');
    expect(detail.ok && detail.value.verdicts).toMatchObject([{ value: 'malicious', note: 'no, it was us', tags: ['c2'] }]);
  });

  it('are found in an advisory, defanged or not', async () => {
    const found = await analysis.matchAdvisory('hxxp://nothing[.]example and files[.]evil-host[.]com');
    expect(found.find((match) => match.key === 'domain-name:files.evil-host.com')?.indicator?.value).toBe('files.evil-host.com');
    expect(found.filter((match) => match.indicator === null)).not.toHaveLength(0);
  });

  it('go out as a bundle and come back the same', async () => {
    const request = { keys: null, scope: EMPTY_SCOPE, tlp: 'green', format: 'stix', analyst: 'A. Nalyst', title: 'Case', note: '', leave_out: [], passphrase: '' } as const;
    const preview = await analysis.bundlePreview(request);
    expect(preview.ok && preview.value.own.map((thing) => thing.value)).toContain('10.0.0.5');
    const saved = await analysis.bundle(request);
    if (!saved.ok) throw new Error(saved.error);
    const other = new Analysis({ store: await Store.open({ name: 'other' }), packets, engine: '0.1.0+test' });
    const first = await other.importBundle('case.json', saved.value.bytes, '');
    expect(first).toMatchObject({ ok: true, value: { merged: 0, unchanged: 0, needs_passphrase: false } });
    expect(first.ok && first.value.added).toBe((await analysis.rows(query('indicators', []))).total);
    const again = await other.importBundle('case.json', saved.value.bytes, '');
    expect(again).toMatchObject({ ok: true, value: { added: 0, merged: 0 } });
    expect((await other.rows(query('indicators', []))).total).toBe((await analysis.rows(query('indicators', []))).total);
    expect(await other.importBundle('x', new TextEncoder().encode('no bundle'), '')).toMatchObject({ ok: false });
  });
});

describe('overview and timeline', () => {
  it('says what the capture is', async () => {
    const overview = await analysis.overview(EMPTY_SCOPE);
    expect(overview).toMatchObject({ packets: 10, bytes: 4000, flows: 4, hosts: 5, first_ts: T0, last_ts: T0 + 13e6, counts: { conn: 4, http: 1, packet: 6, arp: 1 } });
    expect(overview.sentence).toMatch(/^10 packets over 13 seconds between 3 of our own hosts and 2 others, mostly http, ssl, dns\. /);
    expect(overview.protocols[0]).toEqual({ name: 'http', count: 1, bytes: 1_500_200 });
    expect(overview.talkers[0]).toEqual({ orig: '10.0.0.5', resp: '203.0.113.99', flows: 1, bytes: 1_500_200, services: ['http'] });
    expect(overview.coverage).toMatchObject({ decoded_packets: 0.9, decoded_bytes: 0.975, caps_tripped: 1 });
    const labels = overview.coverage.lines.map((line) => line.label);
    expect(labels).toEqual(['Decoded', 'Link type 195 (IEEE 802.15.4)', 'Cut by the snap length', 'Cap: concurrent flows']);
    expect(overview.coverage.lines[2]).toMatchObject({ packets: 1, bytes: 77, kind: 'missing' });
  });

  it('counts what is in scope only', async () => {
    const tls = await analysis.overview(scope(chip('service', 'ssl')));
    expect(tls).toMatchObject({ flows: 1, hosts: 2, packets: 2, first_ts: expect.any(Number) as number });
    expect(tls.packets).toBe(tls.counts.packet);
    expect(tls.sentence).toMatch(/^In scope: 2 packets .* between 1 of our own host and 1 other/);
    expect((await analysis.overview(scope(chip('port', '1')))).sentence).toBe('No packet is in this scope.');
    expect(await analysis.overview({ ...EMPTY_SCOPE, text: 'port:abc' })).toMatchObject({ flows: 4, problem: '"abc" cannot be compared with port, which is a number.' });
    expect((await analysis.rows({ ...query('conn', ['uid']), scope: { ...EMPTY_SCOPE, text: 'orig_bytes:>1000' } })).problem).toBe('To compare, leave the colon out: orig_bytes>1000');
  });

  it('takes no address for a host of ours that was only tried', async () => {
    await load(analysis, 1, 'scan.pcap', { conn: [1, 2, 3].map((n) => ({ ...flow(n, '10.0.0.5', n, `10.0.9.${n}`, 445), ts: T0 + n, proto: 1, orig_pkts: 2, resp_pkts: 0 })) }, 'cd'.repeat(32));
    const { hosts, sentence } = await analysis.overview(EMPTY_SCOPE);
    expect(hosts).toBe(8);
    expect(sentence).toContain('between 3 of our own hosts and 2 others (3 more addresses never sent anything)');
  });

  it('bins the packets by what they carry', async () => {
    const timeline = await analysis.timeline(EMPTY_SCOPE, 13);
    const byClass = Object.fromEntries(TIMELINE_CLASSES.map((name, i) => [name, timeline.bytes[i]!.reduce((a, b) => a + b, 0)]));
    expect(byClass).toEqual({ TLS: 2000, HTTP: 1500, DNS: 150, 'other TCP': 0, 'other UDP': 0, ICMP: 0, ARP: 42, other: 0 });
    expect([timeline.from, timeline.to, timeline.bins]).toEqual([T0, T0 + 13e6 + 1, 13]);
    expect(timeline.bytes[0]![12]).toBe(1400);
    const brushed = await analysis.timeline({ ...scope(chip('service', 'ssl')), from: T0, to: T0 + 4e6 }, 4);
    expect(brushed.bytes[0]).toEqual([0, 0, 0, 600]);
    expect(brushed.bytes[1]).toEqual([0, 0, 0, 0]);
  });
});

describe('inspecting', () => {
  it('tells everything of a row and what else its flow did', async () => {
    const detail = await analysis.row('conn', '0:3', 'UTC');
    if (!detail.ok) throw new Error(detail.error);
    expect(detail.value).toMatchObject({ flow: 2, pkt: 2, uid: 'C2', wireshark: 'ip.addr == 10.0.0.5 && ip.addr == 203.0.113.99 && tcp.port == 50002 && tcp.port == 80' });
    expect(detail.value.fields.find((field) => field.name === 'service')?.value).toBe('http');
    expect(detail.value.related).toEqual([
      { table: 'http', id: '0:0', text: 'GET files.evil-host.com /invoice.jpg 200 application/x-dosexec' },
      { table: 'files', id: '0:0', text: `HTTP application/x-dosexec invoice.jpg ${'c'.repeat(64)}` },
    ]);
    expect(detail.value.indicators).toContain('ipv4-addr:203.0.113.99');
    const http = await analysis.row('http', '0:0', 'UTC');
    expect(http.ok && http.value.related.map((one) => one.table)).toEqual(['conn', 'files']);
    expect(await analysis.row('packet', '0:4', 'UTC')).toMatchObject({ ok: true, value: { pkt: 5, wireshark: 'frame.number == 5' } });
    expect(await analysis.row('hosts', '203.0.113.99', 'UTC')).toMatchObject({ ok: true, value: { wireshark: 'ip.addr == 203.0.113.99' } });
    for (const id of ['0:99', '7:0', 'nonsense', '']) expect(await analysis.row('conn', id, 'UTC')).toMatchObject({ ok: false });
  });

  it('finds words everywhere with one search', async () => {
    const found = await analysis.search('evil-host', 50);
    expect(new Set(found.map((one) => one.table))).toEqual(new Set(['indicators', 'hosts', 'http', 'dns', 'conn']));
    expect((await analysis.search('203.0.113.99', 50)).map((one) => one.table)).toContain('conn');
    expect(await analysis.search('"(weird', 50)).toEqual([]);
    expect(await analysis.search('  ', 50)).toEqual([]);
  });

  it('builds Wireshark filters, or says that there is none', async () => {
    const filter = async (s: Scope): Promise<string> => { const r = await analysis.wiresharkFilter(s); return r.ok ? r.value : r.error; };
    expect(await filter(scope(chip('host', '10.0.0.5'), chip('port', '443', true)))).toBe('(ip.addr == 10.0.0.5) && (!(tcp.port == 443 || udp.port == 443))');
    expect(await filter({ ...EMPTY_SCOPE, from: 1e6, to: 2e6, text: 'dns.query:a"b' })).toContain('frame.time_epoch >= 1.000000 && frame.time_epoch < 2.000000');
    expect(await filter(scope(chip('flow', '3')))).toContain('tcp.port == 50003');
    expect(await filter(scope(chip('indicator', 'ipv4-addr:203.0.113.99')))).toBe('ip.addr == 203.0.113.99');
    expect(await filter({ ...EMPTY_SCOPE, text: 'history:ShAD' })).toBe('Wireshark has no display filter for history = ShAD. Save the packets as pcapng instead.');
  });

  it('saves the packets of a flow or of the scope', async () => {
    asked.length = 0;
    await analysis.savePackets(0, { flow: 3 });
    await analysis.savePackets(0, { scope: scope(chip('service', 'dns')) });
    await analysis.savePackets(0, { scope: EMPTY_SCOPE });
    expect(asked).toEqual([[2, 5], [0, 3], [0, 1, 2, 3, 4, 5]]);
    expect(await analysis.savePackets(0, { flow: 99 })).toEqual({ ok: false, error: 'No packet is in scope.' });
    expect(await analysis.packet(9, 1, 'UTC')).toEqual({ ok: false, error: 'This capture is not open.' });
  });
});

describe('exports', () => {
  const text = async (table: TableName, format: 'csv' | 'json' | 'zeek-tsv' | 'zeek-json', columns: readonly string[], s: Scope = EMPTY_SCOPE): Promise<string> => {
    const saved = await analysis.exportTable({ table, scope: s, sort: null, descending: false, columns, timeZone: 'UTC' }, format);
    return saved.ok ? new TextDecoder().decode(saved.value.bytes) : saved.error;
  };

  it('writes CSV, JSON and Zeek’s formats of what is in scope', async () => {
    expect(await text('conn', 'csv', ['ts', 'id.resp_h', 'resp_bytes', 'duration'], scope(chip('service', 'http')))).toBe('ts,id.resp_h,resp_bytes,duration\r\n2026-03-31T12:02:02.000000Z,203.0.113.99,1500000,1\r\n');
    expect(JSON.parse(await text('dns', 'json', ['query', 'answers', 'TTLs', 'rtt']))).toEqual([{ query: 'files.evil-host.com', answers: ['203.0.113.99'], TTLs: [60], rtt: 0.02 }, { query: 'printer.local' }]);
    expect(await text('conn', 'zeek-json', [], scope(chip('service', 'ssl')))).toMatch(/^\{"ts":\d+\.000000,"uid":"C3".*\}\n$/);
    expect(await text('hosts', 'zeek-tsv', [])).toBe('Zeek has no log of hosts. Export it as CSV or JSON.');
    expect(await text('hosts', 'csv', ['address', 'flows_in'], scope(chip('service', 'ssl')))).toBe('address,flows_in\r\n10.0.0.6,0\r\n198.51.100.20,1\r\n');
  });

  it('guards CSV against formulas', async () => {
    await analysis.begin({ id: 1, name: 'b.pcap', size: 1 }, null);
    await analysis.append(1, packRows('http', [{ ...f2, user_agent: '=HYPERLINK("x")' }]));
    expect(await text('http', 'csv', ['user_agent'])).not.toMatch(/(^|,|")=HYPER/m);
  });
});

describe('several captures', () => {
  it('are one case, told apart by name', async () => {
    await load(analysis, 1, 'branch.pcap', { conn: [{ ...flow(1, '10.9.9.9', 1, '203.0.113.99', 80), ts: T0 + 1.5e6, proto: 1, service: 'http', orig_bytes: 1, resp_bytes: 1, orig_pkts: 1, resp_pkts: 1 }] }, 'cd'.repeat(32));
    expect(await cells('conn', ['capture', 'id.orig_h'])).toEqual([['office.pcap', '10.0.0.5'], ['branch.pcap', '10.9.9.9'], ['office.pcap', '10.0.0.5'], ['office.pcap', '10.0.0.6'], ['office.pcap', '10.0.0.5']]);
    expect((await analysis.columns('conn')).map((column) => column.name)).toContain('capture');
    expect(await cells('conn', ['id.orig_h'], { scope: scope(chip('capture', 'branch.pcap')) })).toEqual([['10.9.9.9']]);
    expect(await cells('conn', ['id.orig_h'], { scope: { ...EMPTY_SCOPE, text: 'capture:0 service:http' } })).toEqual([['10.0.0.5']]);
    expect((await analysis.captures()).map((info) => [info.id, info.name, info.state])).toEqual([[0, 'office.pcap', 'done'], [1, 'branch.pcap', 'done']]);
  });

  it('come back from the history with rows and indicators', async () => {
    const store = await Store.open({ name: 'kept' });
    const first = new Analysis({ store, packets, engine: '0.1.0+test' });
    await load(first, 0, 'office.pcap');
    const later = new Analysis({ store, packets, engine: '0.1.0+test' });
    expect((await later.history()).map((entry) => entry.name)).toEqual(['office.pcap']);
    expect(await later.openHistory(SHA)).toMatchObject({ ok: true, value: { name: 'office.pcap', attached: false, state: 'done' } });
    const strip = async (a: Analysis): Promise<unknown> => (await a.rows(query('indicators', ['value', 'score', 'why']))).rows.map((row) => [row.id, row.flow, row.pkt, row.cells]);
    expect(await strip(later)).toEqual(await strip(first));
    expect(await later.packet((await later.captures())[0]!.id, 1, 'UTC')).toMatchObject({ ok: false, error: 'The packets of office.pcap are not at hand. Drop the capture again to see them.' });
    expect(await later.openHistory('00')).toMatchObject({ ok: false });
    // Dropped again, it takes the place of what was opened from the history.
    expect(await later.attach(new Blob(['x']), 'ee'.repeat(32))).toMatchObject({ ok: false });
    await load(later, 0, 'office.pcap');
    expect((await later.captures()).map((info) => [info.id, info.attached])).toEqual([[0, true]]);
    await later.deleteHistory(SHA);
    expect(await later.history()).toEqual([]);
  });
});
