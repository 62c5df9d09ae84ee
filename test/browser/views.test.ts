// What the views do, on a made-up analysis: no engine is needed, and a table can be as long as one likes.
import { rmSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildConstants } from '../../scripts/vite/constants';
import { policyPlugin } from '../../scripts/vite/policy';
import { launchChromium } from '../support/browser/chromium';
import { done } from '../support/browser/page';
import { at, serveSite, type Site } from '../support/browser/site';

const FOLDER = 'build/fake-page';
let browser: Browser;
let site: Site;
let context: BrowserContext;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  await build({
    configFile: false, logLevel: 'error', root: at('test/support/fake-page'), base: './', define: buildConstants(at('.').replace(/\/$/, ''), false),
    plugins: [svelte({ configFile: false }), policyPlugin(false)], build: { outDir: at(FOLDER), emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  });
  browser = await launchChromium();
  site = await serveSite(FOLDER);
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(at(FOLDER), { recursive: true, force: true });
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] });
  page = await context.newPage();
  complaints.length = 0;
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error' && !message.text().includes('favicon')) complaints.push(message.text()); });
});
afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

const file = (name: string, bytes: readonly number[] = [0x0a, 0x0d, 0x0d, 0x0a]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
async function opened(query = ''): Promise<void> {
  await page.goto(site.url + query);
  await page.getByLabel('Open a capture').setInputFiles(file('incident.pcapng'));
  await done(page);
}
async function goTo(key: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(key);
}
const row = (r: number) => page.locator(`[role=row][data-r="${r}"]`);
const value = (r: number, column: number) => row(r).locator(`[data-c="${column}"] .v`).first();
const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

describe('a table', () => {
  it('of a million rows reaches its last row by key and by wheel, and draws a screenful only', async () => {
    await opened('?rows=1000000');
    await goTo('p');
    const grid = page.getByRole('grid', { name: 'Packets' });
    await row(0).waitFor();
    expect(await grid.getAttribute('aria-rowcount')).toBe('1000001');
    await grid.focus();
    await page.keyboard.press('End');
    await row(999_999).getByText('1000000').waitFor();
    expect(await page.locator('[role=row][data-r]').count()).toBeLessThan(80);
    await grid.hover();
    await page.mouse.wheel(0, -280);
    await row(999_966).waitFor();
    await page.keyboard.press('Home');
    await row(0).waitFor();
  });

  it('filters by a click on a value, leaves out by its menu, and back undoes both', async () => {
    await opened();
    await goTo('f');
    await value(0, 3).click();
    await page.getByText(/of 88,310 flows/).waitFor();
    expect(page.url()).toContain('c=host%3D198.51.100.23');
    await value(1, 1).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Leave out rows with this' }).click();
    await page.getByRole('button', { name: /^Remove not host/ }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: /^Remove not host/ }).waitFor({ state: 'detached' });
    await page.keyboard.press('0');
    await page.getByText(/^88,310 flows$/).waitFor();
  });

  it('is worked by keys alone: rows, values, menu, copy, inspector', async () => {
    await opened();
    await goTo('i');
    await row(0).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Y');
    await expect.poll(clipboard).toBe('198.51.100.23');
    await page.keyboard.press('y');
    await expect.poll(clipboard).toBe('198[.]51[.]100[.]23');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Inspector' }).getByText('looks like a beacon').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor({ state: 'detached' });
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
  });

  it('sorts by its header, both ways and back', async () => {
    await opened();
    await goTo('f');
    const header = page.getByRole('columnheader', { name: 'Time' });
    await header.getByRole('button').click();
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
    await header.getByRole('button').click();
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    await row(0).getByText('12:33:02').waitFor();
    expect(page.url()).toContain('sort=-ts');
    await header.getByRole('button').click();
    expect(await header.getAttribute('aria-sort')).toBe('none');
  });

  it('remembers chosen columns and widths over a reload', async () => {
    await opened('?history');
    await goTo('f');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: /UID/ }).check();
    await page.getByRole('columnheader', { name: 'UID' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'UID' }).getByRole('button').focus();
    await page.keyboard.press('Shift+ArrowRight');
    const wide = await page.getByRole('columnheader', { name: 'UID' }).boundingBox();
    await page.reload();
    await page.getByRole('columnheader', { name: 'UID' }).waitFor();
    expect((await page.getByRole('columnheader', { name: 'UID' }).boundingBox())?.width).toBe(wide?.width);
    expect(wide?.width).toBe(176);
  });

  it('does not move under the reader while a run goes on', async () => {
    await page.goto(`${site.url}?speed=60`);
    await page.getByLabel('Open a capture').setInputFiles(file('incident.pcapng'));
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await goTo('f');
    await row(3).waitFor();
    await page.keyboard.press('j');
    await page.getByRole('button', { name: /More rows have come in/ }).waitFor();
    await done(page);
    await page.getByRole('button', { name: /More rows have come in/ }).waitFor({ state: 'detached' });
  });
});

