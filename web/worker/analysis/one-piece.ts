/** What is kept beside the whole while it is not known how long that becomes. */
const MAX_GATHERED_BYTES = 64 * 1024 * 1024;

/**
 * Blocks of bytes as one array. Nothing larger than that array is ever held, apart from `gathered` bytes: where there are
 * more, the blocks are counted first and then made again, straight into their place.
 * @param make the blocks, the same each time; each may be used again once the next is asked for
 * @param most bytes at the most
 * @returns null when there are more than that
 */
export function inOnePiece(make: () => Iterable<Uint8Array>, most: number, gathered = MAX_GATHERED_BYTES): Uint8Array<ArrayBuffer> | null {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const block of make()) {
    size += block.length;
    if (size > most) return null;
    if (size <= gathered) parts.push(block.slice());
    else parts.length = 0;
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of size <= gathered ? parts : make()) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
