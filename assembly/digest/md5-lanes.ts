// MD5 (RFC 1321) of eight bodies at once: lane l is the l-th u32 of two vectors. One vector alone waits for itself at every
// step; two chains, step by step in turn, fill the time. Each round is a function of its own, called through the table:
// in one piece the optimizer keeps all 32 message vectors in locals, and spilling them costs more than loading them again.
import { LANE_STATE, LANE_WORDS, advanceLanes, loadWords } from "./lanes";

/** RFC 1321's table T; the last 16 less one, since `y ^ ~z` is taken as `-(y ^ z) - 1`. */
const K: usize = memory.data<u32>([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
  0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
  0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
  0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
  0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
  0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
  0xf4292243, 0x432aff96, 0xab9423a6, 0xfc93a038, 0x655b59c2, 0x8f0ccc91, 0xffeff47c, 0x85845dd0,
  0x6fa87e4e, 0xfe2ce6df, 0xa3014313, 0x4e0811a0, 0xf7537e81, 0xbd3af234, 0x2ad7d2ba, 0xeb86d390,
], 16);

// RFC 1321 §3.4. `x` is where the message word lies, `k` where the constant.
// @ts-ignore: decorator
@inline
function ff(a: v128, b: v128, c: v128, d: v128, x: usize, k: usize, s: i32): v128 {
  const t = i32x4.add(i32x4.add(i32x4.add(v128.load(x), v128.load32_splat(k)), a), v128.bitselect(c, d, b));
  return i32x4.add(v128.or(i32x4.shl(t, s), i32x4.shr_u(t, 32 - s)), b);
}
// @ts-ignore: decorator
@inline
function gg(a: v128, b: v128, c: v128, d: v128, x: usize, k: usize, s: i32): v128 {
  const t = i32x4.add(i32x4.add(i32x4.add(v128.load(x), v128.load32_splat(k)), a), v128.bitselect(b, c, d));
  return i32x4.add(v128.or(i32x4.shl(t, s), i32x4.shr_u(t, 32 - s)), b);
}
// @ts-ignore: decorator
@inline
function hh(a: v128, b: v128, c: v128, d: v128, x: usize, k: usize, s: i32): v128 {
  const t = i32x4.add(i32x4.add(i32x4.add(v128.load(x), v128.load32_splat(k)), a), v128.xor(v128.xor(c, d), b));
  return i32x4.add(v128.or(i32x4.shl(t, s), i32x4.shr_u(t, 32 - s)), b);
}
// @ts-ignore: decorator
@inline
function ii(a: v128, b: v128, c: v128, d: v128, x: usize, k: usize, s: i32): v128 {
  const t = i32x4.sub(i32x4.add(i32x4.add(v128.load(x), v128.load32_splat(k)), a), v128.xor(c, v128.andnot(d, b)));
  return i32x4.add(v128.or(i32x4.shl(t, s), i32x4.shr_u(t, 32 - s)), b);
}

