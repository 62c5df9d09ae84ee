import {
  INTERFACE_LINKTYPE, PACKET_CAPLEN, PACKET_FLOW, PACKET_INTERFACE, PACKET_LEN, PACKET_OFFSET, PACKET_PROTO, PACKET_TS,
} from '../../assembly/abi/logs';
import { PACKET_PROTO_FRAGMENT } from '../../assembly/abi/enums';
import type { CaptureReader } from '../capture/reader';
import type { CaptureTables, LogTable } from '../logs/table';

/** What the packet log says of a packet. */
export interface PacketHead {
  /** From 1. */
  readonly pkt: number;
  /** Nanoseconds since the Unix epoch. */
  readonly time: bigint;
  /** Where its bytes begin in the (decompressed) capture. */
  readonly offset: number;
  readonly caplen: number;
  /** Bytes on the wire. */
  readonly len: number;
  readonly linktype: number;
  /** Row of the interface log. */
  readonly interface: number;
}

/** A packet with its captured bytes. */
export interface PacketBytes extends PacketHead { readonly bytes: Uint8Array }

export type PacketsResult = { readonly ok: true; readonly value: PacketBytes[] } | { readonly ok: false; readonly error: string };

/** Packets that lie at most this far apart are read together: one read is dearer than some bytes too many. */
const JOIN_BYTES = 64 * 1024;
/** Bytes of one such read at the most. */
const READ_BYTES = 4 << 20;
/** Fragments looked through for one flow at the most. */
const MAX_FRAGMENTS = 20_000;

/** Finds packets again: by number, by flow, from the capture's bytes. */
export class PacketIndex {
  private readonly packets: LogTable;
  private readonly interfaces: LogTable;

  /** @throws RangeError when the capture has no packet log */
  constructor(tables: CaptureTables, private readonly reader: CaptureReader) {
    const packets = tables.get('packet');
    const interfaces = tables.get('interface');
    if (!packets || !interfaces) throw new RangeError('the capture has no packet log');
    this.packets = packets;
    this.interfaces = interfaces;
  }

  /** How many packets there are. */
  get count(): number {
    return this.packets.rows;
  }

  /** Null when there is no packet of that number. */
  head(pkt: number): PacketHead | null {
    const row = pkt - 1;
    const { packets, interfaces } = this;
    if (!Number.isInteger(row) || row < 0 || row >= packets.rows) return null;
    const at = packets.num(row, PACKET_INTERFACE);
    return {
      pkt, time: packets.nanoseconds(row, PACKET_TS), offset: packets.num(row, PACKET_OFFSET),
      caplen: packets.num(row, PACKET_CAPLEN), len: packets.num(row, PACKET_LEN), interface: at,
      linktype: at < interfaces.rows ? interfaces.num(at, INTERFACE_LINKTYPE) : 1,
    };
  }

  /** Numbers of the packets of these flows, in order, with the fragments that lie in their span (one may be theirs). */
  ofFlows(flows: ReadonlySet<number>): number[] {
    const own: number[] = [];
    const fragments: number[] = [];
    const { packets } = this;
    for (let row = 0; row < packets.rows; row++) {
      const flow = packets.num(row, PACKET_FLOW);
      if (flow !== 0) {
        if (flows.has(flow)) own.push(row + 1);
      } else if (packets.num(row, PACKET_PROTO) === PACKET_PROTO_FRAGMENT && fragments.length < MAX_FRAGMENTS) fragments.push(row + 1);
    }
    const last = own.at(-1);
    if (fragments.length === 0 || last === undefined) return own;
    // A datagram's first fragments come before the packet that completed it, which is the flow's.
    return [...own, ...fragments.filter((pkt) => pkt < last)].sort((a, b) => a - b);
  }

  /** Bytes of packets, given in ascending order, a batch at a time; an error (a sentence) ends the sequence. */
  async *read(pkts: Iterable<number>): AsyncGenerator<PacketsResult, void> {
    let batch: PacketHead[] = [];
    const heads = this.heads(pkts);
    for (const head of heads) {
      const first = batch[0];
      const last = batch.at(-1);
      if (first && last) {
        const apart = head.offset - (last.offset + last.caplen);
        const span = head.offset + head.caplen - first.offset;
        if (apart < 0 || apart > JOIN_BYTES || span > READ_BYTES) {
          yield await this.readTogether(batch);
          batch = [];
        }
      }
      batch.push(head);
    }
    if (batch.length > 0) yield await this.readTogether(batch);
  }

  private *heads(pkts: Iterable<number>): Generator<PacketHead, void> {
    for (const pkt of pkts) {
      const head = this.head(pkt);
      if (head) yield head;
    }
  }

  private async readTogether(batch: readonly PacketHead[]): Promise<PacketsResult> {
    const first = batch[0];
    const last = batch.at(-1);
    if (!first || !last) return { ok: true, value: [] };
    const result = await this.reader.read(first.offset, last.offset + last.caplen - first.offset);
    if (!result.ok) return result;
    const bytes = result.value;
    if (bytes.length < last.offset + last.caplen - first.offset) {
      return { ok: false, error: 'The capture is shorter than it was when it was analysed. Open it again.' };
    }
    return {
      ok: true,
      value: batch.map((head) => ({ ...head, bytes: bytes.subarray(head.offset - first.offset, head.offset - first.offset + head.caplen) })),
    };
  }
}
