// An analysis without an engine, for tests of the page: a small made-up incident, and a flow table as long as one likes.
// Never part of a build.
import type { Indicator, Severity, Verdict } from '../../web/indicators/types';
import type { Analysis, CasePort, OpenPort } from '../../web/state/port';
import type {
  CaptureInfo, CaseEvent, Coverage, Field, HistoryEntry, Layer, Overview, Result, RowWindow, Saved, Scope, StoreStatus, TableColumn, TableName, TableQuery, TableRow, Timeline,
} from '../../web/worker/api';

export interface FakeOptions {
  /** Rows of conn and packet. */
  readonly rows?: number;
  /** Milliseconds that an answer takes. */
  readonly delay?: number;
  readonly indicators?: readonly Indicator[];
  readonly history?: readonly HistoryEntry[];
}

const START = 1_772_452_923_000_000;
const SPAN = 1_860_000_000;
const LOCAL = ['10.7.10.47', '10.7.10.12', '10.7.10.5', '10.7.10.201', '10.7.10.88'];
const REMOTE = ['198.51.100.23', '203.0.113.77', '192.0.2.14', '198.51.100.201', '203.0.113.9'];
const NAMES: Record<string, string> = {
  '198.51.100.23': 'cdn-updates.example', '203.0.113.77': 'invoice-portal.example', '10.7.10.47': 'DESKTOP-4TR2', '10.7.10.5': 'dc01.corp.internal', '192.0.2.14': 'www.example.com',
};
const SERVICES = ['ssl', 'dns', 'http', 'ssl', 'smb', 'ssl', 'http', 'ntp'];

const at = <T>(list: readonly T[], i: number): T => list[((i % list.length) + list.length) % list.length] as T;
const good = <T>(value: T): Result<T> => ({ ok: true, value });
const column = (name: string, title: string, kind: TableColumn['kind'], width: number, shown = true): TableColumn => ({ name, title, kind, width, shown });

const COLUMNS: Record<TableName, readonly TableColumn[]> = {
  indicators: [column('severity', 'Severity', 'severity', 92), column('kind', 'Kind', 'text', 104), column('value', 'Indicator', 'text', 280), column('why', 'Why', 'text', 420), column('score', 'Score', 'number', 60), column('count', 'Seen', 'number', 60), column('first_seen', 'First seen', 'time', 180), column('last_seen', 'Last seen', 'time', 180, false)],
  hosts: [column('address', 'Address', 'address', 240), column('flows', 'Flows', 'number', 80), column('bytes', 'Bytes', 'bytes', 90), column('first_seen', 'First seen', 'time', 190)],
  conn: [column('ts', 'Time', 'time', 190), column('uid', 'UID', 'text', 160, false), column('id.orig_h', 'From', 'address', 200), column('id.orig_p', 'Port', 'port', 60), column('id.resp_h', 'To', 'address', 260), column('id.resp_p', 'Port', 'port', 60), column('proto', 'Proto', 'text', 60), column('service', 'Service', 'text', 80), column('duration', 'Duration', 'duration', 90), column('orig_bytes', 'Sent', 'bytes', 90), column('resp_bytes', 'Received', 'bytes', 90), column('conn_state', 'State', 'text', 64), column('history', 'History', 'text', 110)],
  dns: [column('ts', 'Time', 'time', 190), column('id.orig_h', 'Client', 'address', 180), column('query', 'Query', 'text', 260), column('qtype', 'Type', 'text', 60), column('answers', 'Answers', 'list', 320)],
  http: [column('ts', 'Time', 'time', 190), column('id.orig_h', 'Client', 'address', 180), column('method', 'Method', 'text', 70), column('host', 'Host', 'text', 220), column('uri', 'URI', 'text', 300), column('status_code', 'Status', 'number', 60)],
  ssl: [column('ts', 'Time', 'time', 190), column('id.orig_h', 'Client', 'address', 180), column('server_name', 'Server name', 'text', 240), column('version', 'Version', 'text', 80), column('ja4', 'JA4', 'text', 280)],
  x509: [column('ts', 'Time', 'time', 190), column('certificate.subject', 'Subject', 'text', 320), column('certificate.issuer', 'Issuer', 'text', 320)],
  files: [column('ts', 'Time', 'time', 190), column('fuid', 'File', 'text', 160), column('mime_type', 'Type', 'text', 200), column('filename', 'Name', 'text', 200), column('seen_bytes', 'Size', 'bytes', 90), column('sha256', 'SHA-256', 'text', 460)],
  weird: [column('ts', 'Time', 'time', 190), column('name', 'What', 'text', 240)],
  arp: [column('ts', 'Time', 'time', 190), column('operation', 'Operation', 'text', 90), column('orig_h', 'Sender', 'address', 140), column('orig_hw', 'Sender MAC', 'text', 160), column('resp_h', 'Target', 'address', 140)],
  packet: [column('number', 'No.', 'number', 90), column('ts', 'Time', 'time', 210), column('src', 'From', 'address', 200), column('dst', 'To', 'address', 240), column('proto', 'Protocol', 'text', 80), column('len', 'Length', 'number', 70), column('info', 'Info', 'text', 420)],
};

