import type { ColumnData } from '../engine/chunk';
import { grown } from './growing';
import { decodeText } from './table';

const FIRST_SLOTS = 1024;
const EMPTY = new Uint8Array(0);

/**
 * Every text of a capture's columns once, by number: 0 is the empty text (and none), the others count from 1 in the order
 * of their first meeting. Rows that repeat a text cost a hash of its bytes and no string.
 */
export class TextPool {
  private bytes = new Uint8Array(1 << 16);
  private used = 0;
  private ends = new Uint32Array(FIRST_SLOTS);
  private hashes = new Uint32Array(FIRST_SLOTS);
  /** The text that bytes stand for: other bytes may, where some are no UTF-8. */
  private same = new Uint32Array(FIRST_SLOTS);
  private slots = new Int32Array(FIRST_SLOTS);
  private mask = FIRST_SLOTS - 1;
  private readonly texts: (string | undefined)[] = [''];
  private exotic: Map<string, number> | null = null;
  /** Hashes differ from run to run, so that nobody can craft texts that collide. */
  private readonly seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  /** One more than the largest number. */
  count = 1;

  /** Number of the text in `data[from .. to)`. */
  intern(data: Uint8Array, from: number, to: number): number {
    if (to <= from) return 0;
    let hash = this.seed;
    let high = 0;
    for (let i = from; i < to; i++) {
      const c = data[i]!;
      high |= c;
      hash = Math.imul(hash ^ c, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    hash >>>= 0;
    const { slots, hashes, ends, mask } = this;
    const length = to - from;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (id === 0) return this.add(slot, hash, high > 127, data, from, to);
      if (hashes[id] !== hash) continue;
      const at = ends[id - 1]!;
      if (ends[id]! - at !== length) continue;
      let i = 0;
      while (i < length && this.bytes[at + i] === data[from + i]) i++;
      if (i === length) return this.same[id]!;
    }
  }

  private add(slot: number, hash: number, exotic: boolean, data: Uint8Array, from: number, to: number): number {
    const id = this.count++;
    if (this.used + to - from > this.bytes.length) this.bytes = grown(this.bytes, this.used + to - from);
    for (let i = from; i < to; i++) this.bytes[this.used++] = data[i]!;
    if (id >= this.ends.length) {
      this.ends = grown(this.ends, id + 1);
      this.hashes = grown(this.hashes, id + 1);
      this.same = grown(this.same, id + 1);
    }
    this.ends[id] = this.used;
    this.hashes[id] = hash;
    this.same[id] = id;
    if (exotic) {
      const text = decodeText(data.subarray(from, to));
      this.exotic ??= new Map();
      const known = this.exotic.get(text);
      if (known === undefined) this.exotic.set(text, id);
      else this.same[id] = known;
    }
    this.slots[slot] = id;
    if (this.count * 2 > this.mask) this.widen();
    return this.same[id]!;
  }

  private widen(): void {
    this.mask = this.mask * 2 + 1;
    this.slots = new Int32Array(this.mask + 1);
    for (let id = 1; id < this.count; id++) {
      let slot = this.hashes[id]! & this.mask;
      while (this.slots[slot]! !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = id;
    }
  }

  /** Number of a text that is at hand as a string. */
  internText(text: string): number {
    const bytes = utf8.encode(text);
    return this.intern(bytes, 0, bytes.length);
  }

  /** The text (bytes that are no UTF-8 as U+FFFD). */
  text(id: number): string {
    return this.texts[id] ??= decodeText(this.bytesOf(id));
  }

  /** Bytes of the text; borrowed. */
  bytesOf(id: number): Uint8Array {
    return id === 0 ? EMPTY : this.bytes.subarray(this.ends[id - 1]!, this.ends[id]!);
  }

  /** Length in bytes. */
  lengthOf(id: number): number {
    return id === 0 ? 0 : this.ends[id]! - this.ends[id - 1]!;
  }

  /** Numbers of a str column's rows into `out[at ..]`; 0 where a row has none. */
  internColumn(column: ColumnData, rows: number, out: Uint32Array, at: number): void {
    const { offsets, data } = column;
    for (let r = 0; r < rows; r++) out[at + r] = this.intern(data, offsets[r]!, offsets[r + 1]!);
  }
}

const utf8 = new TextEncoder();
