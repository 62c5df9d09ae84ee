import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromiumOptions, launchChromium } from '../support/browser/chromium';
import { bundled, servePage } from '../support/browser/modules';

// Rows beyond memory in the origin private file system: its synchronous handles exist in workers only, so that is where
// the modules under test run.

let server: Awaited<ReturnType<typeof servePage>>;
let browser: Browser;
let context: BrowserContext;
let address: string;

/** Runs in the worker: `run(name, …)` makes a table of 20,000 rows there, reads it, closes it, and tells. */
const WORKER = `
const tables = new Map();
const actions = {
  async make(budget) {
    const spill = await capsift.originPrivateSpill();
    const file = await spill();
    const store = new capsift.ChunkStore(new capsift.ChunkBudget(budget), file);
    const table = new capsift.LogTable('weird', store);
    const rows = Array.from({ length: 20000 }, (_, i) => ({ ts: i, uid: 'C' + (i * 7919 % 20000), pkt: i + 1 }));
    for (const chunk of capsift.packRows('weird', rows, 500)) table.append(chunk);
    tables.set('it', { table, store });
    return { file: file !== null, held: store.budget.held, bytes: store.bytes, written: store.written, problem: store.problem, beyond: store.beyond };
  },
  async read() {
    const { table, store } = tables.get('it');
    let wrong = 0;
    for (let i = table.rows - 1; i >= 0; i--) if (table.str(i, 1) !== 'C' + (i * 7919 % 20000)) wrong++;
    for (let i = 0; i < table.rows; i += 501) if (table.str(i, 1) !== 'C' + (i * 7919 % 20000)) wrong++;
    return { wrong, readsBack: store.readsBack, held: store.budget.held };
  },
  async close() { tables.get('it').store.close(); return {}; },
  async files() {
    const names = [];
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('capsift-spill', { create: true });
    for await (const name of folder.keys()) names.push(name);
    return { files: names.length };
  },
};
onmessage = async ({ data: [name, value] }) => {
  try { postMessage({ ok: await actions[name](value) }); } catch (error) { postMessage({ error: String(error && error.stack || error) }); }
};`;

beforeAll(async () => {
  const script = `${await bundled('store-page/entry.ts')}\n${WORKER}`;
  server = await servePage('<!doctype html><title>spill</title>', (name) => (name === 'worker.js' ? script : null));
  address = `http://localhost:${server.port}/`;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
beforeEach(async () => { context = await browser.newContext(); });
afterEach(async () => { await context.close(); });

type Answer = Record<string, number | boolean | string>;

async function tab(): Promise<(action: string, value?: number) => Promise<Answer>> {
  const page: Page = await context.newPage();
  await page.goto(address);
  await page.evaluate(() => {
    // The page under test has no policy that a worker could escape.
    // eslint-disable-next-line no-restricted-syntax
    const worker = new Worker('worker.js');
    (globalThis as unknown as Record<string, unknown>).ask = (action: string, value?: number) => new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => resolve({ error: message });
      worker.postMessage([action, value]);
    });
  });
  return async (action, value) => {
    const answer = await page.evaluate(([name, argument]) =>
      (globalThis as unknown as { ask: (name: string, argument?: number) => Promise<{ ok?: Answer; error?: string }> }).ask(name as string, argument as number | undefined), [action, value]);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.ok ?? {};
  };
}

describe('rows beyond memory in a real browser', () => {
  it('lie in a file of their own, are read back, and the file goes with them', async () => {
    const ask = await tab();
    const made = await ask('make', 100_000);
    expect(made).toMatchObject({ file: true, problem: '', beyond: 0 });
    expect(made['held']).toBeLessThanOrEqual(100_000);
    expect(Number(made['bytes'])).toBeGreaterThan(800_000);
    expect(Number(made['written'])).toBeGreaterThan(700_000);
    const read = await ask('read');
    expect(read['wrong']).toBe(0);
    expect(Number(read['readsBack'])).toBeGreaterThan(60);
    expect(read['held']).toBeLessThanOrEqual(100_000);
    expect(await ask('files')).toEqual({ files: 1 });
    await ask('close');
    for (let i = 0; i < 50 && (await ask('files'))['files'] !== 0; i++) await new Promise((done) => { setTimeout(done, 20); });
    expect(await ask('files')).toEqual({ files: 0 });
  });

  it('what a closed tab left is taken away, another tab’s is not', async () => {
    const first = await tab();
    await first('make', 0);
    const second = await tab();
    await second('make', 0);
    expect(await second('files')).toEqual({ files: 2 });
    expect(await first('read')).toMatchObject({ wrong: 0 });
    await context.pages()[1]?.close();
    for (let i = 0; i < 5 && (await first('files'))['files'] !== 1; i++) {
      // A tab that opens now clears away what is not locked any more.
      const third = await tab();
      await third('make', 0);
      await third('close');
      await context.pages().at(-1)?.close();
    }
    expect(await first('files')).toEqual({ files: 1 });
    expect(await first('read')).toMatchObject({ wrong: 0 });
  });

  it('stay in memory when the browser has no room, with a sentence', async () => {
    // A context of its own profile: without one these files are memory, of which there is no quota.
    await context.close();
    const profile = mkdtempSync(join(tmpdir(), 'capsift-test-'));
    context = await chromium.launchPersistentContext(profile, chromiumOptions());
    try {
      const page = await context.newPage();
      await page.goto(address);
      const cdp = await context.newCDPSession(page);
      await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(address).origin, quotaSize: 300_000 });
      const ask = await tab();
      const made = await ask('make', 0);
      expect(made['problem']).toMatch(/^Rows beyond the memory .* stay in memory: the browser's storage is full\. /);
      expect(Number(made['beyond'])).toBeGreaterThan(400_000);
      expect(await ask('read')).toMatchObject({ wrong: 0 });
    } finally {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    }
  });
});
