import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/browser/chromium';
import { LENGTHS, pattern, type Answer } from '../support/digest-page/entry';

// The digests of the body worker in a real browser: in a worker made from a blob, as web/worker/spawn.ts makes them, once
// by the engine alone and once with Web Crypto. Browsers give Web Crypto to secure contexts only.

let server: Server;
let browser: Browser;
let folder: string;
let page: string;
let port: number;

beforeAll(async () => {
  const built = await build({
    configFile: false, logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: new URL('../support/digest-page/entry.ts', import.meta.url).pathname, formats: ['iife'], name: 'capsift' } },
  }) as Rolldown.RolldownOutput[];
  const worker = `${built[0]?.output[0].code ?? ''}
onmessage = async ({ data }) => postMessage(await capsift.hashBoth(data));`;
  const engine = readFileSync('build/engine.wasm').toString('base64');
  page = `<!doctype html><title>digests</title><script>
window.answer = (async () => {
  const bytes = Uint8Array.from(atob(${JSON.stringify(engine)}), (c) => c.charCodeAt(0));
  const module = await WebAssembly.compile(bytes);
  const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(worker).replaceAll('<', '\\u003c')}], { type: 'text/javascript' })));
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(module);
  });
})();
</script>`;
  folder = mkdtempSync(join(tmpdir(), 'capsift-digests-'));
  writeFileSync(join(folder, 'page.html'), page);
  server = createServer((_, response) => { response.setHeader('content-type', 'text/html'); response.end(page); });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  browser = await launchChromium(['--host-resolver-rules=MAP plain.test 127.0.0.1']);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
  if (folder) rmSync(folder, { recursive: true });
});

async function answerOf(address: string): Promise<Answer> {
  const tab = await browser.newPage();
  try {
    await tab.goto(address);
    return await tab.evaluate(() => (globalThis as unknown as { answer: Promise<Answer> }).answer);
  } finally {
    await tab.close();
  }
}

const expected = LENGTHS.map((length) => {
  const hash = (name: string): string => createHash(name).update(pattern(length)).digest('hex');
  return { md5: hash('md5'), sha1: hash('sha1'), sha256: hash('sha256') };
});
const longEnough = 4;

describe('digests in the body worker', () => {
  it.each([
    ['a page of this machine', () => `http://127.0.0.1:${port}/`],
    ['a file that was opened from the disk', () => pathToFileURL(join(folder, 'page.html')).href],
  ])('are the same by Web Crypto and by the engine: %s', async (_, address) => {
    const answer = await answerOf(address());
    expect(answer).toMatchObject({ subtle: true, secure: true, sent: longEnough });
    expect(answer.engine).toEqual(expected);
    expect(answer.provider).toEqual(expected);
  });

  it('are the engine\'s where there is no Web Crypto: a page over plain HTTP', async () => {
    const answer = await answerOf(`http://plain.test:${port}/`);
    expect(answer).toMatchObject({ subtle: false, secure: false, sent: 0 });
    expect(answer.engine).toEqual(expected);
    expect(answer.provider).toEqual(expected);
  });
});