describe('from an indicator to its bytes', () => {
  it('leads through evidence, packet, field, flow and stream, and back', async () => {
    await opened();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await page.getByRole('table', { name: 'Indicators' }).getByRole('button', { name: 'cdn-updates[.]example', exact: true }).click();
    await inspector.getByText('Observed').waitFor();
    await inspector.getByText('Mentioned').waitFor();
    await inspector.getByRole('button', { name: '1,204', exact: true }).first().click();
    await inspector.getByRole('treeitem', { name: /^.? ?IPv4/ }).click();
    await inspector.getByRole('treeitem', { name: /Destination 198/ }).click();
    expect(await inspector.locator('.figures .m').allTextContents()).toEqual(['c6', '33', '64', '17']);
    await inspector.locator('.figures [data-at="54"]').click();
    expect(await inspector.getByRole('treeitem', { selected: true }).textContent()).toContain('Method');
    await inspector.getByRole('button', { name: 'Follow stream' }).click();
    // What stands in a capture is text, whatever it says.
    await inspector.getByText('<script>alert(1)</script>').waitFor();
    await inspector.getByText('1.46 kB missing here').waitFor();
    await page.goBack();
    await inspector.getByRole('tree').waitFor();
    await page.goBack();
    await inspector.getByText('Observed').waitFor();
  });

  it('keeps a verdict and shows another analyst’s beside it', async () => {
    await opened();
    await page.getByRole('table', { name: 'Indicators' }).getByRole('button', { name: 'cdn-updates[.]example', exact: true }).click();
    await page.getByText('M. Colleague').waitFor();
    await page.getByRole('radiogroup', { name: 'Verdict' }).getByText('benign').click();
    await expect.poll(() => page.getByRole('radio', { name: 'benign' }).isChecked()).toBe(true);
    await page.getByText('M. Colleague').waitFor();
  });
});

