import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOOKUP, lookupCapture } from '../support/browser/capture';
import { done, indicators, openCapture, trySample } from '../support/browser/page';
import { record, type Recording } from '../support/browser/record';
import { setUpStage } from '../support/browser/stage';

const stage = setUpStage();
const { folder } = stage;
let context: BrowserContext;
let page: Page;
let recording: Recording;

beforeEach(async () => {
  context = await stage.browser.newContext();
  recording = record(context);
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
});

describe('the page, as a new user meets it', () => {
  it('loads without an error or a violation of its policy, and says what it is', async () => {
    await page.goto(stage.site.url);
    await page.getByRole('button', { name: 'Try a sample' }).waitFor();
    expect(await page.title()).toContain('Capsift');
    expect(await page.getByLabel('Open a capture').first().getAttribute('type')).toBe('file');
    await page.waitForLoadState('networkidle');
    expect(recording.complaints).toEqual([]);
  });

  it('shows its version and the hash of its engine', async () => {
    await page.goto(stage.site.url);
    const { version } = (await import('../../package.json')).default;
    const bytes = await (await import('../../build/engine.wasm?bytes')).default();
    const sha256 = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
    await page.getByRole('button', { name: 'Try a sample' }).waitFor();
    const html = await page.content();
    expect(html).toContain(version);
    expect(html).toContain(sha256.slice(0, 8));
  });

  it('analyses its sample and shows ranked indicators', async () => {
    await page.goto(stage.site.url);
    expect(await trySample(page)).toMatch(/Done.*\d/s);
    await indicators(page).getByRole('row').nth(1).waitFor();
    expect(await indicators(page).getByRole('row').count()).toBeGreaterThan(5);
    expect(recording.complaints).toEqual([]);
  });

  it('analyses a capture of one’s own, and shows its values defanged', async () => {
    await page.goto(stage.site.url);
    await openCapture(page, folder.write('lookup.pcap', lookupCapture()));
    const table = indicators(page);
    await table.getByText(LOOKUP.domain.replace(/\./g, '[.]')).first().waitFor();
    expect(await table.textContent()).not.toContain(LOOKUP.domain);
    expect(recording.complaints).toEqual([]);
  });

  it('takes a second capture after the first', async () => {
    await page.goto(stage.site.url);
    await openCapture(page, folder.write('lookup.pcap', lookupCapture()));
    await trySample(page);
    expect(await done(page)).toMatch(/\d/);
    expect(recording.complaints).toEqual([]);
  });

  it('says in a sentence when a file is no capture', async () => {
    await page.goto(stage.site.url);
    await page.getByLabel('Open a capture').first().setInputFiles(folder.write('letter.txt', new TextEncoder().encode('Dear Sir or Madam, this is no capture.\n'.repeat(20))));
    await page.getByText(/not a packet capture/).first().waitFor();
  });
});
