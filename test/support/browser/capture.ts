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
    Uint8Array.of(2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0),
    Uint8Array.of(0x45, 0), u16(28 + payload.length), Uint8Array.of(0, 1, 0, 0, 64, 17, 0, 0), Uint8Array.from(from), Uint8Array.from(to),
    u16(fromPort), u16(toPort), u16(8 + payload.length), u16(0), payload,
  );
}

/** A pcap file of Ethernet frames, one a second from 1,700,000,000 s on. */
function pcap(frames: readonly Uint8Array[]): Uint8Array {
  const head = concat(u32le(0xa1b2c3d4), Uint8Array.of(2, 0, 4, 0), u32le(0), u32le(0), u32le(65535), u32le(1));
  return concat(head, ...frames.map((frame, i) => concat(u32le(1_700_000_000 + i), u32le(0), u32le(frame.length), u32le(frame.length), frame)));
}

/** What `lookupCapture` has looked up: two packets, one flow. */
export const LOOKUP = { domain: 'update.fabrikam-telemetry.com', address: '185.199.108.77', client: '10.7.10.47' };

/** A capture of one DNS look-up: the smallest that has an indicator. */
export function lookupCapture(): Uint8Array {
  const question = concat(dnsName(LOOKUP.domain), u16(1), u16(1));
  const client = LOOKUP.client.split('.').map(Number);
  const server = [10, 7, 10, 1];
  const query = concat(u16(0x1234), u16(0x0100), u16(1), u16(0), u16(0), u16(0), question);
  const answer = concat(
    u16(0x1234), u16(0x8180), u16(1), u16(1), u16(0), u16(0), question,
    u16(0xc00c), u16(1), u16(1), Uint8Array.of(0, 0, 1, 44), u16(4), Uint8Array.from(LOOKUP.address.split('.').map(Number)),
  );
  return pcap([udp(client, server, 51_000, 53, query), udp(server, client, 53, 51_000, answer)]);
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
