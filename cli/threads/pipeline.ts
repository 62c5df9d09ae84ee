import { Worker } from 'node:worker_threads';
import type { PackedChunk } from '../../web/engine/chunk';
import { BodyLine } from '../../web/worker/body-line';
import type { ToBody } from '../../web/worker/body-messages';
import { analyse, type BodyWork } from '../analyse';
import type { Analysed, AnalyseOptions } from '../captures';
import type { BodyWorkerSetting, FromBodyWorker } from './messages';

/** One capture's bodies on their way to the worker and back. */
interface Run {
  readonly line: BodyLine;
  readonly keep: (chunk: PackedChunk) => void;
}

/**
 * Two threads: this one reads, runs the engine and keeps the rows, a worker decodes and hashes the bodies. One engine sees
 * every packet, so that nothing has to be read twice.
 */
export class Pipeline {
  private readonly worker: Worker;
  private readonly runs = new Map<number, Run>();
  private failure: Error | null = null;
  private captures = 0;

  /** @param entry the program, which calls `work` in a worker */
  constructor(entry: URL, module: WebAssembly.Module) {
    const workerData: BodyWorkerSetting = { job: 'bodies', module };
    // eslint-disable-next-line no-restricted-syntax -- Node's workers know no Content-Security-Policy
    this.worker = new Worker(entry, { workerData });
    this.worker.on('message', (message: FromBodyWorker) => this.receive(message));
    this.worker.on('error', (error: Error) => this.fail(new Error(`A thread of the analysis broke off: ${error.message}`)));
    this.worker.on('exit', (code) => this.fail(new Error(`A thread of the analysis ended before its time (${code}).`)));
  }

  /** Reads a capture. An error of the worker is thrown. */
  async analyse(chunks: AsyncIterable<Uint8Array>, options: AnalyseOptions = {}): Promise<Analysed> {
    const capture = this.captures++;
    try {
      return await analyse(chunks, options, (keep) => this.begin(capture, options.hashes ?? true, keep));
    } finally {
      this.runs.get(capture)?.line.close();
      this.runs.delete(capture);
    }
  }

  /** Ends the worker. */
  async end(): Promise<void> {
    await this.worker.removeAllListeners('exit').terminate();
  }

  private begin(capture: number, hashes: boolean, keep: (chunk: PackedChunk) => void): BodyWork {
    const send = (message: ToBody, transfer: ArrayBuffer[]): void => this.worker.postMessage(message, transfer);
    const line = new BodyLine(capture, send);
    this.runs.set(capture, { line, keep });
    if (this.failure) line.fail(this.failure);
    send({ type: 'begin', capture, hashes }, []);
    return { sink: line.sink, room: () => line.room(), finish: () => line.finish() };
  }

  private receive(message: FromBodyWorker): void {
    if (message.type === 'failed') {
      this.fail(new Error(message.message));
      return;
    }
    const run = this.runs.get(message.capture);
    if (!run) return;
    if (message.type === 'chunks') message.chunks.forEach(run.keep);
    else run.line.receive(message);
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { line } of this.runs.values()) line.fail(this.failure);
  }
}
