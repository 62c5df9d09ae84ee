import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nodeSha } from '../../../../cli/digests';
import { openSha256, type Digests } from '../../../../web/body/digest';
import { BodyHasher, type BodyHash } from '../../../../web/body/hashing';
import { webCrypto } from '../../../../web/body/sha';
import { compileDigests } from '../../../support/digest-engine';

const engine = compileDigests();
const hash = (name: string, bytes: Uint8Array): string => createHash(name).update(bytes).digest('hex');
const expected = (bytes: Uint8Array): Digests => ({ md5: hash('md5', bytes), sha1: hash('sha1', bytes), sha256: hash('sha256', bytes) });

/** Bodies in pieces, most of them short, some of several pages: body, bytes of the piece, what they are made from. */
const pieces = fc.array(fc.record({
  body: fc.nat({ max: 20 }),
  length: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 300 }) }, { weight: 2, arbitrary: fc.integer({ min: 1000, max: 20_000 }) }, { weight: 1, arbitrary: fc.constantFrom(64, 16_384, 16_320, 40_000, 70_000) }),
  seed: fc.nat({ max: 255 }),
  /** The body ends with this piece, and the next piece of its number begins another. */
  ends: fc.boolean(),
  /** Everything handed over so far is worked. */
  works: fc.boolean(),
}), { maxLength: 80 });

async function check(steps: readonly { body: number; length: number; seed: number; ends: boolean; works: boolean }[], hasher: BodyHasher): Promise<void> {
  const open = new Map<number, { hash: BodyHash; bytes: Uint8Array[] }>();
  const all: { hash: BodyHash; bytes: Uint8Array[] }[] = [];
  for (const { body, length, seed, ends, works } of steps) {
    let one = open.get(body);
    if (!one) {
      const opened = hasher.open();
      if (!opened) throw new Error('no slot');
      one = { hash: opened, bytes: [] };
      open.set(body, one);
      all.push(one);
    }
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + seed + (i >> 8)) & 255);
    one.bytes.push(bytes.slice());
    expect(hasher.add(one.hash, bytes)).toBe(true);
    bytes.fill(0xee);
    if (ends) {
      hasher.end(one.hash);
      open.delete(body);
    }
    if (works) hasher.settle();
  }
  for (const { hash: left } of open.values()) hasher.end(left);
  await hasher.settled();
  for (const one of all) expect(one.hash.digests).toEqual(expected(Buffer.concat(one.bytes)));
}

it.each([['the engine', null], ['node:crypto', nodeSha], ['Web Crypto', webCrypto()]] as const)(
  'gives the digests of the whole however bodies are cut and interleaved, SHA by %s', async (_, sha) => {
    await fc.assert(fc.asyncProperty(pieces, (steps) => check(steps, new BodyHasher(engine, sha))), { numRuns: 60 });
  },
);

it('gives a running SHA-256 of the whole however the bytes are cut', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }), (parts) => {
    const hasher = openSha256(engine);
    for (const part of parts) hasher?.update(part);
    expect(hasher?.hex()).toBe(hash('sha256', Buffer.concat(parts)));
  }), { numRuns: 300 });
});
