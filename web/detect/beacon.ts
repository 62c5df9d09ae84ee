import * as abi from '../../assembly/abi/logs';
import { keyOf, normaliseUrl } from '../indicators/normalise';
import { grown, PairNumbers, PairSet, unsignedToNumber, words } from '../logs/growing';
import type { LogTable } from '../logs/table';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { countText, durationText, medianOf } from './words';

/** Contacts it takes before a rhythm is called one. */
const MIN_CONTACTS = 8;
/** Shorter medians are pages loading, longer ones need more than a capture (microseconds). */
const MIN_INTERVAL = 2e6;
/** Median absolute deviation of the intervals, as a share of their median. */
const MAX_JITTER = 0.25;
/** Share of contacts whose size is within a tenth (or 64 bytes) of the median size. */
const MIN_SAME_SIZE = 0.7;
/** Services whose rhythm is their nature: DNS, DHCP, NTP, NetBIOS, SSDP, mDNS, LLMNR. */
const RHYTHMIC_PORTS = new Uint8Array(65536);
for (const port of [53, 67, 68, 123, 137, 138, 546, 547, 1900, 3702, 5353, 5355]) RHYTHMIC_PORTS[port] = 1;

interface Contact { readonly ts: number; readonly size: number; readonly flow: number; readonly pkt: number }

/**
 * Sees: one of our hosts contacting the same outside address and port, or asking the same HTTP path, at regular
 * intervals with like sizes (robust statistics: median and median absolute deviation, so single pauses do not hide it).
 * ATT&CK: T1071 Application Layer Protocol (command and control), T1071.001 when it is HTTP or TLS.
 * False positives: monitoring, mail and chat clients, update checks, keep-alives of web pages.
 */
export function beacon(view: CaptureView): Finding[] {
  const findings: Finding[] = [];
  const named = new PairSet();
  const { index } = view;
  const http = view.facts.http;
  let sizes: Float64Array | null = null;
  for (const rows of requestGroups(view)) {
    const lengths = sizes ??= bodyLengths(http.table);
    const contacts = rows.map((r): Contact => ({
      ts: http.ts[r]!, size: lengths[r] ?? 0, flow: http.flow[r]!, pkt: http.pkt[r]!,
    }));
    const rhythm = rhythmOf(contacts);
    if (!rhythm) continue;
    const [first] = contacts;
    findings.push(describe(view, contacts, rhythm, normaliseUrl(http.urls.path[http.urls.withoutQuery(http.url[rows[0] ?? 0]!)]!)));
    named.add(index.orig[first?.flow ?? 0]!, index.resp[first?.flow ?? 0]!);
  }
  for (const flows of flowGroups(view)) {
    if (named.has(index.orig[flows[0] ?? 0]!, index.resp[flows[0] ?? 0]!)) continue;
    const contacts = flows.map((flow): Contact => ({ ts: index.start[flow]!, size: index.origBytes[flow]!, flow, pkt: index.pkt[flow]! }));
    const rhythm = rhythmOf(contacts);
    if (rhythm) findings.push(describe(view, contacts, rhythm, null));
  }
  return findings;
}

/** Payload bytes of each request and its answer; in one pass, since a group's rows lie in as many chunks. */
function bodyLengths(http: LogTable | undefined): Float64Array {
  const lengths = new Float64Array(http?.rows ?? 0);
  http?.eachChunk((chunk, start) => {
    for (const column of [abi.HTTP_REQUEST_BODY_LEN, abi.HTTP_RESPONSE_BODY_LEN]) {
      const values = words(chunk.columns[column]!.values);
      for (let r = 0; r < chunk.rows; r++) lengths[start + r] = lengths[start + r]! + unsignedToNumber(values, r);
    }
  });
  return lengths;
}

/** Flows by who contacted whom on which port, where there are enough moments for a rhythm; groups in the order of their first flows. */
function flowGroups(view: CaptureView): number[][] {
  const { index } = view;
  const [pairs, keys] = [new PairNumbers(), new PairNumbers()];
  const groups = new Moments(index.ordered.length);
  for (const flow of index.ordered) {
    const port = index.respPort[flow]!;
    if (!view.outward(flow) || RHYTHMIC_PORTS[port] === 1 || !(view.isTcp(flow) || view.isUdp(flow))) continue;
    groups.add(keys.of(pairs.of(index.orig[flow]!, index.resp[flow]!), (port << 8) | index.proto[flow]!), flow, index.start[flow]!);
  }
  return groups.frequent();
}

