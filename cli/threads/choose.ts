import type { Analyse } from '../captures';
import { engineModule } from '../engine';
import { Team } from './team';

/** Without a wish: everything in one thread. */
const BY_DEFAULT = 1;

/**
 * Analysing with several threads; null where one does.
 * @param entry the program, which calls `work` in a worker
 * @param threads how many; null = as is best
 */
export function teamOf(entry: URL, threads: number | null): { readonly analyse: Analyse; end(): Promise<void> } | null {
  const size = threads ?? BY_DEFAULT;
  if (size < 2) return null;
  let team: Team | null = null;
  return {
    async analyse(chunks, options = {}) {
      team ??= new Team(entry, await engineModule(), size);
      return team.analyse(chunks, options);
    },
    end: async () => team?.end(),
  };
}
