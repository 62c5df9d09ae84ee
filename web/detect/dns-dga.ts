import * as abi from '../../assembly/abi/logs';
import { isInternalName, isReverseName, keyOf, normaliseName, registrableDomain } from '../indicators/normalise';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { countText, durationText, entropy } from './words';

const RCODE_NXDOMAIN = 3;
/** Different random-looking domains that do not exist, asked for by one host. */
const MIN_MISSES = 8;
/** Share of random-looking ones among all its missing domains. */
const MIN_SHARE = 0.5;

/**
 * True for a label as a domain generation algorithm makes them: long enough, of high entropy for its length, with few
 * vowels or many digits or long runs of consonants.
 * @param least how many of those signs it takes
 */
export function looksGenerated(label: string, least = 2): boolean {
  if (label.length < 8 || label.startsWith('xn--') || label.includes('-')) return false;
  const letters = label.replace(/[^a-z]/g, '');
  const digits = label.length - letters.length;
  const vowels = (letters.match(/[aeiouy]/g) ?? []).length;
  const run = Math.max(0, ...(label.match(/[bcdfghjklmnpqrstvwxz]+/g) ?? []).map((part) => part.length));
  const digitRuns = (label.match(/\d+/g) ?? []).length;
  const signs = Number(vowels < letters.length * 0.25) + Number(run >= 5) + Number(digitRuns >= 2 && letters.length >= 3) + Number(digits > label.length / 4 && letters.length >= 2)
    + Number(entropy(label) >= 3.4);
  return signs >= least;
}

interface Misses { random: Map<string, number>; all: Set<string>; flows: Set<number>; pkts: number[]; first: number; last: number }

/**
 * Sees: one host asking for many random-looking registrable domains that do not exist; a random-looking one that does
 * answer amid them is named.
 * ATT&CK: T1568.002 Domain Generation Algorithms.
 * False positives: browsers that probe for hijacked NXDOMAIN with random single labels (those have no dot and are left
 * out), misconfigured search suffixes, typo traffic.
 */
export function dnsDga(view: CaptureView): Finding[] {
  const dns = view.log('dns');
  if (!dns) return [];
  const hosts = new Map<string, Misses>();
  const answered = new Map<string, Map<string, { pkt: number; flow: number; ts: number }>>();
  for (let r = 0; r < dns.rows; r++) {
    if (dns.isNull(r, abi.DNS_RCODE)) continue;
    const rcode = dns.num(r, abi.DNS_RCODE);
    if (rcode !== 0 && rcode !== RCODE_NXDOMAIN) continue;
    const query = normaliseName(dns.str(r, abi.DNS_QUERY));
    if (!query || isReverseName(query) || isInternalName(query) || query.split('.').length > 3) continue;
    const domain = registrableDomain(query);
    const random = looksGenerated(domain.split('.')[0] ?? '');
    const flow = dns.num(r, abi.COL_FLOW);
    const ts = dns.num(r, abi.COL_TS);
    const pkt = dns.num(r, abi.COL_PKT);
    const client = view.orig(flow);
    if (rcode === 0) {
      if (!random || dns.strs(r, abi.DNS_ANSWERS).length === 0) continue;
      let hits = answered.get(client);
      if (!hits) answered.set(client, hits = new Map());
      hits.set(domain, { pkt, flow, ts });
      continue;
    }
    let misses = hosts.get(client);
    if (!misses) hosts.set(client, misses = { random: new Map(), all: new Set(), flows: new Set(), pkts: [], first: ts, last: ts });
    misses.all.add(domain);
    if (!random || misses.random.has(domain)) continue;
    misses.random.set(domain, pkt);
    misses.last = ts;
    if (misses.pkts.length < MAX_FINDING_EVIDENCE) { misses.pkts.push(pkt); misses.flows.add(flow); }
  }
  const findings: Finding[] = [];
  for (const [client, misses] of hosts) {
    if (misses.random.size < MIN_MISSES || misses.random.size < misses.all.size * MIN_SHARE) continue;
    const flows = [...misses.flows];
    const text = `${client} asked for ${countText(misses.random.size)} random-looking domains that do not exist within ${durationText(misses.last - misses.first)}`;
    const reason = { name: 'generated-domain', technique: 'T1568.002', flows, pkts: misses.pkts };
    const reasons: FindingReason[] = [...misses.random.keys()].map((domain) => (
      { indicator: keyOf('domain-name', domain), reason: { ...reason, text: `is one of ${misses.random.size} random-looking domains that ${client} asked for and that do not exist`, points: 18 } }));
    for (const [domain, at] of answered.get(client) ?? []) {
      if (at.ts < misses.first - 60e6 || at.ts > misses.last + 600e6) continue;
      reasons.push({ indicator: keyOf('domain-name', domain), reason: { ...reason, text: `exists amid ${misses.random.size} random-looking domains that ${client} asked for and that do not`, points: 42, pkts: [at.pkt], flows: [at.flow] } });
    }
    findings.push({
      detector: 'dns-dga', title: text, severity: 'medium', confidence: misses.random.size >= 20 ? 75 : 50, technique: 'T1568.002', capture: view.capture,
      first_seen: misses.first, last_seen: misses.last, hosts: client === '' ? [] : [client], flows, pkts: misses.pkts,
      inputs: { random: misses.random.size, missing: misses.all.size }, reasons,
    });
  }
  return findings;
}
