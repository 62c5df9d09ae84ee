import * as abi from '../../assembly/abi/logs';
import { keyOf, normaliseUrl } from '../indicators/normalise';
import { requestUrl } from '../logs/http-url';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { countText, durationText, median } from './words';

/** Contacts it takes before a rhythm is called one. */
const MIN_CONTACTS = 8;
/** Shorter medians are pages loading, longer ones need more than a capture (microseconds). */
const MIN_INTERVAL = 2e6;
/** Median absolute deviation of the intervals, as a share of their median. */
const MAX_JITTER = 0.25;
/** Share of contacts whose size is within a tenth (or 64 bytes) of the median size. */
const MIN_SAME_SIZE = 0.7;
/** Services whose rhythm is their nature: DNS, DHCP, NTP, NetBIOS, SSDP, mDNS, LLMNR. */
const RHYTHMIC_PORTS = new Set([53, 67, 68, 123, 137, 138, 546, 547, 1900, 3702, 5353, 5355]);

interface Contact { readonly ts: number; readonly size: number; readonly flow: number; readonly pkt: number }

/**
 * Sees: one of our hosts contacting the same outside address and port, or asking the same HTTP path, at regular
 * intervals with like sizes (robust statistics: median and median absolute deviation, so single pauses do not hide it).
 * ATT&CK: T1071 Application Layer Protocol (command and control), T1071.001 when it is HTTP or TLS.
 * False positives: monitoring, mail and chat clients, update checks, keep-alives of web pages.
 */
export function beacon(view: CaptureView): Finding[] {
  const findings: Finding[] = [];
  const { index } = view;
  const flowsOf = new Map<string, Contact[]>();
  for (const flow of index.ordered) {
    const port = index.respPort[flow] ?? 0;
    if (!view.outward(flow) || RHYTHMIC_PORTS.has(port) || !(view.isTcp(flow) || view.isUdp(flow))) continue;
    const key = `${index.orig[flow]}>${index.resp[flow]}:${port}/${index.proto[flow]}`;
    push(flowsOf, key, { ts: index.start[flow] ?? 0, size: index.origBytes[flow] ?? 0, flow, pkt: index.pkt[flow] ?? 0 });
  }
  const named = new Set<string>();
  const http = view.log('http');
  const requestsOf = new Map<string, Contact[]>();
  for (let r = 0; http && r < http.rows; r++) {
    const flow = http.num(r, abi.COL_FLOW);
    if (!view.outward(flow)) continue;
    const url = requestUrl(http, r).replace(/[?#].*$/, '');
    if (url === '') continue;
    const size = http.num(r, abi.HTTP_REQUEST_BODY_LEN) + http.num(r, abi.HTTP_RESPONSE_BODY_LEN);
    push(requestsOf, `${index.orig[flow]} ${http.str(r, abi.HTTP_METHOD)} ${url}`, { ts: http.num(r, abi.COL_TS), size, flow, pkt: http.num(r, abi.COL_PKT) });
  }
  for (const [key, contacts] of requestsOf) {
    const rhythm = rhythmOf(contacts);
    if (!rhythm) continue;
    const url = normaliseUrl(key.slice(key.indexOf(' ', key.indexOf(' ') + 1) + 1));
    const finding = describe(view, contacts, rhythm, url);
    named.add(`${index.orig[contacts[0]?.flow ?? 0]}>${index.resp[contacts[0]?.flow ?? 0]}`);
    findings.push(finding);
  }
  for (const [key, contacts] of flowsOf) {
    if (named.has(key.slice(0, key.lastIndexOf(':')))) continue;
    const rhythm = rhythmOf(contacts);
    if (rhythm) findings.push(describe(view, contacts, rhythm, null));
  }
  return findings;
}

function push(map: Map<string, Contact[]>, key: string, contact: Contact): void {
  const list = map.get(key);
  if (list) list.push(contact);
  else map.set(key, [contact]);
}

export interface Rhythm { readonly interval: number; readonly jitter: number; readonly sameSize: number }

/** Median interval (µs), relative jitter and share of like sizes of contacts; null when there is no rhythm. */
export function rhythmOf(contacts: readonly Contact[]): Rhythm | null {
  if (contacts.length < MIN_CONTACTS) return null;
  const sorted = [...contacts].sort((a, b) => a.ts - b.ts);
  // Several contacts within a second are one check-in.
  const moments = sorted.filter((contact, i) => i === 0 || contact.ts - (sorted[i - 1]?.ts ?? 0) > 1e6);
  if (moments.length < MIN_CONTACTS) return null;
  const intervals = moments.slice(1).map((contact, i) => contact.ts - (moments[i]?.ts ?? 0));
  const interval = median(intervals);
  if (interval < MIN_INTERVAL) return null;
  const jitter = median(intervals.map((value) => Math.abs(value - interval))) / interval;
  const size = median(moments.map((contact) => contact.size));
  const sameSize = moments.filter((contact) => Math.abs(contact.size - size) <= Math.max(64, size / 10)).length / moments.length;
  return jitter <= MAX_JITTER && sameSize >= MIN_SAME_SIZE ? { interval, jitter, sameSize } : null;
}

function describe(view: CaptureView, contacts: readonly Contact[], rhythm: Rhythm, url: string | null): Finding {
  const sorted = [...contacts].sort((a, b) => a.ts - b.ts);
  const flow = sorted[0]?.flow ?? 0;
  const flows = [...new Set(sorted.map((c) => c.flow))].slice(0, MAX_FINDING_EVIDENCE);
  const pkts = sorted.map((c) => c.pkt).slice(0, MAX_FINDING_EVIDENCE);
  const text = `was contacted by ${view.orig(flow)} ${countText(contacts.length)} times, every ${durationText(rhythm.interval)} give or take ${Math.round(rhythm.jitter * 100)} %, with like sizes`;
  const many = Math.min(10, Math.floor(contacts.length / 10));
  const points = (rhythm.jitter < 0.1 ? 32 : 22) + many;
  const reason = { name: 'beacon', text, points, technique: 'T1071.001', flows, pkts };
  const name = view.nameKey(flow);
  const reasons: FindingReason[] = [{ indicator: view.respKey(flow), reason: name ? { ...reason, points: points - 8 } : reason }];
  if (name) reasons.push({ indicator: name, reason });
  if (url) reasons.push({ indicator: keyOf('url', url), reason });
  return {
    detector: 'beacon', title: `${view.respName(flow)} ${text}`, severity: 'medium', confidence: Math.round(75 - rhythm.jitter * 150),
    technique: 'T1071.001', capture: view.capture, first_seen: sorted[0]?.ts ?? 0, last_seen: sorted[sorted.length - 1]?.ts ?? 0,
    hosts: [view.orig(flow)], flows, pkts,
    inputs: { contacts: contacts.length, interval_seconds: rhythm.interval / 1e6, jitter: Number(rhythm.jitter.toFixed(3)), same_size: Number(rhythm.sameSize.toFixed(2)) },
    reasons,
  };
}
