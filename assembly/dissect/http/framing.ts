// The headers that say how a body lies: its length, its chunks, its range, its parts.

import {
  WEIRD_HTTP_BAD_CONTENT_LENGTH, WEIRD_HTTP_CHUNKED_MULTI, WEIRD_HTTP_CONTENT_LENGTH_0_AND_EXPECT_100_CONT,
  WEIRD_HTTP_CONTENT_LENGTH_AND_CHUNKED, WEIRD_HTTP_CONTENT_LENGTH_LEADING_ZEROS, WEIRD_HTTP_CONTENT_RANGE_AND_CHUNKED,
  WEIRD_HTTP_CONTENT_RANGE_CANNOT_PARSE, WEIRD_HTTP_CONTENT_RANGE_INVALID, WEIRD_HTTP_CONTENT_RANGE_INVALID_INSTANCE,
  WEIRD_HTTP_CONTENT_RANGE_OVERFLOW, WEIRD_HTTP_CONTENT_RANGE_UNKNOWN_BYTE_UNIT, WEIRD_HTTP_EXPECT_NOT_100_CONTINUE,
  WEIRD_HTTP_NESTED_TRANSFER_ENCODING_HEADER, WEIRD_HTTP_NON_POSITIVE_CONTENT_RANGE, WEIRD_HTTP_RANGE_NOT_MATCHING_LEN,
} from "../../abi/weirds";
import { Flow, ORIG, RESP } from "../../flow/flow";
import { append } from "../../memory/buffer";
import { indexOf } from "../../memory/bytes";
import { weirdFlow } from "../weird";
import {
  boundariesOf, CONTENT_MESSAGE, CONTENT_MULTIPART, CONTENT_PLAIN, Half, halfOf, Http, PART_NONE,
} from "./state";
import {
  firstToken, is, isBlank, isDigit, number, parseNumber, skipComments, tokenAt, tokenLength,
} from "./text";
import { VERSION_1_1 } from "./version";

/** Longest boundary that is looked for (RFC 2046 §5.1.1 allows 70). */
const MAX_BOUNDARY_BYTES: u32 = 256;
/** All boundaries of nested multiparts together. */
const MAX_BOUNDARIES_BYTES: u32 = 32768;

/** Content-Length, of the message or of the part whose headers are being read. */
export function contentLength(flow: Flow, half: Half, value: usize, n: u32): void {
  const top = <u32>half.partPhase == PART_NONE;
  if (top && half.chunked != 0) weirdFlow(flow, WEIRD_HTTP_CONTENT_LENGTH_AND_CHUNKED, "HTTP");
  if (!firstToken(value, n)) return;
  let length: i64 = 0;
  if (parseNumber(tokenAt, tokenLength, 10) && number >= 0) {
    length = number;
    if (length > 0 && load<u8>(tokenAt) == 48) {
      weirdFlow(flow, WEIRD_HTTP_CONTENT_LENGTH_LEADING_ZEROS, "HTTP", tokenAt, tokenLength);
    }
  } else weirdFlow(flow, WEIRD_HTTP_BAD_CONTENT_LENGTH, "HTTP", tokenAt, tokenLength);
  if (!top) {
    half.partContentLength = length;
    return;
  }
  half.contentLength = length;
  if (half.partial != 0 && half.rangeLength != length) {
    weirdFlow(flow, WEIRD_HTTP_RANGE_NOT_MATCHING_LEN, "HTTP");
    if (half.rangeLength > length) half.contentLength = half.rangeLength;
  }
  if (half.contentLength == 0 && half.expectContinue != 0) {
    weirdFlow(flow, WEIRD_HTTP_CONTENT_LENGTH_0_AND_EXPECT_100_CONT, "HTTP");
  }
}

