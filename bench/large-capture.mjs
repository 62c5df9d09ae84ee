#!/usr/bin/env node
// Opens a capture in the built page and measures what a person would notice: memory, held-up frames, time. README.md says more.
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { at } from '../scripts/lib/paths.mjs';
import { serveLocally, staticHandler } from '../scripts/lib/static-server.mjs';
import { sampleMemory, treeMemory } from './lib/memory.mjs';
import { processorTime } from './lib/processor.mjs';
import { doneIn, launch, mainThreadTasks, notesOf, readMilliseconds, watchedPage } from './lib/page.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    site: { type: 'string', default: at('dist/site') },
    'max-task': { type: 'string', default: '100' },
    'max-memory': { type: 'string', default: '1024' },
    timeout: { type: 'string', default: '900' },
    sample: { type: 'string', default: '500' },
    wheel: { type: 'string', default: '900' },
    quiet: { type: 'boolean', default: false },
    stop: { type: 'boolean', default: false },
    cpu: { type: 'boolean', default: false },
  },
});
const capture = positionals[0] ? resolve(positionals[0]) : '';
if (!capture || positionals.length > 1 || process.platform !== 'linux') {
  console.error(process.platform === 'linux'
    ? 'usage: node bench/large-capture.mjs CAPTURE [--site DIR] [--max-task MS] [--max-memory MIB] [--sample MS] [--wheel PX] [--timeout S] [--quiet] [--stop] [--cpu]'
    : 'Memory is measured by /proc/PID/smaps_rollup, which only Linux has.');
  process.exit(2);
}

const MIB = 2 ** 20;
const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
const size = statSync(capture).size;
const site = await serveLocally(staticHandler(options.site), 0);
const browser = await launch();
const rows = [];
const say = (name, value) => { rows.push([name, value]); };
let failed = false;
const hold = (name, value, limit, unit) => {
  const held = value <= limit;
  failed ||= !held;
  say(name, `${value.toFixed(0)} ${unit}  (limit ${limit} ${unit}: ${held ? 'held' : 'BROKEN'})`);
};

/** What a person does while it runs: goes through the views and scrolls. The longest answer is told. */
async function useThePage(page, running) {
  const views = ['Flows', 'Packets', 'Indicators', 'Hosts', 'DNS', 'Files', 'Overview'];
  const switches = [];
  for (let i = 0; running(); i++) {
    const name = views[i % views.length];
    const began = performance.now();
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: new RegExp(`^${name}`) }).click();
    const grid = page.getByRole('grid').first();
    if (name === 'Overview' || !(await grid.locator('[role=row][data-r="0"]:not([aria-busy]) [role=gridcell][id]').first().waitFor({ timeout: 30_000 }).then(() => true, () => false))) {
      await pause(300);
      continue;
    }
    switches.push([name, performance.now() - began]);
    const box = await grid.boundingBox();
    if (box) {
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      for (let turn = 0; turn < 12 && running(); turn++) {
        await page.mouse.wheel(0, turn < 9 ? Number(options.wheel) : -3 * Number(options.wheel));
        await pause(40);
      }
    }
  }
  return switches;
}

