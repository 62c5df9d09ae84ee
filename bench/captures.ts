import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../scripts/lib/paths.mjs';
import { run } from '../scripts/lib/run.mjs';
import { GENERATOR_VERSION, generateFile, TRAFFIC, type Traffic } from './generate/index';
import { countPackets } from './lib/scan';
import type { CaptureFile } from './sides/side';

/** Where captures are kept from one run to the next. */
export const CACHE = at('.cache', 'bench');
/** Makes the mixed capture out of recorded traffic; found only where the corpus lies beside the project. */
const CORPUS_TOOL = at('..', 'shared', 'tools', 'bench-capture.mjs');

export interface Wanted { readonly name: string; readonly traffic: Traffic; readonly bytes: number }

export interface BenchCapture extends CaptureFile {
  readonly name: string;
  /** What is in it and where it comes from. */
  readonly story: string;
}

/** `100M`, `1G`, `10G` in powers of two; NaN when it is none. */
export function bytesFrom(text: string): number {
  const found = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(text);
  return found ? Math.round(Number(found[1]) * { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[(found[2] ?? '').toUpperCase() as '' | 'K' | 'M' | 'G']) : NaN;
}

/** `1G`, `400M`: the size in the words that `bytesFrom` takes. */
export const sizeName = (bytes: number): string =>
  (bytes % 2 ** 30 === 0 ? `${bytes / 2 ** 30}G` : bytes % 2 ** 20 === 0 ? `${bytes / 2 ** 20}M` : bytes % 2 ** 10 === 0 ? `${bytes / 2 ** 10}K` : String(bytes));

/** Makes a capture unless it is kept from before; leaves it in the page cache. @throws Error when it cannot be made */
export function findOrMake({ name, traffic, bytes }: Wanted): BenchCapture {
  const recorded = traffic === 'mixed' && existsSync(CORPUS_TOOL);
  const maker = recorded ? `corpus ${statSync(CORPUS_TOOL).size}` : `own ${GENERATOR_VERSION}`;
  const stem = join(CACHE, `${traffic}-${sizeName(bytes)}`);
  const path = `${stem}.pcap`;
  const stamp = `${stem}.made`;
  if (!existsSync(path) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== maker) {
    console.log(`Making ${traffic} traffic of ${sizeName(bytes)}B (${recorded ? 'recorded traffic by bench-capture.mjs' : 'the project\'s own generator'})`);
    mkdirSync(CACHE, { recursive: true });
    rmSync(stamp, { force: true });
    const unfinished = `${path}.part`;
    if (!recorded) generateFile(traffic, bytes, unfinished);
    else if (run(process.execPath, [CORPUS_TOOL, '--size', sizeName(bytes), '--out', unfinished], { stdio: ['ignore', 'ignore', 'inherit'] }) !== 0) throw new Error(`${CORPUS_TOOL} failed`);
    renameSync(unfinished, path);
    writeFileSync(stamp, maker);
  }
  const story = recorded ? 'recorded traffic of many kinds, repeated with other addresses until it has the size' : TRAFFIC[traffic];
  return { name, story, path, ...countPackets(path) };
}

/** Takes a capture away again. */
export function forget({ path }: Pick<BenchCapture, 'path'>): void {
  rmSync(path, { force: true });
  rmSync(path.replace(/\.pcap$/, '.made'), { force: true });
}
