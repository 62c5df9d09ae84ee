import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../../web/logs/byte-writer';
import { microseconds } from '../../../../web/logs/time';

describe('bytes of text', () => {
  it('are the UTF-8 of all that was written, from one take to the next', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
      const out = new ByteWriter(4);
      for (const text of texts) out.text(text);
      expect(out.length).toBe(new TextEncoder().encode(texts.join('')).length);
      expect(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(out.take())).toBe(texts.join(''));
      expect(out.take()).toHaveLength(0);
    }));
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
});
