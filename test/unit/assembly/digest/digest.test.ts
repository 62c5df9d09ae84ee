import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DIGEST_PAGE_BYTES, DIGEST_SLOTS } from '../../../../assembly/abi/digest';
import { EMPTY_DIGESTS, openSha256, type Digests } from '../../../../web/body/digest';
import { BodyHasher, MAX_QUEUED_PAGES, type BodyHash } from '../../../../web/body/hashing';
import { compileDigests } from '../../../support/digest-engine';

const engine = compileDigests();
const hasher = new BodyHasher(engine, null);
const expected = (data: Uint8Array): Digests => ({
  md5: createHash('md5').update(data).digest('hex'),
  sha1: createHash('sha1').update(data).digest('hex'),
  sha256: createHash('sha256').update(data).digest('hex'),
});
const pattern = (length: number, seed = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + seed) & 255);
function opened(one = hasher): BodyHash {
  const hash = one.open();
  if (!hash) throw new Error('no slot');
  return hash;
}
/** Hashes bodies side by side, each handed over as a whole. */
function together(bodies: readonly Uint8Array[]): (Digests | null)[] {
  const hashes = bodies.map((data) => {
    const hash = opened();
    hasher.add(hash, data);
    hasher.end(hash);
    return hash;
  });
  hasher.settle();
  return hashes.map((hash) => hash.digests);
}

describe('digests in the engine', () => {
  it('gives the published values of "abc" and of nothing (RFC 1321 A.5, FIPS 180-4)', () => {
    expect(hasher.digest(new TextEncoder().encode('abc'))).toEqual({
      md5: '900150983cd24fb0d6963f7d28e17f72',
      sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    });
    expect(EMPTY_DIGESTS).toEqual(expected(pattern(0)));
    expect(together([pattern(0)])).toEqual([EMPTY_DIGESTS]);
  });

  it('agrees with node:crypto at every length around the block borders, one body alone', () => {
    for (let length = 0; length <= 300; length++) expect(hasher.digest(pattern(length)), `${length} bytes`).toEqual(expected(pattern(length)));
  });

  it('agrees with node:crypto at all lengths side by side, in lanes of unequal lengths', () => {
    const bodies = Array.from({ length: 301 }, (_, length) => pattern(length, length * 3));
    expect(together(bodies)).toEqual(bodies.map(expected));
    const mixed = Array.from({ length: 60 }, (_, i) => pattern((i * 7919) % 50_000, i));
    expect(together(mixed)).toEqual(mixed.map(expected));
  });

  it('gives each of any number of lanes its own digests', () => {
    for (let count = 1; count <= 19; count++) {
      const bodies = Array.from({ length: count }, (_, i) => pattern(100 + i * 997, i));
      expect(together(bodies), `${count} bodies`).toEqual(bodies.map(expected));
    }
  });

  it('takes bodies of many pages, ending at a page border and beside it', () => {
    for (const length of [DIGEST_PAGE_BYTES - 9, DIGEST_PAGE_BYTES - 8, DIGEST_PAGE_BYTES - 1, DIGEST_PAGE_BYTES, DIGEST_PAGE_BYTES + 1, 3 * DIGEST_PAGE_BYTES, 200_001]) {
      const data = pattern(length);
      expect(hasher.digest(data), `${length} bytes`).toEqual(expected(data));
    }
  });

  it('works pages while a body is still coming, and goes on where it was', () => {
    const data = pattern((MAX_QUEUED_PAGES + 3) * DIGEST_PAGE_BYTES + 77);
    const small = pattern(5000, 9);
    const long = opened();
    const other = opened();
    hasher.add(other, small.subarray(0, 1000));
    for (let at = 0; at < data.length; at += 100_000) {
      hasher.add(long, data.subarray(at, at + 100_000));
      if (at % 1_000_000 === 0) hasher.settle();
    }
    hasher.add(other, small.subarray(1000));
    hasher.end(long);
    hasher.end(other);
    expect(long.digests).toBeNull();
    hasher.settle();
    expect([long.digests, other.digests]).toEqual([expected(data), expected(small)]);
  });

  it('gives a body up at any time without harm to the others', () => {
    const keep = opened();
    const early = opened();
    const queued = opened();
    hasher.add(early, pattern(100));
    hasher.add(queued, pattern(3 * DIGEST_PAGE_BYTES));
    hasher.add(keep, pattern(2 * DIGEST_PAGE_BYTES, 5));
    hasher.discard(early);
    hasher.discard(queued);
    const later = opened();
    hasher.add(later, pattern(999, 6));
    hasher.add(keep, pattern(10, 7));
    hasher.end(later);
    hasher.end(keep);
    hasher.settle();
    expect(later.digests).toEqual(expected(pattern(999, 6)));
    expect(keep.digests).toEqual(expected(Buffer.concat([pattern(2 * DIGEST_PAGE_BYTES, 5), pattern(10, 7)])));
  });

  it('keeps two users of one instance apart', () => {
    const second = new BodyHasher(engine, null);
    const [a, b] = [opened(), opened(second)];
    hasher.add(a, pattern(30_000, 1));
    second.add(b, pattern(40_000, 2));
    hasher.end(a);
    second.end(b);
    second.settle();
    expect([a.digests, b.digests]).toEqual([null, expected(pattern(40_000, 2))]);
    hasher.settle();
    expect(a.digests).toEqual(expected(pattern(30_000, 1)));
  });

  it('runs out of slots without a crash and has them again once bodies end', () => {
    const all: BodyHash[] = [];
    for (let hash = hasher.open(); hash; hash = hasher.open()) all.push(hash);
    expect(all).toHaveLength(DIGEST_SLOTS);
    expect(hasher.digest(pattern(3))).toBeNull();
    for (const hash of all) hasher.discard(hash);
    expect(hasher.digest(pattern(3))).toEqual(expected(pattern(3)));
  });

  it('has running ones of SHA-256, and says when there are too many', () => {
    const data = pattern(200_001);
    const running = Array.from({ length: 64 }, () => openSha256(engine));
    expect(openSha256(engine)).toBeNull();
    running.forEach((one, i) => one?.update(data.subarray(0, i * 3000)));
    running.forEach((one, i) => expect(one?.hex()).toBe(expected(data.subarray(0, i * 3000)).sha256));
    expect(openSha256(engine)?.hex()).toBe(EMPTY_DIGESTS.sha256);
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
