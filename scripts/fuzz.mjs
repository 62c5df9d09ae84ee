#!/usr/bin/env node
// `npm run fuzz -- --seconds N [--seed S] [--case C]`: builds the engine and test/fuzz, and runs it.
import { requireNode } from './lib/node-version.mjs';
requireNode();
const { ensureInstalled } = await import('./lib/install.mjs');
const { build } = await import('./lib/builds.mjs');
const { at } = await import('./lib/paths.mjs');
const { spawn } = await import('node:child_process');

ensureInstalled();
await build(['engine']);
const vite = await import('vite');
await vite.build({
  configFile: false, root: at('.'), logLevel: 'warn',
  build: { ssr: at('test/fuzz/main.ts'), outDir: at('build/fuzz'), emptyOutDir: true, target: 'node20', minify: false },
});
const child = spawn(process.execPath, [at('build/fuzz/main.js'), ...process.argv.slice(2)], { cwd: at('.'), stdio: 'inherit' });
child.on('exit', (code) => { process.exitCode = code ?? 1; });
