// Brotli (RFC 7932). The encoded bytes are kept until the end of the body and decoded then; what a stream that breaks
// off decodes to is handed out all the same.
import { DecodeError } from '../../decode/decoder';
import type { ContentDecoder, Sink } from '../decode';
import { BROTLI_TRUNCATED, BitReader, damaged, readPrefixCode, type PrefixCode } from './bits';
import { CONTEXT_LSB6, CONTEXT_MSB6, CONTEXT_SIGNED, UTF8_FIRST, UTF8_SECOND, signedContext } from './contexts';
import { dictionaryWord, wordBits } from './dictionary';
import { TRANSFORM_COUNT, transformWord } from './transforms';

const INSERT_BASE = [0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 18, 26, 34, 50, 66, 98, 130, 194, 322, 578, 1090, 2114, 6210, 22594];
const INSERT_EXTRA = [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24];
const COPY_BASE = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 22, 30, 38, 54, 70, 102, 134, 198, 326, 582, 1094, 2118];
const COPY_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24];
const BLOCK_BASE = [1, 5, 9, 13, 17, 25, 33, 41, 49, 65, 81, 97, 113, 145, 177, 209, 241, 305, 369, 497, 753, 1265, 2289, 4337, 8433, 16625];
const BLOCK_EXTRA = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24];
/** First insert and copy length codes of each 64 insert-and-copy symbols (§5). */
const CELL_INSERT = [0, 0, 0, 0, 8, 8, 0, 16, 8, 16, 16];
const CELL_COPY = [0, 8, 0, 8, 0, 8, 16, 0, 16, 8, 16];
/** §4: which of the last distances, and what is added to it, for distance codes 0–15. */
const RING_BACK = [0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
const RING_ADD = [0, 0, 0, 0, -1, 1, -2, 2, -3, 3, -1, 1, -2, 2, -3, 3];

/** Decoded bytes are handed out in pieces of this size, so that the sink's caps are heard early. */
const HAND_OUT_BYTES = 65536;

/** §6: the blocks of one category and where in them we are. */
interface Blocks {
  readonly types: number;
  readonly typeCode: PrefixCode | null;
  readonly countCode: PrefixCode | null;
  left: number;
  type: number;
  before: number;
}

export class BrotliDecoder implements ContentDecoder {
  private parts: Uint8Array[] = [];
  private size = 0;

  constructor(private readonly sink: Sink) {}

  push(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
    this.size += bytes.length;
  }

  held(): number {
    return this.size;
  }

  close(): void {
    this.parts = [];
    this.size = 0;
  }

  private drop(): Uint8Array {
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.parts = [];
    this.size = 0;
    return whole;
  }

  end(): string {
    try {
      new BrotliStream(this.drop(), this.sink).run();
      return '';
    } catch (error) {
      if (error instanceof DecodeError && error.message === BROTLI_TRUNCATED) return BROTLI_TRUNCATED;
      throw error;
    }
  }
}

class BrotliStream {
  private readonly reader: BitReader;
  private readonly window: number;
  private out = new Uint8Array(2 * HAND_OUT_BYTES);
  private w = 0;
  private handedOut = 0;
  /** Bytes that the window cannot show any more. */
  private gone = 0;
  private readonly ring = [4, 11, 15, 16];

  constructor(bytes: Uint8Array, private readonly sink: Sink) {
    this.reader = new BitReader(bytes);
    this.window = bytes.length === 0 ? 0 : (1 << this.windowBits()) - 16;
  }

  /** §9.1 WBITS. */
  private windowBits(): number {
    const { reader } = this;
    if (reader.take(1) === 0) return 16;
    const high = reader.take(3);
    if (high !== 0) return 17 + high;
    const low = reader.take(3);
    if (low === 1) throw damaged('window size that is not allowed');
    return low === 0 ? 17 : 8 + low;
  }

  run(): void {
    try {
      while (this.metaBlock());
    } finally {
      this.handOut();
    }
  }

  private handOut(): void {
    const from = this.handedOut;
    this.handedOut = this.w;
    if (this.w > from) this.sink(this.out.subarray(from, this.w));
  }

  /** Makes room for `count` bytes; keeps the window. */
  private room(count: number): void {
    if (this.w - this.handedOut >= HAND_OUT_BYTES) this.handOut();
    if (this.w + count <= this.out.length) return;
    this.handOut();
    if (this.w > 2 * this.window) {
      const drop = this.w - this.window;
      this.out.copyWithin(0, drop, this.w);
      this.gone += drop;
      this.w -= drop;
      this.handedOut = this.w;
    }
    if (this.w + count <= this.out.length) return;
    const grown = new Uint8Array(Math.max(this.w + count, this.out.length * 2));
    grown.set(this.out.subarray(0, this.w));
    this.out = grown;
  }

  /** §9.2; false after the last. */
  private metaBlock(): boolean {
    const { reader } = this;
    const last = reader.take(1) === 1;
    if (last && reader.take(1) === 1) return false;
    const nibbles = reader.take(2) + 4;
    if (nibbles === 7) {
      if (reader.take(1) !== 0) throw damaged('reserved bit is set');
      const count = reader.take(2);
      const skip = count === 0 ? 0 : reader.take(count * 8) + 1;
      reader.align();
      if (reader.whole(skip).length < skip) throw new DecodeError(BROTLI_TRUNCATED);
      return !last;
    }
    let length = 0;
    for (let i = 0; i < nibbles; i++) length |= reader.take(4) << (4 * i);
    length++;
    if (!last && reader.take(1) === 1) {
      reader.align();
      this.uncompressed(length);
    } else {
      this.compressed(length);
    }
    return !last;
  }

  private uncompressed(length: number): void {
    for (let left = length; left > 0;) {
      const bytes = this.reader.whole(Math.min(left, HAND_OUT_BYTES));
      if (bytes.length === 0) throw new DecodeError(BROTLI_TRUNCATED);
      this.room(bytes.length);
      this.out.set(bytes, this.w);
      this.w += bytes.length;
      left -= bytes.length;
    }
  }

  /** A number from 1 to 256 (§9.2, NBLTYPES and NTREES). */
  private small(): number {
    const { reader } = this;
    if (reader.take(1) === 0) return 1;
    const bits = reader.take(3);
    return (1 << bits) + reader.take(bits) + 1;
  }

  private blocks(): Blocks {
    const types = this.small();
    if (types === 1) return { types, typeCode: null, countCode: null, left: Infinity, type: 0, before: 1 };
    const typeCode = readPrefixCode(this.reader, types + 2);
    const countCode = readPrefixCode(this.reader, 26);
    return { types, typeCode, countCode, left: this.blockCount(countCode), type: 0, before: 1 };
  }

  private blockCount(code: PrefixCode): number {
    const symbol = this.reader.symbol(code);
    return (BLOCK_BASE[symbol] ?? 1) + this.reader.take(BLOCK_EXTRA[symbol] ?? 0);
  }

  /** Steps into the next element of the category; true when its block type changed. */
  private step(blocks: Blocks): boolean {
    if (blocks.left-- > 0) return false;
    if (!blocks.typeCode || !blocks.countCode) return false;
    const code = this.reader.symbol(blocks.typeCode);
    const type = code === 0 ? blocks.before : code === 1 ? (blocks.type + 1) % blocks.types : code - 2;
    blocks.before = blocks.type;
    blocks.type = type;
    blocks.left = this.blockCount(blocks.countCode) - 1;
    return true;
  }

  /** §7.3. */
  private contextMap(size: number, trees: number): Uint8Array {
    const map = new Uint8Array(size);
    if (trees === 1) return map;
    const { reader } = this;
    const longest = reader.take(1) === 0 ? 0 : reader.take(4) + 1;
    const code = readPrefixCode(reader, trees + longest);
    for (let i = 0; i < size;) {
      const symbol = reader.symbol(code);
      if (symbol === 0 || symbol > longest) {
        map[i++] = symbol === 0 ? 0 : symbol - longest;
        continue;
      }
      i += (1 << symbol) + reader.take(symbol);
      if (i > size) throw damaged('context map that is too long');
    }
    if (reader.take(1) === 1) inverseMoveToFront(map);
    return map;
  }

  private compressed(length: number): void {
    const { reader, ring } = this;
    const literalBlocks = this.blocks();
    const commandBlocks = this.blocks();
    const distanceBlocks = this.blocks();
    const postfix = reader.take(2);
    const direct = reader.take(4) << postfix;
    const modes = Uint8Array.from({ length: literalBlocks.types }, () => reader.take(2));
    const literalTrees = this.small();
    const literalMap = this.contextMap(64 * literalBlocks.types, literalTrees);
    const distanceTrees = this.small();
    const distanceMap = this.contextMap(4 * distanceBlocks.types, distanceTrees);
    const read = (count: number, size: number): PrefixCode[] => Array.from({ length: count }, () => readPrefixCode(reader, size));
    const literalCodes = read(literalTrees, 256);
    const commandCodes = read(commandBlocks.types, 704);
    const distanceCodes = read(distanceTrees, 16 + direct + (48 << postfix));
    const pick = (codes: PrefixCode[], at: number): PrefixCode => {
      const code = codes[at];
      if (!code) throw damaged('context map names a code that is not there');
      return code;
    };

    for (let left = length; left > 0;) {
      this.step(commandBlocks);
      const command = reader.symbol(pick(commandCodes, commandBlocks.type));
      const cell = command >> 6;
      const insertCode = (CELL_INSERT[cell] ?? 0) + ((command >> 3) & 7);
      const copyCode = (CELL_COPY[cell] ?? 0) + (command & 7);
      const insert = (INSERT_BASE[insertCode] ?? 0) + reader.take(INSERT_EXTRA[insertCode] ?? 0);
      const copy = (COPY_BASE[copyCode] ?? 0) + reader.take(COPY_EXTRA[copyCode] ?? 0);
      if (insert > left) throw damaged('more literals than the meta-block has');
      for (let i = 0; i < insert; i++) {
        this.step(literalBlocks);
        if ((i & 0xffff) === 0) this.room(Math.min(insert - i, 0x10000));
        const { out, w } = this;
        const p1 = w > 0 ? out[w - 1] ?? 0 : 0;
        const p2 = w > 1 ? out[w - 2] ?? 0 : 0;
        const mode = modes[literalBlocks.type] ?? 0;
        const context = mode === CONTEXT_LSB6 ? p1 & 63 : mode === CONTEXT_MSB6 ? p1 >> 2
          : mode === CONTEXT_SIGNED ? signedContext(p1, p2) : (UTF8_FIRST[p1] ?? 0) | (UTF8_SECOND[p2] ?? 0);
        out[this.w++] = reader.symbol(pick(literalCodes, literalMap[literalBlocks.type * 64 + context] ?? 0));
      }
      left -= insert;
      if (left === 0) break;

      let distance = ring[0] ?? 0;
      let code = 0;
      if (command >= 128) {
        this.step(distanceBlocks);
        const context = copy > 4 ? 3 : copy - 2;
        code = reader.symbol(pick(distanceCodes, distanceMap[distanceBlocks.type * 4 + context] ?? 0));
        distance = this.distance(code, postfix, direct);
      }
      const reach = Math.min(this.window, this.gone + this.w);
      if (distance > reach) {
        left -= this.word(copy, distance - reach - 1, left);
        continue;
      }
      if (copy > left) throw damaged('a copy beyond the meta-block');
      if (code !== 0) {
        ring.unshift(distance);
        ring.pop();
      }
      this.copy(distance, copy);
      left -= copy;
    }
  }

  /** §4. */
  private distance(code: number, postfix: number, direct: number): number {
    if (code < 16) {
      const distance = (this.ring[RING_BACK[code] ?? 0] ?? 0) + (RING_ADD[code] ?? 0);
      if (distance <= 0) throw damaged('distance that is not positive');
      return distance;
    }
    if (code < 16 + direct) return code - 15;
    const rest = code - direct - 16;
    const bits = 1 + (rest >> (postfix + 1));
    const offset = ((2 + ((rest >> postfix) & 1)) << bits) - 4;
    return ((offset + this.reader.take(bits)) << postfix) + (rest & ((1 << postfix) - 1)) + direct + 1;
  }

  /** §8: a word of the static dictionary; answers how many bytes it made. */
  private word(length: number, id: number, left: number): number {
    const bits = wordBits(length);
    const transform = id >> bits;
    if (bits === 0 || transform >= TRANSFORM_COUNT) throw damaged('no such dictionary word');
    const bytes = transformWord(dictionaryWord(length, id & ((1 << bits) - 1)), transform);
    if (bytes.length > left) throw damaged('a word beyond the meta-block');
    this.room(bytes.length);
    this.out.set(bytes, this.w);
    this.w += bytes.length;
    return bytes.length;
  }

  private copy(distance: number, length: number): void {
    for (let done = 0; done < length;) {
      const count = Math.min(length - done, HAND_OUT_BYTES);
      this.room(count);
      const { out } = this;
      const w = this.w;
      if (distance >= count) out.copyWithin(w, w - distance, w - distance + count);
      else for (let i = 0; i < count; i++) out[w + i] = out[w + i - distance] ?? 0;
      this.w += count;
      done += count;
    }
  }
}

function inverseMoveToFront(map: Uint8Array): void {
  const order = Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0; i < map.length; i++) {
    const index = map[i] ?? 0;
    const value = order[index] ?? 0;
    map[i] = value;
    order.splice(index, 1);
    order.unshift(value);
  }
}
