import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { bytesPlugin } from './scripts/vite/bytes.ts';
import { buildConstants } from './scripts/vite/constants.ts';

const shared = {
  plugins: [svelte({ configFile: false }), bytesPlugin(import.meta.dirname, 'read')],
  define: buildConstants(import.meta.dirname, false),
};

export default defineConfig({
  test: {
    projects: [
      { ...shared, test: { name: 'logic', include: ['test/**/*.test.ts'], exclude: ['test/browser/**'], setupFiles: ['test/support/decoders.ts'], testTimeout: 120_000 } },
      {
        ...shared,
        // One browser at a time: two cores, and figures of one run must not depend on another.
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
      },
    ],
  },
});
