#!/usr/bin/env node
// `npm test`: sets itself up, checks everything, ends with `N passed, N failed`. With names: only those parts.
import { requireNode } from './lib/node-version.mjs';
requireNode();
const { ensureInstalled } = await import('./lib/install.mjs');
const { PARTS, runParts } = await import('./lib/checks.mjs');

const names = process.argv.slice(2);
const unknown = names.filter((name) => !PARTS.includes(name));
if (unknown.length > 0) {
  console.error(`There is no part named ${unknown.join(', ')}; there are ${PARTS.join(', ')}.`);
  process.exit(2);
}
ensureInstalled();
const { passed, failed, notes } = await runParts(names.length > 0 ? names : PARTS);
for (const note of notes) console.log(note);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
