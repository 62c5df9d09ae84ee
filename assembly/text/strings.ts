// Bytes of values as Zeek writes them: sixteen at a time where nothing is to be escaped. Up to 16 bytes beyond the end are
// read, and as many beyond the end of the output overwritten (TEXT_SLACK).

const BACKSLASH: u32 = 0x5c;

/** Length of the UTF-8 sequence at `at` (RFC 3629 §4), 0 when the bytes are none. */
function utf8Length(at: usize, end: usize): u32 {
  const lead = <u32>load<u8>(at);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const n: u32 = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + n > end) return 0;
  const second = <u32>load<u8>(at, 1);
  const low: u32 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const high: u32 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i: u32 = 2; i < n; i++) if ((<u32>load<u8>(at + i) & 0xc0) != 0x80) return 0;
  return n;
}

// @ts-ignore: decorator
@inline
function hexDigit(value: u32): u32 {
  return value < 10 ? 48 + value : 87 + value;
}

// @ts-ignore: decorator
@inline
function writeHex(out: usize, c: u32): usize {
  store<u8>(out, 0x78);
  store<u8>(out, hexDigit(c >> 4), 1);
  store<u8>(out, hexDigit(c & 15), 2);
  return out + 3;
}

/** Letter of the short JSON escape of a control character (RFC 8259 §7), 0 where there is none. */
function shortEscape(c: u32): u32 {
  if (c == 8) return 0x62;
  if (c == 9) return 0x74;
  if (c == 10) return 0x6e;
  if (c == 12) return 0x66;
  return c == 13 ? 0x72 : 0;
}

/** The character at `from` that cannot stay as it is, or several bytes of UTF-8 that can; moves `next` behind it. */
let next: usize = 0;

function jsonSpecial(out: usize, from: usize, end: usize): usize {
  const c = <u32>load<u8>(from);
  next = from + 1;
  let at = out;
  if (c == 0x22 || c == BACKSLASH) {
    store<u16>(at, BACKSLASH | (c << 8));
    return at + 2;
  }
  const short = c < 0x20 ? shortEscape(c) : 0;
  if (short != 0) {
    store<u16>(at, BACKSLASH | (short << 8));
    return at + 2;
  }
  const n = c < 0x80 ? 0 : utf8Length(from, end);
  if (n == 0) {
    store<u16>(at, BACKSLASH | (BACKSLASH << 8));
    return writeHex(at + 2, c);
  }
  next = from + n;
  store<u32>(at, load<u32>(from));
  return at + n;
}

/**
 * Writes bytes inside a JSON string: valid UTF-8 stays, JSON's own escapes are used where it has short ones, every other
 * control byte and every byte that is no UTF-8 becomes the five characters \\xNN. At most 5 × (end - from) bytes.
 */
export function writeJsonText(out: usize, from: usize, end: usize): usize {
  let at = out;
  const blank = i8x16.splat(0x20);
  const quote = i8x16.splat(0x22);
  const backslash = i8x16.splat(0x5c);
  const del = i8x16.splat(0x7f);
  while (from < end) {
    const bytes = v128.load(from);
    v128.store(at, bytes);
    // As signed bytes, those from 0x80 on are below the blank, too.
    const special = i8x16.bitmask(v128.or(
      v128.or(i8x16.lt_s(bytes, blank), i8x16.eq(bytes, quote)), v128.or(i8x16.eq(bytes, backslash), i8x16.eq(bytes, del)),
    ));
    const left = end - from;
    const plain: usize = special == 0 ? 16 : <usize>ctz<i32>(special);
    if (plain >= left) return at + left;
    at += plain;
    from += plain;
    if (plain == 16) continue;
    at = jsonSpecial(at, from, end);
    from = next;
  }
  return at;
}

/**
 * Writes bytes of a TSV value: printable ASCII and UTF-8 stay, a backslash is doubled, control bytes, bytes that are no
 * UTF-8 and, inside a list, its commas become \xNN. At most 4 × (end - from) bytes.
 */
function writeTsvText(out: usize, from: usize, end: usize, inList: bool): usize {
  let at = out;
  const blank = i8x16.splat(0x20);
  const backslash = i8x16.splat(0x5c);
  const del = i8x16.splat(0x7f);
  // Outside of a list 0x7f takes the comma's place: it is special anyway.
  const comma = i8x16.splat(inList ? 0x2c : 0x7f);
  while (from < end) {
    const bytes = v128.load(from);
    v128.store(at, bytes);
    const special = i8x16.bitmask(v128.or(
      v128.or(i8x16.lt_s(bytes, blank), i8x16.eq(bytes, comma)), v128.or(i8x16.eq(bytes, backslash), i8x16.eq(bytes, del)),
    ));
    const left = end - from;
    const plain: usize = special == 0 ? 16 : <usize>ctz<i32>(special);
    if (plain >= left) return at + left;
    at += plain;
    from += plain;
    if (plain == 16) continue;
    const c = <u32>load<u8>(from);
    if (c == BACKSLASH) {
      store<u16>(at, BACKSLASH | (BACKSLASH << 8));
      at += 2;
      from++;
      continue;
    }
    const n = c < 0x80 ? 0 : utf8Length(from, end);
    if (n == 0) {
      store<u8>(at, BACKSLASH);
      at = writeHex(at + 1, c);
      from++;
      continue;
    }
    store<u32>(at, load<u32>(from));
    at += n;
    from += n;
  }
  return at;
}

const EMPTY_LOW: u64 = 0x297974706d6528; // "(empty)"

/** Writes `(empty)`; returns where it ends. Eight bytes are touched. */
// @ts-ignore: decorator
@inline
export function writeEmptyMark(out: usize): usize {
  store<u64>(out, EMPTY_LOW);
  return out + 7;
}

/** Writes one value of TSV; those that read like the marks for unset and empty are written so that they cannot be taken for them. */
export function writeTsvValue(out: usize, from: usize, end: usize, inList: bool): usize {
  const n = end - from;
  if (n == 0) return inList ? out : writeEmptyMark(out);
  const first = <u32>load<u8>(from);
  if (n == 1 && first == 0x2d) {
    store<u8>(out, BACKSLASH);
    return writeHex(out + 1, 0x2d);
  }
  if (!inList && n == 7 && (load<u64>(from) & 0xffffffffffffff) == EMPTY_LOW) {
    store<u8>(out, BACKSLASH);
    const at = writeHex(out + 1, 0x28);
    store<u64>(at, EMPTY_LOW >> 8);
    return at + 6;
  }
  return writeTsvText(out, from, end, inList);
}
