// Inflate (RFC 1951) that takes its input in any pieces, hands out what it could decode of a stream that breaks off, and
// knows where the stream ends. Libraries at hand give up one of the three.

const WINDOW = 32768;
/** The window, a match beyond it, and room to write before bytes are handed out. */
const OUT_BYTES = WINDOW + 65536 + 258;
const FLUSH_AT = WINDOW + 65536;
/** Bytes of input that one symbol and its match may take, with what is read ahead. */
const READ_AHEAD = 12;

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The compressed bytes are not what the format allows. */
export class CorruptStream extends Error {}

/** Entries symbol << 4 | length, indexed by the next `bits` bits; 0 = no such code. */
interface Huffman {
  readonly table: Uint16Array;
  readonly bits: number;
}

/** Canonical code (RFC 1951 §3.2.2) of the given lengths, with the codes' bits reversed as they arrive. */
function huffman(lengths: Uint8Array): Huffman {
  const counts = new Uint16Array(16);
  let bits = 1;
  for (const length of lengths) {
    if (length === 0) continue;
    counts[length] = (counts[length] ?? 0) + 1;
    if (length > bits) bits = length;
  }
  const next = new Uint16Array(16);
  let code = 0;
  for (let length = 1; length <= bits; length++) {
    next[length] = code;
    code += counts[length] ?? 0;
    if (code > 1 << length) throw new CorruptStream('over-subscribed Huffman code');
    code <<= 1;
  }
  const table = new Uint16Array(1 << bits);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const value = next[length] ?? 0;
    next[length] = value + 1;
    let reversed = 0;
    for (let i = 0; i < length; i++) reversed |= ((value >> i) & 1) << (length - 1 - i);
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
  });
  return { table, bits };
}

const FIXED_LITERALS = huffman(Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)));
const FIXED_DISTANCES = huffman(new Uint8Array(30).fill(5));

const enum Step { Header, Stored, Codes, Done }

/** One deflate stream. `sink` gets views that are valid during the call only; what it throws passes through `push`. */
export class Inflate {
  private input = new Uint8Array(0);
  private at = 0;
  private hold = 0;
  private held = 0;
  private out = new Uint8Array(OUT_BYTES);
  private w = 0;
  private handedOut = 0;
  private total = 0;
  private step = Step.Header;
  private last = false;
  private storedLeft = 0;
  private literals = FIXED_LITERALS;
  private distances = FIXED_DISTANCES;

  constructor(private readonly sink: (bytes: Uint8Array) => void) {}

  /** The stream's last block has ended. */
  get done(): boolean {
    return this.step === Step.Done;
  }

  /**
   * Decodes as far as the bytes go and hands everything decoded out. Answers the bytes that follow the stream's end
   * (empty until `done`). @throws CorruptStream after handing out what was decoded before the damage
   */
  push(bytes: Uint8Array): Uint8Array {
    if (this.done) return bytes;
    const rest = this.input.length - this.at;
    if (rest === 0) this.input = bytes as Uint8Array<ArrayBuffer>;
    else {
      const joined = new Uint8Array(rest + bytes.length);
      joined.set(this.input.subarray(this.at));
      joined.set(bytes, rest);
      this.input = joined;
    }
    this.at = 0;
    try {
      while (!this.done && this.advance());
    } finally {
      this.flush();
    }
    if (!this.done) {
      // The caller may reuse its buffer: keep a copy of what waits.
      this.input = this.input.slice(this.at);
      this.at = 0;
      return new Uint8Array(0);
    }
    // Whole bytes that were read ahead go back.
    const left = this.input.subarray(this.at - (this.held >> 3));
    this.input = new Uint8Array(0);
    return left;
  }

  private flush(): void {
    if (this.w > this.handedOut) {
      const from = this.handedOut;
      this.handedOut = this.w;
      this.sink(this.out.subarray(from, this.w));
    }
  }

  private makeRoom(): void {
    if (this.w < FLUSH_AT) return;
    this.flush();
    this.out.copyWithin(0, this.w - WINDOW, this.w);
    this.w = WINDOW;
    this.handedOut = WINDOW;
  }