function round1(): void {
  let a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96);
  let a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112);
  a0 = ff(a0, b0, c0, d0, LANE_WORDS + 0, K + 0, 7); a1 = ff(a1, b1, c1, d1, LANE_WORDS + 256, K + 0, 7);
  d0 = ff(d0, a0, b0, c0, LANE_WORDS + 16, K + 4, 12); d1 = ff(d1, a1, b1, c1, LANE_WORDS + 272, K + 4, 12);
  c0 = ff(c0, d0, a0, b0, LANE_WORDS + 32, K + 8, 17); c1 = ff(c1, d1, a1, b1, LANE_WORDS + 288, K + 8, 17);
  b0 = ff(b0, c0, d0, a0, LANE_WORDS + 48, K + 12, 22); b1 = ff(b1, c1, d1, a1, LANE_WORDS + 304, K + 12, 22);
  a0 = ff(a0, b0, c0, d0, LANE_WORDS + 64, K + 16, 7); a1 = ff(a1, b1, c1, d1, LANE_WORDS + 320, K + 16, 7);
  d0 = ff(d0, a0, b0, c0, LANE_WORDS + 80, K + 20, 12); d1 = ff(d1, a1, b1, c1, LANE_WORDS + 336, K + 20, 12);
  c0 = ff(c0, d0, a0, b0, LANE_WORDS + 96, K + 24, 17); c1 = ff(c1, d1, a1, b1, LANE_WORDS + 352, K + 24, 17);
  b0 = ff(b0, c0, d0, a0, LANE_WORDS + 112, K + 28, 22); b1 = ff(b1, c1, d1, a1, LANE_WORDS + 368, K + 28, 22);
  a0 = ff(a0, b0, c0, d0, LANE_WORDS + 128, K + 32, 7); a1 = ff(a1, b1, c1, d1, LANE_WORDS + 384, K + 32, 7);
  d0 = ff(d0, a0, b0, c0, LANE_WORDS + 144, K + 36, 12); d1 = ff(d1, a1, b1, c1, LANE_WORDS + 400, K + 36, 12);
  c0 = ff(c0, d0, a0, b0, LANE_WORDS + 160, K + 40, 17); c1 = ff(c1, d1, a1, b1, LANE_WORDS + 416, K + 40, 17);
  b0 = ff(b0, c0, d0, a0, LANE_WORDS + 176, K + 44, 22); b1 = ff(b1, c1, d1, a1, LANE_WORDS + 432, K + 44, 22);
  a0 = ff(a0, b0, c0, d0, LANE_WORDS + 192, K + 48, 7); a1 = ff(a1, b1, c1, d1, LANE_WORDS + 448, K + 48, 7);
  d0 = ff(d0, a0, b0, c0, LANE_WORDS + 208, K + 52, 12); d1 = ff(d1, a1, b1, c1, LANE_WORDS + 464, K + 52, 12);
  c0 = ff(c0, d0, a0, b0, LANE_WORDS + 224, K + 56, 17); c1 = ff(c1, d1, a1, b1, LANE_WORDS + 480, K + 56, 17);
  b0 = ff(b0, c0, d0, a0, LANE_WORDS + 240, K + 60, 22); b1 = ff(b1, c1, d1, a1, LANE_WORDS + 496, K + 60, 22);
  v128.store(LANE_STATE, a0); v128.store(LANE_STATE, b0, 32); v128.store(LANE_STATE, c0, 64); v128.store(LANE_STATE, d0, 96);
  v128.store(LANE_STATE, a1, 16); v128.store(LANE_STATE, b1, 48); v128.store(LANE_STATE, c1, 80); v128.store(LANE_STATE, d1, 112);
}

function round2(): void {
  let a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96);
  let a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112);
  a0 = gg(a0, b0, c0, d0, LANE_WORDS + 16, K + 64, 5); a1 = gg(a1, b1, c1, d1, LANE_WORDS + 272, K + 64, 5);
  d0 = gg(d0, a0, b0, c0, LANE_WORDS + 96, K + 68, 9); d1 = gg(d1, a1, b1, c1, LANE_WORDS + 352, K + 68, 9);
  c0 = gg(c0, d0, a0, b0, LANE_WORDS + 176, K + 72, 14); c1 = gg(c1, d1, a1, b1, LANE_WORDS + 432, K + 72, 14);
  b0 = gg(b0, c0, d0, a0, LANE_WORDS + 0, K + 76, 20); b1 = gg(b1, c1, d1, a1, LANE_WORDS + 256, K + 76, 20);
  a0 = gg(a0, b0, c0, d0, LANE_WORDS + 80, K + 80, 5); a1 = gg(a1, b1, c1, d1, LANE_WORDS + 336, K + 80, 5);
  d0 = gg(d0, a0, b0, c0, LANE_WORDS + 160, K + 84, 9); d1 = gg(d1, a1, b1, c1, LANE_WORDS + 416, K + 84, 9);
  c0 = gg(c0, d0, a0, b0, LANE_WORDS + 240, K + 88, 14); c1 = gg(c1, d1, a1, b1, LANE_WORDS + 496, K + 88, 14);
  b0 = gg(b0, c0, d0, a0, LANE_WORDS + 64, K + 92, 20); b1 = gg(b1, c1, d1, a1, LANE_WORDS + 320, K + 92, 20);
  a0 = gg(a0, b0, c0, d0, LANE_WORDS + 144, K + 96, 5); a1 = gg(a1, b1, c1, d1, LANE_WORDS + 400, K + 96, 5);
  d0 = gg(d0, a0, b0, c0, LANE_WORDS + 224, K + 100, 9); d1 = gg(d1, a1, b1, c1, LANE_WORDS + 480, K + 100, 9);
  c0 = gg(c0, d0, a0, b0, LANE_WORDS + 48, K + 104, 14); c1 = gg(c1, d1, a1, b1, LANE_WORDS + 304, K + 104, 14);
  b0 = gg(b0, c0, d0, a0, LANE_WORDS + 128, K + 108, 20); b1 = gg(b1, c1, d1, a1, LANE_WORDS + 384, K + 108, 20);
  a0 = gg(a0, b0, c0, d0, LANE_WORDS + 208, K + 112, 5); a1 = gg(a1, b1, c1, d1, LANE_WORDS + 464, K + 112, 5);
  d0 = gg(d0, a0, b0, c0, LANE_WORDS + 32, K + 116, 9); d1 = gg(d1, a1, b1, c1, LANE_WORDS + 288, K + 116, 9);
  c0 = gg(c0, d0, a0, b0, LANE_WORDS + 112, K + 120, 14); c1 = gg(c1, d1, a1, b1, LANE_WORDS + 368, K + 120, 14);
  b0 = gg(b0, c0, d0, a0, LANE_WORDS + 192, K + 124, 20); b1 = gg(b1, c1, d1, a1, LANE_WORDS + 448, K + 124, 20);
  v128.store(LANE_STATE, a0); v128.store(LANE_STATE, b0, 32); v128.store(LANE_STATE, c0, 64); v128.store(LANE_STATE, d0, 96);
  v128.store(LANE_STATE, a1, 16); v128.store(LANE_STATE, b1, 48); v128.store(LANE_STATE, c1, 80); v128.store(LANE_STATE, d1, 112);
}

