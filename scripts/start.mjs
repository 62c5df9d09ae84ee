#!/usr/bin/env node
// `npm start`: from a clean clone to the page in one command.
import { requireNode } from './lib/node-version.mjs';
requireNode();
const { ensureInstalled } = await import('./lib/install.mjs');
const { build } = await import('./lib/builds.mjs');
const { at } = await import('./lib/paths.mjs');
const { serveLocally, staticHandler } = await import('./lib/static-server.mjs');

const PORT = 4173;

ensureInstalled();
try {
  await build(['site', 'cli']);
  await serveLocally(staticHandler(at('dist/site')), PORT);
  console.log(`\nCapsift is at http://localhost:${PORT}/  (Ctrl+C ends it)`);
} catch (error) {
  console.error(error?.code === 'EADDRINUSE'
    ? `Port ${PORT} is taken by another program, perhaps by another \`npm start\`. End that one and try again.`
    : error instanceof Error ? error.message : error);
  process.exit(1);
}
