// Reading the text of HTTP: tokens, numbers, escapes. Everything works on borrowed bytes (pointer, length) and reports what
// it found through the exported variables, because functions return one number.

import { lower } from "../../memory/bytes";

const CR: u32 = 13;
const LF: u32 = 10;

/** True when the `n` bytes at `p` are `word` (given in lower-case), ASCII case ignored. */
export function is(p: usize, n: u32, word: string): bool {
  return n == <u32>word.length && startsWith(p, n, word);
}

/** True when the `n` bytes at `p` begin with `word` (given in lower-case), ASCII case ignored. */
export function startsWith(p: usize, n: u32, word: string): bool {
  const length = <u32>word.length;
  if (n < length) return false;
  const letters = changetype<usize>(word);
  for (let i: u32 = 0; i < length; i++) {
    if (lower(load<u8>(p + i)) != <u32>load<u16>(letters + (<usize>i << 1))) return false;
  }
  return true;
}

/** True when the `n` bytes at `p` begin with `word`, case and all. */
export function startsExactly(p: usize, n: u32, word: string): bool {
  const length = <u32>word.length;
  if (n < length) return false;
  const letters = changetype<usize>(word);
  for (let i: u32 = 0; i < length; i++) {
    if (<u32>load<u8>(p + i) != <u32>load<u16>(letters + (<usize>i << 1))) return false;
  }
  return true;
}

/** True when the `n` bytes at `p` are the beginning of `word` (given in lower-case), or all of it; ASCII case ignored. */
export function isPrefix(p: usize, n: u32, word: string): bool {
  if (n > <u32>word.length) return false;
  const letters = changetype<usize>(word);
  for (let i: u32 = 0; i < n; i++) {
    if (lower(load<u8>(p + i)) != <u32>load<u16>(letters + (<usize>i << 1))) return false;
  }
  return true;
}

/** Writes `word` at `out`; returns its length. */
export function write(word: string, out: usize): u32 {
  const length = <u32>word.length;
  const letters = changetype<usize>(word);
  for (let i: u32 = 0; i < length; i++) store<u8>(out + i, load<u16>(letters + (<usize>i << 1)));
  return length;
}

/** Index of the first CR or LF in `n` bytes at `p`, or `n`. */
export function endOfLine(p: usize, n: u32): u32 {
  let i: u32 = 0;
  const cr = i8x16.splat(13);
  const lf = i8x16.splat(10);
  while (i + 16 <= n) {
    const block = v128.load(p + i);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(block, cr), i8x16.eq(block, lf)));
    if (mask != 0) return i + <u32>ctz<i32>(mask);
    i += 16;
  }
  while (i < n) {
    const c = <u32>load<u8>(p + i);
    if (c == CR || c == LF) return i;
    i++;
  }
  return n;
}

// @ts-ignore: decorator
@inline
export function isDigit(c: u32): bool {
  return c - 48 < 10;
}

// @ts-ignore: decorator
@inline
export function isBlank(c: u32): bool {
  return c == 32 || c == 9;
}

/** Space as C's isspace has it. */
// @ts-ignore: decorator
@inline
export function isSpace(c: u32): bool {
  return c == 32 || c - 9 < 5;
}

// @ts-ignore: decorator
@inline
function isLetter(c: u32): bool {
  return (c | 32) - 97 < 26;
}

/** A character of a method (RFC 9110 §5.6.2's token, without its less common exclusions, as Zeek reads it). */
export function isTokenChar(c: u32): bool {
  if (c <= 32 || c >= 127) return false;
  if (isLetter(c) || isDigit(c)) return true;
  // ( ) < > @ , ; : \ " / [ ] ? = { }
  return !(c == 40 || c == 41 || c == 60 || c == 62 || c == 64 || c == 44 || c == 59 || c == 58 || c == 92 || c == 34 ||
    c == 47 || c == 91 || c == 93 || c == 63 || c == 61 || c == 123 || c == 125);
}

/** A character of RFC 2045's token, which header values are made of. */
export function isMimeTokenChar(c: u32): bool {
  return c == 123 || c == 125 || isTokenChar(c);
}

/** A character that ends no URI (RFC 3986 reserved, unreserved, percent; NUL too, as Zeek reads it). */
export function isUriChar(c: u32): bool {
  if (isLetter(c) || isDigit(c)) return true;
  // % : / ? # [ ] @ ! $ & ' ( ) * + , ; = - _ . ~
  return c == 37 || c == 58 || c == 47 || c == 63 || c == 35 || c == 91 || c == 93 || c == 64 || c == 33 || c == 36 ||
    c == 38 || (c >= 39 && c <= 46) || c == 59 || c == 61 || c == 95 || c == 126 || c == 0;
}

/** Value of a hexadecimal digit, 16 when it is none. */
export function hexDigit(c: u32): u32 {
  if (isDigit(c)) return c - 48;
  const l = (c | 32) - 97;
  return l < 6 ? l + 10 : 16;
}

