#!/usr/bin/env node
// `npm run bench`: measures ours and the installed peers by turns. README.md says what and how.
import { requireNode } from '../scripts/lib/node-version.mjs';
requireNode();
const { ensureInstalled } = await import('../scripts/lib/install.mjs');
const { at } = await import('../scripts/lib/paths.mjs');

ensureInstalled();
// Node 20 does not read TypeScript: Vite's own runner does.
const { createServer, createServerModuleRunner } = await import('vite');
const server = await createServer({ configFile: false, root: at(), server: { middlewareMode: true, ws: false, watch: null }, logLevel: 'warn' });
try {
  const { main } = await createServerModuleRunner(server.environments.ssr).import(at('bench/main.ts'));
  process.exitCode = await main(process.argv.slice(2));
} finally {
  await server.close();
}