  /** True when `count` (at most 16) bits are held. */
  private need(count: number): boolean {
    while (this.held < count) {
      if (this.at >= this.input.length) return false;
      this.hold |= (this.input[this.at++] ?? 0) << this.held;
      this.held += 8;
    }
    return true;
  }

  private take(count: number): number {
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.held -= count;
    return value;
  }

  /** One step; false (with nothing taken) when more input is needed. */
  private advance(): boolean {
    if (this.step === Step.Codes) return this.codes();
    if (this.step === Step.Stored) return this.stored();
    const { at, hold, held } = this;
    if (this.header()) return true;
    this.at = at;
    this.hold = hold;
    this.held = held;
    return false;
  }

  private endOfBlock(): void {
    this.step = this.last ? Step.Done : Step.Header;
  }

  private header(): boolean {
    if (!this.need(3)) return false;
    const last = this.take(1) === 1;
    const type = this.take(2);
    if (type === 0) {
      this.take(this.held & 7);
      if (!this.need(16)) return false;
      const length = this.take(16);
      if (!this.need(16)) return false;
      if (this.take(16) !== (length ^ 0xffff)) throw new CorruptStream('stored block with a wrong length');
      this.storedLeft = length;
      this.step = Step.Stored;
    } else if (type === 1) {
      this.literals = FIXED_LITERALS;
      this.distances = FIXED_DISTANCES;
      this.step = Step.Codes;
    } else if (type === 2) {
      if (!this.dynamic()) return false;
      this.step = Step.Codes;
    } else throw new CorruptStream('block of a reserved type');
    this.last = last;
    return true;
  }

