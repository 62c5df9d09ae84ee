import { keyOf, splitAuthority } from '../indicators/normalise';
import { parseAddress } from '../logs/address';
import { MAX_FINDING_EVIDENCE, MAX_FINDINGS_PER_DETECTOR, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';

interface Bare { readonly kind: 'HTTP' | 'TLS'; readonly flows: number[]; readonly pkts: number[]; readonly urls: Set<number>; first: number; last: number; count: number }

/**
 * Sees: HTTP asked of an outside address by number, and TLS without a server name to an address that no name was
 * resolved to. A weak reason each.
 * ATT&CK: T1071.001 Web Protocols.
 * False positives: peer-to-peer programs, VPN clients, video calls, appliances that know their cloud by number.
 */
export function bareAddress(view: CaptureView): Finding[] {
  const { index, facts: { http, tls, pool } } = view;
  const { urls } = http;
  const bare = new Map<number, Bare>();
  const note = (kind: Bare['kind'], flow: number, ts: number, pkt: number, url: number): void => {
    if (!view.outward(flow)) return;
    const key = index.resp[flow]! * 2 + (kind === 'HTTP' ? 0 : 1);
    let b = bare.get(key);
    if (!b) bare.set(key, b = { kind, flows: [], pkts: [], urls: new Set(), first: ts, last: ts, count: 0 });
    b.count++;
    b.last = Math.max(b.last, ts);
    if (b.pkts.length < MAX_FINDING_EVIDENCE) { b.pkts.push(pkt); if (!b.flows.includes(flow)) b.flows.push(flow); }
    if (url !== 0 && b.urls.size < MAX_FINDING_EVIDENCE) b.urls.add(url);
  };
  const numbers: boolean[] = [];
  for (let r = 0; r < http.rows; r++) {
    const host = http.host[r]!;
    if (host === 0 || http.respPort[r] === 1900 || !(numbers[host] ??= parseAddress(splitAuthority(pool.text(host)).host) !== null)) continue;
    note('HTTP', http.flow[r]!, http.ts[r]!, http.pkt[r]!, urls.normalOf[http.url[r]!]!);
  }
  for (let r = 0; r < tls.rows; r++) {
    const flow = tls.flow[r]!;
    if (tls.serverName[r] !== 0 || view.nameOfFlow(flow) !== '') continue;
    note('TLS', flow, tls.ts[r]!, tls.pkt[r]!, 0);
  }
  view.more = Math.max(0, bare.size - MAX_FINDINGS_PER_DETECTOR);
  return [...bare.values()].slice(0, MAX_FINDINGS_PER_DETECTOR).map((b): Finding => {
    const flow = b.flows[0] ?? 0;
    const text = b.kind === 'HTTP' ? `was asked for web pages by its number, without a name (${b.count}×)` : `was spoken to in TLS without any name (${b.count}×)`;
    const reason = { name: b.kind === 'HTTP' ? 'http-to-address' : 'tls-without-name', text, points: 12, technique: 'T1071.001', flows: b.flows, pkts: b.pkts };
    const reasons: FindingReason[] = [{ indicator: view.respKey(flow), reason }];
    for (const url of b.urls) reasons.push({ indicator: keyOf('url', urls.normal[url]!), reason: { ...reason, points: 8 } });
    return {
      detector: 'bare-address', title: `${view.resp(flow)} ${text}`, severity: 'low', confidence: 30, technique: 'T1071.001', capture: view.capture,
      first_seen: b.first, last_seen: b.last, hosts: [...new Set(b.flows.map((f) => view.orig(f)))], flows: b.flows, pkts: b.pkts, inputs: { times: b.count, protocol: b.kind }, reasons,
    };
  });
}
