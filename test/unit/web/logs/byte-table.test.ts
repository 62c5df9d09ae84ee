import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteTable } from '../../../../web/logs/byte-table';

describe('texts as bytes', () => {
  it('are numbered as a map would number them', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 4, max: 3 }), { maxLength: 2000 }), (texts) => {
      const table = new ByteTable();
      const known = new Map<string, number>();
      for (const text of texts) {
        const padded = Uint8Array.from([9, ...text, 9]);
        expect(table.find(padded, 1, text.length + 1)).toBe(known.get(text.join()) ?? -1);
        if (!known.has(text.join())) known.set(text.join(), known.size);
        expect(table.intern(padded, 1, text.length + 1)).toBe(known.get(text.join()));
      }
      expect(table.count).toBe(known.size);
    }), { numRuns: 30 });
  });

  it('are found among many', () => {
    const table = new ByteTable();
    const text = (n: number): Uint8Array => new TextEncoder().encode(`F${n.toString(36)}zzzzzzzzzzzz`);
    const numbers = Array.from({ length: 100_000 }, (_, n) => table.intern(text(n), 0, text(n).length));
    expect(numbers.every((number, n) => number === n)).toBe(true);
    for (let n = 0; n < 100_000; n += 997) expect(table.find(text(n), 0, text(n).length)).toBe(n);
    expect(table.find(text(100_000), 0, text(100_000).length)).toBe(-1);
  });
});
