import { BodyBatchReader } from '../body/batch';
import type { PackedChunk } from '../engine/chunk';
import type { DigestExports } from '../body/digest';
import type { TrippedCaps } from '../body/body-state';
import { BodyRunner } from '../body/runner';
import type { ShaProvider } from '../body/sha';
import type { FromBody, ToBody } from './body-messages';
import { way, type GiveWay } from './give-way';

/** Where completed chunks go; AnalysisApi.append is one. */
export type Append = (capture: number, chunks: readonly PackedChunk[]) => Promise<void>;

/**
 * What the body worker does, without the worker: takes the engine's messages in order, one runner a capture, and
 * passes completed chunks on. A capture that fails is reported once; its chunks then pass through uncompleted, so that
 * no row is lost.
 */
export class BodyService {
  private readonly runners = new Map<number, BodyRunner>();
  private readonly failed = new Set<number>();
  /** The last append; each waits for the one before, so that the order holds. */
  private forwarded: Promise<void> = Promise.resolve();
  /** Messages that came while a batch rests. */
  private readonly waiting: ToBody[] = [];
  private working = false;

  /**
   * @param certificateFiles whether certificates get rows of the files log, too
   * @param pace when to rest in the middle of a batch
   */
  constructor(
    private readonly engine: DigestExports, private readonly append: Append, private readonly answer: (message: FromBody, transfer: ArrayBuffer[]) => void,
    private readonly sha: ShaProvider = null, private readonly certificateFiles = true,
    private readonly pace: Pick<GiveWay, 'begin' | 'over' | 'rest'> = way,
  ) {}

  receive(message: ToBody): void {
    this.waiting.push(message);
    if (!this.working) void this.work();
  }

  /** Works off what waits; at once, unless a batch has to rest. */
  private async work(): Promise<void> {
    this.working = true;
    this.pace.begin();
    for (let message = this.waiting.shift(); message; message = this.waiting.shift()) {
      if (message.type !== 'batch') {
        this.handle(message);
        if (this.pace.over()) await this.pace.rest();
        continue;
      }
      const { capture, batch } = message;
      const reader = this.attempt(capture, () => new BodyBatchReader(batch), null);
      while (reader && !this.play(capture, reader)) await this.pace.rest();
      const pipeline = this.runners.get(capture)?.pipeline;
      if (pipeline?.crowded) await pipeline.room();
      this.answer({ type: 'taken', capture, batch }, [batch]);
    }
    this.working = false;
  }

  /** True when nothing more is to be done with the batch. */
  private play(capture: number, batch: BodyBatchReader): boolean {
    return this.failed.has(capture) || this.attempt(capture, () => this.runner(capture).play(batch, () => this.pace.over()), true);
  }

  private attempt<T>(capture: number, work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      this.fail(capture, error);
      return otherwise;
    }
  }

  private handle(message: Exclude<ToBody, { type: 'batch' }>): void {
    const { capture } = message;
    switch (message.type) {
      case 'begin': this.attempt(capture, () => this.runner(capture, message.hashes), null); break;
      case 'chunks':
        for (const chunk of message.chunks) {
          const runner = this.failed.has(capture) ? null : this.attempt(capture, () => this.runner(capture), null);
          // One that fails gives back what it holds.
          if (runner) this.attempt(capture, () => runner.chunk(chunk), undefined);
          else this.forward(capture, [chunk]);
        }
        break;
      case 'finish': {
        if (this.failed.has(capture)) this.finished(capture, noneTripped());
        else void this.finish(capture, this.runner(capture));
        break;
      }
      case 'drop':
        this.runners.get(capture)?.discard();
        this.runners.delete(capture);
        this.failed.delete(capture);
        break;
    }
  }

  private runner(capture: number, hashes = true): BodyRunner {
    let runner = this.runners.get(capture);
    if (!runner) {
      runner = new BodyRunner(this.engine, (chunks) => this.forward(capture, chunks), hashes, this.sha, this.certificateFiles);
      this.runners.set(capture, runner);
    }
    return runner;
  }

  /** Ends a capture whose last digests may still be under way; it may be dropped meanwhile. */
  private async finish(capture: number, runner: BodyRunner): Promise<void> {
    let tripped = noneTripped();
    try {
      tripped = await runner.finishLater();
    } catch (error) {
      if (this.runners.get(capture) === runner) this.fail(capture, error);
    }
    if (this.runners.get(capture) === runner || this.failed.has(capture)) this.finished(capture, tripped);
  }

  private finished(capture: number, tripped: TrippedCaps): void {
    this.runners.delete(capture);
    this.failed.delete(capture);
    void this.forwarded.then(() => this.answer({ type: 'finished', capture, tripped }, []));
  }

  private forward(capture: number, chunks: readonly PackedChunk[]): void {
    this.forwarded = this.forwarded.then(() => this.append(capture, chunks)).catch((error: unknown) => this.fail(capture, error));
  }

  private fail(capture: number, error: unknown): void {
    if (this.failed.has(capture)) return;
    this.failed.add(capture);
    const runner = this.runners.get(capture);
    this.runners.delete(capture);
    const message = error instanceof Error ? error.message : String(error);
    this.answer({ type: 'failed', capture, message: `Bodies and certificates could not be worked on any further: ${message}` }, []);
    for (const chunk of runner?.discard() ?? []) this.forward(capture, [chunk]);
  }
}

function noneTripped(): TrippedCaps {
  return { decoded_bytes: 0, ratio: 0, open_bodies: 0, open_decoders: 0, digest_slots: 0 };
}
