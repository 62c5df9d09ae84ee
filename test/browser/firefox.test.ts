import { expect, it } from 'vitest';
import { attempt } from '../support/browser/attempts';
import { lookupCapture, tempFolder } from '../support/browser/capture';
import { firefoxPath, launchFirefox } from '../support/browser/firefox';
import { analyseInFirefox } from '../support/browser/firefox-page';
import { startSink } from '../support/browser/sink';
import { serveSite } from '../support/browser/site';

it.skipIf(firefoxPath === null)('does the main job in Firefox, and can send nothing from there', async () => {
  const browser = await launchFirefox();
  const site = await serveSite();
  const sink = await startSink();
  const folder = tempFolder();
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(String(error)));
    const { status, rows } = await analyseInFirefox(page, site.url, folder.write('lookup.pcap', lookupCapture()));
    expect(status).toMatch(/Done.*\d/s);
    expect(rows).toBeGreaterThan(1);
    expect(complaints).toEqual([]);

    expect(await attempt(page, [`127.0.0.1:${sink.port}`])).toEqual([]);
    expect(sink.heard).toEqual([]);
  } finally {
    await browser.close();
    await site.close();
    await sink.close();
    folder.remove();
  }
});
