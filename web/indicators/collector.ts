import { parseAddress } from '../logs/address';
import type { FlowIndex } from '../logs/flow-index';
import { grown, PairSet } from '../logs/growing';
import { FirstSets, Lists, SmallestSets } from './bounded-sets';
import type { CaptureFacts } from './facts/index';
import {
  MAX_INDICATORS, MAX_NAMES, MAX_RELATED, MAX_SIGHTING_FLOWS, MAX_SIGHTING_HOSTS, MAX_SIGHTING_PACKETS,
} from './limits';
import { keyOf } from './normalise';
import { KINDS, ROLES, type CertificateFacts, type FileFacts, type IndicatorKind, type Role, type Sighting } from './types';

const FIRST = 1024;
const KIND_NUMBER = new Map<string, number>(KINDS.map((kind, i) => [kind, i]));
const ROLE_NUMBER = new Map<string, number>(ROLES.map((role, i) => [role, i]));

/** Relations of indicators, by number. */
export const RELATIONS = ['resolves-to', 'alias-of', 'resolved-from', 'hosted-on', 'hosts', 'served-for', 'presented', 'names', 'served-from', 'served'] as const;
export type Relation = (typeof RELATIONS)[number];
const RELATION_NUMBER = new Map<string, number>(RELATIONS.map((relation, i) => [relation, i]));

/** A capture as its sightings name it. */
export interface CollectedCapture { readonly facts: CaptureFacts; sha256: string }

/** What a finding saw, as far as a sighting is made of it. */
interface Seen { readonly first_seen: number; readonly last_seen: number; readonly flows: readonly number[]; readonly pkts: readonly number[]; readonly hosts: readonly string[]; readonly count?: number }

/**
 * Gathers the indicators of a case in columns: entries (kind and value, each once) and tallies (entry × capture × role),
 * both by number from 0. Objects are made when someone asks for an entry.
 */
export class Collector {
  readonly captures: CollectedCapture[] = [];
  /** Cap's name → how often it was hit. */
  readonly caps = new Map<string, number>();
  // Entries.
  entries = 0;
  kind = new Uint8Array(FIRST);
  readonly value: string[] = [];
  private readonly byKind: Map<string, number>[] = KINDS.map(() => new Map<string, number>());
  /** 1 = counted against MAX_INDICATORS: more than the other end of a relation. */
  private counted = new Uint8Array(FIRST);
  private total = 0;
  /** First tally of an entry, −1 = none: it was never seen. */
  head = new Int32Array(FIRST).fill(-1);
  private last = new Int32Array(FIRST).fill(-1);
  private readonly related = new FirstSets(MAX_RELATED);
  /** How, for each of `related`. */
  private readonly relations = new Lists();
  private readonly files = new Map<number, FileFacts>();
  private readonly certificates = new Map<number, CertificateFacts>();
  // Tallies.
  private tallies = 0;
  next = new Int32Array(FIRST).fill(-1);
  private role = new Uint8Array(FIRST);
  private capture = new Uint16Array(FIRST);
  /** Address that the entry is, by the capture's book; −1 = none. */
  private self = new Int32Array(FIRST);
  observed = new Uint8Array(FIRST);
  first = new Float64Array(FIRST);
  private lastSeen = new Float64Array(FIRST);
  private count = new Float64Array(FIRST);
  private origBytes = new Float64Array(FIRST);
  private respBytes = new Float64Array(FIRST);
  private origPkts = new Float64Array(FIRST);
  private respPkts = new Float64Array(FIRST);
  private lastFlow = new Uint32Array(FIRST);
  private several = new Uint8Array(FIRST);
  private readonly pkts = new SmallestSets(MAX_SIGHTING_PACKETS);
  private readonly flows = new SmallestSets(MAX_SIGHTING_FLOWS);
  private readonly hosts = new FirstSets(MAX_SIGHTING_HOSTS);
  /** Hosts that findings named. */
  private readonly named = new Map<number, string[]>();
  /** Index of the capture that was counted last. */
  private current: FlowIndex | null = null;
  private currentCapture = -1;
  /** Flows that a tally of several has counted. */
  private seenFlows = new PairSet();

  trip(cap: string): void {
    this.caps.set(cap, (this.caps.get(cap) ?? 0) + 1);
  }

