import { AddressBook } from '../../logs/address-book';
import type { Network } from '../../logs/address';
import { FlowIndex } from '../../logs/flow-index';
import type { CaptureTables } from '../../logs/table';
import * as abi from '../../../assembly/abi/logs';
import type { Collected, CollectedCapture, Collector } from '../collector';
import { MAX_NAMES_PER_DOMAIN } from '../limits';
import { classifyAddress, classifyName, isInternalName, normaliseName, registrableDomain, type Normalised } from '../normalise';
import type { Role } from '../types';

/** One capture of a case, as the analysis hands it in. */
export interface CaptureInput {
  readonly tables: CaptureTables;
  /** Lower-case SHA-256 of the file; '' until it is known. */
  readonly sha256: string;
  readonly name: string;
}

/** What the extractors of one capture share. */
export class Extraction implements CollectedCapture {
  readonly sha256: string;
  readonly tables: CaptureTables;
  readonly index: FlowIndex;
  readonly contacted = new Set<number>();
  private readonly classified = new Map<string, Normalised | null>();

  constructor(capture: CaptureInput, networks: readonly Network[], readonly collector: Collector, private readonly shared: SharedNames) {
    this.sha256 = capture.sha256;
    this.tables = capture.tables;
    this.index = new FlowIndex(capture.tables, new AddressBook(networks));
    shared.learn(capture.tables);
  }

  /** Domains whose names are host names of ours. */
  get internalDomains(): ReadonlySet<string> {
    return this.shared.internal;
  }

  /** A name or an address in a place for names; names beyond MAX_NAMES_PER_DOMAIN become their registrable domain. */
  name(text: string): Normalised | null {
    const known = this.classified.get(text);
    if (known !== undefined) return known;
    let result = classifyAddress(text) ?? classifyName(text, this.shared.internal) ?? rescue(text);
    if (result?.kind === 'domain-name' && !this.shared.admit(result.value)) {
      this.collector.trip('MAX_NAMES_PER_DOMAIN');
      result = { kind: 'domain-name', value: registrableDomain(result.value) };
    }
    this.classified.set(text, result);
    return result;
  }

  /** Counts a row for a value. */
  see(what: Normalised | null, role: Role, observed: boolean, ts: number, pkt: number, flow: number): Collected | null {
    if (!what) return null;
    const entry = this.collector.entry(what.kind, what.value);
    entry?.tally(role, this).add(ts, pkt, flow, observed, what.value);
    return entry;
  }

  /** True when the flow exists and any of our packets reached out to `address` from the flow's originator. */
  reached(origId: number, respId: number): boolean {
    return this.contacted.has(origId * PAIR + respId);
  }

  noteContact(origId: number, respId: number): void {
    this.contacted.add(origId * PAIR + respId);
  }
}

const PAIR = 2 ** 24;

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
  learn(tables: CaptureTables): void {
    const dns = tables.get('dns');
    if (!dns) return;
    const seen = new Set<string>();
    for (let r = 0; r < dns.rows; r++) {
      const length = dns.bytes(r, abi.DNS_QUERY).length;
      if (length < 10 || dns.bytes(r, abi.DNS_QUERY)[0] !== 0x5f) continue;
      const query = dns.str(r, abi.DNS_QUERY).toLowerCase();
      const at = query.indexOf('._msdcs.');
      if (at < 0 || seen.has(query)) continue;
      seen.add(query);
      const domain = normaliseName(query.slice(at + 8));
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
