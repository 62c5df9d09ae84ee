import { PairNumbers } from '../logs/growing';
import { MAX_FINDING_EVIDENCE, MAX_FINDINGS_PER_DETECTOR, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';

const USUAL = new Map<string, ReadonlySet<number>>([
  ['http', new Set([80, 81, 591, 631, 1900, 2869, 3128, 5000, 5357, 5985, 7547, 8000, 8008, 8080, 8081, 8088, 8118, 8888, 9080, 10243])],
  ['ssl', new Set([21, 25, 110, 143, 261, 389, 443, 448, 465, 563, 587, 614, 636, 853, 989, 990, 992, 993, 994, 995, 1433, 1443, 3269, 3306, 3389, 4433, 5061, 5222, 5223, 5228, 5229, 5230, 5349, 5432, 5671, 5986, 8001, 8443, 8883, 9001, 9443, 10443])],
  ['dns', new Set([53, 137, 853, 5353, 5355])],
]);
const SERVICES = [...USUAL.keys()];
const WORDS = new Map([['http', 'HTTP'], ['ssl', 'TLS'], ['dns', 'DNS']]);
/** Ports that belong to another protocol: worse than an unregistered one. */
const FOREIGN = new Set([22, 23, 25, 53, 110, 123, 143, 445, 3389, 443, 80]);

/**
 * Sees: HTTP, TLS or DNS, known by content, to an outside host on a port that is not theirs.
 * ATT&CK: T1571 Non-Standard Port. A weak reason.
 * False positives: development servers, appliances, peer-to-peer, games, STARTTLS on ports not listed here.
 */
export function oddPort(view: CaptureView): Finding[] {
  const { index } = view;
  const [pairs, keys] = [new PairNumbers(), new PairNumbers()];
  const groups: { readonly service: string; readonly flows: number[]; count: number; last: number }[] = [];
  const watched: (readonly number[])[] = [];
  for (const flow of index.ordered) {
    const id = index.serviceId[flow]!;
    if (id === 0 || !view.outward(flow)) continue;
    const port = index.respPort[flow]!;
    for (const known of watched[id] ??= index.services.text(id).split(',').map((name) => SERVICES.indexOf(name)).filter((place) => place >= 0)) {
      const service = SERVICES[known]!;
      if (USUAL.get(service)!.has(port)) continue;
      const key = keys.of(pairs.of(index.resp[flow]!, port), known);
      const group = groups[key] ??= { service, flows: [], count: 0, last: 0 };
      group.count++;
      group.last = Math.max(group.last, index.end(flow));
      if (group.flows.length < MAX_FINDING_EVIDENCE) group.flows.push(flow);
    }
  }
  view.more = Math.max(0, groups.length - MAX_FINDINGS_PER_DETECTOR);
  return groups.slice(0, MAX_FINDINGS_PER_DETECTOR).map((group): Finding => {
    const flow = group.flows[0] ?? 0;
    const port = index.respPort[flow] ?? 0;
    const text = `spoke ${WORDS.get(group.service) ?? group.service} on port ${port}${FOREIGN.has(port) ? ', which belongs to another protocol' : ''}`;
    const pkts = group.flows.map((f) => index.pkt[f] ?? 0);
    const reason = { name: 'odd-port', text, points: FOREIGN.has(port) ? 14 : 9, technique: 'T1571', flows: group.flows, pkts };
    const reasons: FindingReason[] = [{ indicator: view.respKey(flow), reason }];
    const name = view.nameKey(flow);
    if (name) reasons.push({ indicator: name, reason: { ...reason, points: reason.points - 2 } });
    return {
      detector: 'odd-port', title: `${view.respName(flow)} ${text}`, severity: 'low', confidence: 30, technique: 'T1571', capture: view.capture, first_seen: index.start[flow] ?? 0, last_seen: group.last,
      hosts: [...new Set(group.flows.map((f) => view.orig(f)))], flows: group.flows, pkts, inputs: { service: group.service, port, flows: group.count }, reasons,
    };
  });
}
