import { at } from '../scripts/lib/paths.mjs';
import { serveLocally, staticHandler } from '../scripts/lib/static-server.mjs';
import { browserTime, dropOn, pause, TIMEOUT } from './lib/drop';
import { treeMemory } from './lib/memory.mjs';
import { launch, watchedPage } from './lib/page.mjs';
import { markdownTable } from './lib/report';
import { countStatus } from './sides/chromium';

/** What everything in the page may take at most beyond a blank one, in bytes. */
export const PAGE_MEMORY = 1536 * 1024 * 1024;
/** Memory is looked at this often, in milliseconds. */
const SAMPLE = 500;
/** The page is idle when the browser's processes took no more than this share of a processor for so many milliseconds. */
const IDLE_SHARE = 0.1;
const IDLE_MILLISECONDS = 4000;

/** One capture in the built page. */
export interface PageMemory {
  readonly words: string;
  readonly packets: number;
  /** Milliseconds from the drop until the status says Done, and until nothing went on any more. */
  readonly done: number;
  readonly idle: number;
  /** Largest proportional set size of all processes of the browser beyond that with a blank page, in bytes: until Done, and after it. */
  readonly peak: number;
  readonly later: number;
  /** The same once nothing goes on. */
  readonly end: number;
}

/** Opens a capture in the built page and waits until its hash is known and its rows are kept. @throws Error when it fails */
export async function pageMemory(path: string, words: string): Promise<PageMemory> {
  const site = await serveLocally(staticHandler(at('dist/site')), 0);
  const browser = await launch();
  try {
    const page = await watchedPage(browser);
    await page.goto('about:blank');
    await pause(1500);
    const blank = treeMemory(process.pid).total;
    const { words: told, began, wall: done, memory } = await dropOn(page, `http://localhost:${site.port}/`, path, SAMPLE);
    for (let share = 1; share > IDLE_SHARE && performance.now() - began < TIMEOUT;) {
      const before = browserTime();
      await pause(IDLE_MILLISECONDS);
      share = (browserTime() - before) / IDLE_MILLISECONDS;
    }
    const idle = performance.now() - began;
    const samples = memory.end();
    const largest = (some: typeof samples): number => some.reduce((most, { total }) => Math.max(most, total), 0) - blank;
    return {
      words, packets: countStatus(told).packets ?? 0, done, idle,
      peak: largest(samples.filter((sample) => sample.at <= done)), later: largest(samples.filter((sample) => sample.at > done)), end: (samples.at(-1)?.total ?? blank) - blank,
    };
  } finally {
    await browser.close();
    await site.close();
  }
}

/** True when it stayed within PAGE_MEMORY. */
export const pageHeld = ({ peak, later }: PageMemory): boolean => Math.max(peak, later) <= PAGE_MEMORY;

export const pageTable = (list: readonly PageMemory[]): string => markdownTable(
  ['in the page', 'packets', 's until Done', 's until idle', 'peak MiB', 'after Done', 'at the end', 'of 1.5 GiB'],
  list.map((one) => [
    one.words, one.packets.toLocaleString('en'), (one.done / 1000).toFixed(1), (one.idle / 1000).toFixed(1),
    ...[one.peak, one.later, one.end].map((bytes) => (bytes / 2 ** 20).toFixed(0)), pageHeld(one) ? 'held' : 'MISSED',
  ]),
);
