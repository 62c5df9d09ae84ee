// HTTP/1.x (RFC 9112), HTTP/1.0, HTTP/0.9. Rows and files are those of Zeek's HTTP analyzer; where it gives up after a gap,
// this finds the next message.

import { COUNTER_CAP_LINE } from "../../abi/counters";
import {
  WEIRD_CONTENTLINE_SIZE_EXCEEDED, WEIRD_EMPTY_HTTP_REQUEST, WEIRD_HTTP_09_REPLY_BEFORE_REQUEST, WEIRD_HTTP_BAD_CHUNK_SIZE,
  WEIRD_INVALID_HTTP_09_REQUEST_METHOD,
} from "../../abi/weirds";
import { HTTP_METHOD } from "../../abi/logs";
import { Draft, draftFind, draftFoundLength } from "../../columns/draft";
import { Flow, ORIG, RESP } from "../../flow/flow";
import { append } from "../../memory/buffer";
import { count } from "../../memory/counters";
import { MAX_LINE_BYTES } from "../../memory/limits";
import { identifyAgain } from "../registry";
import { SERVICE_NONE, SERVICE_NOTHING } from "../services";
import { weirdFlow } from "../weird";
import { headerLine } from "./headers";
import { isRequestLine, isStatusLine } from "./identify";
import { bodyBytes, bodyMissing, headersDone, messageBegin, messageDone } from "./message";
import { endRange } from "./range";
import { oldReply, replyLine } from "./reply";
import { requestLine } from "./request";
import {
  CHANGE_IDENTIFY, freeState, Half, halfOf, Http, isSwapped, lineOf, PHASE_BODY, PHASE_CHUNK, PHASE_CHUNK_END, PHASE_CHUNK_SIZE,
  PHASE_HEADERS, PHASE_NOTHING, PHASE_OLD_REPLY, PHASE_START, PHASE_SYNC, PHASE_TRAILER, PHASE_UNTIL_END, stateOf,
} from "./state";
import { endOfLine, is, number, parseNumber } from "./text";
import { writeAll } from "./transaction";
import { VERSION_0_9 } from "./version";

export { looksLikeHttp } from "./identify";

/** See dissect/README.md. */
export function httpStream(flow: Flow, sender: u32, bytes: usize, length: u32): void {
  const fresh = flow.state == 0;
  const http = stateOf(flow);
  if (http === null) return;
  if (fresh) findRoles(http, sender, bytes, length);
  const dir = isSwapped(http) ? sender ^ 1 : sender;
  const half = halfOf(http, dir);
  let p = bytes;
  const end = bytes + length;
  while (p < end) {
    if (half.afterCr != 0) {
      half.afterCr = 0;
      if (load<u8>(p) == 10) {
        p++;
        continue;
      }
    }
    if (http.change != 0) {
      handOver(flow, http, sender, p, <u32>(end - p));
      return;
    }
    const phase = <u32>half.phase;
    if (phase == PHASE_NOTHING) return;
    const n = <u32>(end - p);
    if (phase == PHASE_BODY || phase == PHASE_CHUNK) p += counted(flow, http, half, dir, p, n);
    else if (phase == PHASE_UNTIL_END) {
      bodyBytes(flow, http, half, dir, p, n);
      p += n;
      if (half.closed != 0) messageDone(flow, http, half, dir);
    } else if (phase == PHASE_OLD_REPLY) {
      oldReply(flow, http, half);
      messageBegin(half);
      half.phase = <u8>PHASE_UNTIL_END;
    } else p += line(flow, http, half, dir, p, n);
  }
}

// Who asks is the client, whatever the flow's first packet was.
function findRoles(http: Http, sender: u32, p: usize, n: u32): void {
  const end = endOfLine(p, n);
  if (sender == ORIG ? !isStatusLine(p, end) : end == n || !isRequestLine(p, end)) return;
  halfOf(http, ORIG).swapped = 1;
  halfOf(http, RESP).swapped = 1;
}

