import { STATE_OTH, STATE_REJ, STATE_RSTOS0, STATE_RSTRH, STATE_S0, STATE_SH, STATE_SHR } from '../../assembly/abi/enums';
import { parseAddress } from '../logs/address';
import { PairNumbers, PairSet } from '../logs/growing';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { countText, durationText } from './words';

const ADMIN_PORTS = new Map<number, string>([
  [22, 'SSH'], [135, 'RPC'], [139, 'SMB'], [445, 'SMB'], [3389, 'remote desktop'], [5900, 'VNC'], [5985, 'WinRM'], [5986, 'WinRM'],
]);
const NOT_MADE = new Set([STATE_S0, STATE_REJ, STATE_RSTOS0, STATE_RSTRH, STATE_SH, STATE_SHR, STATE_OTH]);
/** Detectors whose findings make a host suspect. */
const BEFORE = new Set(['served-executable', 'beacon', 'dns-tunnel', 'upload']);
/** A target that this many of our hosts use is a server, not a victim. */
const SERVER_CLIENTS = 4;

/**
 * Sees: a host of ours that another detector found in contact with something outside and that then, for the first time
 * in the capture, opens connections to administration ports of its neighbours.
 * ATT&CK: T1021 Remote Services (T1021.002 for SMB, T1021.001 for remote desktop, T1021.004 for SSH).
 * False positives: administrators' own machines, software distribution, file servers that few hosts use.
 */
export function lateral(view: CaptureView): Finding[] {
  const { index } = view;
  const suspectSince = new Map<string, { at: number; why: string }>();
  for (const finding of view.earlier) {
    if (!BEFORE.has(finding.detector) || finding.severity === 'info' || finding.severity === 'low') continue;
    for (const host of finding.hosts) {
      const known = suspectSince.get(host);
      if (!known || finding.first_seen < known.at) suspectSince.set(host, { at: finding.first_seen, why: finding.title });
    }
  }
  if (suspectSince.size === 0) return [];
  const suspects = new Map<number, { at: number; why: string }>();
  for (const [address, suspect] of suspectSince) {
    const bytes = parseAddress(address);
    if (bytes) suspects.set(index.book.intern(bytes, 0), suspect);
  }
  const [services, users, usedBefore] = [new PairNumbers(), new PairSet(), new PairSet()];
  const clients: number[] = [];
  const moves = new Map<number, number[]>();
  for (const flow of index.ordered) {
    const port = index.respPort[flow]!;
    if (!view.isTcp(flow) || !ADMIN_PORTS.has(port) || !view.inside(flow)) continue;
    const [orig, resp] = [index.orig[flow]!, index.resp[flow]!];
    if (orig === resp) continue;
    const service = services.of(resp, port);
    if (users.add(service, orig)) clients[service] = (clients[service] ?? 0) + 1;
    const suspect = suspects.get(orig);
    if (!suspect || index.start[flow]! < suspect.at) { usedBefore.add(service, orig); continue; }
    if (usedBefore.has(service, orig) || NOT_MADE.has(index.state[flow]!)) continue;
    const list = moves.get(orig);
    if (list) list.push(flow);
    else moves.set(orig, [flow]);
  }
  const findings: Finding[] = [];
  for (const [orig, all] of moves) {
    const flows = all.filter((flow) => (clients[services.of(index.resp[flow]!, index.respPort[flow]!)] ?? 0) < SERVER_CLIENTS);
    const first = flows[0];
    const suspect = suspects.get(orig);
    if (first === undefined || !suspect) continue;
    const targets = [...new Set(flows.map((flow) => index.resp[flow] ?? 0))];
    const names = [...new Set(flows.map((flow) => ADMIN_PORTS.get(index.respPort[flow] ?? 0) ?? ''))].join(', ');
    const evidence = flows.slice(0, MAX_FINDING_EVIDENCE);
    const pkts = evidence.map((flow) => index.pkt[flow] ?? 0);
    const technique = names === 'SMB' ? 'T1021.002' : names === 'remote desktop' ? 'T1021.001' : names === 'SSH' ? 'T1021.004' : 'T1021';
    const text = `connected to ${countText(targets.length)} of its neighbours by ${names}, ${durationText((index.start[first] ?? 0) - suspect.at)} after its contact outside`;
    const reasons: FindingReason[] = [{
      indicator: view.addressKey(orig), reason: { name: 'lateral-movement', text, points: 45 + Math.min(15, targets.length * 3), technique, flows: evidence, pkts },
    }];
    for (const target of targets.slice(0, MAX_FINDING_EVIDENCE)) {
      reasons.push({ indicator: view.addressKey(target), reason: { name: 'lateral-target', text: `was reached by ${index.book.text(orig)} (${names}) after that host's contact outside`, points: 15, technique, flows: evidence, pkts } });
    }
    findings.push({
      detector: 'lateral-movement', title: `${index.book.text(orig)} ${text}`, severity: 'high', confidence: targets.length > 2 ? 70 : 50, technique,
      capture: view.capture, first_seen: index.start[first] ?? 0, last_seen: Math.max(...evidence.map((flow) => index.end(flow))),
      hosts: [index.book.text(orig), ...targets.map((id) => index.book.text(id))].slice(0, MAX_FINDING_EVIDENCE), flows: evidence, pkts,
      inputs: { targets: targets.length, services: names, suspect_because: suspect.why }, reasons,
    });
  }
  return findings;
}
