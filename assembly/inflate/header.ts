// Headers of blocks (RFC 1951 §3.2.3 to §3.2.7), each step whole or not at all, so that they go on wherever the input was cut.
import {
  INFLATE_BLOCK_TYPE, INFLATE_CODE_LENGTHS, INFLATE_NEEDS_INPUT, INFLATE_NO_END, INFLATE_NO_PREFIX_CODE, INFLATE_REPEATS_NOTHING, INFLATE_STORED_LENGTH,
  INFLATE_TOO_MANY_CODES, INFLATE_TOO_MANY_LENGTHS,
} from "../abi/inflate";
import { Bits, drop, refill } from "./bits";
import {
  AT_CODE_LENGTHS, AT_DISTANCES, AT_LENGTHS, AT_LITERALS, MODE_CODE_LENGTHS, MODE_CODES, MODE_COUNTS, MODE_DONE, MODE_LENGTHS, MODE_STORED, MODE_STORED_LENGTH, Stream,
} from "./state";
import { buildDistances, buildLengthCodes, buildLiterals, LENGTH_CODE_BITS } from "./tables";

/** Order of the code length codes (RFC 1951 §3.2.7). */
const CODE_ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** The first bits of a block, or the end behind the last one. When the mode stays, more input is needed. */
export function readHeader(stream: Stream, input: Bits): u32 {
  if (stream.last) {
    stream.mode = MODE_DONE;
    return INFLATE_NEEDS_INPUT;
  }
  refill(stream, input);
  if (stream.bits < 3) return INFLATE_NEEDS_INPUT;
  const bits = <u32>stream.hold & 7;
  const type = bits >> 1;
  if (type == 3) return INFLATE_BLOCK_TYPE;
  drop(stream, 3);
  stream.last = bits & 1;
  stream.fixed = type == 1 ? 1 : 0;
  if (type == 0) drop(stream, stream.bits & 7);
  stream.mode = type == 0 ? MODE_STORED_LENGTH : type == 1 ? MODE_CODES : MODE_COUNTS;
  return INFLATE_NEEDS_INPUT;
}

/** Length of a stored block, and its complement. */
export function readStoredLength(stream: Stream, input: Bits): u32 {
  refill(stream, input);
  if (stream.bits < 32) return INFLATE_NEEDS_INPUT;
  const length = <u32>stream.hold & 0xffff;
  if ((<u32>stream.hold >> 16) != (length ^ 0xffff)) return INFLATE_STORED_LENGTH;
  drop(stream, 32);
  stream.stored = length;
  stream.mode = MODE_STORED;
  return INFLATE_NEEDS_INPUT;
}

/** How many codes of each kind a block with codes of its own has. */
export function readCounts(stream: Stream, input: Bits): u32 {
  refill(stream, input);
  if (stream.bits < 14) return INFLATE_NEEDS_INPUT;
  const hold = <u32>stream.hold;
  stream.literalCodes = (hold & 31) + 257;
  stream.distanceCodes = ((hold >> 5) & 31) + 1;
  stream.lengthCodes = ((hold >> 10) & 15) + 4;
  if (stream.literalCodes > 286 || stream.distanceCodes > 30) return INFLATE_TOO_MANY_CODES;
  drop(stream, 14);
  stream.index = 0;
  memory.fill(changetype<usize>(stream) + AT_CODE_LENGTHS, 0, 19);
  stream.mode = MODE_CODE_LENGTHS;
  return INFLATE_NEEDS_INPUT;
}

/** Lengths of the code length codes. */
export function readCodeLengths(stream: Stream, input: Bits): u32 {
  const slot = changetype<usize>(stream);
  while (stream.index < stream.lengthCodes) {
    if (stream.bits < 3) {
      refill(stream, input);
      if (stream.bits < 3) return INFLATE_NEEDS_INPUT;
    }
    store<u8>(slot + AT_CODE_LENGTHS + <usize>load<u8>(CODE_ORDER + stream.index), <u32>stream.hold & 7);
    drop(stream, 3);
    stream.index++;
  }
  if (!buildLengthCodes(slot + AT_CODE_LENGTHS, slot + AT_LITERALS)) return INFLATE_CODE_LENGTHS;
  stream.index = 0;
  stream.mode = MODE_LENGTHS;
  return INFLATE_NEEDS_INPUT;
}

/** Lengths of the literal and distance codes, and their tables. */
export function readLengths(stream: Stream, input: Bits): u32 {
  const slot = changetype<usize>(stream);
  const lengths = slot + AT_LENGTHS;
  const count = stream.literalCodes + stream.distanceCodes;
  let i = stream.index;
  while (i < count) {
    // A code and its extra bits: 14 at the most.
    if (stream.bits < 14) refill(stream, input);
    const hold = <u32>stream.hold;
    const entry = load<u32>(slot + AT_LITERALS + ((hold & ((1 << LENGTH_CODE_BITS) - 1)) << 2));
    const size = entry & 15;
    const symbol = (entry >> 16) & 31;
    const extra: u32 = symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
    if (size + extra > stream.bits) {
      stream.index = i;
      return INFLATE_NEEDS_INPUT;
    }
    drop(stream, size + extra);
    if (symbol < 16) {
      store<u8>(lengths + i, symbol);
      i++;
      continue;
    }
    if (symbol == 16 && i == 0) return INFLATE_REPEATS_NOTHING;
    const value: u8 = symbol == 16 ? load<u8>(lengths + i - 1) : 0;
    const times = ((hold >> size) & ((1 << extra) - 1)) + (symbol == 18 ? 11 : 3);
    if (i + times > count) return INFLATE_TOO_MANY_LENGTHS;
    memory.fill(lengths + i, value, times);
    i += times;
  }
  if (load<u8>(lengths + 256) == 0) return INFLATE_NO_END;
  if (!buildTables(stream)) return INFLATE_NO_PREFIX_CODE;
  stream.mode = MODE_CODES;
  return INFLATE_NEEDS_INPUT;
}

/** The tables of the block's codes, from its lengths. */
export function buildTables(stream: Stream): bool {
  const slot = changetype<usize>(stream);
  const literals = stream.literalCodes;
  return buildLiterals(slot + AT_LENGTHS, literals, slot + AT_LITERALS) && buildDistances(slot + AT_LENGTHS + <usize>literals, stream.distanceCodes, slot + AT_DISTANCES);
}
