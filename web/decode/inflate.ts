import { CHUNK_BYTES } from './limits';
import { DecodeError, type StreamDecoder } from './decoder';
import {
  buildTable, DISTANCE_BITS, DISTANCES, FIXED_DISTANCES, FIXED_LITERALS, KIND_BASE, KIND_END, KIND_LITERAL, KIND_TABLE,
  LENGTH_CODE_BITS, LENGTH_CODES, LITERAL_BITS, LITERALS,
} from './huffman';

const WINDOW = 32768;
const LONGEST_MATCH = 258;
/** Room for output at first: most bodies of HTTP need no more. It grows up to CHUNK_BYTES. */
const FIRST_ROOM = 32768;
/** Bytes that one turn of the fast loop takes in at the most: it uses up to 58 bits and leaves 32. */
const READ_AHEAD = 12;
/** Order of the code length codes (RFC 1951 §3.2.7). */
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** An entry's kind where it stands in the entry. */
const KIND_MASK = 3 << 8;
const LITERAL = KIND_LITERAL << 8;
const BASE = KIND_BASE << 8;
const END = KIND_END << 8;
const TABLE = KIND_TABLE << 8;
const LITERAL_MASK = (1 << LITERAL_BITS) - 1;
const DISTANCE_MASK = (1 << DISTANCE_BITS) - 1;
const FAR = 'a match reaches before the start';

const enum Mode { Header, Stored, Codes, Done }

/**
 * DEFLATE (RFC 1951), resumable at every bit. Ours because no library gives all of: everything up to a cut, bounded
 * output a step, a state that can be copied (to read again from the middle), and where the data ended.
 */
export class Inflate implements StreamDecoder {
  /** Bytes of the last push behind the end of the data, once `done`. */
  rest: Uint8Array = new Uint8Array(0);
  private mode: Mode = Mode.Header;
  private last = false;
  private stored = 0;
  private literals: Int32Array = FIXED_LITERALS;
  private distances: Int32Array = FIXED_DISTANCES;
  private out = new Uint8Array(FIRST_ROOM);
  /** Output is given and the window moved to the front, or room made, when there is so much. */
  private full = FIRST_ROOM - LONGEST_MATCH;
  /** Where output goes on, and where what has not been given yet begins. */
  private n = 0;
  private given = 0;
  /** Input: bytes at hand, the next one, and up to 32 bits that were taken out. */
  private input: Uint8Array = new Uint8Array(0);
  private p = 0;
  private hold = 0;
  private bits = 0;

  get done(): boolean {
    return this.mode === Mode.Done;
  }

  *push(input: Uint8Array): Generator<Uint8Array, void> {
    const carried = this.input.length - this.p;
    if (carried > 0) {
      const joined = new Uint8Array(carried + input.length);
      joined.set(this.input.subarray(this.p));
      joined.set(input, carried);
      this.input = joined;
    } else {
      this.input = input;
    }
    this.p = 0;
    let problem: DecodeError | null = null;
    while (this.mode !== Mode.Done) {
      let more = false;
      try {
        more = this.mode === Mode.Header ? this.header() : this.mode === Mode.Stored ? this.copyStored() : this.codes();
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        problem = error;
      }
      if (problem || !more) break;
      if (this.n >= this.full && !this.grow()) yield this.take();
    }
    if (this.n > this.given) yield this.take();
    if (problem) throw problem;
    this.p -= this.bits >> 3;
    this.bits &= 7;
    this.hold &= (1 << this.bits) - 1;
    if (this.mode === Mode.Done) {
      this.rest = this.input.subarray(this.p);
      this.input = this.rest.subarray(this.rest.length);
    } else {
      // A copy: what is carried must not hold on to the caller's buffer, which may be reused (Buffer's slice copies not).
      this.input = new Uint8Array(this.input.subarray(this.p));
    }
    this.p = 0;
  }

  unfinished(): string | null {
    return this.done ? null : 'in the middle of the deflate data';
  }

  remark(): string {
    return '';
  }

  clone(): Inflate {
    const copy = new Inflate();
    const kept = Math.min(this.n, WINDOW);
    copy.out = new Uint8Array(this.out.length);
    copy.full = this.full;
    copy.out.set(this.out.subarray(this.n - kept, this.n));
    copy.n = copy.given = kept;
    copy.mode = this.mode;
    copy.last = this.last;
    copy.stored = this.stored;
    copy.literals = this.literals;
    copy.distances = this.distances;
    copy.input = new Uint8Array(this.input.subarray(this.p));
    copy.hold = this.hold;
    copy.bits = this.bits;
    copy.rest = new Uint8Array(this.rest);
    return copy;
  }

  weight(): number {
    return this.out.length + this.literals.byteLength + this.distances.byteLength + this.input.length;
  }

  private take(): Uint8Array {
    const chunk = this.out.slice(this.given, this.n);
    if (this.n >= this.full) {
      this.out.copyWithin(0, this.n - WINDOW, this.n);
      this.n = WINDOW;
    }
    this.given = this.n;
    return chunk;
  }

