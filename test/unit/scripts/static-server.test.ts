import { connect } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveLocally, staticHandler } from '../../../scripts/lib/static-server.mjs';

const folder = mkdtempSync(join(tmpdir(), 'capsift-server-'));
let server: Awaited<ReturnType<typeof serveLocally>>;

beforeAll(async () => {
  mkdirSync(join(folder, 'site', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'site', 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'site', 'assets', 'engine.wasm'), '\0asm');
  writeFileSync(join(folder, 'secret.txt'), 'not to be seen');
  server = await serveLocally(staticHandler(join(folder, 'site'), '/tools/'), 0);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends a request line as it is: fetch would tidy the path first. Gives the first line of the answer. */
const raw = (line: string): Promise<string> => new Promise((done, fail) => {
  const socket = connect(server.port, '127.0.0.1', () => socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`));
  let text = '';
  socket.on('data', (bytes) => { text += bytes.toString('latin1'); }).on('end', () => done(text)).on('error', fail);
});

describe('the static server', () => {
  it('serves the page and its files with the types that browsers insist on', async () => {
    const page = await fetch(`http://localhost:${server.port}/tools/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const wasm = await fetch(`http://localhost:${server.port}/tools/assets/engine.wasm?x=1`);
    expect([wasm.status, wasm.headers.get('content-type'), await wasm.text()]).toEqual([200, 'application/wasm', '\0asm']);
  });

  it('answers HEAD without a body and refuses to take anything', async () => {
    const head = await fetch(`http://localhost:${server.port}/tools/`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '15', '']);
    expect((await fetch(`http://localhost:${server.port}/tools/`, { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it.each([
    '/tools/../secret.txt', '/tools/..%2fsecret.txt', '/tools/%2e%2e/secret.txt', '/tools/assets/../../secret.txt', '/tools//../secret.txt',
    '/tools/%00', '/tools/%zz', '/tools/assets/', '/tools/assets', '/other/index.html', 'http://elsewhere/',
  ])('gives nothing for %s', async (path) => {
    const answer = await raw(`GET ${path}`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain('not to be seen');
  });

  it('says so when the port is taken', async () => {
    await expect(serveLocally(staticHandler(folder), server.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