  /** RFC 1951 §3.2.7. */
  private dynamic(): boolean {
    if (!this.need(14)) return false;
    const literals = this.take(5) + 257;
    const distances = this.take(5) + 1;
    const count = this.take(4) + 4;
    const order = new Uint8Array(19);
    for (let i = 0; i < count; i++) {
      if (!this.need(3)) return false;
      order[CODE_LENGTH_ORDER[i] ?? 0] = this.take(3);
    }
    const code = huffman(order);
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length;) {
      const symbol = this.symbol(code);
      if (symbol < 0) return false;
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
      if (!this.need(extra)) return false;
      const repeat = this.take(extra) + (symbol === 18 ? 11 : 3);
      if (symbol === 16 && i === 0) throw new CorruptStream('repeats a length before the first');
      if (i + repeat > lengths.length) throw new CorruptStream('more code lengths than codes');
      lengths.fill(symbol === 16 ? lengths[i - 1] ?? 0 : 0, i, i + repeat);
      i += repeat;
    }
    this.literals = huffman(lengths.subarray(0, literals));
    this.distances = huffman(lengths.subarray(literals));
    return true;
  }

  /** The next symbol; -1 when more input is needed. */
  private symbol(code: Huffman): number {
    this.need(code.bits);
    const entry = code.table[this.hold & ((1 << code.bits) - 1)] ?? 0;
    const length = entry & 15;
    if (length === 0 || length > this.held) {
      if (length === 0 && this.held >= code.bits) throw new CorruptStream('no such Huffman code');
      return -1;
    }
    this.hold >>>= length;
    this.held -= length;
    return entry >> 4;
  }

  private stored(): boolean {
    while (this.storedLeft > 0) {
      this.makeRoom();
      if (this.held >= 8) {
        this.out[this.w++] = this.take(8);
        this.storedLeft--;
        this.total++;
        continue;
      }
      const count = Math.min(this.storedLeft, this.input.length - this.at, OUT_BYTES - this.w);
      if (count === 0) return false;
      this.out.set(this.input.subarray(this.at, this.at + count), this.w);
      this.at += count;
      this.w += count;
      this.total += count;
      this.storedLeft -= count;
    }
    this.endOfBlock();
    return true;
  }

  private codes(): boolean {
    for (;;) {
      if (this.manyCodes()) {
        this.endOfBlock();
        return true;
      }
      this.makeRoom();
      if (this.at <= this.input.length - READ_AHEAD) continue;
      const { at, hold, held } = this;
      const symbol = this.symbol(this.literals);
      if (symbol >= 0 && symbol < 256) {
        this.out[this.w++] = symbol;
        this.total++;
        continue;
      }
      if (symbol === 256) {
        this.endOfBlock();
        return true;
      }
      if (symbol < 0 || !this.match(symbol - 257)) {
        this.at = at;
        this.hold = hold;
        this.held = held;
        return false;
      }
    }
  }

  /**
   * The same as one symbol at a time, while neither the input nor the room for output can end within a symbol; state is
   * in locals, which is several times faster. True at the end of the block.
   */
  private manyCodes(): boolean {
    const { input, out } = this;
    const last = input.length - READ_AHEAD;
    const literals = this.literals.table;
    const literalMask = literals.length - 1;
    const distances = this.distances.table;
    const distanceMask = distances.length - 1;
    let { at, hold, held, w } = this;
    const before = this.total - w;
    let end = false;
    let problem = '';
    while (at <= last && w < FLUSH_AT) {
      while (held < 15) {
        hold |= (input[at++] as number) << held;
        held += 8;
      }
      let entry = literals[hold & literalMask] as number;
      const symbol = entry >> 4;
      hold >>>= entry & 15;
      held -= entry & 15;
      if (symbol < 256) {
        if (entry === 0) {
          problem = 'no such Huffman code';
          break;
        }
        out[w++] = symbol;
        continue;
      }
      if (symbol === 256) {
        end = true;
        break;
      }
      const lengthExtra = LENGTH_EXTRA[symbol - 257] ?? 0;
      while (held < 20) {
        hold |= (input[at++] as number) << held;
        held += 8;
      }
      const length = (LENGTH_BASE[symbol - 257] ?? 0) + (hold & ((1 << lengthExtra) - 1));
      hold >>>= lengthExtra;
      held -= lengthExtra;
      entry = distances[hold & distanceMask] as number;
      const distanceCode = entry >> 4;
      hold >>>= entry & 15;
      held -= entry & 15;
      const distanceExtra = distanceCode < 2 ? 0 : (distanceCode >> 1) - 1;
      while (held < distanceExtra) {
        hold |= (input[at++] as number) << held;
        held += 8;
      }
      const distance = (DISTANCE_BASE[distanceCode] ?? 0) + (hold & ((1 << distanceExtra) - 1));
      hold >>>= distanceExtra;
      held -= distanceExtra;
      if (entry === 0 || length < 3 || distanceCode > 29) problem = 'no such match';
      else if (distance > before + w) problem = 'match before the start of the data';
      if (problem !== '') break;
      for (const stop = w + length; w < stop; w++) out[w] = out[w - distance] as number;
    }
    this.at = at;
    this.hold = hold;
    this.held = held;
    this.w = w;
    this.total = before + w;
    if (problem !== '') throw new CorruptStream(problem);
    return end;
  }

  private match(lengthCode: number): boolean {
    const base = LENGTH_BASE[lengthCode];
    if (base === undefined) throw new CorruptStream('no such match length');
    const lengthExtra = LENGTH_EXTRA[lengthCode] ?? 0;
    if (!this.need(lengthExtra)) return false;
    const length = base + this.take(lengthExtra);
    const distanceCode = this.symbol(this.distances);
    if (distanceCode < 0) return false;
    const distanceBase = DISTANCE_BASE[distanceCode];
    if (distanceBase === undefined) throw new CorruptStream('no such match distance');
    const distanceExtra = distanceCode < 2 ? 0 : (distanceCode >> 1) - 1;
    if (!this.need(distanceExtra)) return false;
    const distance = distanceBase + this.take(distanceExtra);
    if (distance > this.total) throw new CorruptStream('match before the start of the data');
    const { out } = this;
    let w = this.w;
    for (let i = 0; i < length; i++, w++) out[w] = out[w - distance] ?? 0;
    this.w = w;
    this.total += length;
    return true;
  }
}
