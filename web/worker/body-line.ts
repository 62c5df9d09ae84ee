import { BodyBatchWriter } from '../body/batch';
import type { TrippedCaps } from '../body/body-state';
import type { BodySink } from '../engine/run';
import { BODY_BYTES_UNDER_WAY, type FromBody, type ToBody } from './body-messages';

/** The engine's end of the line to a body worker (BodyService), for one capture. */
export class BodyLine {
  /** What the engine's body events and the chunks that need them go to. */
  readonly sink: BodySink;
  private readonly batches: BodyBatchWriter;
  private underWay = 0;
  private tripped: TrippedCaps | null = null;
  private failure: Error | null = null;
  private wake: (() => void) | null = null;

  constructor(private readonly capture: number, private readonly send: (message: ToBody, transfer: ArrayBuffer[]) => void) {
    const batches = new BodyBatchWriter((batch) => {
      this.underWay += batch.byteLength;
      send({ type: 'batch', capture, batch }, [batch]);
    });
    this.batches = batches;
    this.sink = {
      begin: (body, encoding) => batches.begin(body, encoding),
      data: (body, bytes) => batches.data(body, bytes),
      gap: (body, length) => batches.gap(body, length),
      end: (body) => batches.end(body),
      chunk: (chunk) => {
        batches.flush();
        send({ type: 'chunks', capture, chunks: [chunk] }, [chunk.buffer]);
      },
    };
  }

  /** Takes what the worker answers for this capture; `failed` is left to the caller (`fail`). */
  receive(message: FromBody): void {
    if (message.type === 'taken') {
      this.underWay -= message.batch.byteLength;
      this.batches.again(message.batch);
    } else if (message.type === 'finished') this.tripped = message.tripped;
    this.wake?.();
  }

  /** Nothing more comes from the worker: whoever waits gets the error. */
  fail(error: Error): void {
    this.failure ??= error;
    this.wake?.();
  }

  /** Waits until no more than `bytes` are under way. @throws what `fail` was told */
  async room(bytes = BODY_BYTES_UNDER_WAY): Promise<void> {
    await this.until(() => this.underWay <= bytes);
  }

  /** The capture is over: resolves when all its chunks have been passed on. @throws what `fail` was told */
  async finish(): Promise<TrippedCaps> {
    this.batches.flush();
    this.send({ type: 'finish', capture: this.capture }, []);
    await this.until(() => this.tripped !== null);
    return this.tripped!;
  }

  /** Tells the worker that nothing more comes, unless it has ended by itself. */
  close(): void {
    if (!this.tripped) this.send({ type: 'drop', capture: this.capture }, []);
  }

  private async until(reached: () => boolean): Promise<void> {
    for (;;) {
      if (this.failure) throw this.failure;
      if (reached()) return;
      await new Promise<void>((resolve) => { this.wake = resolve; });
      this.wake = null;
    }
  }
}
