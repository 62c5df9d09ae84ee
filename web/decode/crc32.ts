import { inflateSlots } from './instance';

/** The CRC-32 of gzip and zip (RFC 1952 §8) of `bytes` that follow on data whose CRC is `crc` (0 at the start); unsigned. */
export function crc32(bytes: Uint8Array, crc = 0): number {
  return inflateSlots().crc32(bytes, crc);
}
