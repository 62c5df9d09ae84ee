// Bodies that protocols carry (HTTP entities): their bytes go to the host as they come (decoding, hashing and magic are done
// there); the row of the files log is written here when the body ends.

import { BODY_BEGIN, BODY_DATA, BODY_END, BODY_GAP } from "../abi/enums";
import { COUNTER_CAP_BODIES } from "../abi/counters";
import {
  FILES_BODY, FILES_CONTENT_ENCODING, FILES_DEPTH, FILES_DURATION, FILES_FILENAME, FILES_FUID, FILES_IS_ORIG,
  FILES_LOCAL_ORIG, FILES_MIME_TYPE, FILES_MISSING_BYTES, FILES_OVERFLOW_BYTES, FILES_SEEN_BYTES, FILES_SOURCE, FILES_TIMEDOUT,
  FILES_TOTAL_BYTES, LOG_FILES,
} from "../abi/logs";
import { Draft, draftEmit, draftInt, draftOpen, draftStr } from "../columns/draft";
import { packetTime } from "../context";
import { partOf } from "../deal/share";
import { Flow, ORIG, origAddress, respAddress, UID_BYTES, uidOf } from "../flow/flow";
import { childUid } from "../flow/identity";
import { isLocal } from "../flow/local";
import { count } from "../memory/counters";
import { MAX_OPEN_BODIES } from "../memory/limits";
import { allocateZeroed, release } from "../memory/slab";

/**
 * A body's event (BODY_*): for BEGIN `length` is its ENCODING_*, for DATA the bytes are at `pointer` (borrowed), for GAP
 * `length` bytes are missing, for END nothing more.
 */
// @ts-ignore: decorator
@external("env", "body_event")
declare function body_event(kind: u32, body: u32, pointer: usize, length: u32): void;

/** A body under way. Handle: pointer, null = none (cap reached: the protocol goes on without). */
@unmanaged
export class Body {
  draft: u32;
  id: u32;
  /** Bytes on the wire so far, and missing ones. */
  seen: u64;
  missing: u64;
  firstTs: i64;
  fuid0: u64;
  fuid1: u64;
  fuid2: u32;
  dir: u32;
  /** Of the last byte that was seen. */
  lastTs: i64;
}
const BODY_BYTES: u32 = 64;

let nextBody: u32 = 1;
let open: u32 = 0;
/** 0: bodies are not handed to the host (option); their rows are written all the same. */
let handOut: bool = true;

/** Switches the handing out of bytes. */
export function setBodies(on: bool): void {
  handOut = on;
}

/**
 * A body begins, dated by the current packet. `dir` is its sender; `source` as in Zeek's files.log (`HTTP`); `depth` the
 * nesting; `encoding` ENCODING_*, `encodingText` (pointer, length) as declared.
 */
export function bodyBegin(
  flow: Flow, dir: u32, source: string, depth: u32, encoding: u32, encodingText: usize, encodingLength: u32,
): Body | null {
  if (open >= partOf(MAX_OPEN_BODIES)) {
    count(COUNTER_CAP_BODIES);
    return null;
  }
  const at = allocateZeroed(BODY_BYTES);
  if (at == 0) return null;
  const draft = draftOpen(LOG_FILES);
  if (draft === null) {
    release(at, BODY_BYTES);
    return null;
  }
  open++;
  const body = changetype<Body>(at);
  body.draft = <u32>changetype<usize>(draft);
  body.id = nextBody++;
  body.dir = dir;
  body.firstTs = packetTime;
  body.lastTs = packetTime;
  flow.bodies++;
  childUid(uidOf(flow), flow.bodies * 2 + dir, fuidOf(body));
  draftStr(draft, FILES_FUID, fuidOf(body), UID_BYTES);
  const n = <u32>source.length;
  const name = allocateZeroed(64);
  if (name != 0) {
    for (let i: u32 = 0; i < n && i < 64; i++) store<u8>(name + i, source.charCodeAt(i));
    draftStr(draft, FILES_SOURCE, name, n);
    release(name, 64);
  }
  draftInt(draft, FILES_DEPTH, depth);
  draftInt(draft, FILES_IS_ORIG, dir == ORIG ? 1 : 0);
  draftInt(draft, FILES_LOCAL_ORIG, isLocal(dir == ORIG ? origAddress(flow) : respAddress(flow)) ? 1 : 0);
  draftInt(draft, FILES_BODY, body.id);
  if (encodingLength != 0) draftStr(draft, FILES_CONTENT_ENCODING, encodingText, encodingLength);
  if (handOut) body_event(BODY_BEGIN, body.id, 0, encoding);
  return body;
}

/** Pointer to the file's id (UID_BYTES): `F` and 17 base-62 digits. */
export function fuidOf(body: Body): usize {
  return changetype<usize>(body) + offsetof<Body>("fuid0");
}

/** The next bytes of the body. */
export function bodyData(body: Body, bytes: usize, length: u32): void {
  if (length == 0) return;
  body.seen += length;
  body.lastTs = packetTime;
  if (handOut) body_event(BODY_DATA, body.id, bytes, length);
}

/** `length` bytes of the body were never seen. */
export function bodyGap(body: Body, length: u32): void {
  body.missing += length;
  if (handOut) body_event(BODY_GAP, body.id, 0, length);
}

/** The name that the protocol gave it (Content-Disposition); once. */
export function bodyName(body: Body, bytes: usize, length: u32): void {
  draftStr(changetype<Draft>(<usize>body.draft), FILES_FILENAME, bytes, length);
}

/** The type that the protocol itself tells; the body side then does not guess one. Once. */
export function bodyType(body: Body, bytes: usize, length: u32): void {
  draftStr(changetype<Draft>(<usize>body.draft), FILES_MIME_TYPE, bytes, length);
}

/**
 * The body is over; its row is written. `total` is the declared size on the wire, -1 when none was declared; `overflow`
 * counts bytes beyond it. The handle is gone after this.
 */
export function bodyEnd(body: Body, flow: Flow, total: i64): void {
  if (handOut) body_event(BODY_END, body.id, 0, 0);
  const draft = changetype<Draft>(<usize>body.draft);
  const duration = body.lastTs - body.firstTs; // negative where packets are not in order of time
  draftInt(draft, FILES_DURATION, duration > 0 ? <u64>duration : 0);
  draftInt(draft, FILES_SEEN_BYTES, body.seen);
  if (total >= 0) draftInt(draft, FILES_TOTAL_BYTES, <u64>total);
  draftInt(draft, FILES_MISSING_BYTES, body.missing);
  draftInt(draft, FILES_OVERFLOW_BYTES, 0);
  draftInt(draft, FILES_TIMEDOUT, 0);
  draftEmit(draft, flow);
  open--;
  release(changetype<usize>(body), BODY_BYTES);
}

/** Numbers bodies from 1 again, for the next capture. */
export function resetBodies(): void {
  nextBody = 1;
  open = 0;
}
