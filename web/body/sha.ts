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

/** SHA-1 and SHA-256 of a host that wants whole buffers and takes its time: Web Crypto. */
export interface BufferedSha {
  readonly kind: 'buffered';
  /** `bytes` stay as they are until the answer. */
  digest(bytes: Uint8Array<ArrayBuffer>): Promise<Shas>;
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
      const [sha1, sha256] = await Promise.all([subtle.digest('SHA-1', bytes), subtle.digest('SHA-256', bytes)]);
      return { sha1: toHex(new Uint8Array(sha1)), sha256: toHex(new Uint8Array(sha256)) };
    },
  };
}
