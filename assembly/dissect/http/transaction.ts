// A row of the http log is a request and its reply. Rows wait in the order of the requests until both are over.

import { COUNTER_CAP_HTTP_PENDING, COUNTER_VALUES_CUT } from "../../abi/counters";
import {
  HTTP_REQUEST_BODY_LEN, HTTP_RESPONSE_BODY_LEN, HTTP_TRANS_DEPTH, LOG_HTTP,
} from "../../abi/logs";
import { WEIRD_HTTP_EXCESSIVE_PIPELINING, WEIRD_HTTP_RESPONSE_BEFORE_REQUEST } from "../../abi/weirds";
import { Draft, draftEmit, draftInt, draftOpen, draftRemove, draftStr } from "../../columns/draft";
import { Flow, ORIG, RESP } from "../../flow/flow";
import { count } from "../../memory/counters";
import { MAX_HTTP_PENDING } from "../../memory/limits";
import { weirdFlow } from "../weird";
import { halfOf, Http } from "./state";

// Bits of Draft.tag.
/** The request's line was seen. */
export const TX_REQUESTED: u32 = 1;
/** The request is over, or there was none. */
export const TX_REQUEST_DONE: u32 = 2;
/** The final reply's status line was seen. */
export const TX_ANSWERED: u32 = 4;
export const TX_REPLY_DONE: u32 = 8;
/** The method is HEAD: the reply has no body. */
export const TX_HEAD: u32 = 16;

/** Longest value of a header that is kept. */
const MAX_FIELD_BYTES: u32 = 8192;

/** Sets a str column; the last value given stays (Zeek's way with a header that is repeated). */
export function setField(draft: Draft, column: u32, bytes: usize, length: u32): void {
  let n = length;
  if (n > MAX_FIELD_BYTES) {
    n = MAX_FIELD_BYTES;
    count(COUNTER_VALUES_CUT);
  }
  draftRemove(draft, column);
  draftStr(draft, column, bytes, n);
}

function open(http: Http): Draft | null {
  const draft = draftOpen(LOG_HTTP);
  if (draft === null) return null;
  const at = <u32>changetype<usize>(draft);
  if (http.last != 0) changetype<Draft>(<usize>http.last).next = at;
  else http.first = at;
  http.last = at;
  http.pending++;
  http.depth++;
  draftInt(draft, HTTP_TRANS_DEPTH, http.depth);
  draftInt(draft, HTTP_REQUEST_BODY_LEN, 0);
  draftInt(draft, HTTP_RESPONSE_BODY_LEN, 0);
  return draft;
}

/** A request begins: its transaction, null when memory is short. */
export function openRequest(flow: Flow, http: Http): Draft | null {
  if (http.currentRequest < http.currentResponse) {
    weirdFlow(flow, WEIRD_HTTP_RESPONSE_BEFORE_REQUEST, "");
    http.currentRequest = http.currentResponse;
  }
  if (http.gapped != 0) writeUnanswered(flow, http);
  if (http.pending >= MAX_HTTP_PENDING) {
    count(COUNTER_CAP_HTTP_PENDING);
    if (http.excessive == 0) weirdFlow(flow, WEIRD_HTTP_EXCESSIVE_PIPELINING, "");
    http.excessive = 1;
    writeAll(flow, http);
  }
  http.currentRequest++;
  const draft = open(http);
  if (draft === null) return null;
  draft.tag = TX_REQUESTED;
  draft.tag2 = http.currentRequest;
  return draft;
}

/** The transaction that waits longest for its reply, null = none does. */
export function unanswered(http: Http): Draft | null {
  let at = http.first;
  while (at != 0) {
    const draft = changetype<Draft>(<usize>at);
    if ((draft.tag & TX_ANSWERED) == 0) return draft;
    at = draft.next;
  }
  return null;
}

/** A reply begins: the transaction that it answers, a new one when no request waits; null when memory is short. */
export function openReply(http: Http): Draft | null {
  const waiting = unanswered(http);
  if (waiting !== null) {
    http.currentResponse = waiting.tag2;
    return waiting;
  }
  http.currentResponse++;
  const draft = open(http);
  if (draft === null) return null;
  draft.tag = TX_REQUEST_DONE;
  draft.tag2 = http.currentResponse;
  return draft;
}

function unlink(http: Http, draft: Draft): void {
  const target = <u32>changetype<usize>(draft);
  let before: u32 = 0;
  let at = http.first;
  while (at != 0 && at != target) {
    before = at;
    at = changetype<Draft>(<usize>at).next;
  }
  if (at == 0) return;
  if (before == 0) http.first = draft.next;
  else changetype<Draft>(<usize>before).next = draft.next;
  if (http.last == target) http.last = before;
  http.pending--;
}

function writeRow(flow: Flow, http: Http, draft: Draft): void {
  const at = <u32>changetype<usize>(draft);
  const orig = halfOf(http, ORIG);
  const resp = halfOf(http, RESP);
  if (orig.transaction == at) orig.transaction = 0;
  if (resp.transaction == at) resp.transaction = 0;
  unlink(http, draft);
  draftEmit(draft, flow);
}

/** Writes the row when both request and reply are over. */
export function writeWhenDone(flow: Flow, http: Http, draft: Draft): void {
  const both = TX_REQUEST_DONE | TX_REPLY_DONE;
  if ((draft.tag & both) == both) writeRow(flow, http, draft);
}

/** Writes every row that waits. */
export function writeAll(flow: Flow, http: Http): void {
  while (http.first != 0) writeRow(flow, http, changetype<Draft>(<usize>http.first));
}

// After a gap the replies of requests before it may be lost: they must not take the replies of those that follow.
function writeUnanswered(flow: Flow, http: Http): void {
  let at = http.first;
  while (at != 0) {
    const draft = changetype<Draft>(<usize>at);
    at = draft.next;
    if ((draft.tag & TX_ANSWERED) == 0 && (draft.tag & TX_REQUEST_DONE) != 0) writeRow(flow, http, draft);
  }
}
