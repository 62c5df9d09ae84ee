import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { tempFolder } from './capture';
import { launchChromium } from './chromium';
import { serveSite, type Site } from './site';

/**
 * A Chromium, the served page, and a folder for files, for the tests of one file: called at its top, there from its first
 * `beforeAll` on (the folder at once), gone after its last test.
 * @param flags of Chromium's command line
 */
export function setUpStage(flags: readonly string[] = []): { readonly browser: Browser; readonly site: Site; readonly folder: ReturnType<typeof tempFolder> } {
  const folder = tempFolder();
  let browser: Browser | undefined;
  let site: Site | undefined;
  const there = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('The stage is not set up before the tests begin.');
    return part;
  };
  beforeAll(async () => {
    browser = await launchChromium(flags);
    site = await serveSite();
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    folder.remove();
  });
  return { get browser() { return there(browser); }, get site() { return there(site); }, folder };
}
