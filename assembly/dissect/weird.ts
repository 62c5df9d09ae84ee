// What was found wrong becomes a row of the weird log, never a stop.

import { MAX_WEIRD_ROWS } from "../abi/columns";
import { COUNTER_CAP_WEIRDS } from "../abi/counters";
import { LOG_WEIRD, WEIRD_ADDL, WEIRD_SOURCE, WEIRD_WEIRD } from "../abi/logs";
import { COL_PKT, COL_TS } from "../abi/logs";
import { WEIRD_COUNT } from "../abi/weirds";
import { setCommon } from "../columns/draft";
import { rowBegin, rowEnd, setInt, setStr } from "../columns/writer";
import { packetNumber, packetTime } from "../context";
import { beginLate, endLate, LATE_FILE, noteWeirdRow } from "../deal/late";
import { leads } from "../deal/share";
import { Flow } from "../flow/flow";
import { FlowRare, rareOf } from "../flow/rare";
import { count } from "../memory/counters";
import { MAX_WEIRDS_FLOW } from "../memory/limits";

const ROWS: usize = memory.data(256 * 4, 16);

if (WEIRD_COUNT > 192 || offsetof<FlowRare>("weirdsSeen0") != 0) ERROR("weirdsSeen of FlowRare has too few bits");
/** Set by a weird of the current packet; the packet row carries it. */
export let weirdInPacket: bool = false;

/** Called before each packet. */
export function clearWeirdMark(): void {
  weirdInPacket = false;
}

function open(code: u32): bool {
  weirdInPacket = true;
  const at = ROWS + ((code < WEIRD_COUNT ? <usize>code : 0) << 2);
  const rows = load<u32>(at);
  if (rows >= MAX_WEIRD_ROWS) {
    count(COUNTER_CAP_WEIRDS);
    return false;
  }
  store<u32>(at, rows + 1);
  noteWeirdRow();
  rowBegin(LOG_WEIRD);
  return true;
}

/** Something wrong in the file, behind the current packet. Of the engines that share a capture, one says so. */
export function weirdFile(code: u32, source: string): void {
  if (!leads()) return;
  beginLate(LATE_FILE);
  weirdPacket(code, source);
  endLate();
}

/** Something wrong in the current packet, outside any flow. `source` is the layer's name as Zeek writes it (`IP`, `ARP`). */
export function weirdPacket(code: u32, source: string): void {
  if (!open(code)) return;
  setInt(COL_TS, <u64>packetTime);
  setInt(COL_PKT, packetNumber);
  setInt(WEIRD_WEIRD, code);
  setSource(source);
  rowEnd();
}

/**
 * Something wrong in a flow, dated by the current packet. `addl` (pointer, length; 0, 0 = none) says what; `source` is the
 * analyzer's name as Zeek writes it (`TCP`, `HTTP`), "" = none. Each weird has one row a flow, as in Zeek's log, and a flow
 * has at most MAX_WEIRDS_FLOW.
 */
export function weirdFlow(flow: Flow, code: u32, source: string, addl: usize = 0, length: u32 = 0): void {
  const rare = rareOf(flow);
  if (rare === null) {
    weirdInPacket = true;
    count(COUNTER_CAP_WEIRDS);
    return;
  }
  const seen = changetype<usize>(rare) + (<usize>(code >> 6) << 3);
  const bit = (<u64>1) << <u64>(code & 63);
  if ((load<u64>(seen) & bit) != 0) {
    weirdInPacket = true;
    return;
  }
  store<u64>(seen, load<u64>(seen) | bit);
  if (rare.weirds >= MAX_WEIRDS_FLOW) {
    count(COUNTER_CAP_WEIRDS);
    return;
  }
  rare.weirds++;
  if (!open(code)) return;
  setCommon(flow, packetTime, packetNumber);
  setInt(WEIRD_WEIRD, code);
  if (length != 0) setStr(WEIRD_ADDL, addl, length);
  setSource(source);
  rowEnd();
}

const text: usize = memory.data(32, 16);
function setSource(source: string): void {
  const n = <u32>source.length;
  if (n == 0 || n > 32) return;
  for (let i: u32 = 0; i < n; i++) store<u8>(text + i, source.charCodeAt(i));
  setStr(WEIRD_SOURCE, text, n);
}

/** Forgets the rows counted, for the next capture. */
export function resetWeirds(): void {
  memory.fill(ROWS, 0, 256 * 4);
}
