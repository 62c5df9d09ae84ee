// Two-level lookup tables for DEFLATE's canonical Huffman codes (RFC 1951 §3.2.2).
//
// An entry, u32: bits 0-7 bits that it takes of the input (code and extra bits), bits 8-11 bits of the code alone, bits
// 12-15 flags, bits 16-30 value (base length, base distance, where the second level begins), bit 31 set: a literal.

export const LITERAL: u32 = 0x80000000;
/** Neither a literal nor a base: one of the following says what. */
export const SPECIAL: u32 = 0x8000;
/** Bits 8-11 are then the bits by which the second level is indexed. */
export const SECOND_LEVEL: u32 = 0x4000;
export const END_OF_BLOCK: u32 = 0x2000;

/** No such code. */
const INVALID: u32 = 0x1000 | 0x8000;

/** By so many bits the first levels are indexed. */
export const LITERAL_BITS: u32 = 11;
export const DISTANCE_BITS: u32 = 8;
export const LENGTH_CODE_BITS: u32 = 7;
/** Entries that both levels need at the most for 288 codes by 11 bits, and 32 by 8 (zlib's `enough`), in bytes. */
export const LITERAL_TABLE_BYTES: u32 = 2342 * 4;
export const DISTANCE_TABLE_BYTES: u32 = 402 * 4;

const LENGTH_BASE = memory.data<u16>([3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258]);
const LENGTH_EXTRA = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]);
const DISTANCE_BASE = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
]);

/** What each symbol of an alphabet stands for: entries without the length of their code. */
const LITERALS = memory.data(288 * 4, 16);
const DISTANCES = memory.data(32 * 4, 16);
const LENGTH_CODES = memory.data(19 * 4, 16);

/** Tables of RFC 1951 §3.2.6: 2048 entries by 11 bits (no code is longer than 9) and 256 by 8. */
export const FIXED_LITERALS = memory.data(8192, 16);
export const FIXED_DISTANCES = memory.data(1024, 16);

const FIXED_LENGTHS = memory.data(288);
/** Scratch of `build`: codes of each length, symbols in order of their codes. */
const COUNTS = memory.data(32, 16);
const PLACES = memory.data(32, 16);
const SORTED = memory.data(576, 16);

let prepared: bool = false;

/** Makes the alphabets and the fixed tables, once. */
export function prepareTables(): void {
  if (prepared) return;
  prepared = true;
  for (let symbol: u32 = 0; symbol < 288; symbol++) {
    let entry: u32 = INVALID;
    if (symbol < 256) entry = LITERAL | (symbol << 16);
    else if (symbol == 256) entry = SPECIAL | END_OF_BLOCK;
    else if (symbol < 286) entry = (<u32>load<u16>(LENGTH_BASE + ((symbol - 257) << 1)) << 16) | <u32>load<u8>(LENGTH_EXTRA + (symbol - 257));
    store<u32>(LITERALS + (symbol << 2), entry);
  }
  for (let symbol: u32 = 0; symbol < 32; symbol++) {
    const extra: u32 = symbol < 2 ? 0 : (symbol >> 1) - 1;
    store<u32>(DISTANCES + (symbol << 2), symbol < 30 ? (<u32>load<u16>(DISTANCE_BASE + (symbol << 1)) << 16) | extra : INVALID);
  }
  for (let symbol: u32 = 0; symbol < 19; symbol++) store<u32>(LENGTH_CODES + (symbol << 2), LITERAL | (symbol << 16));
  const lengths = FIXED_LENGTHS;
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  countLengths(lengths, 288);
  build(lengths, 288, LITERALS, LITERAL_BITS, FIXED_LITERALS);
  memory.fill(lengths, 5, 32);
  countLengths(lengths, 32);
  build(lengths, 32, DISTANCES, DISTANCE_BITS, FIXED_DISTANCES);
}

/** The table of code length codes; false when the lengths make no prefix code. */
export function buildLengthCodes(lengths: usize, table: usize): bool {
  const longest = countLengths(lengths, 19);
  if (longest == 0) {
    // As zlib does: an empty code gives zeros of one bit, and then there is no end of block.
    fill(table, LENGTH_CODE_BITS, LITERAL | 0x101);
    return true;
  }
  if (left() != 0) return false;
  build(lengths, 19, LENGTH_CODES, LENGTH_CODE_BITS, table);
  return true;
}

/** The tables of literals and distances; false when the lengths make no prefix code. */
// @ts-ignore: decorator
@inline
export function buildLiterals(lengths: usize, count: u32, table: usize): bool {
  return buildLoose(lengths, count, LITERALS, LITERAL_BITS, table);
}
// @ts-ignore: decorator
@inline
export function buildDistances(lengths: usize, count: u32, table: usize): bool {
  return buildLoose(lengths, count, DISTANCES, DISTANCE_BITS, table);
}