// Bytes of a body or chunk whose length is known. Returns the bytes taken.
function counted(flow: Flow, http: Http, half: Half, dir: u32, p: usize, n: u32): u32 {
  const take = half.remaining < <u64>n ? <u32>half.remaining : n;
  bodyBytes(flow, http, half, dir, p, take);
  pass(flow, http, half, dir, take);
  return take;
}

function pass(flow: Flow, http: Http, half: Half, dir: u32, taken: u32): void {
  half.remaining -= taken;
  if (half.remaining != 0) return;
  if (<u32>half.phase == PHASE_CHUNK) half.phase = <u8>PHASE_CHUNK_END;
  else messageDone(flow, http, half, dir);
}

// The next line, which CR, LF or both end. Returns the bytes taken.
function line(flow: Flow, http: Http, half: Half, dir: u32, p: usize, n: u32): u32 {
  const kept = lineOf(half);
  const end = endOfLine(p, n);
  if (end == n) {
    keep(flow, half, p, n);
    return n;
  }
  half.afterCr = load<u8>(p + end) == 13 ? 1 : 0;
  if (kept.length == 0 && end <= MAX_LINE_BYTES) wholeLine(flow, http, half, dir, p, end);
  else {
    keep(flow, half, p, end);
    const length = kept.length;
    kept.length = 0;
    wholeLine(flow, http, half, dir, kept.data, length);
  }
  half.lineCut = 0;
  return end + 1;
}

/** The last bytes of a line that is cut are kept: a request line has its version there. */
const TAIL_BYTES: u32 = 16;

function keep(flow: Flow, half: Half, p: usize, n: u32): void {
  const kept = lineOf(half);
  const room = MAX_LINE_BYTES - kept.length;
  if (n <= room) {
    append(kept, p, n, MAX_LINE_BYTES);
    return;
  }
  if (half.lineCut == 0) {
    half.lineCut = 1;
    count(COUNTER_CAP_LINE);
    weirdFlow(flow, WEIRD_CONTENTLINE_SIZE_EXCEEDED, "HTTP");
  }
  if (!append(kept, p, room, MAX_LINE_BYTES)) return;
  const rest = n - room;
  const fresh = rest < TAIL_BYTES ? rest : TAIL_BYTES;
  const tail = <usize>(kept.data + MAX_LINE_BYTES - TAIL_BYTES);
  memory.copy(tail, tail + fresh, TAIL_BYTES - fresh);
  memory.copy(tail + TAIL_BYTES - fresh, p + n - fresh, fresh);
}

function wholeLine(flow: Flow, http: Http, half: Half, dir: u32, p: usize, n: u32): void {
  const phase = <u32>half.phase;
  if (phase == PHASE_HEADERS || phase == PHASE_TRAILER) {
    if (headerLine(flow, http, half, dir, p, n)) headersDone(flow, http, half, dir);
  } else if (phase == PHASE_CHUNK_SIZE) chunkSize(flow, half, p, n);
  else if (phase == PHASE_CHUNK_END) half.phase = <u8>PHASE_CHUNK_SIZE;
  else if (phase == PHASE_START || (dir == ORIG ? isRequestLine(p, n) : isStatusLine(p, n))) {
    if (dir == ORIG) request(flow, http, half, p, n);
    else reply(flow, http, half, p, n);
  }
}

// RFC 9112 §7.1. What cannot be read counts as the last chunk, as in Zeek.
function chunkSize(flow: Flow, half: Half, p: usize, n: u32): void {
  let size: i64 = 0;
  if (parseNumber(p, n, 16)) size = number;
  else weirdFlow(flow, WEIRD_HTTP_BAD_CHUNK_SIZE, "HTTP", p, n);
  if (size > 0) {
    half.remaining = size;
    half.phase = <u8>PHASE_CHUNK;
  } else half.phase = <u8>PHASE_TRAILER;
}

function request(flow: Flow, http: Http, half: Half, p: usize, n: u32): void {
  if (requestLine(flow, http, half, p, n)) {
    messageBegin(half);
    if (http.requestVersion == VERSION_0_9) oldRequest(flow, http, half);
    return;
  }
  // Bytes behind the only request of a connection that ends with it mean nothing.
  if (http.requests != 0 && http.keepAlive == 0) return;
  if (n == 0) weirdFlow(flow, WEIRD_EMPTY_HTTP_REQUEST, "HTTP");
  else half.phase = <u8>PHASE_NOTHING;
}

