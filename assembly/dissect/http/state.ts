// What is remembered of a connection that speaks HTTP: one record for the connection, one for each direction.

import { Draft, draftDrop } from "../../columns/draft";
import { Flow, FLOW_PARTIAL, ORIG, RESP } from "../../flow/flow";
import { Buffer, free } from "../../memory/buffer";
import { allocateZeroed, release } from "../../memory/slab";

// What the next bytes of a direction are.
/** A request line, a status line. */
export const PHASE_START: u32 = 0;
export const PHASE_HEADERS: u32 = 1;
/** `remaining` bytes of a body. */
export const PHASE_BODY: u32 = 2;
/** A body that ends with the direction, or with the closing boundary of its multipart. */
export const PHASE_UNTIL_END: u32 = 3;
export const PHASE_CHUNK_SIZE: u32 = 4;
/** `remaining` bytes of a chunk. */
export const PHASE_CHUNK: u32 = 5;
/** The line end behind a chunk. */
export const PHASE_CHUNK_END: u32 = 6;
export const PHASE_TRAILER: u32 = 7;
/** After a gap, or midstream: lines are skipped up to one that surely starts a message. */
export const PHASE_SYNC: u32 = 8;
/** Nothing that could be read follows. */
export const PHASE_NOTHING: u32 = 9;
/** The answer to an HTTP/0.9 request, still without a byte. */
export const PHASE_OLD_REPLY: u32 = 10;

// What a body is, by its Content-Type.
export const CONTENT_PLAIN: u32 = 0;
export const CONTENT_MULTIPART: u32 = 1;
/** message/…: headers and a body of their own. */
export const CONTENT_MESSAGE: u32 = 2;

// Where a multipart (or message) body stands.
export const PART_NONE: u32 = 0;
/** Before the first boundary, after the closing one: lines that mean nothing. */
export const PART_OUTSIDE: u32 = 1;
export const PART_HEADERS: u32 = 2;
export const PART_DATA: u32 = 3;

/** Longest content coding kept as text. */
export const CODING_BYTES: u32 = 24;

/** One direction. The first five fields triples are Buffers (memory/buffer.ts). */
@unmanaged
export class Half {
  /** The beginning of a line that spans segments. */
  line: u32;
  lineLength: u32;
  lineCapacity: u32;
  /** The header under way, its folded lines joined. */
  header: u32;
  headerLength: u32;
  headerCapacity: u32;
  /** The beginning of a line within a multipart. */
  part: u32;
  partLength: u32;
  partCapacity: u32;
  /** Boundaries of the multiparts that are open, outermost first: u16 length, u16 depth and text each. */
  boundaries: u32;
  boundariesLength: u32;
  boundariesCapacity: u32;
  /** File name of the entity under way. */
  name: u32;
  nameLength: u32;
  nameCapacity: u32;
  /** The transaction that the message under way belongs to (Draft), 0 = none. */
  transaction: u32;
  /** The body under way (Body), 0 = none. */
  body: u32;
  // The message.
  /** Bytes of the body or chunk still to come. */
  remaining: u64;
  /** Bytes of the body so far, missing ones counted. */
  bodyLength: u64;
  /** Content-Length in bytes, -1 = none said. */
  contentLength: i64;
  /** Content-Range of a 206 reply: bytes of the range and of the whole, -1 = not said. */
  rangeLength: i64;
  instanceLength: i64;
  /** Content-Length of the part of a multipart, -1 = none said. */
  partContentLength: i64;
  /** Where the range of a 206 reply begins in the file. */
  rangeFirst: i64;
  // A file that came in ranges so far (`rangeBody`): its size, its address.
  rangeWhole: i64;
  rangeKey: u64;
  /** Missing bytes before the first byte of the entity. */
  missing: u64;
  headers: u32;
  /** Lines that the header under way is folded over. */
  folds: u32;
  files: u32;
  /** Body that later ranges may go on with, 0 = none. */
  rangeBody: u32;
  /** Entities that the one under way lies in. */
  depth: u32;
  boundaryCount: u32;
  phase: u8;
  /** A message is under way. */
  active: u8;
  /** The line before ended with a CR: an LF that follows belongs to it. */
  afterCr: u8;
  /** The rest of the line is dropped: it is over its cap. */
  lineCut: u8;
  chunked: u8;
  partial: u8;
  expectContinue: u8;
  contentType: u8;
  partType: u8;
  partPhase: u8;
  partAfterCr: u8;
  /** A line of the part's data ended; its CRLF is data only if more data follows. */
  heldEnd: u8;
  heldCr: u8;
  lineStart: u8;
  /** The closing boundary of the outermost multipart was seen. */
  closed: u8;
  /** The body cannot be handed out (cap): go without. */
  unkept: u8;
  encoding: u8;
  codingLength: u8;
  /** The flow's originator is the server: ORIG and RESP are the other way round here than in the flow. */
  swapped: u8;
  coding0: u64;
  coding1: u64;
  coding2: u64;
}

