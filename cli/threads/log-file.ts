import { open, type FileHandle } from 'node:fs/promises';
import type { LineSink } from './merge';

/** Bytes that are written at once. */
const WRITE_BYTES = 1 << 20;

/** A log being written: while one buffer goes to the system, the other is filled. The file is made with its first bytes. */
export class LogFile implements LineSink {
  private file: FileHandle | null = null;
  private buffer = Buffer.allocUnsafe(WRITE_BYTES);
  private spare = Buffer.allocUnsafe(WRITE_BYTES);
  private used = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  get full(): boolean {
    return this.used >= WRITE_BYTES;
  }

  put(bytes: Uint8Array): void {
    if (this.used + bytes.length > this.buffer.length) {
      const more = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.used + bytes.length));
      more.set(this.buffer.subarray(0, this.used));
      this.buffer = more;
    }
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** @throws Error of node:fs, of this write or of the one before */
  async flush(): Promise<void> {
    await this.writing;
    if (this.used === 0) return;
    this.file ??= await open(this.path, 'w');
    const { file, buffer, used } = this;
    this.buffer = this.spare;
    this.spare = buffer;
    this.used = 0;
    this.writing = (async () => {
      for (let at = 0; at < used;) at += (await file.write(buffer, at, used - at)).bytesWritten;
    })();
    // It is waited for before the next one.
    this.writing.catch(() => undefined);
  }

  /** Writes the rest. */
  async close(): Promise<void> {
    try {
      await this.flush();
      await this.writing;
    } finally {
      await this.file?.close();
      this.file = null;
    }
  }
}
