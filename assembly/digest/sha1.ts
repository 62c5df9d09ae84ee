// SHA-1 (FIPS 180-4 §6.1). State, SHA1_STATE bytes: five u32 words, u64 bytes so far (at 24), 64 bytes of an unfinished block.
import { pad, update } from './blocks';

export const SHA1_STATE: u32 = 96;
export const SHA1_BYTES: u32 = 20;
/** See blocks.ts. */
const TAIL: usize = 24;

// FIPS 180-4 §4.1.1; Ch and Maj in the forms with one operation less.
// @ts-ignore: decorator
@inline
function choose(x: u32, y: u32, z: u32): u32 { return z ^ (x & (y ^ z)); }
// @ts-ignore: decorator
@inline
function parity(x: u32, y: u32, z: u32): u32 { return x ^ y ^ z; }
// @ts-ignore: decorator
@inline
function majority(x: u32, y: u32, z: u32): u32 { return (x & y) | (z & (x | y)); }

// A step waits for the one before it: what hangs on it is added last.
/** Works `count` blocks at `data` into the words at `state`. */
export function sha1Blocks(state: usize, data: usize, count: u32): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  const end = data + (<usize>count << 6);
  for (let at = data; at < end; at += 64) {
    const a0 = a, b0 = b, c0 = c, d0 = d, e0 = e;
    let w0 = bswap<u32>(load<u32>(at, 0));
    let w1 = bswap<u32>(load<u32>(at, 4));
    let w2 = bswap<u32>(load<u32>(at, 8));
    let w3 = bswap<u32>(load<u32>(at, 12));
    let w4 = bswap<u32>(load<u32>(at, 16));
    let w5 = bswap<u32>(load<u32>(at, 20));
    let w6 = bswap<u32>(load<u32>(at, 24));
    let w7 = bswap<u32>(load<u32>(at, 28));
    let w8 = bswap<u32>(load<u32>(at, 32));
    let w9 = bswap<u32>(load<u32>(at, 36));
    let w10 = bswap<u32>(load<u32>(at, 40));
    let w11 = bswap<u32>(load<u32>(at, 44));
    let w12 = bswap<u32>(load<u32>(at, 48));
    let w13 = bswap<u32>(load<u32>(at, 52));
    let w14 = bswap<u32>(load<u32>(at, 56));
    let w15 = bswap<u32>(load<u32>(at, 60));
    e += 0x5a827999 + w0; e += choose(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d += 0x5a827999 + w1; d += choose(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c += 0x5a827999 + w2; c += choose(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b += 0x5a827999 + w3; b += choose(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a += 0x5a827999 + w4; a += choose(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e += 0x5a827999 + w5; e += choose(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d += 0x5a827999 + w6; d += choose(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c += 0x5a827999 + w7; c += choose(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b += 0x5a827999 + w8; b += choose(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a += 0x5a827999 + w9; a += choose(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e += 0x5a827999 + w10; e += choose(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    d += 0x5a827999 + w11; d += choose(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    c += 0x5a827999 + w12; c += choose(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    b += 0x5a827999 + w13; b += choose(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    a += 0x5a827999 + w14; a += choose(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    e += 0x5a827999 + w15; e += choose(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1); d += 0x5a827999 + w0; d += choose(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1); c += 0x5a827999 + w1; c += choose(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1); b += 0x5a827999 + w2; b += choose(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1); a += 0x5a827999 + w3; a += choose(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1); e += 0x6ed9eba1 + w4; e += parity(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1); d += 0x6ed9eba1 + w5; d += parity(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1); c += 0x6ed9eba1 + w6; c += parity(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1); b += 0x6ed9eba1 + w7; b += parity(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1); a += 0x6ed9eba1 + w8; a += parity(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1); e += 0x6ed9eba1 + w9; e += parity(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1); d += 0x6ed9eba1 + w10; d += parity(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1); c += 0x6ed9eba1 + w11; c += parity(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1); b += 0x6ed9eba1 + w12; b += parity(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1); a += 0x6ed9eba1 + w13; a += parity(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1); e += 0x6ed9eba1 + w14; e += parity(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1); d += 0x6ed9eba1 + w15; d += parity(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1); c += 0x6ed9eba1 + w0; c += parity(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1); b += 0x6ed9eba1 + w1; b += parity(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1); a += 0x6ed9eba1 + w2; a += parity(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1); e += 0x6ed9eba1 + w3; e += parity(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1); d += 0x6ed9eba1 + w4; d += parity(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1); c += 0x6ed9eba1 + w5; c += parity(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1); b += 0x6ed9eba1 + w6; b += parity(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1); a += 0x6ed9eba1 + w7; a += parity(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1); e += 0x8f1bbcdc + w8; e += majority(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1); d += 0x8f1bbcdc + w9; d += majority(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1); c += 0x8f1bbcdc + w10; c += majority(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1); b += 0x8f1bbcdc + w11; b += majority(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1); a += 0x8f1bbcdc + w12; a += majority(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1); e += 0x8f1bbcdc + w13; e += majority(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1); d += 0x8f1bbcdc + w14; d += majority(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1); c += 0x8f1bbcdc + w15; c += majority(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1); b += 0x8f1bbcdc + w0; b += majority(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1); a += 0x8f1bbcdc + w1; a += majority(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1); e += 0x8f1bbcdc + w2; e += majority(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1); d += 0x8f1bbcdc + w3; d += majority(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1); c += 0x8f1bbcdc + w4; c += majority(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1); b += 0x8f1bbcdc + w5; b += majority(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1); a += 0x8f1bbcdc + w6; a += majority(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1); e += 0x8f1bbcdc + w7; e += majority(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1); d += 0x8f1bbcdc + w8; d += majority(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1); c += 0x8f1bbcdc + w9; c += majority(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1); b += 0x8f1bbcdc + w10; b += majority(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1); a += 0x8f1bbcdc + w11; a += majority(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1); e += 0xca62c1d6 + w12; e += parity(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1); d += 0xca62c1d6 + w13; d += parity(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1); c += 0xca62c1d6 + w14; c += parity(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1); b += 0xca62c1d6 + w15; b += parity(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w0 = rotl<u32>(w13 ^ w8 ^ w2 ^ w0, 1); a += 0xca62c1d6 + w0; a += parity(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w1 = rotl<u32>(w14 ^ w9 ^ w3 ^ w1, 1); e += 0xca62c1d6 + w1; e += parity(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w2 = rotl<u32>(w15 ^ w10 ^ w4 ^ w2, 1); d += 0xca62c1d6 + w2; d += parity(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w3 = rotl<u32>(w0 ^ w11 ^ w5 ^ w3, 1); c += 0xca62c1d6 + w3; c += parity(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w4 = rotl<u32>(w1 ^ w12 ^ w6 ^ w4, 1); b += 0xca62c1d6 + w4; b += parity(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w5 = rotl<u32>(w2 ^ w13 ^ w7 ^ w5, 1); a += 0xca62c1d6 + w5; a += parity(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w6 = rotl<u32>(w3 ^ w14 ^ w8 ^ w6, 1); e += 0xca62c1d6 + w6; e += parity(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w7 = rotl<u32>(w4 ^ w15 ^ w9 ^ w7, 1); d += 0xca62c1d6 + w7; d += parity(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w8 = rotl<u32>(w5 ^ w0 ^ w10 ^ w8, 1); c += 0xca62c1d6 + w8; c += parity(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w9 = rotl<u32>(w6 ^ w1 ^ w11 ^ w9, 1); b += 0xca62c1d6 + w9; b += parity(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w10 = rotl<u32>(w7 ^ w2 ^ w12 ^ w10, 1); a += 0xca62c1d6 + w10; a += parity(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    w11 = rotl<u32>(w8 ^ w3 ^ w13 ^ w11, 1); e += 0xca62c1d6 + w11; e += parity(b, c, d); e += rotl<u32>(a, 5); b = rotl<u32>(b, 30);
    w12 = rotl<u32>(w9 ^ w4 ^ w14 ^ w12, 1); d += 0xca62c1d6 + w12; d += parity(a, b, c); d += rotl<u32>(e, 5); a = rotl<u32>(a, 30);
    w13 = rotl<u32>(w10 ^ w5 ^ w15 ^ w13, 1); c += 0xca62c1d6 + w13; c += parity(e, a, b); c += rotl<u32>(d, 5); e = rotl<u32>(e, 30);
    w14 = rotl<u32>(w11 ^ w6 ^ w0 ^ w14, 1); b += 0xca62c1d6 + w14; b += parity(d, e, a); b += rotl<u32>(c, 5); d = rotl<u32>(d, 30);
    w15 = rotl<u32>(w12 ^ w7 ^ w1 ^ w15, 1); a += 0xca62c1d6 + w15; a += parity(c, d, e); a += rotl<u32>(b, 5); c = rotl<u32>(c, 30);
    a += a0; b += b0; c += c0; d += d0; e += e0;
  }
  store<u32>(state, a);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, d, 12);
  store<u32>(state, e, 16);
}

/** The words before the first block. */
export function sha1Initial(state: usize): void {
  store<u32>(state, 0x67452301);
  store<u32>(state, 0xefcdab89, 4);
  store<u32>(state, 0x98badcfe, 8);
  store<u32>(state, 0x10325476, 12);
  store<u32>(state, 0xc3d2e1f0, 16);
}

/** Begins a digest in SHA1_STATE bytes at `state` (8-byte aligned). */
export function sha1Init(state: usize): void {
  sha1Initial(state);
  store<u64>(state, 0, TAIL);
}

/** Adds `length` bytes at `data`. */
export function sha1Update(state: usize, data: usize, length: u32): void {
  update(state, TAIL, data, length, sha1Blocks);
}

/** Writes the SHA1_BYTES of the digest to `out`; the state must be begun again before it is used again. */
export function sha1Final(state: usize, out: usize): void {
  pad(state, TAIL, true, sha1Blocks);
  store<u32>(out, bswap<u32>(load<u32>(state)));
  store<u32>(out, bswap<u32>(load<u32>(state, 4)), 4);
  store<u32>(out, bswap<u32>(load<u32>(state, 8)), 8);
  store<u32>(out, bswap<u32>(load<u32>(state, 12)), 12);
  store<u32>(out, bswap<u32>(load<u32>(state, 16)), 16);
}

const SCRATCH = memory.data(96, 8);

/** Digest of `length` bytes at `data`, written to `out`. */
export function sha1(data: usize, length: u32, out: usize): void {
  sha1Init(SCRATCH);
  sha1Update(SCRATCH, data, length);
  sha1Final(SCRATCH, out);
}
