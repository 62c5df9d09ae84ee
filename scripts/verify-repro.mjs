#!/usr/bin/env node
// `npm run verify:repro`: builds everything twice, in two fresh folders with different names, and compares byte for byte.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { requireNode } from './lib/node-version.mjs';
requireNode();
const { ensureInstalled } = await import('./lib/install.mjs');
const { ROOT, at } = await import('./lib/paths.mjs');
const { run } = await import('./lib/run.mjs');
const { filesUnder } = await import('./lib/stamp.mjs');

/** What a build is made of. */
const SOURCES = ['assembly', 'web', 'cli', 'scripts', 'fixtures', 'package.json', 'package-lock.json', 'tsconfig.json', 'asconfig.json', 'vite.config.ts'];

/** Names of the built files with their SHA-256. */
function buildIn(folder) {
  for (const file of filesUnder(SOURCES)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(at(file), join(folder, file));
  }
  symlinkSync(at('node_modules'), join(folder, 'node_modules'), 'junction');
  if (run(process.execPath, ['scripts/build.mjs'], { cwd: folder }) !== 0) throw new Error(`The build in ${folder} failed.`);
  return new Map(filesUnder(['build', 'dist'], folder)
    .map((file) => [file, createHash('sha256').update(readFileSync(join(folder, file))).digest('hex')]));
}

ensureInstalled();
const temp = mkdtempSync(join(tmpdir(), 'capsift-repro-'));
try {
  const first = buildIn(join(temp, 'a'));
  const second = buildIn(join(temp, 'another-folder', 'of-another-depth'));
  const names = [...new Set([...first.keys(), ...second.keys()])].sort();
  const differ = names.filter((name) => first.get(name) !== second.get(name));
  for (const name of differ) console.error(`differs: ${name}`);
  // A path of this machine in a built file would make another machine's differ.
  const leaks = names.filter((name) => readFileSync(join(temp, 'a', name)).includes(ROOT));
  for (const name of leaks) console.error(`names this folder: ${name}`);
  if (differ.length > 0 || leaks.length > 0 || names.length === 0) process.exitCode = 1;
  else {
    for (const name of names) console.log(`${first.get(name)}  ${name}`);
    console.log(`\n${names.length} files, the same in both builds.`);
  }
} finally {
  rmSync(temp, { recursive: true, force: true });
}
