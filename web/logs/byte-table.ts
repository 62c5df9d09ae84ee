const FIRST_BYTES = 4096;
const FIRST_SLOTS = 256;

/** Texts as bytes, numbered from 0 in the order of their coming: what joins logs without making a string a row. */
export class ByteTable {
  /** How many there are. */
  count = 0;
  private data = new Uint8Array(FIRST_BYTES);
  /** Where each begins; the next one's beginning is its end. */
  private starts = new Uint32Array(FIRST_SLOTS);
  private hashes = new Uint32Array(FIRST_SLOTS);
  /** Number + 1 of the text of each slot; 0 = free. Twice as many as texts at the least. */
  private slots = new Uint32Array(FIRST_SLOTS * 2);
  // Not the same in every run, so that nobody can prepare names that all fall into one place.
  private readonly seed = crypto.getRandomValues(new Uint32Array(1))[0]!;

  private hash(bytes: Uint8Array, from: number, to: number): number {
    let hash = this.seed;
    let i = from;
    for (; i + 4 <= to; i += 4) {
      hash = Math.imul(hash ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    for (; i < to; i++) {
      hash = Math.imul(hash ^ bytes[i]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash >>> 0;
  }

  private slotOf(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const { slots, starts, hashes, data } = this;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]! - 1;
      if (id < 0) return slot;
      const start = starts[id]!;
      if (hashes[id] !== hash || starts[id + 1]! - start !== to - from) continue;
      let i = from;
      while (i < to && bytes[i] === data[start + i - from]) i++;
      if (i === to) return slot;
    }
  }

  /** Number of the text `bytes[from .. to)`; −1 when it is not here. */
  find(bytes: Uint8Array, from: number, to: number): number {
    return this.slots[this.slotOf(bytes, from, to, this.hash(bytes, from, to))]! - 1;
  }

  /** Number of the text, which is taken in when it is new. */
  intern(bytes: Uint8Array, from: number, to: number): number {
    const hash = this.hash(bytes, from, to);
    const slot = this.slotOf(bytes, from, to, hash);
    const known = this.slots[slot]! - 1;
    if (known >= 0) return known;
    const id = this.count++;
    if (id + 2 > this.starts.length) {
      this.starts = grown(this.starts, id + 2);
      this.hashes = grown(this.hashes, id + 2);
    }
    const start = this.starts[id]!;
    const end = start + to - from;
    if (end > this.data.length) {
      const data = new Uint8Array(Math.max(end, this.data.length * 2));
      data.set(this.data);
      this.data = data;
    }
    this.data.set(bytes.subarray(from, to), start);
    this.starts[id + 1] = end;
    this.hashes[id] = hash;
    this.slots[slot] = id + 1;
    if (this.count * 2 > this.slots.length) this.rehash();
    return id;
  }

  private rehash(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = this.hashes[id]! & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = id + 1;
    }
  }
}

function grown(from: Uint32Array<ArrayBuffer>, least: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(Math.max(least, from.length * 2));
  to.set(from);
  return to;
}
