import { grown, PairNumbers } from '../logs/growing';
import type { Finding, FindingReason } from './types';
import { MAX_FINDING_EVIDENCE } from './types';
import type { CaptureView } from './view';
import { bytesText, durationText } from './words';

/** Bytes that one host sent to one outside address before it is called much, and how many times what came back. */
const MIN_UPLOAD = 2_000_000;
const MIN_RATIO = 5;
/** The same for a host that another detector found in contact with something bad before: little is much then. */
const MIN_SUSPECT_UPLOAD = 250_000;
/** Detectors whose findings make a host suspect. */
const BEFORE = new Set(['served-executable', 'beacon']);

/**
 * Sees: one of our hosts sending an outside address at least 2 MB, five times what it got back; 250 kB are enough after
 * the host fetched an executable that was no system update, or began to check in somewhere.
 * ATT&CK: T1041 Exfiltration Over C2 Channel, T1048 over another protocol.
 * False positives: backups, cloud storage, video calls, mail with attachments, uploads that people meant.
 */
export function upload(view: CaptureView): Finding[] {
  const { index } = view;
  const pairs = new PairNumbers();
  let [ups, downs] = [new Float64Array(256), new Float64Array(256)];
  for (const flow of index.ordered) {
    if (!view.outward(flow)) continue;
    const pair = pairs.of(index.orig[flow]!, index.resp[flow]!);
    if (pair >= ups.length) {
      ups = grown(ups, pair + 1);
      downs = grown(downs, pair + 1);
    }
    ups[pair] = ups[pair]! + index.origBytes[flow]!;
    downs[pair] = downs[pair]! + index.respBytes[flow]!;
  }
  const much = new Map<number, number[]>();
  for (let pair = 0; pair < pairs.size; pair++) if (ups[pair]! >= MIN_SUSPECT_UPLOAD && ups[pair]! >= downs[pair]! * MIN_RATIO) much.set(pair, []);
  if (much.size === 0) return [];
  for (const flow of index.ordered) if (view.outward(flow)) much.get(pairs.of(index.orig[flow]!, index.resp[flow]!))?.push(flow);
  const findings: Finding[] = [];
  const suspectSince = suspects(view);
  for (const [pair, flows] of much) {
    const [up, down] = [ups[pair]!, downs[pair]!];
    const biggest = [...flows].sort((a, b) => index.origBytes[b]! - index.origBytes[a]!).slice(0, MAX_FINDING_EVIDENCE);
    const flow = biggest[0] ?? 0;
    const since = suspectSince.get(view.orig(flow)) ?? Infinity;
    const after = (index.start[flow] ?? 0) > since;
    if (up < MIN_UPLOAD && !after) continue;
    const text = `was sent ${bytesText(up)} by ${view.orig(flow)}, which got ${bytesText(down)} back${after ? `, ${durationText((index.start[flow] ?? 0) - since)} after that host's first suspicious contact` : ''}`;
    const points = (up >= 20_000_000 ? 28 : 20) + (after ? 4 : 0);
    const reason = { name: 'upload', text, points, technique: 'T1041', flows: biggest, pkts: biggest.map((f) => index.pkt[f] ?? 0) };
    const name = view.nameKey(flow);
    const reasons: FindingReason[] = [{ indicator: view.respKey(flow), reason: name ? { ...reason, points: points - 5 } : reason }];
    if (name) reasons.push({ indicator: name, reason });
    findings.push({
      detector: 'upload', title: `${view.respName(flow)} ${text}`, severity: 'medium', confidence: 40, technique: 'T1041', capture: view.capture,
      first_seen: Math.min(...biggest.map((f) => index.start[f] ?? 0)), last_seen: Math.max(...biggest.map((f) => index.end(f))),
      hosts: [view.orig(flow)], flows: biggest, pkts: reason.pkts, inputs: { sent: up, received: down, flows: flows.length }, reasons,
    });
  }
  return findings;
}

/** Hosts of ours with a finding of weight, and when it began. */
function suspects(view: CaptureView): Map<string, number> {
  const since = new Map<string, number>();
  for (const finding of view.earlier) {
    if (!BEFORE.has(finding.detector) || finding.severity === 'info' || finding.severity === 'low') continue;
    for (const host of finding.hosts) since.set(host, Math.min(since.get(host) ?? Infinity, finding.first_seen));
  }
  return since;
}