function sighting(role: Indicator['sightings'][number]['role'], observed: boolean, hosts: readonly string[], pkts: readonly number[], bytes: number): Indicator['sightings'][number] {
  return { role, observed, capture: 'a'.repeat(64), first_seen: START + (pkts[0] ?? 1) * 1e5, last_seen: START + (pkts[pkts.length - 1] ?? 1) * 1e5, count: pkts.length, orig_bytes: Math.round(bytes / 20), resp_bytes: bytes, orig_pkts: 4, resp_pkts: 9, hosts, pkts, flows: [3, 4], uids: ['C1'], community_ids: ['1:abc='] };
}

/** Indicators of the made-up incident, best first. */
export const INCIDENT: readonly Indicator[] = [
  ['domain-name', 'cdn-updates.example', 92, 'critical', 90, 'served a Windows executable named invoice.jpg, 0.4 s after the page that linked it', 'T1105'],
  ['ipv4-addr', '198.51.100.23', 74, 'high', 80, 'was contacted every 60.0 s, 31 times, with answers of the same size: it looks like a beacon', 'T1071.001'],
  ['file', '44d88612fea8a8f36de82e1278abb02f44d88612fea8a8f36de82e1278abb02f', 70, 'high', 85, 'is a Windows executable that was served as image/jpeg', 'T1036.008'],
  ['url', 'http://cdn-updates.example/assets/invoice.jpg', 66, 'high', 80, 'delivered the file 44d88612…', 'T1105'],
  ['x509-certificate', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 44, 'medium', 60, 'is self-signed, and names no host that was asked for in DNS', ''],
  ['user-agent', 'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)', 32, 'medium', 50, 'was used by one host only, beside a modern browser on the same host', 'T1071.001'],
  ['domain-name', 'invoice-portal.example', 24, 'low', 40, 'linked to the page that served the executable', ''],
  ['domain-name', 'www.example.com', 0, 'info', 10, '', ''],
].map(([kind, value, score, severity, confidence, text, technique]): Indicator => ({
  key: `${String(kind)}:${String(value)}`, kind: kind as Indicator['kind'], value: String(value), score: Number(score), severity: severity as Severity, confidence: Number(confidence),
  reasons: text ? [{ name: 'a', text: String(text), points: Number(score), technique: String(technique) || undefined, pkts: [1204], flows: [3] }] : [],
  sightings: [sighting(kind === 'url' ? 'HTTP::IN_URL' : 'DNS::IN_REQUEST', true, ['10.7.10.47'], [1204, 1310, 4001], 412_332), sighting('HTTP::IN_REFERRER_HEADER', false, ['10.7.10.47'], [1388], 0)],
  related: [{ key: 'ipv4-addr:198.51.100.23', relation: 'resolved to' }],
}));

const COVERAGE: Coverage = {
  decoded_packets: 0.992, decoded_bytes: 0.997, caps_tripped: 0,
  lines: [
    { label: 'Decoded to a transport or better', packets: 87_600, bytes: 61e6, kind: 'decoded', text: '' },
    { label: 'Network protocol 0x88cc (LLDP)', packets: 610, bytes: 120_000, kind: 'undecoded', text: 'Counted, not decoded.' },
    { label: 'Gaps in TCP streams', packets: 12, bytes: 18_000, kind: 'missing', text: 'Bytes that were acknowledged but never captured.' },
  ],
};

