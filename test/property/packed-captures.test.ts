import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openCaptures } from '../../web/capture/open';
import { fromBytes } from '../../web/capture/source';

const packed = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../support/packed', name));
const originals = ['frames.zst', 'infozip.zip', 'infected.zip', 'python.zip'].map((name) => ({ name, bytes: packed(name) }));

it('any damage to a packed capture ends in an answer: sentences, never an exception, never more bytes than the caps', async () => {
  const damage = fc.array(fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), value: fc.nat(255), fromEnd: fc.boolean() }), { minLength: 1, maxLength: 6 });
  const cap = 2_000_000;
  await fc.assert(fc.asyncProperty(fc.constantFrom(...originals), damage, fc.double({ min: 0.3, max: 1, noNaN: true }), async ({ name, bytes }, places, part) => {
    const bad = Buffer.from(bytes.subarray(0, Math.ceil(bytes.length * part)));
    // Half of the places are near the end, where a zip's directory lies.
    for (const { at, value, fromEnd } of places) bad[fromEnd ? Math.max(0, bad.length - 1 - Math.floor(at * 300)) : Math.floor(at * bad.length)] = value;
    const set = openCaptures(fromBytes(bad, name), { caps: { maxDecodedBytes: cap } });
    for await (const capture of set) {
      let given = 0;
      for await (const chunk of capture.chunks) given += chunk.length;
      if (capture.container !== 'plain' && capture.container !== 'zip') expect(given).toBeLessThanOrEqual(cap);
      const { state, message } = capture.outcome();
      if (state !== 'whole') expect(message).toMatch(/\.$|\?.*\.$/);
    }
    for (const problem of set.problems()) expect(problem).toMatch(/\.$/);
  }), { numRuns: 150 });
});
