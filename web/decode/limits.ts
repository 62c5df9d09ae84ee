// Caps of decompression; each is named in the sentence that is shown when it trips.

/** Bytes that a decoder gives at a time, at the most. */
export const CHUNK_BYTES = 256 * 1024;
/** zstd: the largest window that is decoded (`zstd --long=27`, what its own tool takes unasked). */
export const MAX_ZSTD_WINDOW = 128 * 1024 * 1024;

/** `1.5 GiB`, `300 KiB`, `12 bytes`. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) { value /= 1024; unit++; }
  return `${unit === 0 || Number.isInteger(value) ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}