/** Transfer-Encoding. */
export function transferEncoding(flow: Flow, http: Http, half: Half, value: usize, n: u32): void {
  if (<u32>half.partPhase != PART_NONE) {
    weirdFlow(flow, WEIRD_HTTP_NESTED_TRANSFER_ENCODING_HEADER, "HTTP");
    return;
  }
  // Zeek asks for the request's version while a request is under way, whoever sends the header.
  const version = halfOf(http, ORIG).active != 0 ? http.requestVersion : http.replyVersion;
  if (!firstToken(value, n) || !is(tokenAt, tokenLength, "chunked") || version != VERSION_1_1) return;
  half.chunked = 1;
  const rest = tokenAt + tokenLength;
  const left = <u32>(value + n - rest);
  if (left != 0) weirdFlow(flow, WEIRD_HTTP_CHUNKED_MULTI, "HTTP", rest, left);
  if (half.contentLength >= 0) weirdFlow(flow, WEIRD_HTTP_CONTENT_LENGTH_AND_CHUNKED, "HTTP");
}

/** Expect. */
export function expect(flow: Flow, half: Half, value: usize, n: u32): void {
  if (!firstToken(value, n)) return;
  if (!is(tokenAt, tokenLength, "100-continue")) {
    weirdFlow(flow, WEIRD_HTTP_EXPECT_NOT_100_CONTINUE, "HTTP", tokenAt, tokenLength);
  }
  half.expectContinue = 1;
  if (half.contentLength == 0) weirdFlow(flow, WEIRD_HTTP_CONTENT_LENGTH_0_AND_EXPECT_100_CONT, "HTTP");
}

let numberEnd: u32 = 0;

// A decimal number with blanks before and behind; `numberEnd` is where it stops.
function decimalAt(p: usize, from: u32, n: u32): bool {
  let i = from;
  while (i < n && isBlank(load<u8>(p + i))) i++;
  if (i == n) return false;
  const fine = parseNumber(p + i, n - i, 10);
  if (load<u8>(p + i) == 45) i++;
  while (i < n && isDigit(load<u8>(p + i))) i++;
  while (i < n && isBlank(load<u8>(p + i))) i++;
  numberEnd = i;
  return fine;
}

/** Content-Range of a 206 reply (RFC 9110 §14.4): `bytes first-last/whole`. */
export function contentRange(flow: Flow, http: Http, half: Half, dir: u32, value: usize, n: u32): void {
  if (dir != RESP || http.replyCode != 206) return;
  if (half.chunked != 0) weirdFlow(flow, WEIRD_HTTP_CONTENT_RANGE_AND_CHUNKED, "HTTP");
  if (!firstToken(value, n) || !is(tokenAt, tokenLength, "bytes")) {
    weirdFlow(flow, WEIRD_HTTP_CONTENT_RANGE_UNKNOWN_BYTE_UNIT, "HTTP");
    return;
  }
  const p = tokenAt + tokenLength;
  const left = <u32>(value + n - p);
  const slash = indexOf(p, left, 47);
  if (slash == left) {
    weirdFlow(flow, WEIRD_HTTP_CONTENT_RANGE_CANNOT_PARSE, "HTTP");
    return;
  }
  let fine = decimalAt(p, 0, slash);
  const first = number;
  let last: i64 = 0;
  if (fine) {
    fine = numberEnd < slash && load<u8>(p + numberEnd) == 45 && decimalAt(p, numberEnd + 1, slash);
    last = number;
  }
  if (!fine) {
    weirdFlow(flow, WEIRD_HTTP_CONTENT_RANGE_CANNOT_PARSE, "HTTP", p, left);
    return;
  }
  if (first < 0 || last < 0) {
    weirdFlow(flow, WEIRD_HTTP_CONTENT_RANGE_INVALID, "HTTP", p, left);
    return;
  }
  if (last < first) {
    weirdFlow(flow, WEIRD_HTTP_NON_POSITIVE_CONTENT_RANGE, "HTTP", p, left);
    return;
  }
  if (last - first > i64.MAX_VALUE - 1) {
    weirdFlow(flow, WEIRD_HTTP_CONTENT_RANGE_OVERFLOW, "HTTP", p, left);
    return;
  }
  const length = last - first + 1;
  if (left - slash < 2 || load<u8>(p + slash, 1) != 42) {
    if (decimalAt(p, slash + 1, left) && number >= 0) half.instanceLength = number;
    else {
      weirdFlow(flow, WEIRD_HTTP_CONTENT_RANGE_INVALID_INSTANCE, "HTTP", p, left);
      half.instanceLength = 0;
    }
  }
  half.partial = 1;
  half.rangeLength = length;
  // What lies before the range is missing from the file.
  half.missing = first;
  half.rangeFirst = first;
  if (<u32>half.partPhase != PART_NONE) return;
  if (half.contentLength > 0 && half.contentLength != length) {
    weirdFlow(flow, WEIRD_HTTP_RANGE_NOT_MATCHING_LEN, "HTTP");
    if (length > half.contentLength) half.contentLength = length;
  } else half.contentLength = length;
}

