import type { TableColumn } from '../worker/api';
import type { ColumnChoice } from './settings.svelte';

/**
 * The columns a table shows, in order: what the person chose, else what the table suggests; never none.
 * @param several the case has several captures: which one a row is of stands beside its time
 */
export function visibleColumns(columns: readonly TableColumn[], choice: ColumnChoice, several = false): readonly TableColumn[] {
  if (choice.shown) {
    const byName = new Map(columns.map((column) => [column.name, column]));
    const chosen = choice.shown.map((name) => byName.get(name)).filter((column) => column !== undefined);
    if (chosen.length > 0) return chosen;
  }
  const suggested = columns.filter((column) => column.shown);
  const capture = several ? columns.find((column) => column.name === 'capture' && !column.shown) : undefined;
  if (capture) suggested.splice(1, 0, capture);
  return suggested.length > 0 ? suggested : columns;
}

/** Columns whose times lie within the case: their date is left out when the case is of one day. */
const CASE_TIMES: ReadonlySet<string> = new Set(['ts', 'first_seen', 'last_seen']);
/** Px that a date takes. */
const DATE_WIDTH = 80;

/** Width of a column in px; `oneDay` when the dates of the case's times are left out. */
export function widthOf(column: TableColumn, choice: ColumnChoice, oneDay = false): number {
  return choice.widths[column.name] ?? column.width - (oneDay && CASE_TIMES.has(column.name) ? DATE_WIDTH : 0);
}

/** A time cell in two parts; the date is empty where it is the day that everything happened on. */
export function timeParts(cell: string, day: string): { date: string; clock: string } {
  const space = cell.indexOf(' ') + 1;
  const date = cell.slice(0, space);
  return { date: date.trim() === day ? '' : date, clock: cell.slice(space) };
}

/** Px that a cell's padding takes. */
const CELL_PADDING = 16;
/** Widest character of a name (a small proportional face, its own margin apart), in characters of a value. */
const NAME_CHARACTER = 1.65;
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Whether a cell shows the whole of its text for sure, so that nothing has to be cut off: cells that cut off are what
 * costs most when rows are painted.
 * @param width of the column, in px @param character px of one character of a value, 0 = not known yet
 * @param name what stands beside the value, in the smaller face
 */
export function fits(text: string, width: number, character: number, name = ''): boolean {
  if (character === 0 || !PLAIN.test(text) || !PLAIN.test(name)) return false;
  const beside = name === '' ? 0 : CELL_PADDING / 2 + name.length * NAME_CHARACTER * character;
  return text.length * character + beside + CELL_PADDING <= width;
}

/** Kinds whose values line up at the right: figures, in which nothing is to be defanged. */
export function isNumeric(column: TableColumn): boolean {
  return column.kind === 'number' || column.kind === 'bytes' || column.kind === 'duration' || column.kind === 'port';
}

/** Kinds whose values filter on a click. Measures differ in nearly every row: a click on one inspects instead. */
export function isFilterable(column: TableColumn): boolean {
  return column.kind === 'text' || column.kind === 'address' || column.kind === 'port' || column.kind === 'list' || column.kind === 'bool'
    || column.kind === 'severity';
}

/** The choice after one column was shown or hidden; the last one stays. */
export function toggledColumn(columns: readonly TableColumn[], choice: ColumnChoice, name: string, several = false): readonly string[] {
  const now = visibleColumns(columns, choice, several).map((column) => column.name);
  if (now.includes(name)) return now.length > 1 ? now.filter((other) => other !== name) : now;
  const order = columns.map((column) => column.name);
  return [...now, name].sort((a, b) => order.indexOf(a) - order.indexOf(b));
}
