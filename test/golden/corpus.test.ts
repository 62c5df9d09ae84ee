import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CORPUS = join(ROOT, '../shared/corpus');
const here = existsSync(CORPUS);
if (!here) console.log(`The captures of other projects are left out: there is no ${CORPUS}.`);

/** So many captures go through one process, so that a crash is narrowed down without starting one for each. */
const GROUP = 100;
const GROUP_MILLISECONDS = 240_000;

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'MANIFEST.tsv')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Runs the built command line over captures: how it ended, and what it said. */
const logs = (out: string, captures: readonly string[]): Promise<{ code: number | null; signal: string | null; said: string }> => new Promise((done) => {
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli/capsift.js'), 'logs', '--format', 'json', '--out', out, ...captures], { stdio: ['ignore', 'ignore', 'pipe'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), GROUP_MILLISECONDS);
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => { said += bytes.toString('utf8'); });
  child.on('close', (code, signal) => { clearTimeout(timer); done({ code, signal, said }); });
});

const files = here ? filesBelow(CORPUS) : [];
const groups = Array.from({ length: Math.ceil(files.length / GROUP) }, (_, i) => files.slice(i * GROUP, (i + 1) * GROUP));

describe.skipIf(!here)('captures of other projects, good and bad', () => {
  it.each(groups.map((group, i) => [i * GROUP + 1, i * GROUP + group.length, group] as const))(
    'files %i to %i: each gives logs or a sentence, none crashes or hangs', async (_from, _to, group) => {
      const out = mkdtempSync(join(tmpdir(), 'capsift-corpus-'));
      try {
        // A file twice of one name gets a folder with a number, so names are made the same way here.
        const { code, signal, said } = await logs(out, group);
        expect({ code, signal, said: said.split('\n').filter((line) => line !== '' && !line.startsWith('capsift: ')) })
          .toEqual({ code: expect.toSatisfy((n: unknown) => n === 0 || n === 1, '0 or 1') as number, signal: null, said: [] });
        const sentences = said.split('\n');
        const silent = group.filter((file) => {
          const name = basename(file);
          const folders = readdirSync(out).filter((folder) => folder === name || folder.replace(/-\d+$/, '') === name);
          return !sentences.some((line) => line.includes(name)) && !folders.some((folder) => readdirSync(join(out, folder)).length > 0);
        });
        expect(silent).toEqual([]);
        // What is written can be read: one JSON object a line.
        for (const folder of readdirSync(out)) {
          for (const log of readdirSync(join(out, folder))) {
            for (const line of readFileSync(join(out, folder, log), 'utf8').split('\n')) if (line !== '') JSON.parse(line);
          }
        }
      } finally {
        rmSync(out, { recursive: true, force: true });
      }
    }, GROUP_MILLISECONDS + 20_000);
});
