// XXH64 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), of which zstd keeps the low 32 bits. 64-bit
// numbers are pairs of 32-bit halves: BigInt is twenty times slower.

const P1H = 0x9e3779b1, P1L = 0x85ebca87, P2H = 0xc2b2ae3d, P2L = 0x27d4eb4f, P3H = 0x165667b1, P3L = 0x9e3779f9;
const P4H = 0x85ebca77, P4L = 0xc2b2ae63, P5H = 0x27d4eb2f, P5L = 0x165667c5;
const STRIPE = 32;

/** High half of the product of two unsigned 32-bit numbers. */
function high(a: number, b: number): number {
  const ah = a >>> 16, al = a & 0xffff, bh = b >>> 16, bl = b & 0xffff;
  const middle = ah * bl + ((al * bl) >>> 16);
  const other = al * bh + (middle & 0xffff);
  return ah * bh + (middle >>> 16) + (other >>> 16);
}

/** A running XXH64 with seed 0. */
export class Xxh64 {
  /** Four accumulators as (high, low) pairs: P1 + P2, P2, 0, -P1. */
  private readonly acc = Uint32Array.from([0x60ea27ee, 0xadc0b5d6, P2H, P2L, 0, 0, 0x61c8864e, 0x7a143579]);
  private readonly rest = new Uint8Array(STRIPE);
  private held = 0;
  private length = 0;

  update(bytes: Uint8Array): void {
    this.length += bytes.length;
    let at = 0;
    if (this.held > 0) {
      at = Math.min(STRIPE - this.held, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.held);
      this.held += at;
      if (this.held < STRIPE) return;
      this.stripes(this.rest, 0, STRIPE);
      this.held = 0;
    }
    const end = at + ((bytes.length - at) & ~(STRIPE - 1));
    this.stripes(bytes, at, end);
    this.rest.set(bytes.subarray(end));
    this.held = bytes.length - end;
  }

  clone(): Xxh64 {
    const copy = new Xxh64();
    copy.acc.set(this.acc);
    copy.rest.set(this.rest);
    copy.held = this.held;
    copy.length = this.length;
    return copy;
  }

  private stripes(b: Uint8Array, from: number, to: number): void {
    const { acc } = this;
    for (let lane = 0; lane < 4; lane++) {
      let h = acc[lane * 2]!, l = acc[lane * 2 + 1]!;
      for (let at = from + lane * 8; at < to; at += STRIPE) {
        const il = (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;
        const ih = b[at + 4]! | (b[at + 5]! << 8) | (b[at + 6]! << 16) | (b[at + 7]! << 24);
        // acc = rotl(acc + input × P2, 31) × P1
        const low = l + (Math.imul(il, P2L) >>> 0);
        const hi = (h + high(il, P2L) + Math.imul(il, P2H) + Math.imul(ih, P2L) + (low > 0xffffffff ? 1 : 0)) | 0;
        const lo = low | 0;
        const rh = (hi << 31) | (lo >>> 1), rl = ((lo << 31) | (hi >>> 1)) >>> 0;
        h = (high(rl, P1L) + Math.imul(rl, P1H) + Math.imul(rh, P1L)) | 0;
        l = Math.imul(rl, P1L) >>> 0;
      }
      acc[lane * 2] = h;
      acc[lane * 2 + 1] = l;
    }
  }

  /** Low 32 bits of the hash, unsigned. The object can go on. */
  low32(): number {
    const mask = (1n << 64n) - 1n;
    const big = (h: number, l: number): bigint => (BigInt(h >>> 0) << 32n) | BigInt(l >>> 0);
    const rotl = (x: bigint, r: bigint): bigint => ((x << r) | (x >> (64n - r))) & mask;
    const p1 = big(P1H, P1L), p2 = big(P2H, P2L), p3 = big(P3H, P3L), p4 = big(P4H, P4L), p5 = big(P5H, P5L);
    const round = (acc: bigint, input: bigint): bigint => (rotl((acc + input * p2) & mask, 31n) * p1) & mask;
    let hash: bigint;
    if (this.length >= STRIPE) {
      const lanes = [0, 1, 2, 3].map((lane) => big(this.acc[lane * 2]!, this.acc[lane * 2 + 1]!));
      hash = lanes.reduce((sum, lane, i) => sum + rotl(lane, [1n, 7n, 12n, 18n][i]!), 0n) & mask;
      for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * p1 + p4) & mask;
    } else {
      hash = p5;
    }
    hash = (hash + BigInt(this.length)) & mask;
    const view = new DataView(this.rest.buffer);
    let at = 0;
    for (; at + 8 <= this.held; at += 8) hash = (rotl(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4) & mask;
    if (at + 4 <= this.held) { hash = (rotl(hash ^ ((BigInt(view.getUint32(at, true)) * p1) & mask), 23n) * p2 + p3) & mask; at += 4; }
    for (; at < this.held; at++) hash = (rotl(hash ^ ((BigInt(this.rest[at]!) * p5) & mask), 11n) * p1) & mask;
    hash = ((hash ^ (hash >> 33n)) * p2) & mask;
    hash = ((hash ^ (hash >> 29n)) * p3) & mask;
    return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
  }
}
