/** What a file's first bytes say it is wrapped in. */
export type Wrapping = 'plain' | 'gzip' | 'zstd' | 'zip';

/** Bytes that `sniffWrapping`, `sniffForeign` and `looksLikeCapture` want to see; fewer are fine. */
export const SNIFF_BYTES = 16;

const begins = (bytes: Uint8Array, ...magic: number[]): boolean =>
  bytes.length >= magic.length && magic.every((value, i) => bytes[i] === value);

const text = (bytes: Uint8Array, magic: string): boolean =>
  begins(bytes, ...Array.from(magic, (c) => c.charCodeAt(0)));

/** gzip (RFC 1952 §2.3.1), zstd (RFC 8878 §3.1.1, skippable frames §3.1.2), zip (APPNOTE 4.3.7, 4.3.16, 8.5.3), else plain. */
export function sniffWrapping(first: Uint8Array): Wrapping {
  if (begins(first, 0x1f, 0x8b, 8)) return 'gzip';
  if (begins(first, 0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  if (first.length >= 4 && ((first[0] ?? 0) & 0xf0) === 0x50 && first[1] === 0x2a && first[2] === 0x4d && first[3] === 0x18) return 'zstd';
  if (begins(first, 0x50, 0x4b) && [[3, 4], [5, 6], [7, 8], [0x30, 0x30]].some(([a, b]) => first[2] === a && first[3] === b)) return 'zip';
  return 'plain';
}

/** An archive that is not unpacked here, and the command that unpacks it; null when it is none that is known. */
export function sniffForeign(first: Uint8Array): { name: string; command: string } | null {
  if (begins(first, 0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)) return { name: 'xz', command: 'xz -dk' };
  if (text(first, 'BZh') && begins(first.subarray(4), 0x31, 0x41, 0x59, 0x26)) return { name: 'bzip2', command: 'bunzip2 -k' };
  if (begins(first, 0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)) return { name: '7-Zip', command: '7z x' };
  if (begins(first, 0x04, 0x22, 0x4d, 0x18)) return { name: 'LZ4', command: 'lz4 -d' };
  if (text(first, 'Rar!\x1a\x07')) return { name: 'RAR', command: 'unrar x' };
  return null;
}

const PCAP_MAGICS = [0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34, 0xa1e2cb12];

/** pcap in either byte order (with its nanosecond and modified variants), pcapng, or a capture format known by its first bytes. */
export function looksLikeCapture(first: Uint8Array): boolean {
  if (first.length < 4) return false;
  const view = new DataView(first.buffer, first.byteOffset, 4);
  if (PCAP_MAGICS.includes(view.getUint32(0)) || PCAP_MAGICS.includes(view.getUint32(0, true))) return true;
  return view.getUint32(0) === 0x0a0d0d0a || text(first, 'snoop\0\0\0') || text(first, 'GMBU') || text(first, 'RTSS') || text(first, 'XCP\0');
}

/** A name that captures go by (also with .gz or .zst behind it). */
export function namedLikeCapture(name: string): boolean {
  return /\.(pcap|pcapng|ntar|cap|dmp|snoop|trace|trc)\d*(\.\d+)?(\.(gz|gzip|zst|zstd))?$/i.test(name);
}
