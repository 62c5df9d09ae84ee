import * as abi from '../../../assembly/abi/logs';
import type { LogChunk } from '../../engine/chunk';
import { FirstSets } from '../../indicators/bounded-sets';
import { formatMac, parseAddress } from '../../logs/address';
import { AddressBook } from '../../logs/address-book';
import { grown, numberWords, PairNumbers, words } from '../../logs/growing';
import { orderByWords } from '../../logs/radix';
import type { Mask } from '../../logs/select';
import { NameSets } from './name-sets';
import { wordsToMicroseconds } from './times';

/** MAC addresses and services kept of one host, at most. */
const MAX_PER_HOST = 32;
/** Hosts that are listed, about 120 bytes each: a flood from made-up addresses must not fill memory with them. */
export const MAX_HOSTS = 1_048_576;
const FIRST = 1024;

/** What one address did. */
export interface Host {
  readonly address: string;
  readonly internal: boolean;
  /** Flows that it began, and that came to it. */
  readonly flows_out: number;
  readonly flows_in: number;
  /** Payload bytes. */
  readonly bytes_sent: number;
  readonly bytes_received: number;
  readonly packets: number;
  /** Packets of its own: none for an address that was tried and never answered. */
  readonly packets_sent: number;
  /** Microseconds. */
  readonly first_seen: number;
  readonly last_seen: number;
  /** In alphabetical order. */
  readonly services: readonly string[];
  readonly macs: readonly string[];
}

/** What one flow adds to its two hosts. */
export interface HostFlow {
  orig: number;
  resp: number;
  first: number;
  last: number;
  sent: number;
  received: number;
  out: number;
  back: number;
}

/** Hosts of flows and ARP messages in columns; objects are made when someone looks. */
export class HostTable {
  readonly book = new AddressBook();
  /** Numbers of the book that are hosts, in the order of their first meeting. */
  private ids = new Uint32Array(FIRST);
  length = 0;
  /** Flows and ARP messages whose host was one too many (MAX_HOSTS). */
  beyond = 0;
  private present = new Uint8Array(FIRST);
  private flowsOut = new Uint32Array(FIRST);
  private flowsIn = new Uint32Array(FIRST);
  private sent = new Float64Array(FIRST);
  private received = new Float64Array(FIRST);
  private packets = new Float64Array(FIRST);
  private packetsSent = new Float64Array(FIRST);
  private first = new Float64Array(FIRST);
  private last = new Float64Array(FIRST);
  private services = new Uint32Array(FIRST);
  private readonly serviceSets = new NameSets(MAX_PER_HOST, false);
  private readonly macs = new FirstSets(MAX_PER_HOST);
  private readonly macNumbers = new PairNumbers();
  private readonly macTexts: string[] = [];
  /** 0 = not asked yet, 1 = ours, 2 = not. */
  private insides = new Uint8Array(FIRST);

  /** @param local says whether an address (16 bytes) is one of ours */
  constructor(private readonly local: (bytes: Uint8Array) => boolean) {}

  private meet(id: number, first: number, last: number): void {
    if (id >= this.present.length) this.widen(id + 1);
    if (this.present[id] === 0) {
      this.present[id] = 1;
      this.ids = grown(this.ids, this.length + 1);
      this.ids[this.length++] = id;
      this.first[id] = first;
      this.last[id] = last;
      return;
    }
    if (first < this.first[id]!) this.first[id] = first;
    if (last > this.last[id]!) this.last[id] = last;
  }

  private widen(size: number): void {
    this.present = grown(this.present, size);
    this.flowsOut = grown(this.flowsOut, size);
    this.flowsIn = grown(this.flowsIn, size);
    this.sent = grown(this.sent, size);
    this.received = grown(this.received, size);
    this.packets = grown(this.packets, size);
    this.packetsSent = grown(this.packetsSent, size);
    this.first = grown(this.first, size);
    this.last = grown(this.last, size);
    this.services = grown(this.services, size);
  }

  addFlow(flow: HostFlow): void {
    const { orig: a, resp: b, first, last, sent, received, out, back } = flow;
    this.meet(a, first, last);
    this.meet(b, first, last);
    this.flowsOut[a] = this.flowsOut[a]! + 1;
    this.flowsIn[b] = this.flowsIn[b]! + 1;
    this.sent[a] = this.sent[a]! + sent;
    this.received[a] = this.received[a]! + received;
    this.sent[b] = this.sent[b]! + received;
    this.received[b] = this.received[b]! + sent;
    this.packets[a] = this.packets[a]! + out + back;
    this.packets[b] = this.packets[b]! + out + back;
    this.packetsSent[a] = this.packetsSent[a]! + out;
    this.packetsSent[b] = this.packetsSent[b]! + back;
  }

