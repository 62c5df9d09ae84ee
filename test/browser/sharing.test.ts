// Bundles from one analyst to another, in the real page: two browsers that know nothing of each other.
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOWNLOAD, downloadCapture, LOOKUP, lookupCapture } from '../support/browser/capture';
import { done, goTo, indicators, openCapture, saved } from '../support/browser/page';
import { setUpStage } from '../support/browser/stage';

const stage = setUpStage();
const { folder } = stage;
const contexts: BrowserContext[] = [];
const download = folder.write('download.pcap', downloadCapture());
const lookup = folder.write('lookup.pcap', lookupCapture());

beforeEach(() => { contexts.length = 0; });
afterEach(async () => { for (const context of contexts) await context.close(); });

async function analyst(): Promise<Page> {
  const context = await stage.browser.newContext({ viewport: { width: 1280, height: 800 } });
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(stage.site.url);
  return page;
}

const defanged = (name: string): string => name.replace(/\./g, '[.]');
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });

async function judge(page: Page, verdict: string, note: string): Promise<void> {
  await indicators(page).getByText(defanged(DOWNLOAD.domain), { exact: true }).click();
  await inspector(page).getByRole('radiogroup', { name: 'Verdict' }).getByText(verdict).click();
  await inspector(page).getByLabel('Note').fill(note);
  await inspector(page).getByLabel('Note').blur();
  await expect.poll(() => page.getByRole('radio', { name: verdict }).isChecked()).toBe(true);
  await page.keyboard.press('Escape');
}

async function exportBundle(page: Page, name: string, passphrase = ''): Promise<{ name: string; bytes: Buffer }> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Share indicators' });
  await dialog.getByLabel('Your name').fill(name);
  if (passphrase) await dialog.getByLabel('Passphrase').fill(passphrase);
  return saved(page, () => dialog.getByRole('button', { name: 'Save bundle' }).click());
}

async function importBundle(page: Page, file: string): Promise<void> {
  await page.getByLabel('Open a capture').first().setInputFiles(file);
  await page.getByRole('dialog').getByText(/added|known/).first().waitFor();
}

describe('a bundle', () => {
  it('brings indicators and verdict to a colleague; both verdicts survive, there and back, and after a reload', async () => {
    const ann = await analyst();
    await openCapture(ann, download);
    await judge(ann, 'malicious', 'seen in the phish');
    const bundle = await exportBundle(ann, 'Ann');
    const written = JSON.parse(bundle.bytes.toString('utf8')) as { type: string; objects: { type: string }[] };
    expect(written.type).toBe('bundle');
    for (const type of ['identity', 'indicator', 'sighting', 'note', 'report', 'marking-definition']) expect(written.objects.map((one) => one.type)).toContain(type);

    const bob = await analyst();
    await importBundle(bob, folder.write(bundle.name, bundle.bytes));
    await bob.getByText(/verdict of other analysts|verdicts of other analysts/).waitFor();
    await bob.getByRole('button', { name: 'Show indicators' }).click();
    await indicators(bob).getByText(defanged(DOWNLOAD.domain), { exact: true }).click();
    await inspector(bob).getByText('Ann', { exact: true }).waitFor();
    await inspector(bob).getByText('seen in the phish').waitFor();
    await bob.keyboard.press('Escape');
    await judge(bob, 'benign', 'our own test');

    await bob.reload();
    await indicators(bob).getByText(defanged(DOWNLOAD.domain), { exact: true }).click();
    await inspector(bob).getByText('Ann', { exact: true }).waitFor();
    expect(await inspector(bob).getByLabel('Note').inputValue()).toBe('our own test');
    await bob.keyboard.press('Escape');

    const back = await exportBundle(bob, 'Bob');
    await importBundle(ann, folder.write(`back-${back.name}`, back.bytes));
    await ann.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await goTo(ann, 'i');
    await indicators(ann).getByText(defanged(DOWNLOAD.domain), { exact: true }).click();
    await inspector(ann).getByText('Bob', { exact: true }).waitFor();
    await inspector(ann).getByText('our own test').waitFor();
    expect(await inspector(ann).getByLabel('Note').inputValue()).toBe('seen in the phish');
  });

  it('behind a passphrase is opened by it, and merges with a case of one’s own', async () => {
    const ann = await analyst();
    await openCapture(ann, download);
    const bundle = await exportBundle(ann, 'Ann', 'correct horse');
    expect(bundle.name).toMatch(/\.age$/);
    expect(bundle.bytes.toString('latin1')).not.toContain(DOWNLOAD.domain);

    const bob = await analyst();
    await openCapture(bob, lookup);
    await bob.getByLabel('Open a capture').first().setInputFiles(folder.write(bundle.name, bundle.bytes));
    const dialog = bob.getByRole('dialog');
    await dialog.getByLabel(/passphrase/).fill('correct horse');
    await bob.keyboard.press('Enter');
    await dialog.getByText(/indicators added/).waitFor();
    await dialog.getByRole('button', { name: 'Show indicators' }).click();
    for (const { domain } of [DOWNLOAD, LOOKUP]) await indicators(bob).getByText(defanged(domain), { exact: true }).waitFor();
    await importBundle(bob, folder.write('again.json', Buffer.from('{"type":"bundle","id":"bundle--1","objects":[{"type":"malware","id":"malware--00000000-0000-4000-8000-000000000001"}]}')));
    await bob.getByRole('dialog').getByText(/malware/).waitFor();
    expect(await done(bob)).toMatch(/^Done: 2 packets/);
  });

  it('leaves at home what is unticked', async () => {
    const ann = await analyst();
    await openCapture(ann, download);
    await ann.keyboard.press('s');
    const dialog = ann.getByRole('dialog', { name: 'Share indicators' });
    await dialog.getByRole('checkbox', { name: 'Internal addresses' }).uncheck();
    await dialog.getByLabel('Format').selectOption('stix');
    const { bytes } = await saved(ann, () => dialog.getByRole('button', { name: 'Save bundle' }).click());
    expect(bytes.toString('utf8')).toContain(DOWNLOAD.domain);
    expect(bytes.toString('utf8')).not.toContain(DOWNLOAD.client);
  });
});
