// SHA-1 (FIPS 180-4 §6.1) of eight bodies at once; how and why is in md5-lanes.ts.
import { LANE_STATE, LANE_WORDS, advanceLanes, loadWords } from "./lanes";

// @ts-ignore: decorator
@inline
function rotate(x: v128, s: i32): v128 { return v128.or(i32x4.shl(x, s), i32x4.shr_u(x, 32 - s)); }
// @ts-ignore: decorator
@inline
function choose(x: v128, y: v128, z: v128): v128 { return v128.bitselect(y, z, x); }
// @ts-ignore: decorator
@inline
function parity(x: v128, y: v128, z: v128): v128 { return v128.xor(v128.xor(y, z), x); }
// @ts-ignore: decorator
@inline
function majority(x: v128, y: v128, z: v128): v128 { return v128.bitselect(x, y, v128.xor(y, z)); }

/** A step's sum without the function of b, c, d: the caller adds it, and turns b by 30. */
// @ts-ignore: decorator
@inline
function step(a: v128, e: v128, f: v128, w: v128, k: i32): v128 {
  return i32x4.add(i32x4.add(i32x4.add(e, w), i32x4.splat(k)), i32x4.add(f, rotate(a, 5)));
}

/** The schedule's word t of the group whose words begin at `words`, which takes the place of word t - 16 (§6.1.2). */
// @ts-ignore: decorator
@inline
function schedule(words: usize, t: i32): v128 {
  const at = words + ((t & 15) << 4);
  const w = rotate(v128.xor(
    v128.xor(v128.load(words + (((t - 3) & 15) << 4)), v128.load(words + (((t - 8) & 15) << 4))),
    v128.xor(v128.load(words + (((t - 14) & 15) << 4)), v128.load(at)),
  ), 1);
  v128.store(at, w);
  return w;
}

