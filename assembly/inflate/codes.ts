// The symbols of a block. Where input and room cannot end within a symbol they are decoded at full speed; the last ones
// before the input ends are decoded one by one, each whole or not at all.
import { INFLATE_AT_BUFFER, INFLATE_FAR, INFLATE_FULL, INFLATE_NEEDS_INPUT, INFLATE_NO_CODE, INFLATE_NO_DISTANCE, INFLATE_ROOM, INFLATE_WINDOW } from "../abi/inflate";
import { Bits, refill } from "./bits";
import { copyMatch } from "./copy";
import { AT_DISTANCES, AT_LITERALS, MODE_HEADER, Stream } from "./state";
import { DISTANCE_BITS, END_OF_BLOCK, FIXED_DISTANCES, FIXED_LITERALS, LITERAL, LITERAL_BITS, SECOND_LEVEL, SPECIAL } from "./tables";

const LITERAL_MASK: u64 = (1 << LITERAL_BITS) - 1;
const DISTANCE_MASK: u64 = (1 << DISTANCE_BITS) - 1;
/** Input that one turn of the fast loop may look at: two words of eight bytes, the second up to seven bytes further. */
const READ_AHEAD: usize = 16;

/** All that the entry takes; what stands above its code are its extra bits. */
// @ts-ignore: decorator
@inline
function valueOf(entry: u32, hold: u64): u32 {
  return (entry >> 16) + ((<u32>hold & ((1 << (entry & 31)) - 1)) >> ((entry >> 8) & 15));
}

/** Entry of the second level to which one of the first leads; `hold` begins behind the first level's bits. */
// @ts-ignore: decorator
@inline
function secondOf(table: usize, entry: u32, hold: u64): u32 {
  return load<u32>(table + (<usize>((entry >> 16) + (<u32>hold & ((1 << ((entry >> 8) & 15)) - 1))) << 2));
}

/** Symbols until the block ends (answers INFLATE_NEEDS_INPUT with the mode set), the room is full or the input used up. */
export function readSymbols(stream: Stream, bits: Bits): u32 {
  const slot = changetype<usize>(stream);
  const literals = stream.fixed ? FIXED_LITERALS : slot + AT_LITERALS;
  const distances = stream.fixed ? FIXED_DISTANCES : slot + AT_DISTANCES;
  const buffer = slot + INFLATE_AT_BUFFER;
  const full = buffer + INFLATE_WINDOW + INFLATE_ROOM;
  let status: u32 = INFLATE_NEEDS_INPUT;
  for (;;) {
    status = fastSymbols(stream, bits, literals, distances, buffer, full);
    if (status != INFLATE_NEEDS_INPUT || stream.mode == MODE_HEADER) return status;
    if (<usize>stream.out >= full) return INFLATE_FULL;
    status = oneSymbol(stream, bits, literals, distances, buffer);
    if (status == GOES_ON) continue;
    return status;
  }
}

/** One symbol was decoded. */
const GOES_ON: u32 = 0xff;

