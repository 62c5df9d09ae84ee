import type { FlowIndex } from '../logs/flow-index';
import {
  MAX_INDICATORS, MAX_NAMES, MAX_RELATED, MAX_SIGHTING_FLOWS, MAX_SIGHTING_HOSTS, MAX_SIGHTING_PACKETS,
} from './limits';
import { keyOf } from './normalise';
import type { CertificateFacts, FileFacts, Indicator, IndicatorKind, Role, Sighting } from './types';

/** The smallest `limit` different numbers of those that were added. Most hold one or two, so nothing is set aside. */
export class Smallest {
  private items: number[] | null = null;
  private first = -1;
  private ceiling = Infinity;

  constructor(private readonly limit: number) {}

  add(value: number): void {
    if (value >= this.ceiling) return;
    if (this.items === null) {
      if (this.first < 0) this.first = value;
      else if (value !== this.first) this.items = [this.first, value];
      return;
    }
    if (value === this.items[this.items.length - 1]) return;
    this.items.push(value);
    if (this.items.length >= this.limit * 4) this.trim(this.items);
  }

  private trim(items: readonly number[]): number[] {
    const sorted = [...new Set(items)].sort((a, b) => a - b);
    this.items = sorted.slice(0, this.limit);
    if (sorted.length >= this.limit) this.ceiling = this.items[this.limit - 1] ?? Infinity;
    return this.items;
  }

  /** In rising order. */
  values(): number[] {
    if (this.items === null) return this.first < 0 ? [] : [this.first];
    return this.trim(this.items);
  }
}

/** One indicator × capture × role while it is being counted. */
class Tally {
  observed = false;
  first = Infinity;
  last = -Infinity;
  count = 0;
  origBytes = 0;
  respBytes = 0;
  origPkts = 0;
  respPkts = 0;
  readonly pkts = new Smallest(MAX_SIGHTING_PACKETS);
  readonly flows = new Smallest(MAX_SIGHTING_FLOWS);
  /** Numbers of the capture's address book. */
  private hosts: number[] | null = null;
  private named: string[] | null = null;
  private counted: Set<number> | null = null;
  private lastFlow = 0;

  constructor(readonly role: Role, readonly capture: CollectedCapture) {}

  /** Counts one row; a flow's bytes are counted once, however many rows it has. */
  add(ts: number, pkt: number, flow: number, observed: boolean, self: string): void {
    this.count++;
    this.observed ||= observed;
    if (ts < this.first) this.first = ts;
    if (ts > this.last) this.last = ts;
    if (pkt > 0) this.pkts.add(pkt);
    if (flow === 0 || flow === this.lastFlow) return;
    if (this.lastFlow !== 0) {
      this.counted ??= new Set([this.lastFlow]);
      if (this.counted.has(flow)) return;
      this.counted.add(flow);
    }
    this.lastFlow = flow;
    this.addFlow(flow, self);
  }

  /** Counts a flow that is known to come once. */
  addFlow(flow: number, self: string): void {
    const { index } = this.capture;
    this.flows.add(flow);
    if (flow >= index.size || (index.row[flow] ?? -1) < 0) return;
    this.origBytes += index.origBytes[flow] ?? 0;
    this.respBytes += index.respBytes[flow] ?? 0;
    this.origPkts += index.origPkts[flow] ?? 0;
    this.respPkts += index.respPkts[flow] ?? 0;
    this.addHost(index.orig[flow] ?? 0, self);
    this.addHost(index.resp[flow] ?? 0, self);
  }

  private addHost(id: number, self: string): void {
    const { book } = this.capture.index;
    if (!book.local(id) || this.hosts?.includes(id)) return;
    if ((this.hosts?.length ?? 0) >= MAX_SIGHTING_HOSTS || book.text(id) === self) return;
    if (this.hosts) this.hosts.push(id);
    else this.hosts = [id];
  }

  /** Counts what a finding saw, for a value that no row names by itself. */
  addFinding(finding: { readonly first_seen: number; readonly last_seen: number; readonly flows: readonly number[]; readonly pkts: readonly number[]; readonly hosts: readonly string[]; readonly count?: number }, self: string): void {
    this.observed = true;
    this.count += finding.count ?? Math.max(1, finding.pkts.length);
    this.first = Math.min(this.first, finding.first_seen);
    this.last = Math.max(this.last, finding.last_seen);
    for (const pkt of finding.pkts) if (pkt > 0) this.pkts.add(pkt);
    for (const flow of finding.flows) this.addFlow(flow, self);
    this.named = [...new Set([...this.named ?? [], ...finding.hosts])].filter((host) => host !== self);
  }

