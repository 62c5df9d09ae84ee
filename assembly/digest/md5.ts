// MD5 (RFC 1321). State, MD5_STATE bytes: four u32 words, u64 bytes so far, 64 bytes of an unfinished block.
import { pad, update } from './blocks';

export const MD5_STATE: u32 = 88;
export const MD5_BYTES: u32 = 16;
/** See blocks.ts. */
const TAIL: usize = 16;

// RFC 1321 §3.4. Each step waits for the one before it, for `b` alone: what does not need `b` is added up first, so that the
// chain is four or five operations long. G's two terms have no bit in common and are added.
// @ts-ignore: decorator
@inline
function ff(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, k: u32): u32 { return rotl<u32>((a + (x + k)) + (d ^ (b & (c ^ d))), s) + b; }
// @ts-ignore: decorator
@inline
function gg(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, k: u32): u32 { return rotl<u32>((a + (x + k) + (c & ~d)) + (b & d), s) + b; }
// @ts-ignore: decorator
@inline
function hh(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, k: u32): u32 { return rotl<u32>((a + (x + k)) + (b ^ (c ^ d)), s) + b; }
// @ts-ignore: decorator
@inline
function ii(a: u32, b: u32, c: u32, d: u32, x: u32, s: u32, k: u32): u32 { return rotl<u32>((a + (x + k)) + (c ^ (b | ~d)), s) + b; }

