// One run of a stream over input that is at hand, until the input is used up, the room for output is full, or the data ends.
import {
  INFLATE_AT_BUFFER, INFLATE_DONE, INFLATE_FULL, INFLATE_NEEDS_INPUT, INFLATE_ROOM, INFLATE_WINDOW,
} from "../abi/inflate";
import { Bits, drop } from "./bits";
import { readSymbols } from "./codes";
import { crc32 } from "./crc32";
import { readCodeLengths, readCounts, readHeader, readLengths, readStoredLength } from "./header";
import {
  MODE_CODE_LENGTHS, MODE_CODES, MODE_COUNTS, MODE_HEADER, MODE_LENGTHS, MODE_STORED, MODE_STORED_LENGTH, Stream,
} from "./state";

const INPUT_STATE = changetype<Bits>(memory.data(8, 8));

/** Decodes `length` bytes at `from`; answers INFLATE_*. What the run gave is to be taken before the next one. */
export function run(stream: Stream, from: usize, length: u32): u32 {
  const input = INPUT_STATE;
  input.at = from;
  input.end = from + <usize>length;
  slide(stream);
  const given = stream.out;
  stream.given = given;
  let status: u32 = INFLATE_NEEDS_INPUT;
  for (;;) {
    const mode = stream.mode;
    if (mode == MODE_CODES) status = readSymbols(stream, input);
    else if (mode == MODE_HEADER) status = readHeader(stream, input);
    else if (mode == MODE_LENGTHS) status = readLengths(stream, input);
    else if (mode == MODE_STORED) status = copyStored(stream, input);
    else if (mode == MODE_COUNTS) status = readCounts(stream, input);
    else if (mode == MODE_CODE_LENGTHS) status = readCodeLengths(stream, input);
    else if (mode == MODE_STORED_LENGTH) status = readStoredLength(stream, input);
    else { status = INFLATE_DONE; break; }
    // A step that stays in its mode and has no other status waits for input.
    if (status != INFLATE_NEEDS_INPUT || stream.mode == mode) break;
  }
  if (status == INFLATE_DONE) {
    // Whole bytes that were taken out and not used are of what follows; they came with this run's input.
    input.at -= <usize>(stream.bits >> 3);
    stream.hold = 0;
    stream.bits = 0;
  }
  stream.taken = <u32>(input.at - from);
  if (stream.checked) stream.crc = crc32(stream.crc, given, stream.out - given);
  return status;
}

/** Moves the window to the front when the room behind it is used up. */
function slide(stream: Stream): void {
  const buffer = changetype<usize>(stream) + INFLATE_AT_BUFFER;
  if (<usize>stream.out < buffer + INFLATE_WINDOW + INFLATE_ROOM) return;
  memory.copy(buffer, <usize>stream.out - INFLATE_WINDOW, INFLATE_WINDOW);
  stream.out = <u32>buffer + INFLATE_WINDOW;
}

function copyStored(stream: Stream, input: Bits): u32 {
  const full = changetype<usize>(stream) + INFLATE_AT_BUFFER + INFLATE_WINDOW + INFLATE_ROOM;
  let out = <usize>stream.out;
  // Whole bytes may still be in `hold`.
  while (stream.stored > 0 && stream.bits >= 8 && out < full) {
    store<u8>(out, <u32>stream.hold);
    out++;
    drop(stream, 8);
    stream.stored--;
  }
  if (stream.bits < 8) {
    const count = min(min(<usize>stream.stored, input.end - input.at), out < full ? full - out : 0);
    memory.copy(out, input.at, count);
    out += count;
    input.at += count;
    stream.stored -= <u32>count;
  }
  stream.out = <u32>out;
  if (stream.stored == 0) {
    stream.mode = MODE_HEADER;
    return INFLATE_NEEDS_INPUT;
  }
  return out >= full ? INFLATE_FULL : INFLATE_NEEDS_INPUT;
}