function round1(): void {
  let a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96), e0 = v128.load(LANE_STATE, 128);
  let a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112), e1 = v128.load(LANE_STATE, 144);
  e0 = step(a0, e0, choose(b0, c0, d0), v128.load(LANE_WORDS, 0), 0x5a827999); b0 = rotate(b0, 30); e1 = step(a1, e1, choose(b1, c1, d1), v128.load(LANE_WORDS, 256), 0x5a827999); b1 = rotate(b1, 30);
  d0 = step(e0, d0, choose(a0, b0, c0), v128.load(LANE_WORDS, 16), 0x5a827999); a0 = rotate(a0, 30); d1 = step(e1, d1, choose(a1, b1, c1), v128.load(LANE_WORDS, 272), 0x5a827999); a1 = rotate(a1, 30);
  c0 = step(d0, c0, choose(e0, a0, b0), v128.load(LANE_WORDS, 32), 0x5a827999); e0 = rotate(e0, 30); c1 = step(d1, c1, choose(e1, a1, b1), v128.load(LANE_WORDS, 288), 0x5a827999); e1 = rotate(e1, 30);
  b0 = step(c0, b0, choose(d0, e0, a0), v128.load(LANE_WORDS, 48), 0x5a827999); d0 = rotate(d0, 30); b1 = step(c1, b1, choose(d1, e1, a1), v128.load(LANE_WORDS, 304), 0x5a827999); d1 = rotate(d1, 30);
  a0 = step(b0, a0, choose(c0, d0, e0), v128.load(LANE_WORDS, 64), 0x5a827999); c0 = rotate(c0, 30); a1 = step(b1, a1, choose(c1, d1, e1), v128.load(LANE_WORDS, 320), 0x5a827999); c1 = rotate(c1, 30);
  e0 = step(a0, e0, choose(b0, c0, d0), v128.load(LANE_WORDS, 80), 0x5a827999); b0 = rotate(b0, 30); e1 = step(a1, e1, choose(b1, c1, d1), v128.load(LANE_WORDS, 336), 0x5a827999); b1 = rotate(b1, 30);
  d0 = step(e0, d0, choose(a0, b0, c0), v128.load(LANE_WORDS, 96), 0x5a827999); a0 = rotate(a0, 30); d1 = step(e1, d1, choose(a1, b1, c1), v128.load(LANE_WORDS, 352), 0x5a827999); a1 = rotate(a1, 30);
  c0 = step(d0, c0, choose(e0, a0, b0), v128.load(LANE_WORDS, 112), 0x5a827999); e0 = rotate(e0, 30); c1 = step(d1, c1, choose(e1, a1, b1), v128.load(LANE_WORDS, 368), 0x5a827999); e1 = rotate(e1, 30);
  b0 = step(c0, b0, choose(d0, e0, a0), v128.load(LANE_WORDS, 128), 0x5a827999); d0 = rotate(d0, 30); b1 = step(c1, b1, choose(d1, e1, a1), v128.load(LANE_WORDS, 384), 0x5a827999); d1 = rotate(d1, 30);
  a0 = step(b0, a0, choose(c0, d0, e0), v128.load(LANE_WORDS, 144), 0x5a827999); c0 = rotate(c0, 30); a1 = step(b1, a1, choose(c1, d1, e1), v128.load(LANE_WORDS, 400), 0x5a827999); c1 = rotate(c1, 30);
  e0 = step(a0, e0, choose(b0, c0, d0), v128.load(LANE_WORDS, 160), 0x5a827999); b0 = rotate(b0, 30); e1 = step(a1, e1, choose(b1, c1, d1), v128.load(LANE_WORDS, 416), 0x5a827999); b1 = rotate(b1, 30);
  d0 = step(e0, d0, choose(a0, b0, c0), v128.load(LANE_WORDS, 176), 0x5a827999); a0 = rotate(a0, 30); d1 = step(e1, d1, choose(a1, b1, c1), v128.load(LANE_WORDS, 432), 0x5a827999); a1 = rotate(a1, 30);
  c0 = step(d0, c0, choose(e0, a0, b0), v128.load(LANE_WORDS, 192), 0x5a827999); e0 = rotate(e0, 30); c1 = step(d1, c1, choose(e1, a1, b1), v128.load(LANE_WORDS, 448), 0x5a827999); e1 = rotate(e1, 30);
  b0 = step(c0, b0, choose(d0, e0, a0), v128.load(LANE_WORDS, 208), 0x5a827999); d0 = rotate(d0, 30); b1 = step(c1, b1, choose(d1, e1, a1), v128.load(LANE_WORDS, 464), 0x5a827999); d1 = rotate(d1, 30);
  a0 = step(b0, a0, choose(c0, d0, e0), v128.load(LANE_WORDS, 224), 0x5a827999); c0 = rotate(c0, 30); a1 = step(b1, a1, choose(c1, d1, e1), v128.load(LANE_WORDS, 480), 0x5a827999); c1 = rotate(c1, 30);
  e0 = step(a0, e0, choose(b0, c0, d0), v128.load(LANE_WORDS, 240), 0x5a827999); b0 = rotate(b0, 30); e1 = step(a1, e1, choose(b1, c1, d1), v128.load(LANE_WORDS, 496), 0x5a827999); b1 = rotate(b1, 30);
  d0 = step(e0, d0, choose(a0, b0, c0), schedule(LANE_WORDS, 16), 0x5a827999); a0 = rotate(a0, 30); d1 = step(e1, d1, choose(a1, b1, c1), schedule(LANE_WORDS + 256, 16), 0x5a827999); a1 = rotate(a1, 30);
  c0 = step(d0, c0, choose(e0, a0, b0), schedule(LANE_WORDS, 17), 0x5a827999); e0 = rotate(e0, 30); c1 = step(d1, c1, choose(e1, a1, b1), schedule(LANE_WORDS + 256, 17), 0x5a827999); e1 = rotate(e1, 30);
  b0 = step(c0, b0, choose(d0, e0, a0), schedule(LANE_WORDS, 18), 0x5a827999); d0 = rotate(d0, 30); b1 = step(c1, b1, choose(d1, e1, a1), schedule(LANE_WORDS + 256, 18), 0x5a827999); d1 = rotate(d1, 30);
  a0 = step(b0, a0, choose(c0, d0, e0), schedule(LANE_WORDS, 19), 0x5a827999); c0 = rotate(c0, 30); a1 = step(b1, a1, choose(c1, d1, e1), schedule(LANE_WORDS + 256, 19), 0x5a827999); c1 = rotate(c1, 30);
  v128.store(LANE_STATE, a0); v128.store(LANE_STATE, b0, 32); v128.store(LANE_STATE, c0, 64); v128.store(LANE_STATE, d0, 96); v128.store(LANE_STATE, e0, 128);
  v128.store(LANE_STATE, a1, 16); v128.store(LANE_STATE, b1, 48); v128.store(LANE_STATE, c1, 80); v128.store(LANE_STATE, d1, 112); v128.store(LANE_STATE, e1, 144);
}