/** Works `count` blocks at `data` into the words at `state`. */
export function md5Blocks(state: usize, data: usize, count: u32): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  const end = data + (<usize>count << 6);
  for (let at = data; at < end; at += 64) {
    const a0 = a, b0 = b, c0 = c, d0 = d;
    a = ff(a, b, c, d, load<u32>(at, 0), 7, 0xd76aa478);
    d = ff(d, a, b, c, load<u32>(at, 4), 12, 0xe8c7b756);
    c = ff(c, d, a, b, load<u32>(at, 8), 17, 0x242070db);
    b = ff(b, c, d, a, load<u32>(at, 12), 22, 0xc1bdceee);
    a = ff(a, b, c, d, load<u32>(at, 16), 7, 0xf57c0faf);
    d = ff(d, a, b, c, load<u32>(at, 20), 12, 0x4787c62a);
    c = ff(c, d, a, b, load<u32>(at, 24), 17, 0xa8304613);
    b = ff(b, c, d, a, load<u32>(at, 28), 22, 0xfd469501);
    a = ff(a, b, c, d, load<u32>(at, 32), 7, 0x698098d8);
    d = ff(d, a, b, c, load<u32>(at, 36), 12, 0x8b44f7af);
    c = ff(c, d, a, b, load<u32>(at, 40), 17, 0xffff5bb1);
    b = ff(b, c, d, a, load<u32>(at, 44), 22, 0x895cd7be);
    a = ff(a, b, c, d, load<u32>(at, 48), 7, 0x6b901122);
    d = ff(d, a, b, c, load<u32>(at, 52), 12, 0xfd987193);
    c = ff(c, d, a, b, load<u32>(at, 56), 17, 0xa679438e);
    b = ff(b, c, d, a, load<u32>(at, 60), 22, 0x49b40821);
    a = gg(a, b, c, d, load<u32>(at, 4), 5, 0xf61e2562);
    d = gg(d, a, b, c, load<u32>(at, 24), 9, 0xc040b340);
    c = gg(c, d, a, b, load<u32>(at, 44), 14, 0x265e5a51);
    b = gg(b, c, d, a, load<u32>(at, 0), 20, 0xe9b6c7aa);
    a = gg(a, b, c, d, load<u32>(at, 20), 5, 0xd62f105d);
    d = gg(d, a, b, c, load<u32>(at, 40), 9, 0x02441453);
    c = gg(c, d, a, b, load<u32>(at, 60), 14, 0xd8a1e681);
    b = gg(b, c, d, a, load<u32>(at, 16), 20, 0xe7d3fbc8);
    a = gg(a, b, c, d, load<u32>(at, 36), 5, 0x21e1cde6);
    d = gg(d, a, b, c, load<u32>(at, 56), 9, 0xc33707d6);
    c = gg(c, d, a, b, load<u32>(at, 12), 14, 0xf4d50d87);
    b = gg(b, c, d, a, load<u32>(at, 32), 20, 0x455a14ed);
    a = gg(a, b, c, d, load<u32>(at, 52), 5, 0xa9e3e905);
    d = gg(d, a, b, c, load<u32>(at, 8), 9, 0xfcefa3f8);
    c = gg(c, d, a, b, load<u32>(at, 28), 14, 0x676f02d9);
    b = gg(b, c, d, a, load<u32>(at, 48), 20, 0x8d2a4c8a);
    a = hh(a, b, c, d, load<u32>(at, 20), 4, 0xfffa3942);
    d = hh(d, a, b, c, load<u32>(at, 32), 11, 0x8771f681);
    c = hh(c, d, a, b, load<u32>(at, 44), 16, 0x6d9d6122);
    b = hh(b, c, d, a, load<u32>(at, 56), 23, 0xfde5380c);
    a = hh(a, b, c, d, load<u32>(at, 4), 4, 0xa4beea44);
    d = hh(d, a, b, c, load<u32>(at, 16), 11, 0x4bdecfa9);
    c = hh(c, d, a, b, load<u32>(at, 28), 16, 0xf6bb4b60);
    b = hh(b, c, d, a, load<u32>(at, 40), 23, 0xbebfbc70);
    a = hh(a, b, c, d, load<u32>(at, 52), 4, 0x289b7ec6);
    d = hh(d, a, b, c, load<u32>(at, 0), 11, 0xeaa127fa);
    c = hh(c, d, a, b, load<u32>(at, 12), 16, 0xd4ef3085);
    b = hh(b, c, d, a, load<u32>(at, 24), 23, 0x04881d05);
    a = hh(a, b, c, d, load<u32>(at, 36), 4, 0xd9d4d039);
    d = hh(d, a, b, c, load<u32>(at, 48), 11, 0xe6db99e5);
    c = hh(c, d, a, b, load<u32>(at, 60), 16, 0x1fa27cf8);
    b = hh(b, c, d, a, load<u32>(at, 8), 23, 0xc4ac5665);
    a = ii(a, b, c, d, load<u32>(at, 0), 6, 0xf4292244);
    d = ii(d, a, b, c, load<u32>(at, 28), 10, 0x432aff97);
    c = ii(c, d, a, b, load<u32>(at, 56), 15, 0xab9423a7);
    b = ii(b, c, d, a, load<u32>(at, 20), 21, 0xfc93a039);
    a = ii(a, b, c, d, load<u32>(at, 48), 6, 0x655b59c3);
    d = ii(d, a, b, c, load<u32>(at, 12), 10, 0x8f0ccc92);
    c = ii(c, d, a, b, load<u32>(at, 40), 15, 0xffeff47d);
    b = ii(b, c, d, a, load<u32>(at, 4), 21, 0x85845dd1);
    a = ii(a, b, c, d, load<u32>(at, 32), 6, 0x6fa87e4f);
    d = ii(d, a, b, c, load<u32>(at, 60), 10, 0xfe2ce6e0);
    c = ii(c, d, a, b, load<u32>(at, 24), 15, 0xa3014314);
    b = ii(b, c, d, a, load<u32>(at, 52), 21, 0x4e0811a1);
    a = ii(a, b, c, d, load<u32>(at, 16), 6, 0xf7537e82);
    d = ii(d, a, b, c, load<u32>(at, 44), 10, 0xbd3af235);
    c = ii(c, d, a, b, load<u32>(at, 8), 15, 0x2ad7d2bb);
    b = ii(b, c, d, a, load<u32>(at, 36), 21, 0xeb86d391);
    a += a0; b += b0; c += c0; d += d0;
  }
  store<u32>(state, a);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, d, 12);
}

/** The words before the first block. */
export function md5Initial(state: usize): void {
  store<u32>(state, 0x67452301);
  store<u32>(state, 0xefcdab89, 4);
  store<u32>(state, 0x98badcfe, 8);
  store<u32>(state, 0x10325476, 12);
}

/** Begins a digest in MD5_STATE bytes at `state` (8-byte aligned). */
export function md5Init(state: usize): void {
  md5Initial(state);
  store<u64>(state, 0, TAIL);
}

/** Adds `length` bytes at `data`. */
export function md5Update(state: usize, data: usize, length: u32): void {
  update(state, TAIL, data, length, md5Blocks);
}

/** Writes the MD5_BYTES of the digest to `out`; the state must be begun again before it is used again. */
export function md5Final(state: usize, out: usize): void {
  pad(state, TAIL, false, md5Blocks);
  store<u64>(out, load<u64>(state));
  store<u64>(out, load<u64>(state, 8), 8);
}

const SCRATCH = memory.data(88, 8);

/** Digest of `length` bytes at `data`, written to `out`. */
export function md5(data: usize, length: u32, out: usize): void {
  md5Init(SCRATCH);
  md5Update(SCRATCH, data, length);
  md5Final(SCRATCH, out);
}