const worst = (list) => list.reduce((most, [, milliseconds]) => Math.max(most, milliseconds), 0);
try {
  const page = await watchedPage(browser);
  await page.goto('about:blank');
  await pause(1500);
  const blank = treeMemory(process.pid).total;
  const readTime = await readMilliseconds(page, capture);
  await page.goto(`http://localhost:${site.port}/`);
  await page.getByLabel('Open a capture').first().waitFor({ state: 'attached' });
  await pause(1000);

  if (options.cpu) await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] });
  const memory = sampleMemory(process.pid, Number(options.sample));
  const before = processorTime(process.pid);
  const began = performance.now();
  const startInPage = await page.evaluate(() => performance.now());
  let going = true;
  const done = doneIn(page, options.timeout * 1000);
  await page.getByLabel('Open a capture').first().setInputFiles(capture);
  const firstRows = page.getByText(/[1-9][\d,]* flows?\b|Top indicators/).first().waitFor({ timeout: 60_000 }).then(() => performance.now() - began, () => NaN);
  const use = options.quiet ? Promise.resolve([]) : useThePage(page, () => going);
  const bar = page.getByRole('progressbar', { name: 'Analysis' });
  const readOver = bar.waitFor({ timeout: 60_000 }).then(() => bar.waitFor({ state: 'detached', timeout: options.timeout * 1000 })).then(() => performance.now() - began, () => NaN);
  if (options.stop) {
    const stop = page.getByRole('button', { name: 'Stop', exact: true });
    await stop.waitFor();
    await pause(2000);
    going = false;
    await use;
    const pressed = performance.now();
    await stop.click();
    await page.getByRole('status').filter({ hasText: /Stopping|Done/ }).first().waitFor({ state: 'attached' });
    say('stop, until the page says so', `${(performance.now() - pressed).toFixed(0)} ms`);
    await bar.waitFor({ state: 'detached' });
    say('stop, until the run is over', `${(performance.now() - pressed).toFixed(0)} ms`);
  }
  const ended = await done;
  if (!ended) throw new Error(`The page did not come to an end within ${options.timeout} s.`);
  const total = ended.at - performance.timeOrigin - began;
  going = false;
  const after = processorTime(process.pid);
  const switches = await use;
  const tasks = options.cpu ? mainThreadTasks(await browser.stopTracing()) : [];
  // Hashing the file and keeping the rows follow the last packet.
  for (let still = 0, last = memory.last(); still < 4;) {
    await pause(500);
    const now = memory.last();
    if (now === last) continue;
    still = Math.abs(now.total - (last?.total ?? Infinity)) < 8 * MIB ? still + 1 : 0;
    last = now;
  }
  const notes = await notesOf(page);
  const samples = memory.end();
  const peak = samples.reduce((most, sample) => (sample.total > most.total ? sample : most));
  const later = (list) => list.filter(([start, milliseconds]) => start + milliseconds > startInPage);

  say('capture', `${basename(capture)}, ${(size / 1e6).toFixed(0)} MB`);
  say('result', ended.words.trim());
  say('first figures', `${((await firstRows) / 1000).toFixed(2)} s`);
  say('until the last row', `${((await readOver) / 1000).toFixed(2)} s`);
  say('until done', `${(total / 1000).toFixed(2)} s, ${(size / 1e3 / total).toFixed(1)} MB/s`);
  say('reading alone', `${(readTime / 1000).toFixed(2)} s, ${(size / 1e3 / readTime).toFixed(0)} MB/s; the run had ${(readTime / total * 100).toFixed(0)} % of it`);
  if (switches.length > 0) say('view switches', `${switches.length}, longest ${worst(switches).toFixed(0)} ms (${switches.reduce((a, b) => (b[1] > a[1] ? b : a))[0]})`);
  const own = after.own - before.own;
  const others = Math.max(0, after.machine - before.machine - own);
  say('processors', `${availableParallelism()}; this took ${(own / total * 100).toFixed(0)} %, others on the machine ${(others / total * 100).toFixed(0)} % of one`);
  hold('longest task of the main thread', worst(later(notes.tasks)), Number(options['max-task']), 'ms');
  const heaviest = tasks.reduce((most, task) => (task.cpu > most.cpu ? task : most), { cpu: 0, wall: 0 });
  if (options.cpu) say('  by processor time', `${heaviest.cpu.toFixed(0)} ms (it took ${heaviest.wall.toFixed(0)} ms); ${tasks.filter(({ cpu }) => cpu > 50).length} of ${tasks.length} tasks over 50 ms`);
  say('tasks over 50 ms', `${later(notes.tasks).length}`);
  say('longest gap between frames', `${worst(later(notes.frames)).toFixed(0)} ms; between timers ${worst(later(notes.timers)).toFixed(0)} ms`);
  hold('peak memory beyond a blank page', (peak.total - blank) / MIB, Number(options['max-memory']), 'MiB');
  say('  of', `${Object.entries(peak.kinds).map(([kind, bytes]) => `${kind} ${(bytes / MIB).toFixed(0)}`).join(', ')}; blank ${(blank / MIB).toFixed(0)}; peak at ${(peak.at / 1000).toFixed(1)} s`);
  say('at the end beyond a blank page', `${((samples.at(-1).total - blank) / MIB).toFixed(0)} MiB`);
  say('memory over time, MiB', samples.map((sample) => ((sample.total - blank) / MIB).toFixed(0)).join(' '));
} finally {
  await browser.close();
  await site.close();
}
const width = Math.max(...rows.map(([name]) => name.length));
for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);
process.exit(failed ? 1 : 0);
