// Reading and comparing raw bytes. Every local is u32 from the start: small integers wrap and shift counts are masked.

/** Big-endian u16 at `p`. */
// @ts-ignore: decorator
@inline
export function be16(p: usize): u32 {
  return (<u32>load<u8>(p) << 8) | <u32>load<u8>(p, 1);
}

/** Big-endian 24 bits at `p`. */
// @ts-ignore: decorator
@inline
export function be24(p: usize): u32 {
  return (<u32>load<u8>(p) << 16) | (<u32>load<u8>(p, 1) << 8) | <u32>load<u8>(p, 2);
}

/** Big-endian u32 at `p`. */
// @ts-ignore: decorator
@inline
export function be32(p: usize): u32 {
  return bswap<u32>(load<u32>(p));
}

/** Lower-case of an ASCII byte. */
// @ts-ignore: decorator
@inline
export function lower(c: u32): u32 {
  return c - 65 < 26 ? c | 32 : c;
}

/** Copies `n` bytes that do not overlap: short runs are moved here, because `memory.copy` is a call out of the module. */
export function copy(to: usize, from: usize, n: u32): void {
  if (n > 64) memory.copy(to, from, n);
  else if (n >= 16) {
    for (let i: u32 = 0; i < n - 16; i += 16) v128.store(to + i, v128.load(from + i));
    v128.store(to + n - 16, v128.load(from + n - 16));
  } else if (n >= 8) {
    store<u64>(to, load<u64>(from));
    store<u64>(to + n - 8, load<u64>(from + n - 8));
  } else if (n >= 4) {
    store<u32>(to, load<u32>(from));
    store<u32>(to + n - 4, load<u32>(from + n - 4));
  } else if (n != 0) {
    store<u8>(to, load<u8>(from));
    if (n == 1) return;
    store<u16>(to + n - 2, load<u16>(from + n - 2));
  }
}

/** True when `n` bytes at `p` are equal to those at `q`. */
export function equal(p: usize, q: usize, n: u32): bool {
  return memory.compare(p, q, n) == 0;
}

/** Index of byte `c` in `n` bytes at `p`, or `n`. */
export function indexOf(p: usize, n: u32, c: u32): u32 {
  let i: u32 = 0;
  const wanted = i8x16.splat(<i8>c);
  while (i + 16 <= n) {
    const mask = i8x16.bitmask(i8x16.eq(v128.load(p + i), wanted));
    if (mask != 0) return i + <u32>ctz<i32>(mask);
    i += 16;
  }
  while (i < n && <u32>load<u8>(p + i) != c) i++;
  return i;
}

/** Writes `n` bytes at `p` as 2n lower-case hexadecimal digits at `out`; returns 2n. */
export function hex(p: usize, n: u32, out: usize): u32 {
  for (let i: u32 = 0; i < n; i++) {
    const b = <u32>load<u8>(p + i);
    const high = b >> 4;
    const low = b & 15;
    store<u8>(out + 2 * i, high < 10 ? 48 + high : 87 + high);
    store<u8>(out + 2 * i, low < 10 ? 48 + low : 87 + low, 1);
  }
  return 2 * n;
}

/** Writes `value` in decimal at `out` (at most 20 bytes); returns the digits. */
export function decimal(value: u64, out: usize): u32 {
  let digits: u32 = 1;
  let rest = value;
  while (rest >= 10) {
    rest /= 10;
    digits++;
  }
  let at = out + digits;
  rest = value;
  do {
    at--;
    store<u8>(at, 48 + <u8>(rest % 10));
    rest /= 10;
  } while (rest != 0);
  return digits;
}
