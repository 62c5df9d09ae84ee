import * as abi from '../../assembly/abi/logs';
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
  const seen = new Map<string, { flow: number; pkt: number; ts: number }>();
  const read = (log: 'dns' | 'ssl' | 'http', column: number): void => {
    const table = view.log(log);
    for (let r = 0; table && r < table.rows; r++) {
      const text = table.str(r, column);
      if (text !== '' && !seen.has(text)) seen.set(text, { flow: table.num(r, abi.COL_FLOW), pkt: table.num(r, abi.COL_PKT), ts: table.num(r, abi.COL_TS) });
    }
  };
  read('dns', abi.DNS_QUERY);
  read('ssl', abi.SSL_SERVER_NAME);
  read('http', abi.HTTP_HOST);
  const findings: Finding[] = [];
  const done = new Set<string>();
  for (const [text, at] of seen) {
    const name = classifyName(text.replace(/:\d+$/, ''));
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
