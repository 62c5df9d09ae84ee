import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromFile } from '../../../cli/source';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('a file of the system', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capsift-test-'));
  const path = join(folder, 'bytes');
  const bytes = randomBytes(5_000_001);
  beforeAll(() => writeFileSync(path, bytes));
  afterAll(() => rmSync(folder, { recursive: true }));

  // No read is quicker than nothing, none takes longer than for ever.
  it.each([['at once', Infinity], ['ahead, from a slow place', -1]])('gives all bytes in order, read %s', async (_, patience) => {
    const source = await fromFile(path, patience);
    expect(source.size).toBe(bytes.length);
    const hash = createHash('sha256');
    let length = 0;
    for await (const chunk of source.stream()) {
      expect(chunk.length).toBeGreaterThan(0);
      hash.update(chunk);
      length += chunk.length;
    }
    expect(length).toBe(bytes.length);
    expect(hash.digest('hex')).toBe(sha256(bytes));
  });

  it.each([['at once', Infinity], ['ahead', -1]])('can be left before its end, and read again, when read %s', async (_, patience) => {
    const source = await fromFile(path, patience);
    for (const chunks of [1, 12]) {
      let left = chunks;
      for await (const chunk of source.stream()) if (chunk.length > 0 && --left === 0) break;
      expect(left).toBe(0);
    }
    expect(await source.slice?.(4_999_990, 6_000_000)).toEqual(new Uint8Array(bytes.subarray(4_999_990)));
  });
});
