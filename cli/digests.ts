import { createHash, hash } from 'node:crypto';
import type { HostSha } from '../web/body/sha';

/**
 * SHA-1 and SHA-256 by OpenSSL, which uses the processor's instructions for them. At once: the system's threads (Web Crypto)
 * copy a body for each digest, and fresh memory for the copies costs more than the hashing.
 */
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
};
