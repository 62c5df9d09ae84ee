import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WriteBehind } from '../../../cli/write-behind';

let folder = '';
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'capsift-write-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

describe('files that are written while more is made', () => {
  it('hold their blocks in order, though the memory of a block is used again at once', async () => {
    const files = new WriteBehind();
    const [a, b] = [files.open(join(folder, 'a')), files.open(join(folder, 'b'))];
    const expected = { a: '', b: '' };
    const block = new Uint8Array(70_000);
    for (let i = 0; i < 60; i++) {
      const length = 1 + ((i * 7919) % block.length);
      block.fill(33 + i, 0, length);
      const name = i % 3 === 0 ? 'b' : 'a';
      expected[name] += String.fromCharCode(33 + i).repeat(length);
      await files.put(name === 'a' ? a : b, block.subarray(0, length));
      block.fill(0);
    }
    await files.close();
    expect(readFileSync(join(folder, 'a'), 'latin1') === expected.a).toBe(true);
    expect(readFileSync(join(folder, 'b'), 'latin1') === expected.b).toBe(true);
  });

  it('says that a disk is full, and does not hang', async (context) => {
    if (!existsSync('/dev/full')) { console.warn('left out: /dev/full is not there'); context.skip(); return; }
    const files = new WriteBehind();
    const file = files.open('/dev/full');
    const put = async (): Promise<void> => { for (let i = 0; i < 20; i++) await files.put(file, new Uint8Array(1000)); };
    await expect(put()).rejects.toThrow('ENOSPC');
    await expect(files.close()).rejects.toThrow('ENOSPC');
  });
});
