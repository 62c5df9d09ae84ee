import { expect, it } from 'vitest';
import { lookupCapture, tempFolder } from '../support/browser/capture';
import { launchChromium } from '../support/browser/chromium';
import { openCapture, trySample } from '../support/browser/page';
import { serveSite } from '../support/browser/site';

it('works without its server after the first visit', async () => {
  const browser = await launchChromium();
  const site = await serveSite();
  const folder = tempFolder();
  try {
    const page = await browser.newPage();
    await page.goto(site.url);
    await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated');
    await site.close();
    await expect(fetch(site.url)).rejects.toThrow();

    await page.reload();
    expect(await trySample(page)).toMatch(/Done.*\d/s);
    await openCapture(page, folder.write('lookup.pcap', lookupCapture()));
  } finally {
    await browser.close();
    await site.close();
    folder.remove();
  }
});