function fastSymbols(stream: Stream, state: Bits, literals: usize, distances: usize, buffer: usize, full: usize): u32 {
  let at = state.at;
  const end = state.end;
  if (at + READ_AHEAD > end) return INFLATE_NEEDS_INPUT;
  const safe = end - READ_AHEAD;
  let hold = stream.hold;
  let bits = stream.bits;
  let out = <usize>stream.out;
  let status: u32 = INFLATE_NEEDS_INPUT;
  while (at <= safe && out < full) {
    // At least 56 bits; those above `bits` are the bits of the next bytes, which are or'ed in once more the next time.
    hold |= load<u64>(at) << <u64>bits;
    at += <usize>((63 - bits) >> 3);
    bits |= 56;
    let entry = load<u32>(literals + (<usize>(hold & LITERAL_MASK) << 2));
    // Taking a literal is written out: what it changes are locals, which no function could.
    if (entry & LITERAL) {
      // A first-level entry takes 11 bits at the most: three literals, or two and a length with its extra bits, are there.
      hold >>= <u64>entry; bits -= entry & 15;
      store<u8>(out, entry >> 16);
      out++;
      entry = load<u32>(literals + (<usize>(hold & LITERAL_MASK) << 2));
      if (entry & LITERAL) {
        hold >>= <u64>entry; bits -= entry & 15;
        store<u8>(out, entry >> 16);
        out++;
        entry = load<u32>(literals + (<usize>(hold & LITERAL_MASK) << 2));
        if (entry & LITERAL) {
          hold >>= <u64>entry; bits -= entry & 15;
          store<u8>(out, entry >> 16);
          out++;
          continue;
        }
      }
    }
    if (entry & SPECIAL) {
      if (entry & SECOND_LEVEL) {
        hold >>= LITERAL_BITS; bits -= LITERAL_BITS;
        entry = secondOf(literals, entry, hold);
        if (entry & LITERAL) {
          hold >>= <u64>entry; bits -= entry & 15;
          store<u8>(out, entry >> 16);
          out++;
          continue;
        }
      }
      if (entry & SPECIAL) {
        hold >>= <u64>(entry & 15); bits -= entry & 15;
        if (entry & END_OF_BLOCK) stream.mode = MODE_HEADER;
        else status = INFLATE_NO_CODE;
        break;
      }
    }
    const length = valueOf(entry, hold);
    hold >>= <u64>(entry & 31); bits -= entry & 31;

    // A distance takes 28 bits at the most.
    if (bits < 28) {
      hold |= load<u64>(at) << <u64>bits;
      at += <usize>((63 - bits) >> 3);
      bits |= 56;
    }
    entry = load<u32>(distances + (<usize>(hold & DISTANCE_MASK) << 2));
    if (entry & SPECIAL) {
      if (entry & SECOND_LEVEL) {
        hold >>= DISTANCE_BITS; bits -= DISTANCE_BITS;
        entry = secondOf(distances, entry, hold);
      }
      if (entry & SPECIAL) { status = INFLATE_NO_DISTANCE; break; }
    }
    const distance = valueOf(entry, hold);
    hold >>= <u64>(entry & 31); bits -= entry & 31;
    if (<usize>distance > out - buffer) { status = INFLATE_FAR; break; }
    copyMatch(out, distance, length);
    out += <usize>length;
  }
  stream.hold = hold & ((<u64>1 << <u64>bits) - 1);
  stream.bits = bits;
  stream.out = <u32>out;
  state.at = at;
  return status;
}

/** One symbol and, where it is a length, the match; nothing is taken when the input ends in it. */
function oneSymbol(stream: Stream, state: Bits, literals: usize, distances: usize, buffer: usize): u32 {
  refill(stream, state);
  let hold = stream.hold;
  let bits = stream.bits;
  const out = <usize>stream.out;
  let entry = load<u32>(literals + (<usize>(hold & LITERAL_MASK) << 2));
  if (entry & SECOND_LEVEL) {
    if (bits < LITERAL_BITS) return INFLATE_NEEDS_INPUT;
    hold >>= LITERAL_BITS; bits -= LITERAL_BITS;
    entry = secondOf(literals, entry, hold);
  }
  if (((entry >> 8) & 15) > bits) return INFLATE_NEEDS_INPUT;
  if (entry & LITERAL) {
    stream.hold = hold >> <u64>(entry & 15);
    stream.bits = bits - (entry & 15);
    store<u8>(out, entry >> 16);
    stream.out = <u32>out + 1;
    return GOES_ON;
  }
  if (entry & SPECIAL) {
    if (!(entry & END_OF_BLOCK)) return INFLATE_NO_CODE;
    stream.hold = hold >> <u64>(entry & 15);
    stream.bits = bits - (entry & 15);
    stream.mode = MODE_HEADER;
    return INFLATE_NEEDS_INPUT;
  }
  if ((entry & 31) > bits) return INFLATE_NEEDS_INPUT;
  const length = valueOf(entry, hold);
  hold >>= <u64>(entry & 31); bits -= entry & 31;
  entry = load<u32>(distances + (<usize>(hold & DISTANCE_MASK) << 2));
  if (entry & SECOND_LEVEL) {
    if (bits < DISTANCE_BITS) return INFLATE_NEEDS_INPUT;
    hold >>= DISTANCE_BITS; bits -= DISTANCE_BITS;
    entry = secondOf(distances, entry, hold);
  }
  if (((entry >> 8) & 15) > bits) return INFLATE_NEEDS_INPUT;
  if (entry & SPECIAL) return INFLATE_NO_DISTANCE;
  if ((entry & 31) > bits) return INFLATE_NEEDS_INPUT;
  const distance = valueOf(entry, hold);
  if (<usize>distance > out - buffer) return INFLATE_FAR;
  stream.hold = hold >> <u64>(entry & 31);
  stream.bits = bits - (entry & 31);
  copyMatch(out, distance, length);
  stream.out = <u32>out + length;
  return GOES_ON;
}
