// One packet out of the file goes down the layers, and its row is written.

import {
  COUNTER_BYTES, COUNTER_CUT_BYTES, COUNTER_CUT_PACKETS, COUNTER_PACKETS,
} from "../abi/counters";
import { PACKET_FLAG_CUT, PACKET_FLAG_WEIRD } from "../abi/enums";
import { packetRow } from "../columns/packets";
import { clock, setPacket } from "../context";
import { isMine } from "../deal/deal";
import { noteDisorder, shares } from "../deal/share";
import { clearWeirdMark, weirdInPacket } from "../dissect/weird";
import { expireFlows } from "../flow/table";
import { count } from "../memory/counters";
import { link } from "../wire/link";
import { beginPacket, isSettled, noteUndecoded, packetFlags, packetFlow, packetProto } from "../wire/packet";

let nextNumber: u32 = 1;
let log: bool = true;

/** Switches the packet log. */
export function setPacketLog(on: bool): void {
  log = on;
}

/** Number that the next packet gets. */
export function nextPacketNumber(): u32 {
  return nextNumber;
}

/** Numbers packets from `first` on (1 for a whole capture). */
export function numberPacketsFrom(first: u32): void {
  nextNumber = first;
}

/**
 * A packet: `captured` bytes at `p` of `wire` bytes on the wire, at `time` (nanoseconds), read at `offset` of the file on
 * interface row `interfaceRow`.
 */
export function packet(
  time: i64, linktype: u32, interfaceRow: u32, offset: u64, p: usize, captured: u32, wire: u32,
): void {
  setPacket(time, nextNumber++);
  expireFlows();
  if (shares != 1) {
    if (time < clock) noteDisorder();
    if (!isMine(linktype, p, captured)) return;
  }
  count(COUNTER_PACKETS);
  count(COUNTER_BYTES, captured);
  let cut: u32 = 0;
  if (captured < wire) {
    cut = PACKET_FLAG_CUT;
    count(COUNTER_CUT_PACKETS);
    count(COUNTER_CUT_BYTES, wire - captured);
  }
  beginPacket(captured);
  clearWeirdMark();
  link(linktype, p, captured);
  if (!isSettled()) noteUndecoded(packetProto);
  if (!log) return;
  packetRow(
    time, offset, captured, wire, packetFlow, interfaceRow, packetProto, packetFlags | cut | (weirdInPacket ? PACKET_FLAG_WEIRD : 0),
  );
}
