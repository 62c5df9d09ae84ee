// From an indicator to the bytes and back, by mouse and by keys alone, on a real capture.
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DOWNLOAD, downloadCapture } from '../support/browser/capture';
import { faintTexts } from '../support/browser/contrast';
import { goTo, indicators, openCapture, row, saved } from '../support/browser/page';
import { setUpStage } from '../support/browser/stage';

const stage = setUpStage();
const { folder } = stage;
let context: BrowserContext;
let page: Page;
const errors: string[] = [];
const download = folder.write('download.pcap', downloadCapture());

beforeEach(async () => {
  context = await stage.browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] });
  page = await context.newPage();
  errors.length = 0;
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(stage.site.url);
  await openCapture(page, download);
  await indicators(page).getByText(defanged(DOWNLOAD.domain), { exact: true }).waitFor();
});
afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

const defanged = (name: string): string => name.replace(/\./g, '[.]');
const inspector = () => page.getByRole('complementary', { name: 'Inspector' });
const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

describe('evidence', () => {
  it('leads from the indicator to its packet, marks a field in the bytes, follows the stream, and goes back', async () => {
    await indicators(page).getByText(defanged(DOWNLOAD.domain), { exact: true }).click();
    await inspector().getByText('served a Windows executable as .jpg').first().waitFor();
    await inspector().locator('.sighting').filter({ hasText: 'HTTP::IN_HOST_HEADER' }).getByRole('button', { name: '6', exact: true }).click();
    await inspector().getByText('Packet 6').waitFor();
    await inspector().getByRole('treeitem', { name: /^.? ?(IPv4|Internet Protocol)/ }).first().click();
    await inspector().getByRole('treeitem', { name: new RegExp(`Destination.*${DOWNLOAD.address.replace(/\./g, '\\W+')}`) }).click();
    expect(await inspector().locator('.figures .m').allTextContents()).toEqual(DOWNLOAD.address.split('.').map((part) => Number(part).toString(16).padStart(2, '0')));
    // And the other way round: a byte leads to its field.
    await inspector().locator('.figures [data-at="54"]').click();
    expect(await inspector().getByRole('treeitem', { selected: true }).textContent()).toContain('GET');

    await inspector().getByRole('button', { name: 'Follow stream' }).click();
    await inspector().getByText(`GET ${DOWNLOAD.path} HTTP/1.1`).waitFor();
    await inspector().getByText('Content-Type: image/jpeg').waitFor();
    await inspector().getByRole('combobox', { name: 'Show as' }).selectOption('hex');
    await inspector().getByText('47 45 54 20').first().waitFor();
    await page.goBack();
    await inspector().getByText('Packet 6').waitFor();
    await page.goBack();
    await inspector().getByText('Why it scores so').waitFor();
  });

  it('can be taken along: the packets of a flow, the file in an encrypted zip, a table', async () => {
    await goTo(page, 'f');
    await row(page, 1).locator('[data-c="0"]').click();
    const packets = await saved(page, () => inspector().getByRole('button', { name: 'Save packets' }).click());
    expect(packets.name).toMatch(/\.pcapng$/);
    // A section header block, then as many packets as the flow has.
    expect(packets.bytes.readUInt32LE(0)).toBe(0x0a0d0d0a);
    expect(packets.bytes.includes('GET /invoice.jpg')).toBe(true);
    expect(packets.bytes.includes('\u0005files')).toBe(false);

    await goTo(page, 'b');
    await row(page, 0).locator('[data-c="0"]').click();
    const file = await saved(page, () => inspector().getByRole('button', { name: 'Save file' }).click());
    expect(file.bytes.readUInt32LE(0)).toBe(0x04034b50);
    expect(file.bytes.includes('PE\0\0')).toBe(false);
    await page.getByText('Its password is: infected').waitFor();

    await page.keyboard.press('Escape');
    await goTo(page, 'd');
    await page.keyboard.press('e');
    const table = await saved(page, () => page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click());
    expect(table.name).toMatch(/\.csv$/);
    expect(table.bytes.toString('utf8')).toContain(DOWNLOAD.domain);
  });

  it('is copied defanged or plain, from the menu of every value', async () => {
    await goTo(page, 'i');
    const value = indicators(page).getByText(defanged(DOWNLOAD.domain), { exact: true });
    await value.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy, defanged' }).click();
    await expect.poll(clipboard).toBe(defanged(DOWNLOAD.domain));
    await value.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy, plain' }).click();
    await expect.poll(clipboard).toBe(DOWNLOAD.domain);
  });
});

