// Is this HTTP? The first line tells: a method and a URI, or a status line. A port only breaks a tie.

import { Flow, ORIG } from "../../flow/flow";
import { LOOKS_MORE, LOOKS_NO, LOOKS_YES } from "../services";
import { endOfLine, is, isBlank, isDigit, isPrefix, isSpace, isTokenChar, startsWith } from "./text";

/** Bytes after which a first line that goes on must be decided. */
const ENOUGH: u32 = 64;
/** Longest method that is looked for (IANA's longest is 17). */
const MAX_METHOD: u32 = 24;

/** The methods of IANA's registry and the ones that Exchange and RPC over HTTP use. */
function isKnownMethod(p: usize, n: u32): bool {
  if (n == 3) return is(p, n, "get") || is(p, n, "put") || is(p, n, "acl") || is(p, n, "pri");
  if (n == 4) return is(p, n, "post") || is(p, n, "head") || is(p, n, "copy") || is(p, n, "move") || is(p, n, "lock") ||
    is(p, n, "link") || is(p, n, "bind") || is(p, n, "poll");
  if (n == 5) return is(p, n, "patch") || is(p, n, "trace") || is(p, n, "query") || is(p, n, "mkcol") || is(p, n, "merge") ||
    is(p, n, "label") || is(p, n, "bcopy") || is(p, n, "bmove");
  if (n == 6) return is(p, n, "delete") || is(p, n, "search") || is(p, n, "report") || is(p, n, "notify") ||
    is(p, n, "unlock") || is(p, n, "update") || is(p, n, "unlink") || is(p, n, "unbind") || is(p, n, "rebind");
  if (n == 7) return is(p, n, "options") || is(p, n, "connect") || is(p, n, "checkin") || is(p, n, "bdelete");
  if (n == 8) return is(p, n, "propfind") || is(p, n, "checkout");
  if (n == 9) return is(p, n, "proppatch") || is(p, n, "subscribe") || is(p, n, "bpropfind");
  if (n == 10) return is(p, n, "mkactivity") || is(p, n, "mkcalendar") || is(p, n, "orderpatch") || is(p, n, "uncheckout") ||
    is(p, n, "bproppatch");
  if (n == 11) return is(p, n, "unsubscribe") || is(p, n, "mkworkspace") || is(p, n, "rpc_in_data");
  if (n == 12) return is(p, n, "rpc_out_data");
  return is(p, n, "mkredirectref") || is(p, n, "x-ms-enumatts") || is(p, n, "version-control") ||
    is(p, n, "baseline-control");
}

/** Ports where a server of HTTP is expected. */
function isHttpPort(port: u32): bool {
  return port == 80 || port == 81 || port == 631 || port == 1080 || port == 3128 || port == 8000 || port == 8080 ||
    port == 8888;
}

/** See dissect/README.md. */
export function looksLikeHttp(flow: Flow, dir: u32, bytes: usize, length: u32): u32 {
  let i: u32 = 0;
  while (i < length && isSpace(load<u8>(bytes + i))) i++;
  if (i == length) return length < ENOUGH ? LOOKS_MORE : LOOKS_NO;
  const p = bytes + i;
  const n = length - i;
  const enough = length >= ENOUGH;
  const status = looksLikeStatus(p, n, enough);
  if (status != LOOKS_NO) return status;
  return looksLikeRequest(p, n, enough, dir == ORIG && isHttpPort(flow.respP));
}

function looksLikeStatus(p: usize, n: u32, enough: bool): u32 {
  if (n < 6) return !enough && isPrefix(p, n, "http/") ? LOOKS_MORE : LOOKS_NO;
  return startsWith(p, n, "http/") && isDigit(load<u8>(p, 5)) ? LOOKS_YES : LOOKS_NO;
}

function looksLikeRequest(p: usize, n: u32, enough: bool, onPort: bool): u32 {
  let method: u32 = 0;
  while (method < n && method < MAX_METHOD && isTokenChar(load<u8>(p + method))) method++;
  if (method == n && !enough && method < MAX_METHOD) return LOOKS_MORE;
  if (method == 0 || method == n || !isBlank(load<u8>(p + method))) return LOOKS_NO;
  const line = endOfLine(p, n);
  const version = versionAt(p, line);
  if (line < n) {
    if (version != 0) return LOOKS_YES;
    // HTTP/0.9 has no version; another protocol's name in its place is that protocol (RTSP/1.0, SIP/2.0).
    return isKnownMethod(p, method) && uriBegins(p + method, line - method) && !otherProtocol(p, line) ? LOOKS_YES : LOOKS_NO;
  }
  if (!enough) return LOOKS_MORE;
  const plausible = uriBegins(p + method, n - method);
  if (isKnownMethod(p, method)) return plausible || is(p, method, "connect") ? LOOKS_YES : LOOKS_NO;
  return onPort && plausible ? LOOKS_YES : LOOKS_NO;
}

/** Where ` HTTP/d` stands at the end of a request line (case ignored), 0 when it does not. */
function versionAt(p: usize, n: u32): u32 {
  let end = n;
  while (end > 0 && isBlank(load<u8>(p + end - 1))) end--;
  let at = end;
  while (at > 0 && !isBlank(load<u8>(p + at - 1))) at--;
  return at != 0 && end - at >= 6 && startsWith(p + at, end - at, "http/") && isDigit(load<u8>(p + at, 5)) ? at : 0;
}

/** True when the last word of the line is the name of a protocol with a version (`RTSP/1.0`). */
function otherProtocol(p: usize, n: u32): bool {
  let at = n;
  while (at > 0 && !isBlank(load<u8>(p + at - 1))) at--;
  return startsWith(p + at, n - at, "rtsp/") || startsWith(p + at, n - at, "sip/") || startsWith(p + at, n - at, "icap/");
}

function uriBegins(p: usize, n: u32): bool {
  let i: u32 = 0;
  while (i < n && isBlank(load<u8>(p + i))) i++;
  if (i == n) return false;
  const c = <u32>load<u8>(p + i);
  return c == 47 || c == 42 || startsWith(p + i, n - i, "http");
}

/** True when a line is a request with a version, beyond doubt: used to find the way back after a gap. */
export function isRequestLine(p: usize, n: u32): bool {
  let method: u32 = 0;
  while (method < n && method < MAX_METHOD && isTokenChar(load<u8>(p + method))) method++;
  return method != 0 && method < n && isBlank(load<u8>(p + method)) && versionAt(p, n) > method;
}

/** True when a line is a status line with a code, beyond doubt. */
export function isStatusLine(p: usize, n: u32): bool {
  return n >= 12 && startsWith(p, n, "http/") && isDigit(load<u8>(p, 5)) && load<u8>(p, 6) == 46 && isDigit(load<u8>(p, 7)) &&
    isBlank(load<u8>(p, 8)) && isDigit(load<u8>(p, 9)) && isDigit(load<u8>(p, 10)) && isDigit(load<u8>(p, 11)) &&
    (n == 12 || isBlank(load<u8>(p, 12)));
}
