import type { Browser, BrowserContext, Page } from 'playwright-core';

/** A Chromium with a fresh profile on disk, which is gone once it is closed. */
export interface Launched {
  readonly context: BrowserContext;
  readonly startTracing: (page: Page, options: Parameters<Browser['startTracing']>[1]) => Promise<void>;
  readonly stopTracing: () => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

/** Starts Chromium with a fresh profile on disk. @throws Error when there is none */
export function launch(): Promise<Launched>;

/** Opens a page that notes what its main thread does. */
export function watchedPage(browser: Launched): Promise<Page>;

export interface MainThreadNotes {
  readonly tasks: readonly (readonly [start: number, milliseconds: number])[];
  readonly frames: readonly (readonly [start: number, milliseconds: number])[];
  readonly timers: readonly (readonly [start: number, milliseconds: number])[];
}

/** What was noted so far: [start, milliseconds] of tasks over 50 ms, frame gaps, timer gaps. */
export function notesOf(page: Page): Promise<MainThreadNotes>;

/** Tasks of the page's main thread in a trace of Chromium, in milliseconds. */
export function mainThreadTasks(trace: Buffer): { wall: number; cpu: number }[];

/** Milliseconds that the page itself needs to stream a file of its own, nothing else done with the bytes. */
export function readMilliseconds(page: Page, file: string): Promise<number>;

/**
 * Waits within the page until its status says Done or that nothing could be done. Answers what it says, and when, in
 * milliseconds of the machine's clock; null after `timeout` milliseconds.
 */
export function doneIn(page: Page, timeout: number): Promise<{ words: string; at: number } | null>;