  addServices(id: number, text: number, names: () => string): void {
    this.services[id] = this.serviceSets.with(this.services[id]!, text, names);
  }

  /** @param mac six bytes at `values[at]` */
  addMac(id: number, values: Uint8Array, at: number): void {
    const number = this.macNumbers.of((values[at]! << 16) | (values[at + 1]! << 8) | values[at + 2]!, (values[at + 3]! << 16) | (values[at + 4]! << 8) | values[at + 5]!);
    if (number === this.macTexts.length) this.macTexts.push(formatMac(values.subarray(at, at + 6)));
    this.macs.add(id, number);
  }

  /** Whether an address has its place or still gets one. */
  admits(values: Uint8Array, at: number): boolean {
    return this.book.count < MAX_HOSTS || this.book.find(values, at) >= 0;
  }

  /** Senders of ARP messages: they say themselves that address and MAC belong together. */
  addArp(chunk: LogChunk, start: number, mask: Mask | null): void {
    const column = (i: number): LogChunk['columns'][number] => chunk.columns[i]!;
    const [orig, mac, times] = [column(abi.ARP_ORIG_H), column(abi.ARP_ORIG_HW), words(column(abi.ARP_TS).values)];
    for (let r = 0; r < chunk.rows; r++) {
      if ((mask && mask[start + r] !== 1) || !valid(orig.validity, r)) continue;
      const at = r * 16;
      // RFC 5227 §1.1: a probe has no sender address yet.
      if (orig.values[at + 12] === 0 && orig.values[at + 13] === 0 && orig.values[at + 14] === 0 && orig.values[at + 15] === 0) continue;
      if (!this.admits(orig.values, at)) { this.beyond++; continue; }
      const id = this.book.intern(orig.values, at);
      const ts = wordsToMicroseconds(times, r);
      this.meet(id, ts, ts);
      this.packetsSent[id] = this.packetsSent[id]! + 1;
      if (valid(mac.validity, r)) this.addMac(id, mac.values, r * 8);
    }
  }

  private inside(id: number): boolean {
    if (id >= this.insides.length) this.insides = grown(this.insides, this.book.count);
    return (this.insides[id] ||= this.local(this.book.borrow(id)) ? 1 : 2) === 1;
  }

  /** How many of these hosts that sent anything are ours, how many others', and how many addresses never sent. */
  figures(ids: Uint32Array): { inside: number; outside: number; silent: number } {
    let [inside, outside] = [0, 0];
    for (const id of ids) {
      if (this.packetsSent[id] === 0) continue;
      if (this.inside(id)) inside++;
      else outside++;
    }
    return { inside, outside, silent: ids.length - inside - outside };
  }

  /** The numbers of all hosts, in the order of their first meeting. Hosts that come later do not change it. */
  all(): Uint32Array {
    return this.ids.subarray(0, this.length);
  }

  /** These hosts, busiest first: by bytes, then flows, then address. */
  order(ids: Uint32Array): Uint32Array {
    const n = ids.length;
    const [bytes, flows] = [new Float64Array(n), new Float64Array(n)];
    for (let i = 0; i < n; i++) {
      const id = ids[i]!;
      bytes[i] = -this.sent[id]! - this.received[id]!;
      flows[i] = -this.flowsIn[id]! - this.flowsOut[id]!;
    }
    const [b, f] = [numberWords(bytes), numberWords(flows)];
    return orderByWords(n, [b.high, b.low, f.high, f.low, ...this.book.sortWords(ids)]).map((i) => ids[i]!);
  }

  host(id: number): Host {
    return {
      address: this.book.text(id), internal: this.inside(id), flows_out: this.flowsOut[id]!, flows_in: this.flowsIn[id]!, bytes_sent: this.sent[id]!,
      bytes_received: this.received[id]!, packets: this.packets[id]!, packets_sent: this.packetsSent[id]!, first_seen: this.first[id]!, last_seen: this.last[id]!,
      services: this.serviceSets.names(this.services[id]!), macs: Array.from(this.macs.values(id), (number) => this.macTexts[number]!),
    };
  }

  /** A host by its address as text; null when it is none of them. */
  find(address: string): Host | null {
    const bytes = parseAddress(address);
    const id = bytes ? this.book.find(bytes) : -1;
    return id >= 0 && this.present[id] === 1 ? this.host(id) : null;
  }
}

const valid = (validity: Uint8Array, r: number): boolean => ((validity[r >> 3]! >> (r & 7)) & 1) === 1;
