import { describe, expect, it } from 'vitest';
import { buildTables } from '../../../support/table-builder';
import { formatAddress, parseAddress } from '../../../../web/logs/address';
import { parseFilter } from '../../../../web/logs/filter-text';
import { columnsOf, isKnownField } from '../../../../web/logs/meant-columns';
import { Selector, type SelectContext } from '../../../../web/logs/select';
import { LogTable, type CaptureTables } from '../../../../web/logs/table';
import type { LogName } from '../../../../web/engine/schema';

const context: SelectContext = {
  capture: { id: 3, name: 'office.pcap' },
  addressesNamed: (name, part) => (part ? 'evil.example'.includes(name) : name === 'evil.example') ? [parseAddress('203.0.113.9')!] : [],
};

const flow = (n: number, orig: string, resp: string, port: number): Record<string, string | number> =>
  ({ flow: n, uid: `C${n}`, pkt: n * 10, ts: n * 1e6, 'id.orig_h': orig, 'id.orig_p': 50000 + n, 'id.resp_h': resp, 'id.resp_p': port });

const flows = [
  flow(1, '10.0.0.5', '203.0.113.9', 443), flow(2, '10.0.0.6', '198.51.100.7', 53), flow(3, '10.1.0.5', '203.0.113.9', 8080),
  flow(4, 'fe80::1', 'ff02::fb', 5353),
];
const tables = buildTables({
  conn: [
    { ...flows[0], proto: 1, service: 'ssl', conn_state: 2, duration: 2_500_000, orig_bytes: 1500, community_id: '1:abc' },
    { ...flows[1], proto: 2, service: 'dns', conn_state: 2, duration: 1000, orig_bytes: 40 },
    { ...flows[2], proto: 1, service: 'http,websocket', conn_state: 0, orig_bytes: 3_000_000, orig_l2_addr: '00:11:22:33:44:55' },
    { ...flows[3], proto: 2, conn_state: 12 },
  ],
  dns: [{ ...flows[1], query: 'www.Evil.example', qtype: 1, rcode: 3, answers: ['203.0.113.9', 'cdn.example'], proto: 2 }, { ...flows[3], query: '_ipp._tcp.local', qtype: 12, proto: 2 }],
  http: [{ ...flows[2], method: 'GET', uri: '/Login.php?x=1', host: 'a.example', status_code: 200 }, { ...flows[2], pkt: 35, method: 'POST', uri: '/x', user_agent: 'curl/8', status_code: 404 }],
  arp: [{ ts: 5e6, pkt: 2, operation: 2, orig_h: '10.0.0.1', resp_h: '10.0.0.5', orig_hw: '00:11:22:33:44:66' }],
  packet: [1, 0, 2, 2, 3, 4].map((n, i) => ({ ts: i * 1e6, flow: n, len: 100 * i, proto: n === 0 ? 6 : 1 })),
});

const selected = (log: LogName, text: string, from: CaptureTables = tables): number[] => {
  const { filter, problem } = parseFilter(text);
  expect(problem).toBeNull();
  const mask = new Selector(from, context).select(log, filter);
  return [...Array(from.get(log)!.rows).keys()].filter((row) => mask === null || mask[row] === 1);
};