describe('the page as a whole', () => {
  it('says how far a run is, stops at once, and is Done with figures', async () => {
    await page.goto(`${site.url}?speed=300`);
    await page.getByLabel('Open a capture').setInputFiles([file('a.pcap'), file('b.pcap')]);
    await page.getByRole('progressbar').waitFor();
    await page.getByText(/MB\/s · \d+ s left/).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(await done(page)).toMatch(/^Done: 88,310 packets, 61\.4 MB, .*Stopped early|2 stopped early$/);
  });

  it('brings the same place back after a reload, from what is kept', async () => {
    await opened('?history');
    await goTo('d');
    await value(0, 2).click();
    await page.getByRole('button', { name: /^Remove dns\.query/ }).waitFor();
    await page.reload();
    await done(page);
    await page.getByRole('button', { name: /^Remove dns\.query/ }).waitFor();
    await page.getByRole('grid', { name: 'DNS' }).waitFor();
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor();
  });

  it('scopes everything by a brush on the timeline', async () => {
    await opened();
    const plot = page.getByRole('slider', { name: /Time span/ });
    const box = await plot.boundingBox();
    if (!box) throw new Error('the timeline has no place');
    await page.mouse.move(box.x + 200, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Remove the time span' }).waitFor();
    const asked = await page.evaluate(() => (globalThis as unknown as { capsift: { analysis: { asked: { name: string; argument: { from: number | null } }[] } } }).capsift.analysis.asked.filter((one) => one.name === 'overview').at(-1)?.argument);
    expect(asked?.from).toBeGreaterThan(1_772_452_923_000_000);
    await page.keyboard.press(']');
    await page.keyboard.press('0');
    await page.getByRole('button', { name: 'Remove the time span' }).waitFor({ state: 'detached' });
  });

  it('follows a typed filter, says what is wrong with it, and empties it with the scope', async () => {
    await opened();
    await goTo('f');
    await page.keyboard.press('/');
    await page.keyboard.type('((');
    await page.getByRole('alert').getByText('open bracket').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('0');
    await expect.poll(() => page.getByRole('textbox', { name: 'Filter' }).inputValue()).toBe('');
  });

  it('hears keys before the page is drawn to its end: none of a filter that is typed at once is lost', async () => {
    await page.goto(site.url);
    await page.getByLabel('Open a capture').waitFor({ state: 'attached' });
    // The page builds itself a part a frame; here no frame comes.
    await page.evaluate(() => { window.requestAnimationFrame = () => 0; });
    await page.getByLabel('Open a capture').setInputFiles(file('incident.pcapng'));
    await done(page);
    await goTo('f');
    await page.keyboard.press('/');
    await page.keyboard.type('((');
    await page.getByRole('alert').getByText('open bracket').waitFor();
    expect(await page.getByRole('textbox', { name: 'Filter' }).inputValue()).toBe('((');
  });

  it('writes every time in the one zone', async () => {
    await opened();
    await page.getByRole('combobox', { name: 'Time zone' }).selectOption('Asia/Tokyo');
    await page.getByText('2026-03-02 21:02:03').first().waitFor();
  });

  it('imports a bundle that is dropped, asking for its passphrase', async () => {
    await opened();
    await page.getByLabel('Open a capture').setInputFiles(file('from-a-colleague.age', [...Buffer.from('age-encryption.org/v1\n')]));
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/passphrase/).fill('wrong');
    await page.keyboard.press('Enter');
    await dialog.getByText('does not open it').waitFor();
    await dialog.getByLabel(/passphrase/).fill('open sesame');
    await page.keyboard.press('Enter');
    await dialog.getByText('2 objects of type malware').waitFor();
  });

  it('shows a colleague’s indicators without any capture, on a phone too', async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    await page.goto(site.url);
    await page.getByLabel('Open a capture').setInputFiles(file('bundle.json', [...Buffer.from('{"type":"bundle","id":"bundle--1"}')]));
    await page.getByRole('button', { name: 'Show indicators' }).click();
    await page.getByRole('grid', { name: 'Indicators' }).getByText('cdn-updates[.]example', { exact: true }).click();
    await page.getByRole('complementary', { name: 'Inspector' }).getByText('Why it scores so').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  });

  it('takes files dropped anywhere', async () => {
    await page.goto(site.url);
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array([10, 13, 13, 10])], 'dropped.pcapng'));
      return data;
    });
    for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('body', type, { dataTransfer: transfer });
    expect(await done(page)).toMatch(/^Done/);
    await page.getByText('dropped.pcapng').first().waitFor();
  });

  it('finds a pasted advisory’s values in the case', async () => {
    await opened();
    await page.keyboard.press('i');
    await page.getByRole('dialog').getByRole('textbox').fill('hxxp://nothing[.]example cdn-updates[.]example');
    await page.getByText('1 of 2').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: /cdn-updates/ }).click();
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor();
  });

  it('shows what of one’s own network would go along; secrets stay at home unless ticked', async () => {
    await opened();
    await page.keyboard.press('s');
    const dialog = page.getByRole('dialog', { name: 'Share indicators' });
    expect(await dialog.getByRole('checkbox', { name: /Cookies/ }).isChecked()).toBe(false);
    await dialog.getByRole('checkbox', { name: /DESKTOP-4TR2/ }).uncheck();
    const download = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Save bundle' }).click();
    await download;
    const request = await page.evaluate(() => (globalThis as unknown as { capsift: { analysis: { asked: { name: string; argument: { leave_out: string[] } }[] } } }).capsift.analysis.asked.find((one) => one.name === 'bundle')?.argument);
    expect([...(request?.leave_out ?? [])].sort()).toEqual(['cookie:session=8f3…', 'internal-name:DESKTOP-4TR2']);
  });

  it('lists its keys, and every dialog closes by Esc', async () => {
    await opened();
    for (const key of ['?', 's', 'h', 'i', 'Control+k']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  it('copies the value in focus, and enters the inspector by a second Enter', async () => {
    await opened();
    await page.getByRole('table', { name: 'Indicators' }).getByRole('button').first().focus();
    await page.keyboard.press('y');
    expect(await clipboard()).toBe('cdn-updates[.]example');
    await goTo('i');
    await row(0).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    await inspector.getByText('Why it scores so').waitFor();
    await page.keyboard.press('Enter');
    expect(await inspector.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('makes one stop of the tab key of all marks on the timeline', async () => {
    await opened();
    const marks = page.getByRole('group', { name: /^Indicators in time/ }).getByRole('button');
    await marks.first().waitFor();
    expect(await marks.count()).toBeGreaterThan(3);
    expect(await marks.evaluateAll((buttons) => buttons.filter((button) => (button as HTMLButtonElement).tabIndex === 0).length)).toBe(1);
    expect(await marks.first().getAttribute('aria-label')).toBe('critical: cdn-updates[.]example');
    await marks.first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await marks.nth(1).evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('has a name for every control', async () => {
    await opened();
    await goTo('f');
    await row(0).waitFor();
    await row(0).locator('[data-c="0"]').click();
    await page.getByRole('complementary', { name: 'Inspector' }).waitFor();
    const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, select, textarea, [role=grid], [role=slider]')]
      .filter((element) => !(element.getAttribute('aria-label') ?? '').trim() && !(element.textContent ?? '').trim() && !(element as HTMLInputElement).labels?.length)
      .map((element) => `${element.tagName} ${element.className} ${element.id}`));
    expect(nameless).toEqual([]);
  });
});
