import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstSets, SmallestSets } from '../../../web/indicators/bounded-sets';
import { grown, numberWords, PairNumbers, PairSet } from '../../../web/logs/growing';
import { orderByWords } from '../../../web/logs/radix';
import { TextPool } from '../../../web/logs/text-pool';

const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2 ** 32 - 2 })), { maxLength: 3000 });

describe('columns that grow', () => {
  it('keep what they hold, and fill what is new', () => {
    const wide = grown(Int32Array.from([1, 2]), 3, -1);
    expect([...wide]).toEqual([1, 2, -1, -1]);
    expect(grown(wide, 4)).toBe(wide);
  });

  it('put doubles in order by two words', () => {
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true })), (numbers) => {
      const { high, low } = numberWords(Float64Array.from(numbers));
      const order = orderByWords(numbers.length, [high, low]);
      expect(Array.from(order, (i) => numbers[i]! + 0)).toEqual(numbers.map((n) => n + 0).sort((a, b) => a - b));
    }));
  });
});

describe('sets of pairs', () => {
  it('know what was added, and number it in order', () => {
    fc.assert(fc.property(pairs, (list) => {
      const [set, numbers] = [new PairSet(), new PairNumbers()];
      const met = new Map<string, number>();
      for (const [a, b] of list) {
        const known = met.get(`${a} ${b}`);
        expect(set.has(a, b)).toBe(known !== undefined);
        expect(numbers.find(a, b)).toBe(known ?? -1);
        expect(set.add(a, b)).toBe(known === undefined);
        expect(numbers.of(a, b)).toBe(known ?? met.size);
        met.set(`${a} ${b}`, known ?? met.size);
      }
      expect([set.size, numbers.size]).toEqual([met.size, met.size]);
      for (const [key, id] of met) expect(`${numbers.first(id)} ${numbers.second(id)}`).toBe(key);
    }), { numRuns: 30 });
  });
});

describe('bounded sets', () => {
  it('keep the smallest, or the first, of each set', () => {
    fc.assert(fc.property(pairs, fc.integer({ min: 1, max: 8 }), (list, limit) => {
      const [smallest, first] = [new SmallestSets(limit), new FirstSets(limit)];
      const all = new Map<number, Set<number>>();
      for (const [set, value] of list) {
        smallest.add(set, value % 97);
        first.add(set, value % 97);
        all.set(set, (all.get(set) ?? new Set()).add(value % 97));
      }
      for (let set = 0; set <= 41; set++) {
        const values = [...all.get(set) ?? []];
        expect(smallest.values(set)).toEqual([...values].sort((a, b) => a - b).slice(0, limit));
        expect([...first.values(set)]).toEqual(values.slice(0, limit));
        expect(first.size(set)).toBe(Math.min(limit, values.length));
      }
    }), { numRuns: 50 });
  });
});

describe('a pool of texts', () => {
  it('numbers each text once, whatever its bytes', () => {
    const utf8 = new TextEncoder();
    fc.assert(fc.property(fc.array(fc.oneof(fc.string({ maxLength: 6 }), fc.string({ unit: 'grapheme', maxLength: 4 }), fc.constantFrom('a', 'b', '')), { maxLength: 2000 }), (texts) => {
      const pool = new TextPool();
      const numbers = new Map<string, number>();
      for (const text of texts) {
        const bytes = utf8.encode(text);
        const plain = new TextDecoder().decode(bytes);
        const id = pool.intern(bytes, 0, bytes.length);
        expect(id === 0).toBe(bytes.length === 0);
        expect(pool.text(id)).toBe(plain);
        expect(numbers.get(plain) ?? id).toBe(id);
        numbers.set(plain, id);
      }
      expect(new Set(numbers.values()).size).toBe(numbers.size);
    }), { numRuns: 50 });
  });

  it('takes bytes that are no UTF-8 for the text that they are shown as', () => {
    const pool = new TextPool();
    const [a, b] = [pool.intern(Uint8Array.of(0x61, 0xff), 0, 2), pool.intern(Uint8Array.of(0x61, 0xfe), 0, 2)];
    expect(b).toBe(a);
    expect(pool.text(a)).toBe('a\ufffd');
    expect(pool.intern(Uint8Array.of(0x61), 0, 1)).not.toBe(a);
  });
});
