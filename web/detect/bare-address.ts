import * as abi from '../../assembly/abi/logs';
import { keyOf, normaliseUrl, splitAuthority } from '../indicators/normalise';
import { parseAddress } from '../logs/address';
import { requestUrl } from '../logs/http-url';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';

interface Bare { kind: 'HTTP' | 'TLS'; flows: number[]; pkts: number[]; urls: Set<string>; first: number; last: number; count: number }

/**
 * Sees: HTTP asked of an outside address by number, and TLS without a server name to an address that no name was
 * resolved to. A weak reason each.
 * ATT&CK: T1071.001 Web Protocols.
 * False positives: peer-to-peer programs, VPN clients, video calls, appliances that know their cloud by number.
 */
export function bareAddress(view: CaptureView): Finding[] {
  const bare = new Map<string, Bare>();
  const note = (kind: Bare['kind'], flow: number, ts: number, pkt: number, url: string): void => {
    if (!view.outward(flow)) return;
    const key = `${kind} ${view.index.resp[flow]}`;
    let b = bare.get(key);
    if (!b) bare.set(key, b = { kind, flows: [], pkts: [], urls: new Set(), first: ts, last: ts, count: 0 });
    b.count++;
    b.last = Math.max(b.last, ts);
    if (b.pkts.length < MAX_FINDING_EVIDENCE) { b.pkts.push(pkt); if (!b.flows.includes(flow)) b.flows.push(flow); }
    if (url !== '' && b.urls.size < MAX_FINDING_EVIDENCE) b.urls.add(url);
  };
  const http = view.log('http');
  for (let r = 0; http && r < http.rows; r++) {
    const host = http.str(r, abi.HTTP_HOST);
    if (http.num(r, abi.COL_RESP_P) === 1900 || !parseAddress(splitAuthority(host).host)) continue;
    note('HTTP', http.num(r, abi.COL_FLOW), http.num(r, abi.COL_TS), http.num(r, abi.COL_PKT), normaliseUrl(requestUrl(http, r)) ?? '');
  }
  const ssl = view.log('ssl');
  for (let r = 0; ssl && r < ssl.rows; r++) {
    const flow = ssl.num(r, abi.COL_FLOW);
    if (ssl.bytes(r, abi.SSL_SERVER_NAME).length > 0 || view.nameOfFlow(flow) !== '') continue;
    note('TLS', flow, ssl.num(r, abi.COL_TS), ssl.num(r, abi.COL_PKT), '');
  }
  return [...bare.values()].map((b): Finding => {
    const flow = b.flows[0] ?? 0;
    const text = b.kind === 'HTTP' ? `was asked for web pages by its number, without a name (${b.count}×)` : `was spoken to in TLS without any name (${b.count}×)`;
    const reason = { name: b.kind === 'HTTP' ? 'http-to-address' : 'tls-without-name', text, points: 12, technique: 'T1071.001', flows: b.flows, pkts: b.pkts };
    const reasons: FindingReason[] = [{ indicator: view.respKey(flow), reason }];
    for (const url of b.urls) reasons.push({ indicator: keyOf('url', url), reason: { ...reason, points: 8 } });
    return {
      detector: 'bare-address', title: `${view.resp(flow)} ${text}`, severity: 'low', confidence: 30, technique: 'T1071.001', capture: view.capture,
      first_seen: b.first, last_seen: b.last, hosts: [...new Set(b.flows.map((f) => view.orig(f)))], flows: b.flows, pkts: b.pkts, inputs: { times: b.count, protocol: b.kind }, reasons,
    };
  });
}
