import { giveBack } from '../engine/give-back';
import { BLOB_SLICES_AHEAD, MAX_BLOB_SLICE_BYTES, SLICE_BYTES } from './limits';

/** Where bytes come from: a File, a file of the system, standard input. */
export interface ByteSource {
  readonly name: string;
  /** Bytes; null when it cannot be told before the end (standard input). */
  readonly size: number | null;
  /** All bytes from the start, in order; a chunk is valid until the next is asked for. A source without `slice` may allow this only once. */
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
 * Slices of growing size, two under way at once: the first bytes come soon, and the rest in pieces so large that Chromium's
 * way from the file to here costs a third less than by `stream()`. A slice is valid until the next is asked for. @throws NotReadableError when the file changed or is gone
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
    const buffer = await next;
    ask();
    yield new Uint8Array(buffer);
    giveBack(buffer);
  }
}

/** A File or Blob. */
export function fromBlob(blob: Blob, name: string): ByteSource {
  return {
    name,
    size: blob.size,
    stream: () => slicesOf(blob),
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

/** Bytes start to end of a source with random access, `bytesAtOnce` at a time. */
export async function* rangeStream(
  source: ByteSource & Required<Pick<ByteSource, 'slice'>>, start: number, end: number, bytesAtOnce = SLICE_BYTES,
): AsyncGenerator<Uint8Array, void> {
  for (let at = start; at < end;) {
    const bytes = await source.slice(at, Math.min(end, at + bytesAtOnce));
    if (bytes.length === 0) return;
    yield bytes;
    at += bytes.length;
  }
}

/** True when the source can be read at any place. */
export function hasSlice(source: ByteSource): source is ByteSource & Required<Pick<ByteSource, 'slice'>> {
  return source.slice !== undefined;
}
