// Header fields: lines are joined where they are folded, the fields that matter go into the row or say how the body lies.

import { COUNTER_CAP_HTTP_HEADERS, COUNTER_CAP_LINE } from "../../abi/counters";
import {
  HTTP_CONTENT_TYPE, HTTP_COOKIE, HTTP_HOST, HTTP_LOCATION, HTTP_ORIGIN, HTTP_PROXIED, HTTP_REFERRER, HTTP_SERVER,
  HTTP_USER_AGENT,
} from "../../abi/logs";
import { WEIRD_HTTP_EXCESSIVE_HEADERS, WEIRD_HTTP_OBSOLETE_LINE_FOLDING } from "../../abi/weirds";
import { Draft, draftItem } from "../../columns/draft";
import { Flow, ORIG } from "../../flow/flow";
import { append } from "../../memory/buffer";
import { count } from "../../memory/counters";
import { MAX_HTTP_HEADERS, MAX_LINE_BYTES } from "../../memory/limits";
import { weirdFlow } from "../weird";
import { authorization } from "./credentials";
import { setEncoding } from "./entity";
import { disposition } from "./filename";
import { contentLength, contentRange, contentType, expect, transferEncoding } from "./framing";
import { scratch } from "./scratch";
import { Half, headerOf, Http, PART_NONE, PHASE_TRAILER } from "./state";
import { firstToken, is, isBlank, isSpace, skipComments, tokenAt, tokenLength } from "./text";
import { setField } from "./transaction";

/** Longest proxy header that is kept as an item of `proxied`, and how many. */
const MAX_PROXIED_BYTES: u32 = 1024;
const MAX_PROXIED: u32 = 32;