/** An Ethernet, IPv4, TCP and HTTP packet with the places of its fields. */
function packetBytes(): { bytes: Uint8Array; layers: readonly Layer[] } {
  const payload = new TextEncoder().encode('GET /assets/invoice.jpg HTTP/1.1\r\nHost: cdn-updates.example\r\nUser-Agent: Mozilla/4.0\r\n\r\n');
  const bytes = new Uint8Array(54 + payload.length);
  bytes.set([0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 8, 0, 0x45, 0, 0, bytes.length - 14, 0x12, 0x34, 0x40, 0, 0x80, 6, 0, 0, 10, 7, 10, 47, 198, 51, 100, 23, 0xc0, 0x22, 0, 80, 0, 0, 1, 0, 0, 0, 2, 0, 0x50, 0x18, 0x20, 0, 0, 0, 0, 0]);
  bytes.set(payload, 54);
  return {
    bytes,
    layers: [
      { name: 'Ethernet II', summary: '66:77:88:99:aa:bb → 00:11:22:33:44:55', offset: 0, length: 14, fields: [{ name: 'Destination', value: '00:11:22:33:44:55', offset: 0, length: 6 }, { name: 'Source', value: '66:77:88:99:aa:bb', offset: 6, length: 6 }, { name: 'Type', value: 'IPv4 (0x0800)', offset: 12, length: 2 }] },
      { name: 'IPv4', summary: '10.7.10.47 → 198.51.100.23', offset: 14, length: 20, fields: [{ name: 'Version', value: '4', offset: 14, length: 1 }, { name: 'Time to live', value: '128', offset: 22, length: 1 }, { name: 'Header checksum', value: '0x0000', offset: 24, length: 2, problem: 'not filled in: the sender’s network card does that' }, { name: 'Source', value: '10.7.10.47', offset: 26, length: 4 }, { name: 'Destination', value: '198.51.100.23', offset: 30, length: 4 }] },
      { name: 'TCP', summary: '49186 → 80, PSH ACK', offset: 34, length: 20, fields: [{ name: 'Source port', value: '49186', offset: 34, length: 2 }, { name: 'Destination port', value: '80', offset: 36, length: 2 }, { name: 'Flags', value: 'PSH, ACK', offset: 47, length: 1, children: [{ name: 'Push', value: 'set', offset: 47, length: 1 }, { name: 'Acknowledgment', value: 'set', offset: 47, length: 1 }] }] },
      { name: 'HTTP', summary: 'GET /assets/invoice.jpg', offset: 54, length: payload.length, fields: [{ name: 'Method', value: 'GET', offset: 54, length: 3 }, { name: 'URI', value: '/assets/invoice.jpg', offset: 58, length: 19 }, { name: 'Host', value: 'cdn-updates.example', offset: 94, length: 19 }] },
    ],
  };
}

/** The fake; `asked` records every question for a test to look at. */
export class FakeAnalysis implements Analysis {
  readonly asked: { name: string; argument: unknown }[] = [];
  readonly verdicts: Verdict[] = [];
  captureList: readonly CaptureInfo[] = [];
  status: StoreStatus = { available: true, message: '', persisted: true, used: 12_400_000, quota: 8_000_000_000, keep_logs: true, keep_captures: false };
  identityNow = { id: 'identity--1', name: 'R. Analyst' };
  version = 1;

  constructor(readonly options: FakeOptions = {}) {}

  private async answer<T>(name: string, argument: unknown, value: () => T): Promise<T> {
    this.asked.push({ name, argument });
    await new Promise((resolve) => { setTimeout(resolve, this.options.delay ?? 0); });
    return value();
  }

  get indicators(): readonly Indicator[] { return this.options.indicators ?? INCIDENT; }

  private size(table: TableName): number {
    const rows = this.options.rows ?? 88_310;
    const sizes: Record<TableName, number> = { indicators: this.indicators.length, hosts: 10, conn: rows, packet: rows, dns: 1840, http: 211, ssl: 940, x509: 33, files: 120, weird: 7, arp: 64 };
    return sizes[table];
  }

