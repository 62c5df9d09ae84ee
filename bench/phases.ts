import { readFileSync } from 'node:fs';
import { at } from '../scripts/lib/paths.mjs';
import { nodeSha } from '../cli/digests';
import { fromFile } from '../cli/source';
import { linesOf, type LineBatch } from '../cli/threads/lines';
import { mergeLines } from '../cli/threads/merge';
import { digestInstance } from '../web/body/instance';
import { BodyRunner } from '../web/body/runner';
import { prepareDecoders } from '../web/decode/instance';
import { SCHEMAS, type LogName } from '../web/engine/schema';
import { randomSeed, runCapture } from '../web/engine/run';
import type { ShareOf } from '../web/engine/sharing';
import { WRITTEN_LOGS } from '../web/logs/fields';
import { LogTable } from '../web/logs/table';
import { ZeekWriter } from '../web/logs/zeek-writer';
import { run } from './lib/child';
import type { Phases } from './lib/model';

/** How many engines the parts are measured with. */
const SHARES = 2;

interface Part { readonly milliseconds: number; readonly lines: number; readonly batches: ReadonlyMap<string, readonly LineBatch[]> }

/** One engine's share of a capture, then its lines. */
async function part(module: WebAssembly.Module, path: string, share: ShareOf): Promise<Part> {
  const began = performance.now();
  const tables = new Map<LogName, LogTable>(SCHEMAS.map(({ name }) => [name, new LogTable(name)]));
  const runner = new BodyRunner(digestInstance(module), (chunks) => chunks.forEach((chunk) => tables.get(SCHEMAS[chunk.log]!.name)?.append(chunk)), true, nodeSha);
  const { pipeline } = runner;
  pipeline.parts = share.shares;
  const { sharing } = await runCapture(module, (await fromFile(path)).stream(), {
    chunk: (chunk) => tables.get(SCHEMAS[chunk.log]!.name)?.append(chunk),
    share, packets: false,
    bodies: {
      begin: (body, encoding) => pipeline.begin(body, encoding), data: (body, bytes) => pipeline.data(body, bytes),
      gap: (body, length) => pipeline.gap(body, length), end: (body) => pipeline.end(body), chunk: (chunk) => runner.chunk(chunk),
    },
  });
  await runner.finishLater();
  const analysed = performance.now();
  const writer = new ZeekWriter(module, tables);
  const batches = new Map(WRITTEN_LOGS.map((log) => [log, [...linesOf(log, tables, writer, 'json', sharing?.late ?? [])]] as const));
  return { milliseconds: analysed - began, lines: performance.now() - analysed, batches };
}

async function* one(batches: readonly LineBatch[]): AsyncGenerator<LineBatch, void> {
  for (const batch of batches) yield await Promise.resolve(batch);
}

/** Takes a capture apart into the phases of engines that share it, one after the other in this thread. */
export async function measurePhases(path: string, reading: number): Promise<Phases> {
  const module = await WebAssembly.compile(readFileSync(at('build/engine.wasm')));
  prepareDecoders(module);
  const seed = randomSeed();
  // Code is compiled by then, as it is for most of a long run.
  await part(module, path, { shares: 1, share: 0, seed });
  const whole = await part(module, path, { shares: 1, share: 0, seed });
  const parts: Part[] = [];
  for (let share = 0; share < SHARES; share++) parts.push(await part(module, path, { shares: SHARES, share, seed }));
  const sum = parts.reduce((all, { milliseconds }) => all + milliseconds, 0);
  const merging = performance.now();
  for (const log of WRITTEN_LOGS) {
    await mergeLines(parts.map(({ batches }) => one(batches.get(log) ?? [])), { full: false, put: () => undefined, flush: () => Promise.resolve() });
  }
  const merged = performance.now() - merging;
  const started = await run(process.execPath, [at('dist/cli/capsift.js'), '--version']);
  return {
    start: started.wall, reading, analysis: whole.milliseconds,
    // Each of n engines does it: n parts take n − 1 times that more than one engine does.
    framing: Math.max(0, sum - whole.milliseconds) / (SHARES - 1), lines: whole.lines, merging: merged,
  };
}
