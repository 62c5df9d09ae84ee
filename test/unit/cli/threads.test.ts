import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../cli/arguments';
import { teamOf } from '../../../cli/threads/choose';
import { Pipeline } from '../../../cli/threads/pipeline';
import { Team } from '../../../cli/threads/team';
import { BodyLine } from '../../../web/worker/body-line';
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

/** A program whose workers do that with each message `m`. */
const worker = (deed: string): URL =>
  new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', (m) => { ${deed} });`)}`);

describe('threads of the command line', () => {
  it('are a number from 1 on', () => {
    expect(parseArguments(['logs', 'a', '--threads', '3'])).toMatchObject({ name: 'logs', threads: 3 });
    expect(parseArguments(['logs', 'a'])).toMatchObject({ name: 'logs', threads: null });
    expect(['0', '-1', 'x', '100', '1.5'].map((n) => parseArguments(['logs', 'a', `--threads=${n}`]).name)).toEqual(Array.from({ length: 5 }, () => 'usage'));
  });

  it('write the same logs and say the same, however many there are', () => {
    const alone = logs('1', 1, NAMES);
    expect(tree('1').size).toBeGreaterThan(NAMES.length);
    // 2 are a pipeline, more share.
    for (const threads of [2, 3, 4]) {
      expect(logs(String(threads), threads, NAMES)).toEqual(alone);
      expect(tree(String(threads))).toEqual(tree('1'));
    }
  }, 180_000);

  it('write the same TSV, without digests too', () => {
    const incident = join(CAPTURES, 'incident.pcapng');
    const more = ['--format', 'tsv', '--no-hash'];
    expect(logs('1', 1, [incident], more)).toEqual({ code: 0, said: '' });
    const lines = tree('1').get('/files.log')!.split('\n');
    const names = lines.find((line) => line.startsWith('#fields\t'))!.split('\t').slice(1);
    const files = lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
    expect(files.length).toBeGreaterThan(5);
    for (const values of files) {
      expect(['analyzers', 'md5', 'sha1', 'sha256'].map((name) => values[names.indexOf(name)])).toEqual(['(empty)', '-', '-', '-']);
    }
    for (const threads of [2, 3]) {
      expect(logs(String(threads), threads, [incident], more)).toEqual({ code: 0, said: '' });
      expect(tree(String(threads))).toEqual(tree('1'));
    }
  }, 60_000);

  it('read standard input, which cannot be read twice', () => {
    const input = readFileSync(join(CAPTURES, 'incident.pcapng'));
    expect(logs('1', 1, ['-'], [], input)).toEqual({ code: 0, said: '' });
    for (const threads of [2, 3]) {
      expect(logs(String(threads), threads, ['-'], [], input)).toEqual({ code: 0, said: '' });
      expect(tree(String(threads))).toEqual(tree('1'));
    }
  }, 60_000);

  it.each([2, 3])('end with the signal that the program gets (%i threads)', async (threads) => {
    const child = spawn(process.execPath, [CLI, 'logs', '-', '--out', join(folder, 'out'), '--threads', String(threads)], { stdio: ['pipe', 'ignore', 'ignore'] });
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
    const team = new Team(worker(`if (m.type === 'bytes') { ${deed} }`), engineModule(), 2);
    await expect(team.analyse(bytes(), {})).rejects.toThrow(sentence);
    await team.end();
  }, 30_000);

  it.each([
    ['throws', 'throw new Error("worn out")', 'A thread of the analysis broke off: worn out'],
    ['ends', 'process.exit(3)', 'A thread of the analysis ended before its time (3).'],
    ['says that it failed', 'parentPort.postMessage({ type: "failed", capture: 0, message: "no luck" })', 'no luck'],
  ])('tell of a worker for bodies that %s', async (_, deed, sentence) => {
    for (const type of ['begin', 'finish']) {
      const pipeline = new Pipeline(worker(`if (m.type === '${type}') { ${deed} }`), engineModule());
      await expect(pipeline.analyse(bytes())).rejects.toThrow(sentence);
      // The next capture does not wait for it, either.
      await expect(pipeline.analyse(bytes())).rejects.toThrow(sentence);
      await pipeline.end();
    }
  }, 30_000);

  it('wait for the worker before more bodies gather', async () => {
    const sizes: number[] = [];
    const line = new BodyLine(0, (message) => { if (message.type === 'batch') sizes.push(message.batch.byteLength); });
    for (const body of Array.from({ length: 40 }, (_, i) => i)) {
      line.sink.begin(body, 0);
      line.sink.data(body, new Uint8Array(1 << 20));
    }
    let roomy = false;
    const room = line.room().then(() => { roomy = true; });
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    expect(roomy).toBe(false);
    for (const bytes of sizes) line.receive({ type: 'taken', capture: 0, batch: new ArrayBuffer(bytes) });
    await room;
    expect(sizes.length).toBeGreaterThan(30);
  });

  it('are one unless it is said that there are more', async () => {
    const entry = worker('throw new Error("asked")');
    expect(teamOf(entry, null)).toBeNull();
    expect(teamOf(entry, 1)).toBeNull();
    for (const threads of [2, 3]) {
      const team = teamOf(entry, threads);
      await expect(team!.analyse(bytes())).rejects.toThrow('asked');
      await team!.end();
    }
  }, 30_000);
});