function round2(): void {
  let a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96), e0 = v128.load(LANE_STATE, 128);
  let a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112), e1 = v128.load(LANE_STATE, 144);
  e0 = step(a0, e0, parity(b0, c0, d0), schedule(LANE_WORDS, 20), 0x6ed9eba1); b0 = rotate(b0, 30); e1 = step(a1, e1, parity(b1, c1, d1), schedule(LANE_WORDS + 256, 20), 0x6ed9eba1); b1 = rotate(b1, 30);
  d0 = step(e0, d0, parity(a0, b0, c0), schedule(LANE_WORDS, 21), 0x6ed9eba1); a0 = rotate(a0, 30); d1 = step(e1, d1, parity(a1, b1, c1), schedule(LANE_WORDS + 256, 21), 0x6ed9eba1); a1 = rotate(a1, 30);
  c0 = step(d0, c0, parity(e0, a0, b0), schedule(LANE_WORDS, 22), 0x6ed9eba1); e0 = rotate(e0, 30); c1 = step(d1, c1, parity(e1, a1, b1), schedule(LANE_WORDS + 256, 22), 0x6ed9eba1); e1 = rotate(e1, 30);
  b0 = step(c0, b0, parity(d0, e0, a0), schedule(LANE_WORDS, 23), 0x6ed9eba1); d0 = rotate(d0, 30); b1 = step(c1, b1, parity(d1, e1, a1), schedule(LANE_WORDS + 256, 23), 0x6ed9eba1); d1 = rotate(d1, 30);
  a0 = step(b0, a0, parity(c0, d0, e0), schedule(LANE_WORDS, 24), 0x6ed9eba1); c0 = rotate(c0, 30); a1 = step(b1, a1, parity(c1, d1, e1), schedule(LANE_WORDS + 256, 24), 0x6ed9eba1); c1 = rotate(c1, 30);
  e0 = step(a0, e0, parity(b0, c0, d0), schedule(LANE_WORDS, 25), 0x6ed9eba1); b0 = rotate(b0, 30); e1 = step(a1, e1, parity(b1, c1, d1), schedule(LANE_WORDS + 256, 25), 0x6ed9eba1); b1 = rotate(b1, 30);
  d0 = step(e0, d0, parity(a0, b0, c0), schedule(LANE_WORDS, 26), 0x6ed9eba1); a0 = rotate(a0, 30); d1 = step(e1, d1, parity(a1, b1, c1), schedule(LANE_WORDS + 256, 26), 0x6ed9eba1); a1 = rotate(a1, 30);
  c0 = step(d0, c0, parity(e0, a0, b0), schedule(LANE_WORDS, 27), 0x6ed9eba1); e0 = rotate(e0, 30); c1 = step(d1, c1, parity(e1, a1, b1), schedule(LANE_WORDS + 256, 27), 0x6ed9eba1); e1 = rotate(e1, 30);
  b0 = step(c0, b0, parity(d0, e0, a0), schedule(LANE_WORDS, 28), 0x6ed9eba1); d0 = rotate(d0, 30); b1 = step(c1, b1, parity(d1, e1, a1), schedule(LANE_WORDS + 256, 28), 0x6ed9eba1); d1 = rotate(d1, 30);
  a0 = step(b0, a0, parity(c0, d0, e0), schedule(LANE_WORDS, 29), 0x6ed9eba1); c0 = rotate(c0, 30); a1 = step(b1, a1, parity(c1, d1, e1), schedule(LANE_WORDS + 256, 29), 0x6ed9eba1); c1 = rotate(c1, 30);
  e0 = step(a0, e0, parity(b0, c0, d0), schedule(LANE_WORDS, 30), 0x6ed9eba1); b0 = rotate(b0, 30); e1 = step(a1, e1, parity(b1, c1, d1), schedule(LANE_WORDS + 256, 30), 0x6ed9eba1); b1 = rotate(b1, 30);
  d0 = step(e0, d0, parity(a0, b0, c0), schedule(LANE_WORDS, 31), 0x6ed9eba1); a0 = rotate(a0, 30); d1 = step(e1, d1, parity(a1, b1, c1), schedule(LANE_WORDS + 256, 31), 0x6ed9eba1); a1 = rotate(a1, 30);
  c0 = step(d0, c0, parity(e0, a0, b0), schedule(LANE_WORDS, 32), 0x6ed9eba1); e0 = rotate(e0, 30); c1 = step(d1, c1, parity(e1, a1, b1), schedule(LANE_WORDS + 256, 32), 0x6ed9eba1); e1 = rotate(e1, 30);
  b0 = step(c0, b0, parity(d0, e0, a0), schedule(LANE_WORDS, 33), 0x6ed9eba1); d0 = rotate(d0, 30); b1 = step(c1, b1, parity(d1, e1, a1), schedule(LANE_WORDS + 256, 33), 0x6ed9eba1); d1 = rotate(d1, 30);
  a0 = step(b0, a0, parity(c0, d0, e0), schedule(LANE_WORDS, 34), 0x6ed9eba1); c0 = rotate(c0, 30); a1 = step(b1, a1, parity(c1, d1, e1), schedule(LANE_WORDS + 256, 34), 0x6ed9eba1); c1 = rotate(c1, 30);
  e0 = step(a0, e0, parity(b0, c0, d0), schedule(LANE_WORDS, 35), 0x6ed9eba1); b0 = rotate(b0, 30); e1 = step(a1, e1, parity(b1, c1, d1), schedule(LANE_WORDS + 256, 35), 0x6ed9eba1); b1 = rotate(b1, 30);
  d0 = step(e0, d0, parity(a0, b0, c0), schedule(LANE_WORDS, 36), 0x6ed9eba1); a0 = rotate(a0, 30); d1 = step(e1, d1, parity(a1, b1, c1), schedule(LANE_WORDS + 256, 36), 0x6ed9eba1); a1 = rotate(a1, 30);
  c0 = step(d0, c0, parity(e0, a0, b0), schedule(LANE_WORDS, 37), 0x6ed9eba1); e0 = rotate(e0, 30); c1 = step(d1, c1, parity(e1, a1, b1), schedule(LANE_WORDS + 256, 37), 0x6ed9eba1); e1 = rotate(e1, 30);
  b0 = step(c0, b0, parity(d0, e0, a0), schedule(LANE_WORDS, 38), 0x6ed9eba1); d0 = rotate(d0, 30); b1 = step(c1, b1, parity(d1, e1, a1), schedule(LANE_WORDS + 256, 38), 0x6ed9eba1); d1 = rotate(d1, 30);
  a0 = step(b0, a0, parity(c0, d0, e0), schedule(LANE_WORDS, 39), 0x6ed9eba1); c0 = rotate(c0, 30); a1 = step(b1, a1, parity(c1, d1, e1), schedule(LANE_WORDS + 256, 39), 0x6ed9eba1); c1 = rotate(c1, 30);
  v128.store(LANE_STATE, a0); v128.store(LANE_STATE, b0, 32); v128.store(LANE_STATE, c0, 64); v128.store(LANE_STATE, d0, 96); v128.store(LANE_STATE, e0, 128);
  v128.store(LANE_STATE, a1, 16); v128.store(LANE_STATE, b1, 48); v128.store(LANE_STATE, c1, 80); v128.store(LANE_STATE, d1, 112); v128.store(LANE_STATE, e1, 144);
}

