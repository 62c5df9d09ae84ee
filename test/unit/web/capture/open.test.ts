import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromFile, fromReadable } from '../../../../cli/source';
import { openCaptures, type CaptureSet, type OpenOptions } from '../../../../web/capture/open';
import { fromBlob, fromBytes, type ByteSource } from '../../../../web/capture/source';
import { syntheticPcap } from '../../../support/captures';
import { makeZip } from '../../../support/zips';

const folder = mkdtempSync(join(tmpdir(), 'capsift-open-'));
const path = (name: string): string => join(folder, name);
const packed = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../support/packed', name));
/** What the files of test/support/packed were made from. */
const small = syntheticPcap(800);
const first5000 = small.subarray(0, 5000);
const pcap = syntheticPcap(3000);
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Read { name: string; container: string; bytes: Buffer; seekable: boolean; state: string; message: string; read: number }

async function readAll(set: CaptureSet): Promise<Read[]> {
  const all: Read[] = [];
  for await (const capture of set) {
    const chunks: Buffer[] = [];
    for await (const chunk of capture.chunks) chunks.push(Buffer.from(chunk));
    const { state, message } = capture.outcome();
    all.push({ name: capture.name, container: capture.container, bytes: Buffer.concat(chunks), seekable: capture.seekable, state, message, read: capture.bytesRead() });
  }
  return all;
}

const open = (bytes: Uint8Array, name: string, options?: OpenOptions): CaptureSet => openCaptures(fromBytes(bytes, name), options);
const once = (bytes: Uint8Array, name: string): ByteSource => fromReadable((async function* () {
  for (let at = 0; at < bytes.length; at += 1000) { await Promise.resolve(); yield bytes.subarray(at, at + 1000); }
})(), name);

beforeAll(async () => {
  const gz = zlib.gzipSync(pcap);
  const words = Buffer.from('not a capture, only words');
  writeFileSync(path('a.pcap'), pcap);
  writeFileSync(path('a.pcap.gz'), gz);
  writeFileSync(path('all.zip'), await makeZip({ 'a.pcap': pcap, 'b.pcap': first5000, 'readme.txt': words, 'a.pcap.gz': gz, 'a.pcap.zst': packed('level3.zst'), '__MACOSX/._a.pcap': words }));
  writeFileSync(path('stored.zip'), await makeZip({ 'a.pcap': pcap }, { level: 0, dataDescriptor: false }));
  writeFileSync(path('crypto.zip'), await makeZip({ 'a.pcap': pcap }, { password: 'infected', zipCrypto: true }));
  writeFileSync(path('aes.zip'), await makeZip({ 'a.pcap': pcap }, { password: 'infected' }));
  writeFileSync(path('other.zip'), await makeZip({ 'a.pcap': pcap, 'b.pcap': first5000 }, { password: 'other', zipCrypto: true }));
  writeFileSync(path('words.zip'), await makeZip({ 'readme.txt': words }));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file is opened by its content, whatever its name', () => {
  it('gives a plain capture as it is, and can be read at any place', async () => {
    const [capture] = await readAll(open(pcap, 'a.bin'));
    expect(capture).toMatchObject({ container: 'plain', seekable: true, state: 'whole', message: '', read: pcap.length });
    expect(capture?.bytes.equals(pcap)).toBe(true);
  });

  it('unpacks gzip', async () => {
    const [capture] = await readAll(openCaptures(await fromFile(path('a.pcap.gz'))));
    expect(capture).toMatchObject({ container: 'gzip', seekable: false, state: 'whole', message: '' });
    expect(capture?.bytes.equals(pcap)).toBe(true);
  });

  it.each([['level3.zst', small], ['level19.zst', small], ['frames.zst', Buffer.concat([first5000, small])]])('unpacks what zstd packed: %s', async (name, expected) => {
    const [capture] = await readAll(open(packed(name), name));
    expect(capture).toMatchObject({ container: 'zstd', seekable: false, state: 'whole', message: '' });
    expect(capture?.bytes.equals(expected)).toBe(true);
  });

  it('reads the zips of Info-ZIP and python3', async () => {
    const infozip = await readAll(open(packed('infozip.zip'), 'infozip.zip'));
    expect(infozip.map((c) => [c.name, c.container, c.state])).toEqual([['b.pcap', 'zip', 'whole'], ['b.pcap.gz', 'gzip in zip', 'whole'], ['b.pcap.zst', 'zstd in zip', 'whole']]);
    for (const c of infozip) expect(c.bytes.equals(first5000)).toBe(true);
    const python = await readAll(open(packed('python.zip'), 'python.zip'));
    expect(python.map((c) => [c.name, c.state, c.bytes.length])).toEqual([['b.pcap', 'whole', 5000], ['a.pcap', 'whole', small.length]]);
  });

  it('gives every capture of a zip, packed ones too, and says what was left out', async () => {
    const set = openCaptures(await fromFile(path('all.zip')));
    const captures = await readAll(set);
    expect(captures.map((c) => [c.name, c.container, c.state])).toEqual([
      ['a.pcap', 'zip', 'whole'], ['b.pcap', 'zip', 'whole'], ['a.pcap.gz', 'gzip in zip', 'whole'], ['a.pcap.zst', 'zstd in zip', 'whole'],
    ]);
    for (const c of captures) expect(c.bytes.equals(c.name === 'b.pcap' ? first5000 : c.name === 'a.pcap.zst' ? small : pcap)).toBe(true);
    expect(set.problems()).toEqual(['readme.txt in all.zip is no capture and was left out.']);
  });

  it('takes a zip from a stream and from a Blob alike', async () => {
    const zip = readFileSync(path('all.zip'));
    expect((await readAll(openCaptures(once(zip, 'standard input')))).length).toBe(4);
    expect((await readAll(openCaptures(fromBlob(new Blob([zip]), 'all.zip')))).length).toBe(4);
  });

  it('says in one sentence why a file cannot be opened', async () => {
    const problem = async (bytes: Uint8Array, name: string): Promise<readonly string[]> => {
      const set = open(bytes, name);
      expect(await readAll(set)).toEqual([]);
      return set.problems();
    };
    expect(await problem(new Uint8Array(0), 'none.pcap')).toEqual(['none.pcap is empty.']);
    expect(await problem(readFileSync(path('words.zip')), 'words.zip')).toEqual([
      'words.zip holds no capture (readme.txt). Captures are pcap or pcapng files, also packed with gzip or zstd.']);
    expect((await problem(new Uint8Array([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]), 'a.xz'))[0]).toContain('xz -dk');
  });
});

