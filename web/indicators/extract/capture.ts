import { grown } from '../../logs/growing';
import type { CaptureTables } from '../../logs/table';
import type { CollectedCapture, Collector } from '../collector';
import type { CaptureFacts } from '../facts/index';
import { MAX_NAMES_PER_DOMAIN } from '../limits';
import { classifyAddress, classifyName, isInternalName, normaliseName, registrableDomain, type Normalised } from '../normalise';
import type { Role } from '../types';

/** One capture of a case, as the analysis hands it in. */
export interface CaptureInput {
  readonly tables: CaptureTables;
  /** Lower-case SHA-256 of the file; '' until it is known. */
  readonly sha256: string;
  readonly name: string;
  /** What was worked out of the tables while they grew, for the same networks; made anew when it is left out. */
  readonly facts?: CaptureFacts;
}

const UNKNOWN = -2;

/** What the extractors of one capture share. */
export class Extraction implements CollectedCapture {
  sha256: string;
  readonly facts: CaptureFacts;
  /** Place in the case, from 0. */
  readonly place: number;
  /** Values by number, and the place of each text's; −1 = it is no name. */
  private readonly values: Normalised[] = [];
  private ofText = new Int32Array(0);
  private readonly entries: number[] = [];
  private readonly numbers = new Map<string, number>();

  /** @param facts of all rows that there are */
  constructor(input: CaptureInput, facts: CaptureFacts, readonly collector: Collector, readonly shared: SharedNames) {
    this.sha256 = input.sha256;
    this.facts = facts;
    this.place = collector.captures.push(this) - 1;
    shared.learn(this.facts);
  }

  /** Domains whose names are host names of ours. */
  get internalDomains(): ReadonlySet<string> {
    return this.shared.internal;
  }

  /** Number of the value of a text in a place for names (a name or an address); −1 when it is neither. */
  nameOfText(id: number): number {
    const { pool } = this.facts;
    if (id >= this.ofText.length) this.ofText = grown(this.ofText.length === 0 ? new Int32Array(1024).fill(UNKNOWN) : this.ofText, Math.max(id + 1, pool.count), UNKNOWN);
    let value = this.ofText[id]!;
    if (value === UNKNOWN) this.ofText[id] = value = this.name(pool.text(id));
    return value;
  }

  /** See `nameOfText`. */
  name(text: string): number {
    let value = this.numbers.get(text);
    if (value === undefined) {
      const known = this.classify(text);
      value = known ? this.values.push(known) - 1 : -1;
      this.numbers.set(text, value);
    }
    return value;
  }

  /** Names beyond MAX_NAMES_PER_DOMAIN become their registrable domain. */
  private classify(text: string): Normalised | null {
    const result = classifyAddress(text) ?? classifyName(text, this.shared.internal) ?? rescue(text);
    if (result?.kind !== 'domain-name' || this.shared.admit(result.value)) return result;
    this.collector.trip('MAX_NAMES_PER_DOMAIN');
    return { kind: 'domain-name', value: registrableDomain(result.value) };
  }

  named(value: number): Normalised {
    return this.values[value]!;
  }

  /** True when two numbers are of the same value. */
  same(a: number, b: number): boolean {
    if (a === b) return true;
    if (a < 0 || b < 0) return false;
    const [x, y] = [this.values[a]!, this.values[b]!];
    return x.kind === y.kind && x.value === y.value;
  }

  /** Entry of a value that `name` gave; −1 when there is none or the case is full. */
  entryOf(value: number): number {
    if (value < 0) return -1;
    let entry = this.entries[value];
    if (entry === undefined) {
      const { kind, value: text } = this.values[value]!;
      entry = this.collector.entry(kind, text);
      if (entry >= 0) this.entries[value] = entry;
    }
    return entry;
  }

  /** Counts a row for an entry. */
  see(entry: number, role: Role, observed: boolean, ts: number, pkt: number, flow: number): void {
    if (entry >= 0) this.collector.add(this.collector.tally(entry, role, this.place), ts, pkt, flow, observed);
  }

  /** Counts a row for a value; answers its entry. */
  seeValue(what: Normalised | null, role: Role, observed: boolean, ts: number, pkt: number, flow: number): number {
    const entry = what ? this.collector.entry(what.kind, what.value) : -1;
    this.see(entry, role, observed, ts, pkt, flow);
    return entry;
  }
}

/** The longest valid ending of a name with binary labels in front (DNS tunnels), when it is a public name. */
function rescue(text: string): Normalised | null {
  const labels = text.split('.');
  for (let i = 1; i < labels.length - 1; i++) {
    const name = normaliseName(labels.slice(i).join('.'));
    if (name && !isInternalName(name)) return classifyName(name);
  }
  return null;
}

/** What all captures of a case know together of names. */
export class SharedNames {
  /** Domains whose names mean something inside only: given by the user, or Active Directory's (`_msdcs`). */
  readonly internal: Set<string>;
  private readonly below = new Map<string, Set<string>>();

  constructor(internalDomains: readonly string[]) {
    this.internal = new Set(internalDomains.map((name) => normaliseName(name)).filter((name) => name !== null));
  }

  /** Active Directory clients look up `_ldap._tcp.dc._msdcs.<their domain>` (MS-ADTS §6.3.2.3). */
  learn({ dns, pool }: CaptureFacts): void {
    const seen = new Set<number>();
    for (let r = 0; r < dns.rows; r++) {
      const id = dns.query[r]!;
      if (pool.lengthOf(id) < 10 || pool.bytesOf(id)[0] !== 0x5f || seen.has(id)) continue;
      seen.add(id);
      const query = pool.text(id).toLowerCase();
      const at = query.indexOf('._msdcs.');
      const domain = at < 0 ? null : normaliseName(query.slice(at + 8));
      if (domain) this.internal.add(domain);
    }
  }

  admit(name: string): boolean {
    const domain = registrableDomain(name);
    if (domain === name) return true;
    let names = this.below.get(domain);
    if (!names) this.below.set(domain, names = new Set());
    if (names.has(name)) return true;
    if (names.size >= MAX_NAMES_PER_DOMAIN) return false;
    names.add(name);
    return true;
  }
}
