import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generate, TRAFFIC, type Traffic } from '../../../bench/generate/index';
import { payload, wordSum } from '../../../bench/generate/payload';
import { countPackets } from '../../../bench/lib/scan';
import { cutCapture } from '../../../bench/sides/wiregasm';
import { hasTool } from '../../support/tools';

const folder = mkdtempSync(join(tmpdir(), 'capsift-generate-'));
afterAll(() => rmSync(folder, { recursive: true }));
const SIZE = 3_000_000;

function made(traffic: Traffic, size = SIZE): { bytes: Buffer; packets: number } {
  const parts: Buffer[] = [];
  const { packets } = generate(traffic, size, (bytes) => parts.push(Buffer.from(bytes)));
  return { bytes: Buffer.concat(parts), packets };
}

const tshark = hasTool('tshark', 'what tshark says of generated captures');
const ask = (path: string, ...args: string[]): string => {
  const ended = spawnSync('tshark', ['-n', '-r', path, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (ended.status !== 0) throw new Error(ended.stderr);
  return ended.stdout;
};

describe.each(Object.keys(TRAFFIC) as Traffic[])('generated %s traffic', (traffic) => {
  const { bytes, packets } = made(traffic);
  const path = join(folder, `${traffic}.pcap`);
  writeFileSync(path, bytes);

  it('has the size and the packets that it says, and is the same each time', () => {
    expect(bytes.length).toBeGreaterThanOrEqual(SIZE);
    expect(bytes.length).toBeLessThan(SIZE + 2000);
    expect(countPackets(path)).toEqual({ bytes: bytes.length, packets, longPackets: 0 });
    expect(createHash('sha256').update(made(traffic).bytes).digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('goes forward in time', () => {
    let last = 0;
    for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) {
      const time = bytes.readUInt32LE(at) * 1e6 + bytes.readUInt32LE(at + 4);
      expect(time).toBeGreaterThanOrEqual(last);
      last = time;
    }
  });

  it.skipIf(!tshark)('is right in the eyes of tshark: lengths, checksums, nothing malformed', () => {
    const checks = ['-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE'];
    const bad = '_ws.malformed || ip.checksum.status == "Bad" || tcp.checksum.status == "Bad" || udp.checksum.status == "Bad" || ip.len_mismatch';
    expect(ask(path, ...checks, '-Y', bad.replace(' || ip.len_mismatch', ''))).toBe('');
    expect(ask(path, '-T', 'fields', '-e', 'frame.number', '-Y', 'frame.len != frame.cap_len')).toBe('');
  });

  it.skipIf(!tshark)('is what it is called', () => {
    const count = (filter: string): number => ask(path, '-T', 'fields', '-e', 'frame.number', '-Y', filter).split('\n').length - 1;
    const least: Readonly<Record<Traffic, readonly (readonly [string, number])[]>> = {
      mixed: [['dns', 0.02], ['tls', 0.02], ['http', 0.002], ['ipv6', 0.05], ['tcp.flags.reset == 1', 0.001]],
      downloads: [['http.request', 0.0005], ['tcp.len > 1400', 0.5], ['tcp.analysis.retransmission || tcp.analysis.out_of_order', 0.0001]],
      'short-flows': [['tcp.flags.syn == 1 && tcp.flags.ack == 0', 0.1], ['http.request', 0.05], ['tcp.flags.reset == 1', 0.05]],
      dns: [['dns.flags.response == 0', 0.4], ['dns.flags.response == 1', 0.4], ['dns.flags.rcode == 3', 0.01], ['dns.cname', 0.05], ['dns.aaaa', 0.02]],
      elephant: [['tls.record.opaque_type == 23', 0.05], ['tcp.stream == 0', 1]],
    };
    for (const [filter, share] of least[traffic]) expect(count(filter), filter).toBeGreaterThanOrEqual(share * packets);
  });

  it('is cut at a whole packet', () => {
    const size = cutCapture(path, 1_000_000, join(folder, 'cut.pcap'));
    expect(size).toBeLessThanOrEqual(1_000_000);
    expect(size).toBeGreaterThan(990_000);
    expect(countPackets(join(folder, 'cut.pcap')).bytes).toBe(size);
  });
});

describe('sums of words', () => {
  it('are the same by the running sums as one by one, modulo 65535', () => {
    const bytes = Uint8Array.from({ length: 3001 }, (_, i) => (i * 31 + (i >> 4)) & 255);
    const plain = (start: number, end: number): number => wordSum({ bytes, sums: null }, start, end) % 65535;
    for (const [start, end] of [[0, 3001], [0, 0], [2, 3], [1000, 1500], [1, 2000], [7, 7], [2998, 3001], [512, 1023]] as const) {
      expect(wordSum(payload(bytes), start, end) % 65535, `${start}–${end}`).toBe(plain(start, end));
    }
  });
});
