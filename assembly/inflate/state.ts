// The state of a stream at the front of its slot. Its code lengths are part of it, its tables are not: they are made again
// from the lengths when the stream comes back to a slot.
import {
  INFLATE_AT_BUFFER, INFLATE_AT_CRC, INFLATE_AT_GIVEN, INFLATE_AT_OUT, INFLATE_AT_TAKEN, INFLATE_ROOM, INFLATE_SLOT_BYTES, INFLATE_STATE_BYTES, INFLATE_WINDOW,
} from "../abi/inflate";
import { DISTANCE_TABLE_BYTES, LITERAL_TABLE_BYTES } from "./tables";

export const MODE_HEADER: u32 = 0;
export const MODE_STORED_LENGTH: u32 = 1;
export const MODE_STORED: u32 = 2;
export const MODE_COUNTS: u32 = 3;
export const MODE_CODE_LENGTHS: u32 = 4;
export const MODE_LENGTHS: u32 = 5;
export const MODE_CODES: u32 = 6;
export const MODE_DONE: u32 = 7;

@unmanaged
export class Stream {
  /** Bits taken out of the input and not used yet, the next one lowest; zero above `bits`. */
  hold: u64;
  bits: u32;
  mode: u32;
  given: u32;
  out: u32;
  taken: u32;
  crc: u32;
  /** Nonzero: `crc` is wanted. */
  checked: u32;
  /** Nonzero: the block is the last. */
  last: u32;
  /** Nonzero: the block's codes are those of RFC 1951 §3.2.6. */
  fixed: u32;
  /** Bytes to come of a stored block. */
  stored: u32;
  /** Codes of the block (HLIT + 257, HDIST + 1, HCLEN + 4), and lengths read so far. */
  literalCodes: u32;
  distanceCodes: u32;
  lengthCodes: u32;
  index: u32;
}

if (offsetof<Stream>("given") != INFLATE_AT_GIVEN) ERROR("INFLATE_AT_GIVEN");
if (offsetof<Stream>("out") != INFLATE_AT_OUT) ERROR("INFLATE_AT_OUT");
if (offsetof<Stream>("taken") != INFLATE_AT_TAKEN) ERROR("INFLATE_AT_TAKEN");
if (offsetof<Stream>("crc") != INFLATE_AT_CRC) ERROR("INFLATE_AT_CRC");
if (offsetof<Stream>() > 80) ERROR("the stream's fields reach into its code lengths");

/** Lengths of the code length codes (19), and of the literal and distance codes (286 + 30, and room for one repeat beyond). */
export const AT_CODE_LENGTHS: usize = 80;
export const AT_LENGTHS: usize = 112;
/** Tables of the block. While code lengths are read, theirs lies where the literals' will. */
export const AT_LITERALS: usize = 448;
const AT_DISTANCES_: usize = 448 + 9376;
export const AT_DISTANCES: usize = AT_DISTANCES_;

if (INFLATE_STATE_BYTES < 112 + 320) ERROR("INFLATE_STATE_BYTES");
if (LITERAL_TABLE_BYTES > 9376) ERROR("LITERAL_TABLE_BYTES");
if (AT_DISTANCES_ + DISTANCE_TABLE_BYTES > INFLATE_AT_BUFFER) ERROR("INFLATE_AT_BUFFER");
/** Bytes that a turn of the fast loop may write beyond the room: two literals, a match, a wide copy's rest. */
if (INFLATE_AT_BUFFER + INFLATE_WINDOW + INFLATE_ROOM + 320 > INFLATE_SLOT_BYTES) ERROR("INFLATE_SLOT_BYTES");
