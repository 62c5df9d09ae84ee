import * as abi from '../../assembly/abi/logs';
import { classifyName, keyOf } from '../indicators/normalise';
import { addressScope, isV4, parseAddress } from '../logs/address';
import { MAX_FINDING_EVIDENCE, type Finding } from './types';
import type { CaptureView } from './view';
import { countText, durationText } from './words';

/** Different IPv4 /16 networks among a name's answers, and the longest time to live (microseconds). */
const MIN_NETWORKS = 6;
const MAX_TTL = 300e6;

interface Answers { addresses: Set<string>; networks: Set<string>; ttl: number; flows: Set<number>; pkts: number[]; first: number; last: number }

/**
 * Sees: a name whose answers change over many unrelated networks with short times to live.
 * ATT&CK: T1568.001 Fast Flux DNS. A weak reason only.
 * False positives: content delivery and pools (pool.ntp.org), which do the same for honest reasons.
 */
export function dnsFlux(view: CaptureView): Finding[] {
  const dns = view.log('dns');
  if (!dns) return [];
  const names = new Map<string, Answers>();
  for (let r = 0; r < dns.rows; r++) {
    const answers = dns.strs(r, abi.DNS_ANSWERS);
    if (answers.length === 0) continue;
    const query = dns.str(r, abi.DNS_QUERY).toLowerCase();
    const ttls = dns.intervals(r, abi.DNS_TTLS);
    answers.forEach((answer, i) => {
      const bytes = parseAddress(answer);
      if (!bytes || !isV4(bytes) || addressScope(bytes) !== 'global') return;
      const ts = dns.num(r, abi.COL_TS);
      let a = names.get(query);
      if (!a) names.set(query, a = { addresses: new Set(), networks: new Set(), ttl: 0, flows: new Set(), pkts: [], first: ts, last: ts });
      a.addresses.add(answer);
      a.networks.add(`${bytes[12]}.${bytes[13]}`);
      a.ttl = Math.max(a.ttl, ttls[i] ?? 0);
      a.last = ts;
      if (a.pkts.length < MAX_FINDING_EVIDENCE && i === 0) { a.pkts.push(dns.num(r, abi.COL_PKT)); a.flows.add(dns.num(r, abi.COL_FLOW)); }
    });
  }
  const findings: Finding[] = [];
  for (const [query, a] of names) {
    const name = a.networks.size >= MIN_NETWORKS && a.ttl <= MAX_TTL ? classifyName(query) : null;
    if (!name || name.kind !== 'domain-name' || name.value.endsWith('.ntp.org')) continue;
    const flows = [...a.flows];
    const text = `answered with ${countText(a.addresses.size)} addresses in ${countText(a.networks.size)} networks, none valid for longer than ${durationText(a.ttl)}`;
    findings.push({
      detector: 'dns-flux', title: `${name.value} ${text}`, severity: 'low', confidence: 25, technique: 'T1568.001', capture: view.capture,
      first_seen: a.first, last_seen: a.last, hosts: [...new Set(flows.map((flow) => view.orig(flow)))].filter((host) => host !== ''), flows, pkts: a.pkts,
      inputs: { addresses: a.addresses.size, networks: a.networks.size, longest_ttl_seconds: a.ttl / 1e6 },
      reasons: [{ indicator: keyOf(name.kind, name.value), reason: { name: 'fast-flux', text, points: 10, technique: 'T1568.001', flows, pkts: a.pkts } }],
    });
  }
  return findings;
}