describe('the keyboard alone', () => {
  it('goes from the table to the evidence and finds anything', async () => {
    await goTo(page, 'i');
    await row(page, 0).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await inspector().getByText('Why it scores so').waitFor();
    await page.keyboard.press('Escape');
    await inspector().waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('Inspect the row').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('combobox').or(page.getByRole('dialog').getByRole('textbox')).first().fill('northwind');
    await page.getByRole('dialog').getByText(defanged(DOWNLOAD.domain)).first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await inspector().waitFor();
  });
});

describe('our own networks', () => {
  it('are named by the person, count as inside from then on, and are kept', async () => {
    const address = DOWNLOAD.address.replace(/\./g, '[.]');
    await page.keyboard.press('n');
    const box = page.getByRole('textbox', { name: 'Our own networks' });
    await box.fill('45.77.12.0/33');
    await page.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('alert').getByText('is no network').waitFor();
    await box.fill('45.77.12.0/24');
    await page.getByRole('button', { name: 'Keep' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await goTo(page, 'h');
    const host = page.getByRole('grid', { name: 'Hosts' }).getByRole('row').filter({ hasText: address });
    await expect.poll(() => host.locator('[data-c="2"]').textContent()).toMatch(/yes|true|✓|T/);
    await page.reload();
    await page.getByRole('grid', { name: 'Hosts' }).waitFor();
    await page.keyboard.press('n');
    await expect.poll(() => box.inputValue()).toBe('45.77.12.0/24');
  });
});

describe('how it looks', () => {
  it('every time follows the one zone', async () => {
    await goTo(page, 'p');
    await row(page, 0).getByText('22:13:20').waitFor();
    await page.getByRole('combobox', { name: 'Time zone' }).selectOption('Asia/Tokyo');
    await row(page, 0).getByText('07:13:20').waitFor();
    await row(page, 0).locator('[data-c="0"]').click();
    await inspector().getByText('2023-11-15 07:13:20').waitFor();
    await page.reload();
    await inspector().waitFor();
    await row(page, 0).getByText('07:13:20').waitFor();
  });

  it('a faint text would be found', async () => {
    await page.evaluate(() => {
      const text = document.createElement('p');
      text.textContent = 'hardly to be read';
      Object.assign(text.style, { position: 'fixed', top: '0', color: '#999', background: '#fff' });
      document.body.append(text);
    });
    expect(await faintTexts(page)).toEqual(['2.85 p. "hardly to be read"']);
  });

  it.each(['light', 'dark'] as const)('every text can be read, %s', async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    expect(await faintTexts(page)).toEqual([]);
    await goTo(page, 'i');
    await row(page, 0).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await inspector().getByText('Why it scores so').waitFor();
    expect(await faintTexts(page)).toEqual([]);
    await inspector().locator('.sighting').first().getByRole('button', { name: /^#?\d/ }).first().click();
    for (const key of ['f', 'p']) {
      await goTo(page, key);
      await row(page, 0).waitFor();
      await row(page, 0).locator('[data-c="0"]').click();
      expect(await faintTexts(page)).toEqual([]);
    }
    for (const key of ['?', 's', 'h', 'i', 'Control+k']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      expect(await faintTexts(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
  });
});
