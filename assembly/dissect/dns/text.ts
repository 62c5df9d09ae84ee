// One value of a log column under construction. A value longer than a column takes is cut here, at the same length.

import { MAX_VALUE_BYTES } from "../../abi/columns";
import { be16 } from "../../memory/bytes";

const TEXT: usize = memory.data(65536, 16);
const DIGITS: u32 = 20;

/** Bytes of the value so far. */
export let textLength: u32 = 0;

/** Begins a new value. */
export function textBegin(): void {
  textLength = 0;
}

/** Pointer to the value; good until the next `textBegin`. */
// @ts-ignore: decorator
@inline
export function textPointer(): usize {
  return TEXT;
}

/** Appends one byte. */
export function putByte(c: u32): void {
  if (textLength >= MAX_VALUE_BYTES) return;
  store<u8>(TEXT + textLength, c);
  textLength++;
}

/** Appends `n` raw bytes. */
export function putBytes(p: usize, n: u32): void {
  const room = MAX_VALUE_BYTES - textLength;
  const fits = n < room ? n : room;
  memory.copy(TEXT + textLength, p, fits);
  textLength += fits;
}

/** Appends an ASCII literal. */
export function putText(literal: string): void {
  const n = <u32>literal.length;
  for (let i: u32 = 0; i < n; i++) putByte(literal.charCodeAt(i));
}

/** Appends `value` in decimal. */
export function putDecimal(value: u32): void {
  if (textLength + DIGITS > MAX_VALUE_BYTES) return;
  let digits: u32 = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits++;
  let rest = value;
  for (let i = digits; i > 0; i--) {
    store<u8>(TEXT + textLength + i - 1, 48 + (rest % 10));
    rest /= 10;
  }
  textLength += digits;
}

function putNibble(value: u32): void {
  putByte(value < 10 ? 48 + value : 87 + value);
}

/** Appends `n` bytes as lower-case hexadecimal digits. */
export function putHex(p: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const b = <u32>load<u8>(p + i);
    putNibble(b >> 4);
    putNibble(b & 15);
  }
}

/** Appends the dotted form of the 4 bytes at `p`. */
export function putIPv4(p: usize): void {
  for (let i: u32 = 0; i < 4; i++) {
    if (i != 0) putByte(46);
    putDecimal(load<u8>(p + i));
  }
}

/** Appends the text form of the 16 bytes at `p` (RFC 5952; an IPv4-mapped address as the IPv4 address, as Zeek has it). */
export function putIPv6(p: usize): void {
  if (load<u64>(p) == 0 && load<u32>(p, 8) == 0xffff0000) {
    putIPv4(p + 12);
    return;
  }
  // RFC 5952 §4.2: the longest run of zero groups is left out, the first of equals, never a single one.
  let best: u32 = 8;
  let bestLength: u32 = 1;
  for (let i: u32 = 0; i < 8; i++) {
    let n: u32 = 0;
    while (i + n < 8 && be16(p + ((i + n) << 1)) == 0) n++;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
    if (n != 0) i += n - 1;
  }
  for (let i: u32 = 0; i < 8; i++) {
    if (i == best) {
      putByte(58);
      putByte(58);
      i += bestLength - 1;
      continue;
    }
    // RFC 5952 §5: the deprecated IPv4-compatible form keeps its dotted tail.
    if (i == 6 && best == 0 && bestLength == 6) {
      putIPv4(p + 12);
      return;
    }
    if (i != 0 && i != best + bestLength) putByte(58);
    const group = be16(p + (i << 1));
    if (group >= 0x1000) putNibble(group >> 12);
    if (group >= 0x100) putNibble((group >> 8) & 15);
    if (group >= 0x10) putNibble((group >> 4) & 15);
    putNibble(group & 15);
  }
}
