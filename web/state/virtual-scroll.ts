// Rows of a table that is taller than a browser can scroll. Browsers cap an element's height (Firefox near 17.8 million
// px, Chromium near 33.5 million), so beyond MAX_SCROLL_HEIGHT the scroll bar covers a shrunken range: small moves
// (wheel, keys) are taken pixel by pixel, large ones (the bar dragged) in proportion.

/** Height of a row in px. */
export const ROW_HEIGHT = 28;
/** Tallest element that every browser scrolls exactly. */
export const MAX_SCROLL_HEIGHT = 8_000_000;

export interface Scrolling {
  /** Px of the whole table that lie above the viewport: the truth. */
  readonly offset: number;
  /** The scroller's scrollTop that goes with it. */
  readonly top: number;
}

/** Height of the element that gives the scroller its range. */
export function scrollHeight(rows: number): number {
  return Math.min(rows * ROW_HEIGHT, MAX_SCROLL_HEIGHT);
}

const lastOffset = (rows: number, viewport: number): number => Math.max(0, rows * ROW_HEIGHT - viewport);
const lastTop = (rows: number, viewport: number): number => Math.max(0, scrollHeight(rows) - viewport);

/** Where the scroller should stand for an offset. */
export function topOf(offset: number, rows: number, viewport: number): number {
  const from = lastOffset(rows, viewport);
  return from === 0 ? 0 : Math.round((offset / from) * lastTop(rows, viewport));
}

/** The place after the scroller went to `top`. */
export function scrolled(before: Scrolling, top: number, rows: number, viewport: number): Scrolling {
  const end = lastOffset(rows, viewport);
  if (rows * ROW_HEIGHT <= MAX_SCROLL_HEIGHT) return { offset: Math.min(top, end), top };
  const moved = top - before.top;
  if (top <= 0) return { offset: 0, top };
  if (top >= lastTop(rows, viewport)) return { offset: end, top };
  // Whole px: rows that are placed at a fraction of one are drawn blurred.
  const offset = Math.abs(moved) <= viewport * 2 ? before.offset + moved : Math.round((top / lastTop(rows, viewport)) * end);
  return { offset: Math.min(Math.max(offset, 0), end), top };
}

/** The place at which a row is wholly in view, moving as little as possible; null when it already is. */
export function revealed(row: number, at: Scrolling, rows: number, viewport: number): Scrolling | null {
  const from = row * ROW_HEIGHT;
  let offset = at.offset;
  if (from < offset) offset = from;
  else if (from + ROW_HEIGHT > offset + viewport) offset = from + ROW_HEIGHT - viewport;
  else return null;
  offset = Math.min(Math.max(offset, 0), lastOffset(rows, viewport));
  return { offset, top: topOf(offset, rows, viewport) };
}

/** Rows drawn beyond each edge of the viewport. */
const BEYOND = 4;

/** Rows to draw: first, and one past the last, with a few beyond each edge. */
export function drawn(at: Scrolling, rows: number, viewport: number, beyond = BEYOND): { first: number; end: number } {
  const first = Math.max(0, Math.floor(at.offset / ROW_HEIGHT) - beyond);
  return { first, end: Math.min(rows, Math.ceil((at.offset + viewport) / ROW_HEIGHT) + beyond) };
}

/** Elements that are enough for every range that `drawn` gives: the rows of the viewport, cut at both edges. */
export function slotsFor(viewport: number, beyond = BEYOND): number {
  return Math.ceil(viewport / ROW_HEIGHT) + 1 + 2 * beyond;
}

/** The element that draws a row: the same one for as long as the row stays in the range. */
export function slotOf(row: number, slots: number): number {
  return slots > 0 ? row % slots : 0;
}

/** The row that an element draws while `first` is the first row drawn; it may lie past the range's end. */
export function rowInSlot(slot: number, first: number, slots: number): number {
  return first + ((slot - (first % slots) + slots) % slots);
}

/** Where a row is drawn inside the scrolled element. */
export function rowTop(row: number, at: Scrolling): number {
  return row * ROW_HEIGHT - at.offset + at.top;
}
