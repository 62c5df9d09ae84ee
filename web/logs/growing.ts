// Columns that grow row by row, and a set of pairs of numbers: what is worked out of the logs is kept in these, so that a
// row costs bytes instead of objects.

type Typed = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** An array at least `length` long with the same beginning; at least twice as long when it has to grow. */
export function grown<T extends Typed>(array: T, length: number, fill = 0): T {
  if (length <= array.length) return array;
  const Type = array.constructor as new (size: number) => T;
  const wider = new Type(Math.max(length, array.length * 2));
  wider.set(array);
  if (fill !== 0) wider.fill(fill, array.length);
  return wider;
}

/** A column's values as little-endian 32-bit words; columns lie at multiples of eight bytes (openChunk). */
export function words(values: Uint8Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.byteLength >> 2);
}

/** The i64 in words 2i and 2i + 1 as a double; exact below 2^53, within 256 ns for times of this century. */
export function wordsToNumber(pairs: Uint32Array, i: number): number {
  return pairs[i * 2]! + (pairs[i * 2 + 1]! | 0) * 4294967296;
}

/** The same of an unsigned number; exact below 2^53. */
export function unsignedToNumber(pairs: Uint32Array, i: number): number {
  return pairs[i * 2]! + pairs[i * 2 + 1]! * 4294967296;
}

/** Doubles as two words each whose unsigned order is that of the numbers (no NaN), for the radix sort. */
export function numberWords(numbers: Float64Array): { high: Uint32Array; low: Uint32Array } {
  const bits = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
  const high = new Uint32Array(numbers.length);
  const low = new Uint32Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    const [l, h] = [bits[i * 2]!, bits[i * 2 + 1]!];
    // IEEE 754: the magnitudes of negative numbers run the other way. −0 is put with 0.
    const negative = (h >>> 31) === 1;
    const zero = numbers[i] === 0;
    high[i] = zero ? 0x80000000 : negative ? ~h : h ^ 0x80000000;
    low[i] = zero ? 0 : negative ? ~l : l;
  }
  return { high, low };
}

const FIRST_SLOTS = 1024;

/** A set of pairs of unsigned 32-bit numbers, both below 2^32 − 1. */
export class PairSet {
  private keys = new Uint32Array(FIRST_SLOTS * 2).fill(0xffffffff);
  private mask = FIRST_SLOTS - 1;
  /** Pairs so far. */
  size = 0;

  private slot(a: number, b: number): number {
    let hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0xc2b2ae35);
    hash ^= hash >>> 13;
    const { keys, mask } = this;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const first = keys[slot * 2]!;
      if (first === 0xffffffff || (first === a && keys[slot * 2 + 1] === b)) return slot;
    }
  }

  has(a: number, b: number): boolean {
    return this.keys[this.slot(a, b) * 2] !== 0xffffffff;
  }

  /** False when the pair was there already. */
  add(a: number, b: number): boolean {
    const slot = this.slot(a, b);
    if (this.keys[slot * 2] !== 0xffffffff) return false;
    this.keys[slot * 2] = a;
    this.keys[slot * 2 + 1] = b;
    // Three quarters full: a few steps more to a pair cost less than twice the memory.
    if (++this.size * 4 > this.mask * 3) this.widen();
    return true;
  }

  private widen(): void {
    const old = this.keys;
    this.keys = new Uint32Array(old.length * 2).fill(0xffffffff);
    this.mask = this.mask * 2 + 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] === 0xffffffff) continue;
      const slot = this.slot(old[i]!, old[i + 1]!);
      this.keys[slot * 2] = old[i]!;
      this.keys[slot * 2 + 1] = old[i + 1]!;
    }
  }
}

/** Numbers of pairs of unsigned 32-bit numbers (both below 2^32 − 1), given from 0 in the order of their first meeting. */
export class PairNumbers {
  private slots = new Int32Array(FIRST_SLOTS).fill(-1);
  private mask = FIRST_SLOTS - 1;
  private pairs = new Uint32Array(FIRST_SLOTS);
  size = 0;

  private static hash(a: number, b: number): number {
    let hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0xc2b2ae35);
    return hash ^ (hash >>> 13);
  }

  /** The pair's number; a new one when it was not met before. */
  of(a: number, b: number): number {
    const { slots, mask } = this;
    for (let slot = PairNumbers.hash(a, b) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id < 0) {
        const next = this.size++;
        if (next * 2 + 2 > this.pairs.length) this.pairs = grown(this.pairs, next * 2 + 2);
        this.pairs[next * 2] = a;
        this.pairs[next * 2 + 1] = b;
        slots[slot] = next;
        if (this.size * 2 > mask) this.widen();
        return next;
      }
      if (this.pairs[id * 2] === a && this.pairs[id * 2 + 1] === b) return id;
    }
  }

  /** The pair's number; −1 when it was not met. */
  find(a: number, b: number): number {
    const { slots, mask } = this;
    for (let slot = PairNumbers.hash(a, b) & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id < 0 || (this.pairs[id * 2] === a && this.pairs[id * 2 + 1] === b)) return id;
    }
  }

  first(id: number): number {
    return this.pairs[id * 2] ?? 0;
  }

  second(id: number): number {
    return this.pairs[id * 2 + 1] ?? 0;
  }

  private widen(): void {
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array(this.mask + 1).fill(-1);
    for (let id = 0; id < this.size; id++) {
      let slot = PairNumbers.hash(this.pairs[id * 2]!, this.pairs[id * 2 + 1]!) & this.mask;
      while (this.slots[slot]! >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = id;
    }
  }
}
