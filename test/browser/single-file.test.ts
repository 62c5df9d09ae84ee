import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt } from '../support/browser/attempts';
import { lookupCapture, tempFolder } from '../support/browser/capture';
import { launchChromium } from '../support/browser/chromium';
import { firefoxPath, launchFirefox } from '../support/browser/firefox';
import { analyseInFirefox } from '../support/browser/firefox-page';
import { indicators, openCapture } from '../support/browser/page';
import { foreign, record } from '../support/browser/record';
import { startSink } from '../support/browser/sink';
import { at } from '../support/browser/site';

const folder = tempFolder();
let address: string;

beforeAll(() => {
  const built = at('dist/single/capsift.html');
  if (!existsSync(built)) throw new Error('dist/single/capsift.html is not there. Run `npm run build:single` first.');
  // Alone in a folder, so that it cannot lean on a file beside it.
  const file = join(folder.path, 'capsift.html');
  copyFileSync(built, file);
  address = pathToFileURL(file).href;
});
afterAll(() => folder.remove());

describe('the page as one file, opened from the disk', () => {
  it('does the main job in Chromium, asks for nothing, and can send nothing', async () => {
    const browser = await launchChromium();
    const sink = await startSink();
    const hosts = [`127.0.0.1:${sink.port}`];
    try {
      const context = await browser.newContext();
      const recording = record(context);
      const page = await context.newPage();
      // A worker is ended when its work is done; here it has to stay for the questions.
      await page.addInitScript(() => { Worker.prototype.terminate = () => undefined; });
      await page.goto(address);
      await openCapture(page, folder.write('lookup.pcap', lookupCapture()));
      await indicators(page).getByRole('row').nth(1).waitFor();
      expect(recording.complaints).toEqual([]);
      expect(recording.sockets).toEqual([]);
      expect(foreign(recording.requests, address)).toEqual([]);

      expect(page.workers().length).toBeGreaterThanOrEqual(2);
      for (const worker of page.workers()) expect(await attempt(worker, hosts)).toEqual([]);
      expect(await attempt(page, hosts)).toEqual([]);
      expect(sink.heard).toEqual([]);
    } finally {
      await browser.close();
      await sink.close();
    }
  });

  it('makes these attempts in ways that would arrive from a file without the policy', async () => {
    const browser = await launchChromium();
    const sink = await startSink();
    try {
      const page = await browser.newPage();
      await page.goto(pathToFileURL(folder.write('bare.html', new TextEncoder().encode('<!doctype html><title>A page without a policy</title><body>'))).href);
      await attempt(page, [`127.0.0.1:${sink.port}`]);
      for (const path of ['fetch', 'xhr', 'socket', 'events', 'nested', 'beacon', 'image', 'script.js', 'style.css']) expect(sink.heard.join('\n')).toContain(` /${path}`);
    } finally {
      await browser.close();
      await sink.close();
    }
  });

  it.skipIf(firefoxPath === null)('does the main job in Firefox', async () => {
    const browser = await launchFirefox();
    try {
      const page = await browser.newPage();
      const { status, rows } = await analyseInFirefox(page, address, folder.write('lookup.pcap', lookupCapture()));
      expect(status).toMatch(/Done.*\d/s);
      expect(rows).toBeGreaterThan(1);
    } finally {
      await browser.close();
    }
  });
});
