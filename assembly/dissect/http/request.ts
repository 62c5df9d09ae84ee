// The request line: method, URI, version, read as Zeek's HTTP_RequestLine and ParseRequest do.

import { HTTP_METHOD, HTTP_URI, HTTP_URI_RAW } from "../../abi/logs";
import {
  WEIRD_BAD_HTTP_REQUEST, WEIRD_BAD_HTTP_REQUEST_WITH_VERSION, WEIRD_DOUBLE_PERCENT_IN_URI,
  WEIRD_ILLEGAL_PERCENT_AT_END_OF_URI, WEIRD_LOWERCASE_HTTP_KEYWORD, WEIRD_MISSING_HTTP_URI,
  WEIRD_PARTIAL_ESCAPE_AT_END_OF_URI, WEIRD_UNESCAPED_PERCENT_IN_URI, WEIRD_UNEXPECTED_MULTIPLE_HTTP_REQUESTS,
  WEIRD_UNKNOWN_HTTP_METHOD,
} from "../../abi/weirds";
import { draftStr } from "../../columns/draft";
import { Flow } from "../../flow/flow";
import { confirm, SERVICE_HTTP } from "../services";
import { weirdFlow } from "../weird";
import { scratch } from "./scratch";
import { Half, Http } from "./state";
import {
  escapes, ESCAPES_BARE, ESCAPES_CUT_AT_END, ESCAPES_DOUBLE, ESCAPES_PERCENT_AT_END, is, isBlank, isTokenChar, isUriChar,
  startsExactly, startsWith, unescape,
} from "./text";
import { openRequest, TX_HEAD } from "./transaction";
import { parseVersion, setRequestVersion, VERSION_0_9 } from "./version";

/** Longest request target that is kept as it was sent: a cut one leads nowhere. */
const MAX_RAW_URI_BYTES: u32 = 16384;

let uriAt: u32 = 0;
let uriEnd: u32 = 0;

/**
 * Reads a request line and opens its transaction. False when it is none; then the weird is written and nothing else
 * changed but the version.
 */
export function requestLine(flow: Flow, http: Http, half: Half, p: usize, n: u32): bool {
  let method: u32 = 0;
  while (method < n && isTokenChar(load<u8>(p + method))) method++;
  if (method == 0) {
    const versioned = n >= 9 && startsWith(p + n - 9, 6, " http/");
    if (n != 0) weirdFlow(flow, versioned ? WEIRD_BAD_HTTP_REQUEST_WITH_VERSION : WEIRD_BAD_HTTP_REQUEST, "HTTP");
    return false;
  }
  let rest = method;
  while (rest < n && isBlank(load<u8>(p + rest))) rest++;
  if (rest == method) {
    weirdFlow(flow, WEIRD_BAD_HTTP_REQUEST, "HTTP");
    return false;
  }
  readUri(flow, http, p, rest, n);
  // Without a version it is HTTP/0.9, which knows no method shorter than GET and needs a URI; anything may look like it.
  if (http.requestVersion == VERSION_0_9 && (method < 3 || uriEnd == uriAt)) {
    weirdFlow(flow, WEIRD_BAD_HTTP_REQUEST, "HTTP");
    return false;
  }
  accept(flow, http, half, p, method);
  return true;
}

function accept(flow: Flow, http: Http, half: Half, p: usize, method: u32): void {
  http.requests++;
  if (http.keepAlive == 0 && http.requests > 1) weirdFlow(flow, WEIRD_UNEXPECTED_MULTIPLE_HTTP_REQUESTS, "HTTP");
  confirm(flow, SERVICE_HTTP);
  if (is(p, method, "connect")) http.connect = 1;
  if (!isCommonMethod(p, method)) weirdFlow(flow, WEIRD_UNKNOWN_HTTP_METHOD, "", p, method);
  const draft = openRequest(flow, http);
  half.transaction = <u32>changetype<usize>(draft);
  if (draft === null) return;
  draftStr(draft, HTTP_METHOD, p, method);
  if (is(p, method, "head")) draft.tag |= TX_HEAD;
  const out = scratch();
  if (out == 0) return;
  const length = uriEnd - uriAt;
  const plain = unescape(p + uriAt, length, out);
  draftStr(draft, HTTP_URI, out, plain);
  // Every escape that is undone makes it shorter.
  if (plain != length && length <= MAX_RAW_URI_BYTES) draftStr(draft, HTTP_URI_RAW, p + uriAt, length);
  if (escapes == 0) return;
  if ((escapes & ESCAPES_PERCENT_AT_END) != 0) weirdFlow(flow, WEIRD_ILLEGAL_PERCENT_AT_END_OF_URI, "HTTP");
  if ((escapes & ESCAPES_CUT_AT_END) != 0) weirdFlow(flow, WEIRD_PARTIAL_ESCAPE_AT_END_OF_URI, "HTTP");
  if ((escapes & ESCAPES_DOUBLE) != 0) weirdFlow(flow, WEIRD_DOUBLE_PERCENT_IN_URI, "HTTP");
  if ((escapes & ESCAPES_BARE) != 0) weirdFlow(flow, WEIRD_UNESCAPED_PERCENT_IN_URI, "HTTP");
}

// Finds the URI (`uriAt` to `uriEnd`), which may have blanks in it, and the version behind it.
function readUri(flow: Flow, http: Http, p: usize, at: u32, n: u32): void {
  let end = at;
  while (end < n && isUriChar(load<u8>(p + end))) end++;
  const begins = startsWith(p + at, n - at, "http/");
  if (begins && !startsExactly(p + at, n - at, "HTTP/")) weirdFlow(flow, WEIRD_LOWERCASE_HTTP_KEYWORD, "HTTP");
  if (end >= n && begins) {
    weirdFlow(flow, WEIRD_MISSING_HTTP_URI, "HTTP");
    end = at;
  }
  let version = end;
  while (version < n) {
    end = version;
    while (version < n && isBlank(load<u8>(p + version))) version++;
    if (startsWith(p + version, n - version, "http/")) {
      if (!startsExactly(p + version, n - version, "HTTP/")) weirdFlow(flow, WEIRD_LOWERCASE_HTTP_KEYWORD, "HTTP");
      break;
    }
    version++;
  }
  if (version >= n) setRequestVersion(flow, http, VERSION_0_9);
  else if (version + 8 <= n) setRequestVersion(flow, http, parseVersion(p + version + 5, n - version - 5));
  uriAt = at;
  uriEnd = end;
}

/** The methods that Zeek takes for ordinary (scripts/base/protocols/http/main.zeek), case and all. */
function isCommonMethod(p: usize, n: u32): bool {
  for (let i: u32 = 0; i < n; i++) if (<u32>load<u8>(p + i) - 65 >= 26) return false;
  if (n == 3) return is(p, n, "get") || is(p, n, "put");
  if (n == 4) return is(p, n, "post") || is(p, n, "head") || is(p, n, "copy") || is(p, n, "move") || is(p, n, "lock") ||
    is(p, n, "poll");
  if (n == 5) return is(p, n, "trace") || is(p, n, "mkcol") || is(p, n, "bmove") || is(p, n, "query");
  if (n == 6) return is(p, n, "delete") || is(p, n, "unlock") || is(p, n, "report") || is(p, n, "search");
  if (n == 7) return is(p, n, "options") || is(p, n, "connect");
  return is(p, n, "propfind") || is(p, n, "proppatch") || is(p, n, "subscribe");
}
