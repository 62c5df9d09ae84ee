import Analysis from './analysis.worker?worker&inline';
import Body from './body.worker?worker&inline';
import Engine from './engine.worker?worker&inline';
import Hash from './hash.worker?worker&inline';
import type { WorkerSources } from './spawn';

/** The single file carries its workers as text; the build puts this in the place of sources.ts. */
export const sources: WorkerSources = { engine: Engine, body: Body, hash: Hash, analysis: Analysis };