  // ------------------------------------------------------------------------------------------------------------ entries

  private make(kind: IndicatorKind, value: string): number {
    const k = KIND_NUMBER.get(kind)!;
    const known = this.byKind[k]!.get(value);
    if (known !== undefined) return known;
    const entry = this.entries++;
    if (entry >= this.kind.length) {
      this.kind = grown(this.kind, entry + 1);
      this.counted = grown(this.counted, entry + 1);
      this.head = grown(this.head, entry + 1, -1);
      this.last = grown(this.last, entry + 1, -1);
    }
    this.kind[entry] = k;
    this.value.push(value);
    this.byKind[k]!.set(value, entry);
    return entry;
  }

  /** Number of a value's entry; −1 when the case is full (MAX_INDICATORS). */
  entry(kind: IndicatorKind, value: string): number {
    const entry = this.byKind[KIND_NUMBER.get(kind)!]!.get(value) ?? (this.total < MAX_INDICATORS ? this.make(kind, value) : -1);
    if (entry >= 0 && this.counted[entry] === 1) return entry;
    if (entry < 0 || this.total >= MAX_INDICATORS) { this.trip('MAX_INDICATORS'); return -1; }
    this.counted[entry] = 1;
    this.total++;
    return entry;
  }

  /** Entry of a key; −1 when there is none. */
  find(key: string): number {
    const colon = key.indexOf(':');
    const kind = KIND_NUMBER.get(key.slice(0, colon));
    const entry = kind === undefined ? undefined : this.byKind[kind]!.get(key.slice(colon + 1));
    return entry !== undefined && this.counted[entry] === 1 ? entry : -1;
  }

  keyOf(entry: number): string {
    return keyOf(KINDS[this.kind[entry]!]!, this.value[entry]!);
  }

  kindOf(entry: number): IndicatorKind {
    return KINDS[this.kind[entry]!]!;
  }

  /** Ties an entry to another value, whether that is an indicator or not. */
  relate(entry: number, relation: Relation, kind: IndicatorKind, value: string): void {
    if (entry < 0 || this.related.size(entry) >= MAX_RELATED) return;
    this.relateEntries(entry, relation, this.make(kind, value));
  }

  /** Ties an entry to another; the first relation of two stands. */
  relateEntries(entry: number, relation: Relation, other: number): void {
    if (entry >= 0 && other >= 0 && this.related.add(entry, other)) this.relations.push(entry, RELATION_NUMBER.get(relation)!);
  }

  nameFile(entry: number, facts: FileFacts): void {
    const known = this.files.get(entry);
    this.files.set(entry, { ...facts, ...known, names: [...new Set([...(known?.names ?? []), ...facts.names])].slice(0, MAX_NAMES) });
  }

  setCertificate(entry: number, facts: CertificateFacts): void {
    this.certificates.set(entry, facts);
  }

  // ------------------------------------------------------------------------------------------------------------ tallies

  /**
   * Number of the tally of an entry in a role in a capture (place in `captures`); a new one when there is none.
   * @param self the address that the entry is, by the capture's book, where the caller knows it
   */
  tally(entry: number, role: Role, capture: number, self?: number): number {
    const r = ROLE_NUMBER.get(role)!;
    for (let t = this.head[entry]!; t >= 0; t = this.next[t]!) if (this.role[t] === r && this.capture[t] === capture) return t;
    const tally = this.tallies++;
    if (tally >= this.next.length) this.widen(tally + 1);
    this.role[tally] = r;
    this.capture[tally] = capture;
    this.first[tally] = Infinity;
    this.lastSeen[tally] = -Infinity;
    this.self[tally] = self ?? this.addressOf(entry, capture);
    const before = this.last[entry]!;
    if (before < 0) this.head[entry] = tally;
    else this.next[before] = tally;
    this.last[entry] = tally;
    return tally;
  }