  /** The plain cell of a made-up row. */
  private cell(table: TableName, r: number, name: string): string | null {
    const indicator = table === 'indicators' ? this.indicators[r] : undefined;
    const time = new Date((START + (SPAN * r) / Math.max(1, this.size(table))) / 1000).toISOString().replace('T', ' ').slice(0, 23);
    const local = at(LOCAL, r * 7);
    const remote = at(REMOTE, r * 3 + (r >> 2));
    const cells: Record<string, string | null> = {
      severity: indicator?.severity ?? null, kind: indicator?.kind ?? null, value: indicator?.value ?? null, why: indicator?.reasons[0]?.text ?? null, score: String(indicator?.score ?? 0), count: '4',
      first_seen: time, last_seen: time, ts: time, uid: `C${(r * 2654435761 >>> 0).toString(36)}`, address: at([...LOCAL, ...REMOTE], r), flows: String(1000 - r * 40), bytes: `${(91.2 / (r + 1)).toFixed(1)} MB`,
      'id.orig_h': local, 'id.orig_p': String(49152 + (r % 16000)), 'id.resp_h': remote, 'id.resp_p': at(['443', '53', '80', '443', '445'], r), proto: at(['tcp', 'udp', 'tcp', 'tcp'], r), service: r % 9 === 8 ? null : at(SERVICES, r),
      duration: r % 6 === 5 ? null : `${((r * 37) % 900) / 100} s`, orig_bytes: `${(r * 71) % 9000} B`, resp_bytes: `${((r * 313) % 4000) / 10} kB`, conn_state: at(['SF', 'S0', 'RSTO', 'SF'], r), history: 'ShADadfF',
      query: at(['cdn-updates.example', 'www.example.com', 'invoice-portal.example', '_ldap._tcp.corp.internal'], r), qtype: 'A', answers: '198.51.100.23, 203.0.113.77', method: 'GET', host: at(['cdn-updates.example', 'www.example.com'], r), uri: '/assets/invoice.jpg', status_code: '200',
      server_name: 'www.example.com', version: 'TLSv13', ja4: 't13d1516h2_8daaf6152771_02713d6af862', 'certificate.subject': 'CN=www.example.com', 'certificate.issuer': 'CN=Example CA', fuid: `F${r}`, mime_type: 'application/x-dosexec', filename: 'invoice.jpg', seen_bytes: '412 kB', sha256: '44d88612fea8a8f36de82e1278abb02f'.repeat(2),
      name: 'data_before_established', operation: 'request', orig_h: local, orig_hw: '00:11:22:33:44:55', resp_h: '10.7.10.1', number: String(r + 1), src: r % 2 ? remote : local, dst: r % 2 ? local : remote, len: String(60 + ((r * 91) % 1440)), info: '49186 → 443 [ACK] Seq=1 Ack=1 Win=8192',
    };
    return cells[name] ?? null;
  }

  private rowAt(table: TableName, r: number, columns: readonly string[]): TableRow {
    const indicator = table === 'indicators' ? this.indicators[r] : undefined;
    return {
      id: indicator?.key ?? (table === 'hosts' ? at([...LOCAL, ...REMOTE], r) : `0:${r}`), capture: 0, cells: columns.map((name) => this.cell(table, r, name)), flow: r + 1, pkt: r + 1, severity: indicator?.severity,
      verdict: this.verdicts.find((verdict) => verdict.indicator === indicator?.key)?.value,
    };
  }

  /** Chips on a column are honoured by comparing the cell; that is enough for the page's tests. */
  private matching(table: TableName, scope: Scope): readonly number[] | null {
    if (scope.chips.length === 0 && scope.text === '') return null;
    const found: number[] = [];
    for (let r = 0; r < Math.min(this.size(table), 20_000); r++) {
      const fits = scope.chips.every((chip) => {
        const names = chip.field === 'host' ? ['id.orig_h', 'id.resp_h', 'address', 'src', 'dst', 'orig_h'] : chip.field === 'port' ? ['id.orig_p', 'id.resp_p'] : [chip.field.replace(/^[a-z0-9]+\./, ''), chip.field];
        if (chip.field === 'flow') return (r + 1 === Number(chip.value)) !== chip.exclude;
        if (chip.field === 'indicator' || chip.field === 'capture') return true;
        return names.some((name) => this.cell(table, r, name) === chip.value) !== chip.exclude;
      });
      const text = scope.text.toLowerCase();
      if (fits && (text === '' || COLUMNS[table].some(({ name }) => this.cell(table, r, name)?.toLowerCase().includes(text)))) found.push(r);
    }
    return found;
  }

