// Two-level lookup tables for DEFLATE's canonical Huffman codes (RFC 1951 §3.2.2).
//
// An entry: bits 0–3 code length of this level, bits 4–7 extra bits, bits 8–9 what it is, bits 10–31 value (literal,
// base length, base distance, or where the second level begins). NO_MEANING with a length = no such code.

export const KIND_LITERAL = 0;
export const KIND_BASE = 1;
export const KIND_END = 2;
export const KIND_TABLE = 3;

export const LITERAL_BITS = 10;
export const DISTANCE_BITS = 8;
export const LENGTH_CODE_BITS = 7;

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

/** What each symbol of an alphabet stands for: entries without their code length; NO_MEANING where the RFC has none. */
export type Alphabet = readonly number[];

const entry = (kind: number, value: number, extra: number): number => (value << 10) | (kind << 8) | (extra << 4);
/** An end of block with a value: no alphabet has it. */
export const NO_MEANING = entry(KIND_END, 1, 0);
export const LITERALS: Alphabet = Array.from({ length: 288 }, (_, symbol) => {
  if (symbol < 256) return entry(KIND_LITERAL, symbol, 0);
  if (symbol === 256) return entry(KIND_END, 0, 0);
  const base = LENGTH_BASE[symbol - 257];
  return base === undefined ? NO_MEANING : entry(KIND_BASE, base, LENGTH_EXTRA[symbol - 257] ?? 0);
});
export const DISTANCES: Alphabet = Array.from({ length: 32 }, (_, symbol) => {
  const base = DISTANCE_BASE[symbol];
  return base === undefined ? NO_MEANING : entry(KIND_BASE, base, DISTANCE_EXTRA[symbol] ?? 0);
});
export const LENGTH_CODES: Alphabet = Array.from({ length: 19 }, (_, symbol) => entry(KIND_LITERAL, symbol, 0));

const reverse = (code: number, length: number): number => {
  let out = 0;
  for (let i = 0; i < length; i++) out |= ((code >> i) & 1) << (length - 1 - i);
  return out;
};

/**
 * The table of the code with these lengths (0–15, 0 = unused); null when they make no prefix code. As zlib does, an
 * incomplete code is taken only when it is one code of one bit (`loose`), or empty.
 */
export function buildTable(lengths: Uint8Array, alphabet: Alphabet, rootBits: number, loose: boolean): Int32Array | null {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  let longest = 15;
  while (longest > 0 && counts[longest] === 0) longest--;
  const root = 1 << rootBits;
  // An empty code is noticed where it is used; one of code lengths gives zeros, and then there is no end of block.
  if (longest === 0) return new Int32Array(root).fill((loose ? NO_MEANING : 0) | 1);
  let left = 1;
  const next = new Uint16Array(17);
  for (let length = 1, code = 0; length <= 15; length++) {
    left = (left << 1) - (counts[length] ?? 0);
    if (left < 0) return null;
    next[length] = code;
    code = (code + (counts[length] ?? 0)) << 1;
  }
  if (left > 0 && !(loose && longest === 1)) return null;

  // Second levels: for each root prefix of a long code, as many bits as its longest code needs.
  const subBits = new Uint8Array(longest > rootBits ? root : 0);
  const codes = new Uint16Array(lengths.length);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    const code = reverse(next[length]!++, length);
    codes[symbol] = code;
    if (length > rootBits) {
      const prefix = code & (root - 1);
      subBits[prefix] = Math.max(subBits[prefix]!, length - rootBits);
    }
  }
  let size = root;
  const starts = new Uint32Array(subBits.length);
  for (let prefix = 0; prefix < subBits.length; prefix++) {
    if (subBits[prefix] === 0) continue;
    starts[prefix] = size;
    size += 1 << subBits[prefix]!;
  }
  // Where an incomplete code has no entry, one bit was enough to know it.
  const table = new Int32Array(size).fill(NO_MEANING | 1);
  for (let prefix = 0; prefix < subBits.length; prefix++) {
    if (subBits[prefix] !== 0) table[prefix] = entry(KIND_TABLE, starts[prefix]!, subBits[prefix]!) | rootBits;
  }
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0;
    const meaning = alphabet[symbol] ?? NO_MEANING;
    if (length === 0) continue;
    const code = codes[symbol]!;
    if (length <= rootBits) {
      for (let at = code; at < root; at += 1 << length) table[at] = meaning | length;
    } else {
      const prefix = code & (root - 1);
      const start = starts[prefix]!;
      const end = 1 << subBits[prefix]!;
      for (let at = code >> rootBits; at < end; at += 1 << (length - rootBits)) table[start + at] = meaning | (length - rootBits);
    }
  }
  return table;
}

const fixedLengths = new Uint8Array(288);
fixedLengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
/** RFC 1951 §3.2.6. */
export const FIXED_LITERALS = buildTable(fixedLengths, LITERALS, LITERAL_BITS, false) as Int32Array;
export const FIXED_DISTANCES = buildTable(new Uint8Array(32).fill(5), DISTANCES, DISTANCE_BITS, false) as Int32Array;
