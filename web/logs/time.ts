/**
 * The i64 nanoseconds at byte `at` as whole microseconds, rounded to the nearest (halves up). Exact for every i64,
 * which a plain conversion to a double is not.
 */
export function microseconds(bytes: Uint8Array, at: number): number {
  const low = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  const high = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
  const thousands = Math.floor(high / 1000);
  const rest = high - thousands * 1000;
  return thousands * 4294967296 + Math.floor((rest * 4294967296 + low + 500) / 1000);
}
