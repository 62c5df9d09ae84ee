import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

/** Stands in web/service-worker/service-worker.ts until the list of files is known. */
const LIST = '__CAPSIFT_FILES__';

const SCRIPT = 'service-worker.js';

/** Writes into the built service worker which files it keeps: all of the site, and a name that changes with any of them. */
export function serviceWorkerPlugin(): Plugin {
  return {
    name: 'capsift:service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle[SCRIPT];
        if (worker?.type !== 'chunk') throw new Error(`the build has no ${SCRIPT}`);
        if (worker.imports.length > 0) throw new Error(`${SCRIPT} must stand alone, but imports ${worker.imports.join(', ')}`);
        const files = Object.values(bundle).filter((file) => file.fileName !== SCRIPT).sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
        const hash = createHash('sha256');
        for (const file of files) hash.update(`${file.fileName}\0`).update(file.type === 'chunk' ? file.code : file.source).update('\0');
        const list = JSON.stringify({ cache: `capsift-${hash.digest('hex').slice(0, 16)}`, files: files.map((file) => file.fileName) });
        if (worker.code.split(LIST).length !== 2) throw new Error(`${SCRIPT} must use ${LIST} exactly once`);
        worker.code = worker.code.replace(LIST, () => list);
      },
    },
  };
}