  /** More room for output; false when it has all that it may. */
  private grow(): boolean {
    if (this.out.length >= CHUNK_BYTES) return false;
    const larger = new Uint8Array(this.out.length < WINDOW * 2 ? WINDOW * 4 : CHUNK_BYTES);
    larger.set(this.out.subarray(0, this.n));
    this.out = larger;
    this.full = larger.length - LONGEST_MATCH;
    return true;
  }

  /** Sees to it that `count` (≤ 25) bits are in `hold`; false when the input does not have them. */
  private want(count: number): boolean {
    while (this.bits < count) {
      if (this.p >= this.input.length) return false;
      this.hold |= this.input[this.p++]! << this.bits;
      this.bits += 8;
    }
    return true;
  }

  private drop(count: number): void {
    this.hold >>>= count;
    this.bits -= count;
  }

  /** A block's header; read whole or, when it is cut, again from its start with the next push. */
  private header(): boolean {
    const { p, hold, bits } = this;
    if (this.last) { this.mode = Mode.Done; return true; }
    if (this.readHeader()) return true;
    this.p = p; this.hold = hold; this.bits = bits;
    return false;
  }

  private readHeader(): boolean {
    if (!this.want(3)) return false;
    const last = (this.hold & 1) === 1;
    const type = (this.hold >> 1) & 3;
    this.drop(3);
    if (type === 3) throw new DecodeError('the deflate data is damaged (no such block type)');
    if (type === 0) {
      this.drop(this.bits & 7);
      if (!this.want(16)) return false;
      const length = this.hold & 0xffff;
      this.drop(16);
      if (!this.want(16)) return false;
      if ((this.hold & 0xffff) !== (length ^ 0xffff)) throw new DecodeError('the deflate data is damaged (stored length)');
      this.drop(16);
      this.stored = length;
      this.mode = Mode.Stored;
    } else if (type === 1) {
      this.literals = FIXED_LITERALS;
      this.distances = FIXED_DISTANCES;
      this.mode = Mode.Codes;
    } else if (!this.readCodes()) {
      return false;
    }
    this.last = last;
    return true;
  }

