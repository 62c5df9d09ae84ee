import * as abi from '../../assembly/abi/logs';
import type { Network } from './address';
import { AddressBook } from './address-book';
import type { CaptureTables, LogTable } from './table';

/** Flows that an index holds at the most; the engine numbers flows from 1, so this is also the largest ordinal. */
export const MAX_INDEXED_FLOWS = 16_777_216;

/**
 * The conn log of one capture as plain arrays by flow ordinal (1 …): what the extraction and the detectors scan.
 * A flow whose conn row has not been written yet (a run that goes on) has `row` −1 and counts of 0.
 */
export class FlowIndex {
  readonly conn: LogTable | undefined;
  /** One past the largest ordinal. */
  readonly size: number;
  readonly row: Int32Array;
  /** Numbers of `book`. */
  readonly orig: Int32Array;
  readonly resp: Int32Array;
  readonly origPort: Uint16Array;
  readonly respPort: Uint16Array;
  /** PROTO_* and STATE_* of assembly/abi/enums.ts. */
  readonly proto: Uint8Array;
  readonly state: Uint8Array;
  /** Microseconds. */
  readonly start: Float64Array;
  readonly duration: Float64Array;
  readonly origBytes: Float64Array;
  readonly respBytes: Float64Array;
  readonly origPkts: Float64Array;
  readonly respPkts: Float64Array;
  readonly pkt: Uint32Array;
  /** Ordinals that have a conn row, by start, then packet. */
  readonly ordered: Uint32Array;

  constructor(tables: CaptureTables, readonly book: AddressBook) {
    const conn = tables.get('conn');
    this.conn = conn;
    let largest = 0;
    if (conn) {
      conn.eachChunk((chunk) => {
        const values = chunk.columns[abi.COL_FLOW]?.values;
        for (let r = 0; values && r < chunk.rows; r++) largest = Math.max(largest, u32(values, r * 4));
      });
    }
    const size = Math.min(largest, MAX_INDEXED_FLOWS) + 1;
    this.size = size;
    this.row = new Int32Array(size).fill(-1);
    this.orig = new Int32Array(size).fill(-1);
    this.resp = new Int32Array(size).fill(-1);
    this.origPort = new Uint16Array(size);
    this.respPort = new Uint16Array(size);
    this.proto = new Uint8Array(size);
    this.state = new Uint8Array(size);
    this.start = new Float64Array(size);
    this.duration = new Float64Array(size);
    this.origBytes = new Float64Array(size);
    this.respBytes = new Float64Array(size);
    this.origPkts = new Float64Array(size);
    this.respPkts = new Float64Array(size);
    this.pkt = new Uint32Array(size);
    let count = 0;
    conn?.eachChunk((chunk, rowBase) => {
      const column = (index: number): Uint8Array => chunk.columns[index]?.values ?? new Uint8Array(0);
      const validity = (index: number): Uint8Array => chunk.columns[index]?.validity ?? new Uint8Array(0);
      const [durValid, obValid, rbValid] = [validity(abi.CONN_DURATION), validity(abi.CONN_ORIG_BYTES), validity(abi.CONN_RESP_BYTES)];
      const [flow, orig, resp, op, rp] = [abi.COL_FLOW, abi.COL_ORIG_H, abi.COL_RESP_H, abi.COL_ORIG_P, abi.COL_RESP_P].map(column) as
        [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
      const [ts, dur, ob, rb, opk, rpk, proto, state, pkt] = [abi.COL_TS, abi.CONN_DURATION, abi.CONN_ORIG_BYTES, abi.CONN_RESP_BYTES,
        abi.CONN_ORIG_PKTS, abi.CONN_RESP_PKTS, abi.CONN_PROTO, abi.CONN_CONN_STATE, abi.COL_PKT].map(column) as
        [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
      for (let r = 0; r < chunk.rows; r++) {
        const f = u32(flow, r * 4);
        if (f === 0 || f >= size) continue;
        if ((this.row[f] ?? -1) < 0) count++;
        this.row[f] = rowBase + r;
        this.orig[f] = book.intern(orig, r * 16);
        this.resp[f] = book.intern(resp, r * 16);
        this.origPort[f] = (op[r * 2] ?? 0) | ((op[r * 2 + 1] ?? 0) << 8);
        this.respPort[f] = (rp[r * 2] ?? 0) | ((rp[r * 2 + 1] ?? 0) << 8);
        this.proto[f] = proto[r] ?? 0;
        this.state[f] = state[r] ?? 0;
        this.start[f] = i64(ts, r * 8) / 1000;
        this.duration[f] = valid(durValid, r) ? i64(dur, r * 8) / 1000 : 0;
        this.origBytes[f] = valid(obValid, r) ? i64(ob, r * 8) : 0;
        this.respBytes[f] = valid(rbValid, r) ? i64(rb, r * 8) : 0;
        this.origPkts[f] = i64(opk, r * 8);
        this.respPkts[f] = i64(rpk, r * 8);
        this.pkt[f] = u32(pkt, r * 4);
      }
    });
    const ordered = new Uint32Array(count);
    let n = 0;
    for (let f = 1; f < size; f++) if ((this.row[f] ?? -1) >= 0) ordered[n++] = f;
    let sorted = true;
    for (let i = 1; i < n && sorted; i++) sorted = this.before(ordered[i - 1] ?? 0, ordered[i] ?? 0) <= 0;
    this.ordered = sorted ? ordered : ordered.sort((a, b) => this.before(a, b));
  }

  private before(a: number, b: number): number {
    return (this.start[a] ?? 0) - (this.start[b] ?? 0) || (this.pkt[a] ?? 0) - (this.pkt[b] ?? 0);
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
    const row = this.row[flow] ?? -1;
    return row < 0 || !this.conn ? '' : this.conn.str(row, abi.CONN_SERVICE);
  }

  /** Microseconds. */
  end(flow: number): number {
    return (this.start[flow] ?? 0) + (this.duration[flow] ?? 0);
  }
}

/** Builds the index with an address book of its own. */
export function indexFlows(tables: CaptureTables, networks: readonly Network[] = []): FlowIndex {
  return new FlowIndex(tables, new AddressBook(networks));
}

function valid(bits: Uint8Array, r: number): boolean {
  return (((bits[r >> 3] ?? 0) >> (r & 7)) & 1) === 1;
}

function u32(v: Uint8Array, at: number): number {
  return ((v[at] ?? 0) | ((v[at + 1] ?? 0) << 8) | ((v[at + 2] ?? 0) << 16) | ((v[at + 3] ?? 0) << 24)) >>> 0;
}

function i64(v: Uint8Array, at: number): number {
  return u32(v, at) + (u32(v, at + 4) | 0) * 4294967296;
}
