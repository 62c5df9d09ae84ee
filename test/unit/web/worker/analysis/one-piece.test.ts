import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOnePiece } from '../../../../../web/worker/analysis/one-piece';

describe('blocks in one piece', () => {
  it('are all of them in order, whatever is gathered, though each block is overwritten by the next', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 12 }), fc.nat(100), (blocks, gathered) => {
      const shared = new Uint8Array(20);
      let times = 0;
      const made = inOnePiece(function* () {
        times++;
        for (const block of blocks) {
          shared.set(block);
          yield shared.subarray(0, block.length);
        }
      }, 1000, gathered);
      const expected = blocks.flatMap((block) => [...block]);
      expect([...made!]).toEqual(expected);
      expect(times).toBe(expected.length <= gathered ? 1 : 2);
    }));
  });

  it('are given up as soon as they are more than allowed', () => {
    let yielded = 0;
    const endless = function* (): Generator<Uint8Array> { for (;;) { yielded++; yield new Uint8Array(10); } };
    expect(inOnePiece(endless, 95)).toBeNull();
    expect(yielded).toBe(10);
    expect(inOnePiece(() => [new Uint8Array(95)], 95)).toHaveLength(95);
    expect(inOnePiece(() => [new Uint8Array(96)], 95)).toBeNull();
  });

  it('hold no more than the whole and what may be gathered', () => {
    const block = new Uint8Array(1 << 20);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const blocks = function* (): Generator<Uint8Array> {
      for (let i = 0; i < 256; i++) {
        yield block;
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      }
    };
    expect(inOnePiece(blocks, 1 << 28, 1 << 22)).toHaveLength(1 << 28);
    expect(most - before).toBeLessThan((1 << 28) + (1 << 24));
  });
});
