import type { Page } from 'playwright-core';
import { sampleMemory } from './memory.mjs';
import { doneIn } from './page.mjs';
import { processorTime } from './processor.mjs';

/** Milliseconds that a capture may take at the most. */
export const TIMEOUT = 900_000;
export const pause = (milliseconds: number): Promise<void> => new Promise((done) => { setTimeout(done, milliseconds); });

/** Processor time of everything below this process, in milliseconds: looking at the memory of a browser is work of its own. */
export function browserTime(): number {
  const { user, system } = process.cpuUsage();
  return processorTime(process.pid).own - (user + system) / 1000;
}

/** A capture that the built page is done with. */
export interface Dropped {
  /** What its status says at the end. */
  readonly words: string;
  /** When the capture was dropped, by `performance.now()`, and milliseconds from then until Done. */
  readonly began: number;
  readonly wall: number;
  /** Processor time of the browser until Done, in milliseconds. */
  readonly cpu: number;
  /** Goes on until its end is called. */
  readonly memory: ReturnType<typeof sampleMemory>;
}

/**
 * Opens the built page at `address`, drops a capture on it and waits until its status says Done.
 * @param sample how often memory is looked at, in milliseconds: the kernel walks all pages of every process for it
 * @throws Error when the page says something else, or nothing within TIMEOUT
 */
export async function dropOn(page: Page, address: string, path: string, sample: number): Promise<Dropped> {
  await page.goto(address);
  const input = page.getByLabel('Open a capture').first();
  await input.waitFor({ state: 'attached' });
  await pause(500);
  const memory = sampleMemory(process.pid, sample);
  const used = browserTime();
  const done = doneIn(page, TIMEOUT);
  const began = performance.now();
  await input.setInputFiles(path);
  const ended = await done;
  const cpu = browserTime() - used;
  if (!ended?.words.includes('Done')) throw new Error(ended ? `The page says: ${ended.words}` : 'The page did not come to an end.');
  return { words: ended.words, began, wall: ended.at - performance.timeOrigin - began, cpu, memory };
}
