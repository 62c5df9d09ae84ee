import { digestInstance } from '../../../web/body/instance';
import { BodyHasher, MIN_BUFFERED_BYTES } from '../../../web/body/hashing';
import { webCrypto } from '../../../web/body/sha';

/** What a worker answers: who hashed, and the digests of bodies of these lengths. */
export interface Answer {
  readonly subtle: boolean;
  readonly secure: boolean;
  readonly sent: number;
  readonly engine: readonly unknown[];
  readonly provider: readonly unknown[];
}

/** The lengths of bodies hashed: on both sides of where a body is sent to Web Crypto. */
export const LENGTHS = [1, 63, 4096, 16_384, MIN_BUFFERED_BYTES - 1, MIN_BUFFERED_BYTES, 65_536, 300_001, 2_000_000];

/** A body of `length` bytes, the same everywhere. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + length) & 255);
}

/** Hashes bodies in interleaved pieces, once by the engine alone and once with Web Crypto where there is some. */
export async function hashBoth(module: WebAssembly.Module): Promise<Answer> {
  const subtle = webCrypto();
  let sent = 0;
  const counted = subtle && { kind: subtle.kind, digest: (bytes: Uint8Array<ArrayBuffer>) => { sent++; return subtle.digest(bytes); } };
  const run = async (sha: typeof subtle): Promise<unknown[]> => {
    const hasher = new BodyHasher(digestInstance(module), sha);
    const bodies = LENGTHS.map((length) => ({ data: pattern(length), hash: hasher.open() }));
    for (let at = 0; at < Math.max(...LENGTHS); at += 1460) {
      for (const { data, hash } of bodies) if (hash && at < data.length) hasher.add(hash, data.subarray(at, at + 1460));
    }
    for (const { hash } of bodies) if (hash) hasher.end(hash);
    await hasher.settled();
    return bodies.map(({ hash }) => hash?.digests ?? null);
  };
  const engine = await run(null);
  const provider = await run(counted);
  return { subtle: subtle !== null, secure: isSecureContext, sent, engine, provider };
}
