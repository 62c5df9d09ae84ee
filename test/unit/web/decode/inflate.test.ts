import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../../web/decode/crc32';
import { DecodeError, type StreamDecoder } from '../../../../web/decode/decoder';
import { Gunzip } from '../../../../web/decode/gunzip';
import { Inflate } from '../../../../web/decode/inflate';
import { CHUNK_BYTES } from '../../../../web/decode/limits';
import { syntheticPcap } from '../../../support/captures';

/** Pushes in pieces that `cuts` name (0–1 parts of the data) and gives what came out and how it ended. */
function decode(decoder: StreamDecoder, data: Uint8Array, cuts: readonly number[] = []): { bytes: Buffer; error: boolean } {
  const places = [...cuts.map((cut) => Math.floor(cut * data.length)), 0, data.length].sort((a, b) => a - b);
  const out: Buffer[] = [];
  try {
    for (let i = 1; i < places.length; i++) {
      // A scratch copy that is overwritten afterwards: a decoder must not hold on to the caller's bytes.
      const piece = new Uint8Array(data.subarray(places[i - 1], places[i]));
      for (const bytes of decoder.push(piece)) {
        expect(bytes.length).toBeLessThanOrEqual(CHUNK_BYTES);
        out.push(Buffer.from(bytes));
      }
      piece.fill(0xee);
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { bytes: Buffer.concat(out), error: true };
  }
  return { bytes: Buffer.concat(out), error: false };
}

/** Data of many kinds: random, repetitive, text, long runs. */
const content = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 4000 })).map(([unit, times]) => Buffer.alloc(unit.length * times, unit)),
  fc.integer({ min: 1, max: 300 }).map((n) => syntheticPcap(n, n)),
);
const deflateOptions = fc.record({
  level: fc.integer({ min: 0, max: 9 }), memLevel: fc.integer({ min: 1, max: 9 }), windowBits: fc.integer({ min: 9, max: 15 }),
  strategy: fc.constantFrom(zlib.constants.Z_DEFAULT_STRATEGY, zlib.constants.Z_FIXED, zlib.constants.Z_HUFFMAN_ONLY, zlib.constants.Z_RLE, zlib.constants.Z_FILTERED),
});
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

describe('inflate against zlib', () => {
  it('gives what was deflated, with every setting and any cut into pieces', () => {
    fc.assert(fc.property(content, deflateOptions, cuts, (data, options, pieces) => {
      const decoder = new Inflate();
      const { bytes, error } = decode(decoder, zlib.deflateRawSync(data, options), pieces);
      expect(error).toBe(false);
      expect(Buffer.compare(bytes, data)).toBe(0);
      expect(decoder.done).toBe(true);
    }), { numRuns: 300 });
  });

  it('gives the same byte by byte', () => {
    const data = syntheticPcap(60);
    const packed = zlib.deflateRawSync(data);
    const { bytes } = decode(new Inflate(), packed, Array.from(packed, (_, i) => i / packed.length));
    expect(bytes.equals(data)).toBe(true);
  });

  it('takes and refuses damaged data exactly as zlib does', () => {
    let refused = 0;
    fc.assert(fc.property(content, deflateOptions, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }), cuts, (data, options, damage, pieces) => {
      const packed = zlib.deflateRawSync(data, options);
      for (const [at, value] of damage) packed[at % packed.length] = value;
      let expected: Buffer | null = null;
      try { expected = zlib.inflateRawSync(packed, { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 26 }); } catch { refused++; }
      const decoder = new Inflate();
      const ours = decode(decoder, packed, pieces);
      expect(ours.error).toBe(expected === null);
      if (expected) expect(Buffer.compare(ours.bytes, expected)).toBe(0);
    }), { numRuns: 400 });
    expect(refused).toBeGreaterThan(20);
  });

  it('goes on from a copy as from itself', () => {
    fc.assert(fc.property(fc.integer({ min: 200, max: 900 }), fc.double({ min: 0, max: 1, noNaN: true }), (packets, part) => {
      const data = syntheticPcap(packets, packets);
      const packed = zlib.deflateRawSync(data);
      const place = Math.floor(packed.length * part);
      const decoder = new Inflate();
      const before = decode(decoder, packed.subarray(0, place));
      const copy = decoder.clone();
      decode(decoder, Buffer.alloc(50, 0x55));
      const after = decode(copy, packed.subarray(place));
      expect(Buffer.concat([before.bytes, after.bytes]).equals(data)).toBe(true);
    }), { numRuns: 30 });
  });

  it('gives every byte that the data before a cut decides', () => {
    const data = syntheticPcap(400);
    const packed = zlib.deflateRawSync(data);
    for (let place = 1; place < packed.length; place += 997) {
      const expected = zlib.inflateRawSync(packed.subarray(0, place), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
      const decoder = new Inflate();
      expect(decode(decoder, packed.subarray(0, place)).bytes.equals(expected)).toBe(true);
      expect(decoder.unfinished()).not.toBeNull();
    }
  });
});

describe('gunzip', () => {
  const data = syntheticPcap(200);

  it('takes members one behind the other, with names, comments, extra fields and header checksums', () => {
    const plain = zlib.gzipSync(data);
    const header = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 4, 0, 1, 2, 3, 4, ...Buffer.from('name\0comment\0')]);
    const withAll = Buffer.concat([header, Buffer.from([crc32(header) & 255, (crc32(header) >> 8) & 255]), plain.subarray(10)]);
    expect(zlib.gunzipSync(withAll).equals(data)).toBe(true);
    fc.assert(fc.property(cuts, (pieces) => {
      const decoder = new Gunzip();
      const { bytes, error } = decode(decoder, Buffer.concat([plain, withAll, zlib.gzipSync(Buffer.alloc(0)), plain]), pieces);
      expect(error).toBe(false);
      expect(bytes.equals(Buffer.concat([data, data, data]))).toBe(true);
      expect([decoder.unfinished(), decoder.remark()]).toEqual([null, '']);
    }), { numRuns: 50 });
  });

  it('takes zeros behind the data as padding and leaves anything else out with a remark', () => {
    const padded = new Gunzip();
    decode(padded, Buffer.concat([zlib.gzipSync(data), Buffer.alloc(512)]));
    expect([padded.unfinished(), padded.remark()]).toEqual([null, '']);
    const followed = new Gunzip();
    expect(decode(followed, Buffer.concat([zlib.gzipSync(data), Buffer.from('\x1fword')]), [0.5, 0.999]).bytes.equals(data)).toBe(true);
    expect(followed.remark()).toBe('5 bytes behind the gzip data were left out.');
  });

  it('says where data that was cut ends', () => {
    const packed = zlib.gzipSync(data);
    const at = (length: number): string | null => {
      const decoder = new Gunzip();
      decode(decoder, packed.subarray(0, length));
      return decoder.unfinished();
    };
    expect(at(5)).toBe('in the header of the gzip data');
    expect(at(packed.length - 100)).toBe('in the middle of the gzip data');
    expect(at(packed.length - 3)).toBe('in the checksum at the end of the gzip data');
    expect(at(packed.length)).toBeNull();
  });
});

describe('crc32', () => {
  it('is that of gzip, in any pieces', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(500), (bytes, cut) => {
      const expected = zlib.gzipSync(bytes).readUInt32LE(zlib.gzipSync(bytes).length - 8);
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(expected);
    }));
  });
});
