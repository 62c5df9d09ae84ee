import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ENCODING_IDENTITY } from '../../../../assembly/abi/enums';
import { DIGEST_PAGE_BYTES } from '../../../../assembly/abi/digest';
import { nodeSha } from '../../../../cli/digests';
import { BodyHasher, MAX_BUFFERED_BYTES, MAX_HELD_BYTES, MAX_LEFT_PAGES, MAX_QUEUED_PAGES, MIN_BUFFERED_BYTES, type BodyHash } from '../../../../web/body/hashing';
import type { BodyResult } from '../../../../web/body/body-state';
import { BodyPipeline } from '../../../../web/body/pipeline';
import type { BufferedSha, HostSha, ShaProvider } from '../../../../web/body/sha';
import { compileDigests } from '../../../support/digest-engine';

const engine = compileDigests();
const hash = (name: string, data: Uint8Array): string => createHash(name).update(data).digest('hex');
const all = (data: Uint8Array) => ({ md5: hash('md5', data), sha1: hash('sha1', data), sha256: hash('sha256', data) });
const pattern = (length: number, seed = 0): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + seed) & 255);

/** A provider whose answers come when the test says, in whatever order. */
function slow(): { sha: BufferedSha; sizes: number[]; answer(which: number, fail?: boolean): void } {
  const under: ((fail: boolean) => void)[] = [];
  const sizes: number[] = [];
  const sha: BufferedSha = {
    kind: 'buffered',
    digest: (bytes) => new Promise((resolve) => {
      const data = new Uint8Array(bytes);
      sizes.push(data.length);
      under.push((fail) => resolve({ shas: fail ? null : { sha1: hash('sha1', data), sha256: hash('sha256', data) }, bytes }));
    }),
  };
  return { sha, sizes, answer: (which, fail = false) => under[which]?.(fail) };
}

const turn = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 0); });

function feed(hasher: BodyHasher, data: Uint8Array): BodyHash {
  const one = hasher.open();
  if (!one) throw new Error('no slot');
  hasher.add(one, data);
  hasher.end(one);
  return one;
}

describe('BodyHasher', () => {
  it('leaves long bodies to share the lanes with those that come next, and loses none', () => {
    const hasher = new BodyHasher(engine, nodeSha);
    const long = [pattern(100 * DIGEST_PAGE_BYTES + 5, 1), pattern(90 * DIGEST_PAGE_BYTES, 2), pattern(80 * DIGEST_PAGE_BYTES - 9, 3)];
    const hashes = long.map((data) => feed(hasher, data));
    // More pages than wait for the work, too few bodies for the lanes.
    expect(hashes.some((one) => one.done)).toBe(false);
    const short = Array.from({ length: 2 * MAX_QUEUED_PAGES }, (_, i) => pattern(i * 40 + 1, i));
    const others = short.map((data) => feed(hasher, data));
    expect(others.slice(0, MAX_QUEUED_PAGES - 8).every((one) => one.done)).toBe(true);
    expect(hashes.some((one) => one.done)).toBe(false);
    hasher.settle();
    expect([...hashes, ...others].map((one) => one.digests)).toEqual([...long, ...short].map(all));
  });

  it('leaves no more pages than the cap', () => {
    const fresh = compileDigests();
    const hasher = new BodyHasher(fresh, nodeSha);
    const piece = pattern(4 * DIGEST_PAGE_BYTES);
    // Fewer than there are lanes, so that nothing but the cap has them worked.
    const hashes = [1, 2, 3].map(() => hasher.open()!);
    const before = fresh.memory.buffer.byteLength;
    const rounds = MAX_LEFT_PAGES / 2;
    for (let i = 0; i < rounds; i++) for (const one of hashes) expect(hasher.add(one, piece)).toBe(true);
    expect(fresh.memory.buffer.byteLength - before).toBeLessThan((MAX_LEFT_PAGES + 2 * MAX_QUEUED_PAGES) * 1.01 * DIGEST_PAGE_BYTES);
    for (const one of hashes) hasher.end(one);
    hasher.settle();
    const whole = createHash('md5');
    for (let i = 0; i < rounds; i++) whole.update(piece);
    expect(hashes.map((one) => one.md5)).toEqual(new Array(3).fill(whole.digest('hex')));
  });

  it('goes on with a body that was left before it ended, and forgets one that is given up', () => {
    const hasher = new BodyHasher(engine, nodeSha);
    const data = pattern(3 * MAX_QUEUED_PAGES * DIGEST_PAGE_BYTES + 77, 9);
    const one = hasher.open()!;
    const given = hasher.open()!;
    for (let at = 0; at < data.length; at += 50_001) {
      hasher.add(one, data.subarray(at, at + 50_001));
      if (at < data.length >> 1) hasher.add(given, data.subarray(at, at + 50_001));
    }
    hasher.discard(given);
    hasher.end(one);
    hasher.settle();
    expect(one.digests).toEqual(all(data));
  });
});

