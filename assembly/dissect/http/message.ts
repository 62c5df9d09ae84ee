// A message from its first line to its last byte: how its body lies, and what its end means for its transaction.

import { ENCODING_IDENTITY } from "../../abi/enums";
import { HTTP_REQUEST_BODY_LEN, HTTP_RESPONSE_BODY_LEN } from "../../abi/logs";
import { WEIRD_HTTP_CHUNKED_TRANSFER_FOR_MULTIPART_MESSAGE } from "../../abi/weirds";
import { packetNumber } from "../../context";
import { Draft, draftInt } from "../../columns/draft";
import { Flow, ORIG, RESP } from "../../flow/flow";
import { confirm } from "../services";
import { weirdFlow } from "../weird";
import { entityData, entityEnd, entityGap } from "./entity";
import { finishHeader } from "./headers";
import { multipartBegin, multipartData, multipartEnd, multipartGap } from "./multipart";
import { isInformational } from "./reply";
import {
  boundariesOf, CHANGE_IDENTIFY, CHANGE_NOTHING, CONTENT_MULTIPART, CONTENT_PLAIN, Half, halfOf, headerOf, Http, PART_NONE,
  PHASE_BODY, PHASE_CHUNK_SIZE, PHASE_HEADERS, PHASE_NOTHING, PHASE_START, PHASE_TRAILER, PHASE_UNTIL_END,
} from "./state";
import { TX_HEAD, TX_REPLY_DONE, TX_REQUEST_DONE, TX_REQUESTED, writeAll, writeWhenDone } from "./transaction";

/** conn.log's name for what a WebSocket upgrade leads to is the 34th of SERVICE_NAMES. */
const SERVICE_WEBSOCKET: u32 = 34;

/** A message begins: its first line was read and `half.transaction` is set. */
export function messageBegin(half: Half): void {
  half.phase = <u8>PHASE_HEADERS;
  half.active = 1;
  half.remaining = 0;
  half.bodyLength = 0;
  half.contentLength = -1;
  half.rangeLength = -1;
  half.instanceLength = -1;
  half.partContentLength = -1;
  half.missing = 0;
  half.headers = 0;
  half.folds = 0;
  half.files = 0;
  half.depth = 0;
  half.rangeFirst = 0;
  half.boundaryCount = 0;
  half.chunked = 0;
  half.partial = 0;
  half.expectContinue = 0;
  half.contentType = <u8>CONTENT_PLAIN;
  half.partType = <u8>CONTENT_PLAIN;
  half.partPhase = <u8>PART_NONE;
  half.closed = 0;
  headerOf(half).length = 0;
  boundariesOf(half).length = 0;
}

function draftOf(half: Half): Draft | null {
  return changetype<Draft | null>(<usize>half.transaction);
}

/** The headers are over: the body, if any, begins. */
export function headersDone(flow: Flow, http: Http, half: Half, dir: u32): void {
  if (<u32>half.phase == PHASE_TRAILER) {
    messageDone(flow, http, half, dir);
    return;
  }
  const draft = draftOf(half);
  if (draft !== null && (dir == ORIG || (draft.tag & TX_REQUESTED) == 0)) draft.pkt = packetNumber;
  if (dir == RESP) {
    const code = http.replyCode;
    // RFC 9110 §6.4.1: these have no body, whatever their headers say.
    const bodiless = isInformational(code) || code == 204 || code == 304 || (draft !== null && (draft.tag & TX_HEAD) != 0);
    const tunnel = http.connect != 0;
    if (bodiless || tunnel) {
      messageDone(flow, http, half, dir);
      if (tunnel) changeProtocol(flow, http, CHANGE_IDENTIFY);
      return;
    }
  }
  if (half.contentLength == 0 && half.chunked == 0) {
    messageDone(flow, http, half, dir);
    return;
  }
  // Parts cannot be told apart in a body that is compressed as a whole.
  if (<u32>half.encoding != ENCODING_IDENTITY) half.contentType = <u8>CONTENT_PLAIN;
  const plain = <u32>half.contentType == CONTENT_PLAIN;
  if (half.chunked != 0) {
    if (!plain) weirdFlow(flow, WEIRD_HTTP_CHUNKED_TRANSFER_FOR_MULTIPART_MESSAGE, "HTTP");
    half.phase = <u8>PHASE_CHUNK_SIZE;
  } else if (half.contentLength > 0) {
    half.remaining = half.contentLength;
    half.phase = <u8>PHASE_BODY;
  } else if (dir == RESP || <u32>half.contentType == CONTENT_MULTIPART) {
    // RFC 9112 §6.3: a reply without a length ends with the connection. A multipart ends with its closing boundary.
    half.phase = <u8>PHASE_UNTIL_END;
  } else {
    messageDone(flow, http, half, dir);
    return;
  }
  if (!plain) multipartBegin(half);
}

/** Bytes of the body, its framing taken off. */
export function bodyBytes(flow: Flow, http: Http, half: Half, dir: u32, bytes: usize, length: u32): void {
  half.bodyLength += length;
  if (<u32>half.contentType == CONTENT_PLAIN) entityData(flow, half, dir, bytes, length);
  else multipartData(flow, http, half, dir, bytes, length);
}

/** Bytes of the body that are missing. */
export function bodyMissing(flow: Flow, half: Half, dir: u32, length: u32): void {
  half.bodyLength += length;
  if (<u32>half.contentType == CONTENT_PLAIN) entityGap(half, length);
  else multipartGap(flow, half, dir, length);
}

/** The message is over, regularly or not: its file is closed, its row is written when the other side is over too. */
export function messageDone(flow: Flow, http: Http, half: Half, dir: u32): void {
  finishHeader(flow, http, half, dir);
  if (<u32>half.partPhase != PART_NONE) multipartEnd(flow, http, half, dir);
  entityEnd(flow, half);
  half.partPhase = <u8>PART_NONE;
  half.active = 0;
  half.phase = <u8>PHASE_START;
  const draft = draftOf(half);
  half.transaction = 0;
  if (draft !== null) {
    if (dir == ORIG) {
      draftInt(draft, HTTP_REQUEST_BODY_LEN, half.bodyLength);
      draft.tag |= TX_REQUEST_DONE;
    } else if (!isInformational(http.replyCode)) {
      draftInt(draft, HTTP_RESPONSE_BODY_LEN, half.bodyLength);
      draft.tag |= TX_REPLY_DONE;
    }
    writeWhenDone(flow, http, draft);
  }
  if (dir == RESP) replyDone(flow, http);
}

function replyDone(flow: Flow, http: Http): void {
  const upgraded = http.replyCode == 101 && http.upgradeToken != 0 && http.upgradeNamed != 0 && http.pending == 1;
  const websocket = http.upgradeWebsocket != 0;
  http.replyCode = 0;
  http.upgradeToken = 0;
  http.upgradeNamed = 0;
  http.upgradeWebsocket = 0;
  if (!upgraded) return;
  if (websocket) confirm(flow, SERVICE_WEBSOCKET);
  changeProtocol(flow, http, websocket ? CHANGE_NOTHING : CHANGE_IDENTIFY);
}

// What follows in either direction is another protocol's.
function changeProtocol(flow: Flow, http: Http, change: u32): void {
  const request = halfOf(http, ORIG);
  if (request.active != 0) messageDone(flow, http, request, ORIG);
  writeAll(flow, http);
  request.phase = <u8>PHASE_NOTHING;
  halfOf(http, RESP).phase = <u8>PHASE_NOTHING;
  http.change = <u8>change;
}
