const encoder = new TextEncoder();

/** Text as a growing run of bytes, for exports that are put together line by line. */
export class ByteWriter {
  length = 0;
  private buffer: Uint8Array<ArrayBuffer>;

  /** @param capacity bytes to begin with */
  constructor(capacity: number) {
    this.buffer = new Uint8Array(capacity);
  }

  /** A copy of everything written, and an empty buffer for what follows. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.buffer.slice(0, this.length);
    this.length = 0;
    return bytes;
  }

  text(text: string): void {
    const most = this.length + text.length * 3;
    if (most > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.buffer.length * 2, most));
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }
    this.length += encoder.encodeInto(text, this.buffer.subarray(this.length)).written;
  }
}
