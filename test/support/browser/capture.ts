import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const concat = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const u16 = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 255);
const u32le = (n: number): Uint8Array => Uint8Array.of(n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24);

/** A domain name as DNS writes it (RFC 1035, 3.1). */
const dnsName = (name: string): Uint8Array =>
  concat(...name.split('.').map((label) => concat(Uint8Array.of(label.length), new TextEncoder().encode(label))), Uint8Array.of(0));

/** Ethernet, IPv4 and UDP around a payload; checksums are zero, as an offloading card leaves them. */
function udp(from: readonly number[], to: readonly number[], fromPort: number, toPort: number, payload: Uint8Array): Uint8Array {
  return concat(
    Uint8Array.of(2, 0, 0, 0, 0, toPort === 53 ? 1 : 2, 2, 0, 0, 0, 0, toPort === 53 ? 2 : 1, 8, 0),
    Uint8Array.of(0x45, 0), u16(28 + payload.length), Uint8Array.of(0, 1, 0, 0, 64, 17, 0, 0), Uint8Array.from(from), Uint8Array.from(to),
    u16(fromPort), u16(toPort), u16(8 + payload.length), u16(0), payload,
  );
}

/** A pcap file of Ethernet frames, one a second from `first` s on. */
function pcap(frames: readonly Uint8Array[], first = 1_700_000_000): Uint8Array {
  const head = concat(u32le(0xa1b2c3d4), Uint8Array.of(2, 0, 4, 0), u32le(0), u32le(0), u32le(65535), u32le(1));
  return concat(head, ...frames.map((frame, i) => concat(u32le(first + i), u32le(0), u32le(frame.length), u32le(frame.length), frame)));
}

const address = (text: string): number[] => text.split('.').map(Number);

/** Frames of a TCP connection that is opened, used and closed: a request and its answer. */
function tcp(from: string, to: string, fromPort: number, toPort: number, request: Uint8Array, answer: Uint8Array, segment = 1400): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const next = { up: 1000, down: 9000 };
  const add = (way: 'up' | 'down', flags: number, payload: Uint8Array): void => {
    const [a, b, ap, bp] = way === 'up' ? [from, to, fromPort, toPort] : [to, from, toPort, fromPort];
    const other = way === 'up' ? next.down : next.up;
    const u32 = (n: number): Uint8Array => u32le(n >>> 0).reverse();
    frames.push(concat(
      Uint8Array.of(2, 0, 0, 0, 0, way === 'up' ? 1 : 2, 2, 0, 0, 0, 0, way === 'up' ? 2 : 1, 8, 0),
      Uint8Array.of(0x45, 0), u16(40 + payload.length), Uint8Array.of(0, 1, 0x40, 0, 64, 6, 0, 0), Uint8Array.from(address(a)), Uint8Array.from(address(b)),
      u16(ap), u16(bp), u32(next[way]), u32((flags & 16) === 0 ? 0 : other), Uint8Array.of(0x50, flags), u16(65535), u16(0), u16(0), payload,
    ));
    next[way] += payload.length + ((flags & 3) === 0 ? 0 : 1);
  };
  const none = new Uint8Array(0);
  add('up', 2, none);
  add('down', 18, none);
  add('up', 16, none);
  for (let at = 0; at < request.length; at += segment) add('up', 24, request.subarray(at, at + segment));
  for (let at = 0; at < answer.length; at += segment) add('down', 24, answer.subarray(at, at + segment));
  add('up', 17, none);
  add('down', 17, none);
  return frames;
}

/** What `downloadCapture` has fetched. */
export const DOWNLOAD = { domain: 'files.northwind-invoices.com', address: '45.77.12.201', client: '10.7.10.47', path: '/invoice.jpg', body: 3000 };

/**
 * A capture of a look-up and of a Windows executable that is served as a picture by the name that was looked up.
 * @param first seconds since the epoch of the first packet
 */
