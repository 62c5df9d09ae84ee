import * as abi from '../../assembly/abi/logs';
import type { ColumnData, LogChunk } from '../engine/chunk';
import type { AddressBook } from './address-book';
import { grown, numberWords, words, wordsToNumber } from './growing';
import { orderByWords } from './radix';
import type { CaptureTables, LogTable } from './table';
import { TextPool } from './text-pool';

/**
 * Flows that an index holds at the most; the engine numbers flows from 1, so this is also the largest ordinal. A flow takes
 * 78 bytes; an ordinary capture of 20 GB has so many.
 */
export const MAX_INDEXED_FLOWS = 4_194_303;
/** Different addresses that its flows have; flows of further ones (a flood from made-up addresses) are left out. */
export const MAX_INDEXED_ADDRESSES = 1_048_576;
const FIRST_FLOWS = 1024;

/**
 * The conn log of one capture as plain arrays by flow ordinal (1 …): what the extraction and the detectors scan. It grows
 * with the log: `updateSteps` takes in the rows that came since the last time.
 * A flow whose conn row has not been written yet (a run that goes on) has `row` −1 and counts of 0.
 */
export class FlowIndex {
  readonly conn: LogTable | undefined;
  /** One past the largest ordinal. */
  size = 1;
  row = new Int32Array(FIRST_FLOWS).fill(-1);
  /** Numbers of `book`. */
  orig = new Int32Array(FIRST_FLOWS).fill(-1);
  resp = new Int32Array(FIRST_FLOWS).fill(-1);
  origPort = new Uint16Array(FIRST_FLOWS);
  respPort = new Uint16Array(FIRST_FLOWS);
  /** PROTO_* and STATE_* of assembly/abi/enums.ts. */
  proto = new Uint8Array(FIRST_FLOWS);
  state = new Uint8Array(FIRST_FLOWS);
  /** Microseconds. */
  start = new Float64Array(FIRST_FLOWS);
  duration = new Float64Array(FIRST_FLOWS);
  origBytes = new Float64Array(FIRST_FLOWS);
  respBytes = new Float64Array(FIRST_FLOWS);
  /** A capture has no more packets than a u32 counts. */
  origPkts = new Uint32Array(FIRST_FLOWS);
  respPkts = new Uint32Array(FIRST_FLOWS);
  pkt = new Uint32Array(FIRST_FLOWS);
  /** Texts of `services`, by number. */
  serviceId = new Uint32Array(FIRST_FLOWS);
  readonly services = new TextPool();
  /** Flows that were left out by MAX_INDEXED_FLOWS, and by MAX_INDEXED_ADDRESSES. */
  beyondFlows = 0;
  beyondAddresses = 0;
  private chunks = 0;
  private rows = 0;
  private flows = 0;
  private inOrder: Uint32Array | null = null;

  constructor(tables: CaptureTables, readonly book: AddressBook) {
    this.conn = tables.get('conn');
  }

  /** Takes in the rows of conn that came since the last time, a chunk a step. */
  *updateSteps(): Generator<void, void> {
    const { conn } = this;
    while (conn && this.chunks < conn.chunkCount) {
      this.take(conn.peek(this.chunks++));
      yield;
    }
  }

  private widen(size: number): void {
    this.size = size;
    if (size <= this.row.length) return;
    this.row = grown(this.row, size, -1);
    this.orig = grown(this.orig, size, -1);
    this.resp = grown(this.resp, size, -1);
    this.origPort = grown(this.origPort, size);
    this.respPort = grown(this.respPort, size);
    this.proto = grown(this.proto, size);
    this.state = grown(this.state, size);
    this.start = grown(this.start, size);
    this.duration = grown(this.duration, size);
    this.origBytes = grown(this.origBytes, size);
    this.respBytes = grown(this.respBytes, size);
    this.origPkts = grown(this.origPkts, size);
    this.respPkts = grown(this.respPkts, size);
    this.pkt = grown(this.pkt, size);
    this.serviceId = grown(this.serviceId, size);
  }

