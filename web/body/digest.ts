import { toHex } from './hex';

/** What web/body needs of the engine's exports (assembly/digest/slots.ts). Any instance of the module will do. */
export interface DigestExports {
  readonly memory: WebAssembly.Memory;
  digestAllocate(): number;
  digestFree(slot: number): void;
  digestReset(slot: number): void;
  digestInput(): number;
  digestUpdate(slot: number, length: number): void;
  digestUpdateSha256(slot: number, length: number): void;
  digestFinish(slot: number): number;
}

/** Digests in lower-case hexadecimal. */
export interface Digests {
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
}

/** MD5, SHA-1 and SHA-256 of one run of bytes, in one pass. After `digest` or `discard` it must not be used again. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  digest(): Digests;
  /** Gives the slot back without a digest. */
  discard(): void;
}

/** DIGEST_INPUT_BYTES of assembly/digest/slots.ts. */
const INPUT_BYTES = 65536;

/**
 * Makes hashers that run in the engine's memory, as many at once as it has slots.
 * The memory may grow between calls (the engine's own doing), so views are taken anew when its buffer changed.
 */
export class HasherPool {
  private view = new Uint8Array(0);
  private readonly input: number;

  constructor(private readonly engine: DigestExports) {
    this.input = engine.digestInput();
  }

  private bytes(): Uint8Array {
    if (this.view.buffer !== this.engine.memory.buffer) this.view = new Uint8Array(this.engine.memory.buffer);
    return this.view;
  }

  /** A hasher that has seen nothing yet; null when every slot is in use. */
  open(): Hasher | null {
    const { engine } = this;
    const slot = engine.digestAllocate();
    if (slot === 0) return null;
    let open = true;
    const close = (): void => {
      if (open) engine.digestFree(slot);
      open = false;
    };
    return {
      update: (data) => {
        if (!open) throw new Error('hasher used after its end');
        for (let at = 0; at < data.length; at += INPUT_BYTES) {
          const part = data.subarray(at, at + INPUT_BYTES);
          this.bytes().set(part, this.input);
          engine.digestUpdate(slot, part.length);
        }
      },
      digest: () => {
        if (!open) throw new Error('hasher used after its end');
        const out = engine.digestFinish(slot);
        const memory = this.bytes();
        const digests = {
          sha1: toHex(memory.subarray(out, out + 20)),
          md5: toHex(memory.subarray(out + 20, out + 36)),
          sha256: toHex(memory.subarray(out + 36, out + 68)),
        };
        close();
        return digests;
      },
      discard: close,
    };
  }

  /** A running SHA-256 alone, a third of the work; null when every slot is in use. */
  openSha256(): { update(bytes: Uint8Array): void; hex(): string } | null {
    const { engine } = this;
    const slot = engine.digestAllocate();
    if (slot === 0) return null;
    return {
      update: (data) => {
        for (let at = 0; at < data.length; at += INPUT_BYTES) {
          const part = data.subarray(at, at + INPUT_BYTES);
          this.bytes().set(part, this.input);
          engine.digestUpdateSha256(slot, part.length);
        }
      },
      hex: () => {
        const out = engine.digestFinish(slot);
        const hex = toHex(this.bytes().subarray(out + 36, out + 68));
        engine.digestFree(slot);
        return hex;
      },
    };
  }

  /** Digests of bytes that are at hand as a whole; null when every slot is in use. */
  digest(data: Uint8Array): Digests | null {
    const hasher = this.open();
    hasher?.update(data);
    return hasher?.digest() ?? null;
  }
}
