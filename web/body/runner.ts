import { LOG_CERT, LOG_FILES } from '../../assembly/abi/logs';
import type { PackedChunk } from '../engine/chunk';
import { readBatch } from './batch';
import { CertificateRows } from './certificate-rows';
import type { DigestExports } from './digest';
import { bodiesOf, completeFilesChunk } from './files';
import { BodyPipeline, type BodyResult, type TrippedCaps } from './pipeline';

/** Results that wait for their row; the engine writes the row with the body's end, so few ever do. */
export const MAX_WAITING_RESULTS = 262_144;

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

  /** @param hashes whether bodies are hashed; certificates always are, they are known by it */
  constructor(engine: DigestExports, private readonly forward: (chunks: PackedChunk[]) => void, hashes = true) {
    this.pipeline = new BodyPipeline(engine, (result) => this.keep(result), null, hashes);
    this.certificates = new CertificateRows(engine);
  }

  /** Events packed by BodyBatchWriter. @throws RangeError when the buffer is no batch */
  batch(buffer: ArrayBuffer): void {
    readBatch(buffer, this.pipeline);
    this.drain(false);
  }

  /** A chunk of the engine; those of other logs than files and cert are passed on as they are. */
  chunk(chunk: PackedChunk): void {
    this.waiting.push(chunk);
    this.drain(false);
  }

  /** The capture is over: open bodies end, everything that waited is passed on. Answers how often each cap tripped. */
  finish(): TrippedCaps {
    this.pipeline.flush();
    this.drain(true);
    this.results.clear();
    return { ...this.pipeline.tripped };
  }

  /** Gives up: nothing is completed any more. Answers the chunks that waited. */
  discard(): PackedChunk[] {
    const left = this.waiting.splice(0);
    this.pipeline.flush();
    this.results.clear();
    return left;
  }

  private keep(result: BodyResult): void {
    this.results.set(result.body, result);
    if (this.results.size <= MAX_WAITING_RESULTS) return;
    const oldest = this.results.keys().next().value;
    if (oldest !== undefined) this.results.delete(oldest);
  }

  private drain(all: boolean): void {
    const ready: PackedChunk[] = [];
    for (let chunk = this.waiting[0]; chunk; chunk = this.waiting[0]) {
      if (chunk.log === LOG_FILES) {
        const bodies = bodiesOf(chunk);
        if (!all && bodies.some((body) => this.pipeline.isOpen(body))) break;
        ready.push(completeFilesChunk(chunk, this.results));
        for (const body of bodies) this.results.delete(body);
      } else if (chunk.log === LOG_CERT) {
        const { x509, files } = this.certificates.complete(chunk);
        ready.push(x509, files);
      } else ready.push(chunk);
      this.waiting.shift();
    }
    if (ready.length > 0) this.forward(ready);
  }
}