  async captures(): Promise<readonly CaptureInfo[]> { return this.answer('captures', null, () => this.captureList); }
  async columns(table: TableName): Promise<readonly TableColumn[]> { return this.answer('columns', table, () => COLUMNS[table]); }
  async rows(query: TableQuery): Promise<RowWindow> {
    return this.answer('rows', query, () => {
      const matching = this.matching(query.table, query.scope);
      const total = matching?.length ?? this.size(query.table);
      const rows: TableRow[] = [];
      for (let i = query.offset; i < Math.min(total, query.offset + query.limit); i++) {
        const place = query.sort !== null && query.descending ? total - 1 - i : i;
        rows.push(this.rowAt(query.table, matching?.[place] ?? place, query.columns));
      }
      return { version: this.version, total, all: this.size(query.table), offset: query.offset, rows, names: NAMES, problem: query.scope.text.includes('((') ? 'The filter has an open bracket.' : undefined };
    });
  }
  async overview(scope: Scope): Promise<Overview> {
    return this.answer('overview', scope, () => ({
      captures: this.captureList, packets: 88_310, bytes: 61_402_113, flows: this.size('conn'), hosts: 10, first_ts: START, last_ts: START + SPAN,
      sentence: 'Half an hour of office traffic of five hosts in 10.7.10.0/24: web browsing, DNS and file sharing. One host downloaded an executable and then called the same server every minute.',
      protocols: [{ name: 'ssl', count: 940, bytes: 41e6 }, { name: 'http', count: 211, bytes: 12e6 }, { name: 'smb', count: 30, bytes: 6e6 }, { name: 'dns', count: 1840, bytes: 4e5 }, { name: 'ntp', count: 12, bytes: 2400 }],
      talkers: LOCAL.map((orig, i) => ({ orig, resp: at(REMOTE, i), flows: 400 - i * 61, bytes: 31e6 / (i + 1), services: [at(SERVICES, i), at(SERVICES, i + 1)] })),
      indicators: this.indicators, coverage: COVERAGE,
      counts: Object.fromEntries((Object.keys(COLUMNS) as TableName[]).map((table) => [table, this.size(table)])),
    }));
  }
  async timeline(scope: Scope, bins: number): Promise<Timeline> {
    return this.answer('timeline', scope, () => ({
      from: START, to: START + SPAN, bins,
      bytes: Array.from({ length: 8 }, (_, c) => Array.from({ length: bins }, (_, b) => (c === 0 ? 4e5 * (1 + Math.sin(b / 23)) + (b > 100 && b < 118 ? 6e6 : 0) : c === 1 ? (b > 98 && b < 104 ? 3e6 : b % 16 === 0 ? 90_000 : 0) : c === 2 ? 2000 * ((b * 7) % 5) : c === 3 ? 1e5 * ((b * 13) % 4) : c === 6 ? 60 : 900 * ((b * 11) % 3)))),
      marks: this.indicators.filter((indicator) => ['medium', 'high', 'critical'].includes(indicator.severity)).map((indicator, i) => ({ at: START + SPAN * (0.2 + i * 0.07), key: indicator.key, severity: indicator.severity, title: indicator.value })),
    }));
  }
  async search(text: string, limit: number) {
    return this.answer('search', text, () => [
      ...this.indicators.filter((indicator) => indicator.value.includes(text)).map((indicator) => ({ table: 'indicators' as const, id: indicator.key, title: indicator.value, detail: indicator.severity })),
      ...LOCAL.filter((address) => address.includes(text)).map((address) => ({ table: 'hosts' as const, id: address, title: address, detail: NAMES[address] ?? '' })),
    ].slice(0, limit));
  }
  private async fieldsOf(table: TableName, id: string): Promise<Field[]> {
    const r = Number(id.split(':')[1] ?? 0);
    return COLUMNS[table].map(({ name }) => ({ name, value: (table === 'hosts' && name === 'address' ? id : this.cell(table, r, name)) ?? '' })).filter((field) => field.value !== '');
  }
  async indicator(key: string) {
    return this.answer('indicator', key, () => {
      const indicator = this.indicators.find((one) => one.key === key);
      if (!indicator) return { ok: false as const, error: 'This indicator is not in this case.' };
      return good({
        indicator, verdicts: [...this.verdicts.filter((verdict) => verdict.indicator === key), { indicator: key, author: 'identity--2', author_name: 'M. Colleague', value: 'malicious' as const, note: 'Seen at two other sites this week.', tags: ['loader'], modified: START }],
        history: [{ capture: 'tuesday.pcap', sha256: 'b'.repeat(64), last_seen: START - 86_400e6, count: 3 }],
        flows: [this.rowAt('conn', 2, ['ts', 'id.orig_h', 'id.resp_h', 'id.resp_p', 'service']), this.rowAt('conn', 3, ['ts', 'id.orig_h', 'id.resp_h', 'id.resp_p', 'service'])], wireshark: `ip.addr == 198.51.100.23`,
      });
    });
  }
  async packet(capture: number, pkt: number) {
    return this.answer('packet', pkt, () => { const { bytes, layers } = packetBytes(); return good({ capture, pkt, ts: '2026-03-02 12:02:03.123456', caplen: bytes.length, len: bytes.length, flow: 3, bytes, layers }); });
  }
  async follow(_capture: number, flow: number) {
    const text = new TextEncoder();
    return this.answer('follow', flow, () => good({
      flow, orig: '10.7.10.47:49186', resp: '198.51.100.23:80', cut: false,
      parts: [
        { from_orig: true, pkt: 1204, ts: START, bytes: text.encode('GET /assets/invoice.jpg HTTP/1.1\r\nHost: cdn-updates.example\r\n\r\n'), gap: 0 },
        { from_orig: false, pkt: 1206, ts: START, bytes: text.encode('HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\nMZ\u0000\u0001This program cannot be run in DOS mode <script>alert(1)</script>'), gap: 0 },
        { from_orig: false, pkt: 1209, ts: START, bytes: text.encode('…more'), gap: 1460 },
      ],
    }));
  }
  private saved(name: string): Saved { return { name, type: 'application/octet-stream', bytes: new TextEncoder().encode(name) }; }
  async exportTable(query: Omit<TableQuery, 'offset' | 'limit'>, format: string) { return this.answer('exportTable', { query, format }, () => good(this.saved(`${query.table}.${format}`))); }
  async savePackets(capture: number, what: unknown) { return this.answer('savePackets', { capture, what }, () => good(this.saved('packets.pcapng'))); }
  async saveFile(_capture: number, fuid: string) { return this.answer('saveFile', fuid, () => good(this.saved(`${fuid}.zip`))); }
  async wiresharkFilter(scope: Scope) { return this.answer('wiresharkFilter', scope, () => good('ip.addr == 10.7.10.47')); }
  async bundlePreview(request: unknown) {
    return this.answer('bundlePreview', request, () => good({ indicators: this.indicators.length, objects: 41, own: [{ kind: 'internal-address' as const, value: '10.7.10.47', where: 'hosts of 7 sightings' }, { kind: 'internal-name' as const, value: 'DESKTOP-4TR2', where: 'name of 10.7.10.47' }, { kind: 'cookie' as const, value: 'session=8f3…', where: 'request to www.example.com' }] }));
  }
  async bundle(request: unknown) { return this.answer('bundle', request, () => good(this.saved('bundle.json'))); }
  async importBundle(name: string, _bytes: Uint8Array, passphrase: string) {
    return this.answer('importBundle', { name, passphrase }, () => good({ added: 4, merged: 2, unchanged: 1, verdicts: 1, left: ['2 objects of type malware'], producer: 'M. Colleague', needs_passphrase: name.endsWith('.age') && passphrase !== 'open sesame' }));
  }
  async matchAdvisory(text: string) {
    return this.answer('matchAdvisory', text, () => text.split(/\s+/).filter(Boolean).map((written) => {
      const plain = written.replaceAll('[.]', '.').replace('hxxp', 'http');
      const indicator = this.indicators.find((one) => one.value === plain) ?? null;
      return { written, key: indicator?.key ?? `domain-name:${plain}`, indicator };
    }));
  }
  async setVerdict(indicator: string, change: { value?: Verdict['value']; note?: string; tags?: readonly string[] }) {
    return this.answer('setVerdict', { indicator, change }, () => {
      const old = this.verdicts.find((verdict) => verdict.indicator === indicator);
      const next: Verdict = { indicator, author: this.identityNow.id, author_name: this.identityNow.name, value: change.value ?? old?.value ?? 'unknown', note: change.note ?? old?.note ?? '', tags: change.tags ?? old?.tags ?? [], modified: START };
      if (old) this.verdicts.splice(this.verdicts.indexOf(old), 1);
      this.verdicts.push(next);
      return good(undefined);
    });
  }
  async identity() { return this.answer('identity', null, () => this.identityNow); }
  async setIdentity(name: string) { return this.answer('setIdentity', name, () => { this.identityNow = { ...this.identityNow, name }; return good(this.identityNow); }); }
  async storeStatus() { return this.answer('storeStatus', null, () => this.status); }
  async setStoreSwitch(name: 'keep_logs' | 'keep_captures', on: boolean) { return this.answer('setStoreSwitch', { name, on }, () => { this.status = { ...this.status, [name]: on }; return good(this.status); }); }
  async history() { return this.answer('history', null, () => this.options.history ?? []); }
  async openHistory(sha256: string): Promise<Result<CaptureInfo>> {
    return this.answer('openHistory', sha256, () => {
      if (!(this.options.history ?? []).some((entry) => entry.sha256 === sha256)) return { ok: false, error: 'This capture is not kept here.' };
      const info: CaptureInfo = { id: 0, name: 'kept.pcap', size: 61_402_113, sha256, format: 'pcap', packets: 88_310, first_ts: START, last_ts: START + SPAN, state: 'done', message: '', attached: false };
      this.captureList = [info];
      return good(info);
    });
  }
  async deleteHistory(sha256: string | null) { return this.answer('deleteHistory', sha256, () => good(undefined)); }
  async localNetworks() { return this.answer('localNetworks', null, () => []); }
  async setLocalNetworks(prefixes: readonly string[]) { return this.answer('setLocalNetworks', prefixes, () => good(undefined)); }
  async imports() { return this.answer('imports', null, () => ({ indicators: 0, last: null })); }
  async openImports(): Promise<Result<number>> { return this.answer('openImports', null, () => good(0)); }
  async exportStore() { return this.answer('exportStore', null, () => good(this.saved('capsift-store.zip'))); }
  async row(table: TableName, id: string) {
    const fields = await this.fieldsOf(table, id);
    const r = Number(id.split(':')[1] ?? 0);
    return this.answer('row', { table, id }, () => good({ table, id, capture: 0, fields, flow: table === 'hosts' ? 0 : r + 1, pkt: table === 'hosts' ? 0 : r + 1, uid: `C${r}`, related: [{ table: 'dns' as const, id: '0:3', text: 'A cdn-updates.example → 198.51.100.23' }], indicators: ['ipv4-addr:198.51.100.23'], wireshark: 'tcp.stream == 1' }));
  }
}

