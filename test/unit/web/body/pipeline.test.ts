import { createHash, randomBytes } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ENCODING_BR, ENCODING_GZIP, ENCODING_IDENTITY, ENCODING_OTHER } from '../../../../assembly/abi/enums';
import type { BodyResult } from '../../../../web/body/body-state';
import { MAX_DECODED_BYTES, MAX_DECODER_BYTES, MAX_OPEN_BODIES } from '../../../../web/body/limits';
import { BodyPipeline } from '../../../../web/body/pipeline';
import { compileDigests } from '../../../support/digest-engine';

const engine = compileDigests();
const hash = (name: string, data: Uint8Array): string => createHash(name).update(data).digest('hex');
const html = Buffer.from(`<html><body>${'the world '.repeat(5000)}</body></html>`);

function run(steps: (pipeline: BodyPipeline) => void): { results: BodyResult[]; pipeline: BodyPipeline } {
  const results: BodyResult[] = [];
  const pipeline = new BodyPipeline(engine, (result) => results.push(result));
  steps(pipeline);
  pipeline.settle();
  return { results, pipeline };
}

describe('BodyPipeline', () => {
  it('decodes, recognises and hashes a compressed page', () => {
    const { results } = run((p) => {
      p.begin(1, ENCODING_GZIP);
      const data = gzipSync(html);
      for (let at = 0; at < data.length; at += 100) p.data(1, data.subarray(at, at + 100));
      p.end(1);
    });
    expect(results).toEqual([{
      body: 1, mime_type: 'text/html', md5: hash('md5', html), sha1: hash('sha1', html), sha256: hash('sha256', html),
      seen_bytes: html.length, missing_bytes: 0, note: null, complete: true,
    }]);
  });

  it('decodes and recognises but does not hash where it is told so', () => {
    const results: BodyResult[] = [];
    const pipeline = new BodyPipeline(engine, (result) => results.push(result), null, false);
    pipeline.begin(1, ENCODING_GZIP);
    pipeline.data(1, gzipSync(html));
    pipeline.end(1);
    expect(results).toEqual([{
      body: 1, mime_type: 'text/html', md5: null, sha1: null, sha256: null, seen_bytes: html.length, missing_bytes: 0, note: null, complete: true,
    }]);
  });

  it('keeps interleaved bodies apart', () => {
    const noise = randomBytes(9000);
    const { results } = run((p) => {
      p.begin(1, ENCODING_IDENTITY);
      p.begin(2, ENCODING_BR);
      const br = brotliCompressSync(html);
      for (let at = 0; at < 9000; at += 90) {
        p.data(1, noise.subarray(at, at + 90));
        p.data(2, br.subarray(at, at + 90));
      }
      p.end(2);
      p.end(1);
    });
    expect(results.map((r) => [r.body, r.sha256])).toEqual([[2, hash('sha256', html)], [1, hash('sha256', noise)]]);
  });

  it('has no digests behind a gap, and the type of what came before it, as Zeek', () => {
    const { results } = run((p) => {
      p.begin(1, ENCODING_IDENTITY);
      p.data(1, html.subarray(0, 1000));
      p.gap(1, 500);
      p.data(1, html.subarray(1500, 2000));
      p.gap(1, 10);
      p.end(1);
      p.begin(2, ENCODING_IDENTITY);
      p.gap(2, 5);
      p.data(2, html);
      p.end(2);
    });
    expect(results[0]).toMatchObject({ mime_type: 'text/html', sha256: null, seen_bytes: 1500, missing_bytes: 510, note: '510 bytes missing', complete: false });
    expect(results[1]).toMatchObject({ mime_type: null, seen_bytes: html.length, missing_bytes: 5 });
  });

  it('gives what an encoded body decoded to before a gap', () => {
    for (const [encoding, data] of [[ENCODING_GZIP, gzipSync(randomBytes(20000))], [ENCODING_BR, brotliCompressSync(randomBytes(20000))]] as const) {
      const { results } = run((p) => {
        p.begin(1, encoding);
        p.data(1, data.subarray(0, 15000));
        p.gap(1, 1);
        p.data(1, data.subarray(15001));
        p.end(1);
      });
      expect(results[0]).toMatchObject({ sha256: null, missing_bytes: 1, complete: false, note: '1 bytes missing' });
      expect(results[0]?.seen_bytes).toBeGreaterThan(14000);
    }
  });

  it('marks content that breaks off, with the digest of what there is', () => {
    const { results } = run((p) => {
      p.begin(1, ENCODING_GZIP);
      p.data(1, gzipSync(randomBytes(5000)).subarray(0, 4000));
      p.end(1);
      p.begin(2, ENCODING_GZIP);
      p.data(2, html);
      p.end(2);
      p.begin(3, ENCODING_IDENTITY);
      p.data(3, html);
      p.flush();
    });
    expect(results[0]).toMatchObject({ note: 'compressed content ends early', complete: false });
    expect(results[0]?.sha256).not.toBeNull();
    expect(results[1]).toMatchObject({ note: 'content could not be decoded after 0 bytes: the header of the gzip data is damaged', complete: false, seen_bytes: 0 });
    expect(results[2]).toMatchObject({ note: 'the capture ends before the body does', complete: false, sha256: hash('sha256', html) });
  });

  it('stops decoding where open bodies would hold too much memory together', () => {
    // Brotli waits for its end; that this is none shows in the first byte (RFC 7932 §9.1) when it has come.
    const bodies = 6;
    const waiting = new Uint8Array(60 * 1024 * 1024).fill(0x11);
    const { results, pipeline } = run((p) => {
      for (let body = 1; body <= bodies; body++) {
        p.begin(body, ENCODING_BR);
        p.data(body, waiting);
      }
      p.flush();
    });
    const stopped = results.filter(({ note }) => note?.includes('bytes of memory'));
    expect(stopped.length).toBe(bodies - Math.floor(MAX_DECODER_BYTES / waiting.length));
    expect(stopped.every(({ sha256, complete }) => sha256 === null && !complete)).toBe(true);
    expect(pipeline.tripped.open_decoders).toBe(stopped.length);
  });

  it('says when a coding is not known and hashes the bytes as they are', () => {
    const { results } = run((p) => {
      p.begin(1, ENCODING_OTHER);
      p.data(1, html);
      p.end(1);
    });
    expect(results[0]).toMatchObject({ complete: true, sha256: hash('sha256', html), note: 'content coding not known; bytes are as transferred' });
  });

  it('stops bombs by their ratio', () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    const { results, pipeline } = run((p) => {
      p.begin(1, ENCODING_GZIP);
      p.data(1, bomb);
      p.end(1);
    });
    expect(results[0]).toMatchObject({ complete: false, sha256: null });
    expect(results[0]?.note).toContain('more than 250 times');
    expect(results[0]?.seen_bytes).toBeLessThan(20 * 1024 * 1024);
    expect(results[0]?.seen_bytes).toBeLessThan(MAX_DECODED_BYTES);
    expect(pipeline.tripped.ratio).toBe(1);
  });

  it('ends the oldest body when too many are open, and goes on', () => {
    const { results, pipeline } = run((p) => {
      for (let i = 0; i <= MAX_OPEN_BODIES; i++) p.begin(i + 1, ENCODING_IDENTITY);
      expect(p.pending).toBe(MAX_OPEN_BODIES);
      p.data(1, html);
      p.data(2, html);
      p.flush();
    });
    expect(results[0]).toMatchObject({ body: 1, note: 'given up: too many bodies at once', sha256: null });
    expect(results[1]).toMatchObject({ body: 2, sha256: hash('sha256', html) });
    expect(pipeline.tripped.open_bodies).toBe(1);
    expect(results).toHaveLength(MAX_OPEN_BODIES + 1);
  });

  it('ignores events of bodies it does not know', () => {
    const { results } = run((p) => {
      p.data(9, html);
      p.gap(9, 4);
      p.end(9);
    });
    expect(results).toEqual([]);
  });

  it('hands decoded bytes to a tap for carving', () => {
    const parts: Uint8Array[] = [];
    const pipeline = new BodyPipeline(null, () => undefined, (_, bytes) => parts.push(bytes.slice()));
    pipeline.begin(1, ENCODING_GZIP);
    pipeline.data(1, gzipSync(html));
    pipeline.end(1);
    expect(Buffer.concat(parts).equals(html)).toBe(true);
  });
});
