#!/usr/bin/env node
// `npm run build`: everything; with names: engine, site, cli, single.
import { requireNode } from './lib/node-version.mjs';
requireNode();
const { ensureInstalled } = await import('./lib/install.mjs');
const { build, BUILD_NAMES } = await import('./lib/builds.mjs');

const names = process.argv.slice(2);
const unknown = names.filter((name) => !BUILD_NAMES.includes(name));
if (unknown.length > 0) {
  console.error(`There is no build named ${unknown.join(', ')}; there are ${BUILD_NAMES.join(', ')}.`);
  process.exit(2);
}
ensureInstalled();
try {
  await build(names.length > 0 ? names : BUILD_NAMES);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
