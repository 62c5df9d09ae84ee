import type { TableRow } from '../worker/api';
import { drawn, rowInSlot, rowTop, type Scrolling } from './virtual-scroll';

/** One element of the ring that draws a table's rows. What stays the same while the reader scrolls is not looked at again. */
export class RowSlot {
  /** The row that the element draws. */
  row = $state(0);
  /** Where it is drawn inside the scrolled element, in px. */
  top = $state(0);
  /** Whether the row is among those to draw. */
  drawn = $state(false);
  private kept: TableRow | undefined;

  /**
   * What the element's cells hold: the row, and while that is on its way the one before it, hidden by the style sheet.
   * To empty a screen of cells that are filled again two frames later costs as much as to fill it.
   */
  holds(row: TableRow | undefined): TableRow | undefined {
    return this.kept = row ?? this.kept;
  }
}

/** The elements that draw a table's rows: each knows its row, so that one row's change touches one element. */
export class RowRing {
  private readonly slots: RowSlot[] = [];

  /** The first so many elements. They show nothing until `draw` gave them a row. */
  first(count: number): readonly RowSlot[] {
    while (this.slots.length < count) this.slots.push(new RowSlot());
    return this.slots.slice(0, count);
  }

  /**
   * Gives the elements their rows.
   * @param count how many there are
   * @param half 0 or 1: every second element, the others keep their rows; null = all
   */
  draw(at: Scrolling, rows: number, viewport: number, count: number, half: 0 | 1 | null = null): void {
    this.first(count);
    const { first, end } = drawn(at, rows, viewport);
    this.slots.forEach((slot, number) => {
      if (half === null || number % 2 === half) {
        slot.row = rowInSlot(number, first, count);
        slot.top = rowTop(slot.row, at);
      }
      slot.drawn = number < count && slot.row >= first && slot.row < end;
    });
  }
}
