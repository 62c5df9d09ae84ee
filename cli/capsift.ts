import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { analyse } from './analyse';
import { engineModule } from './engine';
import { main } from './main';
import { teamOf } from './threads/choose';
import { work } from './threads/worker';

/** Waits until the text is out, so that a pipe's reader sets the pace. */
const write = (stream: NodeJS.WriteStream) => (text: string): Promise<void> =>
  new Promise((done, failed) => stream.write(text, (error) => (error ? failed(error) : done())));

// A reader that has enough (`| head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// Before anything is read: a capture may be packed.
if (isMainThread) await engineModule();
if (isMainThread) process.exitCode = await main(process.argv.slice(2), {
  analyse, engine: engineModule,
  team: (threads) => teamOf(new URL(import.meta.url), threads),
  version: __CAPSIFT_VERSION__,
  // Not loaded for logs: making what these need ready takes longer than a small capture.
  indicators: async (captures, format) => (await import('./case')).indicatorsText(captures, format),
  bundle: async (captures, tlp) => (await import('./case')).bundleText(captures, tlp, `${__CAPSIFT_VERSION__}+${__ENGINE_SHA256__.slice(0, 12)}`),
  writeFile: (path, text) => writeFileSync(path, text),
  stdout: write(process.stdout),
  stderr: (text) => { process.stderr.write(text); },
  terminal: process.stderr.isTTY ? process.stderr.columns || 80 : null,
});
else work();
