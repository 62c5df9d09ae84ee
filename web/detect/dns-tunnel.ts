import * as abi from '../../assembly/abi/logs';
import { isInternalName, isReverseName, keyOf, normaliseName, registrableDomain } from '../indicators/normalise';
import { MAX_FINDING_EVIDENCE, type Finding } from './types';
import type { CaptureView } from './view';
import { countText, entropy } from './words';

/** Different names below one domain, their mean length below it, and the entropy of all of them together. */
const MIN_NAMES = 25;
const MIN_LENGTH = 20;
const MIN_ENTROPY = 3.5;
const MIN_NAMES_WITH_DATA = 10;
const TYPE_TXT = 16;
const TYPE_NULL = 10;
const TYPE_ANY_DATA = new Set([TYPE_TXT, TYPE_NULL, 65399, 15]);
/** Names kept of one domain for the entropy; the count goes on. */
const MAX_SAMPLE = 500;
/** Domains whose names are long by design: reputation look-ups, CDNs, content-addressed hosts. */
const LONG_BY_DESIGN = /(^|\.)(spamhaus\.(org|net)|mcafee\.com|sophosxl\.net|avqs\.mcafee\.com|barracudabrts\.com|senderbase\.org|in-addr\.arpa|ip6\.arpa|amazonaws\.com|cloudfront\.net|akamai\w*\.net|googleusercontent\.com|trafficmanager\.net|azure\.com|windows\.net|office\.com|e5\.sk)$/;

interface Below { names: Set<string>; length: number; queries: number; data: number; clients: Set<string>; flows: number[]; pkts: number[]; first: number; last: number; sample: string }

/**
 * Sees: many different, long, random-looking names below one domain, the more so in TXT or NULL queries.
 * ATT&CK: T1071.004 DNS (command and control), T1572 Protocol Tunneling.
 * False positives: reputation and anti-virus look-ups, content delivery, telemetry that carries ids in names.
 */
export function dnsTunnel(view: CaptureView): Finding[] {
  const dns = view.log('dns');
  if (!dns) return [];
  const domains = new Map<string, Below>();
  for (let r = 0; r < dns.rows; r++) {
    if (dns.bytes(r, abi.DNS_QUERY).length < 12 || dns.num(r, abi.COL_RESP_P) === 137 || dns.num(r, abi.COL_RESP_P) === 5353) continue;
    const query = dns.str(r, abi.DNS_QUERY).toLowerCase();
    if (isReverseName(query)) continue;
    const domain = registrableDomain(query);
    const below = query.slice(0, Math.max(0, query.length - domain.length - 1));
    if (below === '' || LONG_BY_DESIGN.test(domain)) continue;
    let d = domains.get(domain);
    const ts = dns.num(r, abi.COL_TS);
    if (!d) domains.set(domain, d = { names: new Set(), length: 0, queries: 0, data: 0, clients: new Set(), flows: [], pkts: [], first: ts, last: ts, sample: '' });
    d.queries++;
    d.last = Math.max(d.last, ts);
    if (TYPE_ANY_DATA.has(dns.num(r, abi.DNS_QTYPE))) d.data++;
    if (d.pkts.length < MAX_FINDING_EVIDENCE) {
      d.pkts.push(dns.num(r, abi.COL_PKT));
      const flow = dns.num(r, abi.COL_FLOW);
      if (!d.flows.includes(flow)) d.flows.push(flow);
      d.clients.add(view.orig(flow));
    }
    if (d.names.has(below)) continue;
    d.names.add(below);
    d.length += below.length;
    if (d.names.size <= MAX_SAMPLE) d.sample += below.replaceAll('.', '');
  }
  const findings: Finding[] = [];
  for (const [domain, d] of domains) {
    const name = normaliseName(domain);
    if (!name || isInternalName(name)) continue;
    const length = d.length / d.names.size;
    const bits = entropy(d.sample);
    const dataShare = d.data / d.queries;
    const enough = d.names.size >= MIN_NAMES || (d.names.size >= MIN_NAMES_WITH_DATA && dataShare >= 0.5);
    if (!enough || length < MIN_LENGTH || bits < MIN_ENTROPY) continue;
    const strong = dataShare >= 0.3 || d.names.size >= 100;
    const text = `${countText(d.names.size)} different names below it were asked for, ${Math.round(length)} characters long on average${dataShare >= 0.3 ? `, ${Math.round(dataShare * 100)} % of them for data records` : ''}`;
    const indicator = keyOf('domain-name', name);
    findings.push({
      detector: 'dns-tunnel', title: `${name}: ${text}`, severity: strong ? 'high' : 'medium', confidence: strong ? 80 : 55, technique: 'T1071.004',
      capture: view.capture, first_seen: d.first, last_seen: d.last, hosts: [...d.clients].filter((host) => host !== ''), flows: d.flows, pkts: d.pkts, count: d.queries,
      inputs: { names: d.names.size, mean_length: Number(length.toFixed(1)), entropy: Number(bits.toFixed(2)), data_share: Number(dataShare.toFixed(2)) },
      reasons: [{ indicator, reason: { name: 'dns-tunnel', text, points: strong ? 60 : 40, technique: 'T1071.004', flows: d.flows, pkts: d.pkts } }],
    });
  }
  return findings;
}
