import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseIn, bodiesHere } from '../../cli/analyse';
import { whyAgain } from '../../cli/threads/compare';
import { mergeLines, type LineSink } from '../../cli/threads/merge';
import { CaptureShare } from '../../cli/threads/share';
import { openCaptures } from '../../web/capture/open';
import { fromBytes } from '../../web/capture/source';
import { sumCounters } from '../../web/engine/sharing';
import { ChunkBudget } from '../../web/logs/chunk-store';
import { WRITTEN_LOGS, type WrittenLog } from '../../web/logs/fields';
import { ZeekWriter } from '../../web/logs/zeek-writer';
import { engineModule } from '../support/engine';

const CAPTURES = fileURLToPath(new URL('../../fixtures/captures/', import.meta.url));
const NAMES = readdirSync(CAPTURES).filter((name) => /\.(pcap|pcapng|gz|zst)$/.test(name));
const FORMATS = ['json', 'tsv'] as const;

interface Result { readonly logs: ReadonlyMap<string, string>; readonly counters: readonly bigint[]; readonly outcome: unknown }

class Memory implements LineSink {
  private readonly parts: Buffer[] = [];
  readonly full = false;
  put(bytes: Uint8Array): void { this.parts.push(Buffer.from(bytes)); }
  flush(): Promise<void> { return Promise.resolve(); }
  get text(): string { return Buffer.concat(this.parts).toString('latin1'); }
}

/** The bytes of a capture, unpacked. */
async function bytesOf(name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const inner of openCaptures(fromBytes(readFileSync(join(CAPTURES, name)), name))) {
    for await (const chunk of inner.chunks) parts.push(chunk.slice());
    break;
  }
  return Buffer.concat(parts);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function alone(bytes: Uint8Array): Promise<Result> {
  const { tables, counters, outcome, store } = await analyseIn(engineModule(), inPieces(bytes, 1 << 16), new ChunkBudget(), bodiesHere(engineModule(), true));
  const logs = new Map<string, string>();
  const writer = new ZeekWriter(engineModule(), tables);
  for (const format of FORMATS) {
    for (const log of WRITTEN_LOGS) logs.set(`${log}.${format}`, Array.from(writer[format](log), (block) => Buffer.from(block).toString('latin1')).join(''));
  }
  store.close();
  return { logs, counters: [...counters], outcome };
}

/** What the threads do, in this one. */
async function shared(bytes: Uint8Array, shares: number, size: number, seed: number): Promise<{ again: string; result: Result }> {
  const budget = new ChunkBudget();
  const parts = Array.from({ length: shares }, (_, share) => new CaptureShare(engineModule(), budget, true, { shares, share, seed }));
  for (let at = 0; at < bytes.length; at += size) for (const part of parts) part.give(bytes.subarray(at, at + size), () => undefined);
  const ends = await Promise.all(parts.map((part) => part.finish()));
  const again = await whyAgain(ends, {
    strays: () => Promise.resolve(parts.map((part) => part.strays())),
    met: (keys) => Promise.resolve(parts.map((part, i) => part.met(keys[i] ?? new Float64Array(0))).includes(true)),
  });
  const logs = new Map<string, string>();
  for (const format of FORMATS) {
    for (const log of WRITTEN_LOGS) {
      const lines = async function* (part: CaptureShare, which: WrittenLog): AsyncGenerator { yield* await Promise.resolve(part.lines(which, format)); };
      const sink = new Memory();
      await mergeLines(parts.map((part) => lines(part, log) as never), sink);
      logs.set(`${log}.${format}`, sink.text);
    }
  }
  for (const part of parts) part.drop();
  return { again, result: { logs, counters: [...sumCounters(ends.map((end) => end.counters))], outcome: ends[0]?.outcome } };
}

describe('engines that share a capture', () => {
  it('give the rows of one, or say that one has to read it again', async () => {
    let equal = 0;
    const reasons: string[] = [];
    for (const [place, name] of NAMES.entries()) {
      const bytes = await bytesOf(name);
      const expected = await alone(bytes);
      // An engine takes a while to begin: all numbers of them for a few captures.
      for (const shares of name === 'incident.pcapng' || /^(frag|recorded)/.test(name) ? [2, 3, 5] : [[2, 3, 5][place % 3] ?? 2]) {
        const [seed, size] = fc.sample(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 70_000 })), 1)[0] ?? [1, 1000];
        const { again, result } = await shared(bytes, shares, bytes.length > 100_000 ? 4096 + size : size, seed);
        if (again !== '') { reasons.push(`${name}: ${again}`); continue; }
        expect({ name, shares, seed, size, ...result }).toEqual({ name, shares, seed, size, ...expected });
        equal++;
      }
    }
    // Few captures have the same flow in a tunnel and outside of it, and none of ours reaches a cap.
    expect(reasons.filter((reason) => !/tunnel/.test(reason))).toEqual([]);
    expect(reasons.length).toBeLessThan(equal / 10);
  }, 300_000);
});