describe('encrypted zips', () => {
  it('opens one with the field\'s password without asking, whichever way it is encrypted', async () => {
    const asked: string[] = [];
    const password = (n: string): Promise<null> => { asked.push(n); return Promise.resolve(null); };
    for (const name of ['crypto.zip', 'aes.zip']) {
      const [capture] = await readAll(openCaptures(await fromFile(path(name)), { password }));
      expect(capture?.state).toBe('whole');
      expect(capture?.bytes.equals(pcap)).toBe(true);
    }
    const [capture] = await readAll(open(packed('infected.zip'), 'infected.zip', { password }));
    expect(capture?.bytes.equals(first5000)).toBe(true);
    expect(asked).toEqual([]);
  });

  it('asks for another password once, says when it was wrong, and uses it for the other files', async () => {
    const asked: [string, boolean][] = [];
    const answers = ['nonsense', 'other'];
    const captures = await readAll(openCaptures(await fromFile(path('other.zip')), {
      password: (n, wrong) => { asked.push([n, wrong]); return Promise.resolve(answers.shift() ?? null); },
    }));
    expect(captures.map((c) => [c.name, c.state])).toEqual([['a.pcap', 'whole'], ['b.pcap', 'whole']]);
    expect(captures[0]?.bytes.equals(pcap)).toBe(true);
    expect(asked).toEqual([['a.pcap', false], ['a.pcap', true]]);
  });

  it('leaves out what cannot be opened, and says so', async () => {
    const set = openCaptures(await fromFile(path('other.zip')), { password: () => Promise.resolve(null) });
    expect(await readAll(set)).toEqual([]);
    expect(set.problems()[0]).toBe('a.pcap in other.zip is encrypted and was left out: no password that opens it was given.');
  });
});

