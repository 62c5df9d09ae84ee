// A row of the dns log while it waits: a query for its answer, or an answer for its query.

import { COUNTER_CAP_DNS_PENDING, COUNTER_VALUES_CUT } from "../../abi/counters";
import {
  DNS_AA, DNS_ANSWERS, DNS_OPCODE, DNS_PROTO, DNS_QCLASS, DNS_QTYPE, DNS_QUERY, DNS_RA, DNS_RCODE, DNS_RD, DNS_REJECTED,
  DNS_RTT, DNS_TC, DNS_TRANS_ID, DNS_TTLS, DNS_Z, LOG_DNS,
} from "../../abi/logs";
import { setCommon } from "../../columns/draft";
import { addInterval, addStr, rowBegin, rowEnd, setInt, setStr } from "../../columns/writer";
import { packetNumber, packetTime } from "../../context";
import { Flow } from "../../flow/flow";
import { append, Buffer, free } from "../../memory/buffer";
import { count } from "../../memory/counters";
import { MAX_DNS_PENDING, MAX_DRAFT_BYTES } from "../../memory/limits";
import { allocateZeroed, release } from "../../memory/slab";

/** Handle: pointer, 0 = none. */
@unmanaged
export class Row {
  ts: i64;
  rtt: i64;
  pkt: u32;
  next: u32;
  query: u32; // Buffer
  queryLength: u32;
  queryCapacity: u32;
  answers: u32; // Buffer of items: i64 ttl, u32 length, bytes
  answersLength: u32;
  answersCapacity: u32;
  transId: u16;
  qclass: u16;
  qtype: u16;
  rcode: u16;
  z: u8;
  opcode: u8;
  /** HAS_* and IS_* below. */
  bits: u16;
}
const ROW_BYTES: u32 = 64;
const ITEM_HEAD: u32 = 12;
const SECOND: i64 = 1000000000;

export const HAS_QUERY: u32 = 1;
export const HAS_QUESTION: u32 = 2;
export const HAS_RCODE: u32 = 4;
export const HAS_RTT: u32 = 8;
export const IS_AA: u32 = 16;
export const IS_TC: u32 = 32;
export const IS_RD: u32 = 64;
export const IS_RA: u32 = 128;
export const IS_REJECTED: u32 = 256;
export const SAW_QUERY: u32 = 512;
export const SAW_REPLY: u32 = 1024;

/** Rows in order of arrival: two of them a flow, inside its state. */
@unmanaged
export class Queue {
  head: u32;
  tail: u32;
  rows: u32;
}

const item: usize = memory.data(16, 8);

/** A row dated by the current packet, or null when memory is short. */
export function newRow(transId: u32, opcode: u32): Row | null {
  const at = allocateZeroed(ROW_BYTES);
  if (at == 0) return null;
  const row = changetype<Row>(at);
  row.ts = packetTime;
  row.pkt = packetNumber;
  row.transId = <u16>transId;
  row.opcode = <u8>opcode;
  return row;
}

// @ts-ignore: decorator
@inline
export function setBits(row: Row, bits: u32): void {
  row.bits = <u16>(<u32>row.bits | bits);
}

// @ts-ignore: decorator
@inline
export function hasBits(row: Row, bits: u32): bool {
  return (<u32>row.bits & bits) == bits;
}

// @ts-ignore: decorator
@inline
function queryOf(row: Row): Buffer {
  return changetype<Buffer>(changetype<usize>(row) + offsetof<Row>("query"));
}

// @ts-ignore: decorator
@inline
function answersOf(row: Row): Buffer {
  return changetype<Buffer>(changetype<usize>(row) + offsetof<Row>("answers"));
}

/** Sets the name asked for; of several questions the last one counts, as in Zeek. */
export function setQuery(row: Row, name: usize, length: u32): void {
  const buffer = queryOf(row);
  buffer.length = 0;
  if (append(buffer, name, length, MAX_DRAFT_BYTES)) setBits(row, HAS_QUERY);
}

