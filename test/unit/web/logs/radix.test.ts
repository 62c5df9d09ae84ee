import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identity, orderByWords, sortByKey } from '../../../../web/logs/radix';

describe('sorting by integer keys', () => {
  it('is the stable sort that a comparator would give', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 0, max: 0xffffffff })), { maxLength: 300 }), (rows) => {
      const high = Uint32Array.from(rows, ([a]) => a);
      const low = Uint32Array.from(rows, ([, b]) => b);
      const expected = rows.map((_, i) => i).sort((a, b) => high[a]! - high[b]! || low[a]! - low[b]! || a - b);
      expect([...orderByWords(rows.length, [high, low])]).toEqual(expected);
    }));
  });

  it('keeps the order of equal keys', () => {
    const keys = Uint32Array.from([70000, 1, 70000, 1]);
    expect([...sortByKey(identity(4), new Uint32Array(4), keys)]).toEqual([1, 3, 0, 2]);
  });
});
