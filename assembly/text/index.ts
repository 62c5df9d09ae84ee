// Logs as text: what the host calls. It lays down programs, chunks and rows in memory that `textReserve` gives.

import { TEXT_SLACK } from "../abi/text";
import { reserve } from "../memory/arena";
import { prepareNumbers } from "./numbers";

export { layOut as textLayOut } from "./chunk";
export { textLay, textOrder } from "./order";
export { textMissing, textMissingKey, textRows, textValue, textWritten } from "./format";

/** `bytes` of memory that stay the host's (it divides and uses them again), with TEXT_SLACK behind them; 0 when memory is short. */
export function textReserve(bytes: u32): usize {
  if (bytes > 0x7fffffff || !prepareNumbers()) return 0;
  return reserve(<usize>bytes + TEXT_SLACK);
}
