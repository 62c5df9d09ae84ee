import { wordSum, type Payload } from './payload';

/** Bytes that are held before they are written. */
const BUFFER_BYTES = 4 * 1024 * 1024;
/** The largest record that is written: a full Ethernet frame and its record header. */
const MAX_RECORD = 16 + 14 + 40 + 60 + 65535;

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

/** One direction between two hosts and ports: all that is the same in its packets. */
export interface Route {
  readonly macs: Uint8Array;
  /** Source and destination address, 4 or 16 bytes each, one after the other. */
  readonly addresses: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Sum of the words of the addresses and ports, for checksums. */
  readonly sum: number;
}

export function route(fromMac: Uint8Array, toMac: Uint8Array, from: Uint8Array, fromPort: number, to: Uint8Array, toPort: number): Route {
  const macs = new Uint8Array(12);
  macs.set(toMac);
  macs.set(fromMac, 6);
  const addresses = new Uint8Array(from.length + to.length);
  addresses.set(from);
  addresses.set(to, from.length);
  let sum = fromPort + toPort;
  for (let i = 0; i < addresses.length; i += 2) sum += ((addresses[i] as number) << 8) | (addresses[i + 1] as number);
  return { macs, addresses, from: fromPort, to: toPort, sum };
}

const fold = (sum: number): number => {
  let s = sum;
  while (s > 0xffff) s = (s & 0xffff) + (s >>> 16);
  return ~s & 0xffff;
};

/**
 * Writes a pcap (little-endian, microseconds, Ethernet) of TCP segments and UDP datagrams over IPv4 and IPv6 with right
 * lengths and checksums. Made for speed: hundreds of thousands of packets a second.
 */
export class Wire {
  /** Bytes of the file so far. */
  size = 0;
  packets = 0;
  private readonly buffer = Buffer.alloc(BUFFER_BYTES);
  private at = 0;
  private id = 1;

  /** @param sink takes the file's bytes in order; they are valid during the call only */
  constructor(private readonly sink: (bytes: Uint8Array) => void) {
    const head = this.buffer;
    head.writeUInt32LE(0xa1b2c3d4, 0);
    head.writeUInt16LE(2, 4);
    head.writeUInt16LE(4, 6);
    head.writeUInt32LE(262144, 16);
    head.writeUInt32LE(1, 20);
    this.at = 24;
    this.size = 24;
  }

  /** Record header, Ethernet, IP. `time` in microseconds since the epoch. @returns where the transport header begins */
  private open(time: number, r: Route, protocol: number, length: number): number {
    if (this.at + MAX_RECORD > BUFFER_BYTES) this.flush();
    const { buffer } = this;
    const six = r.addresses.length === 32;
    const header = six ? 40 : 20;
    const frame = 14 + header + length;
    const seconds = Math.floor(time / 1e6);
    let at = this.at;
    buffer.writeUInt32LE(seconds, at);
    buffer.writeUInt32LE(Math.floor(time - seconds * 1e6), at + 4);
    buffer.writeUInt32LE(frame, at + 8);
    buffer.writeUInt32LE(frame, at + 12);
    at += 16;
    buffer.set(r.macs, at);
    buffer.writeUInt16BE(six ? 0x86dd : 0x0800, at + 12);
    at += 14;
    if (six) {
      buffer.writeUInt32BE(0x60000000, at);
      buffer.writeUInt16BE(length, at + 4);
      buffer[at + 6] = protocol;
      buffer[at + 7] = 64;
      buffer.set(r.addresses, at + 8);
    } else {
      const id = this.id;
      this.id = (id + 1) & 0xffff;
      buffer.writeUInt16BE(0x4500, at);
      buffer.writeUInt16BE(20 + length, at + 2);
      buffer.writeUInt16BE(id, at + 4);
      buffer.writeUInt16BE(0x4000, at + 6);
      buffer.writeUInt16BE(0x4000 | protocol, at + 8);
      buffer.writeUInt16BE(fold(r.sum - r.from - r.to + 0x4500 + 20 + length + id + 0x4000 + (0x4000 | protocol)), at + 10);
      buffer.set(r.addresses, at + 12);
    }
    this.at += 16 + frame;
    this.size += 16 + frame;
    this.packets++;
    return at + header;
  }

  /** A TCP segment that carries [start, end) of a payload. `options` has a length divisible by 4. */
  tcp(time: number, r: Route, seq: number, ack: number, flags: number, window: number, options: Uint8Array, body: Payload | null, start: number, end: number): void {
    const header = 20 + options.length;
    const length = header + end - start;
    const at = this.open(time, r, 6, length);
    const { buffer } = this;
    const shape = ((header >> 2) << 12) | flags;
    buffer.writeUInt16BE(r.from, at);
    buffer.writeUInt16BE(r.to, at + 2);
    buffer.writeUInt32BE(seq >>> 0, at + 4);
    buffer.writeUInt32BE(ack >>> 0, at + 8);
    buffer.writeUInt16BE(shape, at + 12);
    buffer.writeUInt16BE(window, at + 14);
    buffer.writeUInt16BE(0, at + 18);
    let sum = r.sum + 6 + length + (seq >>> 16) + (seq & 0xffff) + (ack >>> 16) + (ack & 0xffff) + shape + window;
    for (let i = 0; i < options.length; i += 2) sum += ((options[i] as number) << 8) | (options[i + 1] as number);
    buffer.set(options, at + 20);
    if (body) {
      buffer.set(body.bytes.subarray(start, end), at + header);
      sum += wordSum(body, start, end);
    }
    buffer.writeUInt16BE(fold(sum), at + 16);
  }

  udp(time: number, r: Route, body: Payload): void {
    const length = 8 + body.bytes.length;
    const at = this.open(time, r, 17, length);
    const { buffer } = this;
    buffer.writeUInt16BE(r.from, at);
    buffer.writeUInt16BE(r.to, at + 2);
    buffer.writeUInt16BE(length, at + 4);
    buffer.writeUInt16BE(fold(r.sum + 17 + length + length + wordSum(body, 0, body.bytes.length)) || 0xffff, at + 6);
    buffer.set(body.bytes, at + 8);
  }

  /** Hands over what is held. */
  flush(): void {
    if (this.at > 0) this.sink(this.buffer.subarray(0, this.at));
    this.at = 0;
  }
}
