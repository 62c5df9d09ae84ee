import { BodyLine } from './body-line';
import { BODY_BYTES_UNDER_WAY, type FromBody, type ToBody } from './body-messages';
import { fromBlob } from '../capture/source';
import { openCaptures, type InnerCapture } from '../capture/open';
import { bodyCaps } from '../body/caps';
import type { PackedChunk } from '../engine/chunk';
import { runCapture } from '../engine/run';
import type { AnalysisApi } from './api';
import type { EngineHost } from './engine-api';
import { way } from './give-way';
import { pause } from './pause';

/** Bytes of rows under way to the analysis before reading waits for it, which puts what is beyond its memory on disk. */
const MAX_APPEND_BYTES = 24 * 1024 * 1024;
/** Rows are handed over in messages of about so many bytes, or after so long: a message costs both workers as much as 100 KiB. */
const APPEND_BYTES = 1024 * 1024;
const APPEND_MILLISECONDS = 50;
const PROGRESS_MILLISECONDS = 100;
/** Bytes that the engine reads before messages are let in, at the most, and the time after which they are. */
const PIECE_BYTES = 1024 * 1024;
const LISTEN_MILLISECONDS = 5;

/** What the engine worker speaks to. */
export interface RunPorts {
  readonly analysis: Pick<AnalysisApi, 'append' | 'counters' | 'finish'>;
  toBody(message: ToBody, transfer: Transferable[]): void;
  /** Waits for `FromBody` messages of this capture. */
  onBody(listener: (message: FromBody) => void): () => void;
}

/** One file's run: its captures one after the other. */
export class FileRun {
  private stopping = false;
  /** Bytes of the engine's memory. */
  memory = 0;
  private readonly abort = new AbortController();

  constructor(private readonly module: WebAssembly.Module, private readonly ports: RunPorts, private readonly host: EngineHost) {}

  /** Ends the run with what there is. */
  stop(): void {
    this.stopping = true;
    this.abort.abort();
  }

  /** Reads everything in the file; answers when all rows have arrived at the analysis. */
  async run(file: File): Promise<void> {
    const set = openCaptures(fromBlob(file, file.name), {
      password: (name, wrong) => this.host.password(name, wrong), signal: this.abort.signal,
    });
    for await (const inner of set) {
      await this.capture(inner, file);
      if (this.stopping) return;
    }
    for (const problem of set.problems()) this.host.problem(problem);
  }

  private async capture(inner: InnerCapture, file: File): Promise<void> {
    const { analysis } = this.ports;
    const total = inner.bytesTotal ?? file.size;
    const id = await this.host.begin(inner.name, total, inner.locator);
    const progress = new ProgressMeter(id, total, this.host);
    let failed: Error | null = null;
    const appends = new Set<Promise<void>>();
    let appending = 0;
    let waiting: PackedChunk[] = [];
    let waitingBytes = 0;
    let handedOver = 0;
    const handOver = (): void => {
      if (waiting.length === 0) return;
      const size = waitingBytes;
      const sent = analysis.append(id, waiting).catch((error: unknown) => { failed ??= error instanceof Error ? error : new Error(String(error)); });
      waiting = [];
      waitingBytes = 0;
      handedOver = performance.now();
      appending += size;
      appends.add(sent);
      void sent.finally(() => { appending -= size; appends.delete(sent); });
    };
    const append = (chunk: PackedChunk): void => {
      waiting.push(chunk);
      waitingBytes += chunk.buffer.byteLength;
      if (waitingBytes >= APPEND_BYTES) handOver();
    };
    const bodies = new BodyLine(id, (message, transfer) => this.ports.toBody(message, transfer));
    const unlisten = this.ports.onBody((message) => {
      if (message.capture !== id) return;
      if (message.type === 'failed') this.host.problem(message.message);
      else bodies.receive(message);
    });
    let heard = performance.now();
    const chunks = async function* (this: FileRun): AsyncGenerator<Uint8Array, void> {
      for await (const chunk of inner.chunks) {
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
          yield chunk.subarray(at, at + PIECE_BYTES);
          // A stop, or that the page is used, is not to wait for a whole slice.
          if (performance.now() - heard >= LISTEN_MILLISECONDS) {
            await pause();
            heard = performance.now();
          }
          if (this.stopping) return;
          if (failed) throw failed;
          // While the page is in use one worker at a time is busy: engine, then bodies, then rows.
          const used = way.inUse();
          if (used) handOver();
          // Rows and bodies must not gather faster than they are worked off: memory is bounded.
          await bodies.room(used ? 0 : BODY_BYTES_UNDER_WAY);
          while (appending > (used ? 0 : MAX_APPEND_BYTES)) await Promise.race(appends);
          await way.rest();
        }
      }
    };
    try {
      const end = await runCapture(this.module, chunks.call(this), {
        chunk: append,
        bodies: bodies.sink,
        progress: (_, packets, flows, memory) => {
          this.memory = memory;
          if (performance.now() - handedOver >= APPEND_MILLISECONDS) handOver();
          progress.at(inner.bytesRead(), packets, flows);
        },
        stopped: () => this.stopping,
      });
      handOver();
      const worked = bodies.finish();
      await Promise.all(appends);
      const tripped = await worked;
      await analysis.counters(id, end.counters, end.undecodedLinks);
      const reading = inner.outcome();
      const stopped = this.stopping;
      const state = stopped ? 'stopped' : end.outcome.state === 'failed' || reading.state === 'failed' ? 'failed' : 'done';
      const messages = [...new Set([end.outcome.message, stopped ? '' : reading.message])].filter((text) => text !== '');
      const format = inner.container === 'plain' || end.outcome.format === '' ? end.outcome.format : `${end.outcome.format} in ${inner.container}`;
      await analysis.finish(id, { state, message: messages.join(' '), format, caps: bodyCaps(tripped) });
      this.host.end(id);
    } finally {
      handOver();
      unlisten();
      bodies.close();
    }
  }
}

/** Tells the page how far the run is, ten times a second at the most. */
class ProgressMeter {
  private readonly began = performance.now();
  private last = 0;
  /** A second's worth of places, for the rate. */
  private marks: { time: number; bytes: number }[] = [];

  constructor(private readonly capture: number, private readonly total: number, private readonly host: EngineHost) {}

  at(bytes: number, packets: number, flows: number): void {
    const now = performance.now();
    if (now - this.last < PROGRESS_MILLISECONDS) return;
    this.last = now;
    this.marks.push({ time: now, bytes });
    while (this.marks.length > 2 && (this.marks[0]?.time ?? now) < now - 1000) this.marks.shift();
    const first = this.marks.length > 1 ? this.marks[0] : { time: this.began, bytes: 0 };
    const seconds = (now - (first?.time ?? this.began)) / 1000;
    const rate = seconds > 0 ? (bytes - (first?.bytes ?? 0)) / seconds : 0;
    const left = rate > 0 && this.total > 0 ? Math.max(0, (this.total - bytes) / rate) : null;
    this.host.progress({ capture: this.capture, bytes, total: this.total, packets, flows, rate, seconds_left: left });
  }
}
