// SHA-256 (FIPS 180-4 §6.2) of eight bodies at once, four and four: eight words of state for each leave no registers for two
// chains in turn, and one has enough to do by itself. More is in md5-lanes.ts.
import { LANE_STATE, LANE_WORDS, advanceLanes, loadWords } from "./lanes";

/** FIPS 180-4 §4.2.2. */
const K: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);

// @ts-ignore: decorator
@inline
function rotate(x: v128, s: i32): v128 { return v128.or(i32x4.shr_u(x, s), i32x4.shl(x, 32 - s)); }

// §4.1.2.
// @ts-ignore: decorator
@inline
function sum0(x: v128): v128 { return v128.xor(v128.xor(rotate(x, 2), rotate(x, 13)), rotate(x, 22)); }
// @ts-ignore: decorator
@inline
function sum1(x: v128): v128 { return v128.xor(v128.xor(rotate(x, 6), rotate(x, 11)), rotate(x, 25)); }
// @ts-ignore: decorator
@inline
function sigma0(x: v128): v128 { return v128.xor(v128.xor(rotate(x, 7), rotate(x, 18)), i32x4.shr_u(x, 3)); }
// @ts-ignore: decorator
@inline
function sigma1(x: v128): v128 { return v128.xor(v128.xor(rotate(x, 17), rotate(x, 19)), i32x4.shr_u(x, 10)); }

/** T1 of step t, whose message word is `w`. */
// @ts-ignore: decorator
@inline
function step(e: v128, f: v128, g: v128, h: v128, w: v128, t: i32): v128 {
  return i32x4.add(i32x4.add(i32x4.add(h, w), v128.load32_splat(K + (t << 2))), i32x4.add(v128.bitselect(f, g, e), sum1(e)));
}
/** T2. */
// @ts-ignore: decorator
@inline
function mix(a: v128, b: v128, c: v128): v128 { return i32x4.add(sum0(a), v128.bitselect(a, b, v128.xor(b, c))); }

/** The schedule's word t, which takes the place of word t - 16. */
// @ts-ignore: decorator
@inline
function schedule(words: usize, t: i32): v128 {
  const at = words + ((t & 15) << 4);
  const w = i32x4.add(
    i32x4.add(sigma1(v128.load(words + (((t - 2) & 15) << 4))), v128.load(words + (((t - 7) & 15) << 4))),
    i32x4.add(sigma0(v128.load(words + (((t - 15) & 15) << 4))), v128.load(at)),
  );
  v128.store(at, w);
  return w;
}

/** Sixteen steps of the four lanes whose words and states begin at these places. */

function round1(words: usize, state: usize): void {
  let a = v128.load(state), b = v128.load(state, 32), c = v128.load(state, 64), d = v128.load(state, 96);
  let e = v128.load(state, 128), f = v128.load(state, 160), g = v128.load(state, 192), h = v128.load(state, 224);
  let t1: v128;
  t1 = step(e, f, g, h, v128.load(words, 0), 0); d = i32x4.add(d, t1); h = i32x4.add(t1, mix(a, b, c));
  t1 = step(d, e, f, g, v128.load(words, 16), 1); c = i32x4.add(c, t1); g = i32x4.add(t1, mix(h, a, b));
  t1 = step(c, d, e, f, v128.load(words, 32), 2); b = i32x4.add(b, t1); f = i32x4.add(t1, mix(g, h, a));
  t1 = step(b, c, d, e, v128.load(words, 48), 3); a = i32x4.add(a, t1); e = i32x4.add(t1, mix(f, g, h));
  t1 = step(a, b, c, d, v128.load(words, 64), 4); h = i32x4.add(h, t1); d = i32x4.add(t1, mix(e, f, g));
  t1 = step(h, a, b, c, v128.load(words, 80), 5); g = i32x4.add(g, t1); c = i32x4.add(t1, mix(d, e, f));
  t1 = step(g, h, a, b, v128.load(words, 96), 6); f = i32x4.add(f, t1); b = i32x4.add(t1, mix(c, d, e));
  t1 = step(f, g, h, a, v128.load(words, 112), 7); e = i32x4.add(e, t1); a = i32x4.add(t1, mix(b, c, d));
  t1 = step(e, f, g, h, v128.load(words, 128), 8); d = i32x4.add(d, t1); h = i32x4.add(t1, mix(a, b, c));
  t1 = step(d, e, f, g, v128.load(words, 144), 9); c = i32x4.add(c, t1); g = i32x4.add(t1, mix(h, a, b));
  t1 = step(c, d, e, f, v128.load(words, 160), 10); b = i32x4.add(b, t1); f = i32x4.add(t1, mix(g, h, a));
  t1 = step(b, c, d, e, v128.load(words, 176), 11); a = i32x4.add(a, t1); e = i32x4.add(t1, mix(f, g, h));
  t1 = step(a, b, c, d, v128.load(words, 192), 12); h = i32x4.add(h, t1); d = i32x4.add(t1, mix(e, f, g));
  t1 = step(h, a, b, c, v128.load(words, 208), 13); g = i32x4.add(g, t1); c = i32x4.add(t1, mix(d, e, f));
  t1 = step(g, h, a, b, v128.load(words, 224), 14); f = i32x4.add(f, t1); b = i32x4.add(t1, mix(c, d, e));
  t1 = step(f, g, h, a, v128.load(words, 240), 15); e = i32x4.add(e, t1); a = i32x4.add(t1, mix(b, c, d));
  v128.store(state, a); v128.store(state, b, 32); v128.store(state, c, 64); v128.store(state, d, 96);
  v128.store(state, e, 128); v128.store(state, f, 160); v128.store(state, g, 192); v128.store(state, h, 224);
}

