import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encryptedZip, safeName } from '../../../../web/body/archive';
import { hasTool } from '../../../support/tools';

const folder = mkdtempSync(join(tmpdir(), 'capsift-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));

const noise = randomBytes(100_000);
const text = Buffer.from('MZ is how it begins '.repeat(500));

describe('encrypted archives', async () => {
  const path = join(folder, 'samples.zip');
  writeFileSync(path, await encryptedZip([{ name: '../evil/setup.exe', bytes: noise }, { name: 'setup.exe', bytes: text }, { name: '', bytes: new Uint8Array(0) }]));

  it.skipIf(!hasTool('python3', 'opening archives in Python'))('open in Python with the password, and only with it', () => {
    const script = `
import sys, zipfile, hashlib
z = zipfile.ZipFile(sys.argv[1])
for i in z.infolist():
    assert i.flag_bits & 1
    print(i.filename, hashlib.sha256(z.read(i, pwd=b'infected')).hexdigest()[:8])
try:
    z.read(z.infolist()[1], pwd=b'wrong')
    print('opened')
except RuntimeError:
    print('refused')`;
    const out = execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }).trim().split('\n');
    const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex').slice(0, 8);
    expect(out).toEqual([`setup.exe ${digest(noise)}`, `setup (2).exe ${digest(text)}`, `file ${digest(new Uint8Array(0))}`, 'refused']);
  });

  it.skipIf(!hasTool('unzip', 'opening archives in Info-ZIP'))('open in Info-ZIP', () => {
    const bytes = execFileSync('unzip', ['-p', '-P', 'infected', path, 'setup.exe'], { maxBuffer: 1e7 });
    expect(bytes.equals(noise)).toBe(true);
    expect(() => execFileSync('unzip', ['-p', '-P', 'other', path, 'setup (2).exe'], { stdio: 'ignore' })).toThrow();
  });

  it.skipIf(!hasTool('python3', 'opening archives in Python'))('take another password', async () => {
    writeFileSync(join(folder, 'other.zip'), await encryptedZip([{ name: 'a', bytes: text }], 'grün'));
    expect(execFileSync('python3', ['-c', 'import sys,zipfile;sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read("a",pwd="grün".encode()))', join(folder, 'other.zip')]).equals(text)).toBe(true);
  });
});

it('names of entries are harmless', () => {
  expect(['a/b/c.txt', 'C:\\x\\y.exe', '../..', '.profile', 'a\u202Egpj.exe', 'nul\0.txt', 'x. ', ''].map(safeName))
    .toEqual(['c.txt', 'y.exe', '_', '_profile', 'a_gpj.exe', 'nul_.txt', 'x', 'file']);
});
