import type { Locator, Page } from 'playwright-core';

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
