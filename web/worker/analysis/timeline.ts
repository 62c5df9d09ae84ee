import * as abi from '../../../assembly/abi/logs';
import { PACKET_PROTO_ARP, PACKET_PROTO_ICMP, PACKET_PROTO_ICMP6, PACKET_PROTO_TCP, PACKET_PROTO_UDP, PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from '../../../assembly/abi/enums';
import type { LogChunk } from '../../engine/chunk';
import type { Mask } from '../../logs/select';
import { grown, words } from '../../logs/growing';
import { TextPool } from '../../logs/text-pool';
import { microseconds } from '../../logs/time';
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
  private chunks = 0;
  private readonly services = new TextPool();
  /** By 256 times the service's text, plus the protocol. */
  private readonly memo: number[] = [];

  constructor(private readonly capture: CaptureState) {}

  /** Classes by flow ordinal; UNKNOWN (255) for flows that have no row yet. */
  update(): Uint8Array {
    const conn = this.capture.table('conn');
    while (this.chunks < conn.chunkCount) conn.visit(this.chunks++, (chunk) => { this.take(chunk); });
    return this.classes;
  }

  private take(chunk: LogChunk): void {
    const flows = words(chunk.columns[abi.COL_FLOW]!.values);
    const protos = chunk.columns[abi.CONN_PROTO]!.values;
    const service = chunk.columns[abi.CONN_SERVICE]!;
    for (let r = 0; r < chunk.rows; r++) {
      const flow = flows[r]!;
      if (flow >= this.classes.length) this.classes = grown(this.classes, flow + 1, UNKNOWN);
      const text = this.services.intern(service.data, service.offsets[r]!, service.offsets[r + 1]!);
      this.classes[flow] = this.memo[text * 256 + protos[r]!] ??= classOf(this.services.text(text), protos[r]!);
    }
  }
}

/**
 * Adds the packets of a capture to bins: bytes[class][bin], bytes on the wire.
 * @param from,to microseconds; the last bin ends at `to`
 * @param mask packets to take; null = all
 */
export function addPackets(capture: CaptureState, classes: Uint8Array, mask: Mask | null, from: number, to: number, bytes: readonly Float64Array[]): void {
  const bins = bytes[0]?.length ?? 0;
  if (bins === 0 || to <= from) return;
  // Differences from `from` in nanoseconds stay exact in a double for 104 days, and within a microsecond for longer.
  const start = BigInt(Math.round(from)) * 1000n;
  const startHigh = Number(start >> 32n);
  const startLow = Number(start & 0xffffffffn);
  const scale = bins / ((to - from) * 1000);
  const sums = new Float64Array(bins * bytes.length);
  capture.table('packet').eachChunk((chunk, first) => {
    const column = (i: number): Uint8Array => chunk.columns[i]!.values;
    addChunk(words(column(abi.PACKET_TS)), words(column(abi.PACKET_LEN)), words(column(abi.PACKET_FLOW)), column(abi.PACKET_PROTO), chunk.rows,
      classes, mask ? mask.subarray(first) : null, startHigh, startLow, scale, bins, sums);
  });
  bytes.forEach((row, kind) => { for (let bin = 0; bin < bins; bin++) row[bin] = row[bin]! + sums[kind * bins + bin]!; });
}

/** One chunk's packets, see `addPackets`. */
function addChunk(
  ts: Uint32Array, len: Uint32Array, flows: Uint32Array, proto: Uint8Array, rows: number, classes: Uint8Array, mask: Mask | null,
  startHigh: number, startLow: number, scale: number, bins: number, sums: Float64Array,
): void {
  const known = classes.length;
  for (let r = 0; r < rows; r++) {
    if (mask !== null && mask[r] !== 1) continue;
    const since = ((ts[r * 2 + 1]! | 0) - startHigh) * 4294967296 + (ts[r * 2]! - startLow);
    const place = since * scale;
    if (place < 0 || place >= bins) continue;
    const flow = flows[r]!;
    let kind = flow === 0 || flow >= known ? UNKNOWN : classes[flow]!;
    if (kind === UNKNOWN) kind = CLASS_OF_PACKET[proto[r]! & 15]!;
    const bin = kind * bins + Math.trunc(place);
    sums[bin] = sums[bin]! + len[r]!;
  }
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