  private widen(size: number): void {
    this.next = grown(this.next, size, -1);
    this.role = grown(this.role, size);
    this.capture = grown(this.capture, size);
    this.self = grown(this.self, size);
    this.observed = grown(this.observed, size);
    this.first = grown(this.first, size);
    this.lastSeen = grown(this.lastSeen, size);
    this.count = grown(this.count, size);
    this.origBytes = grown(this.origBytes, size);
    this.respBytes = grown(this.respBytes, size);
    this.origPkts = grown(this.origPkts, size);
    this.respPkts = grown(this.respPkts, size);
    this.lastFlow = grown(this.lastFlow, size);
    this.several = grown(this.several, size);
  }

  /** Address of the capture's book that a value is; −1 when it is none. */
  private addressOf(entry: number, capture: number): number {
    const value = this.value[entry]!;
    const bytes = /^[0-9a-f.:]{2,45}$/.test(value) ? parseAddress(value) : null;
    const book = this.captures[capture]?.facts.book;
    if (!bytes || !book) return -1;
    const id = book.intern(bytes, 0);
    return book.text(id) === value ? id : -1;
  }

  /** Counts one row; a flow's bytes are counted once, however many rows it has. */
  add(tally: number, ts: number, pkt: number, flow: number, observed: boolean): void {
    this.count[tally] = this.count[tally]! + 1;
    if (observed) this.observed[tally] = 1;
    if (ts < this.first[tally]!) this.first[tally] = ts;
    if (ts > this.lastSeen[tally]!) this.lastSeen[tally] = ts;
    if (pkt > 0) this.pkts.add(tally, pkt);
    const last = this.lastFlow[tally]!;
    if (flow === 0 || flow === last) return;
    if (last !== 0) {
      if (this.several[tally] === 0) {
        this.several[tally] = 1;
        this.seenFlows.add(tally, last);
      }
      if (!this.seenFlows.add(tally, flow)) return;
    }
    this.lastFlow[tally] = flow;
    this.addFlow(tally, flow);
  }

  /** Counts a flow that is known to come once as a row of its own. */
  addConn(tally: number, start: number, end: number, pkt: number, flow: number): void {
    this.count[tally] = this.count[tally]! + 1;
    this.observed[tally] = 1;
    if (start < this.first[tally]!) this.first[tally] = start;
    if (end > this.lastSeen[tally]!) this.lastSeen[tally] = end;
    if (pkt > 0) this.pkts.add(tally, pkt);
    this.addFlow(tally, flow);
  }

  private addFlow(tally: number, flow: number): void {
    const capture = this.capture[tally]!;
    if (capture !== this.currentCapture) {
      this.currentCapture = capture;
      this.current = this.captures[capture]!.facts.index;
    }
    const index = this.current!;
    this.flows.add(tally, flow);
    if (flow >= index.size || index.row[flow]! < 0) return;
    this.origBytes[tally] = this.origBytes[tally]! + index.origBytes[flow]!;
    this.respBytes[tally] = this.respBytes[tally]! + index.respBytes[flow]!;
    this.origPkts[tally] = this.origPkts[tally]! + index.origPkts[flow]!;
    this.respPkts[tally] = this.respPkts[tally]! + index.respPkts[flow]!;
    const orig = index.orig[flow]!;
    const resp = index.resp[flow]!;
    const self = this.self[tally]!;
    if (orig !== self && index.book.local(orig)) this.hosts.add(tally, orig);
    if (resp !== self && index.book.local(resp)) this.hosts.add(tally, resp);
  }

  /** Counts what a finding saw, for a value that no row names by itself. */
  addFinding(tally: number, finding: Seen): void {
    this.observed[tally] = 1;
    this.count[tally] = this.count[tally]! + (finding.count ?? Math.max(1, finding.pkts.length));
    this.first[tally] = Math.min(this.first[tally]!, finding.first_seen);
    this.lastSeen[tally] = Math.max(this.lastSeen[tally]!, finding.last_seen);
    for (const pkt of finding.pkts) if (pkt > 0) this.pkts.add(tally, pkt);
    for (const flow of finding.flows) this.addFlow(tally, flow);
    const self = this.valueOfTally(tally);
    this.named.set(tally, [...new Set([...this.named.get(tally) ?? [], ...finding.hosts])].filter((host) => host !== self));
  }

  private valueOfTally(tally: number): string {
    const id = this.self[tally]!;
    return id < 0 ? '' : this.captures[this.capture[tally]!]!.facts.book.text(id);
  }

