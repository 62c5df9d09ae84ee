// Many streams at once for the host: a slot holds the state, tables, window and output of one. The host takes slots, and
// when it has MAX_INFLATE_SLOTS keeps the state and window of a stream that waits elsewhere, to put them back later.
import { INFLATE_AT_BUFFER, INFLATE_INPUT_BYTES, INFLATE_SLOT_BYTES, INFLATE_STATE_BYTES, INFLATE_WINDOW } from "../abi/inflate";
import { reserve } from "../memory/arena";
import { MAX_INFLATE_SLOTS } from "../memory/limits";
import { crc32 } from "./crc32";
import { buildTables } from "./header";
import { run } from "./run";
import { AT_CODE_LENGTHS, AT_LITERALS, MODE_CODES, MODE_LENGTHS, Stream } from "./state";
import { buildLengthCodes, prepareTables } from "./tables";

/** What all streams read from, with room for a word beyond it. */
const INPUT = memory.data(65552, 16);

let slots: u32 = 0;

/** Where the host writes input: INFLATE_INPUT_BYTES. */
export function inflateInput(): usize {
  return INPUT;
}

/** A new slot; 0 when there are MAX_INFLATE_SLOTS or the memory cannot grow. Slots are never given back. */
export function inflateSlot(): usize {
  if (slots == MAX_INFLATE_SLOTS) return 0;
  const slot = reserve(INFLATE_SLOT_BYTES);
  if (slot == 0) return 0;
  slots++;
  prepareTables();
  return slot;
}

/** Begins a stream in the slot; `checked` other than 0: its CRC-32 is wanted. */
export function inflateBegin(slot: usize, checked: u32): void {
  memory.fill(slot, 0, INFLATE_STATE_BYTES);
  const stream = changetype<Stream>(slot);
  stream.checked = checked;
  stream.given = <u32>slot + INFLATE_AT_BUFFER;
  stream.out = stream.given;
}

/** Goes on with a stream whose first INFLATE_STATE_BYTES and window (`length` bytes, at INFLATE_AT_BUFFER) were put into the slot. */
export function inflateResume(slot: usize, length: u32): void {
  const stream = changetype<Stream>(slot);
  stream.out = <u32>slot + INFLATE_AT_BUFFER + min<u32>(length, INFLATE_WINDOW);
  stream.given = stream.out;
  if (stream.mode == MODE_CODES && !stream.fixed) buildTables(stream);
  else if (stream.mode == MODE_LENGTHS) buildLengthCodes(slot + AT_CODE_LENGTHS, slot + AT_LITERALS);
}

/** Decodes `length` bytes of the input buffer from the `from`-th on, both clamped to its size; answers INFLATE_*. */
export function inflateRun(slot: usize, from: u32, length: u32): u32 {
  const begin = min<u32>(from, INFLATE_INPUT_BYTES);
  return run(changetype<Stream>(slot), INPUT + <usize>begin, min<u32>(length, INFLATE_INPUT_BYTES - begin));
}

/** CRC-32 (RFC 1952 §8) of the first `length` bytes of the input buffer that follow on data whose CRC is `crc`. */
export function crc32Input(crc: u32, length: u32): u32 {
  return crc32(crc, INPUT, min<u32>(length, INFLATE_INPUT_BYTES));
}
