/**
 * The i64 nanoseconds in words 2i and 2i + 1 as whole microseconds, rounded to the nearest (halves up); as
 * `microseconds` of web/logs/time.ts.
 */
export function wordsToMicroseconds(pairs: Uint32Array, i: number): number {
  const high = pairs[i * 2 + 1]! | 0;
  const thousands = Math.floor(high / 1000);
  return thousands * 4294967296 + Math.floor(((high - thousands * 1000) * 4294967296 + pairs[i * 2]! + 500) / 1000);
}
