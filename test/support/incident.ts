import type { CaptureInput } from '../../web/indicators/index';
import { buildTables, type RowValues } from './table-builder';

export const T0 = 1_700_000_000_000_000;
export const VICTIM = '10.7.10.47';
export const EVIL = '185.199.20.30';
export const C2 = '91.200.12.77';
export const UPDATES = '23.50.60.70';
export const SHA_EXE = 'a'.repeat(64);
export const SHA_UPDATE = 'b'.repeat(64);
export const CERT_SHA256 = 'c'.repeat(64);
export const CERT_SHA1 = 'd'.repeat(40);
const SF = 2;

/** Builds rows of a capture whose flows get their ordinals by the order in which they are added. */
export class CaptureBuilder {
  readonly logs = { conn: [] as RowValues[], dns: [] as RowValues[], http: [] as RowValues[], ssl: [] as RowValues[], files: [] as RowValues[], x509: [] as RowValues[], arp: [] as RowValues[] };
  private pkt = 0;

  /** Adds a flow; returns the columns that the rows of other logs share with it. */
  flow(at: number, orig: string, resp: string, port: number, more: RowValues = {}): RowValues {
    const flow = this.logs.conn.length + 1;
    const common = { ts: T0 + at * 1e6, uid: `C${flow}`, 'id.orig_h': orig, 'id.orig_p': 40_000 + (flow % 20_000), 'id.resp_h': resp, 'id.resp_p': port, pkt: ++this.pkt, flow };
    this.logs.conn.push({ ...common, proto: 1, duration: 100_000, orig_bytes: 500, resp_bytes: 2000, conn_state: SF, orig_pkts: 6, resp_pkts: 7, community_id: `1:${flow}=`, ...more });
    return common;
  }

  dns(at: number, client: string, query: string, answers: readonly string[], more: RowValues = {}): void {
    const common = this.flow(at, client, '10.7.10.1', 53, { proto: 2, service: 'dns', orig_bytes: 40, resp_bytes: 80 });
    this.logs.dns.push({ ...common, pkt: ++this.pkt, proto: 2, query, qtype: 1, rcode: 0, answers: [...answers], TTLs: answers.map(() => 300e6), ...more });
  }

  http(at: number, client: string, server: string, more: RowValues, flowMore: RowValues = {}): RowValues {
    const common = this.flow(at, client, server, Number(more['id.resp_p'] ?? 80), { service: 'http', ...flowMore });
    const row = { ...common, pkt: ++this.pkt, method: 'GET', status_code: 200, user_agent: BROWSER, ...more };
    this.logs.http.push(row);
    return row;
  }

  body(request: RowValues, more: RowValues): void {
    const fuid = `F${this.logs.files.length + 1}`;
    const i = this.logs.http.indexOf(request);
    this.logs.http[i] = { ...request, resp_fuids: [fuid] };
    const common = Object.fromEntries(['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'flow'].map((name) => [name, request[name]]));
    this.logs.files.push({ ...common, pkt: ++this.pkt, fuid, source: 'HTTP', is_orig: false, seen_bytes: 48_128, missing_bytes: 0, overflow_bytes: 0, timedout: false, duration: 1000, ...more });
  }

  build(sha256 = 'e'.repeat(64)): CaptureInput {
    return { tables: buildTables(this.logs), sha256, name: 'test.pcap' };
  }
}

export const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36';

/** A small incident: lure page, executable as .jpg, beacon over TLS, and an operating system that updates itself. */
export function incident(): CaptureBuilder {
  const b = new CaptureBuilder();
  b.dns(0, VICTIM, 'Lure.Evil-Site.com.', [EVIL]);
  b.http(1, VICTIM, EVIL, { host: 'lure.evil-site.com', uri: '/invoice' });
  const exe = b.http(1.4, VICTIM, EVIL, { host: 'lure.evil-site.com', uri: '/img/pic.jpg', referrer: 'http://lure.evil-site.com/invoice', content_type: 'image/jpeg' });
  b.body(exe, { mime_type: 'application/x-dosexec', sha256: SHA_EXE, sha1: '1'.repeat(40), md5: '2'.repeat(32) });
  b.dns(3, VICTIM, 'au.download.windowsupdate.com', [UPDATES]);
  const update = b.http(4, VICTIM, UPDATES, { host: 'au.download.windowsupdate.com', uri: '/c/kb.exe', user_agent: 'Windows-Update-Agent/10.0' });
  b.body(update, { mime_type: 'application/x-dosexec', sha256: SHA_UPDATE, sha1: '3'.repeat(40), md5: '4'.repeat(32) });
  for (let i = 0; i < 12; i++) {
    const tls = b.flow(10 + i * 60, VICTIM, C2, 443, { service: 'ssl', orig_bytes: 900, resp_bytes: 400 });
    b.logs.ssl.push({ ...tls, version: 0x303, cert_chain_fps: [CERT_SHA256], ja3: '5'.repeat(32), ja3s: '6'.repeat(32), ja4: 't12d1516h2_8daaf6152771_e5627efa2ab1' });
    if (i === 0) {
      b.logs.x509.push({
        ...tls, fingerprint: CERT_SHA256, sha1: CERT_SHA1, 'certificate.serial': '01AB', 'certificate.subject': 'emailAddress=Root@C2-Server.net,CN=c2-server.net', 'certificate.issuer': 'emailAddress=Root@C2-Server.net,CN=c2-server.net',
        'certificate.not_valid_before': T0 - 1e12, 'certificate.not_valid_after': T0 - 1e9, 'san.dns': ['*.c2-server.net'],
      });
    }
  }
  return b;
}
