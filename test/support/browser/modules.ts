// Modules of the project in a real browser without the page around them: bundled, and served by a page of a line or two.
import { build, type Rolldown } from 'vite';
import { serveLocally } from '../../../scripts/lib/static-server.mjs';
import { at } from './site';

/** A script that puts what `entry` (a file below test/support) exports into the global `capsift`. */
export async function bundled(entry: string): Promise<string> {
  const built = await build({
    configFile: false, logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: at(`test/support/${entry}`), formats: ['iife'], name: 'capsift' } },
  }) as Rolldown.RolldownOutput[];
  return built[0]?.output[0].code ?? '';
}

/**
 * Serves `page` at `/` on a free port of this machine.
 * @param content of every other name, null for none; a script where the name ends in .js
 */
export function servePage(page: string, content: (name: string) => string | Buffer | null = () => null): Promise<{ port: number; close: () => Promise<void> }> {
  return serveLocally((request, response) => {
    const name = (request.url ?? '/').slice(1);
    const body = name === '' ? page : content(name);
    if (body === null) response.statusCode = 404;
    else if (name === '' || name.endsWith('.js')) response.setHeader('content-type', `text/${name === '' ? 'html' : 'javascript'}; charset=utf-8`);
    response.end(body ?? undefined);
  }, 0);
}
