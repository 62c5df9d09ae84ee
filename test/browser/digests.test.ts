import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/browser/chromium';
import { bundled, servePage } from '../support/browser/modules';
import { LENGTHS, pattern, type Answer } from '../support/digest-page/entry';
import { ENGINE_FILE } from '../support/engine';

// The digests of the body worker in a real browser: in a worker made from a blob, as web/worker/spawn.ts makes them, once
// by the engine alone and once with Web Crypto. Browsers give Web Crypto to secure contexts only.

let server: Awaited<ReturnType<typeof servePage>>;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  const worker = `${await bundled('digest-page/entry.ts')}
onmessage = async ({ data }) => postMessage(await capsift.hashBoth(data));`;
  const engine = readFileSync(ENGINE_FILE).toString('base64');
  const page = `<!doctype html><title>digests</title><script>
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
  server = await servePage(page);
  browser = await launchChromium(['--host-resolver-rules=MAP plain.test 127.0.0.1']);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
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
    ['a page of this machine', () => `http://127.0.0.1:${server.port}/`],
    ['a file that was opened from the disk', () => pathToFileURL(join(folder, 'page.html')).href],
  ])('are the same by Web Crypto and by the engine: %s', async (_, address) => {
    const answer = await answerOf(address());
    expect(answer).toMatchObject({ subtle: true, secure: true, sent: longEnough });
    expect(answer.engine).toEqual(expected);
    expect(answer.provider).toEqual(expected);
  });

  it('are the engine\'s where there is no Web Crypto: a page over plain HTTP', async () => {
    const answer = await answerOf(`http://plain.test:${server.port}/`);
    expect(answer).toMatchObject({ subtle: false, secure: false, sent: 0 });
    expect(answer.engine).toEqual(expected);
    expect(answer.provider).toEqual(expected);
  });
});
