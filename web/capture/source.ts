import { BLOB_BUFFER_BYTES, BLOB_SLICES_AHEAD, MAX_BLOB_SLICE_BYTES, MAX_READ_MILLISECONDS, SLICE_BYTES } from './limits';

/** Where bytes come from: a File, a file of the system, standard input. */
export interface ByteSource {
  readonly name: string;
  /** Bytes; null when it cannot be told before the end (standard input). */
  readonly size: number | null;
  /**
   * All bytes from the start, in order; a chunk is valid until the next is asked for. A source without `slice` may allow this
   * only once.
   */
  stream(): AsyncIterable<Uint8Array>;
  /** Bytes start (inclusive) to end (exclusive), fewer at the end of the source; absent without random access. */
  slice?(start: number, end: number): Promise<Uint8Array>;
}

/** A running hash, injected by the host (Node: crypto; browser: web/body/digest.ts). */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hexadecimal; no update after it. */
  hex(): string;
}

/**
 * Reads a Blob into one buffer, again and again. Any other way Chromium takes fresh memory for every piece, which costs the
 * system's zeroing and mapping of it, and collects it late: 1 GB was two thirds of a second of the processor more by slices,
 * and its reading overlapped with other work less. A chunk is valid until the next is asked for. A read that does not answer
 * (Chromium's were seen to hang, once in a dozen times at 10 GB) is given up, and the rest read by slices.
 * @throws NotReadableError, NotFoundError or Error when the file changed or is gone
 */
async function* throughOneBuffer(blob: Blob, reader: ReadableStreamBYOBReader): AsyncGenerator<Uint8Array, void> {
  let buffer = new ArrayBuffer(BLOB_BUFFER_BYTES);
  let read = 0;
  try {
    for (;;) {
      // The whole buffer at once: what has come so far is 70 KiB, and each answer goes through every layer above.
      const next = await within(reader.read(new Uint8Array(buffer), { min: buffer.byteLength }), MAX_READ_MILLISECONDS);
      if (next === null) {
        yield* slicesOf(blob.slice(read));
        return;
      }
      // The last bytes, too few for it, come with the end.
      const { done, value } = next;
      if (value && value.length > 0) {
        read += value.length;
        yield value;
        ({ buffer } = value);
      }
      if (done) break;
    }
  } catch (error) {
    await lookAt(blob);
    throw error;
  } finally {
    // Not waited for: what hangs does not end either.
    void reader.cancel().catch(() => undefined);
  }
  // A stream looks at the file's date only when it begins, and of a file that was cut off it ends without a word.
  await lookAt(blob);
  if (read < blob.size) throw new Error('it is shorter than it was');
}

/** What is promised, or null when it takes longer than so many milliseconds. */
async function within<T>(promised: Promise<T>, milliseconds: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => { timer = setTimeout(() => resolve(null), milliseconds); });
  try {
    return await Promise.race([promised, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws what is the matter with a file: a slice says it, a stream says "network error" */
async function lookAt(blob: Blob): Promise<void> {
  if (blob.size > 0) await blob.slice(0, 1).arrayBuffer();
}

/**
 * Slices of growing size, two under way at once: the first bytes come soon. They are left to the collector: Chromium's reader
 * holds on to each until it is collected itself. @throws NotReadableError when the file changed or is gone
 */
async function* slicesOf(blob: Blob): AsyncGenerator<Uint8Array, void> {
  const underWay: Promise<ArrayBuffer>[] = [];
  let asked = 0;
  let size = SLICE_BYTES;
  const ask = (): void => {
    if (asked >= blob.size) return;
    const slice = blob.slice(asked, asked + size).arrayBuffer();
    // A reader that stopped does not wait for it any more.
    slice.catch(() => undefined);
    underWay.push(slice);
    asked += size;
    size = Math.min(size * 2, MAX_BLOB_SLICE_BYTES);
  };
  while (underWay.length < BLOB_SLICES_AHEAD && asked < blob.size) ask();
  for (let next = underWay.shift(); next; next = underWay.shift()) {
    const bytes = new Uint8Array(await next);
    ask();
    yield bytes;
  }
}

/** All bytes of a Blob in order; by slices where the platform reads into no buffer of ours. */
function streamOf(blob: Blob): AsyncGenerator<Uint8Array, void> {
  const stream = blob.stream();
  try {
    return throughOneBuffer(blob, stream.getReader({ mode: 'byob' }));
  } catch {
    void stream.cancel().catch(() => undefined);
    return slicesOf(blob);
  }
}

/** A File or Blob. */
export function fromBlob(blob: Blob, name: string): ByteSource {
  return {
    name,
    size: blob.size,
    stream: () => streamOf(blob),
    async slice(start, end) {
      return new Uint8Array(await blob.slice(start, end).arrayBuffer());
    },
  };
}

/** Bytes that are in memory already. */
export function fromBytes(bytes: Uint8Array, name: string, chunkBytes = SLICE_BYTES): ByteSource {
  return {
    name,
    size: bytes.length,
    async *stream() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
    slice: (start, end) => Promise.resolve(bytes.subarray(start, Math.max(start, end))),
  };
}

/** Bytes start to end of a source with random access, SLICE_BYTES at a time. */
export async function* rangeStream(
  source: ByteSource & Required<Pick<ByteSource, 'slice'>>, start: number, end: number,
): AsyncGenerator<Uint8Array, void> {
  for (let at = start; at < end;) {
    const bytes = await source.slice(at, Math.min(end, at + SLICE_BYTES));
    if (bytes.length === 0) return;
    yield bytes;
    at += bytes.length;
  }
}

/** True when the source can be read at any place. */
export function hasSlice(source: ByteSource): source is ByteSource & Required<Pick<ByteSource, 'slice'>> {
  return source.slice !== undefined;
}