  private take(chunk: LogChunk): void {
    const { rows } = chunk;
    const column = (index: number): ColumnData => chunk.columns[index]!;
    const u32 = (index: number): Uint32Array => words(column(index).values);
    const u16 = (index: number): Uint16Array => new Uint16Array(column(index).values.buffer, column(index).values.byteOffset, rows);
    const [flow, pkt, ts, dur, ob, rb, opk, rpk] = [u32(abi.COL_FLOW), u32(abi.COL_PKT), u32(abi.COL_TS), u32(abi.CONN_DURATION), u32(abi.CONN_ORIG_BYTES), u32(abi.CONN_RESP_BYTES), u32(abi.CONN_ORIG_PKTS), u32(abi.CONN_RESP_PKTS)] as const;
    const [durValid, obValid, rbValid] = [column(abi.CONN_DURATION).validity, column(abi.CONN_ORIG_BYTES).validity, column(abi.CONN_RESP_BYTES).validity];
    const [orig, resp, op, rp] = [column(abi.COL_ORIG_H).values, column(abi.COL_RESP_H).values, u16(abi.COL_ORIG_P), u16(abi.COL_RESP_P)];
    const [proto, state, service] = [column(abi.CONN_PROTO).values, column(abi.CONN_CONN_STATE).values, column(abi.CONN_SERVICE)];
    let largest = 0;
    for (let r = 0; r < rows; r++) if (flow[r]! > largest) largest = flow[r]!;
    if (largest >= this.size) this.widen(Math.min(largest, MAX_INDEXED_FLOWS) + 1);
    const { size, book, row, orig: origOf, resp: respOf, start, duration, origBytes, respBytes, origPkts, respPkts, services, serviceId } = this;
    for (let r = 0; r < rows; r++) {
      const f = flow[r]!;
      if (f === 0) continue;
      if (f >= size) { this.beyondFlows++; continue; }
      if (book.count >= MAX_INDEXED_ADDRESSES && (book.find(orig, r * 16) < 0 || book.find(resp, r * 16) < 0)) {
        this.beyondAddresses++;
        continue;
      }
      if (row[f]! < 0) this.flows++;
      row[f] = this.rows + r;
      origOf[f] = book.intern(orig, r * 16);
      respOf[f] = book.intern(resp, r * 16);
      this.origPort[f] = op[r]!;
      this.respPort[f] = rp[r]!;
      this.proto[f] = proto[r]!;
      this.state[f] = state[r]!;
      start[f] = wordsToNumber(ts, r) / 1000;
      duration[f] = valid(durValid, r) ? wordsToNumber(dur, r) / 1000 : 0;
      origBytes[f] = valid(obValid, r) ? wordsToNumber(ob, r) : 0;
      respBytes[f] = valid(rbValid, r) ? wordsToNumber(rb, r) : 0;
      origPkts[f] = opk[r * 2]!;
      respPkts[f] = rpk[r * 2]!;
      this.pkt[f] = pkt[r]!;
      serviceId[f] = services.intern(service.data, service.offsets[r]!, service.offsets[r + 1]!);
    }
    this.rows += rows;
    this.inOrder = null;
  }

  /** Ordinals that have a conn row, by start, then packet. */
  get ordered(): Uint32Array {
    return this.inOrder ??= this.makeOrder();
  }

  private makeOrder(): Uint32Array {
    const ordered = new Uint32Array(this.flows);
    const { row, start, pkt, size } = this;
    let n = 0;
    for (let f = 1; f < size; f++) if (row[f]! >= 0) ordered[n++] = f;
    let sorted = true;
    for (let i = 1; i < n && sorted; i++) {
      const [a, b] = [ordered[i - 1]!, ordered[i]!];
      sorted = start[a]! < start[b]! || (start[a] === start[b] && pkt[a]! <= pkt[b]!);
    }
    if (sorted) return ordered;
    const starts = new Float64Array(n);
    const packets = new Uint32Array(n);
    for (let i = 0; i < n; i++) { starts[i] = start[ordered[i]!]!; packets[i] = pkt[ordered[i]!]!; }
    const { high, low } = numberWords(starts);
    return orderByWords(n, [high, low, packets]).map((place) => ordered[place]!);
  }

  uid(flow: number): string {
    const row = this.row[flow] ?? -1;
    return row < 0 || !this.conn ? '' : this.conn.str(row, abi.COL_UID);
  }

  communityId(flow: number): string {
    const row = this.row[flow] ?? -1;
    return row < 0 || !this.conn ? '' : this.conn.str(row, abi.CONN_COMMUNITY_ID);
  }

  service(flow: number): string {
    return this.services.text(this.serviceId[flow] ?? 0);
  }

  /** Microseconds. */
  end(flow: number): number {
    return (this.start[flow] ?? 0) + (this.duration[flow] ?? 0);
  }
}

function valid(bits: Uint8Array, r: number): boolean {
  return ((bits[r >> 3]! >> (r & 7)) & 1) === 1;
}
