/** The smallest buffer, in bytes; others are powers of two times as large. */
const LEAST_BYTES = 64 * 1024;

/**
 * Buffers in which bodies are put together, used again: fresh memory for every body costs more than the copy, and the
 * garbage collector's time.
 */
export class Staging {
  private readonly free: ArrayBuffer[] = [];
  private freeBytes = 0;

  /** @param most bytes of buffers that are kept for later */
  constructor(private readonly most: number) {}

  /** `length` bytes of no particular content; whoever is done with them gives them back. */
  take(length: number): Uint8Array<ArrayBuffer> {
    let bytes = LEAST_BYTES;
    while (bytes < length) bytes *= 2;
    // Not one that is much larger: a small body must not keep it from a large one.
    const i = this.free.findIndex(({ byteLength }) => byteLength === bytes);
    if (i < 0) return new Uint8Array(new ArrayBuffer(bytes), 0, length);
    this.freeBytes -= bytes;
    return new Uint8Array(this.free.splice(i, 1)[0]!, 0, length);
  }

  /** Gives back what `take` gave. */
  give({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (this.freeBytes + buffer.byteLength > this.most) return;
    this.free.push(buffer);
    this.freeBytes += buffer.byteLength;
  }
}