/** As zlib does, an incomplete code is taken only when it is one code of one bit, or empty: noticed where it is used. */
function buildLoose(lengths: usize, count: u32, alphabet: usize, rootBits: u32, table: usize): bool {
  const longest = countLengths(lengths, count);
  const missing = left();
  if (longest == 0 || (longest == 1 && missing > 0)) {
    fill(table, rootBits, INVALID | 0x101);
    if (longest == 0) return true;
    let symbol: u32 = 0;
    while (load<u8>(lengths + symbol) == 0) symbol++;
    const entry = load<u32>(alphabet + (symbol << 2)) + 0x101;
    for (let at: usize = 0, end: usize = 4 << rootBits; at < end; at += 8) store<u32>(table + at, entry);
    return true;
  }
  if (missing != 0) return false;
  build(lengths, count, alphabet, rootBits, table);
  return true;
}

/** Counts codes by their length into COUNTS; the longest, 0 when there is none. */
function countLengths(lengths: usize, count: u32): u32 {
  memory.fill(COUNTS, 0, 32);
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = COUNTS + (<usize>load<u8>(lengths + i) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  store<u16>(COUNTS, 0);
  let longest: u32 = 15;
  while (longest > 0 && load<u16>(COUNTS + (longest << 1)) == 0) longest--;
  return longest;
}

/** Codes of 15 bits that the lengths in COUNTS leave unused; negative when they are more than there can be. */
function left(): i32 {
  let unused: i32 = 1;
  for (let length: usize = 1; length <= 15; length++) {
    unused = (unused << 1) - <i32>load<u16>(COUNTS + (length << 1));
    if (unused < 0) return -1;
  }
  return unused;
}

function fill(table: usize, bits: u32, entry: u32): void {
  for (let at: usize = 0, end: usize = 4 << bits; at < end; at += 4) store<u32>(table + at, entry);
}

/** The table of a complete code whose lengths (0-15) are counted in COUNTS. */
function build(lengths: usize, count: u32, alphabet: usize, rootBits: u32, table: usize): void {
  let place: u32 = 0;
  for (let length: usize = 1; length <= 15; length++) {
    store<u16>(PLACES + (length << 1), place);
    place += load<u16>(COUNTS + (length << 1));
  }
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length: usize = load<u8>(lengths + symbol);
    if (length == 0) continue;
    const at = PLACES + (length << 1);
    const to = load<u16>(at);
    store<u16>(at, to + 1);
    store<u16>(SORTED + (<usize>to << 1), symbol);
  }
  // Codes in their order, the first bit lowest. The table doubles with each length, so that every entry stands as often
  // as it must without being written one by one.
  let sorted = SORTED;
  let code: u32 = 0;
  for (let length: u32 = 1; length <= rootBits; length++) {
    for (let n: u32 = load<u16>(COUNTS + (length << 1)); n > 0; n--) {
      store<u32>(table + (code << 2), load<u32>(alphabet + (<usize>load<u16>(sorted) << 2)) + length * 0x101);
      sorted += 2;
      code = after(code, length);
    }
    if (length < rootBits) memory.copy(table + (4 << length), table, 4 << length);
  }
  let end: u32 = 1 << rootBits;
  let prefix: u32 = 0xffffffff;
  let start: u32 = 0;
  let bits: u32 = 0;
  for (let length = rootBits + 1; length <= 15; length++) {
    for (let n: u32 = load<u16>(COUNTS + (length << 1)); n > 0; n--) {
      if ((code & ((1 << rootBits) - 1)) != prefix) {
        prefix = code & ((1 << rootBits) - 1);
        start = end;
        // As many bits as make room for the codes that follow: the code is complete, so they fill it.
        bits = length - rootBits;
        for (let used = n; used < <u32>(1 << bits);) {
          bits++;
          used = (used << 1) + load<u16>(COUNTS + ((rootBits + bits) << 1));
        }
        end += 1 << bits;
        store<u32>(table + (prefix << 2), SPECIAL | SECOND_LEVEL | (start << 16) | (bits << 8) | rootBits);
      }
      const entry = load<u32>(alphabet + (<usize>load<u16>(sorted) << 2)) + (length - rootBits) * 0x101;
      for (let at = code >> rootBits; at < <u32>(1 << bits); at += 1 << (length - rootBits)) store<u32>(table + ((start + at) << 2), entry);
      sorted += 2;
      code = after(code, length);
    }
  }
}

/** The code of this length that follows, its first bit lowest: the trailing ones fall, the bit above them rises. */
// @ts-ignore: decorator
@inline
function after(code: u32, length: u32): u32 {
  const unset = code ^ ((1 << length) - 1);
  if (unset == 0) return code;
  const bit: u32 = 1 << (31 - clz<u32>(unset));
  return (code & (bit - 1)) | bit;
}
