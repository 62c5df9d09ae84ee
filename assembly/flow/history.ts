// Letters of conn.history (Zeek's documentation of conn.log lists them).

import { addHistory, Flow, RESP } from "./flow";

export const HIST_SYN: u32 = 1;
export const HIST_FIN: u32 = 2;
export const HIST_RST: u32 = 4;
export const HIST_FIN_RST: u32 = 8;
export const HIST_DATA: u32 = 16;
export const HIST_ACK: u32 = 32;
export const HIST_MULTI: u32 = 64;

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
