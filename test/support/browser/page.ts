import { readFileSync } from 'node:fs';
import type { Locator, Page, Worker } from 'playwright-core';

/** The table of indicators. */
export const indicators = (page: Page): Locator => page.getByRole('table', { name: 'Indicators' }).or(page.getByRole('grid', { name: 'Indicators' }));

/** The text of the run's state once it is done. @throws when it is not within the time */
export async function done(page: Page, timeout = 60_000): Promise<string> {
  const status = page.getByRole('status').filter({ hasText: /Done/ }).first();
  await status.waitFor({ timeout });
  return (await status.textContent()) ?? '';
}

/** Presses "Try a sample" and waits for its end. Gives the figures. */
export async function trySample(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Try a sample' }).click();
  return done(page);
}

/** Gives the page a file by its own control and waits for the end of the run. Gives the figures. */
export async function openCapture(page: Page, file: string): Promise<string> {
  await page.getByLabel('Open a capture').first().setInputFiles(file);
  return done(page);
}

/** What the status element says now. */
export async function status(page: Page): Promise<string> {
  return (await page.getByRole('status').first().textContent()) ?? '';
}

/** Names of the captures of the case, as the top bar's title lists them. */
export async function captureNames(page: Page): Promise<string[]> {
  return ((await page.locator('header .name').first().getAttribute('title')) ?? '').split('\n').filter((name) => name !== '');
}

/** The worker that goes by this name, once it is there. @throws when there is none within five seconds */
export async function workerNamed(page: Page, name: string): Promise<Worker> {
  for (let tries = 0; tries < 50; tries++) {
    for (const worker of page.workers()) if (await worker.evaluate(() => self.name).catch(() => '') === name) return worker;
    await page.waitForTimeout(100);
  }
  throw new Error(`there is no ${name} worker`);
}

/** Goes to a view by its keys. */
export async function goTo(page: Page, key: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(key);
}

/** A row of the table on screen. */
export const row = (page: Page, index: number): Locator => page.locator(`[role=row][data-r="${index}"]`);

/** Does something that saves a file, and gives its name and bytes. */
export async function saved(page: Page, act: () => Promise<unknown>): Promise<{ name: string; bytes: Buffer }> {
  const coming = page.waitForEvent('download');
  await act();
  const file = await coming;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}
