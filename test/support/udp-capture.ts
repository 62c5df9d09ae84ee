import { LINKTYPE_RAW, pcapHeader } from './captures';

/** One datagram of a scripted exchange; ports default to 40000 (client) and 53 (server). */
export interface Datagram {
  readonly from: 'client' | 'server';
  readonly bytes: Uint8Array;
  readonly clientPort?: number;
  readonly serverPort?: number;
  /** The server's IPv4 address, 192.0.2.53 when not given. */
  readonly server?: readonly [number, number, number, number];
  /** Milliseconds since the datagram before; 10 when not given. */
  readonly after?: number;
}

/** A pcap (raw IPv4) of datagrams between 10.0.0.1 and servers. */
export function udpCapture(...datagrams: readonly Datagram[]): Buffer {
  const header = pcapHeader(LINKTYPE_RAW);
  const parts: Buffer[] = [header];
  let millisecond = 0;
  for (const datagram of datagrams) {
    millisecond += datagram.after ?? 10;
    const ports = [datagram.clientPort ?? 40000, datagram.serverPort ?? 53] as const;
    const hosts = [[10, 0, 0, 1], datagram.server ?? [192, 0, 2, 53]] as const;
    const up = datagram.from === 'client';
    const ip = Buffer.alloc(28 + datagram.bytes.length);
    ip.writeUInt8(0x45, 0);
    ip.writeUInt16BE(ip.length, 2);
    ip.writeUInt8(64, 8);
    ip.writeUInt8(17, 9);
    ip.set(hosts[up ? 0 : 1], 12);
    ip.set(hosts[up ? 1 : 0], 16);
    ip.writeUInt16BE(ports[up ? 0 : 1], 20);
    ip.writeUInt16BE(ports[up ? 1 : 0], 22);
    ip.writeUInt16BE(8 + datagram.bytes.length, 24);
    ip.set(datagram.bytes, 28);
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000 + Math.floor(millisecond / 1000), 0);
    record.writeUInt32LE((millisecond % 1000) * 1000, 4);
    record.writeUInt32LE(ip.length, 8);
    record.writeUInt32LE(ip.length, 12);
    parts.push(record, ip);
  }
  return Buffer.concat(parts);
}