function round3(): void {
  let a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96), e0 = v128.load(LANE_STATE, 128);
  let a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112), e1 = v128.load(LANE_STATE, 144);
  e0 = step(a0, e0, majority(b0, c0, d0), schedule(LANE_WORDS, 40), <i32>0x8f1bbcdc); b0 = rotate(b0, 30); e1 = step(a1, e1, majority(b1, c1, d1), schedule(LANE_WORDS + 256, 40), <i32>0x8f1bbcdc); b1 = rotate(b1, 30);
  d0 = step(e0, d0, majority(a0, b0, c0), schedule(LANE_WORDS, 41), <i32>0x8f1bbcdc); a0 = rotate(a0, 30); d1 = step(e1, d1, majority(a1, b1, c1), schedule(LANE_WORDS + 256, 41), <i32>0x8f1bbcdc); a1 = rotate(a1, 30);
  c0 = step(d0, c0, majority(e0, a0, b0), schedule(LANE_WORDS, 42), <i32>0x8f1bbcdc); e0 = rotate(e0, 30); c1 = step(d1, c1, majority(e1, a1, b1), schedule(LANE_WORDS + 256, 42), <i32>0x8f1bbcdc); e1 = rotate(e1, 30);
  b0 = step(c0, b0, majority(d0, e0, a0), schedule(LANE_WORDS, 43), <i32>0x8f1bbcdc); d0 = rotate(d0, 30); b1 = step(c1, b1, majority(d1, e1, a1), schedule(LANE_WORDS + 256, 43), <i32>0x8f1bbcdc); d1 = rotate(d1, 30);
  a0 = step(b0, a0, majority(c0, d0, e0), schedule(LANE_WORDS, 44), <i32>0x8f1bbcdc); c0 = rotate(c0, 30); a1 = step(b1, a1, majority(c1, d1, e1), schedule(LANE_WORDS + 256, 44), <i32>0x8f1bbcdc); c1 = rotate(c1, 30);
  e0 = step(a0, e0, majority(b0, c0, d0), schedule(LANE_WORDS, 45), <i32>0x8f1bbcdc); b0 = rotate(b0, 30); e1 = step(a1, e1, majority(b1, c1, d1), schedule(LANE_WORDS + 256, 45), <i32>0x8f1bbcdc); b1 = rotate(b1, 30);
  d0 = step(e0, d0, majority(a0, b0, c0), schedule(LANE_WORDS, 46), <i32>0x8f1bbcdc); a0 = rotate(a0, 30); d1 = step(e1, d1, majority(a1, b1, c1), schedule(LANE_WORDS + 256, 46), <i32>0x8f1bbcdc); a1 = rotate(a1, 30);
  c0 = step(d0, c0, majority(e0, a0, b0), schedule(LANE_WORDS, 47), <i32>0x8f1bbcdc); e0 = rotate(e0, 30); c1 = step(d1, c1, majority(e1, a1, b1), schedule(LANE_WORDS + 256, 47), <i32>0x8f1bbcdc); e1 = rotate(e1, 30);
  b0 = step(c0, b0, majority(d0, e0, a0), schedule(LANE_WORDS, 48), <i32>0x8f1bbcdc); d0 = rotate(d0, 30); b1 = step(c1, b1, majority(d1, e1, a1), schedule(LANE_WORDS + 256, 48), <i32>0x8f1bbcdc); d1 = rotate(d1, 30);
  a0 = step(b0, a0, majority(c0, d0, e0), schedule(LANE_WORDS, 49), <i32>0x8f1bbcdc); c0 = rotate(c0, 30); a1 = step(b1, a1, majority(c1, d1, e1), schedule(LANE_WORDS + 256, 49), <i32>0x8f1bbcdc); c1 = rotate(c1, 30);
  e0 = step(a0, e0, majority(b0, c0, d0), schedule(LANE_WORDS, 50), <i32>0x8f1bbcdc); b0 = rotate(b0, 30); e1 = step(a1, e1, majority(b1, c1, d1), schedule(LANE_WORDS + 256, 50), <i32>0x8f1bbcdc); b1 = rotate(b1, 30);
  d0 = step(e0, d0, majority(a0, b0, c0), schedule(LANE_WORDS, 51), <i32>0x8f1bbcdc); a0 = rotate(a0, 30); d1 = step(e1, d1, majority(a1, b1, c1), schedule(LANE_WORDS + 256, 51), <i32>0x8f1bbcdc); a1 = rotate(a1, 30);
  c0 = step(d0, c0, majority(e0, a0, b0), schedule(LANE_WORDS, 52), <i32>0x8f1bbcdc); e0 = rotate(e0, 30); c1 = step(d1, c1, majority(e1, a1, b1), schedule(LANE_WORDS + 256, 52), <i32>0x8f1bbcdc); e1 = rotate(e1, 30);
  b0 = step(c0, b0, majority(d0, e0, a0), schedule(LANE_WORDS, 53), <i32>0x8f1bbcdc); d0 = rotate(d0, 30); b1 = step(c1, b1, majority(d1, e1, a1), schedule(LANE_WORDS + 256, 53), <i32>0x8f1bbcdc); d1 = rotate(d1, 30);
  a0 = step(b0, a0, majority(c0, d0, e0), schedule(LANE_WORDS, 54), <i32>0x8f1bbcdc); c0 = rotate(c0, 30); a1 = step(b1, a1, majority(c1, d1, e1), schedule(LANE_WORDS + 256, 54), <i32>0x8f1bbcdc); c1 = rotate(c1, 30);
  e0 = step(a0, e0, majority(b0, c0, d0), schedule(LANE_WORDS, 55), <i32>0x8f1bbcdc); b0 = rotate(b0, 30); e1 = step(a1, e1, majority(b1, c1, d1), schedule(LANE_WORDS + 256, 55), <i32>0x8f1bbcdc); b1 = rotate(b1, 30);
  d0 = step(e0, d0, majority(a0, b0, c0), schedule(LANE_WORDS, 56), <i32>0x8f1bbcdc); a0 = rotate(a0, 30); d1 = step(e1, d1, majority(a1, b1, c1), schedule(LANE_WORDS + 256, 56), <i32>0x8f1bbcdc); a1 = rotate(a1, 30);
  c0 = step(d0, c0, majority(e0, a0, b0), schedule(LANE_WORDS, 57), <i32>0x8f1bbcdc); e0 = rotate(e0, 30); c1 = step(d1, c1, majority(e1, a1, b1), schedule(LANE_WORDS + 256, 57), <i32>0x8f1bbcdc); e1 = rotate(e1, 30);
  b0 = step(c0, b0, majority(d0, e0, a0), schedule(LANE_WORDS, 58), <i32>0x8f1bbcdc); d0 = rotate(d0, 30); b1 = step(c1, b1, majority(d1, e1, a1), schedule(LANE_WORDS + 256, 58), <i32>0x8f1bbcdc); d1 = rotate(d1, 30);
  a0 = step(b0, a0, majority(c0, d0, e0), schedule(LANE_WORDS, 59), <i32>0x8f1bbcdc); c0 = rotate(c0, 30); a1 = step(b1, a1, majority(c1, d1, e1), schedule(LANE_WORDS + 256, 59), <i32>0x8f1bbcdc); c1 = rotate(c1, 30);
  v128.store(LANE_STATE, a0); v128.store(LANE_STATE, b0, 32); v128.store(LANE_STATE, c0, 64); v128.store(LANE_STATE, d0, 96); v128.store(LANE_STATE, e0, 128);
  v128.store(LANE_STATE, a1, 16); v128.store(LANE_STATE, b1, 48); v128.store(LANE_STATE, c1, 80); v128.store(LANE_STATE, d1, 112); v128.store(LANE_STATE, e1, 144);
}

