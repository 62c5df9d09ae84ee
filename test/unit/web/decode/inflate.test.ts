import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../../web/decode/crc32';
import { DecodeError, type StreamDecoder } from '../../../../web/decode/decoder';
import { Gunzip } from '../../../../web/decode/gunzip';
import { Inflate } from '../../../../web/decode/inflate';
import { inflateSlots } from '../../../../web/decode/instance';
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

  it('lets any number of streams take turns, also where each has to make room for another', () => {
    const slots = inflateSlots();
    const before = slots.parkings;
    fc.assert(fc.property(fc.integer({ min: 1, max: 400 }), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 3000 })), { minLength: 600, maxLength: 600 }), fc.boolean(), (count, turns, borrowed) => {
      const kinds = [syntheticPcap(150), Buffer.from('a run of words, '.repeat(9000)), randomBytes(9000), Buffer.alloc(400_000, 7)];
      const streams = Array.from({ length: count }, (_, i) => {
        const data = kinds[i % kinds.length]!;
        return { data, packed: zlib.deflateRawSync(data, { level: i % 10, strategy: i % 3 === 1 ? zlib.constants.Z_FIXED : 0 }), at: 0, decoder: new Inflate(true), out: [] as Buffer[] };
      });
      const push = (i: number, size: number): void => {
        const stream = streams[i]!;
        for (const bytes of stream.decoder.push(stream.packed.subarray(stream.at, stream.at + size), borrowed)) stream.out.push(Buffer.from(bytes));
        stream.at = Math.min(stream.packed.length, stream.at + size);
      };
      for (const [which, size] of turns) push(which % count, size);
      for (let i = 0; i < count; i++) push(i, Infinity);
      for (const { data, out, decoder } of streams) {
        expect(Buffer.compare(Buffer.concat(out), data)).toBe(0);
        expect([decoder.done, decoder.crc, decoder.slot]).toEqual([true, crc32(data), 0]);
      }
    }), { numRuns: 20 });
    expect(slots.parkings).toBeGreaterThan(before);
  });

  it('goes on where another stream was decoded between two chunks of one push', () => {
    const packed = zlib.deflateRawSync(Buffer.alloc(3_000_000, 'never the same '));
    const outer = new Inflate();
    let n = 0;
    for (const bytes of outer.push(packed)) {
      expect(Buffer.compare(bytes, Buffer.alloc(3_000_000, 'never the same ').subarray(n, n + bytes.length))).toBe(0);
      n += bytes.length;
      expect(decode(new Inflate(), zlib.deflateRawSync(Buffer.alloc(70_000, 'other'))).bytes.equals(Buffer.alloc(70_000, 'other'))).toBe(true);
    }
    expect(n).toBe(3_000_000);
  });

  it('says what is wrong', () => {
    const damage = (bits: string): string => {
      const bytes = new Uint8Array((bits.length >> 3) + 20);
      for (let i = 0; i < bits.length; i++) bytes[i >> 3]! |= Number(bits[i]) << (i & 7);
      try {
        for (const given of new Inflate().push(bytes)) void given;
        return '';
      } catch (error) {
        return error instanceof DecodeError ? error.message : String(error);
      }
    };
    const number = (value: number, size: number): string => Array.from({ length: size }, (_, i) => (value >> i) & 1).join('');
    const header = (literals: number, distances: number, lengths: readonly number[]): string =>
      '101' + number(literals - 257, 5) + number(distances - 1, 5) + number(lengths.length - 4, 4) + lengths.map((length) => number(length, 3)).join('');
    // Code lengths of the order 16, 17, 18, 0, 8, 7, ...: here 16 and 18 have one bit each.
    const repeats = [1, 0, 1, 0];
    expect(damage('111')).toBe('the deflate data is damaged (no such block type)');
    expect(damage('100' + '00000' + number(7, 16) + number(9, 16))).toBe('the deflate data is damaged (stored length)');
    expect(damage(header(287, 1, repeats))).toBe('the deflate data is damaged (too many codes)');
    expect(damage(header(257, 1, [1, 1, 1, 0]))).toBe('the deflate data is damaged (code lengths)');
    expect(damage(header(257, 1, repeats) + '0' + number(0, 2))).toBe('the deflate data is damaged (repeats nothing)');
    expect(damage(header(257, 1, repeats) + ('1' + number(127, 7)).repeat(2))).toBe('the deflate data is damaged (too many code lengths)');
    expect(damage(header(257, 1, repeats) + '1' + number(127, 7) + '1' + number(109, 7))).toBe('the deflate data is damaged (block without an end)');
    // 257 codes of eight bits are one too many.
    expect(damage(header(257, 1, [0, 0, 0, 1, 1]) + '1'.repeat(258))).toBe('the deflate data is damaged (no prefix code)');
    // Fixed codes: symbol 286 is 11000110, distance 30 is 11110; 257 (length 3) is 0000001.
    expect(damage('110' + '11000110')).toBe('the deflate data is damaged (no such code)');
    expect(damage('110' + '0000001' + '11110')).toBe('the deflate data is damaged (no such distance)');
    expect(damage('110' + '0000001' + '00000')).toBe('the deflate data is damaged (a match reaches before the start)');
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
