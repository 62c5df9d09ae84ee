import { readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import type { Plugin } from 'vite';

export type BytesForm = 'fetch' | 'inline' | 'inline-node' | 'read';

const SUFFIX = '?bytes';
const PREFIX = '\0capsift-bytes:';

const MODULES: Readonly<Record<BytesForm, (file: string) => string>> = {
  // A file beside the page. `no-inline`, because connect-src forbids fetching data: URLs.
  fetch: (file) => `
    import url from ${JSON.stringify(`${file}?url&no-inline`)};
    export default async () => {
      const response = await fetch(url);
      if (!response.ok) throw new Error('A file of this page could not be loaded (HTTP ' + response.status + '). Reload the page.');
      return new Uint8Array(await response.arrayBuffer());
    };`,
  // The single file may fetch nothing at all.
  inline: (file) => `
    const text = ${JSON.stringify(readFileSync(file).toString('base64'))};
    export default async () => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));`,
  'inline-node': (file) => `
    const text = ${JSON.stringify(readFileSync(file).toString('base64'))};
    export default async () => new Uint8Array(Buffer.from(text, 'base64'));`,
  read: (file) => `
    import { readFile } from 'node:fs/promises';
    export default async () => new Uint8Array(await readFile(${JSON.stringify(file)}));`,
};

/**
 * `import load from './some.file?bytes'` gives a function that resolves to the file's bytes, in whatever way the build
 * allows: fetched from beside the page, from within the single file or the command line, or read from disk in tests.
 */
export function bytesPlugin(root: string, form: BytesForm): Plugin {
  return {
    name: 'capsift:bytes',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!source.endsWith(SUFFIX) || !importer) return null;
      const from = dirname(importer.replace(/\?.*$/, ''));
      // Relative to the project: ids reach the output, which must not depend on where the project lies.
      return PREFIX + relative(root, resolve(from, source.slice(0, -SUFFIX.length))).split(sep).join('/');
    },
    load(id) {
      return id.startsWith(PREFIX) ? MODULES[form](resolve(root, id.slice(PREFIX.length))) : null;
    },
  };
}
