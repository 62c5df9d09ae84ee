import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin, type UserConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';
import { bytesPlugin } from './scripts/vite/bytes.ts';
import { buildConstants } from './scripts/vite/constants.ts';
import { policyPlugin } from './scripts/vite/policy.ts';
import { samplePlugin } from './scripts/vite/sample.ts';
import { serviceWorkerPlugin } from './scripts/vite/service-worker.ts';
import { singlePagePlugin } from './scripts/vite/single-page.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');

/** In the single file, workers are made from text within it: web/worker/sources.single.ts takes the place of sources.ts. */
const singleSources: Plugin = {
  name: 'capsift:single-sources',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (!/\/sources(\.ts)?$/.test(source) || !importer?.endsWith('/web/worker/spawn.ts')) return null;
    return this.resolve('./sources.single', importer, { skipSelf: true });
  },
};

const site = (): UserConfig => ({
  root: `${ROOT}/web`,
  base: './',
  define: buildConstants(ROOT, false),
  plugins: [svelte({ configFile: false }), bytesPlugin(ROOT, 'fetch'), samplePlugin(`${ROOT}/fixtures/captures/incident.pcapng`), policyPlugin(false), serviceWorkerPlugin()],
  worker: { format: 'es', plugins: () => [bytesPlugin(ROOT, 'fetch')] },
  server: { fs: { allow: [ROOT] } },
  build: {
    outDir: `${ROOT}/dist/site`,
    emptyOutDir: true,
    target: 'es2022',
    // Assets become files: a data: URL could not be fetched under connect-src 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: { index: `${ROOT}/web/index.html`, 'service-worker': `${ROOT}/web/service-worker/service-worker.ts` },
      output: { entryFileNames: (chunk) => (chunk.name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
});

const single = (): UserConfig => ({
  root: `${ROOT}/web`,
  base: './',
  define: buildConstants(ROOT, true),
  plugins: [singleSources, svelte({ configFile: false }), bytesPlugin(ROOT, 'inline'), viteSingleFile(), singlePagePlugin('capsift.html'), policyPlugin(true)],
  // Module workers from blobs fail on file:// in Chromium.
  worker: { format: 'iife', plugins: () => [bytesPlugin(ROOT, 'inline')] },
  build: {
    outDir: `${ROOT}/dist/single`,
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 100_000,
    rolldownOptions: { checks: { pluginTimings: false }, input: { index: `${ROOT}/web/index.html` } },
  },
});

const cli = (): UserConfig => ({
  root: ROOT,
  define: buildConstants(ROOT, false),
  plugins: [bytesPlugin(ROOT, 'inline-node')],
  ssr: { noExternal: true },
  build: {
    ssr: `${ROOT}/cli/capsift.ts`,
    outDir: `${ROOT}/dist/cli`,
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      // Not minified, so that it can be read; but without the names of source files, which depend on the folder.
      experimental: { attachDebugInfo: 'none' },
      output: { entryFileNames: 'capsift.js', format: 'es', codeSplitting: false, banner: '#!/usr/bin/env node' },
    },
  },
});

/** Modes: `site` (also of the development server), `single`, `cli`. */
export default defineConfig(({ mode }) => (mode === 'single' ? single() : mode === 'cli' ? cli() : site()));