describe('BodyHasher with a provider of whole buffers', () => {
  it('sends what is long enough and keeps what is short', async () => {
    const { sha, sizes, answer } = slow();
    const hasher = new BodyHasher(engine, sha);
    const bodies = [pattern(100), pattern(MIN_BUFFERED_BYTES - 1), pattern(MIN_BUFFERED_BYTES), pattern(5 * DIGEST_PAGE_BYTES)];
    const hashes = bodies.map((data) => feed(hasher, data));
    hasher.settle();
    expect(sizes).toEqual([MIN_BUFFERED_BYTES, 5 * DIGEST_PAGE_BYTES]);
    expect(hashes.map((one) => one.digests !== null)).toEqual([true, true, false, false]);
    expect(hasher.underWay).toBe(true);
    answer(1);
    answer(0);
    await hasher.settled();
    expect(hashes.map((one) => one.digests)).toEqual(bodies.map(all));
    expect(hasher.underWay).toBe(false);
  });

  it('is crowded while much is under way, and says when it is no more', async () => {
    const { sha, answer } = slow();
    const hasher = new BodyHasher(engine, sha);
    const data = pattern(9 << 20);
    const first = feed(hasher, data);
    expect(hasher.crowded).toBe(false);
    const second = feed(hasher, data);
    expect(hasher.crowded).toBe(true);
    let roomy = false;
    const room = hasher.room().then(() => { roomy = true; });
    await turn();
    expect(roomy).toBe(false);
    answer(1);
    await room;
    expect(hasher.underWay).toBe(true);
    answer(0);
    await hasher.settled();
    for (const one of [first, second]) expect(one.digests).toEqual(all(data));
  });

  it('falls back to the engine when the provider fails', async () => {
    const { sha, answer } = slow();
    const hasher = new BodyHasher(engine, sha);
    const data = pattern(100_000);
    const one = feed(hasher, data);
    answer(0, true);
    await hasher.settled();
    expect(one.digests).toEqual(all(data));
  });

  it('hands a body that is longer than the cap to the engine from its first byte', async () => {
    const { sha, sizes } = slow();
    const hasher = new BodyHasher(engine, sha);
    const piece = pattern(1 << 20);
    const long = hasher.open();
    if (!long) throw new Error('no slot');
    const whole = [createHash('md5'), createHash('sha1'), createHash('sha256')];
    for (let sent = 0; sent <= MAX_BUFFERED_BYTES; sent += piece.length) {
      hasher.add(long, piece);
      for (const one of whole) one.update(piece);
    }
    hasher.end(long);
    await hasher.settled();
    expect(sizes).toEqual([]);
    expect(long.digests).toEqual(Object.fromEntries(whole.map((one, i) => [['md5', 'sha1', 'sha256'][i], one.digest('hex')])));
  });

  it('holds no more than the cap of all bodies together', () => {
    const before = engine.memory.buffer.byteLength;
    const { sha } = slow();
    const hasher = new BodyHasher(engine, sha);
    const piece = pattern(1 << 20);
    const open = Array.from({ length: 40 }, () => hasher.open());
    for (let round = 0; round < 8; round++) for (const one of open) if (one) hasher.add(one, piece);
    // 320 MiB went in.
    expect(engine.memory.buffer.byteLength - before).toBeLessThan(MAX_HELD_BYTES + (24 << 20));
    for (const one of open) if (one) hasher.discard(one);
  });
});

