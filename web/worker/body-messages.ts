import type { PackedChunk } from '../engine/chunk';
import type { TrippedCaps } from '../body/body-state';

/**
 * What the engine worker sends to the body worker over their port, in the order of the capture. A batch must be sent
 * before the chunks whose rows name its bodies. Buffers are transferred.
 */
export type ToBody =
  /** First of a capture, when it has to be said whether bodies are hashed; without it they are. */
  | { readonly type: 'begin'; readonly capture: number; readonly hashes: boolean }
  /** Body events packed by BodyBatchWriter of web/body/batch.ts. */
  | { readonly type: 'batch'; readonly capture: number; readonly batch: ArrayBuffer }
  /** Chunks of LOG_FILES and LOG_CERT; chunks of other logs are passed on as they are. */
  | { readonly type: 'chunks'; readonly capture: number; readonly chunks: readonly PackedChunk[] }
  /** Nothing more comes of this capture: everything that waits is passed on, then `finished` answers. */
  | { readonly type: 'finish'; readonly capture: number }
  /** The capture was stopped: what waits is dropped, nothing answers. */
  | { readonly type: 'drop'; readonly capture: number };

/** What the body worker answers. */
export type FromBody =
  /** A batch was worked off; its bytes no longer count as under way (BODY_BYTES_UNDER_WAY). The buffer comes back to be used again. */
  | { readonly type: 'taken'; readonly capture: number; readonly batch: ArrayBuffer }
  /** All chunks of the capture have arrived at the analysis. */
  | { readonly type: 'finished'; readonly capture: number; readonly tripped: TrippedCaps }
  /** A bug of ours or lack of memory; bodies of this capture are not completed from here on. */
  | { readonly type: 'failed'; readonly capture: number; readonly message: string };

/** Bytes of batches that the engine's side has under way at the most before it waits for `taken`. */
export const BODY_BYTES_UNDER_WAY = 4 * 1024 * 1024;