// Bytes of the boundaries that are in force.
function boundariesLength(half: Half): u32 {
  const boundaries = boundariesOf(half);
  let at: u32 = 0;
  for (let i: u32 = 0; i < half.boundaryCount && at + 4 <= boundaries.length; i++) {
    at += 4 + <u32>load<u16>(<usize>(boundaries.data + at));
  }
  return at;
}

/**
 * Content-Type: whether the entity is plain, multipart or a message. A multipart's boundary is put behind those in force;
 * it comes into force when the headers end (`half.boundaryCount`).
 */
export function contentType(flow: Flow, half: Half, value: usize, n: u32): void {
  const boundaries = boundariesOf(half);
  boundaries.length = boundariesLength(half);
  let type = CONTENT_PLAIN;
  if (firstToken(value, n)) {
    let at = <u32>(tokenAt + tokenLength - value);
    const multipart = is(tokenAt, tokenLength, "multipart");
    const message = is(tokenAt, tokenLength, "message");
    at += skipComments(value + at, n - at);
    if (at < n && load<u8>(value + at) == 47 && firstToken(value + at + 1, n - at - 1)) {
      at = <u32>(tokenAt + tokenLength - value);
      if (message) type = CONTENT_MESSAGE;
      else if (multipart && findBoundary(half, value + at, n - at)) type = CONTENT_MULTIPART;
    }
  }
  if (<u32>half.partPhase == PART_NONE) half.contentType = <u8>type;
  else half.partType = <u8>type;
}

// Finds `boundary=` among the parameters and keeps its value.
function findBoundary(half: Half, p: usize, n: u32): bool {
  let at: u32 = 0;
  let found = false;
  while (true) {
    at += skipComments(p + at, n - at);
    if (at >= n || load<u8>(p + at) != 59) return found;
    at++;
    if (!firstToken(p + at, n - at)) return found;
    const isBoundary = is(tokenAt, tokenLength, "boundary");
    at = <u32>(tokenAt + tokenLength - p);
    at += skipComments(p + at, n - at);
    if (at >= n || load<u8>(p + at) != 61) continue;
    at++;
    if (!isBoundary) at += skipComments(p + at, n - at);
    const quoted = at < n && load<u8>(p + at) == 34;
    if (quoted) at++;
    const begin = at;
    if (quoted) {
      while (at < n && load<u8>(p + at) != 34) at++;
    } else {
      while (at < n && valueChar(load<u8>(p + at), isBoundary)) at++;
    }
    if (isBoundary && at != begin && keepBoundary(half, p + begin, at - begin)) found = true;
    if (quoted && at < n) at++;
  }
}

// An unquoted boundary may have characters in it that a token may not.
function valueChar(c: u32, boundary: bool): bool {
  if (c < 33 || c > 126) return false;
  return boundary ? c != 34 : c != 59;
}

function keepBoundary(half: Half, p: usize, n: u32): bool {
  if (n > MAX_BOUNDARY_BYTES) return false;
  const boundaries = boundariesOf(half);
  boundaries.length = boundariesLength(half);
  store<u16>(head, n);
  store<u16>(head, half.depth, 2);
  return append(boundaries, head, 4, MAX_BOUNDARIES_BYTES) && append(boundaries, p, n, MAX_BOUNDARIES_BYTES);
}
const head: usize = memory.data(4, 4);
