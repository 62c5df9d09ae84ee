// What outlives the page, in the real page: history, packets, verdicts, imports; and its end.
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOWNLOAD, downloadCapture, lookupCapture } from '../support/browser/capture';
import { captureNames, done, goTo, indicators, openCapture, row, saved } from '../support/browser/page';
import { setUpStage } from '../support/browser/stage';
import { makeZip } from '../support/zips';

const stage = setUpStage();
const { folder } = stage;
let context: BrowserContext;
let page: Page;
const lookup = folder.write('lookup.pcap', lookupCapture());
const download = folder.write('download.pcap', downloadCapture());

beforeEach(async () => {
  context = await stage.browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  await page.goto(stage.site.url);
  // Keys are heard once the page is there, which is a task or two after it was loaded.
  await page.getByLabel('Open a capture').first().waitFor({ state: 'attached' });
});
afterEach(async () => { await context.close(); });

const defanged = (name: string): string => name.replace(/\./g, '[.]');
const inspector = () => page.getByRole('complementary', { name: 'Inspector' });
/** The history is written when the hash is known; the address then names the capture. */
const kept = (captures = 1): Promise<void> => expect.poll(() => (page.url().match(/[0-9a-f]{64}/g) ?? []).length).toBe(captures);

describe('after a reload', () => {
  it('the same place is there with its rows, without the file; dropping it again brings the packets back', async () => {
    await openCapture(page, download);
    await kept();
    await goTo(page, 'p');
    await row(page, 5).locator('[data-c="0"]').click();
    await inspector().getByRole('tree', { name: 'Layers' }).waitFor();
    const place = new URL(page.url()).hash;
    await page.reload();
    await done(page);
    await row(page, 5).waitFor();
    expect(new URL(page.url()).hash).toBe(place);
    await inspector().getByText('The packets of download.pcap are not at hand').waitFor();

    await page.getByLabel('Open a capture').first().setInputFiles(download);
    await page.getByText('The packets of download.pcap are at hand again.').waitFor();
    await page.keyboard.press('Escape');
    await row(page, 5).locator('[data-c="0"]').click();
    await inspector().getByText('GET /invoice.jpg').first().waitFor();
    expect(await captureNames(page)).toEqual(['download.pcap']);
  });

  it('a case of two captures is two again, each under its number', async () => {
    await page.getByLabel('Open a capture').first().setInputFiles([lookup, download]);
    await done(page);
    await kept(2);
    await page.reload();
    expect(await done(page)).toMatch(/^Done: 13 packets/);
    expect(await captureNames(page)).toEqual(['lookup.pcap', 'download.pcap']);
  });

  it('a capture that is opened anew is recognised, and its verdict stands', async () => {
    await openCapture(page, download);
    await kept();
    await indicators(page).getByText(defanged(DOWNLOAD.domain), { exact: true }).click();
    await inspector().getByRole('radiogroup', { name: 'Verdict' }).getByText('malicious').click();
    await inspector().getByLabel('Note').fill('phish of last week');
    await inspector().getByLabel('Note').blur();
    await expect.poll(() => page.getByRole('radio', { name: 'malicious' }).isChecked()).toBe(true);
    await page.goto('about:blank');
    await page.goto(stage.site.url);
    await page.getByRole('button', { name: /download\.pcap/ }).waitFor();
    await openCapture(page, folder.write('renamed.pcap', downloadCapture()));
    await page.getByText(/renamed\.pcap is known here: it was analysed as download\.pcap on \d{4}-/).waitFor();
    await indicators(page).getByText(defanged(DOWNLOAD.domain), { exact: true }).click();
    await expect.poll(() => page.getByRole('radio', { name: 'malicious' }).isChecked()).toBe(true);
    expect(await inspector().getByLabel('Note').inputValue()).toBe('phish of last week');
  });
});

describe('keeping', () => {
  it('the capture, too, when ticked: its packets are there after a reload; then everything goes in one step', async () => {
    await page.getByLabel('Open a capture').first().setInputFiles([lookup, download]);
    await done(page);
    await kept(2);
    await page.keyboard.press('h');
    const dialog = page.getByRole('dialog', { name: 'History and what is kept' });
    await dialog.getByRole('checkbox', { name: /Keep the capture/ }).check();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.keyboard.press('h');
    await expect.poll(() => dialog.getByText('packets kept').count()).toBe(2);

    const { name, bytes } = await saved(page, () => dialog.getByRole('button', { name: 'Export everything' }).click());
    expect(name).toMatch(/\.zip$/);
    expect(bytes.includes('store.json')).toBe(true);

    await page.reload();
    await done(page);
    await goTo(page, 'p');
    await row(page, 7).locator('[data-c="0"]').click();
    await inspector().getByText('GET /invoice.jpg').first().waitFor();

    await page.keyboard.press('Escape');
    await page.keyboard.press('h');
    await dialog.locator('li').filter({ hasText: 'lookup.pcap' }).getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'Really delete' }).click();
    await dialog.locator('li').filter({ hasText: 'lookup.pcap' }).waitFor({ state: 'detached' });
    await dialog.getByText('download.pcap').waitFor();
    await dialog.getByRole('button', { name: 'Delete everything' }).click();
    await dialog.getByRole('button', { name: 'Really delete everything' }).click();
    await dialog.getByText('Nothing is kept.').waitFor();
    await page.goto('about:blank');
    await page.goto(stage.site.url);
    await page.getByRole('button', { name: 'Try a sample' }).waitFor();
    expect(await page.evaluate(async () => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('capsift-captures');
      const names: string[] = [];
      for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
      return names;
    })).toEqual([]);
    expect(await page.getByText('Analysed before').count()).toBe(0);
  });

  it('nothing when it is switched off: the history has the capture, its logs are gone', async () => {
    await page.keyboard.press('h');
    const dialog = page.getByRole('dialog', { name: 'History and what is kept' });
    await dialog.getByRole('checkbox', { name: /Keep logs/ }).uncheck();
    await page.keyboard.press('Escape');
    await openCapture(page, lookup);
    await kept();
    await page.goto('about:blank');
    await page.goto(stage.site.url);
    expect(await page.getByRole('button', { name: /lookup\.pcap/ }).isDisabled()).toBe(true);
  });

  it('a zip’s capture with its place in the zip', async () => {
    const zip = folder.write('kept.zip', new Uint8Array(await makeZip({ 'a/lookup.pcap': lookupCapture(), 'b/download.pcap': downloadCapture() })));
    await page.keyboard.press('h');
    await page.getByRole('dialog').getByRole('checkbox', { name: /Keep the capture/ }).check();
    await page.keyboard.press('Escape');
    await openCapture(page, zip);
    await kept(2);
    await page.reload();
    await done(page);
    await goTo(page, 'p');
    await row(page, 7).locator('[data-c="0"]').click();
    await inspector().getByText('GET /invoice.jpg').first().waitFor();
  });
});
