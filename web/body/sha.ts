import type { Shas } from './digest';
import { toHex } from './hex';

/**
 * SHA-1 and SHA-256 of a host that has them at hand, quicker than the engine's (processors have instructions for them):
 * node:crypto. MD5 is the engine's everywhere: eight bodies side by side beat any library.
 */
export interface HostSha {
  readonly kind: 'host';
  /** Of bytes that are there as a whole. Borrowed. */
  whole(bytes: Uint8Array): Shas;
  open(): RunningSha;
}

/** Digests of bytes that come piece by piece. */
export interface RunningSha {
  /** `bytes` are borrowed. */
  update(bytes: Uint8Array): void;
  digest(): Shas;
}

/** What became of a buffer that was given to be hashed. */
export interface Hashed {
  /** Null: it could not be hashed. */
  readonly shas: Shas | null;
  /** The bytes, unchanged; the view may be another. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** SHA-1 and SHA-256 of a host that wants whole buffers and takes its time: Web Crypto. */
export interface BufferedSha {
  readonly kind: 'buffered';
  /** Nobody else uses `bytes` until they come back with the answer. Never rejects. */
  digest(bytes: Uint8Array<ArrayBuffer>): Promise<Hashed>;
}

/** Who works SHA-1 and SHA-256; null = the engine. The results are the same. */
export type ShaProvider = HostSha | BufferedSha | null;

/** Web Crypto; null where there is none (pages that were loaded over plain HTTP from another machine). */
export function webCrypto(): BufferedSha | null {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (!subtle) return null;
  return {
    kind: 'buffered',
    async digest(bytes) {
      try {
        const [sha1, sha256] = await Promise.all([subtle.digest('SHA-1', bytes), subtle.digest('SHA-256', bytes)]);
        return { shas: { sha1: toHex(new Uint8Array(sha1)), sha256: toHex(new Uint8Array(sha256)) }, bytes };
      } catch {
        return { shas: null, bytes };
      }
    },
  };
}
