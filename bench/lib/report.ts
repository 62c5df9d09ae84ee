import type { Measured } from '../sides/side';
import { median, spread } from './statistics';

/** All runs of one side on one capture. */
export interface Row {
  readonly side: string;
  readonly runs: readonly Measured[];
  /** Bytes that it read. */
  readonly bytes: number;
}

/** Megabytes (10^6) a second at the median. */
export const rate = ({ runs, bytes }: Row): number => bytes / 1e3 / median(runs.map(({ wall }) => wall));
/** Share of the reading rate of the same file in the same place; NaN when it was not measured. */
export const readingShare = ({ runs }: Row): number => median(runs.filter(({ reading }) => reading !== undefined).map(({ reading, wall }) => (reading as number) / wall));
/** Peak memory over all runs, in bytes. */
export const peak = ({ runs }: Row): number => {
  const known = runs.map(({ memory }) => memory).filter((memory) => !Number.isNaN(memory));
  return known.length > 0 ? Math.max(...known) : NaN;
};

const cell = (value: number, digits: number, unit = ''): string => (Number.isNaN(value) ? '–' : `${value.toFixed(digits)}${unit}`);

/** A Markdown table; the first column is to the left, the others to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]): string => `| ${widths.map((width, i) => (i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width))).join(' | ')} |`;
  return [line(head), `|${widths.map((width, i) => (i === 0 ? ` ${'-'.repeat(width)} ` : ` ${'-'.repeat(width - 1)}: `)).join('|')}|`, ...rows.map(line)].join('\n');
}

/**
 * The table of one capture. Ratios are rates by the rate of `base`, which is ours on one thread where it took part.
 * @param limit Node's reading rate, of which Node's sides have their share
 */
export function captureTable(rows: readonly Row[], base: string): string {
  const one = rows.find(({ side }) => side === base);
  const limit = rows.find(({ side }) => side === 'Node, reading only');
  const share = (row: Row): number => {
    const own = readingShare(row);
    return Number.isNaN(own) && limit && row !== limit ? rate(row) / rate(limit) : own;
  };
  return markdownTable(
    ['side', 'median s', 'min–max s', 'spread', 'MB/s', 'of ours', 'CPU s', 'peak MiB', 'of reading'],
    rows.map((row) => {
      const walls = row.runs.map(({ wall }) => wall / 1000);
      return [
        row.side, cell(median(walls), 2), `${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)}`, cell(spread(walls) * 100, 0, ' %'), cell(rate(row), 1),
        one ? `${cell(rate(row) / rate(one), rate(row) / rate(one) < 0.095 ? 3 : 2)} ×` : '–', cell(median(row.runs.map(({ cpu }) => cpu / 1000)), 1),
        cell(peak(row) / 2 ** 20, 0), cell(share(row) * 100, 0, ' %'),
      ];
    }),
  );
}
