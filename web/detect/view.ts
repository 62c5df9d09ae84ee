import { PROTO_TCP, PROTO_UDP } from '../../assembly/abi/enums';
import type { CaptureFacts } from '../indicators/facts/index';
import { classifyAddress, classifyName, keyOf, splitAuthority } from '../indicators/normalise';
import type { FlowIndex } from '../logs/flow-index';
import { grown, PairNumbers, PairSet } from '../logs/growing';
import type { CaptureTables } from '../logs/table';
import type { Finding } from './types';

/** What a detector is given: one capture, with joins that several detectors need, worked out when first asked for. */
export class CaptureView {
  private names: Uint32Array | undefined;
  private resolved: Answers | undefined;
  private outwards: Uint8Array | undefined;
  private readonly keys = new Map<string, string | null>();
  /** Findings that a detector counted without describing them, beyond MAX_FINDINGS_PER_DETECTOR. */
  more = 0;

  constructor(
    /** Place in the case, from 0. */
    readonly capture: number,
    readonly facts: CaptureFacts,
    /** Findings of the detectors that ran before (order in web/detect/index.ts). */
    readonly earlier: readonly Finding[] = [],
    private readonly internalDomains: ReadonlySet<string> = new Set(),
  ) {}

  get index(): FlowIndex {
    return this.facts.index;
  }

  get tables(): CaptureTables {
    return this.facts.tables;
  }

  /** Name that the flow was opened for: SNI, else Host, else what the originator had resolved; '' when unknown. */
  nameOfFlow(flow: number): string {
    this.names ??= namesOfFlows(this.facts);
    const { pool } = this.facts;
    const name = this.names[flow] ?? 0;
    if (name !== 0 || !this.known(flow)) return name === 0 ? '' : pool.text(name - 1);
    this.resolved ??= new Answers(this.facts);
    return pool.text(this.resolved.name(this.index.orig[flow]!, this.index.resp[flow]!));
  }

  /**
   * False when the capture has answers for the flow's name and none of them is the address that the flow went to: the
   * name was made up (a forged Host header or SNI).
   */
  nameFits(flow: number): boolean {
    const name = this.facts.pool.internText(this.nameOfFlow(flow));
    this.resolved ??= new Answers(this.facts);
    return !this.resolved.names.has(name) || (this.known(flow) && this.resolved.at.has(this.index.resp[flow]!, name));
  }

  /** Key of the flow's name (domain, or host name inside), null without a name or when the name is an address. */
  nameKey(flow: number): string | null {
    const name = this.nameOfFlow(flow);
    if (name === '') return null;
    let key = this.keys.get(name);
    if (key === undefined) {
      const what = classifyName(name, this.internalDomains);
      this.keys.set(name, key = what ? keyOf(what.kind, what.value) : null);
    }
    return key;
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
    this.outwards ??= outwardFlows(this.index);
    return this.outwards[flow] === 1;
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
}

/** Detectors that look at one thing each. It must end in time that grows with the rows, and keep no more than it must. */
export type Detector = (view: CaptureView) => Finding[];

/** By flow, one more than the number of the text that it was opened for; 0 = none is written. */
function namesOfFlows({ http, tls, texts, pool }: CaptureFacts): Uint32Array {
  let names = new Uint32Array(1024);
  const set = (flow: number, name: number): void => {
    names = grown(names, flow + 1);
    names[flow] = name + 1;
  };
  const hosts = new Map<number, number>();
  for (let r = 0; r < http.rows; r++) {
    const host = http.host[r]!;
    if (host === 0) continue;
    let name = hosts.get(host);
    if (name === undefined) hosts.set(host, name = pool.internText(splitAuthority(pool.text(host)).host.toLowerCase()));
    set(http.flow[r]!, name);
  }
  for (let r = 0; r < tls.rows; r++) if (tls.serverName[r] !== 0) set(tls.flow[r]!, texts.lower(tls.serverName[r]!));
  return names;
}

/** What the capture's own answers say of addresses. */
class Answers {
  /** Names that an address was answered for. */
  readonly names = new Set<number>();
  /** Pairs of an address and a name that was answered with it. */
  readonly at = new PairSet();
  private readonly pairs = new PairNumbers();
  private last = new Uint32Array(1024);

  constructor({ dns, texts }: CaptureFacts) {
    for (let r = 0; r < dns.rows; r++) {
      for (let i = dns.answers.from(r); i < dns.answers.to(r); i++) {
        const address = texts.address(dns.answers.ids[i]!);
        if (address < 0) continue;
        const name = texts.lower(dns.query[r]!);
        const pair = this.pairs.of(dns.asker[r]!, address);
        this.last = grown(this.last, pair + 1);
        this.last[pair] = name;
        if (this.at.add(address, name)) this.names.add(name);
      }
    }
  }

  /** The name that somebody had resolved to an address last; 0 = none. */
  name(asker: number, address: number): number {
    const pair = this.pairs.find(asker, address);
    return pair < 0 ? 0 : this.last[pair]!;
  }
}

/** By flow: 1 = from one of our hosts to somewhere else that packets can be routed to. */
function outwardFlows({ row, orig, resp, size, book }: FlowIndex): Uint8Array {
  const outwards = new Uint8Array(size);
  const place = new Uint8Array(book.count);
  const placeOf = (id: number): number => place[id]! || (place[id] = book.local(id) ? 1 : ['multicast', 'broadcast', 'unspecified'].includes(book.scope(id)) ? 2 : 3);
  for (let flow = 1; flow < size; flow++) if (row[flow]! >= 0 && placeOf(orig[flow]!) === 1 && placeOf(resp[flow]!) === 3) outwards[flow] = 1;
  return outwards;
}
