import { DecodeError } from '../../decode/decoder';

export const BROTLI_TRUNCATED = 'compressed content ends early';

/** Says what is wrong with brotli data. */
export function damaged(what: string): DecodeError {
  return new DecodeError(`the brotli data is damaged (${what})`);
}

/** Entries symbol << 4 | length, indexed by the next `bits` bits (RFC 7932 §3.2: codes arrive most significant bit first). */
export interface PrefixCode {
  readonly table: Uint16Array;
  readonly bits: number;
}

/** Bits of a whole stream, least significant first. */
export class BitReader {
  private at = 0;
  private hold = 0;
  private held = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Up to 24 bits. @throws DecodeError at the end of the input */
  take(count: number): number {
    while (this.held < count) {
      if (this.at >= this.bytes.length) throw new DecodeError(BROTLI_TRUNCATED);
      this.hold |= (this.bytes[this.at++] ?? 0) << this.held;
      this.held += 8;
    }
    const value = this.hold & ((1 << count) - 1);
    this.hold >>>= count;
    this.held -= count;
    return value;
  }

  symbol(code: PrefixCode): number {
    while (this.held < code.bits && this.at < this.bytes.length) {
      this.hold |= (this.bytes[this.at++] ?? 0) << this.held;
      this.held += 8;
    }
    const entry = code.table[this.hold & ((1 << code.bits) - 1)] ?? 0;
    const length = entry & 15;
    if (length > this.held) throw new DecodeError(BROTLI_TRUNCATED);
    this.hold >>>= length;
    this.held -= length;
    return entry >> 4;
  }

  /** Drops the bits up to the next byte, which must be zero. */
  align(): void {
    if (this.take(this.held & 7) !== 0) throw damaged('padding that is not zero');
  }

  /** Up to `count` whole bytes from an aligned place; fewer at the end of the input. */
  whole(count: number): Uint8Array {
    this.at -= this.held >> 3;
    this.hold = 0;
    this.held = 0;
    const bytes = this.bytes.subarray(this.at, this.at + count);
    this.at += bytes.length;
    return bytes;
  }
}

/** The canonical code of complete lengths; a single symbol takes no bits. */
export function prefixCode(lengths: Uint8Array): PrefixCode {
  const used: number[] = [];
  let bits = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i] ?? 0;
    if (length === 0) continue;
    used.push(i);
    if (length > bits) bits = length;
  }
  if (used.length === 1) return { table: Uint16Array.of((used[0] ?? 0) << 4), bits: 0 };
  const table = new Uint16Array(1 << bits);
  let code = 0;
  for (let length = 1; length <= bits; length++, code <<= 1) {
    for (const symbol of used) {
      if (lengths[symbol] !== length) continue;
      if (code >= 1 << length) throw damaged('over-subscribed prefix code');
      let reversed = 0;
      for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
      for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
      code++;
    }
  }
  return { table, bits };
}

const CODE_LENGTH_ORDER = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/** RFC 7932 §3.5: the fixed code of code lengths' lengths, by the next four bits. */
const LENGTH_OF_LENGTH: PrefixCode = {
  table: Uint16Array.from([[0, 2], [4, 2], [3, 2], [2, 3], [0, 2], [4, 2], [3, 2], [1, 4], [0, 2], [4, 2], [3, 2], [2, 3], [0, 2], [4, 2], [3, 2], [5, 4]],
    ([symbol, length]) => ((symbol ?? 0) << 4) | (length ?? 0)),
  bits: 4,
};

/** Reads a prefix code over `size` symbols (RFC 7932 §3.4 and §3.5). */
export function readPrefixCode(reader: BitReader, size: number): PrefixCode {
  const skip = reader.take(2);
  return prefixCode(skip === 1 ? simpleLengths(reader, size) : complexLengths(reader, size, skip));
}

function simpleLengths(reader: BitReader, size: number): Uint8Array {
  const count = reader.take(2) + 1;
  const width = 32 - Math.clz32(size - 1);
  const symbols: number[] = [];
  for (let i = 0; i < count; i++) {
    const symbol = reader.take(width);
    if (symbol >= size || symbols.includes(symbol)) throw damaged('simple prefix code with a wrong symbol');
    symbols.push(symbol);
  }
  const lengths = new Uint8Array(size);
  const deep = count === 4 && reader.take(1) === 1;
  const shape = deep ? [1, 2, 3, 3] : [[1], [1, 1], [1, 2, 2], [2, 2, 2, 2]][count - 1] ?? [];
  symbols.forEach((symbol, i) => { lengths[symbol] = shape[i] ?? 0; });
  return lengths;
}

function complexLengths(reader: BitReader, size: number, skip: number): Uint8Array {
  const order = new Uint8Array(18);
  let space = 32;
  let codes = 0;
  for (let i = skip; i < 18 && space > 0; i++) {
    const length = reader.symbol(LENGTH_OF_LENGTH);
    order[CODE_LENGTH_ORDER[i] ?? 0] = length;
    if (length === 0) continue;
    space -= 32 >> length;
    codes++;
  }
  if (space !== 0 && codes !== 1) throw damaged('prefix code of a wrong shape');
  const code = prefixCode(order);
  const lengths = new Uint8Array(size);
  let room = 32768;
  let previous = 8;
  let repeat = 0;
  let repeated = -1;
  for (let i = 0; i < size && room > 0;) {
    const symbol = reader.symbol(code);
    if (symbol < 16) {
      repeat = 0;
      lengths[i++] = symbol;
      if (symbol !== 0) {
        previous = symbol;
        room -= 32768 >> symbol;
      }
      continue;
    }
    const extra = symbol - 14;
    const value = symbol === 16 ? previous : 0;
    if (repeated !== value) repeat = 0;
    repeated = value;
    const before = repeat;
    repeat = (repeat > 0 ? (repeat - 2) << extra : 0) + reader.take(extra) + 3;
    const count = repeat - before;
    if (i + count > size) throw damaged('more code lengths than symbols');
    lengths.fill(value, i, i + count);
    i += count;
    if (value !== 0) room -= count << (15 - value);
  }
  if (room !== 0) throw damaged('prefix code that is not complete');
  return lengths;
}
