// What the host and the decoder of DEFLATE share: how a run ends, and where a stream's state lies in its slot.

/** How `inflateRun` ended; from INFLATE_DAMAGED on the data is damaged, and everything before the damage was given. */
export const INFLATE_NEEDS_INPUT: u32 = 0;
/** The room for output is full: take it and run again. */
export const INFLATE_FULL: u32 = 1;
/** The last block has ended. */
export const INFLATE_DONE: u32 = 2;
export const INFLATE_DAMAGED: u32 = 3;
export const INFLATE_BLOCK_TYPE: u32 = 3;
export const INFLATE_STORED_LENGTH: u32 = 4;
export const INFLATE_TOO_MANY_CODES: u32 = 5;
export const INFLATE_CODE_LENGTHS: u32 = 6;
export const INFLATE_REPEATS_NOTHING: u32 = 7;
export const INFLATE_TOO_MANY_LENGTHS: u32 = 8;
export const INFLATE_NO_END: u32 = 9;
export const INFLATE_NO_PREFIX_CODE: u32 = 10;
export const INFLATE_NO_CODE: u32 = 11;
export const INFLATE_NO_DISTANCE: u32 = 12;
export const INFLATE_FAR: u32 = 13;

/** u32: where the output of the last run begins and ends; the bytes before it, INFLATE_WINDOW at the most, are the window. */
export const INFLATE_AT_GIVEN: u32 = 16;
export const INFLATE_AT_OUT: u32 = 20;
/** u32: bytes of the input that the last run took in, less whole bytes behind the end of the data. */
export const INFLATE_AT_TAKEN: u32 = 24;
/** u32: CRC-32 of all output, where `inflateBegin` was asked for it. */
export const INFLATE_AT_CRC: u32 = 28;
/** The state of a stream without its window: what is kept of it when its slot goes to another. */
export const INFLATE_STATE_BYTES: u32 = 448;
/** Where in the slot its window and output lie. */
export const INFLATE_AT_BUFFER: u32 = 11520;
/** How far back a match reaches (RFC 1951 §2). */
export const INFLATE_WINDOW: u32 = 32768;
/** Output of one run at the most, but for the rest of a match. */
export const INFLATE_ROOM: u32 = 65536;
/** Bytes of a slot: state, tables, window, room, and what the rest of a match and wide copies may write beyond. */
export const INFLATE_SLOT_BYTES: u32 = 110144;
/** Bytes of the input buffer that all streams share. */
export const INFLATE_INPUT_BYTES: u32 = 65536;
