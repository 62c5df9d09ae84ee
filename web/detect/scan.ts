import { PROTO_TCP, STATE_REJ, STATE_RSTOS0, STATE_RSTRH, STATE_S0, STATE_SH } from '../../assembly/abi/enums';
import { orderByWords } from '../logs/radix';
import { MAX_FINDING_EVIDENCE, type Finding } from './types';
import type { CaptureView } from './view';
import { countText, durationText } from './words';

/** Different targets of one source before it is called scanning. */
const MIN_HOSTS = 20;
const MIN_PORTS = 20;
/** Share of the source's attempts on them that came to nothing. */
const MIN_FAILED = 0.6;
const FAILED = new Uint8Array(256);
for (const state of [STATE_S0, STATE_REJ, STATE_RSTOS0, STATE_RSTRH, STATE_SH]) FAILED[state] = 1;

interface Tried { readonly targets: number; readonly tried: number; readonly failed: number; readonly flows: readonly number[]; readonly last: number }

/**
 * Sees: a host that tries many addresses on one TCP port (horizontal) or many TCP ports of one address (vertical),
 * most of them without an answer or refused (conn_state S0, REJ, RSTOS0, RSTRH, SH).
 * ATT&CK: T1046 Network Service Discovery (inside), T1595.001 Scanning IP Blocks (from outside).
 * False positives: monitoring and inventory systems, peer-to-peer clients, a server that many flows to fail after an
 * outage, captures that begin in the middle of everything.
 */
export function scan(view: CaptureView): Finding[] {
  const { index } = view;
  const { ordered, proto } = index;
  const [flows, orig, resp, port] = [new Uint32Array(ordered.length), new Uint32Array(ordered.length), new Uint32Array(ordered.length), new Uint32Array(ordered.length)];
  let n = 0;
  for (let i = 0; i < ordered.length; i++) {
    const flow = ordered[i]!;
    if (proto[flow] !== PROTO_TCP) continue;
    flows[n] = flow;
    orig[n] = index.orig[flow]!;
    resp[n] = index.resp[flow]!;
    port[n++] = index.respPort[flow]!;
  }
  const findings: Finding[] = [];
  for (const tried of groups(view, flows.subarray(0, n), [orig, port], resp, MIN_HOSTS)) {
    findings.push(describe(view, tried, `tried port ${index.respPort[tried.flows[0] ?? 0]} on ${countText(tried.targets)} addresses`, 'horizontal'));
  }
  for (const tried of groups(view, flows.subarray(0, n), [orig, resp], port, MIN_PORTS)) {
    findings.push(describe(view, tried, `tried ${countText(tried.targets)} ports of ${view.resp(tried.flows[0] ?? 0)}`, 'vertical'));
  }
  return findings;
}

/**
 * Groups of flows with the same keys that tried at least so many different targets, most of them in vain; in the order of
 * their first flows.
 */
function groups({ index }: CaptureView, flows: Uint32Array, keys: readonly [Uint32Array, Uint32Array], targets: Uint32Array, least: number): Tried[] {
  const [one, two] = keys;
  const order = orderByWords(flows.length, [one, two, targets]);
  const found: { first: number; tried: Tried }[] = [];
  const { state } = index;
  let [from, different, failed, target] = [0, 0, 0, -1];
  // One loop, not one for each group: V8 throws the code of an inner one away each time that it is left.
  for (let i = 0; i < order.length; i++) {
    const place = order[i]!;
    if (targets[place] !== target) {
      target = targets[place]!;
      different++;
    }
    failed += FAILED[state[flows[place]!]!]!;
    const to = i + 1;
    if (to < order.length && one[order[to]!] === one[place] && two[order[to]!] === two[place]) continue;
    if (different >= least && failed >= (to - from) * MIN_FAILED) {
      const places = order.slice(from, to).sort();
      let last = 0;
      for (const place of places) last = Math.max(last, index.end(flows[place]!));
      const evidence = Array.from(places.subarray(0, MAX_FINDING_EVIDENCE), (place) => flows[place]!);
      found.push({ first: places[0]!, tried: { targets: different, tried: to - from, failed, flows: evidence, last } });
    }
    [from, different, failed, target] = [to, 0, 0, -1];
  }
  return found.sort((x, y) => x.first - y.first).map(({ tried }) => tried);
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
    inputs: { direction, targets: tried.targets, attempts: tried.tried, failed: tried.failed },
    reasons: [{ indicator: view.addressKey(index.orig[flow] ?? 0), reason: { name: `scan-${direction}`, text, points: local ? 50 : 35, technique, flows: tried.flows, pkts } }],
  };
}
