import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ENCODING_BR, ENCODING_DEFLATE, ENCODING_GZIP, ENCODING_IDENTITY, ENCODING_ZSTD } from '../../../../assembly/abi/enums';
import { contentDecoder } from '../../../../web/body/decode';
import { DecodeError } from '../../../../web/decode/decoder';
import { hasTool } from '../../../support/tools';

/** Decodes pieces of `size` bytes; the problem is what `end` answered or what was thrown. */
function decode(encoding: number, data: Uint8Array, size = 1000): { bytes: Buffer; problem: string } {
  const parts: Uint8Array[] = [];
  const decoder = contentDecoder(encoding, (bytes) => parts.push(bytes.slice()));
  if (!decoder) throw new Error('no decoder');
  try {
    for (let at = 0; at < data.length; at += size) decoder.push(data.slice(at, at + size));
    return { problem: decoder.end(), bytes: Buffer.concat(parts) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { problem: error.message, bytes: Buffer.concat(parts) };
  }
}

const html = Buffer.from(`<!DOCTYPE html><html><head><title>Time and the people</title></head><body>${
  Array.from({ length: 4000 }, (_, i) => `<p class="row ${i % 17}">The world of ${i * 7919} information, was not the other. Über ${i}</p>`).join('\n')
}</body></html>`);
const samples: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['a page', html],
  ['noise', randomBytes(200_000)],
  ['one byte often', Buffer.alloc(400_000, 7)],
  ['this program', Buffer.concat([html, randomBytes(70_000), html])],
];

describe('content codings against the encoders of zlib and brotli', () => {
  for (const [name, sample] of samples) {
    for (const level of [1, 6, 9]) {
      it(`${name}, level ${level}`, () => {
        expect(decode(ENCODING_GZIP, gzipSync(sample, { level })).bytes.equals(sample)).toBe(true);
        expect(decode(ENCODING_DEFLATE, deflateSync(sample, { level }), 7).bytes.equals(sample)).toBe(true);
        expect(decode(ENCODING_DEFLATE, deflateRawSync(sample, { level })).bytes.equals(sample)).toBe(true);
      });
    }
    for (const quality of [0, 2, 5, 9, 11]) {
      for (const lgwin of quality === 11 ? [22] : [10, 16, 22]) {
        it(`${name}, brotli quality ${quality}, window 2^${lgwin}`, () => {
          for (const mode of quality === 11 ? [constants.BROTLI_MODE_TEXT] : [constants.BROTLI_MODE_TEXT, constants.BROTLI_MODE_GENERIC, constants.BROTLI_MODE_FONT]) {
            const encoded = brotliCompressSync(sample, { params: {
              [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: lgwin, [constants.BROTLI_PARAM_MODE]: mode,
            } });
            const { bytes, problem } = decode(ENCODING_BR, encoded);
            expect(problem).toBe('');
            expect(bytes.equals(sample)).toBe(true);
          }
        });
      }
    }
  }

  it('reads fixed and stored deflate blocks', () => {
    for (const strategy of [constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE]) {
      expect(decode(ENCODING_DEFLATE, deflateRawSync(html, { strategy })).bytes.equals(html)).toBe(true);
    }
    expect(decode(ENCODING_DEFLATE, deflateRawSync(html, { level: 0 }), 11).bytes.equals(html)).toBe(true);
  });

  it('reads gzip headers with every optional field', () => {
    const bare = gzipSync(html);
    const header = Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, ...Buffer.from('name\0comment\0'), 0xaa, 0xbb]);
    for (const size of [1, 5, 4096]) expect(decode(ENCODING_GZIP, Buffer.concat([header, bare.subarray(10)]), size).bytes.equals(html)).toBe(true);
  });

  it('joins the members of a gzip and leaves out what follows the last', () => {
    const data = Buffer.concat([gzipSync('one '), gzipSync('two '), gzipSync(''), gzipSync('three'), Buffer.alloc(20)]);
    for (const size of [1, 3, 1000]) expect(decode(ENCODING_GZIP, data, size)).toEqual({ bytes: Buffer.from('one two three'), problem: '' });
  });

  it('gives what a cut stream decodes to, and says so', () => {
    for (const [encoding, data] of [[ENCODING_GZIP, gzipSync(html)], [ENCODING_DEFLATE, deflateSync(html)], [ENCODING_BR, brotliCompressSync(html)]] as const) {
      const { bytes, problem } = decode(encoding, data.subarray(0, data.length >> 1));
      expect(problem).toBe('compressed content ends early');
      expect(bytes.length).toBeGreaterThan(html.length / 5);
      expect(html.subarray(0, bytes.length).equals(bytes)).toBe(true);
    }
  });

  it('stops at damage with what came before it', () => {
    for (const [encoding, data] of [[ENCODING_GZIP, gzipSync(html)], [ENCODING_BR, brotliCompressSync(html)]] as const) {
      const damaged = Buffer.from(data);
      damaged.fill(0xff, damaged.length >> 1, (damaged.length >> 1) + 40);
      const { bytes } = decode(encoding, damaged);
      const good = html.subarray(0, 2000);
      expect(bytes.subarray(0, 2000).equals(good)).toBe(true);
    }
    expect(decode(ENCODING_GZIP, Buffer.from('<html>this is no gzip')).problem).toBe('the header of the gzip data is damaged');
  });

  it('has no decoder for bytes that are not encoded', () => {
    expect(contentDecoder(ENCODING_IDENTITY, () => undefined)).toBeNull();
  });
});

describe('zstd', () => {
  it('reads a frame written by hand: one raw block', () => {
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 5, (5 << 3) | 1, 0, 0, ...Buffer.from('hello')]);
    expect(decode(ENCODING_ZSTD, frame, 3)).toEqual({ bytes: Buffer.from('hello'), problem: '' });
    expect(decode(ENCODING_ZSTD, frame.subarray(0, 12), 3).problem).not.toBe('');
  });

  it('takes windows of 8 MiB (RFC 9659), says what they hold, and refuses larger ones', () => {
    const frame = (exponent: number): Buffer => {
      // Blocks of 128 KiB of one byte.
      const block = [2, 0, 0x10, 0x61];
      return Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (exponent - 10) << 3, ...Array.from({ length: 70 }, () => block).flat()]);
    };
    let seen = 0;
    const decoder = contentDecoder(ENCODING_ZSTD, (bytes) => { seen += bytes.length; });
    decoder?.push(frame(23));
    expect(seen).toBe(70 * 128 * 1024);
    expect(decoder?.held()).toBeGreaterThan(8 * 1024 * 1024);
    expect(decoder?.held()).toBeLessThan(10 * 1024 * 1024);
    expect(decode(ENCODING_ZSTD, frame(24)).problem).toBe('the zstd data needs a window of 16 MiB, more than the 8 MiB that are read here');
  });

  it.skipIf(!hasTool('zstd', 'zstd content against its own tool'))('reads what the zstd program writes', () => {
    for (const [, sample] of samples) {
      const encoded = execFileSync('zstd', ['-q', '-c'], { input: sample, maxBuffer: 1e8 });
      const { bytes, problem } = decode(ENCODING_ZSTD, encoded, 333);
      expect(problem).toBe('');
      expect(bytes.equals(sample)).toBe(true);
    }
  });
});