/** A port whose runs are played: `speed` 0 ends at once. Its events are sent by `play`. */
export function fakePort(analysis: FakeAnalysis, speed = 0): OpenPort {
  return (onEvent: (event: CaseEvent) => void): CasePort => {
    let stopped = false;
    const info = (file: File, id: number, state: CaptureInfo['state'], share: number): CaptureInfo => ({
      id, name: file.name, size: file.size || 61_402_113, sha256: state === 'done' ? 'a'.repeat(64) : '', format: 'pcapng', packets: Math.round(88_310 * share), first_ts: START, last_ts: START + SPAN * share, state,
      message: state === 'stopped' ? 'Stopped; what was read until then is here.' : '', attached: true,
    });
    const send = (captures: readonly CaptureInfo[]): void => { analysis.captureList = captures; onEvent({ type: 'captures', captures }); };
    return {
      analysis,
      async open(files) {
        stopped = false;
        for (let step = 0; step <= 20 && !stopped && speed > 0; step++) {
          if (step === 0) send(files.map((file, id) => info(file, id, 'running', 0)));
          for (const [id, file] of files.entries()) {
            const total = file.size || 61_402_113;
            onEvent({ type: 'progress', progress: { capture: id, bytes: (total * step) / 20, total, packets: Math.round((88_310 * step) / 20), flows: step * 60, rate: 31e6, seconds_left: 20 - step } });
          }
          if (step % 4 === 1) onEvent({ type: 'changed', version: step });
          await new Promise((resolve) => { setTimeout(resolve, speed); });
        }
        send(files.map((file, id) => info(file, id, stopped ? 'stopped' : 'done', 1)));
        onEvent({ type: 'changed', version: 100 });
      },
      giveWay: () => undefined,
      stop() { stopped = true; },
      password() { return undefined; },
      async attach() { return { ok: true, value: undefined }; },
      memory: () => 312_000_000,
    };
  };
}
