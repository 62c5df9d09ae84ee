import { createHash, hash, webcrypto } from 'node:crypto';
import type { HostSha, LaterBounds } from '../web/body/sha';

/**
 * What is given to the system's threads. A job costs the caller some 20 µs and a copy; both jobs of a body copy it, so that
 * what is under way is in memory three times.
 */
export const POOL_BOUNDS: LaterBounds = { least: 128 * 1024, most: 4 * 1024 * 1024, held: 12 * 1024 * 1024, underWay: 8 * 1024 * 1024 };

const hex = (digest: ArrayBuffer): string => Buffer.from(digest).toString('hex');

/** SHA-1 and SHA-256 by OpenSSL, which uses the processor's instructions for them; long bodies in the system's threads. */
export const nodeSha: HostSha = {
  kind: 'host',
  whole: (bytes) => ({ sha1: hash('sha1', bytes, 'hex'), sha256: hash('sha256', bytes, 'hex') }),
  open() {
    const sha1 = createHash('sha1');
    const sha256 = createHash('sha256');
    return {
      update: (bytes) => {
        sha1.update(bytes);
        sha256.update(bytes);
      },
      digest: () => ({ sha1: sha1.digest('hex'), sha256: sha256.digest('hex') }),
    };
  },
  later: {
    bounds: POOL_BOUNDS,
    async digest(bytes) {
      const [sha1, sha256] = await Promise.all([webcrypto.subtle.digest('SHA-1', bytes), webcrypto.subtle.digest('SHA-256', bytes)]);
      return { sha1: hex(sha1), sha256: hex(sha256) };
    },
  },
};
