// Looking for text in bytes, without case for ASCII letters.

const encoder = new TextEncoder();

/** UTF-8 bytes of a text with ASCII letters in lower case. */
export function lowerBytes(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 65 && bytes[i]! <= 90) bytes[i]! += 32;
  return bytes;
}

const LOWER = Uint8Array.from({ length: 256 }, (_, c) => (c >= 65 && c <= 90 ? c + 32 : c));

/**
 * Calls `found` for every item that holds `wanted` (from lowerBytes), once each, in ascending order. Items lie in
 * `data` at offsets[i] … offsets[i + 1]; all of them together between `start` and `end`.
 */
export function containsText(
  data: Uint8Array, start: number, end: number, wanted: Uint8Array, offsets: Int32Array, items: number, found: (item: number) => void,
): void {
  const n = wanted.length;
  if (n === 0) { for (let i = 0; i < items; i++) if (offsets[i + 1]! > offsets[i]!) found(i); return; }
  // Two bytes are compared before the rest: the first alone hits too often.
  const last = wanted[n - 1]!;
  const first = wanted[0]!;
  let item = 0;
  for (let at = start; at + n <= end; at++) {
    if (LOWER[data[at + n - 1]!] !== last || LOWER[data[at]!] !== first) continue;
    let i = 1;
    while (i < n - 1 && LOWER[data[at + i]!] === wanted[i]) i++;
    if (i < n - 1) continue;
    while (offsets[item + 1]! <= at) item++;
    // A hit may run over the end of one item into the next.
    if (at + n <= offsets[item + 1]!) {
      found(item);
      at = offsets[item + 1]! - 1;
    }
  }
}

/** A pattern with `*` for any text, matching whole texts without case. */
export function globToRegExp(glob: string): RegExp {
  const parts = glob.split(/\*+/).map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'is');
}
