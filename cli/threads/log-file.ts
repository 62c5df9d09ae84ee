import type { BehindFile, WriteBehind } from '../write-behind';
import type { LineSink } from './merge';

/** Bytes that are written at once. */
const BLOCK_BYTES = 1 << 19;

/** Gathers lines of one log for `WriteBehind`. The file is made with its first bytes. */
export class LogFile implements LineSink {
  private file: BehindFile | null = null;
  private block = new Uint8Array(2 * BLOCK_BYTES);
  private used = 0;

  constructor(private readonly files: WriteBehind, private readonly path: string) {}

  get full(): boolean {
    return this.used >= BLOCK_BYTES;
  }

  put(bytes: Uint8Array): void {
    const end = this.used + bytes.length;
    if (end > this.block.length) {
      const more = new Uint8Array(Math.max(this.block.length * 2, end));
      more.set(this.block.subarray(0, this.used));
      this.block = more;
    }
    this.block.set(bytes, this.used);
    this.used = end;
  }

  /** Hands over what has gathered. @throws Error of node:fs, of an earlier write */
  async flush(): Promise<void> {
    if (this.used === 0) return;
    await this.files.put(this.file ??= this.files.open(this.path), this.block.subarray(0, this.used));
    this.used = 0;
  }
}
