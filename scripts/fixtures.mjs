#!/usr/bin/env node
// `npm run fixtures`: makes the captures under fixtures/ again. Each maker is a module of fixtures/generate/.
import { existsSync } from 'node:fs';
import { requireNode } from './lib/node-version.mjs';
requireNode();
const { ensureInstalled } = await import('./lib/install.mjs');
const { at } = await import('./lib/paths.mjs');

ensureInstalled();
const entry = ['fixtures/generate/index.ts', 'fixtures/generate/index.mjs'].find((file) => existsSync(at(file)));
if (!entry) {
  console.error('There is no fixtures/generate/index.ts to run.');
  process.exit(1);
}
if (entry.endsWith('.mjs')) process.exit((await import('./lib/run.mjs')).run(process.execPath, [at(entry), ...process.argv.slice(2)]));
// Node 20 does not read TypeScript: Vite's own runner does.
const { createServer, createServerModuleRunner } = await import('vite');
const server = await createServer({ configFile: false, root: at(), server: { middlewareMode: true, ws: false }, logLevel: 'warn' });
try {
  await createServerModuleRunner(server.environments.ssr).import(at(entry));
} finally {
  await server.close();
}
