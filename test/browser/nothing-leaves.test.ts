import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOSTED_POLICY } from '../../scripts/vite/policy';
import { attempt, attemptFrames } from '../support/browser/attempts';
import { tempFolder } from '../support/browser/capture';
import { goTo, row, saved, trySample } from '../support/browser/page';
import { foreign, record } from '../support/browser/record';
import { startSink, type Sink } from '../support/browser/sink';
import { serveSite } from '../support/browser/site';
import { setUpStage } from '../support/browser/stage';

/** Every worker that the page makes, by the name that spawn() gives it. */
const WORKERS = ['analysis', 'body', 'engine', 'hash'];

/** What Chromium itself would ask its maker: about forms, the time, a search engine. The page has no part in that. */
const SILENT = '--disable-features=AutofillServerCommunication,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,OptimizationHints,'
  + 'MediaRouter,Translate,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable';

const stage = setUpStage([SILENT]);
let sink: Sink;
/** Another host, and another port of our own host. */
let hosts: string[];

beforeEach(async () => {
  sink = await startSink();
  hosts = [`127.0.0.1:${sink.port}`, `localhost:${sink.port}`];
});
afterEach(async () => {
  await sink.close();
});

/** Everything of the page that hands something out: a table, packets, a file, the store, a bundle. */
async function takeEverythingAlong(page: Page): Promise<void> {
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  await goTo(page, 'f');
  await row(page, 0).locator('[data-c="0"]').click();
  expect((await saved(page, () => inspector.getByRole('button', { name: 'Save packets' }).click())).name).toMatch(/\.pcapng$/);
  await inspector.getByRole('button', { name: 'Follow stream' }).click();
  await inspector.getByText(/Stream of flow/).waitFor();
  await page.keyboard.press('e');
  expect((await saved(page, () => page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click())).name).toMatch(/\.csv$/);
  await goTo(page, 'b');
  await row(page, 0).locator('[data-c="0"]').click();
  expect((await saved(page, () => inspector.getByRole('button', { name: 'Save file' }).click())).name).toMatch(/\.zip$/);
  await page.keyboard.press('h');
  expect((await saved(page, () => page.getByRole('dialog').getByRole('button', { name: 'Export everything' }).click())).name).toMatch(/\.zip$/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('s');
  const bundle = await saved(page, () => page.getByRole('dialog').getByRole('button', { name: 'Save bundle' }).click());
  expect((JSON.parse(bundle.bytes.toString('utf8')) as { type: string }).type).toBe('bundle');
}

describe('nothing leaves the page', () => {
  it('asks for its own files and for nothing else, workers and service worker included', async () => {
    // Our own host is reached directly, all else by a proxy, which hears what the recording might miss.
    const context = await stage.browser.newContext({ proxy: { server: `http://127.0.0.1:${sink.port}`, bypass: 'localhost' } });
    const recording = record(context);
    const page = await context.newPage();
    await page.goto(stage.site.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await trySample(page);
    await takeEverythingAlong(page);
    await page.waitForLoadState('networkidle');

    expect(recording.sockets).toEqual([]);
    expect(foreign(recording.requests, stage.site.url)).toEqual([]);
    // The recording would be worth nothing if it did not see what workers and the service worker ask for.
    for (const name of WORKERS) expect(recording.requests.filter((url) => url.includes(`${name}.worker-`))).not.toEqual([]);
    expect(recording.requests.filter((url) => url.endsWith('/service-worker.js'))).not.toEqual([]);
    expect(sink.heard).toEqual([]);
    // Another witness: the server. What arrived was asked for with GET, and without anything in the address.
    expect(stage.site.arrived.filter((line) => !/^GET \/tools\/capsift\/[\w./-]*$/.test(line))).toEqual([]);
    await context.close();
  });

  it('carries the policy in the page itself', async () => {
    const html = await (await fetch(stage.site.url)).text();
    expect(html).toContain(`<meta http-equiv="Content-Security-Policy" content="${HOSTED_POLICY}">`);
    // A policy governs only what comes after it.
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<script'));
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.indexOf('<link'));
  });

  it('refuses every attempt to send from the page', async () => {
    const page = await stage.browser.newPage();
    await page.goto(stage.site.url);
    expect(await attempt(page, hosts)).toEqual([]);
    expect(sink.heard).toEqual([]);
    // Chromium opens a connection for a frame before it asks the policy, and closes it without a word.
    await attemptFrames(page, hosts);
    expect(sink.heard.filter((line) => line !== '')).toEqual([]);
    await page.close();
  });

  it('refuses every attempt to send from each of its workers', async () => {
    const page = await stage.browser.newPage();
    // A worker is ended when its work is done; here it has to stay for the questions.
    await page.addInitScript(() => { Worker.prototype.terminate = () => undefined; });
    await page.goto(stage.site.url);
    await trySample(page);
    const names = new Map(await Promise.all(page.workers().map(async (worker) => [await worker.evaluate(() => self.name), worker] as const)));
    expect([...new Set(names.keys())].sort()).toEqual(WORKERS);
    for (const [name, worker] of names) expect({ name, got: await attempt(worker, hosts) }).toEqual({ name, got: [] });
    expect(sink.heard).toEqual([]);
    await page.close();
  });

  it('makes these attempts in ways that would arrive without the policy', async () => {
    const folder = tempFolder();
    folder.write('bare.html', new TextEncoder().encode('<!doctype html><title>A page without a policy</title><body>'));
    const bare = await serveSite(folder.path);
    const page = await stage.browser.newPage();
    await page.goto(`${bare.url}bare.html`);
    const done = await attempt(page, hosts);
    await attemptFrames(page, hosts);
    expect(done).toEqual(expect.arrayContaining(['eval', 'Function', ...hosts.flatMap((host) => [`fetch ${host}`, `import() ${host}`])]));
    for (const path of ['fetch', 'xhr', 'socket', 'events', 'module.js', 'nested', 'beacon', 'image', 'script.js', 'style.css', 'video', 'object', 'frame', 'form']) {
      expect(sink.heard.join('\n')).toContain(` /${path}`);
    }
    await page.close();
    await bare.close();
    folder.remove();
  });
});