// HTTP/0.9: the reply is nothing but the body.
function oldRequest(flow: Flow, http: Http, half: Half): void {
  if (half.transaction != 0) {
    const method = draftFind(changetype<Draft>(<usize>half.transaction), HTTP_METHOD);
    if (method != 0 && !is(method, draftFoundLength, "get")) {
      weirdFlow(flow, WEIRD_INVALID_HTTP_09_REQUEST_METHOD, "HTTP", method, draftFoundLength);
    }
  }
  const answer = halfOf(http, RESP);
  if (answer.active != 0) {
    weirdFlow(flow, WEIRD_HTTP_09_REPLY_BEFORE_REQUEST, "HTTP");
    messageDone(flow, http, answer, RESP);
  }
  if (<u32>answer.phase != PHASE_NOTHING) answer.phase = <u8>PHASE_OLD_REPLY;
}

function reply(flow: Flow, http: Http, half: Half, p: usize, n: u32): void {
  if (replyLine(flow, http, half, p, n)) {
    if (http.connect != 0 && http.replyCode != 200) http.connect = 0;
    messageBegin(half);
  } else if (n != 0) half.phase = <u8>PHASE_NOTHING;
}

// The connection is another protocol's from here on.
function handOver(flow: Flow, http: Http, dir: u32, p: usize, n: u32): void {
  const identify = <u32>http.change == CHANGE_IDENTIFY;
  endRange(flow, halfOf(http, RESP));
  freeState(flow);
  flow.dissector = <u8>(identify ? SERVICE_NONE : SERVICE_NOTHING);
  if (identify) identifyAgain(flow, dir, p, n);
}

/** See dissect/README.md. */
export function httpGap(flow: Flow, sender: u32, length: u32): void {
  const http = stateOf(flow);
  if (http === null) return;
  const dir = isSwapped(http) ? sender ^ 1 : sender;
  const half = halfOf(http, dir);
  const phase = <u32>half.phase;
  half.afterCr = 0;
  if (http.change != 0 || phase == PHASE_NOTHING) return;
  if ((phase == PHASE_BODY || phase == PHASE_CHUNK) && <u64>length <= half.remaining) {
    bodyMissing(flow, half, dir, length);
    pass(flow, http, half, dir, length);
    return;
  }
  if (phase == PHASE_UNTIL_END) {
    bodyMissing(flow, half, dir, length);
    return;
  }
  http.gapped = 1;
  if (phase == PHASE_BODY || phase == PHASE_CHUNK) bodyMissing(flow, half, dir, <u32>half.remaining);
  lineOf(half).length = 0;
  half.lineCut = 0;
  if (half.active != 0) messageDone(flow, http, half, dir);
  half.phase = <u8>PHASE_SYNC;
}

/** See dissect/README.md. */
export function httpEnd(flow: Flow, sender: u32): void {
  if (flow.state == 0) return;
  const http = changetype<Http>(<usize>flow.state);
  const dir = isSwapped(http) ? sender ^ 1 : sender;
  const half = halfOf(http, dir);
  const kept = lineOf(half);
  if (kept.length != 0 && <u32>half.phase != PHASE_NOTHING && http.change == 0) {
    const length = kept.length;
    kept.length = 0;
    wholeLine(flow, http, half, dir, kept.data, length);
  }
  if (half.active != 0) messageDone(flow, http, half, dir);
  if (http.change == 0) half.phase = <u8>PHASE_NOTHING;
}

/** See dissect/README.md. */
export function httpRelease(flow: Flow): void {
  if (flow.state == 0) return;
  const http = changetype<Http>(<usize>flow.state);
  const orig = halfOf(http, ORIG);
  const resp = halfOf(http, RESP);
  if (orig.active != 0) messageDone(flow, http, orig, ORIG);
  if (resp.active != 0) messageDone(flow, http, resp, RESP);
  endRange(flow, resp);
  writeAll(flow, http);
  freeState(flow);
}
