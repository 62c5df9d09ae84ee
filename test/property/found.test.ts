import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Checker } from '../fuzz/check';
import { smallCaptures } from '../support/captures-small';

const FOUND = join(import.meta.dirname, 'found');
const found = readdirSync(FOUND).filter((name) => /\.pcap(ng)?$/.test(name)).sort().map((name) => [name, readFileSync(join(FOUND, name))] as const);
const checker = new Checker();

// What `npm run fuzz` found and made small, and captures that nothing is wrong with.
it.each([...smallCaptures(), ...found])('%s holds what must hold for every capture', (_name, file) => {
  for (const pieces of [[1], [7, 64], [1500]]) expect(checker.problem(file, pieces, 0x61c88647)).toBeNull();
});
