import { digestInstance } from '../web/body/instance';
import { BodyRunner } from '../web/body/runner';
import type { TrippedCaps } from '../web/body/body-state';
import { runCapture, type BodySink } from '../web/engine/run';
import { SCHEMAS, type LogName } from '../web/engine/schema';
import type { PackedChunk } from '../web/engine/chunk';
import type { ShareOf, Sharing } from '../web/engine/sharing';
import { applyDecodedLengths } from '../web/logs/decoded-lengths';
import { ChunkBudget, ChunkStore } from '../web/logs/chunk-store';
import { NODE_COLUMN_BYTES } from '../web/logs/spill';
import { LogTable } from '../web/logs/table';
import type { Analysed, AnalyseOptions } from './captures';
import { nodeSha } from './digests';
import { engineModule } from './engine';
import { TemporaryFile } from './spill';

/** Of all captures that are at hand at once. */
const budget = new ChunkBudget(NODE_COLUMN_BYTES);

/** What is analysed, with what only those ask who share a capture. */
export interface AnalysedIn extends Analysed {
  readonly tripped: TrippedCaps;
  /** Null when the capture was not shared, or the engine stopped at a fault. */
  readonly sharing: Sharing | null;
}

/** What decodes and hashes the bodies of one capture, and completes the chunks that need them. */
export interface BodyWork {
  readonly sink: BodySink;
  /** Waited for before each piece of the capture, so that bodies do not gather. */
  room?(): Promise<void>;
  /** The capture is over; resolves when all chunks are completed. */
  finish(): TrippedCaps | Promise<TrippedCaps>;
}

/** Makes it; `keep` gets the completed chunks. */
export type Bodies = (keep: (chunk: PackedChunk) => void) => BodyWork;

/**
 * Bodies decoded and hashed as they come, in this thread.
 * @param parts how many engines share the capture
 * @param logsOnly certificates get no rows of the files log, which it leaves out when it is written
 */
export function bodiesHere(module: WebAssembly.Module, hashes: boolean, parts = 1, logsOnly = false): Bodies {
  return (keep) => {
    const runner = new BodyRunner(digestInstance(module), (done) => done.forEach(keep), hashes, nodeSha, !logsOnly);
    const { pipeline } = runner;
    pipeline.parts = parts;
    return {
      sink: {
        begin: (body, encoding) => pipeline.begin(body, encoding),
        data: (body, bytes) => pipeline.data(body, bytes),
        gap: (body, length) => pipeline.gap(body, length),
        end: (body) => pipeline.end(body),
        chunk: (chunk) => runner.chunk(chunk),
      },
      finish: () => runner.finishLater(),
    };
  };
}

/** Analyses one capture in this thread, its bodies too when nobody else is given for them. */
export async function analyse(chunks: AsyncIterable<Uint8Array>, { hashes = true, logsOnly = false }: AnalyseOptions = {}, bodies?: Bodies): Promise<Analysed> {
  const module = await engineModule();
  return analyseIn(module, chunks, budget, bodies ?? bodiesHere(module, hashes, 1, logsOnly));
}

async function* whileRoom(chunks: AsyncIterable<Uint8Array>, room: () => Promise<void>): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    await room();
    yield chunk;
  }
}

/**
 * Analyses one capture, or its share of one.
 * @param held what columns may take in memory
 * @param bodies who works on the bodies
 */
export async function analyseIn(
  module: WebAssembly.Module, chunks: AsyncIterable<Uint8Array>, held: ChunkBudget, bodies: Bodies, share?: ShareOf,
): Promise<AnalysedIn> {
  const store = new ChunkStore(held, new TemporaryFile());
  const tables = new Map<LogName, LogTable>(SCHEMAS.map(({ name }) => [name, new LogTable(name, store)]));
  const keep = (chunk: PackedChunk): void => {
    const schema = SCHEMAS[chunk.log];
    if (schema) tables.get(schema.name)?.append(chunk);
  };
  const work = bodies(keep);
  const paced = work.room ? whileRoom(chunks, () => work.room?.() ?? Promise.resolve()) : chunks;
  const { outcome, counters, sharing } = await runCapture(module, paced, {
    chunk: keep,
    ...(share ? { share } : {}),
    packets: false, // nothing that the command line writes is made of them
    bodies: work.sink,
  });
  const tripped = await work.finish();
  const http = tables.get('http');
  const files = tables.get('files');
  if (http && files) applyDecodedLengths(http, files);
  return { tables, counters, outcome, store, tripped, sharing };
}
