/** Random numbers that a seed decides (xorshift128, seeded by splitmix32): the same seed gives the same case anywhere. */
export class Random {
  private readonly state: Uint32Array;

  constructor(seed: number) {
    let s = seed >>> 0;
    this.state = Uint32Array.from({ length: 4 }, () => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = Math.imul(s ^ (s >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) | 1;
    });
  }

  /** 32 random bits. */
  word(): number {
    const [x = 0, , , w = 0] = this.state;
    let t = x ^ (x << 11);
    t ^= t >>> 8;
    this.state.copyWithin(0, 1);
    const next = (w ^ (w >>> 19) ^ t) >>> 0;
    this.state[3] = next;
    return next;
  }

  /** A number from 0 to `below` - 1. */
  below(below: number): number {
    return below <= 1 ? 0 : this.word() % below;
  }

  /** True `times` out of `of`. */
  chance(times: number, of: number): boolean {
    return this.below(of) < times;
  }

  pick<T>(from: readonly T[]): T {
    const found = from[this.below(from.length)];
    if (found === undefined) throw new RangeError('nothing to pick from');
    return found;
  }

  bytes(length: number): Buffer {
    return Buffer.from(Uint8Array.from({ length }, () => this.word() >>> 24));
  }
}