function round2(words: usize, state: usize): void {
  let a = v128.load(state), b = v128.load(state, 32), c = v128.load(state, 64), d = v128.load(state, 96);
  let e = v128.load(state, 128), f = v128.load(state, 160), g = v128.load(state, 192), h = v128.load(state, 224);
  let t1: v128;
  t1 = step(e, f, g, h, schedule(words, 16), 16); d = i32x4.add(d, t1); h = i32x4.add(t1, mix(a, b, c));
  t1 = step(d, e, f, g, schedule(words, 17), 17); c = i32x4.add(c, t1); g = i32x4.add(t1, mix(h, a, b));
  t1 = step(c, d, e, f, schedule(words, 18), 18); b = i32x4.add(b, t1); f = i32x4.add(t1, mix(g, h, a));
  t1 = step(b, c, d, e, schedule(words, 19), 19); a = i32x4.add(a, t1); e = i32x4.add(t1, mix(f, g, h));
  t1 = step(a, b, c, d, schedule(words, 20), 20); h = i32x4.add(h, t1); d = i32x4.add(t1, mix(e, f, g));
  t1 = step(h, a, b, c, schedule(words, 21), 21); g = i32x4.add(g, t1); c = i32x4.add(t1, mix(d, e, f));
  t1 = step(g, h, a, b, schedule(words, 22), 22); f = i32x4.add(f, t1); b = i32x4.add(t1, mix(c, d, e));
  t1 = step(f, g, h, a, schedule(words, 23), 23); e = i32x4.add(e, t1); a = i32x4.add(t1, mix(b, c, d));
  t1 = step(e, f, g, h, schedule(words, 24), 24); d = i32x4.add(d, t1); h = i32x4.add(t1, mix(a, b, c));
  t1 = step(d, e, f, g, schedule(words, 25), 25); c = i32x4.add(c, t1); g = i32x4.add(t1, mix(h, a, b));
  t1 = step(c, d, e, f, schedule(words, 26), 26); b = i32x4.add(b, t1); f = i32x4.add(t1, mix(g, h, a));
  t1 = step(b, c, d, e, schedule(words, 27), 27); a = i32x4.add(a, t1); e = i32x4.add(t1, mix(f, g, h));
  t1 = step(a, b, c, d, schedule(words, 28), 28); h = i32x4.add(h, t1); d = i32x4.add(t1, mix(e, f, g));
  t1 = step(h, a, b, c, schedule(words, 29), 29); g = i32x4.add(g, t1); c = i32x4.add(t1, mix(d, e, f));
  t1 = step(g, h, a, b, schedule(words, 30), 30); f = i32x4.add(f, t1); b = i32x4.add(t1, mix(c, d, e));
  t1 = step(f, g, h, a, schedule(words, 31), 31); e = i32x4.add(e, t1); a = i32x4.add(t1, mix(b, c, d));
  v128.store(state, a); v128.store(state, b, 32); v128.store(state, c, 64); v128.store(state, d, 96);
  v128.store(state, e, 128); v128.store(state, f, 160); v128.store(state, g, 192); v128.store(state, h, 224);
}

