import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../scripts/lib/paths.mjs';
import { run, type Ended } from './lib/child';
import { markdownTable } from './lib/report';
import { pageMemory, type PageMemory } from './page-memory';

/** What is poured in, made as it is read; bench/generate/flood.mjs says what it is. */
export const FLOODS = [
  { kind: 'syn-flood', count: 10_000_000, words: 'SYN packets, each of an address of its own' },
  { kind: 'flows', count: 1_000_000, words: 'connections that are all open at once' },
  { kind: 'downloads', count: 1000, words: 'downloads of 1 MiB with interleaved segments' },
] as const;

/** What the command line may take at most, in bytes. */
export const NODE_MEMORY = 1024 * 1024 * 1024;

export interface Flooded { readonly words: string; readonly ended: Ended; readonly packets: number; readonly caps: readonly string[] }

/** Pours a flood into our command line. @param share of the full count @throws Error when it fails */
export async function flood({ kind, count, words }: (typeof FLOODS)[number], share: number, folder: string): Promise<Flooded> {
  const wanted = Math.round(count * share);
  // The shell becomes the command line, whose memory is measured; the flood comes from a process beside it.
  const ended = await run('bash', [
    '-c', 'exec "$1" "$2" logs - --format json --out "$3" --coverage < <(exec "$1" "$4" "$5" "$6")', 'bash',
    process.execPath, at('dist/cli/capsift.js'), join(folder, 'logs'), at('bench/generate/flood.mjs'), kind, String(wanted),
  ]);
  const line = ended.stderr.split('\n').find((text) => text.startsWith('{'));
  if (ended.code !== 0 || line === undefined) throw new Error(`${kind} ended with ${ended.code}: ${ended.stderr.trim()}`);
  const { packets, coverage } = JSON.parse(line) as { readonly packets: number; readonly coverage: readonly { readonly what: string; readonly kind: string; readonly count?: number }[] };
  return {
    words: `${wanted.toLocaleString('en')} ${words}`, ended, packets,
    caps: coverage.filter((one) => one.kind === 'cap').map((one) => `${one.what.replace(/^Cap: /, '')} ${(one.count ?? 0).toLocaleString('en')} ×`),
  };
}

/** Pours a flood into a file, and opens that in the page. @param share of the full count @throws Error when it fails */
export async function floodPage({ kind, count, words }: (typeof FLOODS)[number], share: number, folder: string): Promise<PageMemory> {
  const wanted = Math.round(count * share);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${kind}.pcap`);
  const file = openSync(path, 'w');
  const { status } = spawnSync(process.execPath, [at('bench/generate/flood.mjs'), kind, String(wanted)], { stdio: ['ignore', file, 'inherit'] });
  closeSync(file);
  if (status !== 0) throw new Error(`${kind} could not be made`);
  return pageMemory(path, `${wanted.toLocaleString('en')} ${words}`);
}

export const floodTable = (list: readonly Flooded[]): string => markdownTable(
  ['flood', 'packets', 's', 'CPU s', 'peak MiB', 'of 1 GiB', 'caps that tripped'],
  list.map(({ words, packets, ended, caps }) => [
    words, packets.toLocaleString('en'), (ended.wall / 1000).toFixed(1), (ended.cpu / 1000).toFixed(1), (ended.memory / 2 ** 20).toFixed(0),
    ended.memory <= NODE_MEMORY ? 'held' : 'MISSED', caps.join(', ') || 'none',
  ]),
);
