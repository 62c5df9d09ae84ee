// The engine's only entry: everything that the host may call. Numbers only cross; pointers are the host's to read at once.

import { ABI_VERSION } from "./abi/logs";
import { OPTION_BODIES, OPTION_FLOWS, OPTION_PACKET_LOG, OPTION_SHARE, OPTION_SHARES, OPTION_STREAM_TAP } from "./abi/enums";
import { advance, beginInput, inputFormat, inputPointer, inputSpace, unreadBytes } from "./capture/input";
import { resetInterfaces } from "./capture/interfaces";
import { nextPacketNumber, numberPacketsFrom, packet, setPacketLog } from "./capture/record";
import { flushAll } from "./columns/packets";
import { chunkDescriptors, chunkRows, prepareChunks } from "./columns/writer";
import { resetContext } from "./context";
import { lateRowCount, lateRows, resetLate } from "./deal/late";
import { beginShare, flowKey, homeOf, mine, ordered, partReached, setShare, setShares } from "./deal/share";
import { FRAGMENT_SLOTS, fragmentPairs, resetStrays, strayFlows } from "./deal/strays";
import { resetBodies, setBodies } from "./dissect/bodies";
import { setStreamTap } from "./dissect/registry";
import { prepareServices } from "./dissect/services";
import { resetCertificates } from "./dissect/tls/index";
import { resetWeirds } from "./dissect/weird";
import { preparePorts } from "./flow/ports";
import { endFlows, liveFlows, prepareFlows, setMostFlows } from "./flow/table";
import { counterTable } from "./memory/counters";
import { COUNTER_COUNT } from "./abi/counters";
import { slabBytesInUse } from "./memory/slab";
import { trapLine } from "./memory/trap";
import { endFragments } from "./reassembly/fragments";
import { resetLinks, undecodedLinkCount, undecodedLinks } from "./wire/link";

export {
  digestClose, digestDone, digestEnd, digestInput, digestNextPage, digestOpen, digestPage, digestQueue, digestResult, digestWork,
  sha256Add, sha256Close, sha256Open,
} from "./digest/index";
export { crc32Input, inflateBegin, inflateInput, inflateResume, inflateRun, inflateSlot } from "./inflate/slots";
export { textLay, textLayOut, textMissing, textMissingKey, textOrder, textReserve, textRows, textValue, textWritten } from "./text/index";

let prepared: bool = false;

/** Version of assembly/abi that the engine was compiled with. */
export function abiVersion(): u32 {
  return ABI_VERSION;
}

/** Prepares for a capture; one that is under way is ended first. `seed` is random, so that nobody can craft colliding flows. Results do not depend on it. */
export function begin(seed: u32): void {
  if (!prepared) {
    prepared = true;
    prepareChunks();
    preparePorts();
    prepareServices();
  } else end();
  prepareFlows((<u64>seed << 32) | 0x9e3779b9);
  beginShare((<u64>seed << 32) | 0x9e3779b9);
  resetStrays();
  resetLate();
  memory.fill(counterTable(), 0, COUNTER_COUNT * 8);
  resetContext();
  resetWeirds();
  resetBodies();
  resetCertificates();
  resetLinks();
  resetInterfaces();
  numberPacketsFrom(1);
  beginInput();
}

/** Switches OPTION_* of abi/enums.ts. */
export function configure(option: u32, value: u32): void {
  if (option == OPTION_STREAM_TAP) setStreamTap(value != 0);
  else if (option == OPTION_PACKET_LOG) setPacketLog(value != 0);
  else if (option == OPTION_BODIES) setBodies(value != 0);
  else if (option == OPTION_SHARES) setShares(value);
  else if (option == OPTION_SHARE) setShare(value);
  else if (option == OPTION_FLOWS) setMostFlows(value);
}

/** Where the next bytes of the file go, and how many may. */
export function input(): usize {
  return inputPointer();
}
export function space(): u32 {
  return inputSpace();
}