/** One line of a message's (or a part's) headers. True when it ends them. */
export function headerLine(flow: Flow, http: Http, half: Half, dir: u32, p: usize, n: u32): bool {
  if (n == 0 || load<u8>(p) == 0) {
    finishHeader(flow, http, half, dir);
    return true;
  }
  const header = headerOf(half);
  if (!isBlank(load<u8>(p))) {
    finishHeader(flow, http, half, dir);
    header.length = 0;
    half.folds = append(header, p, n, MAX_LINE_BYTES) ? 1 : 0;
  } else if (half.folds != 0) {
    half.folds++;
    if (!append(header, p, n, MAX_LINE_BYTES)) count(COUNTER_CAP_LINE);
  } else {
    let i: u32 = 0;
    while (i < n && isBlank(load<u8>(p + i))) i++;
    if (i < n && append(header, p + i, n - i, MAX_LINE_BYTES)) half.folds = 1;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function isNameChar(c: u32): bool {
  return c >= 33 && c <= 126 && c != 58;
}

/** Reads the header that was put together, if there is one. */
export function finishHeader(flow: Flow, http: Http, half: Half, dir: u32): void {
  const folds = half.folds;
  if (folds == 0) return;
  half.folds = 0;
  const header = headerOf(half);
  const p = <usize>header.data;
  const n = header.length;
  header.length = 0;
  half.headers++;
  if (half.headers > MAX_HTTP_HEADERS) {
    count(COUNTER_CAP_HTTP_HEADERS);
    if (half.headers == MAX_HTTP_HEADERS + 1) weirdFlow(flow, WEIRD_HTTP_EXCESSIVE_HEADERS, "HTTP");
    return;
  }
  let name = skipComments(p, n);
  while (name < n && !isNameChar(load<u8>(p + name))) {
    const skipped = skipComments(p + name, n - name);
    name += skipped != 0 ? skipped : 1;
  }
  let end = name;
  while (end < n && isNameChar(load<u8>(p + end))) end++;
  if (end == name) return;
  let at = end + skipComments(p + end, n - end);
  if (at >= n || load<u8>(p + at) != 58) return;
  at++;
  while (at < n && isSpace(load<u8>(p + at))) at++;
  const top = <u32>half.partPhase == PART_NONE;
  if (top && folds > 1) weirdFlow(flow, WEIRD_HTTP_OBSOLETE_LINE_FOLDING, "HTTP", p + name, end - name);
  field(flow, http, half, dir, p + name, end - name, p + at, n - at);
}

function field(flow: Flow, http: Http, half: Half, dir: u32, name: usize, length: u32, value: usize, n: u32): void {
  const top = <u32>half.partPhase == PART_NONE;
  // What comes behind the body cannot say how the body lies.
  if (<u32>half.phase != PHASE_TRAILER || !top) {
    if (is(name, length, "content-type")) {
      contentType(flow, half, value, n);
      disposition(half, value, n, false);
    } else if (is(name, length, "content-length")) contentLength(flow, half, value, n);
    else if (is(name, length, "content-encoding")) setEncoding(half, value, n);
    else if (is(name, length, "content-disposition")) disposition(half, value, n, true);
    else if (is(name, length, "transfer-encoding")) transferEncoding(flow, http, half, value, n);
    else if (is(name, length, "content-range")) contentRange(flow, http, half, dir, value, n);
    else if (is(name, length, "expect")) expect(flow, half, value, n);
  }
  if (!top || half.transaction == 0) return;
  const draft = changetype<Draft>(<usize>half.transaction);
  if (dir == ORIG) requestField(http, draft, name, length, value, n);
  else replyField(http, draft, name, length, value, n);
}

function requestField(http: Http, draft: Draft, name: usize, length: u32, value: usize, n: u32): void {
  if (is(name, length, "host")) setField(draft, HTTP_HOST, value, n);
  else if (is(name, length, "user-agent")) setField(draft, HTTP_USER_AGENT, value, n);
  else if (is(name, length, "referer")) setField(draft, HTTP_REFERRER, value, n);
  else if (is(name, length, "origin")) setField(draft, HTTP_ORIGIN, value, n);
  else if (is(name, length, "cookie")) setField(draft, HTTP_COOKIE, value, n);
  else if (is(name, length, "authorization") || is(name, length, "proxy-authorization")) authorization(draft, value, n);
  else if (is(name, length, "connection")) {
    // A client that says it keeps the connection is believed; at worst it sends what the server ignores.
    if (firstToken(value, n) && is(tokenAt, tokenLength, "keep-alive")) http.keepAlive = 1;
  } else if (isProxyHeader(name, length)) proxied(draft, name, length, value, n);
}

function replyField(http: Http, draft: Draft, name: usize, length: u32, value: usize, n: u32): void {
  if (is(name, length, "content-type")) setField(draft, HTTP_CONTENT_TYPE, value, n);
  else if (is(name, length, "server")) setField(draft, HTTP_SERVER, value, n);
  else if (is(name, length, "location")) setField(draft, HTTP_LOCATION, value, n);
  else if (is(name, length, "connection")) {
    if (firstToken(value, n) && is(tokenAt, tokenLength, "upgrade")) http.upgradeToken = 1;
  } else if (is(name, length, "upgrade")) {
    if (!firstToken(value, n)) return;
    http.upgradeNamed = 1;
    http.upgradeWebsocket = is(tokenAt, tokenLength, "websocket") ? 1 : 0;
  }
}

/** Headers that say that a proxy took part (scripts/base/protocols/http/main.zeek). */
function isProxyHeader(name: usize, n: u32): bool {
  return is(name, n, "forwarded") || is(name, n, "x-forwarded-for") || is(name, n, "x-forwarded-from") ||
    is(name, n, "client-ip") || is(name, n, "via") || is(name, n, "xroxy-connection") || is(name, n, "proxy-connection");
}

function proxied(draft: Draft, name: usize, length: u32, value: usize, n: u32): void {
  const out = scratch();
  if (out == 0 || (draft.tag >> 16) >= MAX_PROXIED) return;
  draft.tag += 1 << 16;
  for (let i: u32 = 0; i < length; i++) {
    const c = <u32>load<u8>(name + i);
    store<u8>(out + i, c - 97 < 26 ? c - 32 : c);
  }
  store<u32>(out + length, 0x203e2d20); // ` -> `
  const kept = n < MAX_PROXIED_BYTES ? n : MAX_PROXIED_BYTES;
  memory.copy(out + length + 4, value, kept);
  draftItem(draft, HTTP_PROXIED, out, length + 4 + kept);
}
