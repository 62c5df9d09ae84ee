import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openCaptures, type CaptureLocator } from '../../../../web/capture/open';
import { CaptureReader } from '../../../../web/capture/reader';
import { fromBytes, type ByteSource } from '../../../../web/capture/source';
import { syntheticPcap } from '../../../support/captures';
import { makeZip } from '../../../support/zips';

const pcap = syntheticPcap(8000);
const small = syntheticPcap(800);
const files = new Map<string, Buffer>();
const file = (name: string): Buffer => files.get(name) ?? Buffer.alloc(0);

beforeAll(async () => {
  const gz = zlib.gzipSync(pcap);
  files.set('a.pcap', pcap).set('a.pcap.gz', gz);
  files.set('level3.zst', readFileSync(join(import.meta.dirname, '../../../support/packed/level3.zst')));
  files.set('a.zip', await makeZip({ 'a.pcap': pcap }));
  files.set('gz.zip', await makeZip({ 'a.pcap.gz': gz }));
  files.set('stored.zip', await makeZip({ 'a.pcap': pcap }, { level: 0 }));
  files.set('locked.zip', await makeZip({ 'a.pcap': pcap }, { password: 'infected', zipCrypto: true }));
});

async function locate(source: ByteSource): Promise<CaptureLocator> {
  for await (const capture of openCaptures(source)) return structuredClone(capture.locator);
  throw new Error('no capture');
}

describe('reading again at any offset', () => {
  it.each(['a.pcap', 'a.pcap.gz', 'level3.zst', 'a.zip', 'gz.zip', 'stored.zip', 'locked.zip'])('%s gives the bytes that were there', async (name) => {
    const source = fromBytes(file(name), name);
    const reader = new CaptureReader(source, await locate(source), { checkpointBytes: 100_000, maxCachedBytes: 600_000 });
    const content = name === 'level3.zst' ? small : pcap;
    await fc.assert(fc.asyncProperty(fc.nat(content.length + 1000), fc.nat(5000), async (offset, length) => {
      const answer = await reader.read(offset, length);
      expect(answer.ok).toBe(true);
      if (answer.ok) expect(Buffer.compare(answer.value, content.subarray(offset, offset + length))).toBe(0);
    }), { numRuns: 40, seed: 7 });
  });

  it('decodes a late part of a gzip from a checkpoint, not from the start', async () => {
    const source = fromBytes(file('a.pcap.gz'), 'a.pcap.gz');
    const reader = new CaptureReader(source, await locate(source), { checkpointBytes: 200_000, maxCachedBytes: 1 });
    await reader.read(pcap.length - 100, 100);
    const once = reader.decodedInput;
    expect(once).toBeGreaterThan(file('a.pcap.gz').length * 0.9);
    await reader.read(pcap.length - 900_000, 100);
    expect(reader.decodedInput - once).toBeLessThan(once / 3);
  });

  it('keeps the memory of checkpoints below its cap', async () => {
    const source = fromBytes(file('a.pcap.gz'), 'a.pcap.gz');
    const reader = new CaptureReader(source, await locate(source), { checkpointBytes: 10_000, maxCheckpointBytes: 1_500_000 });
    const late = await reader.read(pcap.length - 100, 100);
    expect(late.ok && Buffer.compare(late.value, pcap.subarray(-100))).toBe(0);
    const early = await reader.read(1000, 50);
    expect(early.ok && Buffer.compare(early.value, pcap.subarray(1000, 1050))).toBe(0);
  });

  it('decodes everything once when packets are read one after the other', async () => {
    const source = fromBytes(file('a.pcap.gz'), 'a.pcap.gz');
    const reader = new CaptureReader(source, await locate(source));
    for (let at = 24; at < 1_500_000; at += 700) {
      const answer = await reader.read(at, 700);
      if (!answer.ok || Buffer.compare(answer.value, pcap.subarray(at, at + 700)) !== 0) throw new Error(`other bytes at ${at}`);
    }
    expect(reader.decodedInput).toBeLessThanOrEqual(file('a.pcap.gz').length);
  });

  it('answers reads that are asked for together, in order', async () => {
    const source = fromBytes(file('a.pcap.gz'), 'a.pcap.gz');
    const reader = new CaptureReader(source, await locate(source));
    const offsets = [500_000, 10, 1_000_000, 499_000];
    const answers = await Promise.all(offsets.map((offset) => reader.read(offset, 64)));
    answers.forEach((answer, i) => {
      const offset = offsets[i] ?? 0;
      expect(answer.ok && Buffer.compare(answer.value, pcap.subarray(offset, offset + 64))).toBe(0);
    });
  });

  it('says what to do when the source can be read only once, or is gone', async () => {
    const locator: CaptureLocator = { start: 0, end: null, layers: [], locked: null };
    const stdin = new CaptureReader({ name: 'standard input', size: null, stream: () => (async function* () {})() }, locator);
    expect(await stdin.read(0, 1)).toEqual({ ok: false, error: 'standard input can be read only once. Save it as a file and open that to see its packets.' });
    const gone = new CaptureReader({ name: 'a.pcap', size: 10, stream: () => (async function* () {})(), slice: () => Promise.reject(new Error('NotReadableError')) }, locator);
    const answer = await gone.read(0, 1);
    expect(!answer.ok && answer.error).toContain('Open it again');
    expect((await gone.read(-1, 1)).ok).toBe(false);
  });
});
