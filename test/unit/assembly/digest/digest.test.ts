import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HasherPool } from '../../../../web/body/digest';
import { compileDigests } from '../../../support/digest-engine';

const engine = compileDigests();
const pool = new HasherPool(engine);
const expected = (data: Uint8Array) => ({
  md5: createHash('md5').update(data).digest('hex'),
  sha1: createHash('sha1').update(data).digest('hex'),
  sha256: createHash('sha256').update(data).digest('hex'),
});
const pattern = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);

describe('digests in the engine', () => {
  it('gives the published values of "abc" (RFC 1321 A.5, FIPS 180-4)', () => {
    expect(pool.digest(new TextEncoder().encode('abc'))).toEqual({
      md5: '900150983cd24fb0d6963f7d28e17f72',
      sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
  });

  it('agrees with node:crypto at every length around the block borders', () => {
    for (let length = 0; length <= 260; length++) expect(pool.digest(pattern(length)), `${length} bytes`).toEqual(expected(pattern(length)));
  });

  it('takes more than its input buffer in one update', () => {
    const data = pattern(200_001);
    expect(pool.digest(data)).toEqual(expected(data));
  });

  it('keeps interleaved hashers apart', () => {
    const parts = [pattern(1000), pattern(77), pattern(4096)];
    const hashers = parts.map(() => pool.open());
    for (let at = 0; at < 4096; at += 50) parts.forEach((part, i) => hashers[i]?.update(part.subarray(at, at + 50)));
    hashers.forEach((hasher, i) => expect(hasher?.digest()).toEqual(expected(parts[i] ?? pattern(0))));
  });

  it('runs out of slots without a crash and has them again once hashers end', () => {
    const all = [];
    for (let hasher = pool.open(); hasher; hasher = pool.open()) all.push(hasher);
    expect(all).toHaveLength(4096);
    expect(pool.digest(pattern(3))).toBeNull();
    for (const hasher of all) hasher.discard();
    all[0]?.discard();
    expect(pool.digest(pattern(3))).toEqual(expected(pattern(3)));
  });

  it('has one-shot digests for the engine itself', () => {
    const data = pattern(130);
    const at = engine.digestInput();
    const memory = new Uint8Array(engine.memory.buffer);
    memory.set(data, at);
    for (const [name, size] of [['md5', 16], ['sha1', 20], ['sha256', 32]] as const) {
      engine[name](at, data.length, at + 1024);
      expect(Buffer.from(memory.slice(at + 1024, at + 1024 + size)).toString('hex')).toBe(expected(data)[name]);
    }
  });
});
