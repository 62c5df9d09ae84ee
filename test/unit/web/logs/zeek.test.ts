import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STATE_SF } from '../../../../assembly/abi/enums';
import { buildTables } from '../../../support/table-builder';
import { commonName, nameMatches } from '../../../../web/logs/joins';
import { LOG_FIELDS, WRITTEN_LOGS, type WrittenLog } from '../../../../web/logs/fields';
import { order } from '../../../../web/logs/order';
import type { CaptureTables } from '../../../../web/logs/table';
import { zeekJson, zeekTsv } from '../../../support/zeek-text';

const flow = { 'id.orig_h': '10.1.1.5', 'id.orig_p': 50123, 'id.resp_h': '93.184.216.34', 'id.resp_p': 443, uid: 'CAbc', flow: 1 };
const joined = (blocks: Iterable<Uint8Array>): string => Buffer.concat([...blocks]).toString('utf8');
const json = (log: WrittenLog, tables: CaptureTables): Record<string, unknown>[] =>
  joined(zeekJson(log, tables)).split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);

describe('Zeek logs', () => {
  it('writes a connection as Zeek does, leaving out what it has not', () => {
    const tables = buildTables({ conn: [{
      ...flow, ts: 1425669149635559n * 1000n, pkt: 7, proto: 1, service: 'ssl', duration: 160211, orig_bytes: 0, resp_bytes: 20, conn_state: STATE_SF,
      local_orig: true, local_resp: false, missed_bytes: 0, history: 'ShADadfF', orig_pkts: 5, orig_ip_bytes: 300, resp_pkts: 4,
      resp_ip_bytes: 280, ip_proto: 6, community_id: '1:x', orig_l2_addr: '00:11:22:aa:bb:cc', vlan: 12,
    }] });
    expect(joined(zeekJson('conn', tables))).toBe(
      '{"ts":1425669149.635559,"uid":"CAbc","id.orig_h":"10.1.1.5","id.orig_p":50123,"id.resp_h":"93.184.216.34","id.resp_p":443,'
      + '"proto":"tcp","service":"ssl","duration":0.160211,"orig_bytes":0,"resp_bytes":20,"conn_state":"SF","local_orig":true,'
      + '"local_resp":false,"missed_bytes":0,"history":"ShADadfF","orig_pkts":5,"orig_ip_bytes":300,"resp_pkts":4,"resp_ip_bytes":280,'
      + '"ip_proto":6,"community_id":"1:x","orig_l2_addr":"00:11:22:aa:bb:cc","vlan":12,"pkt":7}\n',
    );
  });

  it('names DNS codes beside their numbers, NetBIOS ones by their port', () => {
    const tables = buildTables({ dns: [
      { ...flow, ts: 1e9, pkt: 1, proto: 2, trans_id: 9, query: 'a.example', qclass: 1, qtype: 255, rcode: 3, AA: false, Z: 0, rejected: true, opcode: 0, answers: ['1.2.3.4', 'x,y'], TTLs: [300e6, 1.5e6] },
      { ...flow, 'id.resp_p': 137, ts: 2e9, pkt: 2, proto: 2, query: '\x01\x02__MSBROWSE__\x02', qtype: 33, opcode: 5 },
    ] });
    const [first, second] = json('dns', tables);
    expect(first).toMatchObject({ qclass_name: 'C_INTERNET', qtype: 255, qtype_name: '*', rcode_name: 'NXDOMAIN', opcode_name: 'query', answers: ['1.2.3.4', 'x,y'], TTLs: [300, 1.5] });
    expect(second).toMatchObject({ qtype_name: 'NBSTAT', opcode_name: 'netbios-registration', query: '\\x01\\x02__MSBROWSE__\\x02' });
    expect(second).not.toHaveProperty('rcode_name');
    const tsv = joined(zeekTsv('dns', tables));
    expect(tsv).toContain('1.2.3.4,x\\x2cy\t300.000000,1.500000');
    expect(tsv.startsWith('#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#open\t1970-01-01-00-16-40\n#fields\tts\tuid')).toBe(true);
    expect(tsv.endsWith('\n#close\t1970-01-01-00-33-20\n')).toBe(true);
    const rows = tsv.split('\n').filter((line) => line && !line.startsWith('#'));
    for (const row of rows) expect(row.split('\t')).toHaveLength(LOG_FIELDS.dns.length);
  });

  it('joins MIME types to http and the certificate to ssl', () => {
    const tables = buildTables({
      http: [{ ...flow, ts: 1, pkt: 1, method: 'GET', resp_fuids: ['F1', 'F2'], orig_fuids: ['F9'] }],
      files: [{ ...flow, ts: 1, pkt: 1, fuid: 'F1', mime_type: 'text/plain' }, { ...flow, ts: 1, pkt: 2, fuid: 'F2' }],
      ssl: [
        { ...flow, ts: 1, pkt: 1, version: 0x303, cipher: 0xc02f, curve: 29, server_name: 'www.example.org', cert_chain_fps: ['aa'], client_cert_chain_fps: [], last_alert: 40 },
        { ...flow, ts: 2, pkt: 2, server_name: 'example.org', cert_chain_fps: ['aa'] },
        { ...flow, ts: 3, pkt: 3, server_name: 'example.org', cert_chain_fps: ['never seen'] },
      ],
      x509: [{ ...flow, ts: 1, pkt: 1, fingerprint: 'aa', 'san.dns': ['*.example.org'], host_cert: true, client_cert: false }],
    });
    expect(json('http', tables)[0]).toMatchObject({ tags: [], resp_fuids: ['F1', 'F2'], resp_mime_types: ['text/plain'] });
    expect(json('http', tables)[0]).not.toHaveProperty('orig_mime_types');
    expect(json('files', tables)[0]).toMatchObject({ analyzers: ['MD5', 'SHA1', 'SHA256'] });
    const ssl = json('ssl', tables);
    expect(ssl[0]).toMatchObject({ version: 'TLSv12', cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', curve: 'x25519', last_alert: 'handshake_failure', client_cert_chain_fps: [] });
    expect(ssl.map((row) => row.sni_matches_cert)).toEqual([true, false, undefined]);
    expect(joined(zeekTsv('http', tables))).toContain('(empty)');
  });

  it('writes rows by time, then packet, however the engine finished them', () => {
    const tables = buildTables({ weird: [
      { ts: 5e6, pkt: 9, weird: 0 }, { ts: 2e6, pkt: 8, weird: 1 }, { ts: 5e6, pkt: 3, weird: 2 }, { ts: 2e6, pkt: 1, weird: 3 },
    ] }, 2);
    expect(json('weird', tables).map((row) => row.pkt)).toEqual([1, 8, 3, 9]);
    expect(json('weird', tables)[0]).toEqual({ ts: 2, name: 'bad_TCP_checksum', notice: false, peer: 'capsift', pkt: 1, });
  });

  it('leaves out a certificate that was logged within the last day for the same use', () => {
    const day = 86_400_000_000;
    const tables = buildTables({ x509: [
      { ts: 0, pkt: 1, fingerprint: 'aa', host_cert: true, client_cert: false },
      { ts: day - 1, pkt: 2, fingerprint: 'aa', host_cert: true, client_cert: false },
      { ts: day - 1, pkt: 3, fingerprint: 'aa', host_cert: false, client_cert: true },
      { ts: day, pkt: 4, fingerprint: 'aa', host_cert: true, client_cert: false },
      { ts: day + 5, pkt: 5, fingerprint: 'aa', host_cert: true, client_cert: false },
    ] });
    expect(json('x509', tables).map((row) => row.pkt)).toEqual([1, 3, 4]);
  });

  it('leaves certificates to their own log, and keeps stapled OCSP responses', () => {
    const tables = buildTables({ files: [
      { ...flow, ts: 1, pkt: 1, fuid: 'F1', source: 'SSL', mime_type: 'application/x-x509-user-cert' },
      { ...flow, ts: 1, pkt: 2, fuid: 'F2', source: 'SSL', mime_type: 'application/ocsp-response' },
      { ...flow, ts: 1, pkt: 3, fuid: 'F3', source: 'HTTP', mime_type: 'application/x-x509-ca-cert' },
    ] });
    expect(json('files', tables).map((row) => row.fuid)).toEqual(['F2', 'F3']);
  });

  it('writes nothing of an empty log', () => {
    const tables = buildTables({});
    for (const log of WRITTEN_LOGS) {
      expect([...zeekJson(log, tables)]).toEqual([]);
      expect([...zeekTsv(log, tables)]).toEqual([]);
    }
  });

  it('marks values that read like marks in TSV', () => {
    const tables = buildTables({ http: [{ ...flow, ts: 1, pkt: 1, method: '-', uri: '', host: '(empty)' }] });
    const row = joined(zeekTsv('http', tables)).split('\n').find((line) => !line.startsWith('#'))?.split('\t') ?? [];
    const at = (name: string): string => row[LOG_FIELDS.http.findIndex((field) => field.name === name)] ?? '?';
    expect([at('method'), at('uri'), at('host'), at('referrer')]).toEqual(['\\x2d', '(empty)', '\\x28empty)', '-']);
  });

  it('writes a million rows in seconds', () => {
    const rows = Array.from({ length: 4096 }, (_, i) => ({ ...flow, ts: (4096 - i) * 1e6, pkt: i, proto: 1, duration: i * 10, orig_bytes: i, conn_state: 2, history: 'ShADadFf', community_id: '1:abcdefghijklmnopqrstuvwxyz0=' }));
    const tables = buildTables({ conn: rows });
    const conn = tables.get('conn')!;
    const chunk = conn.chunk(0);
    for (let i = 1; i < 245; i++) conn.append({ log: chunk.log, rows: chunk.rows, buffer: chunk.buffer });
    const start = performance.now();
    let bytes = 0;
    for (const block of zeekJson('conn', tables)) bytes += block.length;
    const seconds = (performance.now() - start) / 1000;
    console.info(`${conn.rows} rows, ${(bytes / 1e6).toFixed(0)} MB of JSON in ${seconds.toFixed(1)} s`);
    expect(bytes).toBeGreaterThan(200e6);
    expect(seconds).toBeLessThan(20);
    expect(order(conn)).toHaveLength(conn.rows);
  }, 60_000);
});

describe('server name and certificate', () => {
  it('reads the common name of a subject', () => {
    expect(commonName('CN=www.github.com,O=GitHub\\, Inc.,C=US')).toBe('www.github.com');
    expect(commonName('emailAddress=a@b,CN=mail\\,02,OU=x')).toBe('mail,02');
    expect(commonName('O=CN=no')).toBe('');
  });

  const expected = join(import.meta.dirname, '../../../../../shared/expected/zeek');
  it('agrees with Zeek on every session whose certificate is in the expected logs', (context) => {
    if (!existsSync(expected)) { console.warn(`left out: ${expected} is not there`); context.skip(); return; }
    type Row = Record<string, unknown>;
    const read = (file: string): Row[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map((l) => JSON.parse(l) as Row) : []);
    let compared = 0;
    for (const folder of readdirSync(expected, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('ssl.log'))) {
      const certificates = new Map(read(join(expected, folder, '../x509.log')).map((row) => [row.fingerprint, row]));
      for (const row of read(join(expected, folder))) {
        if (row.sni_matches_cert === undefined) continue;
        const certificate = certificates.get((row.cert_chain_fps as string[])[0]);
        if (!certificate) continue;
        const san = certificate['san.dns'] as string[] | undefined;
        const names = san ?? [commonName(certificate['certificate.subject'] as string)];
        expect([folder, row.server_name, names, nameMatches(row.server_name as string, names)]).toEqual([folder, row.server_name, names, row.sni_matches_cert]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(200);
  });
});
