import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ENCODING_BR, ENCODING_DEFLATE, ENCODING_GZIP, ENCODING_ZSTD } from '../../../../assembly/abi/enums';
import { contentDecoder } from '../../../../web/body/decode';
import { DecodeError } from '../../../../web/decode/decoder';

const words = fc.array(fc.constantFrom('the ', 'of ', '<div>', 'aaaaaaaaaaaaaaaa', '\x00\xff', 'information'), { maxLength: 200 }).map((parts) => Buffer.from(parts.join(''), 'latin1'));
const content = fc.oneof(words, fc.uint8Array({ maxLength: 3000 }));

function decode(encoding: number, data: Uint8Array, sizes: readonly number[]): Buffer {
  const parts: Uint8Array[] = [];
  const decoder = contentDecoder(encoding, (bytes) => parts.push(bytes.slice()));
  // One buffer is used again for every piece, as the engine's memory is: a decoder that keeps a view would show it.
  const piece = new Uint8Array(4096);
  for (let at = 0, i = 0; at < data.length; i++) {
    const size = Math.min(sizes[i % sizes.length] ?? 1, data.length - at);
    piece.set(data.subarray(at, at + size));
    decoder?.push(piece.subarray(0, size));
    piece.fill(0xee);
    at += size;
  }
  decoder?.end();
  return Buffer.concat(parts);
}

it('gives the content however the transfer is cut', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(content, sizes, (data, cuts) => {
    expect(decode(ENCODING_GZIP, gzipSync(data), cuts).equals(data)).toBe(true);
    expect(decode(ENCODING_GZIP, Buffer.concat([gzipSync(data), gzipSync(data)]), cuts).equals(Buffer.concat([data, data]))).toBe(true);
    expect(decode(ENCODING_DEFLATE, deflateSync(data), cuts).equals(data)).toBe(true);
    expect(decode(ENCODING_DEFLATE, deflateRawSync(data, { strategy: 4 }), cuts).equals(data)).toBe(true);
    expect(decode(ENCODING_BR, brotliCompressSync(data, { params: { 1: 5 } }), cuts).equals(data)).toBe(true);
  }), { numRuns: 300 });
});

it('ends on mutated streams with data or damage, nothing else', () => {
  const encoded = [
    [ENCODING_GZIP, gzipSync(Buffer.from('hello world '.repeat(300)))], [ENCODING_DEFLATE, deflateRawSync(Buffer.from('abc'.repeat(900)))],
    [ENCODING_BR, brotliCompressSync(Buffer.from('the people of the world '.repeat(90)))],
    [ENCODING_ZSTD, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 5, (5 << 3) | 1, 0, 0, ...Buffer.from('hello')])],
  ] as const;
  fc.assert(fc.property(fc.constantFrom(...encoded), fc.array(fc.tuple(fc.nat(1000), fc.nat(255)), { maxLength: 8 }), fc.integer({ min: 1, max: 500 }), ([encoding, data], changes, size) => {
    const damaged = Uint8Array.from(data);
    for (const [at, value] of changes) damaged[at % damaged.length] = value;
    try {
      decode(encoding, damaged, [size]);
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError);
    }
  }), { numRuns: 3000 });
});
