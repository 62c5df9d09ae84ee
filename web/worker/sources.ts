import analysis from './analysis.worker?worker&url';
import body from './body.worker?worker&url';
import engine from './engine.worker?worker&url';
import hash from './hash.worker?worker&url';
import type { WorkerSources } from './spawn';

/** Where the hosted page's workers lie: addresses of files beside it. */
export const sources: WorkerSources = { engine, body, hash, analysis };
