// Rows of the weird log are dated by the packet at hand, and nearly all are made by it: of one packet they come from one engine,
// in its order. The others (a flow expires or the capture ends, the file is damaged behind the packet) may come from several
// engines for one packet. What put them in order in a single engine is kept here, so that the host can put them in order.

import { append, Buffer, BUFFER_BYTES } from "../memory/buffer";
import { LARGEST_BLOCK } from "../memory/slab";
import { reachPart, shares } from "./share";

/** Before the packet is looked at: flows whose time is over at it. */
export const LATE_EXPIRED: u32 = 0;
/** 1 is the packet itself. Behind the packet: the file is damaged there. */
export const LATE_FILE: u32 = 2;
/** The capture is over. */
export const LATE_END: u32 = 3;
const NOT_LATE: u32 = 1;
/** u32 row of the weird log, u16 LATE_*, u16 list of flows, i64 place in the list. */
export const LATE_BYTES: u32 = 16;

const buffer: usize = memory.data(16, 8);
const entry: usize = memory.data(16, 8);

let when: u32 = NOT_LATE;
let list: u32 = 0;
let place: i64 = 0;
let row: u32 = 0; // of the weird log, from the capture's start

/** Forgets what was kept, for the next capture. */
export function resetLate(): void {
  changetype<Buffer>(buffer).length = 0;
  row = 0;
  when = NOT_LATE;
}

/** What is written until `endLate` belongs to no packet of its own; `flows` and `at` are the place of the flow that ends. */
export function beginLate(kind: u32, flows: u32 = 0, at: i64 = 0): void {
  when = kind;
  list = flows;
  place = at;
}

/** The packet at hand makes rows again. */
export function endLate(): void {
  when = NOT_LATE;
}

/** A row of the weird log is begun. */
export function noteWeirdRow(): void {
  const mine = row++;
  if (when == NOT_LATE || shares == 1) return;
  store<u32>(entry, mine);
  store<u16>(entry, when, 4);
  store<u16>(entry, list, 6);
  store<i64>(entry, place, 8);
  // More than fit are more than are worth it: one engine does it then.
  if (!append(changetype<Buffer>(buffer), entry, LATE_BYTES, LARGEST_BLOCK)) reachPart();
}

/** Pointer to the entries, and how many there are. */
export function lateRows(): usize {
  return changetype<Buffer>(buffer).data;
}
export function lateRowCount(): u32 {
  return changetype<Buffer>(buffer).length / LATE_BYTES;
}

if (BUFFER_BYTES > 16) ERROR("no room for the buffer");
