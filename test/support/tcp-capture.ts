import { LINKTYPE_RAW, pcapHeader } from './captures';

/** What one side of a scripted TCP connection does next. */
export type Step =
  | { readonly from: 'client' | 'server'; readonly bytes: Buffer; readonly lost?: boolean }
  | { readonly close: 'client' | 'server' }
  | { readonly reset: 'client' | 'server' };

const buffer = (data: string | Uint8Array): Buffer => (typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data));

/** The client sends (text is Latin-1). */
export const client = (data: string | Uint8Array): Step => ({ from: 'client', bytes: buffer(data) });
/** The server sends. */
export const server = (data: string | Uint8Array): Step => ({ from: 'server', bytes: buffer(data) });
/** Bytes that were sent and acknowledged but are not in the capture. */
export const lost = (from: 'client' | 'server', bytes: number): Step => ({ from, bytes: Buffer.alloc(bytes, 0x2e), lost: true });
export const close = (side: 'client' | 'server'): Step => ({ close: side });
export const reset = (side: 'client' | 'server'): Step => ({ reset: side });

export interface Connection {
  readonly steps: readonly Step[];
  /** Longest payload of a segment; a function gives the next one's. */
  readonly segment?: number | (() => number);
  /** false: the capture begins behind the handshake. */
  readonly handshake?: boolean;
  /** Numbers of the first bytes, of SYN where there is a handshake. */
  readonly first?: { readonly client: number; readonly server: number };
  readonly serverPort?: number;
  readonly clientPort?: number;
}

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;
/** First packet's time in seconds; each packet comes a millisecond after the one before. */
export const FIRST_SECOND = 1700000000;

/** A pcap (raw IPv4) of scripted TCP connections, one after the other, from 10.0.0.1 to 192.0.2.1. */
export function tcpCapture(...connections: readonly Connection[]): Buffer {
  const records: Buffer[] = [];
  const header = pcapHeader(LINKTYPE_RAW);
  connections.forEach((connection, index) => {
    const ports = { client: connection.clientPort ?? 40000 + index, server: connection.serverPort ?? 80 };
    const next = { client: 1000, server: 5000, ...connection.first };
    const other = { client: 'server', server: 'client' } as const;
    const packet = (from: 'client' | 'server', flags: number, payload: Buffer): void => {
      const ip = Buffer.alloc(40 + payload.length);
      ip.writeUInt8(0x45, 0);
      ip.writeUInt16BE(ip.length, 2);
      ip.writeUInt8(64, 8);
      ip.writeUInt8(6, 9);
      ip.set(from === 'client' ? [10, 0, 0, 1, 192, 0, 2, 1] : [192, 0, 2, 1, 10, 0, 0, 1], 12);
      ip.writeUInt16BE(ports[from], 20);
      ip.writeUInt16BE(ports[other[from]], 22);
      ip.writeUInt32BE(next[from] >>> 0, 24);
      ip.writeUInt32BE((flags & ACK) === 0 ? 0 : next[other[from]] >>> 0, 28);
      ip.writeUInt8(0x50, 32);
      ip.writeUInt8(flags, 33);
      ip.writeUInt16BE(65535, 34);
      ip.set(payload, 40);
      const record = Buffer.alloc(16);
      const millisecond = records.length / 2;
      record.writeUInt32LE(FIRST_SECOND + Math.floor(millisecond / 1000), 0);
      record.writeUInt32LE((millisecond % 1000) * 1000, 4);
      record.writeUInt32LE(ip.length, 8);
      record.writeUInt32LE(ip.length, 12);
      records.push(record, ip);
      next[from] += payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
    };
    const none = Buffer.alloc(0);
    if (connection.handshake === false) {
      next.client++;
      next.server++;
    } else {
      packet('client', SYN, none);
      packet('server', SYN | ACK, none);
      packet('client', ACK, none);
    }
    const length = connection.segment ?? 1400;
    for (const step of connection.steps) {
      if ('close' in step) packet(step.close, FIN | ACK, none);
      else if ('reset' in step) packet(step.reset, RST | ACK, none);
      else if (step.lost) next[step.from] += step.bytes.length;
      else {
        for (let at = 0; at < step.bytes.length;) {
          const n = Math.max(1, typeof length === 'number' ? length : length());
          packet(step.from, ACK, step.bytes.subarray(at, at + n));
          at += n;
        }
        packet(other[step.from], ACK, none);
      }
    }
  });
  return Buffer.concat([header, ...records]);
}