/** Adds an answer and its time to live in seconds. */
export function addAnswer(row: Row, text: usize, length: u32, ttl: u32): void {
  const buffer = answersOf(row);
  if (buffer.length + ITEM_HEAD + length > MAX_DRAFT_BYTES) {
    count(COUNTER_VALUES_CUT);
    return;
  }
  store<i64>(item, <i64>ttl * SECOND);
  store<u32>(item, length, 8);
  if (append(buffer, item, ITEM_HEAD, MAX_DRAFT_BYTES) && !append(buffer, text, length, MAX_DRAFT_BYTES)) {
    buffer.length -= ITEM_HEAD;
  }
}

/** Writes the row to the log and frees it. */
export function emitRow(row: Row, flow: Flow): void {
  const bits = <u32>row.bits;
  rowBegin(LOG_DNS);
  setCommon(flow, row.ts, row.pkt);
  setInt(DNS_PROTO, flow.proto);
  setInt(DNS_TRANS_ID, row.transId);
  if ((bits & HAS_RTT) != 0) setInt(DNS_RTT, <u64>row.rtt);
  if ((bits & HAS_QUERY) != 0) setStr(DNS_QUERY, row.query, row.queryLength);
  if ((bits & HAS_QUESTION) != 0) {
    setInt(DNS_QCLASS, row.qclass);
    setInt(DNS_QTYPE, row.qtype);
  }
  if ((bits & HAS_RCODE) != 0) setInt(DNS_RCODE, row.rcode);
  setInt(DNS_AA, (bits & IS_AA) != 0 ? 1 : 0);
  setInt(DNS_TC, (bits & IS_TC) != 0 ? 1 : 0);
  setInt(DNS_RD, (bits & IS_RD) != 0 ? 1 : 0);
  setInt(DNS_RA, (bits & IS_RA) != 0 ? 1 : 0);
  setInt(DNS_Z, row.z);
  setInt(DNS_REJECTED, (bits & IS_REJECTED) != 0 ? 1 : 0);
  setInt(DNS_OPCODE, row.opcode);
  let at = <usize>row.answers;
  const end = at + row.answersLength;
  while (at < end) {
    const length = load<u32>(at, 8);
    addStr(DNS_ANSWERS, at + ITEM_HEAD, length);
    addInterval(DNS_TTLS, load<i64>(at));
    at += ITEM_HEAD + length;
  }
  rowEnd();
  free(queryOf(row));
  free(answersOf(row));
  release(changetype<usize>(row), ROW_BYTES);
}

/** Takes the oldest row with this transaction id out of the queue; null when there is none. */
export function takeRow(queue: Queue, transId: u32): Row | null {
  let before: u32 = 0;
  let at = queue.head;
  while (at != 0) {
    const row = changetype<Row>(<usize>at);
    if (<u32>row.transId == transId) {
      if (before == 0) queue.head = row.next;
      else changetype<Row>(<usize>before).next = row.next;
      if (queue.tail == at) queue.tail = before;
      queue.rows--;
      row.next = 0;
      return row;
    }
    before = at;
    at = row.next;
  }
  return null;
}

/** Lets a row wait. Beyond MAX_DNS_PENDING the oldest one is written without its counterpart. */
export function keepRow(queue: Queue, row: Row, flow: Flow): void {
  if (queue.rows >= MAX_DNS_PENDING) {
    count(COUNTER_CAP_DNS_PENDING);
    const oldest = changetype<Row>(<usize>queue.head);
    queue.head = oldest.next;
    queue.rows--;
    emitRow(oldest, flow);
  }
  const at = <u32>changetype<usize>(row);
  row.next = 0;
  if (queue.head == 0) queue.head = at;
  else changetype<Row>(<usize>queue.tail).next = at;
  queue.tail = at;
  queue.rows++;
}

/** Writes every row that waits. */
export function emitAll(queue: Queue, flow: Flow): void {
  let at = queue.head;
  while (at != 0) {
    const row = changetype<Row>(<usize>at);
    at = row.next;
    emitRow(row, flow);
  }
  queue.head = 0;
  queue.tail = 0;
  queue.rows = 0;
}
