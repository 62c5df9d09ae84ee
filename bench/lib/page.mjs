/* global window, document, PerformanceObserver, requestAnimationFrame, setInterval, clearInterval */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/lib/browsers.mjs';

/** As the browser tests start it: nothing of the browser's own runs beside the page. */
const FLAGS = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/**
 * Starts Chromium with a fresh profile on disk, as a person has one: without, what a page stores (IndexedDB, files of its
 * own) would be memory of the browser. @throws Error when there is none
 */
export async function launch() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('There is no Chrome or Chromium. Install one, or name one in CAPSIFT_BROWSER.');
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const profile = mkdtempSync(join(tmpdir(), 'capsift-bench-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: [...FLAGS, ...sandbox], viewport: { width: 1440, height: 900 } });
  const browser = context.browser();
  return {
    context,
    startTracing: (page, options) => browser.startTracing(page, options),
    stopTracing: () => browser.stopTracing(),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/**
 * Runs in the page before its own code: notes every task of the main thread over 50 ms, and every gap between two frames
 * and two timers, which also tells of work that no task is blamed for.
 */
function watchMainThread() {
  const notes = { tasks: [], frames: [], timers: [] };
  window.benchNotes = notes;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) notes.tasks.push([startTime, duration]);
  }).observe({ entryTypes: ['longtask'] });
  let frame = performance.now();
  const onFrame = (now) => { if (now - frame > 50) notes.frames.push([frame, now - frame]); frame = now; requestAnimationFrame(onFrame); };
  requestAnimationFrame(onFrame);
  let timer = performance.now();
  setInterval(() => { const now = performance.now(); if (now - timer > 50) notes.timers.push([timer, now - timer]); timer = now; }, 10);
}

/** Opens a page that notes what its main thread does. */
export async function watchedPage(browser) {
  const page = await browser.context.newPage();
  await page.addInitScript(watchMainThread);
  return page;
}

/** What was noted so far: [start, milliseconds] of tasks, frame gaps, timer gaps. */
export const notesOf = (page) => page.evaluate(() => window.benchNotes);

/**
 * Tasks of the page's main thread in a trace of Chromium, in milliseconds. A task's wall time counts when a person waits;
 * its processor time tells what the page is to blame for when the machine is busy with other things.
 */
export function mainThreadTasks(trace) {
  const { traceEvents } = JSON.parse(trace.toString());
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`));
  return traceEvents
    .filter(({ name, ph, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && mains.has(`${pid} ${tid}`))
    .map(({ dur, tdur }) => ({ wall: (dur ?? 0) / 1000, cpu: (tdur ?? 0) / 1000 }));
}

/** Milliseconds that the page itself needs to stream a file of its own, nothing else done with the bytes. */
export async function readMilliseconds(page, file) {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { id: 'bench-file', type: 'file' });
    document.body.append(input);
  });
  await page.setInputFiles('#bench-file', file);
  return page.evaluate(async () => {
    const began = performance.now();
    const reader = document.querySelector('#bench-file').files[0].stream().getReader();
    while (!(await reader.read()).done);
    return performance.now() - began;
  });
}

/**
 * Waits within the page until its status says Done or that nothing could be done: what waits from outside looks twice a
 * second only. Answers what it says, and when, in milliseconds of the machine's clock; null after `timeout` milliseconds.
 */
export const doneIn = (page, timeout) => page.evaluate((most) => new Promise((resolve) => {
  const began = performance.now();
  const timer = setInterval(() => {
    const words = [...document.querySelectorAll('[role=status]')].map(({ textContent }) => textContent ?? '').find((text) => /Done|Nothing could/.test(text));
    if (words === undefined && performance.now() - began < most) return;
    clearInterval(timer);
    resolve(words === undefined ? null : { words, at: performance.timeOrigin + performance.now() });
  }, 10);
}), timeout);
