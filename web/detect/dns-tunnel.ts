import { isInternalName, keyOf, normaliseName } from '../indicators/normalise';
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

interface Below { names: number; length: number; queries: number; data: number; readonly clients: Set<number>; readonly flows: number[]; readonly pkts: number[]; first: number; last: number; readonly sample: number[] }

/**
 * Sees: many different, long, random-looking names below one domain, the more so in TXT or NULL queries.
 * ATT&CK: T1071.004 DNS (command and control), T1572 Protocol Tunneling.
 * False positives: reputation and anti-virus look-ups, content delivery, telemetry that carries ids in names.
 */
export function dnsTunnel(view: CaptureView): Finding[] {
  const { index, facts: { dns, texts, pool } } = view;
  const domains = new Map<number, Below | null>();
  /** By name in lower case: where its part below the domain ends; 0 = none, undefined = not met. */
  const ends: number[] = [];
  const seen = new Set<number>();
  for (let r = 0; r < dns.rows; r++) {
    const asked = dns.query[r]!;
    if (pool.lengthOf(asked) < 12 || dns.respPort[r] === 137 || dns.respPort[r] === 5353 || texts.isReverse(asked)) continue;
    const query = texts.lower(asked);
    const domain = texts.domain(query);
    const end = ends[query] ??= Math.max(0, pool.text(query).length - pool.text(domain).length - 1);
    let d = domains.get(domain);
    if (end === 0 || d === null) continue;
    const ts = dns.ts[r]!;
    if (!d) {
      d = LONG_BY_DESIGN.test(pool.text(domain)) ? null : { names: 0, length: 0, queries: 0, data: 0, clients: new Set(), flows: [], pkts: [], first: ts, last: ts, sample: [] };
      domains.set(domain, d);
      if (!d) continue;
    }
    d.queries++;
    d.last = Math.max(d.last, ts);
    if (TYPE_ANY_DATA.has(dns.qtype[r]!)) d.data++;
    if (d.pkts.length < MAX_FINDING_EVIDENCE) {
      d.pkts.push(dns.pkt[r]!);
      const flow = dns.flow[r]!;
      if (!d.flows.includes(flow)) d.flows.push(flow);
      if (view.known(flow)) d.clients.add(index.orig[flow]!);
    }
    if (seen.has(query)) continue;
    seen.add(query);
    d.names++;
    d.length += end;
    if (d.names <= MAX_SAMPLE) d.sample.push(query);
  }
  const findings: Finding[] = [];
  for (const [domain, d] of domains) {
    if (!d || d.names < MIN_NAMES_WITH_DATA) continue;
    const name = normaliseName(pool.text(domain));
    if (!name || isInternalName(name)) continue;
    const length = d.length / d.names;
    const dataShare = d.data / d.queries;
    const enough = d.names >= MIN_NAMES || dataShare >= 0.5;
    if (!enough || length < MIN_LENGTH) continue;
    const bits = entropy(d.sample.map((query) => pool.text(query).slice(0, ends[query]).replaceAll('.', '')).join(''));
    if (bits < MIN_ENTROPY) continue;
    const strong = dataShare >= 0.3 || d.names >= 100;
    const text = `${countText(d.names)} different names below it were asked for, ${Math.round(length)} characters long on average${dataShare >= 0.3 ? `, ${Math.round(dataShare * 100)} % of them for data records` : ''}`;
    const indicator = keyOf('domain-name', name);
    findings.push({
      detector: 'dns-tunnel', title: `${name}: ${text}`, severity: strong ? 'high' : 'medium', confidence: strong ? 80 : 55, technique: 'T1071.004',
      capture: view.capture, first_seen: d.first, last_seen: d.last, hosts: [...d.clients].map((id) => index.book.text(id)), flows: d.flows, pkts: d.pkts, count: d.queries,
      inputs: { names: d.names, mean_length: Number(length.toFixed(1)), entropy: Number(bits.toFixed(2)), data_share: Number(dataShare.toFixed(2)) },
      reasons: [{ indicator, reason: { name: 'dns-tunnel', text, points: strong ? 60 : 40, technique: 'T1071.004', flows: d.flows, pkts: d.pkts } }],
    });
  }
  return findings;
}
