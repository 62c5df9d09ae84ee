import { markdownTable } from './report';

/** What was measured of engines that share a capture, in milliseconds of one core. */
export interface Phases {
  /** Until the first byte is read. */
  readonly start: number;
  /** Reading the file, and nothing else: no number of engines is faster. */
  readonly reading: number;
  /** One engine with everything that it does to the capture. */
  readonly analysis: number;
  /** Of that, what each of several engines does again: framing, dealing, warming up. */
  readonly framing: number;
  /** Lines of all rows by one thread. */
  readonly lines: number;
  /** Putting the lines of several threads together; one thread does it. */
  readonly merging: number;
}

/**
 * Milliseconds that a capture takes with an engine on each core: start, then what is dealt out beside what each does again, then
 * lines; no phase is shorter than what one thread does of it alone.
 * @param cores 1 = one engine, which frames once and merges nothing
 */
export function modelled(phases: Phases, cores: number): number {
  const { start, reading, analysis, framing, lines, merging } = phases;
  if (cores <= 1) return start + Math.max(reading, analysis) + lines;
  const again = Math.min(framing, analysis);
  return start + Math.max(reading, again + (analysis - again) / cores) + Math.max(merging, lines / cores);
}

/** The same figures as a table for 1, 2, 4, 8 and 16 cores. */
export function modelTable(phases: Phases): string {
  const one = modelled(phases, 1);
  return markdownTable(['cores', 's', 'by one'], [1, 2, 4, 8, 16].map((cores) => {
    const time = modelled(phases, cores);
    return [String(cores), (time / 1000).toFixed(2), `${(one / time).toFixed(2)} ×`];
  }));
}

/** What the model rests on, in words. */
export function modelWords({ start, reading, analysis, framing, lines, merging }: Phases): string {
  const s = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
  return `Measured in one process, each once: start ${s(start)}, reading ${s(reading)}, one engine ${s(analysis)}, of which each of several does ${s(framing)} again, lines ${s(lines)}, merging ${s(merging)}. `
    + 'Assumed: shares of equal size, memory as fast for many cores as for one, no flow both in a tunnel and outside (the capture would be read again).';
}