/** `n` bytes were written at `input()`. Returns CAPTURE_*. */
export function push(n: u32): u32 {
  return advance(n, false);
}

/** The file is over: last records, flows, rows. Returns CAPTURE_*. */
export function finish(): u32 {
  const status = advance(0, true);
  end();
  return status;
}

/** Ends flows and hands over every row, without an end of the file (stopped, or packets given one by one). */
export function end(): void {
  endFragments();
  endFlows();
  flushAll();
}

/** Hands over the rows so far, so that the page sees them. */
export function flushRows(): void {
  flushAll();
}

/**
 * One packet given by itself (following a stream): `captured` bytes were written at `input()`, `number` is its number in
 * the capture, the time is two halves of nanoseconds.
 */
export function pushPacket(number: u32, timeHigh: u32, timeLow: u32, linktype: u32, captured: u32, wire: u32): void {
  numberPacketsFrom(number);
  packet(<i64>((<u64>timeHigh << 32) | <u64>timeLow), linktype, 0, 0, inputPointer(), captured, wire);
}

/** 0 not told, 1 pcap, 2 pcapng. */
export function captureFormat(): u32 {
  return inputFormat();
}
/** Bytes of an unfinished record at the end. */
export function unread(): u32 {
  return unreadBytes();
}
/** Packets so far. */
export function packets(): u32 {
  return nextPacketNumber() - 1;
}
/** Flows in the table. */
export function flows(): u32 {
  return liveFlows();
}
/** Pointer to the counters (abi/counters.ts). */
export function counters(): usize {
  return counterTable();
}
/** Table of link types that were not decoded (wire/link.ts), and its entries. */
export function linkTable(): usize {
  return undecodedLinks();
}
export function linkTableEntries(): u32 {
  return undecodedLinkCount();
}
/** Rows in the chunk of a log, and its column descriptors: valid inside `chunk_ready`. */
export function rowsOf(log: u32): u32 {
  return chunkRows(log);
}
export function descriptorsOf(log: u32): usize {
  return chunkDescriptors(log);
}
// What engines that share a capture compare at its end (deal/).
/** Flows met here that have their home in another engine. */
export function strayFlowCount(): u32 {
  return strayFlows;
}
/** Address pairs between which fragments were met (deal/strays.ts), and how many slots there are; 0 = none. */
export function fragmentTable(): usize {
  return fragmentPairs();
}
export function fragmentSlots(): u32 {
  return FRAGMENT_SLOTS;
}
/** Not 0: a cap that is divided among the engines was reached and no counter says so. */
export function isPartReached(): u32 {
  return partReached ? 1 : 0;
}
/** Not 0: no packet was earlier than one before it. */
export function isOrdered(): u32 {
  return ordered ? 1 : 0;
}
/** Rows of the weird log that no packet made: pointer to the entries of deal/late.ts, and how many. */
export function lateTable(): usize {
  return lateRows();
}
export function lateEntries(): u32 {
  return lateRowCount();
}
const flowText: usize = memory.data(64, 16);
/** Where the two addresses (16 bytes each, the originator's first) of the flow go that is asked for. */
export function flowAsked(): usize {
  return flowText;
}
/** 1 when that flow has its home in another engine. */
export function isStray(origPort: u32, respPort: u32, ipProto: u32): u32 {
  return homeOf(flowText, flowText + 16, origPort, respPort, ipProto) != mine ? 1 : 0;
}
/** Its key, the same in all engines. */
export function keyOf(origPort: u32, respPort: u32, ipProto: u32): f64 {
  return flowKey(flowText, flowText + 16, origPort, respPort, ipProto);
}

/** Slab bytes in use. */
export function slabBytes(): u32 {
  return slabBytesInUse();
}
/** Line of the check that failed last; 0 = none. */
export function trap(): u32 {
  return trapLine;
}