/** A connection. Its two Halves lie behind it. */
@unmanaged
export class Http {
  /** Transactions that are not written yet, in order (Draft, linked by `next`). */
  first: u32;
  last: u32;
  pending: u32;
  depth: u32;
  requests: u32;
  // Zeek's counting of which request a reply belongs to.
  currentRequest: u32;
  currentResponse: u32;
  /** Version as major << 8 | minor; 0 = none seen. */
  requestVersion: u32;
  replyVersion: u32;
  replyCode: u32;
  keepAlive: u8;
  /** A request was CONNECT and has not been refused. */
  connect: u8;
  upgradeToken: u8;
  upgradeNamed: u8;
  upgradeWebsocket: u8;
  /** The connection is another protocol's from the next byte on: CHANGE_*. */
  change: u8;
  /** Bytes were missing: pairs of request and reply are not certain. */
  gapped: u8;
  excessive: u8;
}

/** No other protocol follows. */
export const CHANGE_NONE: u32 = 0;
/** What follows is to be identified. */
export const CHANGE_IDENTIFY: u32 = 1;
/** What follows is a protocol without a dissector. */
export const CHANGE_NOTHING: u32 = 2;

const HTTP_BYTES: u32 = 64;
const STATE_BYTES: u32 = HTTP_BYTES + 2 * <u32>offsetof<Half>();

/** One direction of a connection. */
// @ts-ignore: decorator
@inline
export function halfOf(http: Http, dir: u32): Half {
  return changetype<Half>(changetype<usize>(http) + HTTP_BYTES + <usize>dir * offsetof<Half>());
}

/** True when the connection's originator answers and its responder asks (the capture began in the middle). */
// @ts-ignore: decorator
@inline
export function isSwapped(http: Http): bool {
  return halfOf(http, ORIG).swapped != 0;
}

/** The state of a flow, made on first use; null when memory is short (then the flow goes unread). */
export function stateOf(flow: Flow): Http | null {
  if (flow.state != 0) return changetype<Http>(<usize>flow.state);
  const at = allocateZeroed(STATE_BYTES);
  if (at == 0) return null;
  flow.state = <u32>at;
  const http = changetype<Http>(at);
  if ((<u32>flow.flags & FLOW_PARTIAL) != 0) {
    halfOf(http, ORIG).phase = <u8>PHASE_SYNC;
    halfOf(http, RESP).phase = <u8>PHASE_SYNC;
  }
  return http;
}

// @ts-ignore: decorator
@inline
export function lineOf(half: Half): Buffer {
  return changetype<Buffer>(changetype<usize>(half) + offsetof<Half>("line"));
}

// @ts-ignore: decorator
@inline
export function headerOf(half: Half): Buffer {
  return changetype<Buffer>(changetype<usize>(half) + offsetof<Half>("header"));
}

// @ts-ignore: decorator
@inline
export function partOf(half: Half): Buffer {
  return changetype<Buffer>(changetype<usize>(half) + offsetof<Half>("part"));
}

// @ts-ignore: decorator
@inline
export function boundariesOf(half: Half): Buffer {
  return changetype<Buffer>(changetype<usize>(half) + offsetof<Half>("boundaries"));
}

// @ts-ignore: decorator
@inline
export function nameOf(half: Half): Buffer {
  return changetype<Buffer>(changetype<usize>(half) + offsetof<Half>("name"));
}

// @ts-ignore: decorator
@inline
export function codingOf(half: Half): usize {
  return changetype<usize>(half) + offsetof<Half>("coding0");
}

function freeHalf(half: Half): void {
  free(lineOf(half));
  free(headerOf(half));
  free(partOf(half));
  free(boundariesOf(half));
  free(nameOf(half));
}

/** Frees the state of a flow; transactions that are still there are dropped unwritten. */
export function freeState(flow: Flow): void {
  if (flow.state == 0) return;
  const http = changetype<Http>(<usize>flow.state);
  freeHalf(halfOf(http, ORIG));
  freeHalf(halfOf(http, RESP));
  let at = http.first;
  while (at != 0) {
    const draft = changetype<Draft>(<usize>at);
    at = draft.next;
    draftDrop(draft);
  }
  release(<usize>flow.state, STATE_BYTES);
  flow.state = 0;
}