function round3(words: usize, state: usize): void {
  let a = v128.load(state), b = v128.load(state, 32), c = v128.load(state, 64), d = v128.load(state, 96);
  let e = v128.load(state, 128), f = v128.load(state, 160), g = v128.load(state, 192), h = v128.load(state, 224);
  let t1: v128;
  t1 = step(e, f, g, h, schedule(words, 32), 32); d = i32x4.add(d, t1); h = i32x4.add(t1, mix(a, b, c));
  t1 = step(d, e, f, g, schedule(words, 33), 33); c = i32x4.add(c, t1); g = i32x4.add(t1, mix(h, a, b));
  t1 = step(c, d, e, f, schedule(words, 34), 34); b = i32x4.add(b, t1); f = i32x4.add(t1, mix(g, h, a));
  t1 = step(b, c, d, e, schedule(words, 35), 35); a = i32x4.add(a, t1); e = i32x4.add(t1, mix(f, g, h));
  t1 = step(a, b, c, d, schedule(words, 36), 36); h = i32x4.add(h, t1); d = i32x4.add(t1, mix(e, f, g));
  t1 = step(h, a, b, c, schedule(words, 37), 37); g = i32x4.add(g, t1); c = i32x4.add(t1, mix(d, e, f));
  t1 = step(g, h, a, b, schedule(words, 38), 38); f = i32x4.add(f, t1); b = i32x4.add(t1, mix(c, d, e));
  t1 = step(f, g, h, a, schedule(words, 39), 39); e = i32x4.add(e, t1); a = i32x4.add(t1, mix(b, c, d));
  t1 = step(e, f, g, h, schedule(words, 40), 40); d = i32x4.add(d, t1); h = i32x4.add(t1, mix(a, b, c));
  t1 = step(d, e, f, g, schedule(words, 41), 41); c = i32x4.add(c, t1); g = i32x4.add(t1, mix(h, a, b));
  t1 = step(c, d, e, f, schedule(words, 42), 42); b = i32x4.add(b, t1); f = i32x4.add(t1, mix(g, h, a));
  t1 = step(b, c, d, e, schedule(words, 43), 43); a = i32x4.add(a, t1); e = i32x4.add(t1, mix(f, g, h));
  t1 = step(a, b, c, d, schedule(words, 44), 44); h = i32x4.add(h, t1); d = i32x4.add(t1, mix(e, f, g));
  t1 = step(h, a, b, c, schedule(words, 45), 45); g = i32x4.add(g, t1); c = i32x4.add(t1, mix(d, e, f));
  t1 = step(g, h, a, b, schedule(words, 46), 46); f = i32x4.add(f, t1); b = i32x4.add(t1, mix(c, d, e));
  t1 = step(f, g, h, a, schedule(words, 47), 47); e = i32x4.add(e, t1); a = i32x4.add(t1, mix(b, c, d));
  v128.store(state, a); v128.store(state, b, 32); v128.store(state, c, 64); v128.store(state, d, 96);
  v128.store(state, e, 128); v128.store(state, f, 160); v128.store(state, g, 192); v128.store(state, h, 224);
}

