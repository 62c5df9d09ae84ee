import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CRAFTED } from '../../fixtures/generate/list';
import { golden, readFile } from '../support/golden';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CAPTURES = join(ROOT, 'fixtures/captures');
const EXPECTED = join(ROOT, 'fixtures/expected');
const UPDATE = process.env['CAPSIFT_UPDATE'] === '1';

const names = readdirSync(CAPTURES).filter((name) => name !== 'README.md').sort();

describe('every capture of ours gives the logs that a person has read', () => {
  it.each(names)('%s', async (name) => {
    const text = golden(await readFile(join(CAPTURES, name)));
    const path = join(EXPECTED, `${name}.txt`);
    if (UPDATE) {
      mkdirSync(EXPECTED, { recursive: true });
      writeFileSync(path, text);
    }
    expect(existsSync(path), `${path} is missing: CAPSIFT_UPDATE=1 writes it`).toBe(true);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  it('has no expectation without a capture', () => {
    expect(readdirSync(EXPECTED).filter((name) => !names.includes(name.replace(/\.txt$/, '')))).toEqual([]);
  });
});

describe('the captures are what their makers make', () => {
  // What other programs compress or encrypt may differ from one version of them to the next.
  const ours = CRAFTED.filter(({ name }) => !/\.(gz|zst|zip)$|^http-(gzip|deflate|brotli|damaged)/.test(name));
  it.each(ours.map((fixture) => [fixture.name, fixture] as const))('%s', async (name, fixture) => {
    expect(Buffer.from(await fixture.bytes()).equals(readFileSync(join(CAPTURES, name)))).toBe(true);
  });

  it('each has a name of its own', () => {
    expect(new Set(CRAFTED.map(({ name }) => name)).size).toBe(CRAFTED.length);
  });
});
