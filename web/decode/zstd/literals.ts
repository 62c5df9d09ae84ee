import { backwardBits, bitsAt, damaged } from './bits';
import { readHuffman, type HuffmanTable } from './tables';

/** The literals of a block, and the bytes that they took. */
export interface Literals {
  readonly bytes: Uint8Array;
  readonly used: number;
  /** The tree that a later block may use again. */
  readonly tree: HuffmanTable | null;
}

/** Reads the literals section (RFC 8878 §3.1.1.3.1) into `room`, which has space for `max` bytes. */
export function readLiterals(block: Uint8Array, known: HuffmanTable | null, room: Uint8Array, max: number): Literals {
  const b0 = block[0] ?? 0, b1 = block[1] ?? 0, b2 = block[2] ?? 0, b3 = block[3] ?? 0, b4 = block[4] ?? 0;
  const type = b0 & 3;
  const format = (b0 >> 2) & 3;
  if (type < 2) {
    const header = format === 1 ? 2 : format === 3 ? 3 : 1;
    const size = header === 1 ? b0 >> 3 : header === 2 ? (b0 >> 4) | (b1 << 4) : (b0 >> 4) | (b1 << 4) | (b2 << 12);
    if (size > max) throw damaged('too many literals');
    const used = header + (type === 0 ? size : 1);
    if (used > block.length) throw damaged('literals are cut');
    if (type === 0) return { bytes: block.subarray(header, used), used, tree: known };
    return { bytes: room.fill(block[header] ?? 0, 0, size).subarray(0, size), used, tree: known };
  }
  const header = format < 2 ? 3 : format + 2;
  const low = (b0 | (b1 << 8) | (b2 << 16) | (b3 << 24)) >>> 0;
  const size = header === 3 ? (low >>> 4) & 0x3ff : header === 4 ? (low >>> 4) & 0x3fff : (low >>> 4) & 0x3ffff;
  const packed = header === 3 ? (low >>> 14) & 0x3ff : header === 4 ? low >>> 18 : (low >>> 22) | (b4 << 10);
  if (size > max) throw damaged('too many literals');
  const used = header + packed;
  if (used > block.length) throw damaged('literals are cut');
  let data = block.subarray(header, used);
  let tree = known;
  if (type === 2) {
    const read = readHuffman(data);
    tree = read.table;
    data = data.subarray(read.used);
  }
  if (!tree) throw damaged('literals without a tree');
  if (format === 0) {
    decodeStream(data, tree, room, 0, size);
  } else {
    if (data.length < 6) throw damaged('literals are cut');
    const part = (size + 3) >> 2;
    let at = 6;
    for (let i = 0; i < 4; i++) {
      const length = i < 3 ? data[i * 2]! | (data[i * 2 + 1]! << 8) : data.length - at;
      if (length < 0 || at + length > data.length || part * 3 > size) throw damaged('literals are cut');
      decodeStream(data.subarray(at, at + length), tree, room, i * part, i < 3 ? (i + 1) * part : size);
      at += length;
    }
  }
  return { bytes: room.subarray(0, size), used, tree };
}

/** One Huffman stream, read backwards, into room[from…to). It must be used up exactly. */
function decodeStream(stream: Uint8Array, { log, entries }: HuffmanTable, room: Uint8Array, from: number, to: number): void {
  if (stream.length === 0) throw damaged('literals are cut');
  let at = backwardBits(stream);
  const mask = (1 << log) - 1;
  let n = from;
  // Two symbols a load: 2 × 11 bits and up to 7 of the byte before fit in 32.
  for (const last = to - 1; n < last && at >= 22;) {
    const byte = (at - 22) >> 3;
    const word = stream[byte]! | (stream[byte + 1]! << 8) | (stream[byte + 2]! << 16) | (stream[byte + 3]! << 24);
    const base = byte * 8 + log;
    const first = entries[(word >>> (at - base)) & mask]!;
    at -= first >> 8;
    const second = entries[(word >>> (at - base)) & mask]!;
    at -= second >> 8;
    room[n] = first;
    room[n + 1] = second;
    n += 2;
  }
  while (n < to) {
    const entry = entries[bitsAt(stream, at - log, log)]!;
    at -= entry >> 8;
    room[n++] = entry;
  }
  if (at !== 0) throw damaged('literals do not end where they should');
}
