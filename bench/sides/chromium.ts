import type { Page } from 'playwright-core';
import { findChromium } from '../../scripts/lib/browsers.mjs';
import { at } from '../../scripts/lib/paths.mjs';
import { serveLocally, staticHandler } from '../../scripts/lib/static-server.mjs';
import { dropOn, pause } from '../lib/drop';
import { treeMemory } from '../lib/memory.mjs';
import { launch, readMilliseconds, watchedPage } from '../lib/page.mjs';
import type { Counts, Side } from './side';

/** Figures of the status at the end, `Done: 3,099,876 packets, 1.00 GB, 194,123 flows, 512 indicators`. */
export function countStatus(words: string): Counts {
  const number = (unit: string): number | undefined => {
    const found = new RegExp(`([\\d,]+) ${unit}s?\\b`).exec(words)?.[1];
    return found === undefined ? undefined : Number(found.replace(/,/g, ''));
  };
  return { packets: number('packet'), flows: number('flow') };
}

/** Milliseconds that the page needs to read the file that `readMilliseconds` was given by slices, two ahead. */
const readBySlices = (page: Page): Promise<number> => page.evaluate(async () => {
  const file = document.querySelector<HTMLInputElement>('#bench-file')?.files?.[0];
  if (!file) throw new Error('There is no file to read.');
  const began = performance.now();
  const slice = 16 * 1024 * 1024;
  const ahead: Promise<ArrayBuffer>[] = [];
  let at = 0;
  const ask = (): void => {
    if (at < file.size) ahead.push(file.slice(at, at + slice).arrayBuffer());
    at += slice;
  };
  ask();
  ask();
  for (let next = ahead.shift(); next; next = ahead.shift()) {
    await next;
    ask();
  }
  return performance.now() - began;
});

/** The same into one buffer, again and again; Infinity when a read does not answer, as was seen at 10 GB. */
const readIntoBuffer = (page: Page): Promise<number> => page.evaluate(async () => {
  const file = document.querySelector<HTMLInputElement>('#bench-file')?.files?.[0];
  if (!file) throw new Error('There is no file to read.');
  const began = performance.now();
  const reader = file.stream().getReader({ mode: 'byob' });
  let buffer = new ArrayBuffer(1024 * 1024);
  for (;;) {
    const next = await Promise.race([reader.read(new Uint8Array(buffer)), new Promise<null>((late) => { setTimeout(() => late(null), 5000); })]);
    if (next === null) return Infinity;
    const { done, value } = next;
    if (done) return performance.now() - began;
    ({ buffer } = value);
  }
});

/** The built page in Chromium, as when a person drops the capture on it. Every run has a browser of its own. */
export function chromium(): Side {
  const absent = process.platform !== 'linux' ? 'memory is read from /proc, which only Linux has' : findChromium() ? null : 'no Chrome or Chromium is installed';
  return {
    name: 'capsift, Chromium', absent,
    does: 'the built page, from the drop of the capture until its status says Done: all logs as tables, bodies hashed, indicators and findings; memory is the proportional set size of all of the browser\'s processes beyond the same browser with a blank page',
    async measure({ path }) {
      const site = await serveLocally(staticHandler(at('dist/site')), 0);
      const browser = await launch();
      try {
        const page = await watchedPage(browser);
        await page.goto('about:blank');
        await pause(1000);
        const blank = treeMemory(process.pid).total;
        const before = await readMilliseconds(page, path);
        // Seldom: looking costs what is measured.
        const { words, wall, cpu, memory } = await dropOn(page, `http://localhost:${site.port}/`, path, 1000);
        // Keeping the rows follows the last packet and needs memory, too.
        await pause(1500);
        const peak = memory.end().reduce((most, { total }) => Math.max(most, total), 0);
        // Once more, and the other ways: the limit is what the quickest reader needs.
        const reader = await watchedPage(browser);
        await reader.goto('about:blank');
        const after = Math.min(await readMilliseconds(reader, path), await readBySlices(reader), await readIntoBuffer(reader));
        return { wall, cpu, memory: peak - blank, counts: countStatus(words), reading: Math.min(before, after) };
      } finally {
        await browser.close();
        await site.close();
      }
    },
  };
}
