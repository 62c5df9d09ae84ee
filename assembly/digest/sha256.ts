// SHA-256 (FIPS 180-4 §6.2). State, SHA256_STATE bytes: eight u32 words, u64 bytes so far (at 32), 64 bytes of an unfinished block.
import { pad, update } from './blocks';

export const SHA256_STATE: u32 = 104;
export const SHA256_BYTES: u32 = 32;
/** See blocks.ts. */
const TAIL: usize = 32;

// FIPS 180-4 §4.1.2; Ch and Maj in the forms with one operation less.
// @ts-ignore: decorator
@inline
function choose(x: u32, y: u32, z: u32): u32 { return z ^ (x & (y ^ z)); }
// @ts-ignore: decorator
@inline
function majority(x: u32, y: u32, z: u32): u32 { return (x & y) | (z & (x | y)); }
// @ts-ignore: decorator
@inline
function Sigma0(x: u32): u32 { return rotr<u32>(x, 2) ^ rotr<u32>(x, 13) ^ rotr<u32>(x, 22); }
// @ts-ignore: decorator
@inline
function Sigma1(x: u32): u32 { return rotr<u32>(x, 6) ^ rotr<u32>(x, 11) ^ rotr<u32>(x, 25); }
// @ts-ignore: decorator
@inline
function sigma0(x: u32): u32 { return rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3); }
// @ts-ignore: decorator
@inline
function sigma1(x: u32): u32 { return rotr<u32>(x, 17) ^ rotr<u32>(x, 19) ^ (x >> 10); }

