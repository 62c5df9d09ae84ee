// One Brotli stream (RFC 7932; sections are of it), from its first bit to its last meta-block.
import { DecodeError } from '../../decode/decoder';
import type { Sink } from '../decode';
import { BROTLI_TRUNCATED, BitReader, damaged, readPrefixCode, type PrefixCode } from './bits';
import { readBlocks, readContextMap, readSmall, stepBlocks } from './blocks';
import { CONTEXT_LSB6, CONTEXT_MSB6, CONTEXT_SIGNED, UTF8_FIRST, UTF8_SECOND, signedContext } from './contexts';
import { dictionaryWord, wordBits } from './dictionary';
import { TRANSFORM_COUNT, transformWord } from './transforms';

const INSERT_BASE = [0, 1, 2, 3, 4, 5, 6, 8, 10, 14, 18, 26, 34, 50, 66, 98, 130, 194, 322, 578, 1090, 2114, 6210, 22594];
const INSERT_EXTRA = [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 24];
const COPY_BASE = [2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 18, 22, 30, 38, 54, 70, 102, 134, 198, 326, 582, 1094, 2118];
const COPY_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 24];
/** First insert and copy length codes of each 64 insert-and-copy symbols (§5). */
const CELL_INSERT = [0, 0, 0, 0, 8, 8, 0, 16, 8, 16, 16];
const CELL_COPY = [0, 8, 0, 8, 0, 8, 16, 0, 16, 8, 16];
/** §4: which of the last distances, and what is added to it, for distance codes 0–15. */
const RING_BACK = [0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1];
const RING_ADD = [0, 0, 0, 0, -1, 1, -2, 2, -3, 3, -1, 1, -2, 2, -3, 3];

/** Decoded bytes are handed out in pieces of this size, so that the sink's caps are heard early. */
const HAND_OUT_BYTES = 65536;

/** Decodes one stream whose encoded bytes are all there. */
export class BrotliStream {
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

  /** Hands out everything that decodes. Throws a DecodeError at damage and at a cut, with what came before handed out. */
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

  private compressed(length: number): void {
    const { reader, ring } = this;
    const literalBlocks = readBlocks(reader);
    const commandBlocks = readBlocks(reader);
    const distanceBlocks = readBlocks(reader);
    const postfix = reader.take(2);
    const direct = reader.take(4) << postfix;
    const modes = Uint8Array.from({ length: literalBlocks.types }, () => reader.take(2));
    const literalTrees = readSmall(reader);
    const literalMap = readContextMap(reader, 64 * literalBlocks.types, literalTrees);
    const distanceTrees = readSmall(reader);
    const distanceMap = readContextMap(reader, 4 * distanceBlocks.types, distanceTrees);
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
      stepBlocks(reader, commandBlocks);
      const command = reader.symbol(pick(commandCodes, commandBlocks.type));
      const cell = command >> 6;
      const insertCode = (CELL_INSERT[cell] ?? 0) + ((command >> 3) & 7);
      const copyCode = (CELL_COPY[cell] ?? 0) + (command & 7);
      const insert = (INSERT_BASE[insertCode] ?? 0) + reader.take(INSERT_EXTRA[insertCode] ?? 0);
      const copy = (COPY_BASE[copyCode] ?? 0) + reader.take(COPY_EXTRA[copyCode] ?? 0);
      if (insert > left) throw damaged('more literals than the meta-block has');
      for (let i = 0; i < insert; i++) {
        stepBlocks(reader, literalBlocks);
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
        stepBlocks(reader, distanceBlocks);
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
