import * as abi from '../../../assembly/abi/logs';
import type { LogChunk } from '../../engine/chunk';
import { formatMac } from '../../logs/address';
import { AddressBook } from '../../logs/address-book';
import type { Mask } from '../../logs/select';
import { decodeText } from '../../logs/table';
import { microseconds } from '../../logs/time';
import type { CaptureState } from './capture-state';

/** MAC addresses and services kept of one host, at most. */
const MAX_PER_HOST = 32;

/** What one address did. */
export interface Host {
  readonly address: string;
  readonly internal: boolean;
  /** Flows that it began, and that came to it. */
  flows_out: number;
  flows_in: number;
  /** Payload bytes. */
  bytes_sent: number;
  bytes_received: number;
  packets: number;
  /** Packets of its own: none for an address that was tried and never answered. */
  packets_sent: number;
  /** Microseconds. */
  first_seen: number;
  last_seen: number;
  readonly services: Set<string>;
  readonly macs: Set<string>;
}

const valid = (validity: Uint8Array, r: number): boolean => ((validity[r >> 3]! >> (r & 7)) & 1) === 1;
const u64 = (v: Uint8Array, at: number): number =>
  ((v[at]! | (v[at + 1]! << 8) | (v[at + 2]! << 16) | (v[at + 3]! << 24)) >>> 0) + ((v[at + 4]! | (v[at + 5]! << 8) | (v[at + 6]! << 16) | (v[at + 7]! << 24)) >>> 0) * 4294967296;

/** Hosts of the selected flows and ARP messages. */
export class HostTable {
  private readonly book: AddressBook;
  private readonly byId: Host[] = [];

  /** @param local says whether an address (16 bytes) is one of ours */
  constructor(private readonly local: (bytes: Uint8Array) => boolean) {
    this.book = new AddressBook();
  }

  get hosts(): readonly Host[] {
    return this.byId;
  }

  private host(values: Uint8Array, at: number, ts: number, end: number): Host {
    const id = this.book.intern(values, at);
    let host = this.byId[id];
    if (!host) {
      this.byId[id] = host = {
        address: this.book.text(id), internal: this.local(this.book.bytes(id)), flows_out: 0, flows_in: 0, bytes_sent: 0,
        bytes_received: 0, packets: 0, packets_sent: 0, first_seen: ts, last_seen: end, services: new Set(), macs: new Set(),
      };
    }
    if (ts < host.first_seen) host.first_seen = ts;
    if (end > host.last_seen) host.last_seen = end;
    return host;
  }

  /** @param mask rows of conn to take; null = all */
  addConn(capture: CaptureState, mask: Mask | null): void {
    const table = capture.table('conn');
    const services = new Map<string, readonly string[]>();
    table.eachChunk((chunk, start) => {
      const column = (i: number): LogChunk['columns'][number] => chunk.columns[i]!;
      const [ts, orig, resp, duration, service] = [column(abi.COL_TS), column(abi.COL_ORIG_H), column(abi.COL_RESP_H), column(abi.CONN_DURATION), column(abi.CONN_SERVICE)];
      const [ob, rb, op, rp] = [column(abi.CONN_ORIG_BYTES), column(abi.CONN_RESP_BYTES), column(abi.CONN_ORIG_PKTS), column(abi.CONN_RESP_PKTS)];
      const [om, rm] = [column(abi.CONN_ORIG_L2_ADDR), column(abi.CONN_RESP_L2_ADDR)];
      for (let r = 0; r < chunk.rows; r++) {
        if (mask && mask[start + r] !== 1) continue;
        const first = microseconds(ts.values, r * 8);
        const end = valid(duration.validity, r) ? first + microseconds(duration.values, r * 8) : first;
        const a = this.host(orig.values, r * 16, first, end);
        const b = this.host(resp.values, r * 16, first, end);
        const sent = valid(ob.validity, r) ? u64(ob.values, r * 8) : 0;
        const received = valid(rb.validity, r) ? u64(rb.values, r * 8) : 0;
        const [out, back] = [u64(op.values, r * 8), u64(rp.values, r * 8)];
        a.flows_out++;
        b.flows_in++;
        a.bytes_sent += sent;
        a.bytes_received += received;
        b.bytes_sent += received;
        b.bytes_received += sent;
        a.packets += out + back;
        b.packets += out + back;
        a.packets_sent += out;
        b.packets_sent += back;
        if (valid(service.validity, r)) {
          const text = decodeText(service.data.subarray(service.offsets[r]!, service.offsets[r + 1]!));
          let parts = services.get(text);
          if (!parts) services.set(text, parts = text.split(','));
          for (const part of parts) {
            if (a.services.size < MAX_PER_HOST) a.services.add(part);
            if (b.services.size < MAX_PER_HOST) b.services.add(part);
          }
        }
        if (valid(om.validity, r) && a.macs.size < MAX_PER_HOST) a.macs.add(formatMac(om.values.subarray(r * 8, r * 8 + 6)));
        if (valid(rm.validity, r) && b.macs.size < MAX_PER_HOST) b.macs.add(formatMac(rm.values.subarray(r * 8, r * 8 + 6)));
      }
    });
  }

  /** Senders of ARP messages: they say themselves that address and MAC belong together. */
  addArp(capture: CaptureState, mask: Mask | null): void {
    const table = capture.table('arp');
    for (let row = 0; row < table.rows; row++) {
      if ((mask && mask[row] !== 1) || table.isNull(row, abi.ARP_ORIG_H)) continue;
      const bytes = table.bytes(row, abi.ARP_ORIG_H);
      // RFC 5227 §1.1: a probe has no sender address yet.
      if (bytes.subarray(12).every((byte) => byte === 0)) continue;
      const ts = table.num(row, abi.ARP_TS);
      const host = this.host(bytes, 0, ts, ts);
      host.packets_sent++;
      if (!table.isNull(row, abi.ARP_ORIG_HW) && host.macs.size < MAX_PER_HOST) host.macs.add(formatMac(table.bytes(row, abi.ARP_ORIG_HW)));
    }
  }
}