// A round waits for the one before it: what hangs on it is added last.
/** Works `count` blocks at `data` into the words at `state`. */
export function sha256Blocks(state: usize, data: usize, count: u32): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  const end = data + (<usize>count << 6);
  for (let at = data; at < end; at += 64) {
    const a0 = a, b0 = b, c0 = c, d0 = d, e0 = e, f0 = f, g0 = g, h0 = h;
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
    h += 0x428a2f98 + w0; h += choose(e, f, g); h += Sigma1(e); d += h; h += Sigma0(a) + majority(a, b, c);
    g += 0x71374491 + w1; g += choose(d, e, f); g += Sigma1(d); c += g; g += Sigma0(h) + majority(h, a, b);
    f += 0xb5c0fbcf + w2; f += choose(c, d, e); f += Sigma1(c); b += f; f += Sigma0(g) + majority(g, h, a);
    e += 0xe9b5dba5 + w3; e += choose(b, c, d); e += Sigma1(b); a += e; e += Sigma0(f) + majority(f, g, h);
    d += 0x3956c25b + w4; d += choose(a, b, c); d += Sigma1(a); h += d; d += Sigma0(e) + majority(e, f, g);
    c += 0x59f111f1 + w5; c += choose(h, a, b); c += Sigma1(h); g += c; c += Sigma0(d) + majority(d, e, f);
    b += 0x923f82a4 + w6; b += choose(g, h, a); b += Sigma1(g); f += b; b += Sigma0(c) + majority(c, d, e);
    a += 0xab1c5ed5 + w7; a += choose(f, g, h); a += Sigma1(f); e += a; a += Sigma0(b) + majority(b, c, d);
    h += 0xd807aa98 + w8; h += choose(e, f, g); h += Sigma1(e); d += h; h += Sigma0(a) + majority(a, b, c);
    g += 0x12835b01 + w9; g += choose(d, e, f); g += Sigma1(d); c += g; g += Sigma0(h) + majority(h, a, b);
    f += 0x243185be + w10; f += choose(c, d, e); f += Sigma1(c); b += f; f += Sigma0(g) + majority(g, h, a);
    e += 0x550c7dc3 + w11; e += choose(b, c, d); e += Sigma1(b); a += e; e += Sigma0(f) + majority(f, g, h);
    d += 0x72be5d74 + w12; d += choose(a, b, c); d += Sigma1(a); h += d; d += Sigma0(e) + majority(e, f, g);
    c += 0x80deb1fe + w13; c += choose(h, a, b); c += Sigma1(h); g += c; c += Sigma0(d) + majority(d, e, f);
    b += 0x9bdc06a7 + w14; b += choose(g, h, a); b += Sigma1(g); f += b; b += Sigma0(c) + majority(c, d, e);
    a += 0xc19bf174 + w15; a += choose(f, g, h); a += Sigma1(f); e += a; a += Sigma0(b) + majority(b, c, d);
    w0 += sigma1(w14) + w9 + sigma0(w1); h += 0xe49b69c1 + w0; h += choose(e, f, g); h += Sigma1(e); d += h; h += Sigma0(a) + majority(a, b, c);
    w1 += sigma1(w15) + w10 + sigma0(w2); g += 0xefbe4786 + w1; g += choose(d, e, f); g += Sigma1(d); c += g; g += Sigma0(h) + majority(h, a, b);
    w2 += sigma1(w0) + w11 + sigma0(w3); f += 0x0fc19dc6 + w2; f += choose(c, d, e); f += Sigma1(c); b += f; f += Sigma0(g) + majority(g, h, a);
    w3 += sigma1(w1) + w12 + sigma0(w4); e += 0x240ca1cc + w3; e += choose(b, c, d); e += Sigma1(b); a += e; e += Sigma0(f) + majority(f, g, h);
    w4 += sigma1(w2) + w13 + sigma0(w5); d += 0x2de92c6f + w4; d += choose(a, b, c); d += Sigma1(a); h += d; d += Sigma0(e) + majority(e, f, g);
    w5 += sigma1(w3) + w14 + sigma0(w6); c += 0x4a7484aa + w5; c += choose(h, a, b); c += Sigma1(h); g += c; c += Sigma0(d) + majority(d, e, f);
    w6 += sigma1(w4) + w15 + sigma0(w7); b += 0x5cb0a9dc + w6; b += choose(g, h, a); b += Sigma1(g); f += b; b += Sigma0(c) + majority(c, d, e);
    w7 += sigma1(w5) + w0 + sigma0(w8); a += 0x76f988da + w7; a += choose(f, g, h); a += Sigma1(f); e += a; a += Sigma0(b) + majority(b, c, d);
    w8 += sigma1(w6) + w1 + sigma0(w9); h += 0x983e5152 + w8; h += choose(e, f, g); h += Sigma1(e); d += h; h += Sigma0(a) + majority(a, b, c);
    w9 += sigma1(w7) + w2 + sigma0(w10); g += 0xa831c66d + w9; g += choose(d, e, f); g += Sigma1(d); c += g; g += Sigma0(h) + majority(h, a, b);
    w10 += sigma1(w8) + w3 + sigma0(w11); f += 0xb00327c8 + w10; f += choose(c, d, e); f += Sigma1(c); b += f; f += Sigma0(g) + majority(g, h, a);
    w11 += sigma1(w9) + w4 + sigma0(w12); e += 0xbf597fc7 + w11; e += choose(b, c, d); e += Sigma1(b); a += e; e += Sigma0(f) + majority(f, g, h);
    w12 += sigma1(w10) + w5 + sigma0(w13); d += 0xc6e00bf3 + w12; d += choose(a, b, c); d += Sigma1(a); h += d; d += Sigma0(e) + majority(e, f, g);
    w13 += sigma1(w11) + w6 + sigma0(w14); c += 0xd5a79147 + w13; c += choose(h, a, b); c += Sigma1(h); g += c; c += Sigma0(d) + majority(d, e, f);
    w14 += sigma1(w12) + w7 + sigma0(w15); b += 0x06ca6351 + w14; b += choose(g, h, a); b += Sigma1(g); f += b; b += Sigma0(c) + majority(c, d, e);
    w15 += sigma1(w13) + w8 + sigma0(w0); a += 0x14292967 + w15; a += choose(f, g, h); a += Sigma1(f); e += a; a += Sigma0(b) + majority(b, c, d);
    w0 += sigma1(w14) + w9 + sigma0(w1); h += 0x27b70a85 + w0; h += choose(e, f, g); h += Sigma1(e); d += h; h += Sigma0(a) + majority(a, b, c);
    w1 += sigma1(w15) + w10 + sigma0(w2); g += 0x2e1b2138 + w1; g += choose(d, e, f); g += Sigma1(d); c += g; g += Sigma0(h) + majority(h, a, b);
    w2 += sigma1(w0) + w11 + sigma0(w3); f += 0x4d2c6dfc + w2; f += choose(c, d, e); f += Sigma1(c); b += f; f += Sigma0(g) + majority(g, h, a);
    w3 += sigma1(w1) + w12 + sigma0(w4); e += 0x53380d13 + w3; e += choose(b, c, d); e += Sigma1(b); a += e; e += Sigma0(f) + majority(f, g, h);
    w4 += sigma1(w2) + w13 + sigma0(w5); d += 0x650a7354 + w4; d += choose(a, b, c); d += Sigma1(a); h += d; d += Sigma0(e) + majority(e, f, g);
    w5 += sigma1(w3) + w14 + sigma0(w6); c += 0x766a0abb + w5; c += choose(h, a, b); c += Sigma1(h); g += c; c += Sigma0(d) + majority(d, e, f);
    w6 += sigma1(w4) + w15 + sigma0(w7); b += 0x81c2c92e + w6; b += choose(g, h, a); b += Sigma1(g); f += b; b += Sigma0(c) + majority(c, d, e);
    w7 += sigma1(w5) + w0 + sigma0(w8); a += 0x92722c85 + w7; a += choose(f, g, h); a += Sigma1(f); e += a; a += Sigma0(b) + majority(b, c, d);
    w8 += sigma1(w6) + w1 + sigma0(w9); h += 0xa2bfe8a1 + w8; h += choose(e, f, g); h += Sigma1(e); d += h; h += Sigma0(a) + majority(a, b, c);
    w9 += sigma1(w7) + w2 + sigma0(w10); g += 0xa81a664b + w9; g += choose(d, e, f); g += Sigma1(d); c += g; g += Sigma0(h) + majority(h, a, b);
    w10 += sigma1(w8) + w3 + sigma0(w11); f += 0xc24b8b70 + w10; f += choose(c, d, e); f += Sigma1(c); b += f; f += Sigma0(g) + majority(g, h, a);
    w11 += sigma1(w9) + w4 + sigma0(w12); e += 0xc76c51a3 + w11; e += choose(b, c, d); e += Sigma1(b); a += e; e += Sigma0(f) + majority(f, g, h);
    w12 += sigma1(w10) + w5 + sigma0(w13); d += 0xd192e819 + w12; d += choose(a, b, c); d += Sigma1(a); h += d; d += Sigma0(e) + majority(e, f, g);
    w13 += sigma1(w11) + w6 + sigma0(w14); c += 0xd6990624 + w13; c += choose(h, a, b); c += Sigma1(h); g += c; c += Sigma0(d) + majority(d, e, f);
    w14 += sigma1(w12) + w7 + sigma0(w15); b += 0xf40e3585 + w14; b += choose(g, h, a); b += Sigma1(g); f += b; b += Sigma0(c) + majority(c, d, e);
    w15 += sigma1(w13) + w8 + sigma0(w0); a += 0x106aa070 + w15; a += choose(f, g, h); a += Sigma1(f); e += a; a += Sigma0(b) + majority(b, c, d);
    w0 += sigma1(w14) + w9 + sigma0(w1); h += 0x19a4c116 + w0; h += choose(e, f, g); h += Sigma1(e); d += h; h += Sigma0(a) + majority(a, b, c);
    w1 += sigma1(w15) + w10 + sigma0(w2); g += 0x1e376c08 + w1; g += choose(d, e, f); g += Sigma1(d); c += g; g += Sigma0(h) + majority(h, a, b);
    w2 += sigma1(w0) + w11 + sigma0(w3); f += 0x2748774c + w2; f += choose(c, d, e); f += Sigma1(c); b += f; f += Sigma0(g) + majority(g, h, a);
    w3 += sigma1(w1) + w12 + sigma0(w4); e += 0x34b0bcb5 + w3; e += choose(b, c, d); e += Sigma1(b); a += e; e += Sigma0(f) + majority(f, g, h);
    w4 += sigma1(w2) + w13 + sigma0(w5); d += 0x391c0cb3 + w4; d += choose(a, b, c); d += Sigma1(a); h += d; d += Sigma0(e) + majority(e, f, g);
    w5 += sigma1(w3) + w14 + sigma0(w6); c += 0x4ed8aa4a + w5; c += choose(h, a, b); c += Sigma1(h); g += c; c += Sigma0(d) + majority(d, e, f);
    w6 += sigma1(w4) + w15 + sigma0(w7); b += 0x5b9cca4f + w6; b += choose(g, h, a); b += Sigma1(g); f += b; b += Sigma0(c) + majority(c, d, e);
    w7 += sigma1(w5) + w0 + sigma0(w8); a += 0x682e6ff3 + w7; a += choose(f, g, h); a += Sigma1(f); e += a; a += Sigma0(b) + majority(b, c, d);
    w8 += sigma1(w6) + w1 + sigma0(w9); h += 0x748f82ee + w8; h += choose(e, f, g); h += Sigma1(e); d += h; h += Sigma0(a) + majority(a, b, c);
    w9 += sigma1(w7) + w2 + sigma0(w10); g += 0x78a5636f + w9; g += choose(d, e, f); g += Sigma1(d); c += g; g += Sigma0(h) + majority(h, a, b);
    w10 += sigma1(w8) + w3 + sigma0(w11); f += 0x84c87814 + w10; f += choose(c, d, e); f += Sigma1(c); b += f; f += Sigma0(g) + majority(g, h, a);
    w11 += sigma1(w9) + w4 + sigma0(w12); e += 0x8cc70208 + w11; e += choose(b, c, d); e += Sigma1(b); a += e; e += Sigma0(f) + majority(f, g, h);
    w12 += sigma1(w10) + w5 + sigma0(w13); d += 0x90befffa + w12; d += choose(a, b, c); d += Sigma1(a); h += d; d += Sigma0(e) + majority(e, f, g);
    w13 += sigma1(w11) + w6 + sigma0(w14); c += 0xa4506ceb + w13; c += choose(h, a, b); c += Sigma1(h); g += c; c += Sigma0(d) + majority(d, e, f);
    w14 += sigma1(w12) + w7 + sigma0(w15); b += 0xbef9a3f7 + w14; b += choose(g, h, a); b += Sigma1(g); f += b; b += Sigma0(c) + majority(c, d, e);
    w15 += sigma1(w13) + w8 + sigma0(w0); a += 0xc67178f2 + w15; a += choose(f, g, h); a += Sigma1(f); e += a; a += Sigma0(b) + majority(b, c, d);
    a += a0; b += b0; c += c0; d += d0; e += e0; f += f0; g += g0; h += h0;
  }
  store<u32>(state, a);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, d, 12);
  store<u32>(state, e, 16);
  store<u32>(state, f, 20);
  store<u32>(state, g, 24);
  store<u32>(state, h, 28);
}