function round4(words: usize, state: usize): void {
  let a = v128.load(state), b = v128.load(state, 32), c = v128.load(state, 64), d = v128.load(state, 96);
  let e = v128.load(state, 128), f = v128.load(state, 160), g = v128.load(state, 192), h = v128.load(state, 224);
  let t1: v128;
  t1 = step(e, f, g, h, schedule(words, 48), 48); d = i32x4.add(d, t1); h = i32x4.add(t1, mix(a, b, c));
  t1 = step(d, e, f, g, schedule(words, 49), 49); c = i32x4.add(c, t1); g = i32x4.add(t1, mix(h, a, b));
  t1 = step(c, d, e, f, schedule(words, 50), 50); b = i32x4.add(b, t1); f = i32x4.add(t1, mix(g, h, a));
  t1 = step(b, c, d, e, schedule(words, 51), 51); a = i32x4.add(a, t1); e = i32x4.add(t1, mix(f, g, h));
  t1 = step(a, b, c, d, schedule(words, 52), 52); h = i32x4.add(h, t1); d = i32x4.add(t1, mix(e, f, g));
  t1 = step(h, a, b, c, schedule(words, 53), 53); g = i32x4.add(g, t1); c = i32x4.add(t1, mix(d, e, f));
  t1 = step(g, h, a, b, schedule(words, 54), 54); f = i32x4.add(f, t1); b = i32x4.add(t1, mix(c, d, e));
  t1 = step(f, g, h, a, schedule(words, 55), 55); e = i32x4.add(e, t1); a = i32x4.add(t1, mix(b, c, d));
  t1 = step(e, f, g, h, schedule(words, 56), 56); d = i32x4.add(d, t1); h = i32x4.add(t1, mix(a, b, c));
  t1 = step(d, e, f, g, schedule(words, 57), 57); c = i32x4.add(c, t1); g = i32x4.add(t1, mix(h, a, b));
  t1 = step(c, d, e, f, schedule(words, 58), 58); b = i32x4.add(b, t1); f = i32x4.add(t1, mix(g, h, a));
  t1 = step(b, c, d, e, schedule(words, 59), 59); a = i32x4.add(a, t1); e = i32x4.add(t1, mix(f, g, h));
  t1 = step(a, b, c, d, schedule(words, 60), 60); h = i32x4.add(h, t1); d = i32x4.add(t1, mix(e, f, g));
  t1 = step(h, a, b, c, schedule(words, 61), 61); g = i32x4.add(g, t1); c = i32x4.add(t1, mix(d, e, f));
  t1 = step(g, h, a, b, schedule(words, 62), 62); f = i32x4.add(f, t1); b = i32x4.add(t1, mix(c, d, e));
  t1 = step(f, g, h, a, schedule(words, 63), 63); e = i32x4.add(e, t1); a = i32x4.add(t1, mix(b, c, d));
  v128.store(state, a); v128.store(state, b, 32); v128.store(state, c, 64); v128.store(state, d, 96);
  v128.store(state, e, 128); v128.store(state, f, 160); v128.store(state, g, 192); v128.store(state, h, 224);
}

let first: (words: usize, state: usize) => void = round1;
let second: (words: usize, state: usize) => void = round2;
let third: (words: usize, state: usize) => void = round3;
let fourth: (words: usize, state: usize) => void = round4;

/** One block of four lanes. */
function block(words: usize, state: usize): void {
  const a = v128.load(state), b = v128.load(state, 32), c = v128.load(state, 64), d = v128.load(state, 96);
  const e = v128.load(state, 128), f = v128.load(state, 160), g = v128.load(state, 192), h = v128.load(state, 224);
  first(words, state);
  second(words, state);
  third(words, state);
  fourth(words, state);
  v128.store(state, i32x4.add(a, v128.load(state)));
  v128.store(state, i32x4.add(b, v128.load(state, 32)), 32);
  v128.store(state, i32x4.add(c, v128.load(state, 64)), 64);
  v128.store(state, i32x4.add(d, v128.load(state, 96)), 96);
  v128.store(state, i32x4.add(e, v128.load(state, 128)), 128);
  v128.store(state, i32x4.add(f, v128.load(state, 160)), 160);
  v128.store(state, i32x4.add(g, v128.load(state, 192)), 192);
  v128.store(state, i32x4.add(h, v128.load(state, 224)), 224);
}

/** Works `count` blocks of every lane's data (LANE_DATA) into the lanes' states. */
export function sha256Lanes(count: u32): void {
  for (let n: u32 = 0; n < count; n++) {
    loadWords(true);
    block(LANE_WORDS, LANE_STATE);
    block(LANE_WORDS + 256, LANE_STATE + 16);
    advanceLanes();
  }
}
