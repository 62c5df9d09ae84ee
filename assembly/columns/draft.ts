// A draft is a row that is still being learnt (an HTTP transaction, a DNS query waiting for its answer, a TLS handshake):
// its fields are kept as a run of records in slab memory and written to the chunk when the row is complete.

import { COUNTER_VALUES_CUT } from "../abi/counters";
import {
  COL_FLOW, COL_ORIG_H, COL_ORIG_P, COL_PKT, COL_RESP_H, COL_RESP_P, COL_TS, COL_UID,
} from "../abi/logs";
import { packetNumber, packetTime } from "../context";
import { Flow, origAddress, respAddress, uidOf, UID_BYTES } from "../flow/flow";
import { Buffer, free, makeRoom } from "../memory/buffer";
import { copy } from "../memory/bytes";
import { count } from "../memory/counters";
import { MAX_DRAFT_BYTES } from "../memory/limits";
import { allocate, release } from "../memory/slab";
import { addStr, rowBegin, rowEnd, setAddr, setInt, setStr } from "./writer";

/** A pending row. Handle: a pointer, 0 = none. */
@unmanaged
export class Draft {
  fields: u32; // Buffer
  fieldsLength: u32;
  fieldsCapacity: u32;
  log: u32;
  /** Timestamp and packet of the row's first fact. */
  ts: i64;
  pkt: u32;
  /** Free for the dissector: a link to the next draft, a stage. */
  next: u32;
  tag: u32;
  tag2: u32;
}
const DRAFT_BYTES: u32 = 48;

const KIND_INT: u32 = 0;
const KIND_STR: u32 = 1;
const KIND_ITEM: u32 = 2;
const HEAD: u32 = 8; // u16 column, u16 kind, u32 length
const word: usize = memory.data(8, 8);

// @ts-ignore: decorator
@inline
function bufferOf(draft: Draft): Buffer {
  return changetype<Buffer>(changetype<usize>(draft));
}

/** Opens a draft for a row of `log`, dated by the current packet. Returns null (0) when memory is short: go without. */
export function draftOpen(log: u32): Draft | null {
  const at = allocate(DRAFT_BYTES);
  if (at == 0) return null;
  memory.fill(at, 0, DRAFT_BYTES);
  const draft = changetype<Draft>(at);
  draft.log = log;
  draft.ts = packetTime;
  draft.pkt = packetNumber;
  return draft;
}

function put(draft: Draft, column: u32, kind: u32, bytes: usize, length: u32): void {
  const buffer = bufferOf(draft);
  if (buffer.length + HEAD + length > MAX_DRAFT_BYTES) {
    count(COUNTER_VALUES_CUT);
    return;
  }
  if (!makeRoom(buffer, HEAD + length, MAX_DRAFT_BYTES)) return;
  const at = <usize>(buffer.data + buffer.length);
  store<u16>(at, column);
  store<u16>(at, kind, 2);
  store<u32>(at, length, 4);
  copy(at + HEAD, bytes, length);
  buffer.length += HEAD + length;
}

/** Sets an integer, bool, time or interval column (last value wins). */
export function draftInt(draft: Draft, column: u32, value: u64): void {
  store<u64>(word, value);
  put(draft, column, KIND_INT, word, 8);
}

/** Sets a str column (first value wins). */
export function draftStr(draft: Draft, column: u32, bytes: usize, length: u32): void {
  put(draft, column, KIND_STR, bytes, length);
}

/** Appends an item to a strs column. */
export function draftItem(draft: Draft, column: u32, bytes: usize, length: u32): void {
  put(draft, column, KIND_ITEM, bytes, length);
}

/** Pointer to the bytes of the column's first value in the draft (length: `draftFoundLength`); 0 when it has none. */
export function draftFind(draft: Draft, column: u32): usize {
  let at = <usize>draft.fields;
  const end = at + draft.fieldsLength;
  while (at < end) {
    const length = load<u32>(at, 4);
    if (<u32>load<u16>(at) == column) {
      draftFoundLength = length;
      return at + HEAD;
    }
    at += HEAD + length;
  }
  return 0;
}
/** Length of the value that `draftFind` found last. */
export let draftFoundLength: u32 = 0;

/** Takes every value of the column out of the draft again. */
export function draftRemove(draft: Draft, column: u32): void {
  const buffer = bufferOf(draft);
  let at: u32 = 0;
  while (at < buffer.length) {
    const record = <usize>(buffer.data + at);
    const size = HEAD + load<u32>(record, 4);
    if (<u32>load<u16>(record) == column) {
      memory.copy(record, record + size, buffer.length - at - size);
      buffer.length -= size;
    } else at += size;
  }
}

/** Writes ts, uid, addresses, ports, pkt and flow of the open row. */
export function setCommon(flow: Flow, ts: i64, pkt: u32): void {
  setInt(COL_TS, <u64>ts);
  setStr(COL_UID, uidOf(flow), UID_BYTES);
  setAddr(COL_ORIG_H, origAddress(flow));
  setInt(COL_ORIG_P, flow.origP);
  setAddr(COL_RESP_H, respAddress(flow));
  setInt(COL_RESP_P, flow.respP);
  setInt(COL_PKT, pkt);
  setInt(COL_FLOW, flow.ordinal);
}

/** Writes the draft as a row of its log, with the common columns of `flow`, and drops it. */
export function draftEmit(draft: Draft, flow: Flow): void {
  rowBegin(draft.log);
  setCommon(flow, draft.ts, draft.pkt);
  let at = <usize>draft.fields;
  const end = at + draft.fieldsLength;
  while (at < end) {
    const column = <u32>load<u16>(at);
    const kind = <u32>load<u16>(at, 2);
    const length = load<u32>(at, 4);
    const bytes = at + HEAD;
    if (kind == KIND_STR) setStr(column, bytes, length);
    else if (kind == KIND_INT) setInt(column, load<u64>(bytes));
    else addStr(column, bytes, length);
    at = bytes + length;
  }
  rowEnd();
  draftDrop(draft);
}

/** Drops the draft without writing it. */
export function draftDrop(draft: Draft): void {
  free(bufferOf(draft));
  release(changetype<usize>(draft), DRAFT_BYTES);
}