describe('BodyHasher with a host that hashes at once', () => {
  it('gives it short bodies whole, and long ones page by page', () => {
    const whole: number[] = [];
    const pieces: number[] = [];
    const sha: HostSha = {
      kind: 'host',
      whole: (bytes) => { whole.push(bytes.length); return nodeSha.whole(bytes); },
      open() {
        const running = nodeSha.open();
        return { update: (bytes) => { pieces.push(bytes.length); running.update(bytes); }, digest: () => running.digest() };
      },
    };
    const hasher = new BodyHasher(engine, sha);
    const bodies = [0, 100, DIGEST_PAGE_BYTES - 1, DIGEST_PAGE_BYTES, 2 * DIGEST_PAGE_BYTES + 9].map((length) => pattern(length));
    const hashes = bodies.map((data) => feed(hasher, data));
    expect(hasher.underWay).toBe(false);
    hasher.settle();
    expect(hashes.map((one) => one.digests)).toEqual(bodies.map(all));
    expect(whole).toEqual([0, 100, DIGEST_PAGE_BYTES - 1]);
    expect(pieces).toEqual([DIGEST_PAGE_BYTES, 0, DIGEST_PAGE_BYTES, DIGEST_PAGE_BYTES, 9]);
  });
});

describe('BodyPipeline', () => {
  const run = async (sha: ShaProvider, steps: (p: BodyPipeline) => void): Promise<BodyResult[]> => {
    const results: BodyResult[] = [];
    const pipeline = new BodyPipeline(engine, (result) => results.push(result), null, true, sha);
    steps(pipeline);
    pipeline.flush();
    await pipeline.settled();
    return results;
  };

  it('hands results out in the order in which bodies ended, whoever hashes and whenever answers come', async () => {
    const { sha, answer } = slow();
    const results: BodyResult[] = [];
    const pipeline = new BodyPipeline(engine, (result) => results.push(result), null, true, sha);
    const bodies = [pattern(50_000, 1), pattern(10, 2), pattern(90_000, 3), pattern(0), pattern(3000, 4)];
    bodies.forEach((_, i) => pipeline.begin(i + 1, ENCODING_IDENTITY));
    bodies.forEach((data, i) => pipeline.data(i + 1, data));
    for (const body of [2, 1, 4, 3, 5]) pipeline.end(body);
    pipeline.settle();
    expect(results.map(({ body }) => body)).toEqual([2]);
    answer(1);
    await turn();
    expect(results.map(({ body }) => body)).toEqual([2]);
    answer(0);
    await turn();
    expect(results.map(({ body }) => body)).toEqual([2, 1, 4, 3, 5]);
    for (const result of results) expect(result).toMatchObject(all(bodies[result.body - 1] ?? new Uint8Array(0)));
  });

  it('gives the same results whoever hashes', async () => {
    const steps = (p: BodyPipeline): void => {
      for (let body = 1; body <= 40; body++) p.begin(body, ENCODING_IDENTITY);
      for (let round = 0; round < 6; round++) {
        for (let body = 1; body <= 40; body++) {
          const piece = pattern((body * body * 37) % 30_000, body + round);
          p.data(body, piece);
          piece.fill(0);
          if (body % 9 === 0 && round === 3) p.gap(body, 7);
          if (body % 4 === 0 && round === 4) p.end(body);
        }
      }
    };
    const own = await run(null, steps);
    expect(own).toHaveLength(40);
    expect(await run(nodeSha, steps)).toEqual(own);
    const { sha, answer } = slow();
    const later = run(sha, steps);
    for (let i = 40; i >= 0; i--) answer(i, i % 3 === 0);
    expect(await later).toEqual(own);
  });

  it('tells the type from the first bytes, however they are cut', async () => {
    const page = new TextEncoder().encode(`<!doctype html><title>t</title>${'x'.repeat(60_000)}`);
    for (const size of [1, 100, 4095, 4096, 4097, 16_384, 60_031]) {
      const [result] = await run(null, (p) => {
        p.begin(1, ENCODING_IDENTITY);
        for (let at = 0; at < page.length; at += size) p.data(1, page.subarray(at, at + size));
        p.end(1);
      });
      expect(result, `pieces of ${size}`).toMatchObject({ mime_type: 'text/html', ...all(page) });
    }
  });
});
