import * as abi from '../../../assembly/abi/logs';
import { PACKET_PROTO_ARP, PACKET_PROTO_ICMP, PACKET_PROTO_ICMP6, PACKET_PROTO_TCP, PACKET_PROTO_UDP, PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from '../../../assembly/abi/enums';
import type { Mask } from '../../logs/select';
import { microseconds } from '../../logs/time';
import { decodeText } from '../../logs/table';
import { TIMELINE_CLASSES } from '../api';
import type { CaptureState } from './capture-state';

const [TLS, HTTP, DNS, TCP, UDP, ICMP, ARP, OTHER] = TIMELINE_CLASSES.map((_, i) => i) as [number, number, number, number, number, number, number, number];

/** Class of a packet without a flow's service. */
const CLASS_OF_PACKET = new Uint8Array(16).fill(OTHER);
CLASS_OF_PACKET[PACKET_PROTO_TCP] = TCP;
CLASS_OF_PACKET[PACKET_PROTO_UDP] = UDP;
CLASS_OF_PACKET[PACKET_PROTO_ICMP] = ICMP;
CLASS_OF_PACKET[PACKET_PROTO_ICMP6] = ICMP;
CLASS_OF_PACKET[PACKET_PROTO_ARP] = ARP;

/** Stands for "not known yet": the packet's own protocol decides. */
const UNKNOWN = 255;

function classOf(service: string, proto: number): number {
  const names = service.split(',');
  if (names.includes('ssl') || names.includes('quic') || names.includes('dtls')) return TLS;
  if (names.includes('http')) return HTTP;
  if (names.includes('dns')) return DNS;
  switch (proto) {
    case PROTO_TCP: return TCP;
    case PROTO_UDP: return UDP;
    case PROTO_ICMP: case PROTO_ICMP6: return ICMP;
    default: return OTHER;
  }
}

/** Class of every flow of a capture; grows with the conn log. */
export class FlowClasses {
  private classes = new Uint8Array(1024).fill(UNKNOWN);
  private seen = 0;
  private readonly memo = new Map<string, number>();

  constructor(private readonly capture: CaptureState) {}

  /** Classes by flow ordinal; UNKNOWN (255) for flows that have no row yet. */
  update(): Uint8Array {
    const conn = this.capture.table('conn');
    for (; this.seen < conn.rows; this.seen++) {
      const flow = conn.num(this.seen, abi.COL_FLOW);
      if (flow >= this.classes.length) {
        const grown = new Uint8Array(Math.max(this.classes.length * 2, flow + 1)).fill(UNKNOWN);
        grown.set(this.classes);
        this.classes = grown;
      }
      const service = conn.isNull(this.seen, abi.CONN_SERVICE) ? '' : decodeText(conn.bytes(this.seen, abi.CONN_SERVICE));
      const proto = conn.num(this.seen, abi.CONN_PROTO);
      const key = `${proto} ${service}`;
      let known = this.memo.get(key);
      if (known === undefined) this.memo.set(key, known = classOf(service, proto));
      this.classes[flow] = known;
    }
    return this.classes;
  }
}

/**
 * Adds the packets of a capture to bins: bytes[class][bin], bytes on the wire.
 * @param from,to microseconds; the last bin ends at `to`
 * @param mask packets to take; null = all
 */
export function addPackets(capture: CaptureState, classes: Uint8Array, mask: Mask | null, from: number, to: number, bytes: readonly Float64Array[]): void {
  const table = capture.table('packet');
  const bins = bytes[0]?.length ?? 0;
  if (bins === 0 || to <= from) return;
  // Differences from `from` in nanoseconds stay exact in a double for 104 days, and within a microsecond for longer.
  const start = BigInt(Math.round(from)) * 1000n;
  const startHigh = Number(start >> 32n);
  const startLow = Number(start & 0xffffffffn);
  const scale = bins / ((to - from) * 1000);
  table.eachChunk((chunk, first) => {
    const column = (i: number): Uint8Array => chunk.columns[i]!.values;
    const ts = new Uint32Array(column(abi.PACKET_TS).buffer, column(abi.PACKET_TS).byteOffset, chunk.rows * 2);
    const len = new Uint32Array(column(abi.PACKET_LEN).buffer, column(abi.PACKET_LEN).byteOffset, chunk.rows);
    const flow = new Uint32Array(column(abi.PACKET_FLOW).buffer, column(abi.PACKET_FLOW).byteOffset, chunk.rows);
    const proto = column(abi.PACKET_PROTO);
    for (let r = 0; r < chunk.rows; r++) {
      if (mask && mask[first + r] !== 1) continue;
      const since = ((ts[r * 2 + 1]! | 0) - startHigh) * 4294967296 + (ts[r * 2]! - startLow);
      const bin = Math.floor(since * scale);
      if (bin < 0 || bin >= bins) continue;
      const known = classes[flow[r]!] ?? UNKNOWN;
      const kind = flow[r] === 0 || known === UNKNOWN ? CLASS_OF_PACKET[proto[r]! & 15]! : known;
      const row = bytes[kind]!;
      row[bin] = row[bin]! + len[r]!;
    }
  });
}

/** Packets, captured bytes and span of some packets. */
export interface PacketFigures {
  readonly packets: number;
  readonly bytes: number;
  /** Microseconds. */
  readonly first_ts: number | null;
  readonly last_ts: number | null;
}

/** Sums up the packets of a capture that a mask selects. */
export function packetFigures(capture: CaptureState, mask: Mask): PacketFigures {
  const table = capture.table('packet');
  let packets = 0;
  let bytes = 0;
  let first = Infinity;
  let last = -Infinity;
  table.eachChunk((chunk, start) => {
    const times = chunk.columns[abi.PACKET_TS]!.values;
    const lengths = chunk.columns[abi.PACKET_CAPLEN]!.values;
    const caplen = new Uint32Array(lengths.buffer, lengths.byteOffset, chunk.rows);
    for (let r = 0; r < chunk.rows; r++) {
      if (mask[start + r] !== 1) continue;
      packets++;
      bytes += caplen[r]!;
      const ts = microseconds(times, r * 8);
      if (ts < first) first = ts;
      if (ts > last) last = ts;
    }
  });
  return { packets, bytes, first_ts: packets > 0 ? first : null, last_ts: packets > 0 ? last : null };
}
