import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowRing } from '../../../../web/state/row-ring.svelte';
import { drawn, ROW_HEIGHT, rowTop, scrolled, slotsFor, topOf, type Scrolling } from '../../../../web/state/virtual-scroll';

const VIEWPORT = 800;
const COUNT = slotsFor(VIEWPORT);
const all = (ring: RowRing): { row: number; top: number; drawn: boolean }[] => ring.first(COUNT).map(({ row, top, drawn: seen }) => ({ row, top, drawn: seen }));

describe('the ring of row elements', () => {
  it('draws every row of the range once, where it belongs', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 3_000_000 }), fc.array(fc.nat(80_000_000), { minLength: 1, maxLength: 6 }), (rows, pixels) => {
      const ring = new RowRing();
      for (const pixel of pixels) {
        const offset = Math.min(pixel, Math.max(0, rows * ROW_HEIGHT - VIEWPORT));
        const at = { offset, top: topOf(offset, rows, VIEWPORT) };
        ring.draw(at, rows, VIEWPORT, COUNT);
        const { first, end } = drawn(at, rows, VIEWPORT);
        const seen = all(ring).filter((slot) => slot.drawn).sort((a, b) => a.row - b.row);
        expect(seen).toEqual(Array.from({ length: end - first }, (_, i) => ({ row: first + i, top: rowTop(first + i, at), drawn: true })));
      }
    }));
  });

  it('keeps what an element held until the next row is here', () => {
    const [slot] = new RowRing().first(1);
    const row = (id: string) => ({ id, capture: 0, cells: [id], flow: 0, pkt: 0 });
    expect(slot?.holds(undefined)).toBeUndefined();
    const one = row('one');
    expect(slot?.holds(one)).toBe(one);
    expect(slot?.holds(undefined)).toBe(one);
    const two = row('two');
    expect(slot?.holds(two)).toBe(two);
  });

  it('leaves an element as it is while its row stays in view, beyond the height that browsers scroll, too', () => {
    const rows = 3_125_201;
    const ring = new RowRing();
    let at: Scrolling = scrolled({ offset: 0, top: 0 }, 4_321_987, rows, VIEWPORT);
    ring.draw(at, rows, VIEWPORT, COUNT);
    expect(all(ring).every(({ top }) => Number.isInteger(top))).toBe(true);
    for (let frame = 0; frame < 200; frame++) {
      const before = all(ring);
      at = scrolled(at, at.top + 120, rows, VIEWPORT);
      ring.draw(at, rows, VIEWPORT, COUNT);
      const changed = all(ring).filter((slot, n) => slot.row !== before[n]!.row || slot.top !== before[n]!.top);
      expect(changed.length).toBeLessThanOrEqual(Math.ceil(120 / ROW_HEIGHT));
    }
  });

  it('lets one half follow later, and shows no row of the other that is out of view', () => {
    const ring = new RowRing();
    ring.draw({ offset: 0, top: 0 }, 10_000, VIEWPORT, COUNT);
    const to = { offset: 28_000, top: 28_000 };
    ring.draw(to, 10_000, VIEWPORT, COUNT, 1);
    for (const [n, slot] of all(ring).entries()) {
      expect(slot.row >= 1000 - 4).toBe(n % 2 === 1);
      if (n % 2 === 0) expect(slot.drawn).toBe(false);
    }
    ring.draw(to, 10_000, VIEWPORT, COUNT, 0);
    expect(all(ring).filter((slot) => slot.drawn)).toHaveLength(drawn(to, 10_000, VIEWPORT).end - drawn(to, 10_000, VIEWPORT).first);
  });

  it('hides elements that are more than there are now', () => {
    const ring = new RowRing();
    ring.draw({ offset: 0, top: 0 }, 10_000, VIEWPORT, COUNT);
    ring.draw({ offset: 0, top: 0 }, 10_000, 100, slotsFor(100));
    expect(all(ring).filter((slot) => slot.drawn)).toHaveLength(drawn({ offset: 0, top: 0 }, 10_000, 100).end);
  });

  it('shows nothing in elements that have no row yet', () => {
    const ring = new RowRing();
    expect(ring.first(3).map((slot) => slot.drawn)).toEqual([false, false, false]);
    ring.draw({ offset: 0, top: 0 }, 10_000, 100, 2);
    expect(ring.first(5).map((slot) => slot.drawn)).toEqual([true, true, false, false, false]);
  });
});
