import { STATE_REJ, STATE_RSTOS0, STATE_RSTRH, STATE_S0, STATE_SH } from '../../assembly/abi/enums';
import { MAX_FINDING_EVIDENCE, type Finding } from './types';
import type { CaptureView } from './view';
import { countText, durationText } from './words';

/** Different targets of one source before it is called scanning. */
const MIN_HOSTS = 20;
const MIN_PORTS = 20;
/** Share of the source's attempts on them that came to nothing. */
const MIN_FAILED = 0.6;
const FAILED = new Set([STATE_S0, STATE_REJ, STATE_RSTOS0, STATE_RSTRH, STATE_SH]);

interface Tried { targets: Set<number>; tried: number; failed: number; flows: number[]; last: number }

/**
 * Sees: a host that tries many addresses on one TCP port (horizontal) or many TCP ports of one address (vertical),
 * most of them without an answer or refused (conn_state S0, REJ, RSTOS0, RSTRH, SH).
 * ATT&CK: T1046 Network Service Discovery (inside), T1595.001 Scanning IP Blocks (from outside).
 * False positives: monitoring and inventory systems, peer-to-peer clients, a server that many flows to fail after an
 * outage, captures that begin in the middle of everything.
 */
export function scan(view: CaptureView): Finding[] {
  const { index } = view;
  const byPort = new Map<string, Tried>();
  const byHost = new Map<string, Tried>();
  for (const flow of index.ordered) {
    if (!view.isTcp(flow)) continue;
    const failed = FAILED.has(index.state[flow] ?? 0);
    note(byPort, `${index.orig[flow]} ${index.respPort[flow]}`, index.resp[flow] ?? 0, flow, failed, index.end(flow));
    note(byHost, `${index.orig[flow]} ${index.resp[flow]}`, index.respPort[flow] ?? 0, flow, failed, index.end(flow));
  }
  const findings: Finding[] = [];
  for (const tried of byPort.values()) {
    if (tried.targets.size < MIN_HOSTS || tried.failed < tried.tried * MIN_FAILED) continue;
    findings.push(describe(view, tried, `tried port ${index.respPort[tried.flows[0] ?? 0]} on ${countText(tried.targets.size)} addresses`, 'horizontal'));
  }
  for (const tried of byHost.values()) {
    if (tried.targets.size < MIN_PORTS || tried.failed < tried.tried * MIN_FAILED) continue;
    findings.push(describe(view, tried, `tried ${countText(tried.targets.size)} ports of ${view.resp(tried.flows[0] ?? 0)}`, 'vertical'));
  }
  return findings;
}

function note(map: Map<string, Tried>, key: string, target: number, flow: number, failed: boolean, end: number): void {
  let tried = map.get(key);
  if (!tried) map.set(key, tried = { targets: new Set(), tried: 0, failed: 0, flows: [], last: 0 });
  tried.targets.add(target);
  tried.tried++;
  if (failed) tried.failed++;
  if (tried.flows.length < MAX_FINDING_EVIDENCE) tried.flows.push(flow);
  tried.last = Math.max(tried.last, end);
}

function describe(view: CaptureView, tried: Tried, what: string, direction: string): Finding {
  const { index } = view;
  const flow = tried.flows[0] ?? 0;
  const local = index.book.local(index.orig[flow] ?? 0);
  const first = index.start[flow] ?? 0;
  const technique = local ? 'T1046' : 'T1595.001';
  const text = `${what} within ${durationText(tried.last - first)}; ${countText(tried.failed)} of ${countText(tried.tried)} attempts came to nothing`;
  const pkts = tried.flows.map((f) => index.pkt[f] ?? 0);
  return {
    detector: 'scan', title: `${view.orig(flow)} ${text}`, severity: local ? 'high' : 'medium', confidence: 75, technique, capture: view.capture,
    first_seen: first, last_seen: tried.last, hosts: local ? [view.orig(flow)] : [view.resp(flow)], flows: tried.flows, pkts,
    inputs: { direction, targets: tried.targets.size, attempts: tried.tried, failed: tried.failed },
    reasons: [{ indicator: view.addressKey(index.orig[flow] ?? 0), reason: { name: `scan-${direction}`, text, points: local ? 50 : 35, technique, flows: tried.flows, pkts } }],
  };
}