describe('selecting rows', () => {
  it('finds hosts by address, prefix, beginning and name, on either side', () => {
    expect(selected('conn', 'host:203.0.113.9')).toEqual([0, 2]);
    expect(selected('conn', 'src:10.0.0.0/16')).toEqual([0, 1]);
    expect(selected('conn', 'dst:10.0.0.0/8')).toEqual([]);
    expect(selected('conn', '-host:10.0.0.0/8')).toEqual([3]);
    expect(selected('conn', 'host:10.1.')).toEqual([2]);
    expect(selected('conn', 'host:fe80::/10')).toEqual([3]);
    expect(selected('conn', 'host:10.0.0.6,fe80::1')).toEqual([1, 3]);
    expect(selected('conn', 'host:evil.example')).toEqual([0, 2]);
    expect(selected('conn', 'host~evil')).toEqual([]);
    expect(selected('conn', 'host~113.9')).toEqual([0, 2]);
    expect(selected('arp', 'host:10.0.0.5')).toEqual([0]);
  });

  it('compares numbers with lists, ranges, units and names of codes', () => {
    expect(selected('conn', 'port:443,8000-9000')).toEqual([0, 2]);
    expect(selected('conn', 'orig_bytes>1k')).toEqual([0, 2]);
    expect(selected('conn', 'orig_bytes>=3MB')).toEqual([2]);
    expect(selected('conn', 'duration>1')).toEqual([0]);
    expect(selected('conn', 'duration<10ms')).toEqual([1]);
    expect(selected('conn', 'conn_state:s0')).toEqual([2]);
    expect(selected('conn', 'proto:UDP')).toEqual([1, 3]);
    expect(selected('dns', 'rcode_name:NXDOMAIN')).toEqual([0]);
    expect(selected('dns', 'qtype:12')).toEqual([1]);
    expect(selected('conn', 'ts>=1970-01-01T00:00:03')).toEqual([2, 3]);
  });

  it('compares text without case, whole, in part, and with a star', () => {
    expect(selected('http', 'uri~login')).toEqual([0]);
    expect(selected('http', 'uri:/login.php')).toEqual([]);
    expect(selected('http', 'uri:/login*')).toEqual([0]);
    expect(selected('dns', 'query:www.evil.EXAMPLE')).toEqual([0]);
    expect(selected('dns', 'answers:203.0.113.9')).toEqual([0]);
    expect(selected('conn', 'service:websocket')).toEqual([2]);
    expect(selected('conn', 'service:"http,websocket"')).toEqual([2]);
    expect(selected('conn', 'mac:00-11-22-33-44-55')).toEqual([2]);
  });

  it('looks at the rows of the same flow in other logs', () => {
    expect(selected('conn', 'http.uri~login')).toEqual([2]);
    expect(selected('conn', 'query~evil')).toEqual([1]);
    expect(selected('http', 'service:http')).toEqual([0, 1]);
    expect(selected('http', 'service:dns')).toEqual([]);
    expect(selected('dns', 'community_id:1:abc')).toEqual([]);
    expect(selected('packet', 'port:53')).toEqual([2, 3]);
    expect(selected('packet', 'http.method:POST')).toEqual([4]);
    expect(selected('packet', 'mac:00:11:22:33:44:66')).toEqual([1]);
    expect(selected('packet', 'pkt:2-4')).toEqual([1, 2, 3]);
    expect(selected('packet', 'pkt>5')).toEqual([5]);
    expect(selected('packet', 'packet.len>300')).toEqual([4, 5]);
    expect(selected('packet', 'flow:2')).toEqual([2, 3]);
    expect(selected('packet', 'proto:udp')).toEqual([2, 3, 5]);
  });

  it('looks for words in everything that is shown', () => {
    expect(selected('conn', 'websocket')).toEqual([2]);
    expect(selected('conn', 'OTH')).toEqual([3]);
    expect(selected('dns', 'evil')).toEqual([0]);
    expect(selected('dns', 'cdn.example')).toEqual([0]);
    expect(selected('conn', '203.0.113')).toEqual([0, 2]);
    expect(selected('conn', '8080')).toEqual([2]);
    expect(selected('http', '404')).toEqual([1]);
    expect(selected('packet', 'dns')).toEqual([2, 3]);
    expect(selected('arp', '00:11:22')).toEqual([0]);
    expect(selected('conn', 'nowhere')).toEqual([]);
  });

  it('joins terms', () => {
    expect(selected('conn', 'host:203.0.113.9 -port:443')).toEqual([2]);
    expect(selected('conn', 'port:53 or port:443')).toEqual([0, 1]);
    expect(selected('conn', 'not (port:53 or port:443)')).toEqual([2, 3]);
    expect(selected('conn', 'capture:3')).toHaveLength(4);
    expect(selected('conn', 'capture:office.pcap')).toHaveLength(4);
    expect(selected('conn', '-capture:3')).toEqual([]);
  });

  it('knows its fields', () => {
    for (const field of ['host', 'port', 'id.resp_p', 'dns.query', 'TTLs', 'pkt', 'indicators.severity', 'qtype_name', 'packet.len']) expect([field, isKnownField(field)]).toEqual([field, true]);
    for (const field of ['nonsense', 'dns.nonsense', 'der', 'http']) expect([field, isKnownField(field)]).toEqual([field, false]);
    expect(columnsOf('conn', 'host')).toHaveLength(2);
  });

  it('filters and finds in a million rows in a moment', () => {
    const rows = Array.from({ length: 4096 }, (_, i) => ({
      ...flow(i + 1, `10.0.${i >> 8}.${i & 255}`, '93.184.216.34', i % 1000), proto: 1, service: i % 7 === 0 ? 'ssl' : 'http', conn_state: i % 13, community_id: `1:${i}AAAAAAAAAAAAAAAAAAAAAAAA=`, history: 'ShADadfF',
    }));
    const conn = new LogTable('conn');
    const chunk = buildTables({ conn: rows }).get('conn')!.packed(0);
    for (let i = 0; i < 245; i++) conn.append({ log: chunk.log, rows: chunk.rows, buffer: chunk.buffer });
    const large: CaptureTables = new Map([['conn', conn]]);
    for (const text of ['host:10.0.3.0/24 -service:ssl', 'port:443 conn_state:SF', 'aaaa', 'service~ss duration>0']) {
      selected('conn', text, large);
      const { filter } = parseFilter(text);
      const start = performance.now();
      new Selector(large, context).select('conn', filter);
      const took = performance.now() - start;
      console.info(`${text}: ${took.toFixed(0)} ms over ${conn.rows} rows`);
      expect(took).toBeLessThan(2000);
    }
    expect(formatAddress(parseAddress('10.0.3.1')!)).toBe('10.0.3.1');
  }, 60_000);
});
