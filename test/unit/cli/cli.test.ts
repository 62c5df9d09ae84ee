import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COUNTER_BYTES, COUNTER_CAP_FLOWS, COUNTER_PACKETS } from '../../../assembly/abi/counters';
import { parseArguments } from '../../../cli/arguments';
import { readCaptures, type Analysed } from '../../../cli/captures';
import { folderName } from '../../../cli/logs';
import { main, type Host } from '../../../cli/main';
import { NO_PROGRESS, terminalProgress } from '../../../cli/progress';
import { ChunkStore } from '../../../web/logs/chunk-store';
import { engineModule } from '../../support/engine';
import { buildTables } from '../../support/table-builder';
import { makeZip } from '../../support/zips';

// A stand-in for the engine: a pcap's bytes begin with its magic number, its rows say how long it was.
const PCAP = Uint8Array.from([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]);

async function analyse(chunks: AsyncIterable<Uint8Array>): Promise<Analysed> {
  let bytes = 0;
  let magic = 0;
  for await (const chunk of chunks) { if (bytes === 0) magic = chunk[0] ?? 0; bytes += chunk.length; }
  const isCapture = magic === 0xd4;
  const tables = buildTables(isCapture ? { weird: [{ ts: bytes * 1e6, pkt: 1, weird: 0 }] } : {});
  return {
    tables: new Map(tables), counters: new BigUint64Array(64), store: new ChunkStore(),
    outcome: isCapture ? { state: 'done', message: '', format: 'pcap' } : { state: 'failed', message: 'This file is no packet capture that is known.', format: '' },
  };
}

let folder = '';
let out: string[] = [];
let err: string[] = [];
const host = (): Host => ({
  analyse, engine: () => Promise.resolve(engineModule()), version: '1.2.3', terminal: null,
  indicators: (captures, format) => `${format} of ${captures.map((c) => `${c.name}=${c.sha256.slice(0, 4)}`).join(' ')}\n`,
  bundle: (captures, tlp) => JSON.stringify({ tlp, captures: captures.length }),
  writeFile: (path, text) => writeFileSync(path, text),
  stdout: (text) => { out.push(text); }, stderr: (text) => { err.push(text); },
});
const run = (...argv: string[]): Promise<number> => main(argv, host());
const file = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'capsift-cli-')); out = []; err = []; });
afterEach(() => { rmSync(folder, { recursive: true }); });

