import { availableParallelism } from 'node:os';
import { analyse } from '../analyse';
import type { Analyse } from '../captures';
import { engineModule } from '../engine';
import { Pipeline } from './pipeline';
import { Team } from './team';

/** Bytes of a capture from which on a second thread is worth its start, where nobody said how many there are to be. */
export const MIN_PIPELINE_BYTES = 16 * 1024 * 1024;

/**
 * Analysing with several threads; null where one does.
 * @param entry the program, which calls `work` in a worker
 * @param threads how many: 2 make a pipeline, more share every capture; null = as is best
 * @param processors how many there are
 */
export function teamOf(
  entry: URL, threads: number | null, processors = availableParallelism(),
): { readonly analyse: Analyse; end(): Promise<void> } | null {
  const size = threads ?? Math.min(processors, 2);
  if (size < 2) return null;
  let team: Team | Pipeline | null = null;
  return {
    async analyse(chunks, options = {}) {
      // Of unknown length is what comes through a pipe.
      if (threads === null && (options.bytes ?? Infinity) < MIN_PIPELINE_BYTES) return analyse(chunks, options);
      const module = await engineModule();
      team ??= size === 2 ? new Pipeline(entry, module) : new Team(entry, module, size);
      return team.analyse(chunks, options);
    },
    end: async () => team?.end(),
  };
}
