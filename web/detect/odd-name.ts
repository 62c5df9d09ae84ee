import type { RowFacts } from '../indicators/facts/rows';
import { classifyName, keyOf, registrableDomain } from '../indicators/normalise';
import { looksGenerated } from './dns-dga';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';

/** Top-level domains that abuse reports name far beyond their size. */
const ABUSED_TLDS = new Set(['top', 'xyz', 'click', 'icu', 'cyou', 'rest', 'buzz', 'monster', 'tk', 'ml', 'ga', 'cf', 'gq', 'pw', 'su', 'bid', 'loan', 'work', 'party', 'cam', 'sbs', 'cfd', 'zip', 'mov', 'quest', 'bond', 'lol']);
/** Names that anybody gets for nothing, at once, for a changing address. */
const DYNAMIC_DNS = new Set(['duckdns.org', 'no-ip.com', 'no-ip.org', 'no-ip.biz', 'ddns.net', 'hopto.org', 'zapto.org', 'sytes.net', 'serveftp.com', 'myftp.org', 'myftp.biz', 'dyndns.org', 'changeip.com', '3utilities.com', 'bounceme.net', 'redirectme.net', 'servebeer.com', 'servehttp.com', 'dynu.net', 'freeddns.org', 'chickenkiller.com', 'mooo.com', 'ngrok.io', 'ngrok-free.app', 'trycloudflare.com', 'portmap.host', 'serveo.net']);

/**
 * Sees: names under top-level domains that are abused much, of dynamic DNS and tunnel services, or that look made by a
 * machine. Weak reasons, and only for names that traffic went to or that were asked for.
 * ATT&CK: T1583.001 Domains; T1568 Dynamic Resolution.
 * False positives: every honest owner of such a name.
 */
export function oddName(view: CaptureView): Finding[] {
  const { facts: { dns, tls, http, pool } } = view;
  const seen: { readonly id: number; readonly flow: number; readonly pkt: number; readonly ts: number }[] = [];
  const met = new Uint8Array(pool.count);
  const read = (log: RowFacts, column: Uint32Array): void => {
    for (let r = 0; r < log.rows; r++) {
      const id = column[r]!;
      if (id === 0 || met[id] === 1) continue;
      met[id] = 1;
      seen.push({ id, flow: log.flow[r]!, pkt: log.pkt[r]!, ts: log.ts[r]! });
    }
  };
  read(dns, dns.query);
  read(tls, tls.serverName);
  read(http, http.host);
  const findings: Finding[] = [];
  const done = new Set<string>();
  for (const at of seen) {
    const name = classifyName(pool.text(at.id).replace(/:\d+$/, ''));
    if (name?.kind !== 'domain-name' || done.has(name.value)) continue;
    done.add(name.value);
    const faults: { name: string; text: string; points: number }[] = [];
    const domain = registrableDomain(name.value);
    const tld = name.value.slice(name.value.lastIndexOf('.') + 1);
    const dynamic = [domain, name.value.split('.').slice(-2).join('.')].find((suffix) => DYNAMIC_DNS.has(suffix));
    if (ABUSED_TLDS.has(tld)) faults.push({ name: 'abused-tld', text: `its top-level domain .${tld} is abused much`, points: 6 });
    if (dynamic) faults.push({ name: 'dynamic-dns', text: `is a name of ${dynamic}, which anybody gets at once`, points: 8 });
    if (!dynamic && looksGenerated(domain.split('.')[0] ?? '', 3) && (domain.split('.')[0] ?? '').length >= 12) faults.push({ name: 'random-name', text: 'looks made by a machine', points: 5 });
    if (faults.length === 0) continue;
    const reasons: FindingReason[] = faults.map((fault) => ({ indicator: keyOf('domain-name', name.value), reason: { ...fault, flows: [at.flow], pkts: [at.pkt], technique: 'T1583.001' } }));
    findings.push({
      detector: 'odd-name', title: `${name.value}: ${faults.map((fault) => fault.text).join('; ')}`, severity: 'info', confidence: 15, technique: 'T1583.001', capture: view.capture,
      first_seen: at.ts, last_seen: at.ts, hosts: [view.orig(at.flow)].filter((host) => host !== '').slice(0, MAX_FINDING_EVIDENCE), flows: [at.flow], pkts: [at.pkt], inputs: { name: name.value }, reasons,
    });
  }
  return findings;
}
