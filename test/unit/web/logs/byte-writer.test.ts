import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, utf8Length } from '../../../../web/logs/byte-writer';
import { microseconds } from '../../../../web/logs/time';

const text = (write: (out: ByteWriter) => void): string => {
  const out = new ByteWriter(4);
  write(out);
  return new TextDecoder('utf-8', { fatal: true }).decode(out.take());
};
const latin1 = (s: string): Uint8Array => Uint8Array.from(s, (c) => c.charCodeAt(0));

describe('bytes of text', () => {
  it('writes whole numbers as JavaScript does', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (n) => { expect(text((out) => out.uint(n))).toBe(String(n)); }));
  });

  it('writes microseconds as seconds', () => {
    expect(text((out) => out.seconds(1425669149635559, true))).toBe('1425669149.635559');
    expect(text((out) => out.seconds(4500000000, false))).toBe('4500.0');
    expect(text((out) => out.seconds(0, false))).toBe('0.0');
    expect(text((out) => out.seconds(-1500, false))).toBe('-0.0015');
    expect(text((out) => out.seconds(5, true))).toBe('0.000005');
  });

  it('rounds nanoseconds to microseconds exactly, where a double would not', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(1n << 62n), max: 1n << 62n }), (nanos) => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigInt64(0, nanos, true);
      const shifted = nanos + 500n;
      const floor = shifted / 1000n - (shifted % 1000n < 0n ? 1n : 0n);
      fc.pre(floor < BigInt(Number.MAX_SAFE_INTEGER) && floor > -BigInt(Number.MAX_SAFE_INTEGER));
      expect(BigInt(microseconds(bytes, 0))).toBe(floor);
    }));
  });

  it('escapes strings in JSON as Zeek does', () => {
    const json = (bytes: Uint8Array): string => text((out) => out.jsonEscaped(bytes, 0, bytes.length));
    expect(json(latin1('\x01\x02__MSBROWSE__\x02'))).toBe('\\\\x01\\\\x02__MSBROWSE__\\\\x02');
    expect(json(latin1('}k\xbb\x8cze'))).toBe('}k\\\\xbb\\\\x8cze');
    expect(json(new TextEncoder().encode('john’s imac'))).toBe('john’s imac');
    expect(json(latin1('a"b\\c/d\n\t\x7f\x0b'))).toBe('a\\"b\\\\c/d\\n\\t\\\\x7f\\\\x0b');
  });

  it('makes valid JSON of any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const json = `"${text((out) => out.jsonEscaped(bytes, 0, bytes.length))}"`;
      expect(typeof JSON.parse(json)).toBe('string');
    }));
  });

  it('knows UTF-8 as the platform does', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 5 }), (bytes) => {
      const n = utf8Length(bytes, 0, bytes.length);
      const decodes = (length: number): boolean => {
        try { return [...new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length))].length === 1; } catch { return false; }
      };
      const lengths = [1, 2, 3, 4].filter((length) => length <= bytes.length && decodes(length));
      expect(n).toBe(lengths[0] ?? 0);
    }), { numRuns: 2000 });
  });

  it('keeps the separators of TSV out of values', () => {
    const bytes = latin1('a\tb,c\\d\n');
    expect(text((out) => out.tsvEscaped(bytes, 0, bytes.length, true))).toBe('a\\x09b\\x2cc\\\\d\\x0a');
    expect(text((out) => out.tsvEscaped(bytes, 0, bytes.length, false))).toBe('a\\x09b,c\\\\d\\x0a');
  });
});
