// The status line: version, code, reason, read as Zeek's HTTP_ReplyLine does.

import { HTTP_INFO_CODE, HTTP_INFO_MSG, HTTP_STATUS_CODE, HTTP_STATUS_MSG, HTTP_VERSION } from "../../abi/logs";
import { WEIRD_LOWERCASE_HTTP_KEYWORD } from "../../abi/weirds";
import { draftInt } from "../../columns/draft";
import { Flow } from "../../flow/flow";
import { confirm, SERVICE_HTTP } from "../services";
import { weirdFlow } from "../weird";
import { scratch } from "./scratch";
import { Half, Http } from "./state";
import { isBlank, isDigit, startsExactly, startsWith, write } from "./text";
import { openReply, setField, TX_ANSWERED, unanswered } from "./transaction";
import { parseVersion, setReplyVersion, VERSION_0_9, versionText } from "./version";

/** True for the codes of a reply that another one follows (RFC 9110 §15.2). */
// @ts-ignore: decorator
@inline
export function isInformational(code: u32): bool {
  return code - 100 < 100;
}

/** Reads a status line and finds its transaction. False when it is none. */
export function replyLine(flow: Flow, http: Http, half: Half, p: usize, n: u32): bool {
  if (!startsWith(p, n, "http/")) return false;
  if (!startsExactly(p, n, "HTTP/")) weirdFlow(flow, WEIRD_LOWERCASE_HTTP_KEYWORD, "HTTP");
  setReplyVersion(flow, http, parseVersion(p + 5, n - 5));
  let at: u32 = 5;
  while (at < n && !isBlank(load<u8>(p + at))) at++;
  while (at < n && isBlank(load<u8>(p + at))) at++;
  if (at + 3 > n) return false;
  const a = <u32>load<u8>(p + at);
  const b = <u32>load<u8>(p + at, 1);
  const c = <u32>load<u8>(p + at, 2);
  http.replyCode = isDigit(a) && isDigit(b) && isDigit(c) ? (a - 48) * 100 + (b - 48) * 10 + (c - 48) : 0;
  at += 3;
  while (at < n && !isBlank(load<u8>(p + at))) at++;
  const reasoned = at < n;
  while (at < n && isBlank(load<u8>(p + at))) at++;
  answer(flow, http, half, reasoned, p + at, n - at);
  return true;
}

/** The answer to an HTTP/0.9 request: it has no status line. */
export function oldReply(flow: Flow, http: Http, half: Half): void {
  setReplyVersion(flow, http, VERSION_0_9);
  http.replyCode = 0;
  answer(flow, http, half, false, 0, 0);
}

function answer(flow: Flow, http: Http, half: Half, reasoned: bool, reason: usize, length: u32): void {
  if (unanswered(http) !== null) confirm(flow, SERVICE_HTTP);
  const draft = openReply(http);
  half.transaction = <u32>changetype<usize>(draft);
  if (draft === null) return;
  const code = http.replyCode;
  let message = reason;
  let n = length;
  if (!reasoned) {
    message = scratch();
    if (message == 0) return;
    n = write("<empty>", message);
  }
  setField(draft, HTTP_VERSION, versionText(http.replyVersion), 3);
  draftInt(draft, HTTP_STATUS_CODE, code);
  setField(draft, HTTP_STATUS_MSG, message, n);
  if (isInformational(code)) {
    draftInt(draft, HTTP_INFO_CODE, code);
    setField(draft, HTTP_INFO_MSG, message, n);
  } else draft.tag |= TX_ANSWERED;
}