describe('cut and damaged files give everything up to the place', () => {
  it.each(['a.pcap.gz', 'level3.zst', 'stored.zip', 'all.zip'])('%s cut anywhere', async (name) => {
    const whole = name === 'level3.zst' ? packed(name) : readFileSync(path(name));
    const content = name === 'level3.zst' ? small : pcap;
    for (const part of [0.1, 0.33, 0.5, 0.9, 0.999]) {
      const cut = whole.subarray(0, Math.max(60, Math.floor(whole.length * part)));
      const set = open(cut, name);
      const [capture] = await readAll(set);
      expect(capture, `${name} at ${part}`).toBeDefined();
      if (!capture) continue;
      expect(capture.bytes.equals(content.subarray(0, capture.bytes.length))).toBe(true);
      if (!name.endsWith('.zip')) {
        expect(capture.state).toBe('truncated');
        expect(capture.message).toMatch(/^(a\.pcap\.gz|level3\.zst) ends in .*Everything before that was read\.$/);
      } else {
        expect(set.problems()[0]).toContain('the end of the zip is missing');
      }
      if (name === 'a.pcap.gz') expect(capture.bytes.length).toBeGreaterThan(pcap.length * (part - 0.1));
    }
  });

  it('reports damage in the middle and a wrong checksum', async () => {
    const gz = readFileSync(path('a.pcap.gz'));
    const damaged = Buffer.from(gz);
    damaged.fill(0xff, gz.length >> 1, (gz.length >> 1) + 64);
    const [first] = await readAll(open(damaged, 'a.pcap.gz'));
    expect(first?.state).toBe('damaged');
    expect(first?.bytes.length).toBeGreaterThan(pcap.length / 4);
    const wrong = Buffer.from(gz);
    wrong[gz.length - 8] = (wrong[gz.length - 8] ?? 0) ^ 1;
    const [second] = await readAll(open(wrong, 'a.pcap.gz'));
    expect(second?.bytes.equals(pcap)).toBe(true);
    expect(second?.message).toContain('checksum');
  });

  it('stops a bomb at its caps and says which', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(30_000_000), { level: 9 });
    const [bySize] = await readAll(open(bomb, 'zeros.gz', { caps: { maxDecodedBytes: 1_000_000 } }));
    expect(bySize?.state).toBe('capped');
    expect(bySize?.bytes.length).toBeLessThanOrEqual(1_000_000);
    expect(bySize?.message).toContain('cap: decoded bytes');
    const [byRatio] = await readAll(open(bomb, 'zeros.gz', { caps: { maxRatio: 100, ratioGraceBytes: 500_000 } }));
    expect(byRatio?.message).toContain('cap: compression ratio');
    expect(byRatio?.bytes.length).toBeLessThan(5_000_000);
  });
});

describe('the outer file\'s hash', () => {
  const hasher = (): { update(b: Uint8Array): void; hex(): string } => {
    const hash = createHash('sha256');
    return { update: (b) => { hash.update(b); }, hex: () => hash.digest('hex') };
  };

  it.each(['a.pcap', 'a.pcap.gz', 'all.zip'])('is right for %s, read whole, in part, and from a stream', async (name) => {
    const bytes = readFileSync(path(name));
    for (const source of [fromBytes(bytes, name), fromBlob(new Blob([bytes]), name), once(bytes, name)]) {
      const set = openCaptures(source, { hasher: hasher() });
      await readAll(set);
      expect(await set.sha256()).toBe(sha(bytes));
    }
    for (const source of [fromBytes(bytes, name), once(bytes, name)]) {
      const set = openCaptures(source, { hasher: hasher() });
      for await (const capture of set) { for await (const chunk of capture.chunks) { void chunk; break; } break; }
      expect(await set.sha256()).toBe(sha(bytes));
    }
  });
});

describe('the hash of each capture', () => {
  it('is that of its unpacked bytes, and is not given for one that was not read to its end', async () => {
    const innerHasher = (): { update(b: Uint8Array): void; hex(): string } => {
      const hash = createHash('sha256');
      return { update: (b) => { hash.update(b); }, hex: () => hash.digest('hex') };
    };
    const hashes: string[] = [];
    for await (const capture of openCaptures(await fromFile(path('all.zip')), { innerHasher })) {
      for await (const chunk of capture.chunks) { void chunk; if (capture.name === 'b.pcap') break; }
      hashes.push(capture.sha256());
    }
    expect(hashes).toEqual([sha(pcap), '', sha(pcap), sha(small)]);
  });
});

describe('stopping', () => {
  it('ends at the next chunk with what there is', async () => {
    const stop = new AbortController();
    const got: number[] = [];
    for await (const capture of openCaptures(fromBytes(pcap, 'a.pcap', 4096), { signal: stop.signal })) {
      for await (const chunk of capture.chunks) { got.push(chunk.length); stop.abort(); }
      expect(capture.outcome()).toEqual({ state: 'stopped', truncated: false, message: 'Reading of a.pcap was stopped.' });
    }
    expect(got.length).toBe(1);
  });
});
