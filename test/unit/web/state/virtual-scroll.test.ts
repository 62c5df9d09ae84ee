import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_ROWS, MAX_BLOCKS, RowCache } from '../../../../web/state/row-cache';
import { drawn, MAX_SCROLL_HEIGHT, revealed, ROW_HEIGHT, rowInSlot, rowTop, slotOf, slotsFor, scrolled, scrollHeight, topOf, type Scrolling } from '../../../../web/state/virtual-scroll';
import type { TableRow } from '../../../../web/worker/api';

const VIEWPORT = 600;
const top: Scrolling = { offset: 0, top: 0 };

describe('a table of any length', () => {
  it('scrolls as the browser does while it fits', () => {
    const rows = 10_000;
    expect(scrollHeight(rows)).toBe(rows * ROW_HEIGHT);
    expect(scrolled(top, 5000, rows, VIEWPORT)).toEqual({ offset: 5000, top: 5000 });
    expect(rowTop(12, { offset: 5000, top: 5000 })).toBe(12 * ROW_HEIGHT);
  });

  it('moves pixel by pixel under the wheel in a million rows, and in proportion under the bar', () => {
    const rows = 1_000_000;
    expect(scrollHeight(rows)).toBe(MAX_SCROLL_HEIGHT);
    const wheel = scrolled(top, 100, rows, VIEWPORT);
    expect(wheel.offset).toBe(100);
    const bar = scrolled(top, MAX_SCROLL_HEIGHT / 2, rows, VIEWPORT);
    expect(bar.offset / (rows * ROW_HEIGHT)).toBeCloseTo(0.5, 3);
  });

  it('reaches every row: both ends, by bar and by key', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 20_000_000 }), fc.nat(), (rows, pick) => {
      const row = pick % rows;
      const at = revealed(row, top, rows, VIEWPORT) ?? top;
      const shown = drawn(at, rows, VIEWPORT, 0);
      expect(row).toBeGreaterThanOrEqual(shown.first);
      expect(row).toBeLessThan(shown.end);
      expect(at.top).toBe(topOf(at.offset, rows, VIEWPORT) * (at === top ? 0 : 1));
      const end = scrolled(top, Math.max(0, scrollHeight(rows) - VIEWPORT), rows, VIEWPORT);
      expect(drawn(end, rows, VIEWPORT, 0).end).toBe(rows);
    }));
  });

  it('draws rows inside the scrolled element, so that the browser never has to grow it', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5_000_000 }), fc.array(fc.integer({ min: -900, max: 900 }), { maxLength: 40 }), (rows, moves) => {
      let at = top;
      for (const move of moves) {
        at = scrolled(at, Math.min(Math.max(at.top + move, 0), Math.max(0, scrollHeight(rows) - VIEWPORT)), rows, VIEWPORT);
        const { first, end } = drawn(at, rows, VIEWPORT, 0);
        expect(end - first).toBeLessThanOrEqual(Math.ceil(VIEWPORT / ROW_HEIGHT) + 2);
        if (end > first) {
          expect(rowTop(first, at)).toBeLessThanOrEqual(at.top);
          expect(rowTop(end - 1, at)).toBeLessThan(at.top + VIEWPORT);
        }
      }
    }));
  });

  it('gives every row drawn an element of its own, which keeps it while it stays in view', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 3_000_000 }), fc.nat(80_000_000), fc.integer({ min: 0, max: 3000 }), (rows, pixels, viewport) => {
      const slots = slotsFor(viewport);
      const range = drawn({ offset: Math.min(pixels, Math.max(0, rows * ROW_HEIGHT - viewport)), top: 0 }, rows, viewport);
      expect(range.end - range.first).toBeLessThanOrEqual(slots);
      const drawnRows = Array.from({ length: slots }, (_, slot) => rowInSlot(slot, range.first, slots)).filter((row) => row < range.end);
      expect(drawnRows.sort((a, b) => a - b)).toEqual(Array.from({ length: range.end - range.first }, (_, i) => range.first + i));
      for (const row of drawnRows) expect(rowInSlot(slotOf(row, slots), range.first, slots)).toBe(row);
    }));
  });

  it('stays where it is when the row is already in view', () => {
    expect(revealed(3, top, 100, VIEWPORT)).toBeNull();
  });
});

describe('the rows around the reader', () => {
  const block = (n: number): TableRow[] => Array.from({ length: BLOCK_ROWS }, (_, i) => ({ id: `0:${n * BLOCK_ROWS + i}`, capture: 0, cells: [], flow: 0, pkt: 0 }));

  it('asks for what is missing, and keeps a bounded number of blocks', () => {
    const cache = new RowCache();
    expect(cache.missing(0, 1)).toEqual([0]);
    expect(cache.missing(5, 5)).toEqual([]);
    for (let n = 0; n < MAX_BLOCKS + 5; n++) cache.put(n, block(n));
    expect(cache.row(0)).toBeUndefined();
    expect(cache.row(6 * BLOCK_ROWS + 1)?.id).toBe(`0:${6 * BLOCK_ROWS + 1}`);
    expect(cache.find(`0:${7 * BLOCK_ROWS}`)).toBe(7 * BLOCK_ROWS);
    expect(cache.find('0:0')).toBe(-1);
  });

  it('gives up what was looked at longest ago', () => {
    const cache = new RowCache();
    for (let n = 0; n < MAX_BLOCKS; n++) cache.put(n, block(n));
    cache.missing(0, 1);
    cache.put(MAX_BLOCKS, block(MAX_BLOCKS));
    expect(cache.row(0)).toBeDefined();
    expect(cache.row(BLOCK_ROWS)).toBeUndefined();
  });
});
