import { existsSync, readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** The address that the page's "Try a sample" asks for, relative to the page. */
const ADDRESS = 'sample/incident.pcapng';

/** Puts the sample capture beside the page, where the service worker's list of files finds it too. */
export function samplePlugin(capture: string): Plugin {
  return {
    name: 'capsift:sample',
    generateBundle() {
      if (!existsSync(capture)) return this.error(`There is no ${capture}, the page's sample: make it with \`npm run fixtures\`.`);
      this.emitFile({ type: 'asset', fileName: ADDRESS, source: readFileSync(capture) });
    },
    configureServer(server) {
      server.middlewares.use(`/${ADDRESS}`, (_request, response) => { response.end(readFileSync(capture)); });
    },
  };
}
