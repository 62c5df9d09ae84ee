import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { DecodeError } from '../../../../web/decode/decoder';
import { Unzstd } from '../../../../web/decode/unzstd';
import { Xxh64 } from '../../../../web/decode/zstd/xxh64';
import { syntheticPcap } from '../../../support/captures';
import { hasTool } from '../../../support/tools';

const folder = mkdtempSync(join(tmpdir(), 'capsift-zstd-'));
afterAll(() => rmSync(folder, { recursive: true }));

const zstd = (data: Uint8Array, ...args: string[]): Buffer => execFileSync('zstd', ['-qc', ...args], { input: data, maxBuffer: 1 << 28 });

function decode(decoder: Unzstd, data: Uint8Array, cuts: readonly number[] = []): { bytes: Buffer; error: boolean } {
  const places = [...cuts.map((cut) => Math.floor(cut * data.length)), 0, data.length].sort((a, b) => a - b);
  const out: Buffer[] = [];
  try {
    for (let i = 1; i < places.length; i++) {
      const piece = new Uint8Array(data.subarray(places[i - 1], places[i]));
      for (const bytes of decoder.push(piece)) out.push(Buffer.from(bytes));
      piece.fill(0xee);
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { bytes: Buffer.concat(out), error: true };
  }
  return { bytes: Buffer.concat(out), error: false };
}

function expectSame(packed: Uint8Array, data: Uint8Array, cuts: readonly number[] = []): void {
  const decoder = new Unzstd();
  const { bytes, error } = decode(decoder, packed, cuts);
  expect(error).toBe(false);
  expect(Buffer.compare(bytes, data)).toBe(0);
  expect([decoder.unfinished(), decoder.remark()]).toEqual([null, '']);
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 });
const pcap = syntheticPcap(2500);
const packed = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../support/packed', name));
/** What test/support/packed was made from. */
const small = syntheticPcap(800);

describe.skipIf(!hasTool('zstd', 'comparing our zstd decoder with the tool itself'))('zstd against its own tool', () => {
  it.each([['-1'], ['-3'], ['-9'], ['-17'], ['--fast=5'], ['--no-check'], ['--long=27', '-12'], ['--single-thread', '-5']])('gives what was packed with %s', (...args) => {
    for (const data of [pcap, Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(1_000_000, 'abc'), Buffer.alloc(200_000)]) expectSame(zstd(data, ...args.filter((a) => a)), data, [0.1, 0.7]);
  });

  it('gives what was packed, small and odd contents, any cut into pieces', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 3000 })).map(([unit, times]) => Buffer.alloc(unit.length * times, unit)),
      fc.array(fc.constantFrom(0x41, 0x42, 0x43, 0x20), { maxLength: 4000 }).map((bytes) => Uint8Array.from(bytes)),
      fc.integer({ min: 1, max: 300 }).map((n) => syntheticPcap(n, n)),
    );
    fc.assert(fc.property(content, fc.integer({ min: 1, max: 19 }), cuts, (data, level, pieces) => {
      expectSame(zstd(data, `-${level}`), data, pieces);
    }), { numRuns: 40 });
  });

  it('gives the same byte by byte', () => {
    const data = syntheticPcap(100);
    const packed = zstd(data, '-7');
    expectSame(packed, data, Array.from(packed, (_, i) => i / packed.length));
  });

  it('finds matches a long way back, with a window that is larger than what is held at once', () => {
    const far = Buffer.concat([pcap, Buffer.alloc(6_000_000, 'filler of some length, '), pcap, syntheticPcap(2000, 5), pcap]);
    writeFileSync(join(folder, 'far'), far);
    for (const args of [['-3'], ['--long=27'], ['-12', '--long=24']]) {
      const packed = execFileSync('zstd', ['-qc', ...args, join(folder, 'far')], { maxBuffer: 1 << 28 });
      expectSame(packed, far, [0.3, 0.31, 0.9]);
    }
  });

  it('takes frames one behind the other, skippable ones too, and leaves out what is behind them', () => {
    const skippable = Buffer.concat([Buffer.from([0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]), Buffer.from('hello')]);
    const packed = Buffer.concat([skippable, zstd(pcap), skippable, zstd(Buffer.alloc(0)), zstd(pcap, '--no-check')]);
    fc.assert(fc.property(cuts, (pieces) => { expectSame(packed, Buffer.concat([pcap, pcap]), pieces); }), { numRuns: 15 });
    const decoder = new Unzstd();
    decode(decoder, Buffer.concat([zstd(pcap), Buffer.from('words')]));
    expect([decoder.unfinished(), decoder.remark()]).toEqual([null, '5 bytes behind the zstd data were left out.']);
  });
});

