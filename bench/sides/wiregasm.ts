import { closeSync, existsSync, mkdirSync, openSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { at } from '../../scripts/lib/paths.mjs';
import { npm } from '../../scripts/lib/run.mjs';
import { run } from '../lib/child';
import type { Side } from './side';

const PACKAGE = '@goodtools/wiregasm';
const VERSION = '1.9.1';
/** It takes a capture into memory whole and some megabytes a second. */
export const WIREGASM_BYTES = 20 * 1024 * 1024;

/**
 * The folder with wiregasm. It is GPL: installed for measuring only, outside of the project's packages, never bundled.
 * Null when it cannot be installed.
 */
function installed(): string | null {
  const folder = at('.cache', 'bench', 'wiregasm');
  const dist = join(folder, 'node_modules', PACKAGE, 'dist');
  if (existsSync(join(dist, 'wiregasm.wasm'))) return dist;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  console.log(`Installing ${PACKAGE} ${VERSION} into .cache/bench (GPL-2.0, for measuring only).`);
  npm(['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', `${PACKAGE}@${VERSION}`]);
  return existsSync(join(dist, 'wiregasm.wasm')) ? dist : null;
}

/** The first whole packets of a little-endian pcap that fit into `bytes`, as a file of their own. @returns its size */
export function cutCapture(path: string, bytes: number, out: string): number {
  const size = Math.min(bytes, statSync(path).size);
  const buffer = Buffer.alloc(size);
  const from = openSync(path, 'r');
  try {
    readSync(from, buffer, 0, size, 0);
  } finally {
    closeSync(from);
  }
  let end = 24;
  while (end + 16 <= size && end + 16 + buffer.readUInt32LE(end + 8) <= size) end += 16 + buffer.readUInt32LE(end + 8);
  const to = openSync(out, 'w');
  try {
    for (let done = 0; done < end;) done += writeSync(to, buffer, done, end - done);
  } finally {
    closeSync(to);
  }
  return end;
}

/** Wireshark's dissectors as WebAssembly, in the same V8. */
export function wiregasm(): Side {
  let dist: string | null | undefined;
  return {
    name: 'wiregasm', absent: null,
    does: `${PACKAGE} ${VERSION} (Wireshark as WebAssembly) in Node, on the first ${WIREGASM_BYTES >> 20} MiB, because it holds all in memory: \`load()\` and the table of TCP conversations; its start is not counted`,
    async measure({ path }, folder) {
      dist ??= installed();
      if (!dist) throw new Error(`${PACKAGE} could not be installed`);
      mkdirSync(folder, { recursive: true });
      const capture = join(folder, 'cut.pcap');
      const bytes = cutCapture(path, WIREGASM_BYTES, capture);
      const ended = await run(process.execPath, [at('bench/sides/wiregasm-run.mjs'), dist, capture]);
      if (ended.code !== 0) throw new Error(`wiregasm ended with ${ended.code}: ${ended.stderr.trim().slice(-500)}`);
      const found = JSON.parse(ended.stdout.trim().split('\n').at(-1) ?? '') as { readonly code: number; readonly error: string; readonly load: number; readonly tap: number };
      if (found.code !== 0) throw new Error(`wiregasm could not load the capture: ${found.code} ${found.error}`);
      return { ...ended, wall: found.load + found.tap, bytes, counts: {}, note: `\`load()\` alone ${(bytes / 1e3 / found.load).toFixed(1)} MB/s` };
    },
  };
}
