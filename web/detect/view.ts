import * as abi from '../../assembly/abi/logs';
import { PROTO_TCP, PROTO_UDP } from '../../assembly/abi/enums';
import { classifyAddress, classifyName, keyOf, splitAuthority } from '../indicators/normalise';
import type { FlowIndex } from '../logs/flow-index';
import { parseAddress } from '../logs/address';
import type { CaptureTables, LogTable } from '../logs/table';
import type { Finding } from './types';

/** What a detector is given: one capture, with joins that several detectors need, worked out when first asked for. */
export class CaptureView {
  private names: Map<number, string> | undefined;
  private resolved: Map<number, string> | undefined;
  private readonly resolvedNames = new Set<string>();
  private readonly namesAt = new Set<string>();

  constructor(
    /** Place in the case, from 0. */
    readonly capture: number,
    readonly tables: CaptureTables,
    readonly index: FlowIndex,
    /** Findings of the detectors that ran before (order in web/detect/index.ts). */
    readonly earlier: readonly Finding[] = [],
    private readonly internalDomains: ReadonlySet<string> = new Set(),
  ) {}

  /** The log, or undefined when it is absent or empty. */
  log(name: 'dns' | 'http' | 'ssl' | 'files' | 'x509' | 'arp' | 'conn'): LogTable | undefined {
    const table = this.tables.get(name);
    return table && table.rows > 0 ? table : undefined;
  }

  /** Name that the flow was opened for: SNI, else Host, else what the originator had resolved; '' when unknown. */
  nameOfFlow(flow: number): string {
    this.names ??= this.readNames();
    const name = this.names.get(flow);
    if (name !== undefined || !this.known(flow)) return name ?? '';
    this.resolved ??= this.readAnswers();
    return this.resolved.get((this.index.orig[flow] ?? 0) * PAIR + (this.index.resp[flow] ?? 0)) ?? '';
  }

  /**
   * False when the capture has answers for the flow's name and none of them is the address that the flow went to: the
   * name was made up (a forged Host header or SNI).
   */
  nameFits(flow: number): boolean {
    const name = this.nameOfFlow(flow);
    this.resolved ??= this.readAnswers();
    return !this.resolvedNames.has(name) || this.namesAt.has(`${this.index.resp[flow]} ${name}`);
  }

  /** Key of the flow's name (domain, or host name inside), null without a name or when the name is an address. */
  nameKey(flow: number): string | null {
    const name = this.nameOfFlow(flow);
    const what = name === '' ? null : classifyName(name, this.internalDomains);
    return what ? keyOf(what.kind, what.value) : null;
  }

  /** Key of a name or address as it stands in a Host header or the like; null when it is neither. */
  keyOfHost(text: string): string | null {
    const { host } = splitAuthority(text);
    const what = classifyAddress(host) ?? classifyName(host, this.internalDomains);
    return what ? keyOf(what.kind, what.value) : null;
  }

  /** Key of an address of the book. */
  addressKey(id: number): string {
    const text = this.index.book.text(id);
    return keyOf(text.includes(':') ? 'ipv6-addr' : 'ipv4-addr', text);
  }

  respKey(flow: number): string {
    return this.addressKey(this.index.resp[flow] ?? 0);
  }

  /** True when the flow has its conn row. */
  known(flow: number): boolean {
    return flow > 0 && flow < this.index.size && (this.index.row[flow] ?? -1) >= 0;
  }

  /** The originator as text, '' for a flow without a conn row. */
  orig(flow: number): string {
    return this.known(flow) ? this.index.book.text(this.index.orig[flow] ?? 0) : '';
  }

  /** The responder as text, '' for a flow without a conn row. */
  resp(flow: number): string {
    return this.known(flow) ? this.index.book.text(this.index.resp[flow] ?? 0) : '';
  }

  /** The responder as people would call it: its name, else its address. */
  respName(flow: number): string {
    return this.nameOfFlow(flow) || this.resp(flow);
  }

  /** From one of our hosts to somewhere else that packets can be routed to. */
  outward(flow: number): boolean {
    if (!this.known(flow)) return false;
    const { book, orig, resp } = this.index;
    const to = resp[flow] ?? 0;
    if (!book.local(orig[flow] ?? 0) || book.local(to)) return false;
    const scope = book.scope(to);
    return scope !== 'multicast' && scope !== 'broadcast' && scope !== 'unspecified';
  }

  /** Both ends are ours. */
  inside(flow: number): boolean {
    if (!this.known(flow)) return false;
    const { book, orig, resp } = this.index;
    return book.local(orig[flow] ?? 0) && book.local(resp[flow] ?? 0);
  }

  isTcp(flow: number): boolean {
    return this.index.proto[flow] === PROTO_TCP;
  }

  isUdp(flow: number): boolean {
    return this.index.proto[flow] === PROTO_UDP;
  }

  private readNames(): Map<number, string> {
    const names = new Map<number, string>();
    const http = this.log('http');
    for (let r = 0; http && r < http.rows; r++) {
      const host = http.str(r, abi.HTTP_HOST);
      if (host !== '') names.set(http.num(r, abi.COL_FLOW), splitAuthority(host).host.toLowerCase());
    }
    const ssl = this.log('ssl');
    for (let r = 0; ssl && r < ssl.rows; r++) {
      const name = ssl.str(r, abi.SSL_SERVER_NAME);
      if (name !== '') names.set(ssl.num(r, abi.COL_FLOW), name.toLowerCase());
    }
    return names;
  }

  private readAnswers(): Map<number, string> {
    const resolved = new Map<number, string>();
    const dns = this.log('dns');
    const scratch = new Uint8Array(16);
    for (let r = 0; dns && r < dns.rows; r++) {
      for (const answer of dns.strs(r, abi.DNS_ANSWERS)) {
        const bytes = parseAddress(answer);
        if (!bytes) continue;
        scratch.set(dns.bytes(r, abi.COL_ORIG_H));
        const name = dns.str(r, abi.DNS_QUERY).toLowerCase();
        const id = this.index.book.intern(bytes, 0);
        resolved.set(this.index.book.intern(scratch, 0) * PAIR + id, name);
        this.resolvedNames.add(name);
        this.namesAt.add(`${id} ${name}`);
      }
    }
    return resolved;
  }
}

const PAIR = 2 ** 24;

/** A detector looks at one capture. It must end in time that grows with the rows, and keep no more than it must. */
export type Detector = (view: CaptureView) => Finding[];