  /** What only counting needs is let go. */
  close(): void {
    this.seenFlows = new PairSet();
  }

  // ------------------------------------------------------------------------------------------------- what came together

  /** True when an entry is a globally reachable address. */
  isPublic(entry: number): boolean {
    const tally = this.head[entry]!;
    const id = tally < 0 ? -1 : this.self[tally]!;
    return id >= 0 && this.captures[this.capture[tally]!]!.facts.book.scope(id) === 'global';
  }

  isObserved(entry: number): boolean {
    for (let t = this.head[entry]!; t >= 0; t = this.next[t]!) if (this.observed[t] === 1) return true;
    return false;
  }

  /** Microseconds of the earliest sighting. */
  firstSeen(entry: number): number {
    let first = Infinity;
    for (let t = this.head[entry]!; t >= 0; t = this.next[t]!) if (this.first[t]! < first) first = this.first[t]!;
    return first;
  }

  private hostsOf(tally: number): string[] {
    const { book } = this.captures[this.capture[tally]!]!.facts;
    const hosts = Array.from(this.hosts.values(tally), (id) => book.text(id));
    const named = this.named.get(tally);
    return named ? [...new Set([...hosts, ...named])].slice(0, MAX_SIGHTING_HOSTS) : hosts;
  }

  /** How many different hosts of ours the sightings name, by their texts. */
  hostCount(entry: number): number {
    const first = this.head[entry]!;
    if (first < 0) return 0;
    if (this.next[first]! < 0 && !this.named.has(first)) return this.hosts.size(first);
    const hosts = new Set<string>();
    for (let t = first; t >= 0; t = this.next[t]!) for (const host of this.hostsOf(t)) hosts.add(host);
    return hosts.size;
  }

  /** Sightings of an entry, earliest first; unless `whole`, without uids and Community IDs. */
  sightings(entry: number, whole = true): Sighting[] {
    const sightings: Sighting[] = [];
    for (let t = this.head[entry]!; t >= 0; t = this.next[t]!) sightings.push(this.sighting(t, whole));
    return sightings.length < 2 ? sightings : sightings.sort((a, b) => a.first_seen - b.first_seen || (a.role < b.role ? -1 : 1));
  }

  private sighting(tally: number, whole: boolean): Sighting {
    const { facts: { index }, sha256 } = this.captures[this.capture[tally]!]!;
    const flows = this.flows.values(tally);
    const texts = (read: (flow: number) => string): string[] => {
      const found = new Set<string>();
      for (const flow of whole ? flows : []) if (flow < index.size) found.add(read(flow));
      found.delete('');
      return [...found];
    };
    return {
      role: ROLES[this.role[tally]!]!, observed: this.observed[tally] === 1, capture: sha256, first_seen: this.first[tally]!, last_seen: this.lastSeen[tally]!, count: this.count[tally]!,
      orig_bytes: this.origBytes[tally]!, resp_bytes: this.respBytes[tally]!, orig_pkts: this.origPkts[tally]!, resp_pkts: this.respPkts[tally]!,
      hosts: this.hostsOf(tally), pkts: this.pkts.values(tally), flows, uids: texts((f) => index.uid(f)), community_ids: texts((f) => index.communityId(f)),
    };
  }

  /** What an entry is tied to, as far as `known` has it. */
  relatedOf(entry: number, known: (entry: number) => boolean): { key: string; relation: Relation }[] {
    const found: { key: string; relation: Relation }[] = [];
    const how = this.relations.values(entry);
    this.related.values(entry).forEach((other, i) => {
      if (known(other)) found.push({ key: this.keyOf(other), relation: RELATIONS[how[i]!]! });
    });
    return found;
  }

  /** Entries that an entry is tied to in a way. */
  tiedTo(entry: number, relation: Relation): number[] {
    const wanted = RELATION_NUMBER.get(relation)!;
    const others = this.related.values(entry);
    const found: number[] = [];
    const how = this.relations.values(entry);
    for (let i = 0; i < how.length; i++) if (how[i] === wanted) found.push(others[i]!);
    return found;
  }

  fileOf(entry: number): FileFacts | undefined {
    return this.files.get(entry);
  }

  certificateOf(entry: number): CertificateFacts | undefined {
    return this.certificates.get(entry);
  }
}