function round4(): void {
  let a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96), e0 = v128.load(LANE_STATE, 128);
  let a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112), e1 = v128.load(LANE_STATE, 144);
  e0 = step(a0, e0, parity(b0, c0, d0), schedule(LANE_WORDS, 60), <i32>0xca62c1d6); b0 = rotate(b0, 30); e1 = step(a1, e1, parity(b1, c1, d1), schedule(LANE_WORDS + 256, 60), <i32>0xca62c1d6); b1 = rotate(b1, 30);
  d0 = step(e0, d0, parity(a0, b0, c0), schedule(LANE_WORDS, 61), <i32>0xca62c1d6); a0 = rotate(a0, 30); d1 = step(e1, d1, parity(a1, b1, c1), schedule(LANE_WORDS + 256, 61), <i32>0xca62c1d6); a1 = rotate(a1, 30);
  c0 = step(d0, c0, parity(e0, a0, b0), schedule(LANE_WORDS, 62), <i32>0xca62c1d6); e0 = rotate(e0, 30); c1 = step(d1, c1, parity(e1, a1, b1), schedule(LANE_WORDS + 256, 62), <i32>0xca62c1d6); e1 = rotate(e1, 30);
  b0 = step(c0, b0, parity(d0, e0, a0), schedule(LANE_WORDS, 63), <i32>0xca62c1d6); d0 = rotate(d0, 30); b1 = step(c1, b1, parity(d1, e1, a1), schedule(LANE_WORDS + 256, 63), <i32>0xca62c1d6); d1 = rotate(d1, 30);
  a0 = step(b0, a0, parity(c0, d0, e0), schedule(LANE_WORDS, 64), <i32>0xca62c1d6); c0 = rotate(c0, 30); a1 = step(b1, a1, parity(c1, d1, e1), schedule(LANE_WORDS + 256, 64), <i32>0xca62c1d6); c1 = rotate(c1, 30);
  e0 = step(a0, e0, parity(b0, c0, d0), schedule(LANE_WORDS, 65), <i32>0xca62c1d6); b0 = rotate(b0, 30); e1 = step(a1, e1, parity(b1, c1, d1), schedule(LANE_WORDS + 256, 65), <i32>0xca62c1d6); b1 = rotate(b1, 30);
  d0 = step(e0, d0, parity(a0, b0, c0), schedule(LANE_WORDS, 66), <i32>0xca62c1d6); a0 = rotate(a0, 30); d1 = step(e1, d1, parity(a1, b1, c1), schedule(LANE_WORDS + 256, 66), <i32>0xca62c1d6); a1 = rotate(a1, 30);
  c0 = step(d0, c0, parity(e0, a0, b0), schedule(LANE_WORDS, 67), <i32>0xca62c1d6); e0 = rotate(e0, 30); c1 = step(d1, c1, parity(e1, a1, b1), schedule(LANE_WORDS + 256, 67), <i32>0xca62c1d6); e1 = rotate(e1, 30);
  b0 = step(c0, b0, parity(d0, e0, a0), schedule(LANE_WORDS, 68), <i32>0xca62c1d6); d0 = rotate(d0, 30); b1 = step(c1, b1, parity(d1, e1, a1), schedule(LANE_WORDS + 256, 68), <i32>0xca62c1d6); d1 = rotate(d1, 30);
  a0 = step(b0, a0, parity(c0, d0, e0), schedule(LANE_WORDS, 69), <i32>0xca62c1d6); c0 = rotate(c0, 30); a1 = step(b1, a1, parity(c1, d1, e1), schedule(LANE_WORDS + 256, 69), <i32>0xca62c1d6); c1 = rotate(c1, 30);
  e0 = step(a0, e0, parity(b0, c0, d0), schedule(LANE_WORDS, 70), <i32>0xca62c1d6); b0 = rotate(b0, 30); e1 = step(a1, e1, parity(b1, c1, d1), schedule(LANE_WORDS + 256, 70), <i32>0xca62c1d6); b1 = rotate(b1, 30);
  d0 = step(e0, d0, parity(a0, b0, c0), schedule(LANE_WORDS, 71), <i32>0xca62c1d6); a0 = rotate(a0, 30); d1 = step(e1, d1, parity(a1, b1, c1), schedule(LANE_WORDS + 256, 71), <i32>0xca62c1d6); a1 = rotate(a1, 30);
  c0 = step(d0, c0, parity(e0, a0, b0), schedule(LANE_WORDS, 72), <i32>0xca62c1d6); e0 = rotate(e0, 30); c1 = step(d1, c1, parity(e1, a1, b1), schedule(LANE_WORDS + 256, 72), <i32>0xca62c1d6); e1 = rotate(e1, 30);
  b0 = step(c0, b0, parity(d0, e0, a0), schedule(LANE_WORDS, 73), <i32>0xca62c1d6); d0 = rotate(d0, 30); b1 = step(c1, b1, parity(d1, e1, a1), schedule(LANE_WORDS + 256, 73), <i32>0xca62c1d6); d1 = rotate(d1, 30);
  a0 = step(b0, a0, parity(c0, d0, e0), schedule(LANE_WORDS, 74), <i32>0xca62c1d6); c0 = rotate(c0, 30); a1 = step(b1, a1, parity(c1, d1, e1), schedule(LANE_WORDS + 256, 74), <i32>0xca62c1d6); c1 = rotate(c1, 30);
  e0 = step(a0, e0, parity(b0, c0, d0), schedule(LANE_WORDS, 75), <i32>0xca62c1d6); b0 = rotate(b0, 30); e1 = step(a1, e1, parity(b1, c1, d1), schedule(LANE_WORDS + 256, 75), <i32>0xca62c1d6); b1 = rotate(b1, 30);
  d0 = step(e0, d0, parity(a0, b0, c0), schedule(LANE_WORDS, 76), <i32>0xca62c1d6); a0 = rotate(a0, 30); d1 = step(e1, d1, parity(a1, b1, c1), schedule(LANE_WORDS + 256, 76), <i32>0xca62c1d6); a1 = rotate(a1, 30);
  c0 = step(d0, c0, parity(e0, a0, b0), schedule(LANE_WORDS, 77), <i32>0xca62c1d6); e0 = rotate(e0, 30); c1 = step(d1, c1, parity(e1, a1, b1), schedule(LANE_WORDS + 256, 77), <i32>0xca62c1d6); e1 = rotate(e1, 30);
  b0 = step(c0, b0, parity(d0, e0, a0), schedule(LANE_WORDS, 78), <i32>0xca62c1d6); d0 = rotate(d0, 30); b1 = step(c1, b1, parity(d1, e1, a1), schedule(LANE_WORDS + 256, 78), <i32>0xca62c1d6); d1 = rotate(d1, 30);
  a0 = step(b0, a0, parity(c0, d0, e0), schedule(LANE_WORDS, 79), <i32>0xca62c1d6); c0 = rotate(c0, 30); a1 = step(b1, a1, parity(c1, d1, e1), schedule(LANE_WORDS + 256, 79), <i32>0xca62c1d6); c1 = rotate(c1, 30);
  v128.store(LANE_STATE, a0); v128.store(LANE_STATE, b0, 32); v128.store(LANE_STATE, c0, 64); v128.store(LANE_STATE, d0, 96); v128.store(LANE_STATE, e0, 128);
  v128.store(LANE_STATE, a1, 16); v128.store(LANE_STATE, b1, 48); v128.store(LANE_STATE, c1, 80); v128.store(LANE_STATE, d1, 112); v128.store(LANE_STATE, e1, 144);
}

