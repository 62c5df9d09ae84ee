import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serveLocally, staticHandler } from '../../../scripts/lib/static-server.mjs';

/** Absolute path of something in the project. */
export const at = (path: string): string => fileURLToPath(new URL(path, new URL('../../../', import.meta.url)));

export interface Site {
  /** Address of the page, with a slash at its end. */
  readonly url: string;
  /** `METHOD path` of every request that arrived, in order. */
  readonly arrived: readonly string[];
  close(): Promise<void>;
}

/** Serves the built page on a free port, in a folder, as any static host would. @throws Error when it is not built */
export async function serveSite(folder = 'dist/site', prefix = '/tools/capsift/'): Promise<Site> {
  if (!existsSync(at(folder))) throw new Error(`${folder} is not there. Run \`npm run build\` first.`);
  const arrived: string[] = [];
  const files = staticHandler(at(folder), prefix);
  const { port, close } = await serveLocally((request, response) => {
    arrived.push(`${request.method} ${request.url}`);
    files(request, response);
  }, 0);
  return { url: `http://localhost:${port}${prefix}`, arrived, close };
}
