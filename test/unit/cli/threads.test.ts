import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../cli/arguments';
import { Team } from '../../../cli/threads/team';
import { engineModule } from '../../support/engine';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CLI = join(ROOT, 'dist/cli/capsift.js');
const CAPTURES = join(ROOT, 'fixtures/captures');
const NAMES = readdirSync(CAPTURES).filter((name) => /\.(pcap|pcapng|cap|gz|zst|zip|txt)$/.test(name)).map((name) => join(CAPTURES, name));

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'capsift-threads-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

function logs(out: string, threads: number, captures: readonly string[], more: readonly string[] = [], input?: Buffer): { code: number | null; said: string } {
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'logs', ...captures, '--out', join(folder, out), '--threads', String(threads), ...more], input ? { input } : {});
  return { code: status, said: stderr.toString('utf8') };
}

/** Every file below a folder, with what is in it. */
function tree(out: string): Map<string, string> {
  const below = join(folder, out);
  if (!existsSync(below)) return new Map();
  const files = readdirSync(below, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map((entry) => join(entry.parentPath, entry.name)).sort().map((path) => [path.slice(below.length), readFileSync(path, 'latin1')]));
}

async function* bytes(): AsyncGenerator<Uint8Array, void> {
  for (let i = 0; i < 40; i++) yield await Promise.resolve(new Uint8Array(1 << 20));
}

describe('threads of the command line', () => {
  it('are a number from 1 on', () => {
    expect(parseArguments(['logs', 'a', '--threads', '3'])).toMatchObject({ name: 'logs', threads: 3 });
    expect(parseArguments(['logs', 'a'])).toMatchObject({ name: 'logs', threads: null });
    expect(['0', '-1', 'x', '100', '1.5'].map((n) => parseArguments(['logs', 'a', `--threads=${n}`]).name)).toEqual(Array.from({ length: 5 }, () => 'usage'));
  });

  it('write the same logs and say the same, however many there are', () => {
    const alone = logs('1', 1, NAMES);
    expect(tree('1').size).toBeGreaterThan(NAMES.length);
    for (const threads of [2, 4]) {
      expect(logs(String(threads), threads, NAMES)).toEqual(alone);
      expect(tree(String(threads))).toEqual(tree('1'));
    }
  }, 120_000);

  it('write the same TSV, without digests too', () => {
    const incident = join(CAPTURES, 'incident.pcapng');
    const more = ['--format', 'tsv', '--no-hash'];
    expect(logs('1', 1, [incident], more)).toEqual({ code: 0, said: '' });
    expect(logs('3', 3, [incident], more)).toEqual({ code: 0, said: '' });
    expect(tree('1').get('/files.log')).toContain('#close');
    expect(tree('3')).toEqual(tree('1'));
  }, 60_000);

  it('read standard input, which cannot be read twice', () => {
    const input = readFileSync(join(CAPTURES, 'incident.pcapng'));
    expect(logs('1', 1, ['-'], [], input)).toEqual({ code: 0, said: '' });
    expect(logs('2', 2, ['-'], [], input)).toEqual({ code: 0, said: '' });
    expect(tree('2')).toEqual(tree('1'));
  }, 60_000);

  it('end with the signal that the program gets', async () => {
    const child = spawn(process.execPath, [CLI, 'logs', '-', '--out', join(folder, 'out'), '--threads', '2'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = new Promise<string | null>((resolve) => { child.on('exit', (_, signal) => resolve(signal)); });
    // Enough that the workers are at it; the rest never comes.
    await new Promise((resolve) => { child.stdin.write(readFileSync(join(CAPTURES, 'incident.pcapng')), resolve); });
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
  }, 30_000);

  it.each([
    ['throws', 'throw new Error("worn out")', 'A thread of the analysis broke off: worn out'],
    ['ends', 'process.exit(3)', 'A thread of the analysis ended before its time (3).'],
    ['says that it failed', 'parentPort.postMessage({ type: "failed", message: "no luck" })', 'no luck'],
  ])('tell of one that %s while others wait for it', async (_, deed, sentence) => {
    const code = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', (m) => { if (m.type === 'bytes') { ${deed} } });`;
    const team = new Team(new URL(`data:text/javascript,${encodeURIComponent(code)}`), engineModule(), 2);
    await expect(team.analyse(bytes(), {})).rejects.toThrow(sentence);
    await team.end();
  }, 30_000);
});