function round3(): void {
  let a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96);
  let a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112);
  a0 = hh(a0, b0, c0, d0, LANE_WORDS + 80, K + 128, 4); a1 = hh(a1, b1, c1, d1, LANE_WORDS + 336, K + 128, 4);
  d0 = hh(d0, a0, b0, c0, LANE_WORDS + 128, K + 132, 11); d1 = hh(d1, a1, b1, c1, LANE_WORDS + 384, K + 132, 11);
  c0 = hh(c0, d0, a0, b0, LANE_WORDS + 176, K + 136, 16); c1 = hh(c1, d1, a1, b1, LANE_WORDS + 432, K + 136, 16);
  b0 = hh(b0, c0, d0, a0, LANE_WORDS + 224, K + 140, 23); b1 = hh(b1, c1, d1, a1, LANE_WORDS + 480, K + 140, 23);
  a0 = hh(a0, b0, c0, d0, LANE_WORDS + 16, K + 144, 4); a1 = hh(a1, b1, c1, d1, LANE_WORDS + 272, K + 144, 4);
  d0 = hh(d0, a0, b0, c0, LANE_WORDS + 64, K + 148, 11); d1 = hh(d1, a1, b1, c1, LANE_WORDS + 320, K + 148, 11);
  c0 = hh(c0, d0, a0, b0, LANE_WORDS + 112, K + 152, 16); c1 = hh(c1, d1, a1, b1, LANE_WORDS + 368, K + 152, 16);
  b0 = hh(b0, c0, d0, a0, LANE_WORDS + 160, K + 156, 23); b1 = hh(b1, c1, d1, a1, LANE_WORDS + 416, K + 156, 23);
  a0 = hh(a0, b0, c0, d0, LANE_WORDS + 208, K + 160, 4); a1 = hh(a1, b1, c1, d1, LANE_WORDS + 464, K + 160, 4);
  d0 = hh(d0, a0, b0, c0, LANE_WORDS + 0, K + 164, 11); d1 = hh(d1, a1, b1, c1, LANE_WORDS + 256, K + 164, 11);
  c0 = hh(c0, d0, a0, b0, LANE_WORDS + 48, K + 168, 16); c1 = hh(c1, d1, a1, b1, LANE_WORDS + 304, K + 168, 16);
  b0 = hh(b0, c0, d0, a0, LANE_WORDS + 96, K + 172, 23); b1 = hh(b1, c1, d1, a1, LANE_WORDS + 352, K + 172, 23);
  a0 = hh(a0, b0, c0, d0, LANE_WORDS + 144, K + 176, 4); a1 = hh(a1, b1, c1, d1, LANE_WORDS + 400, K + 176, 4);
  d0 = hh(d0, a0, b0, c0, LANE_WORDS + 192, K + 180, 11); d1 = hh(d1, a1, b1, c1, LANE_WORDS + 448, K + 180, 11);
  c0 = hh(c0, d0, a0, b0, LANE_WORDS + 240, K + 184, 16); c1 = hh(c1, d1, a1, b1, LANE_WORDS + 496, K + 184, 16);
  b0 = hh(b0, c0, d0, a0, LANE_WORDS + 32, K + 188, 23); b1 = hh(b1, c1, d1, a1, LANE_WORDS + 288, K + 188, 23);
  v128.store(LANE_STATE, a0); v128.store(LANE_STATE, b0, 32); v128.store(LANE_STATE, c0, 64); v128.store(LANE_STATE, d0, 96);
  v128.store(LANE_STATE, a1, 16); v128.store(LANE_STATE, b1, 48); v128.store(LANE_STATE, c1, 80); v128.store(LANE_STATE, d1, 112);
}

