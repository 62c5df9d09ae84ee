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

interface Misses { readonly random: Map<number, number>; readonly all: Set<number>; readonly flows: Set<number>; readonly pkts: number[]; first: number; last: number }

/** The originator of a flow that has no conn row. */
const NOBODY = -1;

/**
 * Sees: one host asking for many random-looking registrable domains that do not exist; a random-looking one that does
 * answer amid them is named.
 * ATT&CK: T1568.002 Domain Generation Algorithms.
 * False positives: browsers that probe for hijacked NXDOMAIN with random single labels (those have no dot and are left
 * out), misconfigured search suffixes, typo traffic.
 */
export function dnsDga(view: CaptureView): Finding[] {
  const { index, facts: { dns, pool } } = view;
  const hosts = new Map<number, Misses>();
  const answered = new Map<number, Map<number, { pkt: number; flow: number; ts: number }>>();
  /** By name: its registrable domain, −1 = not looked at; by domain: whether it looks made by a machine. */
  const domains: number[] = [];
  const generated: boolean[] = [];
  for (let r = 0; r < dns.rows; r++) {
    const rcode = dns.rcode[r]!;
    if (rcode !== 0 && rcode !== RCODE_NXDOMAIN) continue;
    const domain = domains[dns.query[r]!] ??= domainOf(view, dns.query[r]!);
    if (domain < 0) continue;
    const random = generated[domain] ??= looksGenerated(pool.text(domain).split('.')[0] ?? '');
    const [flow, ts, pkt] = [dns.flow[r]!, dns.ts[r]!, dns.pkt[r]!];
    const client = view.known(flow) ? index.orig[flow]! : NOBODY;
    if (rcode === 0) {
      if (!random || dns.answers.from(r) === dns.answers.to(r)) continue;
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
  for (const [id, misses] of hosts) {
    if (misses.random.size < MIN_MISSES || misses.random.size < misses.all.size * MIN_SHARE) continue;
    const client = id === NOBODY ? '' : index.book.text(id);
    const flows = [...misses.flows];
    const text = `${client} asked for ${countText(misses.random.size)} random-looking domains that do not exist within ${durationText(misses.last - misses.first)}`;
    const reason = { name: 'generated-domain', technique: 'T1568.002', flows, pkts: misses.pkts };
    const reasons: FindingReason[] = [...misses.random.keys()].map((domain) => (
      { indicator: keyOf('domain-name', pool.text(domain)), reason: { ...reason, text: `is one of ${misses.random.size} random-looking domains that ${client} asked for and that do not exist`, points: 18 } }));
    for (const [domain, at] of answered.get(id) ?? []) {
      if (at.ts < misses.first - 60e6 || at.ts > misses.last + 600e6) continue;
      reasons.push({ indicator: keyOf('domain-name', pool.text(domain)), reason: { ...reason, text: `exists amid ${misses.random.size} random-looking domains that ${client} asked for and that do not`, points: 42, pkts: [at.pkt], flows: [at.flow] } });
    }
    findings.push({
      detector: 'dns-dga', title: text, severity: 'medium', confidence: misses.random.size >= 20 ? 75 : 50, technique: 'T1568.002', capture: view.capture,
      first_seen: misses.first, last_seen: misses.last, hosts: client === '' ? [] : [client], flows, pkts: misses.pkts,
      inputs: { random: misses.random.size, missing: misses.all.size }, reasons,
    });
  }
  return findings;
}

/** The registrable domain of a public name of at most three labels; −1 for every other. */
function domainOf({ facts: { pool } }: CaptureView, id: number): number {
  const query = normaliseName(pool.text(id));
  if (!query || isReverseName(query) || isInternalName(query) || query.split('.').length > 3) return -1;
  return pool.internText(registrableDomain(query));
}
