import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookupCapture, tempFolder } from '../support/browser/capture';
import { launchChromium } from '../support/browser/chromium';
import { openCapture, trySample } from '../support/browser/page';
import { at, serveSite } from '../support/browser/site';

let browser: Browser;
const folder = tempFolder();

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  folder.remove();
});

/** Resolves when the page's service worker of this build has kept everything that it keeps. */
async function settled(page: Page, cache = /^capsift-/): Promise<void> {
  await expect.poll(() => page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    return registration.active?.state === 'activated' && !registration.installing && !registration.waiting ? (await caches.keys()).at(-1) : 'not yet';
  }), { timeout: 20_000 }).toMatch(cache);
}

const version = (page: Page): Promise<string | null> => page.locator('meta[name=description]').getAttribute('content');

describe('after the first visit', () => {
  it('works without its server', async () => {
    const site = await serveSite();
    const page = await browser.newPage();
    try {
      await page.goto(site.url);
      await settled(page);
      await site.close();
      await expect(fetch(site.url)).rejects.toThrow();

      await page.reload();
      expect(await trySample(page)).toMatch(/Done.*\d/s);
      await openCapture(page, folder.write('lookup.pcap', lookupCapture()));
    } finally {
      await page.close();
      await site.close();
    }
  });

  it('shows a new version at the next load, and keeps that one from then on', async () => {
    const copy = join(folder.path, 'site');
    cpSync(at('dist/site'), copy, { recursive: true });
    const site = await serveSite(copy);
    const context = await browser.newContext();
    const page = await context.newPage();
    const change = (file: string, from: string | RegExp, to: string): void => {
      const text = readFileSync(join(copy, file), 'utf8');
      expect(text).toMatch(from);
      writeFileSync(join(copy, file), text.replace(from, to));
    };
    try {
      await page.goto(site.url);
      await settled(page);
      for (const name of ['second', 'third', 'fourth']) {
        change('index.html', /name="description" content="[^"]*"/, `name="description" content="${name}"`);
        change('service-worker.js', /capsift-[0-9a-z]+/, `capsift-${name}`);
        await page.reload();
        expect(await version(page)).toBe(name);
        await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
        await settled(page, new RegExp(`^capsift-${name}$`));
      }
      // This build's files and the last one's, which pages may still be open with; nothing older.
      await expect.poll(() => page.evaluate(() => caches.keys()), { timeout: 20_000 }).toEqual(['capsift-third', 'capsift-fourth']);
      const files = await page.evaluate(async () => (await (await caches.open('capsift-fourth')).keys()).length);
      expect(files).toBe(readdirSync(copy, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length - 1);
      await site.close();
      await page.reload();
      expect(await version(page)).toBe('fourth');
    } finally {
      await context.close();
      await site.close();
    }
  });
});