export function downloadCapture(first = 1_700_000_000, client = DOWNLOAD.client): Uint8Array {
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  const body = new Uint8Array(DOWNLOAD.body).fill(0x2e);
  body.set(text('MZ'));
  body[0x3c] = 0x80;
  body.set(text('PE\0\0'), 0x80);
  const request = text(`GET ${DOWNLOAD.path} HTTP/1.1\r\nHost: ${DOWNLOAD.domain}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\n\r\n`);
  const answer = concat(text(`HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: ${body.length}\r\n\r\n`), body);
  return pcap([...lookup(DOWNLOAD.domain, DOWNLOAD.address, client), ...tcp(client, DOWNLOAD.address, 51_001, 80, request, answer)], first);
}

/** A pcap of about this many bytes: requests and answers of many flows, one after the other, a millisecond a packet. */
export function longCapture(bytes: number): Uint8Array {
  const answer = concat(new TextEncoder().encode('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 60000\r\n\r\n'), new Uint8Array(60_000).fill(0x61));
  const request = new TextEncoder().encode('GET /data HTTP/1.1\r\nHost: data.fabrikam-telemetry.com\r\n\r\n');
  const frames = [...lookup('data.fabrikam-telemetry.com', LOOKUP.address, LOOKUP.client), ...tcp(LOOKUP.client, LOOKUP.address, 20_000, 80, request, answer)];
  const round = frames.reduce((sum, frame) => sum + 16 + frame.length, 0);
  const rounds = Math.ceil(bytes / round);
  const out = Buffer.alloc(24 + rounds * round);
  out.set(pcap([]), 0);
  let at = 24;
  for (let n = 0, packet = 0; n < rounds; n++) {
    for (const frame of frames) {
      out.writeUInt32LE(1_700_000_000 + Math.floor(packet / 1000), at);
      out.writeUInt32LE((packet++ % 1000) * 1000, at + 4);
      out.writeUInt32LE(frame.length, at + 8);
      out.writeUInt32LE(frame.length, at + 12);
      out.set(frame, at + 16);
      // Another client host and port each time, so that these are flows of their own.
      const up = frame[5] === 1;
      out.writeUInt16BE(20_000 + (n % 40_000), at + 16 + (up ? 34 : 36));
      out[at + 16 + (up ? 28 : 32)] = 10 + (n % 200);
      at += 16 + frame.length;
    }
  }
  return new Uint8Array(out.buffer, out.byteOffset, out.length);
}

/** What `lookupCapture` has looked up: two packets, one flow. */
export const LOOKUP = { domain: 'update.fabrikam-telemetry.com', address: '185.199.108.77', client: '10.7.10.47' };

/** A question for an address, and its answer. */
function lookup(domain: string, found: string, client: string): Uint8Array[] {
  const question = concat(dnsName(domain), u16(1), u16(1));
  const query = concat(u16(0x1234), u16(0x0100), u16(1), u16(0), u16(0), u16(0), question);
  const answer = concat(
    u16(0x1234), u16(0x8180), u16(1), u16(1), u16(0), u16(0), question,
    u16(0xc00c), u16(1), u16(1), Uint8Array.of(0, 0, 1, 44), u16(4), Uint8Array.from(address(found)),
  );
  const server = [10, 7, 10, 1];
  return [udp(address(client), server, 51_000, 53, query), udp(server, address(client), 53, 51_000, answer)];
}

/** A capture of one DNS look-up: the smallest that has an indicator. */
export function lookupCapture(): Uint8Array {
  return pcap(lookup(LOOKUP.domain, LOOKUP.address, LOOKUP.client));
}

/** A folder for the files of a test; `remove` it at the end. */
export function tempFolder(): { path: string; write(name: string, bytes: Uint8Array): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'capsift-test-'));
  return {
    path,
    write(name, bytes) {
      const file = join(path, name);
      writeFileSync(file, bytes);
      return file;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
