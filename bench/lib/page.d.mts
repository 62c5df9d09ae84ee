import type { Browser, Page } from 'playwright-core';

/** Starts Chromium with a fresh profile. @throws Error when there is none */
export function launch(): Promise<Browser>;

/** Opens a page that notes what its main thread does. */
export function watchedPage(browser: Browser): Promise<Page>;

export interface MainThreadNotes {
  readonly tasks: readonly (readonly [start: number, milliseconds: number])[];
  readonly frames: readonly (readonly [start: number, milliseconds: number])[];
  readonly timers: readonly (readonly [start: number, milliseconds: number])[];
}

/** What was noted so far: [start, milliseconds] of tasks, frame gaps, timer gaps. */
export function notesOf(page: Page): Promise<MainThreadNotes>;

/** Tasks of the page's main thread in a trace of Chromium, in milliseconds. */
export function mainThreadTasks(trace: Buffer): { wall: number; cpu: number }[];

/** Milliseconds that the page itself needs to stream a file of its own, nothing else done with the bytes. */
export function readMilliseconds(page: Page, file: string): Promise<number>;