describe('the command line', () => {
  it('says what is wrong with its arguments and ends with 2', async () => {
    const problem = (...argv: string[]): string => {
      const command = parseArguments(argv);
      return command.name === 'usage' ? command.problem : command.name;
    };
    expect(problem()).toBe('Say what to do: capsift logs, capsift indicators or capsift bundle.');
    expect(problem('analyse', 'x')).toBe('There is no command "analyse": use logs, indicators or bundle.');
    expect(problem('logs')).toContain('Name at least one capture');
    expect(problem('logs', 'a', '--format', 'xml')).toBe('--format is json or tsv, not "xml".');
    expect(problem('logs', 'a', '--tlp', 'red')).toContain("Unknown option '--tlp'");
    expect(problem('indicators', 'a', '--no-hash')).toContain("Unknown option '--no-hash'");
    expect(problem('indicators', 'a', '--format')).toContain("'--format <value>' argument missing");
    expect(problem('bundle', 'a')).toBe('Say where the bundle goes: --out FILE.');
    expect(problem('bundle', 'a', '--out', 'b', '--tlp', 'white')).toContain('--tlp is clear');
    expect(problem('logs', '-', '-')).toContain('only once');
    expect(await run('logs', '--nonsense')).toBe(2);
    expect(err.join('')).toMatch(/^capsift: Unknown option '--nonsense'\.\nSee capsift --help\.\n$/);
  });

  it('takes options before, between and after captures', () => {
    expect(parseArguments(['logs', '--format', 'tsv', 'a', '--out=o', '-'])).toEqual({ name: 'logs', captures: ['a', '-'], format: 'tsv', out: 'o', hashes: true, coverage: false, threads: null });
    expect(parseArguments(['bundle', 'a', '--out', 'b', '--tlp', 'TLP:AMBER+STRICT'])).toEqual({ name: 'bundle', captures: ['a'], out: 'b', tlp: 'amber+strict' });
  });

  it('helps, and tells its version', async () => {
    expect([await run('--help'), await run('logs', '--help'), await run('--version')]).toEqual([0, 0, 0]);
    expect(out[0]).toContain('capsift indicators CAPTURE…');
    expect(out[2]).toBe('1.2.3\n');
  });

  it('writes the logs of one capture straight into the folder, and no empty ones', async () => {
    expect(await run('logs', file('a.pcap', PCAP), '--format', 'json', '--out', join(folder, 'new/out'))).toBe(0);
    expect(readdirSync(join(folder, 'new/out'))).toEqual(['weird.log']);
    expect(readFileSync(join(folder, 'new/out/weird.log'), 'utf8')).toBe('{"ts":24.000000,"name":"truncated_header","notice":false,"peer":"capsift","pkt":1}\n');
  });

  it('gives each of several captures a folder of its name, does the good ones and ends with 1', async () => {
    const paths = [file('a.pcap', PCAP), file('text.txt', new TextEncoder().encode('hello, I am no capture at all')), join(folder, 'missing.pcap'), file('b.pcap', PCAP), join(folder, 'a.pcap')];
    expect(await run('logs', ...paths, '--out', join(folder, 'out'))).toBe(1);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['a.pcap', 'a.pcap-2', 'b.pcap']);
    expect(err.join('')).toContain('text.txt: This file is no packet capture that is known.');
    expect(err.join('')).toContain('missing.pcap: there is no such file.');
  });

  it('gives each capture of a zip a folder, but only when there are several', async () => {
    const one = file('one.zip', await makeZip({ 'x/inner.pcap': PCAP }));
    const two = file('two.zip', await makeZip({ 'p.pcap': PCAP, 'q.pcap': PCAP }));
    expect(await run('logs', one, '--out', join(folder, 'o1'))).toBe(0);
    expect(readdirSync(join(folder, 'o1'))).toEqual(['weird.log']);
    expect(await run('logs', two, '--out', join(folder, 'o2'))).toBe(0);
    expect(readdirSync(join(folder, 'o2')).sort()).toEqual(['p.pcap', 'q.pcap']);
  });

  it('hands indicators and bundles every capture with its hash', async () => {
    const path = file('a.pcap', PCAP);
    expect(await run('indicators', path, '--format', 'csv')).toBe(0);
    expect(out.join('')).toMatch(/^csv of a\.pcap=[0-9a-f]{4}\n$/);
    expect(await run('bundle', path, '--out', join(folder, 'b.json'), '--tlp', 'green')).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'b.json'), 'utf8'))).toEqual({ tlp: 'green', captures: 1 });
  });

  it('hashes captures only where somebody asks which ones they are', async () => {
    const hashes = async (identify: boolean): Promise<string[]> => {
      const found: string[] = [];
      const report = { failed: false, say: () => undefined };
      for await (const capture of readCaptures([file('a.pcap', PCAP)], analyse, report, NO_PROGRESS, identify)) found.push(capture.sha256);
      return found;
    };
    expect(await hashes(true)).toEqual([createHash('sha256').update(PCAP).digest('hex')]);
    expect(await hashes(false)).toEqual(['']);
  });

  it('says when the output cannot be written', async () => {
    const blocked = file('plain', PCAP);
    expect(await run('logs', file('a.pcap', PCAP), '--out', join(blocked, 'under'))).toBe(1);
    expect(err.join('')).toMatch(/^capsift: /);
  });

  it('never makes a folder outside of the output', () => {
    expect(['..', '../../etc/x', 'a\\b:c', '', 'C:\\x\\y.pcap', 'tab\there'].map(folderName)).toEqual(['capture', 'x', 'b_c', 'capture', 'y.pcap', 'tab_here']);
  });

  it('shows progress on one line of a terminal', () => {
    let time = 0;
    const text: string[] = [];
    const progress = terminalProgress((part) => { text.push(part); }, 60, () => time);
    progress.begin('a.pcap', 1_000_000);
    progress.at(10);
    time = 1000;
    progress.at(500_000);
    progress.end();
    expect(text.join('')).toMatch(/^\r\x1b\[Ka\.pcap: 50 % of .*\/s\r\x1b\[K$/);
  });

  it('hashes bodies unless told not to', async () => {
    const asked: unknown[] = [];
    const spying = { ...host(), analyse: (chunks: AsyncIterable<Uint8Array>, options?: { hashes?: boolean }) => { asked.push(options?.hashes ?? true); return analyse(chunks); } };
    const capture = file('a.pcap', PCAP);
    expect(await main(['logs', capture, '--out', folder], spying)).toBe(0);
    expect(await main(['logs', capture, '--out', folder, '--no-hash'], spying)).toBe(0);
    expect(await main(['indicators', capture], spying)).toBe(0);
    expect(asked).toEqual([true, false, true]);
  });

  it('tells with --coverage what was read and which caps tripped, and nothing without it', async () => {
    const counting = { ...host(), analyse: async (chunks: AsyncIterable<Uint8Array>) => {
      const analysed = await analyse(chunks);
      analysed.counters[COUNTER_PACKETS] = 3n;
      analysed.counters[COUNTER_BYTES] = 180n;
      analysed.counters[COUNTER_CAP_FLOWS] = 2n;
      return analysed;
    } };
    const capture = file('a.pcap', PCAP);
    expect(await main(['logs', capture, '--out', folder], counting)).toBe(0);
    expect(err).toEqual([]);
    expect(await main(['logs', capture, '--out', folder, '--coverage'], counting)).toBe(0);
    expect(err.map((line) => JSON.parse(line) as unknown)).toEqual([
      { capture: 'a.pcap', packets: 3, bytes: 180, coverage: [{ what: 'Cap: concurrent flows', kind: 'cap', count: 2 }] },
    ]);
  });
});
