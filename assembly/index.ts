// The engine's only entry: everything that the host may call. Numbers only cross; pointers are the host's to read at once.

import { ABI_VERSION } from "./abi/logs";
import { OPTION_BODIES, OPTION_PACKET_LOG, OPTION_STREAM_TAP } from "./abi/enums";
import { advance, beginInput, inputFormat, inputPointer, inputSpace, unreadBytes } from "./capture/input";
import { resetInterfaces } from "./capture/interfaces";
import { nextPacketNumber, numberPacketsFrom, packet, setPacketLog } from "./capture/record";
import { chunkDescriptors, chunkRows, flushAll, prepareChunks } from "./columns/writer";
import { resetContext } from "./context";
import { resetBodies, setBodies } from "./dissect/bodies";
import { setStreamTap } from "./dissect/registry";
import { resetCertificates } from "./dissect/tls/index";
import { resetWeirds } from "./dissect/weird";
import { preparePorts } from "./flow/ports";
import { endFlows, liveFlows, prepareFlows } from "./flow/table";
import { counterTable } from "./memory/counters";
import { COUNTER_COUNT } from "./abi/counters";
import { slabBytesInUse } from "./memory/slab";
import { trapLine } from "./memory/trap";
import { endFragments } from "./reassembly/fragments";
import { resetLinks, undecodedLinkCount, undecodedLinks } from "./wire/link";

export {
  digestAllocate, digestFinish, digestFree, digestInput, digestReset, digestUpdate, digestUpdateSha256,
} from "./digest/index";

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
  } else end();
  prepareFlows((<u64>seed << 32) | 0x9e3779b9);
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
/** Slab bytes in use. */
export function slabBytes(): u32 {
  return slabBytesInUse();
}
/** Line of the check that failed last; 0 = none. */
export function trap(): u32 {
  return trapLine;
}
