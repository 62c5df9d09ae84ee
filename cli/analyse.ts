import loadEngine from '../build/engine.wasm?bytes';
import { digestInstance } from '../web/body/instance';
import { BodyRunner } from '../web/body/runner';
import { runCapture } from '../web/engine/run';
import { SCHEMAS, type LogName } from '../web/engine/schema';
import type { PackedChunk } from '../web/engine/chunk';
import { applyDecodedLengths } from '../web/logs/decoded-lengths';
import { LogTable } from '../web/logs/table';
import type { Analysed } from './captures';

let compiled: Promise<WebAssembly.Module> | null = null;

/** Analyses one capture in this thread: bodies are decoded and hashed as they come. */
export async function analyse(chunks: AsyncIterable<Uint8Array>): Promise<Analysed> {
  compiled ??= loadEngine().then((bytes) => WebAssembly.compile(bytes));
  const module = await compiled;
  const tables = new Map<LogName, LogTable>(SCHEMAS.map(({ name }) => [name, new LogTable(name)]));
  const keep = (chunk: PackedChunk): void => {
    const schema = SCHEMAS[chunk.log];
    if (schema) tables.get(schema.name)?.append(chunk);
  };
  const runner = new BodyRunner(digestInstance(module), (done) => done.forEach(keep));
  const { pipeline } = runner;
  const { outcome, counters } = await runCapture(module, chunks, {
    chunk: keep,
    packets: false, // nothing that the command line writes is made of them
    bodies: {
      begin: (body, encoding) => pipeline.begin(body, encoding),
      data: (body, bytes) => pipeline.data(body, bytes),
      gap: (body, length) => pipeline.gap(body, length),
      end: (body) => pipeline.end(body),
      chunk: (chunk) => runner.chunk(chunk),
    },
  });
  runner.finish();
  const http = tables.get('http');
  const files = tables.get('files');
  if (http && files) applyDecodedLengths(http, files);
  return { tables, counters, outcome };
}
