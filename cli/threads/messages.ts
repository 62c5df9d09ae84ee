import type { PackedChunk } from '../../web/engine/chunk';
import type { ShareOf, Sharing } from '../../web/engine/sharing';
import type { WrittenLog } from '../../web/logs/fields';
import type { FromBody } from '../../web/worker/body-messages';
import type { LogFormat } from '../arguments';
import type { LineBatch } from './lines';

/** What a worker that reads its share of captures is made with. */
export interface WorkerSetting {
  readonly job: 'share';
  readonly module: WebAssembly.Module;
  /** The capture's bytes on their way: written by the reading thread, read by all workers. */
  readonly slots: readonly SharedArrayBuffer[];
  /** Bytes of columns that this worker may have in memory. */
  readonly columnBytes: number;
}

/** What the worker that does the bodies is made with. */
export interface BodyWorkerSetting {
  readonly job: 'bodies';
  readonly module: WebAssembly.Module;
}

/** From the worker that does the bodies. */
export type FromBodyWorker =
  | FromBody
  /** Completed chunks, in the engine's order; their buffers are transferred. */
  | { readonly type: 'chunks'; readonly capture: number; readonly chunks: readonly PackedChunk[] };

/** To a worker; `capture` is a number of the team's. */
export type ToWorker =
  | { readonly type: 'begin'; readonly capture: number; readonly hashes: boolean; readonly share: ShareOf }
  | { readonly type: 'bytes'; readonly capture: number; readonly slot: number; readonly length: number }
  | { readonly type: 'finish'; readonly capture: number }
  /** Which flows are strays here? */
  | { readonly type: 'strays'; readonly capture: number }
  /** Was any of these flows met here at home? */
  | { readonly type: 'met'; readonly capture: number; readonly keys: Float64Array }
  | { readonly type: 'write'; readonly capture: number; readonly format: LogFormat }
  /** A batch of lines was worked off. */
  | { readonly type: 'more'; readonly capture: number }
  | { readonly type: 'drop'; readonly capture: number };

/** How one share of a capture ended. */
export interface ShareEnd {
  readonly outcome: { readonly state: string; readonly message: string; readonly format: string };
  readonly counters: BigUint64Array;
  /** False: the engine stopped at a fault. */
  readonly sound: boolean;
  readonly strayFlows: number;
  readonly fragments: Sharing['fragments'];
  /** A cap that is divided among the shares was reached. */
  readonly partReached: boolean;
  /** The capture is in order of time. */
  readonly ordered: boolean;
  /** Places of the late rows of the weird log, as texts to compare. */
  readonly late: readonly string[];
  /** Rows of each weird. */
  readonly weirds: Uint32Array;
  /** Rows of each log that is written. */
  readonly rows: Readonly<Record<string, number>>;
  /** Link types of the capture's interfaces. */
  readonly links: readonly number[];
  /** A sentence when columns could not be spilled; '' when all is well. */
  readonly problem: string;
  /** Milliseconds in the engine and the body side, and waiting for bytes. */
  readonly busy: number;
  readonly waited: number;
}

/** From a worker. */
export type FromWorker =
  | { readonly type: 'taken'; readonly slot: number }
  | { readonly type: 'finished'; readonly capture: number; readonly end: ShareEnd }
  | { readonly type: 'strays'; readonly capture: number; readonly keys: Float64Array }
  | { readonly type: 'met'; readonly capture: number; readonly met: boolean }
  /** Lines of a log in order; null: that was all of it. */
  | { readonly type: 'lines'; readonly capture: number; readonly log: WrittenLog; readonly batch: LineBatch | null }
  /** What a worker could not do, in a sentence: the end of the run. */
  | { readonly type: 'failed'; readonly message: string };
