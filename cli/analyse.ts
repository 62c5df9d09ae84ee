import { digestInstance } from '../web/body/instance';
import { BodyRunner } from '../web/body/runner';
import type { TrippedCaps } from '../web/body/pipeline';
import { runCapture } from '../web/engine/run';
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

/** Analyses one capture in this thread: bodies are decoded and hashed as they come. */
export async function analyse(chunks: AsyncIterable<Uint8Array>, { hashes = true }: AnalyseOptions = {}): Promise<Analysed> {
  return analyseIn(await engineModule(), chunks, budget, hashes);
}

/**
 * Analyses one capture, or its share of one.
 * @param held what columns may take in memory
 * @param hashes whether bodies are hashed
 */
export async function analyseIn(
  module: WebAssembly.Module, chunks: AsyncIterable<Uint8Array>, held: ChunkBudget, hashes = true, share?: ShareOf,
): Promise<AnalysedIn> {
  const store = new ChunkStore(held, new TemporaryFile());
  const tables = new Map<LogName, LogTable>(SCHEMAS.map(({ name }) => [name, new LogTable(name, store)]));
  const keep = (chunk: PackedChunk): void => {
    const schema = SCHEMAS[chunk.log];
    if (schema) tables.get(schema.name)?.append(chunk);
  };
  const runner = new BodyRunner(digestInstance(module), (done) => done.forEach(keep), hashes, nodeSha);
  const { pipeline } = runner;
  pipeline.parts = share?.shares ?? 1;
  const { outcome, counters, sharing } = await runCapture(module, chunks, {
    chunk: keep,
    ...(share ? { share } : {}),
    packets: false, // nothing that the command line writes is made of them
    bodies: {
      begin: (body, encoding) => pipeline.begin(body, encoding),
      data: (body, bytes) => pipeline.data(body, bytes),
      gap: (body, length) => pipeline.gap(body, length),
      end: (body) => pipeline.end(body),
      chunk: (chunk) => runner.chunk(chunk),
    },
  });
  const tripped = runner.finish();
  const http = tables.get('http');
  const files = tables.get('files');
  if (http && files) applyDecodedLengths(http, files);
  return { tables, counters, outcome, store, tripped, sharing };
}