  build(): Sighting {
    const flows = this.flows.values();
    const { index, sha256 } = this.capture;
    const hosts = (this.hosts ?? []).map((id) => index.book.text(id));
    const texts = (read: (flow: number) => string): string[] => {
      const found: string[] = [];
      for (const flow of flows) {
        const text = flow < index.size ? read(flow) : '';
        if (text !== '' && !found.includes(text)) found.push(text);
      }
      return found;
    };
    return {
      role: this.role, observed: this.observed, capture: sha256, first_seen: this.first, last_seen: this.last, count: this.count,
      orig_bytes: this.origBytes, resp_bytes: this.respBytes, orig_pkts: this.origPkts, resp_pkts: this.respPkts,
      hosts: this.named ? [...new Set([...hosts, ...this.named])].slice(0, MAX_SIGHTING_HOSTS) : hosts, pkts: this.pkts.values(), flows, uids: texts((f) => index.uid(f)), community_ids: texts((f) => index.communityId(f)),
    };
  }
}

/** A capture as the extraction sees it. */
export interface CollectedCapture { readonly index: FlowIndex; readonly sha256: string }

/** One indicator while it is being collected. */
export class Collected {
  readonly tallies: Tally[] = [];
  private related: Map<string, string> | null = null;
  file: FileFacts | undefined;
  certificate: CertificateFacts | undefined;

  constructor(readonly kind: IndicatorKind, readonly value: string) {}

  tally(role: Role, capture: CollectedCapture): Tally {
    for (const tally of this.tallies) if (tally.role === role && tally.capture === capture) return tally;
    const tally = new Tally(role, capture);
    this.tallies.push(tally);
    return tally;
  }

  relate(relation: string, key: string): void {
    this.related ??= new Map();
    if (this.related.size < MAX_RELATED && !this.related.has(key)) this.related.set(key, relation);
  }

  nameFile(facts: FileFacts): void {
    const names = [...new Set([...(this.file?.names ?? []), ...facts.names])].slice(0, MAX_NAMES);
    this.file = { ...facts, ...this.file, names };
  }

  build(known: ReadonlySet<string>): Indicator {
    const order = (a: Sighting, b: Sighting): number => a.first_seen - b.first_seen || (a.role < b.role ? -1 : 1);
    return {
      key: keyOf(this.kind, this.value), kind: this.kind, value: this.value, score: 0, severity: 'info', confidence: 0, reasons: [],
      sightings: this.tallies.map((tally) => tally.build()).sort(order),
      related: [...this.related ?? []].filter(([key]) => known.has(key)).map(([key, relation]) => ({ key, relation })),
      ...(this.file ? { file: this.file } : {}),
      ...(this.certificate ? { certificate: this.certificate } : {}),
    };
  }
}

/** Gathers indicators of a case, each value once. */
export class Collector {
  private readonly byKind = new Map<IndicatorKind, Map<string, Collected>>();
  private total = 0;
  /** Cap's name → how often it was hit. */
  readonly caps = new Map<string, number>();

  /** The entry of a value; null when the case is full (MAX_INDICATORS). */
  entry(kind: IndicatorKind, value: string): Collected | null {
    let values = this.byKind.get(kind);
    if (!values) this.byKind.set(kind, values = new Map());
    let collected = values.get(value);
    if (!collected) {
      if (this.total >= MAX_INDICATORS) { this.trip('MAX_INDICATORS'); return null; }
      this.total++;
      values.set(value, collected = new Collected(kind, value));
    }
    return collected;
  }

  find(key: string): Collected | undefined {
    const colon = key.indexOf(':');
    return this.byKind.get(key.slice(0, colon) as IndicatorKind)?.get(key.slice(colon + 1));
  }

  trip(cap: string): void {
    this.caps.set(cap, (this.caps.get(cap) ?? 0) + 1);
  }

  /** Every indicator that `keep` accepts and that was sighted. */
  build(keep: (kind: IndicatorKind, value: string) => boolean): Indicator[] {
    const kept: Collected[] = [];
    const known = new Set<string>();
    for (const [kind, values] of this.byKind) {
      for (const [value, collected] of values) {
        if (collected.tallies.length === 0 || !keep(kind, value)) continue;
        kept.push(collected);
        known.add(keyOf(kind, value));
      }
    }
    return kept.map((collected) => collected.build(known));
  }
}
