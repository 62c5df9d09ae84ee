import type { Page } from 'playwright-core';
import { at } from '../scripts/lib/paths.mjs';
import { serveLocally, staticHandler } from '../scripts/lib/static-server.mjs';
import { pause, TIMEOUT } from './lib/drop';
import { markdownTable } from './lib/report';
import { launch, notesOf, watchedPage } from './lib/page.mjs';
import { median } from './lib/statistics';

/** One thing that a person would notice, with its limit. */
export interface Noticed {
  readonly what: string;
  readonly figure: string;
  readonly limit: string;
  /** Null when it is told without a limit. */
  readonly held: boolean | null;
}

/** What scrolling was like; times in milliseconds. */
export interface Scrolled {
  /** Between one frame and the next. */
  readonly frames: readonly number[];
  /** Of every frame: rows in view, and how many of them were not there yet. */
  readonly rows: number;
  readonly empty: number;
}

/** A frame of 60 a second, and what the clock of frames may be off by. */
const FRAME = 1000 / 60;

/**
 * Scrolls the grid from within the page, a step each frame, and notes every frame. Steady steps are a finger's; a jump goes
 * far away, as the bar does when it is dragged.
 */
function scrollInPage([milliseconds, jumps]: readonly [number, boolean]): Promise<Scrolled> {
  const grid = document.querySelector<HTMLElement>('[role=grid]');
  if (!grid) throw new Error('There is no grid to scroll.');
  const frames: number[] = [];
  let rows = 0;
  let empty = 0;
  let count = 0;
  return new Promise((done) => {
    const began = performance.now();
    let last = 0;
    const step = (now: number): void => {
      if (last > 0) frames.push(now - last);
      last = now;
      for (const row of grid.querySelectorAll('[role=row][data-r]:not([hidden])')) {
        rows++;
        if (row.getAttribute('aria-busy') !== null || !row.querySelector('[role=gridcell][id]')) empty++;
      }
      if (performance.now() - began > milliseconds) { done({ frames, rows, empty }); return; }
      count++;
      if (jumps && count % 20 === 0) grid.scrollTop = (count * 7919 * 97) % (grid.scrollHeight - grid.clientHeight);
      else grid.scrollTop += 120;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}

/** Presses Stop from within the page. Milliseconds until a frame shows that it stops, and until the progress is gone. */
function stopInPage(): Promise<{ seen: number; over: number }> {
  const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.trim() === 'Stop');
  if (!button) throw new Error('There is nothing to stop.');
  const began = performance.now();
  let seen = 0;
  button.click();
  return new Promise((done) => {
    const look = (): void => {
      const now = performance.now() - began;
      if (seen === 0 && !(button.isConnected && button.textContent?.trim() === 'Stop')) seen = now;
      if (document.querySelector('[role=progressbar]')) requestAnimationFrame(look);
      else done({ seen: seen || now, over: now });
    };
    look();
  });
}

const frameShare = ({ frames }: Scrolled): number => frames.filter((gap) => gap < FRAME * 1.5).length / Math.max(1, frames.length);
const framesASecond = ({ frames }: Scrolled): number => frames.length * 1000 / Math.max(1, frames.reduce((sum, gap) => sum + gap, 0));

/** Verdicts on the figures. */
export function noticed(figures: {
  readonly firstRows: number; readonly running: Scrolled; readonly steady: Scrolled; readonly jumping: Scrolled; readonly tableRows: number;
  readonly stop: { readonly seen: number; readonly over: number }; readonly tasks: readonly number[];
}): Noticed[] {
  const list: Noticed[] = [];
  const within = (what: string, value: number, limit: number, unit: string): void => {
    list.push({ what, figure: `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`, limit: `≤ ${limit} ${unit}`, held: value <= limit });
  };
  within('first rows, from the drop', figures.firstRows, 1000, 'ms');
  const scroll = (what: string, scrolled: Scrolled): void => {
    const fps = framesASecond(scrolled);
    list.push({
      // The clock of frames is 60 a second at most: one in fifty may be late.
      what, limit: '≥ 59 a second, 98 % in time', held: fps >= 59 && frameShare(scrolled) >= 0.98,
      figure: `${fps.toFixed(1)} frames a second, ${(frameShare(scrolled) * 100).toFixed(1)} % in time, longest ${Math.max(0, ...scrolled.frames).toFixed(0)} ms, median ${median(scrolled.frames).toFixed(1)} ms`,
    });
    list.push({ what: `${what}: rows in view that were not there yet`, figure: `${(scrolled.empty / Math.max(1, scrolled.rows) * 100).toFixed(1)} %`, limit: '–', held: null });
  };
  list.push({ what: 'rows that are scrolled', figure: figures.tableRows.toLocaleString('en'), limit: '≥ 1,000,000', held: figures.tableRows >= 1e6 });
  scroll('scrolling while the capture is read', figures.running);
  scroll('scrolling steadily', figures.steady);
  scroll('scrolling with jumps', figures.jumping);
  within('Stop, until the page stops', figures.stop.seen, 100, 'ms');
  list.push({ what: 'Stop, until what there is is shown', figure: `${figures.stop.over.toFixed(0)} ms`, limit: '–', held: null });
  within('longest task of the main thread', Math.max(0, ...figures.tasks), 50, 'ms');
  list.push({ what: 'tasks over 50 ms', figure: String(figures.tasks.length), limit: '–', held: null });
  return list;
}

async function drop(page: Page, capture: string): Promise<void> {
  const input = page.getByLabel('Open a capture').first();
  await input.waitFor({ state: 'attached' });
  await pause(1000);
  await input.setInputFiles(capture);
}

const open = (page: Page, view: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: new RegExp(`^${view}`) }).click();

/** Opens a capture in the built page, uses it while it is read and afterwards, and stops a second one. @throws Error when the page fails */
export async function pageUnderLoad(capture: string): Promise<Noticed[]> {
  const site = await serveLocally(staticHandler(at('dist/site')), 0);
  const browser = await launch();
  const address = `http://localhost:${site.port}/`;
  try {
    const page = await watchedPage(browser);
    await page.goto(address);
    // Told in the page: playwright's own way back and forth takes tens of milliseconds.
    await page.evaluate(() => {
      const window = globalThis as typeof globalThis & { benchFirst?: Promise<number> };
      window.benchFirst = new Promise((done) => {
        document.addEventListener('change', () => {
          const began = performance.now();
          const look = (): void => {
            if (document.querySelector('[role=grid] [role=row][data-r="0"]:not([aria-busy]) [role=gridcell][id]')) done(performance.now() - began);
            else requestAnimationFrame(look);
          };
          look();
        }, { capture: true, once: true });
      });
    });
    await drop(page, capture);
    const began = await page.evaluate(() => performance.now());
    await open(page, 'Packets');
    const firstRows = await page.evaluate(() => (globalThis as typeof globalThis & { benchFirst?: Promise<number> }).benchFirst ?? Promise.resolve(NaN));
    const running = await page.evaluate(scrollInPage, [2000, false] as const);
    await page.getByRole('status').filter({ hasText: /Done|Nothing could/ }).first().waitFor({ timeout: TIMEOUT });
    await pause(2000);
    await page.getByRole('grid').first().evaluate((grid) => { grid.scrollTop = 0; });
    await pause(300);
    const tableRows = Number(await page.getByRole('grid').first().getAttribute('aria-rowcount')) - 1;
    const steady = await page.evaluate(scrollInPage, [6000, false] as const);
    const jumping = await page.evaluate(scrollInPage, [6000, true] as const);
    const tasks = (await notesOf(page)).tasks.filter(([start, duration]) => start + duration > began).map(([, duration]) => duration);
    await page.close();

    const second = await watchedPage(browser);
    await second.goto(address);
    await drop(second, capture);
    await second.getByRole('button', { name: 'Stop', exact: true }).waitFor();
    await pause(1500);
    const stop = await second.evaluate(stopInPage);
    tasks.push(...(await notesOf(second)).tasks.map(([, duration]) => duration));
    return noticed({ firstRows, running, steady, jumping, tableRows, stop, tasks });
  } finally {
    await browser.close();
    await site.close();
  }
}

/** The figures as a Markdown table. */
export const loadTable = (list: readonly Noticed[]): string =>
  markdownTable(['the page under load', 'figure', 'limit', 'held'], list.map(({ what, figure, limit, held }) => [what, figure, limit, held === null ? '–' : held ? 'held' : 'MISSED']));
