// Letters of conn.history (Zeek's documentation of conn.log lists them).

import { Flow, RESP } from "./flow";
import { FlowRare, rareOf } from "./rare";

export const HIST_SYN: u32 = 1;
export const HIST_FIN: u32 = 2;
export const HIST_RST: u32 = 4;
export const HIST_FIN_RST: u32 = 8;
export const HIST_DATA: u32 = 16;
export const HIST_ACK: u32 = 32;
export const HIST_MULTI: u32 = 64;

/** Longest history kept; further letters are dropped. */
export const MAX_HISTORY: u32 = 40;
/** Letters that lie in the flow itself. */
const INLINE: u32 = 24;

const text: usize = memory.data(48, 16);

/** Appends a letter. */
export function addHistory(flow: Flow, letter: u32): void {
  const n = <u32>flow.historyLength;
  if (n < INLINE) store<u8>(changetype<usize>(flow) + offsetof<Flow>("history0") + n, letter);
  else {
    if (n >= MAX_HISTORY) return;
    const rare = rareOf(flow);
    if (rare === null) return;
    store<u8>(changetype<usize>(rare) + offsetof<FlowRare>("history3") + (n - INLINE), letter);
  }
  flow.historyLength = <u8>(n + 1);
}

/** Pointer to the `historyLength` letters, good until the next call. */
export function historyOf(flow: Flow): usize {
  const own = changetype<usize>(flow) + offsetof<Flow>("history0");
  const n = <u32>flow.historyLength;
  if (n <= INLINE) return own;
  memory.copy(text, own, INLINE);
  memory.copy(text + INLINE, <usize>flow.rare + offsetof<FlowRare>("history3"), n - INLINE);
  return text;
}

/** Turns the case of every letter, with `first` in front: both sides changed places. */
export function turnHistory(flow: Flow, first: u32, letters: u32): void {
  const n = letters < MAX_HISTORY ? letters : MAX_HISTORY - 1;
  flow.historyLength = <u8>letters;
  const from = historyOf(flow);
  if (from != text) memory.copy(text, from, n);
  flow.historyLength = 0;
  addHistory(flow, first);
  for (let i: u32 = 0; i < n; i++) {
    const letter = <u32>load<u8>(text + i);
    addHistory(flow, (letter | 32) - 97 < 26 ? letter ^ 32 : letter);
  }
}

// @ts-ignore: decorator
@inline
function cased(dir: u32, letter: u32): u32 {
  return dir == RESP ? letter | 32 : letter;
}

/** Writes `letter` (upper-case) for `dir` unless its bit was set before; true when it was. */
export function noteOnce(flow: Flow, dir: u32, bit: u32, letter: u32): bool {
  const mask = dir == RESP ? bit << 16 : bit;
  if ((flow.historyBits & mask) != 0) return true;
  flow.historyBits |= mask;
  addHistory(flow, cased(dir, letter));
  return false;
}

/** Writes `letter` again. */
export function noteAgain(flow: Flow, dir: u32, letter: u32): void {
  addHistory(flow, cased(dir, letter));
}
