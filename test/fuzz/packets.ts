// Captures as lists of packets and back, as leniently as mutation needs it: what cannot be read is left out.
import { gunzipSync } from 'node:zlib';

export interface Packet {
  /** Nanoseconds. */
  time: bigint;
  linktype: number;
  bytes: Buffer;
  /** Bytes on the wire. */
  wire: number;
}

const PCAP_MAGICS = new Map<number, { nanoseconds: boolean; header: number }>([
  [0xa1b2c3d4, { nanoseconds: false, header: 16 }], [0xa1b23c4d, { nanoseconds: true, header: 16 }], [0xa1b2cd34, { nanoseconds: false, header: 24 }],
]);

function readPcap(file: Buffer, big: boolean, nanoseconds: boolean, header: number): Packet[] {
  const word = (at: number): number => (big ? file.readUInt32BE(at) : file.readUInt32LE(at));
  const packets: Packet[] = [];
  const linktype = word(20) & 0xffff;
  for (let at = 24; at + header <= file.length;) {
    const captured = word(at + 8);
    if (at + header + captured > file.length) break;
    const time = BigInt(word(at)) * 1_000_000_000n + BigInt(word(at + 4)) * (nanoseconds ? 1n : 1000n);
    packets.push({ time, linktype, bytes: Buffer.from(file.subarray(at + header, at + header + captured)), wire: word(at + 12) });
    at += header + captured;
  }
  return packets;
}

function readPcapng(file: Buffer): Packet[] {
  const packets: Packet[] = [];
  let big = false;
  let links: number[] = [];
  const word = (at: number): number => (big ? file.readUInt32BE(at) : file.readUInt32LE(at));
  for (let at = 0; at + 12 <= file.length;) {
    if (file.readUInt32LE(at) === 0x0a0d0d0a) {
      big = file.readUInt32BE(at + 8) === 0x1a2b3c4d;
      links = [];
    }
    const type = word(at);
    const length = word(at + 4);
    if (length < 12 || at + length > file.length) break;
    if (type === 1 && length >= 20) links.push(big ? file.readUInt16BE(at + 8) : file.readUInt16LE(at + 8));
    if (type === 6 && length >= 32) {
      const captured = Math.min(word(at + 20), length - 32);
      const time = ((BigInt(word(at + 12)) << 32n) | BigInt(word(at + 16))) * 1000n;
      packets.push({ time, linktype: links[word(at + 8)] ?? 1, bytes: Buffer.from(file.subarray(at + 28, at + 28 + captured)), wire: word(at + 24) });
    }
    at += (length + 3) & ~3;
  }
  return packets;
}

/** The packets of a pcap or pcapng, also packed with gzip; none when it is neither. */
export function readPackets(file: Buffer): Packet[] {
  if (file.length < 24) return [];
  if (file.readUInt16BE(0) === 0x1f8b) {
    try {
      return readPackets(gunzipSync(file));
    } catch {
      return [];
    }
  }
  if (file.readUInt32LE(0) === 0x0a0d0d0a) return readPcapng(file);
  for (const big of [false, true]) {
    const kind = PCAP_MAGICS.get(big ? file.readUInt32BE(0) : file.readUInt32LE(0));
    if (kind) return readPcap(file, big, kind.nanoseconds, kind.header);
  }
  return [];
}

/** A pcap of packets; their link type is that of the first. */
export function writePcap(packets: readonly Packet[], big = false): Buffer {
  const head = Buffer.alloc(24);
  const put = (buffer: Buffer, value: number, at: number): void => { if (big) buffer.writeUInt32BE(value >>> 0, at); else buffer.writeUInt32LE(value >>> 0, at); };
  put(head, 0xa1b23c4d, 0);
  put(head, big ? 0x00020004 : 0x00040002, 4);
  put(head, 262144, 16);
  put(head, packets[0]?.linktype ?? 1, 20);
  return Buffer.concat([head, ...packets.flatMap(({ time, bytes, wire }) => {
    const record = Buffer.alloc(16);
    put(record, Number(BigInt.asUintN(32, time / 1_000_000_000n)), 0);
    put(record, Number(time % 1_000_000_000n), 4);
    put(record, bytes.length, 8);
    put(record, Math.max(wire, bytes.length), 12);
    return [record, bytes];
  })]);
}

/** A pcapng of packets, an interface a link type. */
export function writePcapng(packets: readonly Packet[]): Buffer {
  const block = (type: number, body: Buffer): Buffer => {
    const padded = Buffer.concat([Buffer.alloc(8), body, Buffer.alloc((4 - (body.length & 3)) & 3), Buffer.alloc(4)]);
    padded.writeUInt32LE(type, 0);
    padded.writeUInt32LE(padded.length, 4);
    padded.writeUInt32LE(padded.length, padded.length - 4);
    return padded;
  };
  const section = Buffer.alloc(16, 0xff);
  section.writeUInt32LE(0x1a2b3c4d, 0);
  section.writeUInt32LE(1, 4);
  const links = [...new Set(packets.map(({ linktype }) => linktype))];
  return Buffer.concat([
    block(0x0a0d0d0a, section),
    ...links.map((link) => { const body = Buffer.alloc(8); body.writeUInt16LE(link, 0); return block(1, body); }),
    ...packets.map(({ time, linktype, bytes, wire }) => {
      const body = Buffer.alloc(20);
      const micros = BigInt.asUintN(64, time / 1000n);
      body.writeUInt32LE(links.indexOf(linktype), 0);
      body.writeUInt32LE(Number(micros >> 32n), 4);
      body.writeUInt32LE(Number(micros & 0xffffffffn), 8);
      body.writeUInt32LE(bytes.length, 12);
      body.writeUInt32LE(Math.max(wire, bytes.length), 16);
      return block(6, Buffer.concat([body, bytes]));
    }),
  ]);
}