/** The words before the first block. */
export function sha256Initial(state: usize): void {
  store<u32>(state, 0x6a09e667);
  store<u32>(state, 0xbb67ae85, 4);
  store<u32>(state, 0x3c6ef372, 8);
  store<u32>(state, 0xa54ff53a, 12);
  store<u32>(state, 0x510e527f, 16);
  store<u32>(state, 0x9b05688c, 20);
  store<u32>(state, 0x1f83d9ab, 24);
  store<u32>(state, 0x5be0cd19, 28);
}

/** Begins a digest in SHA256_STATE bytes at `state` (8-byte aligned). */
export function sha256Init(state: usize): void {
  sha256Initial(state);
  store<u64>(state, 0, TAIL);
}

/** Adds `length` bytes at `data`. */
export function sha256Update(state: usize, data: usize, length: u32): void {
  update(state, TAIL, data, length, sha256Blocks);
}

/** Writes the SHA256_BYTES of the digest to `out`; the state must be begun again before it is used again. */
export function sha256Final(state: usize, out: usize): void {
  pad(state, TAIL, true, sha256Blocks);
  store<u32>(out, bswap<u32>(load<u32>(state)));
  store<u32>(out, bswap<u32>(load<u32>(state, 4)), 4);
  store<u32>(out, bswap<u32>(load<u32>(state, 8)), 8);
  store<u32>(out, bswap<u32>(load<u32>(state, 12)), 12);
  store<u32>(out, bswap<u32>(load<u32>(state, 16)), 16);
  store<u32>(out, bswap<u32>(load<u32>(state, 20)), 20);
  store<u32>(out, bswap<u32>(load<u32>(state, 24)), 24);
  store<u32>(out, bswap<u32>(load<u32>(state, 28)), 28);
}

const SCRATCH = memory.data(104, 8);

/** Digest of `length` bytes at `data`, written to `out`. */
export function sha256(data: usize, length: u32, out: usize): void {
  sha256Init(SCRATCH);
  sha256Update(SCRATCH, data, length);
  sha256Final(SCRATCH, out);
}
