// A growable run of bytes inside another struct: lines that span segments, handshake messages, first bytes of a stream.

import { copy } from "./bytes";
import { allocate, blockSize, release, LARGEST_BLOCK } from "./slab";

/** Embed by reserving BUFFER_BYTES in a struct and taking `changetype<Buffer>(pointer)`; all zero = empty. */
@unmanaged
export class Buffer {
  data: u32;
  length: u32;
  capacity: u32;
}

/** Bytes that a Buffer takes inside a struct. */
export const BUFFER_BYTES: u32 = 12;

/**
 * Makes room for `n` more bytes. False when the buffer would pass `limit` (at most LARGEST_BLOCK) or memory is short: then the
 * buffer is as it was and the caller counts its own cap.
 */
export function makeRoom(buffer: Buffer, n: u32, limit: u32): bool {
  const most = limit < LARGEST_BLOCK ? limit : LARGEST_BLOCK;
  if (n > most || buffer.length > most - n) return false;
  const wanted = buffer.length + n;
  if (wanted <= buffer.capacity) return true;
  const block = allocate(wanted);
  if (block == 0) return false;
  if (buffer.capacity != 0) {
    copy(block, buffer.data, buffer.length);
    release(buffer.data, buffer.capacity);
  }
  buffer.data = <u32>block;
  buffer.capacity = blockSize(wanted);
  return true;
}

/** Appends `n` bytes; false when there is no room for them (`makeRoom`). */
export function append(buffer: Buffer, source: usize, n: u32, limit: u32): bool {
  if (!makeRoom(buffer, n, limit)) return false;
  copy(buffer.data + buffer.length, source, n);
  buffer.length += n;
  return true;
}

/** Drops the first `n` bytes. */
export function consume(buffer: Buffer, n: u32): void {
  if (n >= buffer.length) {
    buffer.length = 0;
    return;
  }
  buffer.length -= n;
  memory.copy(buffer.data, buffer.data + n, buffer.length);
}

/** Gives the memory back; the buffer is empty and usable again. */
export function free(buffer: Buffer): void {
  if (buffer.capacity != 0) release(buffer.data, buffer.capacity);
  buffer.data = 0;
  buffer.length = 0;
  buffer.capacity = 0;
}
