import type { Analyse } from '../captures';
import { engineModule } from '../engine';
import { Pipeline } from './pipeline';
import { Team } from './team';

/**
 * Analysing with several threads; null where one does, which is also when nobody said how many: ARCHITECTURE.md has the
 * figures.
 * @param entry the program, which calls `work` in a worker
 * @param threads how many: 2 make a pipeline, more share every capture
 */
export function teamOf(entry: URL, threads: number | null): { readonly analyse: Analyse; end(): Promise<void> } | null {
  if (threads === null || threads < 2) return null;
  let team: Team | Pipeline | null = null;
  return {
    async analyse(chunks, options = {}) {
      const module = await engineModule();
      team ??= threads === 2 ? new Pipeline(entry, module) : new Team(entry, module, threads);
      return team.analyse(chunks, options);
    },
    end: async () => team?.end(),
  };
}