let first: () => void = round1;
let second: () => void = round2;
let third: () => void = round3;
let fourth: () => void = round4;

/** Works `count` blocks of every lane's data (LANE_DATA) into the lanes' states. */
export function sha1Lanes(count: u32): void {
  for (let n: u32 = 0; n < count; n++) {
    loadWords(true);
    const a0 = v128.load(LANE_STATE), b0 = v128.load(LANE_STATE, 32), c0 = v128.load(LANE_STATE, 64), d0 = v128.load(LANE_STATE, 96), e0 = v128.load(LANE_STATE, 128);
    const a1 = v128.load(LANE_STATE, 16), b1 = v128.load(LANE_STATE, 48), c1 = v128.load(LANE_STATE, 80), d1 = v128.load(LANE_STATE, 112), e1 = v128.load(LANE_STATE, 144);
    first();
    second();
    third();
    fourth();
    v128.store(LANE_STATE, i32x4.add(a0, v128.load(LANE_STATE)));
    v128.store(LANE_STATE, i32x4.add(b0, v128.load(LANE_STATE, 32)), 32);
    v128.store(LANE_STATE, i32x4.add(c0, v128.load(LANE_STATE, 64)), 64);
    v128.store(LANE_STATE, i32x4.add(d0, v128.load(LANE_STATE, 96)), 96);
    v128.store(LANE_STATE, i32x4.add(e0, v128.load(LANE_STATE, 128)), 128);
    v128.store(LANE_STATE, i32x4.add(a1, v128.load(LANE_STATE, 16)), 16);
    v128.store(LANE_STATE, i32x4.add(b1, v128.load(LANE_STATE, 48)), 48);
    v128.store(LANE_STATE, i32x4.add(c1, v128.load(LANE_STATE, 80)), 80);
    v128.store(LANE_STATE, i32x4.add(d1, v128.load(LANE_STATE, 112)), 112);
    v128.store(LANE_STATE, i32x4.add(e1, v128.load(LANE_STATE, 144)), 144);
    advanceLanes();
  }
}
