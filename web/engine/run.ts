import { BODY_BEGIN, BODY_DATA, BODY_GAP, OPTION_PACKET_LOG } from '../../assembly/abi/enums';
import { LOG_CERT, LOG_FILES } from '../../assembly/abi/logs';
import type { PackedChunk } from './chunk';
import { Engine, EngineTrap, type UndecodedLink } from './instance';
import type { ShareOf, Sharing } from './sharing';
import { outcomeOf, stoppedOutcome, type Outcome } from './outcome';

/** Takes body events and the chunks that need them; BodyRunner of web/body is one, a port to the body worker another. */
export interface BodySink {
  begin(body: number, encoding: number): void;
  /** `bytes` are borrowed. */
  data(body: number, bytes: Uint8Array): void;
  gap(body: number, length: number): void;
  end(body: number): void;
  /** A chunk of LOG_FILES or LOG_CERT, after the events of its bodies. */
  chunk(chunk: PackedChunk): void;
}

/** What a run gives, and when. */
export interface RunSink {
  /** Rows of every log but files and cert, which go to `bodies`. */
  chunk(chunk: PackedChunk): void;
  readonly bodies: BodySink;
  /** After each piece of input: bytes of the capture, packets and flows so far, bytes of the engine's memory. */
  progress?(bytes: number, packets: number, flows: number, memory: number): void;
  /** Asked before each piece of input: true ends the run with what there is. */
  stopped?(): boolean;
  /** False: no rows of the packet log, which has one for every packet. */
  readonly packets?: boolean;
  /** Given: this engine is one of several that share the capture, and its rows are those of its part. */
  readonly share?: ShareOf;
}

export interface RunEnd {
  readonly outcome: Outcome;
  readonly counters: BigUint64Array;
  readonly undecodedLinks: readonly UndecodedLink[];
  /** Of one that shared the capture: what is compared with the others; null after a trap. */
  readonly sharing: Sharing | null;
}

/** A seed for the hash of flows, which nobody can know before. */
export function randomSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** Milliseconds between two hand-overs of rows while a capture is read, so that views fill. */
const FLUSH_MILLISECONDS = 400;

/**
 * Reads one capture from start to end through an engine of its own. A trap ends it as `failed` with what was done so far
 * handed over; an error of the source is thrown.
 */
export async function runCapture(module: WebAssembly.Module, chunks: AsyncIterable<Uint8Array>, sink: RunSink): Promise<RunEnd> {
  const { bodies } = sink;
  const engine = new Engine(module, {
    chunk: (chunk) => {
      if (chunk.log === LOG_FILES || chunk.log === LOG_CERT) bodies.chunk(chunk);
      else sink.chunk(chunk);
    },
    body: (kind, body, value, bytes) => {
      if (kind === BODY_DATA) bodies.data(body, bytes);
      else if (kind === BODY_BEGIN) bodies.begin(body, value);
      else if (kind === BODY_GAP) bodies.gap(body, value >>> 0);
      else bodies.end(body);
    },
  });
  if (sink.packets === false) engine.configure(OPTION_PACKET_LOG, 0);
  if (sink.share) engine.share(sink.share);
  engine.begin(sink.share?.seed ?? randomSeed());
  let read = 0;
  // The first rows are handed over at once.
  let handedOver = -Infinity;
  try {
    for await (const chunk of chunks) {
      if (sink.stopped?.() === true) break;
      engine.push(chunk);
      read += chunk.length;
      const now = performance.now();
      // Before the figures are told: what is said to be read is there, whatever happens next.
      if (now - handedOver > FLUSH_MILLISECONDS) {
        engine.flush();
        handedOver = now;
      }
      sink.progress?.(read, engine.packets, engine.flows, engine.memoryBytes);
    }
    let outcome: Outcome;
    if (sink.stopped?.() === true) {
      engine.end();
      outcome = stoppedOutcome(engine);
    } else outcome = outcomeOf(engine, engine.finish());
    return { outcome, counters: engine.counters(), undecodedLinks: engine.undecodedLinks(), sharing: sink.share ? engine.sharing() : null };
  } catch (error) {
    if (!(error instanceof EngineTrap)) throw error;
    return {
      outcome: {
        state: 'failed', format: engine.format,
        message: `${error.message} What was found before it is kept. This is a fault of Capsift: please report it.`,
      },
      counters: engine.counters(), undecodedLinks: engine.undecodedLinks(), sharing: null,
    };
  }
}