function round4(): void {
  let a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96);
  let a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112);
  a0 = ii(a0, b0, c0, d0, LANE_WORDS + 0, K + 192, 6); a1 = ii(a1, b1, c1, d1, LANE_WORDS + 256, K + 192, 6);
  d0 = ii(d0, a0, b0, c0, LANE_WORDS + 112, K + 196, 10); d1 = ii(d1, a1, b1, c1, LANE_WORDS + 368, K + 196, 10);
  c0 = ii(c0, d0, a0, b0, LANE_WORDS + 224, K + 200, 15); c1 = ii(c1, d1, a1, b1, LANE_WORDS + 480, K + 200, 15);
  b0 = ii(b0, c0, d0, a0, LANE_WORDS + 80, K + 204, 21); b1 = ii(b1, c1, d1, a1, LANE_WORDS + 336, K + 204, 21);
  a0 = ii(a0, b0, c0, d0, LANE_WORDS + 192, K + 208, 6); a1 = ii(a1, b1, c1, d1, LANE_WORDS + 448, K + 208, 6);
  d0 = ii(d0, a0, b0, c0, LANE_WORDS + 48, K + 212, 10); d1 = ii(d1, a1, b1, c1, LANE_WORDS + 304, K + 212, 10);
  c0 = ii(c0, d0, a0, b0, LANE_WORDS + 160, K + 216, 15); c1 = ii(c1, d1, a1, b1, LANE_WORDS + 416, K + 216, 15);
  b0 = ii(b0, c0, d0, a0, LANE_WORDS + 16, K + 220, 21); b1 = ii(b1, c1, d1, a1, LANE_WORDS + 272, K + 220, 21);
  a0 = ii(a0, b0, c0, d0, LANE_WORDS + 128, K + 224, 6); a1 = ii(a1, b1, c1, d1, LANE_WORDS + 384, K + 224, 6);
  d0 = ii(d0, a0, b0, c0, LANE_WORDS + 240, K + 228, 10); d1 = ii(d1, a1, b1, c1, LANE_WORDS + 496, K + 228, 10);
  c0 = ii(c0, d0, a0, b0, LANE_WORDS + 96, K + 232, 15); c1 = ii(c1, d1, a1, b1, LANE_WORDS + 352, K + 232, 15);
  b0 = ii(b0, c0, d0, a0, LANE_WORDS + 208, K + 236, 21); b1 = ii(b1, c1, d1, a1, LANE_WORDS + 464, K + 236, 21);
  a0 = ii(a0, b0, c0, d0, LANE_WORDS + 64, K + 240, 6); a1 = ii(a1, b1, c1, d1, LANE_WORDS + 320, K + 240, 6);
  d0 = ii(d0, a0, b0, c0, LANE_WORDS + 176, K + 244, 10); d1 = ii(d1, a1, b1, c1, LANE_WORDS + 432, K + 244, 10);
  c0 = ii(c0, d0, a0, b0, LANE_WORDS + 32, K + 248, 15); c1 = ii(c1, d1, a1, b1, LANE_WORDS + 288, K + 248, 15);
  b0 = ii(b0, c0, d0, a0, LANE_WORDS + 144, K + 252, 21); b1 = ii(b1, c1, d1, a1, LANE_WORDS + 400, K + 252, 21);
  v128.store(LANE_STATE, a0); v128.store(LANE_STATE, b0, 32); v128.store(LANE_STATE, c0, 64); v128.store(LANE_STATE, d0, 96);
  v128.store(LANE_STATE, a1, 16); v128.store(LANE_STATE, b1, 48); v128.store(LANE_STATE, c1, 80); v128.store(LANE_STATE, d1, 112);
}

let first: () => void = round1;
let second: () => void = round2;
let third: () => void = round3;
let fourth: () => void = round4;

/** Works `count` blocks of every lane's data (LANE_DATA) into the lanes' states. */
export function md5Lanes(count: u32): void {
  for (let n: u32 = 0; n < count; n++) {
    loadWords(false);
    const a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96);
    const a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112);
    first();
    second();
    third();
    fourth();
    v128.store(LANE_STATE, i32x4.add(a0, v128.load(LANE_STATE)));
    v128.store(LANE_STATE, i32x4.add(b0, v128.load(LANE_STATE, 32)), 32);
    v128.store(LANE_STATE, i32x4.add(c0, v128.load(LANE_STATE, 64)), 64);
    v128.store(LANE_STATE, i32x4.add(d0, v128.load(LANE_STATE, 96)), 96);
    v128.store(LANE_STATE, i32x4.add(a1, v128.load(LANE_STATE, 16)), 16);
    v128.store(LANE_STATE, i32x4.add(b1, v128.load(LANE_STATE, 48)), 48);
    v128.store(LANE_STATE, i32x4.add(c1, v128.load(LANE_STATE, 80)), 80);
    v128.store(LANE_STATE, i32x4.add(d1, v128.load(LANE_STATE, 112)), 112);
    advanceLanes();
  }
}
