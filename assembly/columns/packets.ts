// The packet log has a row for every packet and no column that may be null or longer than another: its rows are written at places
// that are looked up once, and its validity when a chunk is handed over.

import { CHUNK_ROWS } from "../abi/columns";
import {
  ENGINE_LOGS, LOG_PACKET, PACKET_CAPLEN, PACKET_FLAGS, PACKET_FLOW, PACKET_INTERFACE, PACKET_LEN, PACKET_OFFSET, PACKET_PROTO,
  PACKET_TS,
} from "../abi/logs";
import { flush, setRows, validateAll, valuesOf } from "./writer";

let times: usize = 0;
let offsets: usize = 0;
let captured: usize = 0;
let lengths: usize = 0;
let flows: usize = 0;
let interfaces: usize = 0;
let protos: usize = 0;
let flags: usize = 0;
let rows: u32 = 0;

function prepare(): void {
  times = valuesOf(LOG_PACKET, PACKET_TS);
  offsets = valuesOf(LOG_PACKET, PACKET_OFFSET);
  captured = valuesOf(LOG_PACKET, PACKET_CAPLEN);
  lengths = valuesOf(LOG_PACKET, PACKET_LEN);
  flows = valuesOf(LOG_PACKET, PACKET_FLOW);
  interfaces = valuesOf(LOG_PACKET, PACKET_INTERFACE);
  protos = valuesOf(LOG_PACKET, PACKET_PROTO);
  flags = valuesOf(LOG_PACKET, PACKET_FLAGS);
}

// Hands over the rows so far.
function flushPackets(): void {
  if (rows == 0) return;
  setRows(LOG_PACKET, rows);
  validateAll(LOG_PACKET);
  rows = 0;
  flush(LOG_PACKET);
}

/** Hands over every chunk of every log that has rows. */
export function flushAll(): void {
  for (let log: u32 = 0; log < ENGINE_LOGS; log++) {
    if (log == LOG_PACKET) flushPackets();
    else flush(log);
  }
}

/** Writes the row of a packet; the columns are those of PACKET_SCHEMA. */
export function packetRow(
  time: i64, offset: u64, caplen: u32, len: u32, flow: u32, interfaceRow: u32, proto: u32, bits: u32,
): void {
  if (times == 0) prepare();
  const r = <usize>rows;
  store<i64>(times + (r << 3), time);
  store<u64>(offsets + (r << 3), offset);
  store<u32>(captured + (r << 2), caplen);
  store<u32>(lengths + (r << 2), len);
  store<u32>(flows + (r << 2), flow);
  store<u16>(interfaces + (r << 1), interfaceRow);
  store<u8>(protos + r, proto);
  store<u8>(flags + r, bits);
  rows++;
  if (rows == CHUNK_ROWS) flushPackets();
}
