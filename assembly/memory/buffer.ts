// A growable run of bytes inside another struct: lines that span segments, handshake messages, first bytes of a stream.

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
 * Appends `n` bytes. False when the buffer would pass `limit` (at most LARGEST_BLOCK) or memory is short: then nothing
 * was appended and the caller counts its own cap.
 */
export function append(buffer: Buffer, source: usize, n: u32, limit: u32): bool {
  const most = limit < LARGEST_BLOCK ? limit : LARGEST_BLOCK;
  if (n > most || buffer.length > most - n) return false;
  const wanted = buffer.length + n;
  if (wanted > buffer.capacity) {
    const block = allocate(wanted);
    if (block == 0) return false;
    memory.copy(block, buffer.data, buffer.length);
    if (buffer.capacity != 0) release(buffer.data, buffer.capacity);
    buffer.data = <u32>block;
    buffer.capacity = blockSize(wanted);
  }
  memory.copy(buffer.data + buffer.length, source, n);
  buffer.length = wanted;
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
