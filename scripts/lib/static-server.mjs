import { createServer } from 'node:http';
import { createReadStream, statSync } from 'node:fs';
import { extname, join, resolve, sep } from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/vnd.microsoft.icon',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Absolute path of the file that a request's path names, or null when there is none in the root. */
function fileFor(root, path) {
  let decoded;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (decoded.includes('\0')) return null;
  const file = resolve(root, `.${decoded}`);
  if (file !== root && !file.startsWith(root + sep)) return null;
  try {
    const stat = statSync(file);
    if (stat.isFile()) return { file, size: stat.size };
    const index = join(file, 'index.html');
    return decoded.endsWith('/') && stat.isDirectory() ? { file: index, size: statSync(index).size } : null;
  } catch {
    return null;
  }
}

/**
 * Answers GET and HEAD with the files of a folder and nothing else: what any static host would do. Browsers keep no
 * copy, so what was built last is what is seen.
 */
export function staticHandler(folder, prefix = '/') {
  const root = resolve(folder);
  return (request, response) => {
    const answer = (status, text, headers = {}) => {
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers });
      response.end(text);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'Only GET and HEAD.\n', { Allow: 'GET, HEAD' });
    const path = (request.url ?? '/').replace(/[?#].*$/, '');
    const found = path.startsWith(prefix) ? fileFor(root, `/${path.slice(prefix.length)}`) : null;
    if (!found) return answer(404, 'There is no such file.\n');
    response.writeHead(200, {
      'Content-Type': TYPES[extname(found.file)] ?? 'application/octet-stream',
      'Content-Length': found.size,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    if (request.method === 'HEAD') return response.end();
    createReadStream(found.file).on('error', () => response.destroy()).pipe(response);
  };
}

const listen = (handler, port, host) => new Promise((done, fail) => {
  const server = createServer(handler);
  server.once('error', fail);
  server.listen(port, host, () => done(server));
});

/**
 * Listens on both loopback addresses, because `localhost` may mean either, and on no other: captures stay here.
 * Gives the port and a `close` that also ends open connections. @throws the system's error, code EADDRINUSE included
 */
export async function serveLocally(handler, port) {
  const servers = [await listen(handler, port, '127.0.0.1')];
  const chosen = servers[0].address().port;
  try {
    servers.push(await listen(handler, chosen, '::1'));
  } catch (error) {
    if (error.code === 'EADDRINUSE') {
      servers[0].close();
      throw error;
    }
    // no IPv6 on this machine
  }
  const close = () => Promise.all(servers.map((server) => new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  }))).then(() => undefined);
  return { port: chosen, close };
}
