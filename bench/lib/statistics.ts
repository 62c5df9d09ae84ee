/** The middle value; of an even number of them the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[half] as number : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
}

/** How far the values of repeated runs lie apart: (largest − smallest) / median. 0 for one value, NaN for none. */
export const spread = (values: readonly number[]): number =>
  (values.length === 0 ? NaN : (Math.max(...values) - Math.min(...values)) / median(values));

/** Relative difference of two counts, by the larger of them; 0 when both are 0. */
export const difference = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b)));
