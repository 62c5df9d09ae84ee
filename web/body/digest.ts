import { DIGEST_INPUT_BYTES } from '../../assembly/abi/digest';
import { toHex } from './hex';

/** What web/body needs of the engine's exports (assembly/digest). Any instance of the module will do. */
export interface DigestExports {
  readonly memory: WebAssembly.Memory;
  digestOpen(): number;
  digestPage(slot: number): number;
  digestNextPage(slot: number): number;
  digestQueue(slot: number, sha: boolean): void;
  digestEnd(slot: number, length: number, sha: boolean): void;
  digestWork(leave: number): void;
  digestDone(slot: number): number;
  digestResult(slot: number): number;
  digestClose(slot: number): void;
  digestInput(): number;
  sha256Open(): number;
  sha256Add(state: number, length: number): void;
  sha256Close(state: number): number;
}

/** SHA-1 and SHA-256 in lower-case hexadecimal. */
export interface Shas {
  readonly sha1: string;
  readonly sha256: string;
}

/** Digests in lower-case hexadecimal. */
export interface Digests extends Shas {
  readonly md5: string;
}

/** Digests of no bytes at all, which many a body has. */
export const EMPTY_DIGESTS: Digests = {
  md5: 'd41d8cd98f00b204e9800998ecf8427e', sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
};

/** A running SHA-256 in the engine's memory; null when too many are running. It must be ended by `hex`. */
export function openSha256(engine: DigestExports): { update(bytes: Uint8Array): void; hex(): string } | null {
  const state = engine.sha256Open();
  if (state === 0) return null;
  const input = engine.digestInput();
  return {
    update: (data) => {
      for (let at = 0; at < data.length; at += DIGEST_INPUT_BYTES) {
        const part = data.subarray(at, at + DIGEST_INPUT_BYTES);
        new Uint8Array(engine.memory.buffer, input, part.length).set(part);
        engine.sha256Add(state, part.length);
      }
    },
    hex: () => {
      const out = engine.sha256Close(state);
      return toHex(new Uint8Array(engine.memory.buffer, out, 32));
    },
  };
}
