import type { AddressScope, Network } from './address';
import { addressScope, formatAddress, isLocal, LOCAL_SCOPES } from './address';

const WORDS = 4;
const FIRST_SLOTS = 1024;
/** Third little-endian word of an IPv4 address in its mapped form. */
const V4_WORD = 0xffff0000;

/**
 * Every address of a capture once, numbered from 0 in the order of its first meeting, so that columns of 200,000
 * addresses are scanned without making a string a row. Text and scope are worked out when they are asked for.
 */
export class AddressBook {
  private words = new Uint32Array(FIRST_SLOTS * WORDS);
  private slots = new Int32Array(FIRST_SLOTS * 2).fill(-1);
  private readonly texts: string[] = [];
  private readonly scopes: AddressScope[] = [];
  private readonly locals: boolean[] = [];
  private readonly lent = new Uint8Array(WORDS * 4);
  private readonly lentWords = new Uint32Array(this.lent.buffer);
  /** Addresses so far. */
  count = 0;

  constructor(private readonly networks: readonly Network[] = []) {}

  /** Number of the address at `values[at .. at+16)`. */
  intern(values: Uint8Array, at: number): number {
    const a = word(values, at);
    const b = word(values, at + 4);
    const c = word(values, at + 8);
    const d = word(values, at + 12);
    const mask = this.slots.length - 1;
    for (let slot = hashOf(a, b, c, d) & mask; ; slot = (slot + 1) & mask) {
      const id = this.slots[slot] ?? -1;
      if (id < 0) {
        const next = this.count++;
        if (next * WORDS + WORDS > this.words.length) {
          const words = new Uint32Array(this.words.length * 2);
          words.set(this.words);
          this.words = words;
        }
        this.words[next * WORDS] = a;
        this.words[next * WORDS + 1] = b;
        this.words[next * WORDS + 2] = c;
        this.words[next * WORDS + 3] = d;
        this.slots[slot] = next;
        if (this.count * 2 > this.slots.length) this.rehash();
        return next;
      }
      const w = id * WORDS;
      if (this.words[w] === a && this.words[w + 1] === b && this.words[w + 2] === c && this.words[w + 3] === d) return id;
    }
  }

  /** Number of the address at `values[at .. at+16)`; −1 when it was never met. */
  find(values: Uint8Array, at = 0): number {
    const [a, b, c, d] = [word(values, at), word(values, at + 4), word(values, at + 8), word(values, at + 12)];
    const mask = this.slots.length - 1;
    for (let slot = hashOf(a, b, c, d) & mask; ; slot = (slot + 1) & mask) {
      const id = this.slots[slot]!;
      const w = id * WORDS;
      if (id < 0 || (this.words[w] === a && this.words[w + 1] === b && this.words[w + 2] === c && this.words[w + 3] === d)) return id;
    }
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      const w = id * WORDS;
      let slot = hashOf(this.words[w]!, this.words[w + 1]!, this.words[w + 2]!, this.words[w + 3]!) & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }

  /** Addresses as four words each, most significant first, whose unsigned order is that of the addresses: for `orderByWords`. */
  sortWords(ids: Uint32Array): Uint32Array[] {
    return Array.from({ length: WORDS }, (_, i) => ids.map((id) => bigEndian(this.words[id * WORDS + i]!)));
  }

  /** Which address comes first, byte by byte (IPv4 in its mapped form): negative for `a`, positive for `b`, 0 when they are one. */
  compare(a: number, b: number): number {
    for (let i = 0; i < WORDS; i++) {
      const [x, y] = [bigEndian(this.words[a * WORDS + i]!), bigEndian(this.words[b * WORDS + i]!)];
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  }

  /** The 16 bytes of address `id`. */
  bytes(id: number): Uint8Array {
    return this.borrow(id).slice();
  }

  /** The same, until the next address is asked for. */
  borrow(id: number): Uint8Array {
    // Platforms that run WebAssembly have little-endian typed arrays.
    for (let i = 0; i < WORDS; i++) this.lentWords[i] = this.words[id * WORDS + i]!;
    return this.lent;
  }

  /** True for ::ffff:0:0/96. */
  isV4(id: number): boolean {
    const w = id * WORDS;
    return this.words[w] === 0 && this.words[w + 1] === 0 && this.words[w + 2] === V4_WORD;
  }

  /** An IPv4 address as a number, its first byte in the highest bits. */
  v4(id: number): number {
    return bigEndian(this.words[id * WORDS + 3]!);
  }

  text(id: number): string {
    return this.texts[id] ??= this.isV4(id) ? dotted(this.words[id * WORDS + 3] ?? 0) : formatAddress(this.borrow(id));
  }

  scope(id: number): AddressScope {
    return this.scopes[id] ??= addressScope(this.borrow(id));
  }

  /** True for an address of our own side (see `isLocal`). */
  local(id: number): boolean {
    return this.locals[id] ??= LOCAL_SCOPES.has(this.scope(id)) || (this.networks.length > 0 && isLocal(this.borrow(id), this.networks));
  }
}

function hashOf(a: number, b: number, c: number, d: number): number {
  const hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1) ^ Math.imul(c, 0x85ebca6b) ^ Math.imul(d, 0xc2b2ae35), 0x27d4eb2f);
  return hash ^ (hash >>> 15);
}

function dotted(word: number): string {
  return `${word & 255}.${(word >>> 8) & 255}.${(word >>> 16) & 255}.${word >>> 24}`;
}

/** A little-endian word with its bytes the other way round. */
function bigEndian(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

function word(v: Uint8Array, at: number): number {
  return (v[at]! | (v[at + 1]! << 8) | (v[at + 2]! << 16) | (v[at + 3]! << 24)) >>> 0;
}