/** Rows of requests by who asked for what, where there are enough of them for a rhythm. */
function requestGroups(view: CaptureView): number[][] {
  const { index, facts: { http } } = view;
  const [pairs, keys] = [new PairNumbers(), new PairNumbers()];
  const groups = new Moments(http.rows);
  for (let r = 0; r < http.rows; r++) {
    const flow = http.flow[r]!;
    const path = http.url[r] === 0 || !view.outward(flow) ? 0 : http.urls.withoutQuery(http.url[r]!);
    if (path !== 0) groups.add(keys.of(pairs.of(index.orig[flow]!, http.method[r]!), path), r, http.ts[r]!);
  }
  return groups.frequent();
}

/** Things by group; only groups that can have a rhythm are given back. */
class Moments {
  private groups = new Uint32Array(256);
  private items = new Uint32Array(256);
  private used = 0;
  private counts = new Uint32Array(256);
  private first = new Float64Array(256);
  private last = new Float64Array(256);
  private count = 0;

  constructor(private readonly most: number) {}

  add(group: number, item: number, ts: number): void {
    if (this.used === this.groups.length) {
      const size = Math.min(this.most, this.used * 4);
      this.groups = grown(this.groups, size);
      this.items = grown(this.items, size);
    }
    if (group >= this.counts.length) {
      this.counts = grown(this.counts, group + 1);
      this.first = grown(this.first, group + 1);
      this.last = grown(this.last, group + 1);
    }
    this.groups[this.used] = group;
    this.items[this.used++] = item;
    if (this.counts[group] === 0) {
      this.count = Math.max(this.count, group + 1);
      this.first[group] = ts;
      this.last[group] = ts;
    }
    this.counts[group] = this.counts[group]! + 1;
    if (ts < this.first[group]!) this.first[group] = ts;
    if (ts > this.last[group]!) this.last[group] = ts;
  }

  /** Items of the groups with enough of them over a span that such intervals need, in order. */
  frequent(): number[][] {
    const lists: (number[] | null)[] = [];
    for (let group = 0; group < this.count; group++) {
      // Half of the intervals at least are as long as their median.
      const fits = this.counts[group]! >= MIN_CONTACTS && this.last[group]! - this.first[group]! >= MIN_INTERVAL * Math.floor((MIN_CONTACTS - 1) / 2);
      lists.push(fits ? [] : null);
    }
    for (let i = 0; i < this.used; i++) lists[this.groups[i]!]?.push(this.items[i]!);
    return lists.filter((list) => list !== null);
  }
}

export interface Rhythm { readonly interval: number; readonly jitter: number; readonly sameSize: number }

/** Median interval (µs), relative jitter and share of like sizes of contacts; null when there is no rhythm. */
export function rhythmOf(contacts: readonly Contact[]): Rhythm | null {
  if (contacts.length < MIN_CONTACTS) return null;
  const sorted = inTime(contacts);
  // Several contacts within a second are one check-in.
  const moments = sorted.filter((contact, i) => i === 0 || contact.ts - sorted[i - 1]!.ts > 1e6);
  if (moments.length < MIN_CONTACTS) return null;
  const intervals = Float64Array.from({ length: moments.length - 1 }, (_, i) => moments[i + 1]!.ts - moments[i]!.ts);
  const interval = medianOf(intervals.slice());
  if (interval < MIN_INTERVAL) return null;
  const jitter = medianOf(intervals.map((value) => Math.abs(value - interval))) / interval;
  if (jitter > MAX_JITTER) return null;
  const size = medianOf(Float64Array.from(moments, (contact) => contact.size));
  const sameSize = moments.filter((contact) => Math.abs(contact.size - size) <= Math.max(64, size / 10)).length / moments.length;
  return sameSize >= MIN_SAME_SIZE ? { interval, jitter, sameSize } : null;
}

/** Contacts by time; most are already. */
function inTime(contacts: readonly Contact[]): readonly Contact[] {
  for (let i = 1; i < contacts.length; i++) if (contacts[i]!.ts < contacts[i - 1]!.ts) return [...contacts].sort((a, b) => a.ts - b.ts);
  return contacts;
}

function describe(view: CaptureView, contacts: readonly Contact[], rhythm: Rhythm, url: string | null): Finding {
  const sorted = inTime(contacts);
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