describe.skipIf(!hasTool('zstd', ''))('damage, against the tool', () => {
  it('notices a wrong checksum, and never gives other bytes than zstd without noticing', () => {
    const data = syntheticPcap(150);
    const packed = zstd(data, '-6');
    let noticed = 0;
    fc.assert(fc.property(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), cuts, (at, flip, pieces) => {
      const bad = Buffer.from(packed);
      bad[at] = bad[at]! ^ flip;
      const decoder = new Unzstd();
      const { bytes, error } = decode(decoder, bad, pieces);
      if (error || decoder.unfinished() !== null || decoder.remark() !== '') { noticed++; return; }
      const theirs = spawnSync('zstd', ['-qdc'], { input: bad, maxBuffer: 1 << 26 });
      expect(theirs.status).toBe(0);
      expect(bytes.equals(theirs.stdout)).toBe(true);
    }), { numRuns: 300 });
    expect(noticed).toBeGreaterThan(250);
  });

  it('decodes the same as zstd where there is no checksum to notice damage', () => {
    const data = syntheticPcap(60);
    const packed = zstd(data, '-3', '--no-check');
    let both = 0;
    fc.assert(fc.property(fc.integer({ min: 12, max: packed.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const bad = Buffer.from(packed);
      bad[at] = bad[at]! ^ flip;
      const theirs = spawnSync('zstd', ['-qdc'], { input: bad, maxBuffer: 1 << 26 });
      const ours = decode(new Unzstd(), bad);
      if (theirs.status !== 0 || ours.error) return;
      both++;
      expect(ours.bytes.equals(theirs.stdout)).toBe(true);
    }), { numRuns: 120 });
    expect(both).toBeGreaterThan(5);
  });
});

describe('zstd without the tool', () => {
  it.each([['level3.zst', small], ['level19.zst', small], ['frames.zst', Buffer.concat([small.subarray(0, 5000), small])]])('gives what is in %s, any cut into pieces', (name, data) => {
    fc.assert(fc.property(cuts, (pieces) => { expectSame(packed(name), data, pieces); }), { numRuns: 10 });
  });
});

describe('damage', () => {
  it('gives every whole block before a cut and says that it was cut', () => {
    const whole = packed('level3.zst');
    for (let part = 0.02; part < 1; part += 0.07) {
      const decoder = new Unzstd();
      const { bytes, error } = decode(decoder, whole.subarray(0, Math.floor(whole.length * part)));
      expect(error).toBe(false);
      expect(bytes.equals(small.subarray(0, bytes.length))).toBe(true);
      expect(bytes.length).toBeGreaterThan(small.length * part - 140_000);
      expect(decoder.unfinished()).not.toBeNull();
    }
    const decoder = new Unzstd();
    decode(decoder, whole.subarray(0, whole.length - 2));
    expect(decoder.unfinished()).toBe('in the checksum at the end of the zstd data');
  });

  it('notices a changed byte by the checksum', () => {
    const whole = packed('level3.zst');
    for (let at = 40; at < whole.length; at += 3001) {
      const bad = Buffer.from(whole);
      bad[at] = bad[at]! ^ 0x10;
      const decoder = new Unzstd();
      const { error } = decode(decoder, bad);
      expect(error || decoder.remark().startsWith('The checksum') || decoder.unfinished() !== null).toBe(true);
    }
  });

  it('refuses a window that is too large and a dictionary, with what to do', () => {
    const message = (bytes: number[]): string => {
      try { [...new Unzstd().push(Uint8Array.from(bytes))]; } catch (error) { return error instanceof DecodeError ? error.message : 'other'; }
      return '';
    };
    expect(message([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0, 0, 0])).toContain('zstd -d --long=31');
    expect(message([0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 9, 0, 0, 0])).toContain('dictionary');
  });

  it('goes on from a copy as from itself', () => {
    const whole = packed('frames.zst');
    for (const part of [0.01, 0.2, 0.5, 0.81]) {
      const place = Math.floor(whole.length * part);
      const decoder = new Unzstd();
      const before = decode(decoder, whole.subarray(0, place));
      const copy = decoder.clone();
      decode(decoder, whole.subarray(place));
      const after = decode(copy, whole.subarray(place));
      expect(Buffer.concat([before.bytes, after.bytes]).equals(Buffer.concat([small.subarray(0, 5000), small]))).toBe(true);
      expect([copy.unfinished(), copy.remark()]).toEqual([null, '']);
    }
  });
});

describe.skipIf(!hasTool('zstd', ''))('xxh64', () => {
  it('is the checksum that zstd writes, for every length and any pieces', () => {
    for (const length of [0, 1, 3, 4, 7, 8, 31, 32, 33, 63, 64, 100, 1000, 70_001]) {
      const data = pcap.subarray(0, length);
      const packed = zstd(data);
      const hash = new Xxh64();
      hash.update(data.subarray(0, length / 3));
      hash.update(data.subarray(length / 3));
      expect(hash.low32()).toBe(packed.readUInt32LE(packed.length - 4));
    }
  });
});