/** The number that `parseNumber` read. */
export let number: i64 = 0;

/**
 * Reads an integer of `base` (10 or 16) from the start of `n` bytes at `p`, an optional `-` first, up to the first other
 * character; no digits at all read as 0 where nothing else stands. False when it does not begin with a digit.
 * Sets `number`; it stays at the largest i64 where more digits come (then it is no length that can be).
 */
export function parseNumber(p: usize, n: u32, base: u32): bool {
  let i: u32 = 0;
  let negative = false;
  if (n != 0 && load<u8>(p) == 45) {
    negative = true;
    i = 1;
  }
  const first = i;
  let value: u64 = 0;
  const limit: u64 = (<u64>i64.MAX_VALUE - 15) / base;
  for (; i < n; i++) {
    const digit = hexDigit(load<u8>(p + i));
    if (digit >= base) {
      if (i == first) return false;
      break;
    }
    value = value > limit ? <u64>i64.MAX_VALUE : value * base + digit;
  }
  number = negative ? -<i64>value : <i64>value;
  return true;
}

/** Where `firstToken` found its token, and how long it is. */
export let tokenAt: usize = 0;
export let tokenLength: u32 = 0;

/** Bytes of blanks and comments (RFC 5322 §3.2.2) at the start of `n` bytes at `p`. */
export function skipComments(p: usize, n: u32): u32 {
  let i: u32 = 0;
  let depth: u32 = 0;
  for (; i < n; i++) {
    const c = <u32>load<u8>(p + i);
    if (c == 40) depth++;
    else if (depth == 0) {
      if (!isBlank(c)) return i;
    } else if (c == 41) depth--;
    else if (c == 92) i++;
  }
  return n;
}

/** Finds the first token of a header value; false when there is none. Sets `tokenAt`, `tokenLength`. */
export function firstToken(p: usize, n: u32): bool {
  let i = skipComments(p, n);
  while (i < n) {
    if (isMimeTokenChar(load<u8>(p + i))) {
      let j = i + 1;
      while (j < n && isMimeTokenChar(load<u8>(p + j))) j++;
      tokenAt = p + i;
      tokenLength = j - i;
      return true;
    }
    const skipped = skipComments(p + i, n - i);
    i += skipped != 0 ? skipped : 1;
  }
  tokenLength = 0;
  return false;
}

// What `unescape` met.
export const ESCAPES_FINE: u32 = 0;
export const ESCAPES_PERCENT_AT_END: u32 = 1;
export const ESCAPES_CUT_AT_END: u32 = 2;
export const ESCAPES_DOUBLE: u32 = 4;
export const ESCAPES_BARE: u32 = 8;
/** What the last `unescape` met, bits ESCAPES_*. */
export let escapes: u32 = 0;

/**
 * Writes the `n` bytes at `p` with their percent escapes undone (`%41`, and `%u0041` as some programs write it) at `out`,
 * which has room for `n` bytes; returns the bytes written. Sets `escapes`.
 */
export function unescape(p: usize, n: u32, out: usize): u32 {
  escapes = ESCAPES_FINE;
  let used: u32 = 0;
  let i: u32 = 0;
  while (i < n) {
    const c = <u32>load<u8>(p + i);
    if (c != 37) {
      store<u8>(out + used++, c);
      i++;
      continue;
    }
    if (i + 1 == n) {
      escapes |= ESCAPES_PERCENT_AT_END;
      store<u8>(out + used++, 37);
      break;
    }
    const next = <u32>load<u8>(p + i, 1);
    if (i + 2 == n) {
      escapes |= ESCAPES_CUT_AT_END;
      store<u8>(out + used++, 37);
      store<u8>(out + used++, next);
      break;
    }
    if (next == 37) {
      escapes |= ESCAPES_DOUBLE;
      i++;
      continue;
    }
    const high = hexDigit(next);
    const low = hexDigit(load<u8>(p + i, 2));
    if (high < 16 && low < 16) {
      store<u8>(out + used++, (high << 4) + low);
      i += 3;
    } else if (next == 117 && n - i >= 6 && unicodeEscape(p + i + 2)) {
      if (unit > 255) store<u8>(out + used++, unit >> 8);
      store<u8>(out + used++, unit);
      i += 6;
    } else {
      escapes |= ESCAPES_BARE;
      store<u8>(out + used++, 37);
      store<u8>(out + used++, next);
      i += 2;
    }
  }
  return used;
}

let unit: u32 = 0;
function unicodeEscape(p: usize): bool {
  unit = 0;
  for (let i: u32 = 0; i < 4; i++) {
    const digit = hexDigit(load<u8>(p + i));
    if (digit > 15) return false;
    unit = (unit << 4) | digit;
  }
  return true;
}
