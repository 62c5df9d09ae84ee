import { SLICE_BYTES } from './limits';

/** Where bytes come from: a File, a file of the system, standard input. */
export interface ByteSource {
  readonly name: string;
  /** Bytes; null when it cannot be told before the end (standard input). */
  readonly size: number | null;
  /** All bytes from the start, in order. A source without `slice` may allow this only once. */
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

/** A File or Blob; the stream is cancelled when its reader stops early. */
export function fromBlob(blob: Blob, name: string): ByteSource {
  return {
    name,
    size: blob.size,
    async *stream() {
      const reader = blob.stream().getReader();
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return;
          yield value;
        }
      } finally {
        await reader.cancel().catch(() => undefined);
      }
    },
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
