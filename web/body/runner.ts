import { LOG_CERT, LOG_FILES } from '../../assembly/abi/logs';
import type { PackedChunk } from '../engine/chunk';
import type { BodyBatchReader } from './batch';
import { CertificateRows } from './certificate-rows';
import type { DigestExports } from './digest';
import { bodiesOf, completeFilesChunk } from './files';
import { BodyHasher } from './hashing';
import type { BodyResult, TrippedCaps } from './body-state';
import { BodyPipeline } from './pipeline';
import type { ShaProvider } from './sha';

/** Results that wait for their row; the engine writes the row with the body's end, so few ever do. */
export const MAX_WAITING_RESULTS = 262_144;
/**
 * Between two times that everything is hashed for rows that wait for it. Few bodies at a time fill the engine's lanes badly;
 * rows that come later than this are missed by whoever looks on.
 */
const SETTLE_MILLISECONDS = 2000;

/**
 * Completes the chunks of one capture that need bodies: LOG_FILES gets types and digests, LOG_CERT becomes x509 and
 * files rows. Runs in the body worker and inline in Node.
 * Body events must be given before the chunk whose rows they belong to; a chunk is held back while one of its bodies is
 * still open. Chunks leave in the order in which they came.
 */
export class BodyRunner {
  readonly pipeline: BodyPipeline;
  private readonly certificates: CertificateRows;
  private readonly results = new Map<number, BodyResult>();
  private readonly waiting: PackedChunk[] = [];
  /** Bodies whose results the first of the chunks that wait has not got. */
  private readonly missing = new Set<number>();
  private draining = false;
  private settledAt = -Infinity;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private failure: unknown = null;

  /**
   * @param engine exports of any instance of the engine, which hashes
   * @param forward gets the completed chunks
   * @param hashes whether bodies are hashed; certificates always are, they are known by it
   * @param sha who works SHA-1 and SHA-256; with one that answers later, end with `finishLater`
   * @param certificateFiles whether certificates get rows of the files log, too
   */
  constructor(
    engine: DigestExports, private readonly forward: (chunks: PackedChunk[]) => void, hashes = true, sha: ShaProvider = null, certificateFiles = true,
  ) {
    this.pipeline = new BodyPipeline(engine, (result) => this.keep(result), null, hashes, sha);
    this.certificates = new CertificateRows(new BodyHasher(engine, sha), certificateFiles);
  }

  /** Plays events of a batch, until it is enough for now. @returns whether all are played @throws RangeError when the batch is damaged */
  play(batch: BodyBatchReader, enough?: () => boolean): boolean {
    this.rethrow();
    const over = batch.play(this.pipeline, enough);
    this.drain(false);
    return over;
  }

  /** A chunk of the engine; those of other logs than files and cert are passed on as they are. */
  chunk(chunk: PackedChunk): void {
    // First, so that it is among what `discard` gives back.
    this.waiting.push(chunk);
    this.rethrow();
    this.drain(false);
  }

  /**
   * The capture is over: open bodies end, everything that waited is passed on. Answers how often each cap tripped.
   * @throws Error while a provider has digests under way
   */
  finish(): TrippedCaps {
    this.stopTimer();
    this.rethrow();
    this.pipeline.flush();
    if (this.pipeline.underWay) throw new Error('digests are under way');
    this.drain(true);
    this.results.clear();
    return { ...this.pipeline.tripped };
  }

  /** The same, once all digests are there. */
  async finishLater(): Promise<TrippedCaps> {
    this.pipeline.flush();
    await this.pipeline.settled();
    return this.finish();
  }

  /** Gives up: nothing is completed any more. Answers the chunks that waited. */
  discard(): PackedChunk[] {
    this.stopTimer();
    const left = this.waiting.splice(0);
    this.missing.clear();
    this.pipeline.flush();
    this.results.clear();
    return left;
  }

  private keep(result: BodyResult): void {
    this.results.set(result.body, result);
    if (this.missing.delete(result.body) && this.missing.size === 0) this.drain(false);
    if (this.results.size <= MAX_WAITING_RESULTS) return;
    const oldest = this.results.keys().next().value;
    if (oldest !== undefined) this.results.delete(oldest);
  }

  private drain(all: boolean): void {
    if (this.draining) return;
    this.draining = true;
    try {
      this.drainAll(all);
    } finally {
      this.draining = false;
    }
  }

  private drainAll(all: boolean): void {
    const ready: PackedChunk[] = [];
    for (let chunk = this.waiting[0]; chunk; chunk = this.waiting[0]) {
      if (chunk.log === LOG_FILES) {
        const bodies = bodiesOf(chunk);
        if (!all && this.misses(bodies)) break;
        ready.push(completeFilesChunk(chunk, this.results));
        for (const body of bodies) this.results.delete(body);
      } else if (chunk.log === LOG_CERT) {
        const { x509, files } = this.certificates.complete(chunk);
        ready.push(x509);
        if (files) ready.push(files);
      } else ready.push(chunk);
      this.waiting.shift();
    }
    if (ready.length > 0) this.forward(ready);
  }

  /** Whether results of these bodies are still to come; `keep` drains again when they are there. */
  private misses(bodies: readonly number[]): boolean {
    const { pipeline, missing } = this;
    missing.clear();
    // Most have ended and only wait to be hashed together.
    if (!bodies.some((body) => pipeline.isOpen(body))) this.settle();
    for (const body of bodies) if (pipeline.isComing(body)) missing.add(body);
    return missing.size > 0;
  }

  /** Has everything hashed that has ended: now, or when that was done not long ago, later. */
  private settle(): void {
    const now = performance.now();
    const wait = this.settledAt + SETTLE_MILLISECONDS - now;
    if (wait <= 0) {
      this.settledAt = now;
      this.pipeline.settle();
      return;
    }
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.settledAt = performance.now();
      try {
        this.pipeline.settle();
      } catch (error) {
        this.failure ??= error;
      }
    }, wait);
  }

  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** @throws what went wrong while nobody waited */
  private rethrow(): void {
    if (this.failure !== null) throw this.failure;
  }
}