  private readCodes(): boolean {
    if (!this.want(14)) return false;
    const literals = (this.hold & 31) + 257;
    const distances = ((this.hold >> 5) & 31) + 1;
    const count = ((this.hold >> 10) & 15) + 4;
    this.drop(14);
    if (literals > 286 || distances > 30) throw new DecodeError('the deflate data is damaged (too many codes)');
    const codeLengths = new Uint8Array(19);
    for (let i = 0; i < count; i++) {
      if (!this.want(3)) return false;
      codeLengths[CODE_ORDER[i]!] = this.hold & 7;
      this.drop(3);
    }
    const table = buildTable(codeLengths, LENGTH_CODES, LENGTH_CODE_BITS, false);
    if (!table) throw new DecodeError('the deflate data is damaged (code lengths)');
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length;) {
      this.want(14);
      const found = table[this.hold & 127]!;
      const size = found & 15;
      const symbol = found >> 10;
      const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : symbol === 18 ? 7 : 0;
      if (size + extra > this.bits) return false;
      const more = (this.hold >> size) & ((1 << extra) - 1);
      this.drop(size + extra);
      if (symbol < 16) { lengths[i++] = symbol; continue; }
      if (symbol === 16 && i === 0) throw new DecodeError('the deflate data is damaged (repeats nothing)');
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const times = more + (symbol === 18 ? 11 : 3);
      if (i + times > lengths.length) throw new DecodeError('the deflate data is damaged (too many code lengths)');
      lengths.fill(value, i, i + times);
      i += times;
    }
    if (lengths[256] === 0) throw new DecodeError('the deflate data is damaged (block without an end)');
    const literalTable = buildTable(lengths.subarray(0, literals), LITERALS, LITERAL_BITS, true);
    const distanceTable = buildTable(lengths.subarray(literals), DISTANCES, DISTANCE_BITS, true);
    if (!literalTable || !distanceTable) throw new DecodeError('the deflate data is damaged (no prefix code)');
    this.literals = literalTable;
    this.distances = distanceTable;
    this.mode = Mode.Codes;
    return true;
  }

  private copyStored(): boolean {
    // Whole bytes may still be in `hold`.
    while (this.stored > 0 && this.bits >= 8 && this.n < this.full) {
      this.out[this.n++] = this.hold & 255;
      this.drop(8);
      this.stored--;
    }
    if (this.bits < 8) {
      const count = Math.min(this.stored, this.input.length - this.p, this.full - this.n);
      this.out.set(this.input.subarray(this.p, this.p + count), this.n);
      this.n += count;
      this.p += count;
      this.stored -= count;
    }
    if (this.stored === 0) { this.mode = Mode.Header; return true; }
    return this.n >= this.full;
  }

  /** Symbols until the block ends, the output is full (both true) or the input is used up (false). */
  private codes(): boolean {
    for (;;) {
      this.manyCodes();
      if (this.mode !== Mode.Codes || this.n >= this.full) return true;
      const { p, hold, bits } = this;
      if (!this.oneCode()) {
        this.p = p; this.hold = hold; this.bits = bits;
        return false;
      }
      if (this.mode !== Mode.Codes) return true;
    }
  }

  /**
   * Symbols as long as neither the input nor the room for output can end within one, so that nothing is looked at twice;
   * the state is in locals meanwhile.
   */
  private manyCodes(): void {
    const { input, out, literals, distances, full } = this;
    const fast = input.length - READ_AHEAD;
    let { p, hold, bits, n } = this;
    let problem = '';
    while (p <= fast && n < full) {
      while (bits < 25) { hold |= input[p++]! << bits; bits += 8; }
      let found = literals[hold & LITERAL_MASK]!;
      if ((found & KIND_MASK) === LITERAL) {
        // A root entry takes at most 10 bits: a second one is there.
        hold >>>= found & 15; bits -= found & 15;
        out[n++] = found >> 10;
        found = literals[hold & LITERAL_MASK]!;
        if ((found & KIND_MASK) === LITERAL) {
          hold >>>= found & 15; bits -= found & 15;
          out[n++] = found >> 10;
          continue;
        }
        while (bits < 25) { hold |= input[p++]! << bits; bits += 8; }
      }
      if ((found & KIND_MASK) === TABLE) {
        hold >>>= LITERAL_BITS; bits -= LITERAL_BITS;
        found = literals[(found >> 10) + (hold & ((1 << ((found >> 4) & 15)) - 1))]!;
        if ((found & KIND_MASK) === LITERAL) {
          hold >>>= found & 15; bits -= found & 15;
          out[n++] = found >> 10;
          continue;
        }
      }
      hold >>>= found & 15; bits -= found & 15;
      if ((found & KIND_MASK) === END) {
        if (found >> 10 !== 0) problem = 'no such code';
        else this.mode = Mode.Header;
        break;
      }
      let extra = (found >> 4) & 15;
      const length = (found >> 10) + (hold & ((1 << extra) - 1));
      hold >>>= extra; bits -= extra;

      while (bits < 25) { hold |= input[p++]! << bits; bits += 8; }
      found = distances[hold & DISTANCE_MASK]!;
      if ((found & KIND_MASK) === TABLE) {
        hold >>>= DISTANCE_BITS; bits -= DISTANCE_BITS;
        found = distances[(found >> 10) + (hold & ((1 << ((found >> 4) & 15)) - 1))]!;
      }
      if ((found & KIND_MASK) !== BASE) { problem = 'no such distance'; break; }
      hold >>>= found & 15; bits -= found & 15;
      extra = (found >> 4) & 15;
      while (bits < extra) { hold |= input[p++]! << bits; bits += 8; }
      const distance = (found >> 10) + (hold & ((1 << extra) - 1));
      hold >>>= extra; bits -= extra;
      if (distance > n) { problem = FAR; break; }
      const to = n + length;
      if (length > 64 && distance >= length) { out.copyWithin(n, n - distance, to - distance); n = to; }
      else for (let from = n - distance; n < to;) out[n++] = out[from++]!;
    }
    this.p = p; this.hold = hold; this.bits = bits; this.n = n;
    if (problem !== '') throw new DecodeError(`the deflate data is damaged (${problem})`);
  }

  /** The entry of the next code, its bits taken; -1 when the input ends before it does. */
  private code(table: Int32Array, rootBits: number): number {
    this.want(15);
    let found = table[this.hold & ((1 << rootBits) - 1)]!;
    let size = found & 15;
    if ((found & KIND_MASK) === TABLE) {
      found = table[(found >> 10) + ((this.hold >>> rootBits) & ((1 << ((found >> 4) & 15)) - 1))]!;
      size += found & 15;
    }
    if (size > this.bits) return -1;
    this.drop(size);
    return found;
  }

  /** What an entry stands for with its extra bits; -1 when the input ends before they do. */
  private withExtra(found: number): number {
    const extra = (found >> 4) & 15;
    if (!this.want(extra)) return -1;
    const value = (found >> 10) + (this.hold & ((1 << extra) - 1));
    this.drop(extra);
    return value;
  }

  /** One symbol and, where it is a length, the match; false, and the state is to be put back, when the input ends in it. */
  private oneCode(): boolean {
    let found = this.code(this.literals, LITERAL_BITS);
    if (found < 0) return false;
    if ((found & KIND_MASK) === LITERAL) { this.out[this.n++] = found >> 10; return true; }
    if ((found & KIND_MASK) === END) {
      if (found >> 10 !== 0) throw new DecodeError('the deflate data is damaged (no such code)');
      this.mode = Mode.Header;
      return true;
    }
    const length = this.withExtra(found);
    if (length < 0) return false;
    found = this.code(this.distances, DISTANCE_BITS);
    if (found < 0) return false;
    if ((found & KIND_MASK) !== BASE) throw new DecodeError('the deflate data is damaged (no such distance)');
    const distance = this.withExtra(found);
    if (distance < 0) return false;
    if (distance > this.n) throw new DecodeError(`the deflate data is damaged (${FAR})`);
    for (let from = this.n - distance, to = this.n + length; this.n < to;) this.out[this.n++] = this.out[from++]!;
    return true;
  }
}
