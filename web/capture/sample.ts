import { hasSlice, type ByteSource } from './source';

/** Bytes of each of the three parts of the sample. */
export const SAMPLE_PART = 64 * 1024;

/**
 * A quick mark of a file for recognising it: the digest of its size (8 bytes, big-endian) and its first, middle and
 * last 64 KiB. Two different captures may share it; the SHA-256 of the whole decides. '' where it cannot be made.
 */
export async function sampleOf(source: ByteSource, digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<string> | string): Promise<string> {
  const { size } = source;
  if (size === null || !hasSlice(source)) return '';
  const middle = Math.max(0, Math.floor(size / 2) - SAMPLE_PART / 2);
  const starts = size <= 3 * SAMPLE_PART ? [0, SAMPLE_PART, 2 * SAMPLE_PART] : [0, middle, size - SAMPLE_PART];
  const parts: Uint8Array[] = [];
  try {
    for (const start of starts) parts.push(await source.slice(Math.min(start, size), Math.min(size, start + SAMPLE_PART)));
  } catch {
    return '';
  }
  const all = new Uint8Array(8 + parts.reduce((sum, part) => sum + part.length, 0));
  new DataView(all.buffer).setBigUint64(0, BigInt(size));
  let at = 8;
  for (const part of parts) { all.set(part, at); at += part.length; }
  return digest(all);
}
