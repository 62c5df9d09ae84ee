import { classifyName, keyOf } from '../indicators/normalise';
import { PairSet } from '../logs/growing';
import { MAX_FINDING_EVIDENCE, type Finding } from './types';
import type { CaptureView } from './view';
import { countText, durationText } from './words';

/** Different IPv4 /16 networks among a name's answers, and the longest time to live (microseconds). */
const MIN_NETWORKS = 6;
const MAX_TTL = 300e6;

interface Answers { readonly addresses: Set<number>; readonly flows: Set<number>; readonly pkts: number[]; first: number; last: number }

/**
 * Sees: a name whose answers change over many unrelated networks with short times to live.
 * ATT&CK: T1568.001 Fast Flux DNS. A weak reason only.
 * False positives: content delivery and pools (pool.ntp.org), which do the same for honest reasons.
 */
export function dnsFlux(view: CaptureView): Finding[] {
  const { facts: { dns, texts, pool, book } } = view;
  const isPublic = (address: number): boolean => address >= 0 && book.isV4(address) && book.scope(address) === 'global';
  const met = new PairSet();
  const networks = new Map<number, number>();
  const longest = new Map<number, number>();
  for (let r = 0; r < dns.rows; r++) {
    for (let i = dns.answers.from(r); i < dns.answers.to(r); i++) {
      const address = texts.address(dns.answers.ids[i]!);
      if (!isPublic(address)) continue;
      const query = texts.lower(dns.query[r]!);
      if (met.add(query, book.v4(address) >>> 16)) networks.set(query, (networks.get(query) ?? 0) + 1);
      if (dns.ttl[i]! > (longest.get(query) ?? -1)) longest.set(query, dns.ttl[i]!);
    }
  }
  const names = new Map<number, Answers>();
  for (const [query, count] of networks) {
    if (count >= MIN_NETWORKS && (longest.get(query) ?? 0) <= MAX_TTL) names.set(query, { addresses: new Set(), flows: new Set(), pkts: [], first: 0, last: 0 });
  }
  if (names.size === 0) return [];
  for (let r = 0; r < dns.rows; r++) {
    const a = names.get(texts.lower(dns.query[r]!));
    for (let i = dns.answers.from(r); a && i < dns.answers.to(r); i++) {
      if (!isPublic(texts.address(dns.answers.ids[i]!))) continue;
      if (a.addresses.size === 0) a.first = dns.ts[r]!;
      a.addresses.add(dns.answers.ids[i]!);
      a.last = dns.ts[r]!;
      if (a.pkts.length < MAX_FINDING_EVIDENCE && i === dns.answers.from(r)) { a.pkts.push(dns.pkt[r]!); a.flows.add(dns.flow[r]!); }
    }
  }
  const findings: Finding[] = [];
  for (const [query, a] of names) {
    const name = classifyName(pool.text(query));
    const ttl = longest.get(query) ?? 0;
    const different = networks.get(query) ?? 0;
    if (!name || name.kind !== 'domain-name' || name.value.endsWith('.ntp.org')) continue;
    const flows = [...a.flows];
    const text = `answered with ${countText(a.addresses.size)} addresses in ${countText(different)} networks, none valid for longer than ${durationText(ttl)}`;
    findings.push({
      detector: 'dns-flux', title: `${name.value} ${text}`, severity: 'low', confidence: 25, technique: 'T1568.001', capture: view.capture,
      first_seen: a.first, last_seen: a.last, hosts: [...new Set(flows.map((flow) => view.orig(flow)))].filter((host) => host !== ''), flows, pkts: a.pkts,
      inputs: { addresses: a.addresses.size, networks: different, longest_ttl_seconds: ttl / 1e6 },
      reasons: [{ indicator: keyOf(name.kind, name.value), reason: { name: 'fast-flux', text, points: 10, technique: 'T1568.001', flows, pkts: a.pkts } }],
    });
  }
  return findings;
}
