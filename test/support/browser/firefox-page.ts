import type { ElementHandle, Page } from 'puppeteer-core';

/** Opens a page, gives it a capture by its own control and waits for the end: the figures, and the rows of the table. */
export async function analyseInFirefox(page: Page, address: string, file: string): Promise<{ status: string; rows: number }> {
  await page.goto(address);
  const input = (await page.waitForFunction(() => [...document.querySelectorAll<HTMLInputElement>('input[type=file]')].find(
    (element) => [element.ariaLabel, ...[...(element.labels ?? [])].map((label) => label.textContent)].some((text) => text?.includes('Open a capture')),
  ))) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(file);
  const status = await page.waitForFunction(
    () => [...document.querySelectorAll('[role=status]')].map((element) => element.textContent ?? '').find((text) => text.includes('Done')),
    { timeout: 60_000 },
  );
  const table = await page.waitForSelector('[aria-label="Indicators"]:is(table, [role=table], [role=grid])');
  await page.waitForFunction((element) => (element?.querySelectorAll('tr, [role=row]').length ?? 0) > 1, { timeout: 30_000 }, table);
  return {
    status: String(await status.jsonValue()),
    rows: (await table?.evaluate((element) => element.querySelectorAll('tr, [role=row]').length)) ?? 0,
  };
}
