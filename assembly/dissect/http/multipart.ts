// Bodies that are made of parts (RFC 2046 §5.1) or that are a message themselves: each part is a file of its own. Data is
// passed on where it lies; only a line that may be a boundary is put together first.

import { COUNTER_CAP_LINE } from "../../abi/counters";
import { WEIRD_EXCEEDED_MIME_MAX_DEPTH } from "../../abi/weirds";
import { Flow } from "../../flow/flow";
import { append, Buffer } from "../../memory/buffer";
import { equal, indexOf } from "../../memory/bytes";
import { count } from "../../memory/counters";
import { MAX_LINE_BYTES } from "../../memory/limits";
import { weirdFlow } from "../weird";
import { entityData, entityEnd, entityGap } from "./entity";
import { finishHeader, headerLine } from "./headers";
import {
  boundariesOf, CONTENT_MESSAGE, CONTENT_MULTIPART, CONTENT_PLAIN, Half, Http, nameOf, PART_DATA, PART_HEADERS, PART_OUTSIDE, partOf,
} from "./state";
import { endOfLine } from "./text";

/** Entities within entities (Zeek: MIME::max_depth). */
const MAX_DEPTH: u32 = 100;
/** A line that begins with two dashes is no boundary when it is longer. */
const MAX_BOUNDARY_LINE: u32 = 1024;

const CRLF: usize = memory.data<u8>([13, 10]);

const BOUNDARY_NONE: u32 = 0;
const BOUNDARY_NEXT: u32 = 1;
const BOUNDARY_CLOSING: u32 = 2;
let level: u32 = 0; // of the boundary that `boundaryOf` found
let levelDepth: u32 = 0; // of the entity whose boundary it is

/** The body of a multipart or message begins: its headers are read, its boundary (if any) comes into force. */
export function multipartBegin(half: Half): void {
  const multipart = <u32>half.contentType == CONTENT_MULTIPART;
  half.boundaryCount = multipart ? 1 : 0;
  half.partPhase = <u8>(multipart ? PART_OUTSIDE : PART_HEADERS);
  half.depth = multipart ? 0 : 1;
  half.closed = 0;
  half.partAfterCr = 0;
  nameOf(half).length = 0;
  beginLine(half);
}

function beginLine(half: Half): void {
  partOf(half).length = 0;
  half.heldEnd = 0;
  half.heldCr = 0;
  half.lineStart = 1;
}

/** The next bytes of the body. */
export function multipartData(flow: Flow, http: Http, half: Half, dir: u32, bytes: usize, length: u32): void {
  let p = bytes;
  const end = bytes + length;
  while (p < end) {
    const n = <u32>(end - p);
    p += <u32>half.partPhase == PART_DATA ? data(flow, half, dir, p, n) : line(flow, http, half, dir, p, n);
  }
}

/** `length` bytes of the body are missing. */
export function multipartGap(flow: Flow, half: Half, dir: u32, length: u32): void {
  if (<u32>half.partPhase == PART_DATA) {
    flushHeld(flow, half, dir);
    const part = partOf(half);
    if (part.length != 0) entityData(flow, half, dir, part.data, part.length);
    entityGap(half, length);
    beginLine(half);
    half.lineStart = 0;
    return;
  }
  // A part whose headers have a hole is skipped; the next boundary begins another.
  half.partPhase = <u8>PART_OUTSIDE;
  half.folds = 0;
  beginLine(half);
}

/** The body is over, with or without its closing boundary. */
export function multipartEnd(flow: Flow, http: Http, half: Half, dir: u32): void {
  const part = partOf(half);
  if (<u32>half.partPhase == PART_DATA) {
    if (part.length != 0) {
      if (boundaryOf(half, part.data, part.length) == BOUNDARY_NONE) {
        flushEnd(flow, half, dir);
        entityData(flow, half, dir, part.data, part.length);
      }
    } else if (half.heldCr != 0) flushHeld(flow, half, dir);
  } else if (<u32>half.partPhase == PART_HEADERS) {
    if (part.length != 0) headerLine(flow, http, half, dir, part.data, part.length);
    finishHeader(flow, http, half, dir);
  } else if (part.length != 0) boundary(flow, half, part.data, part.length);
  beginLine(half);
}

// Lines outside of data: preamble, epilogue, the headers of a part. Returns the bytes taken.
function line(flow: Flow, http: Http, half: Half, dir: u32, p: usize, n: u32): u32 {
  if (half.partAfterCr != 0) {
    half.partAfterCr = 0;
    if (load<u8>(p) == 10) return 1;
  }
  const part = partOf(half);
  const end = endOfLine(p, n);
  if (end == n) {
    keep(half, part, p, n);
    return n;
  }
  half.partAfterCr = load<u8>(p + end) == 13 ? 1 : 0;
  let text = p;
  let length = end;
  if (part.length != 0) {
    keep(half, part, p, end);
    text = part.data;
    length = part.length;
    part.length = 0;
  }
  const headers = <u32>half.partPhase == PART_HEADERS;
  if (!boundary(flow, half, text, length) && headers && headerLine(flow, http, half, dir, text, length)) partBegin(flow, half);
  return end + 1;
}

function keep(half: Half, part: Buffer, p: usize, n: u32): void {
  // Outside of the parts nothing but a boundary matters, and those are short.
  const cap = <u32>half.partPhase == PART_HEADERS ? MAX_LINE_BYTES : MAX_BOUNDARY_LINE;
  const room = part.length < cap ? cap - part.length : 0;
  if (n > room && <u32>half.partPhase == PART_HEADERS) count(COUNTER_CAP_LINE);
  append(part, p, n < room ? n : room, cap);
}

// The headers of a part are over.
function partBegin(flow: Flow, half: Half): void {
  const type = <u32>half.partType;
  half.partType = <u8>CONTENT_PLAIN;
  beginLine(half);
  if (type == CONTENT_MULTIPART) {
    half.boundaryCount++;
    half.partPhase = <u8>PART_OUTSIDE;
  } else if (type == CONTENT_MESSAGE) inner(flow, half, half.depth);
  else {
    half.partPhase = <u8>PART_DATA;
    // The line end of the last header line may still bring its LF.
    if (half.partAfterCr != 0) half.heldCr = 2;
    half.partAfterCr = 0;
  }
}

// An entity within the one at `depth` begins, unless that is too deep: then what it holds is passed over.
function inner(flow: Flow, half: Half, depth: u32): void {
  half.depth = depth + 1;
  half.partPhase = <u8>PART_HEADERS;
  if (depth < MAX_DEPTH) return;
  half.partPhase = <u8>PART_OUTSIDE;
  weirdFlow(flow, WEIRD_EXCEEDED_MIME_MAX_DEPTH, "HTTP");
}

/** Which boundary a line is (outermost first), and of which level. */
function boundaryOf(half: Half, p: usize, n: u32): u32 {
  if (n < 2 || load<u16>(p) != 0x2d2d) return BOUNDARY_NONE;
  const boundaries = boundariesOf(half);
  let at: u32 = 0;
  for (let i: u32 = 0; i < half.boundaryCount; i++) {
    const length = <u32>load<u16>(<usize>(boundaries.data + at));
    if (n >= 2 + length && equal(p + 2, boundaries.data + at + 4, length)) {
      level = i;
      levelDepth = <u32>load<u16>(<usize>(boundaries.data + at), 2);
      return n >= 4 + length && load<u16>(p + 2 + length) == 0x2d2d ? BOUNDARY_CLOSING : BOUNDARY_NEXT;
    }
    at += 4 + length;
  }
  return BOUNDARY_NONE;
}

// Takes a line as a boundary if it is one: what was open within its level is over.
function boundary(flow: Flow, half: Half, p: usize, n: u32): bool {
  const kind = boundaryOf(half, p, n);
  if (kind == BOUNDARY_NONE) return false;
  entityEnd(flow, half);
  half.folds = 0;
  half.partType = <u8>CONTENT_PLAIN;
  beginLine(half);
  if (kind == BOUNDARY_NEXT) {
    half.boundaryCount = level + 1;
    inner(flow, half, levelDepth);
  } else {
    half.boundaryCount = level;
    half.partPhase = <u8>PART_OUTSIDE;
    if (level == 0) half.closed = 1;
  }
  return true;
}

function flushEnd(flow: Flow, half: Half, dir: u32): void {
  if (half.heldEnd == 0) return;
  half.heldEnd = 0;
  entityData(flow, half, dir, CRLF, 2);
}

function flushHeld(flow: Flow, half: Half, dir: u32): void {
  flushEnd(flow, half, dir);
  if (half.heldCr == 1) entityData(flow, half, dir, CRLF, 1);
  half.heldCr = 0;
}

// Data of a part. The CRLF before a boundary is the boundary's: it is held back until more data follows. Returns the bytes
// taken.
function data(flow: Flow, half: Half, dir: u32, p: usize, n: u32): u32 {
  if (half.heldCr != 0) {
    const headerEnd = half.heldCr == 2;
    half.heldCr = headerEnd ? 0 : 1;
    if (load<u8>(p) == 10) {
      half.heldCr = 0;
      if (headerEnd) return 1;
      flushEnd(flow, half, dir);
      half.heldEnd = 1;
      half.lineStart = 1;
      return 1;
    }
    if (!headerEnd) {
      flushHeld(flow, half, dir);
      half.lineStart = 0;
    }
  }
  if (half.boundaryCount == 0) {
    entityData(flow, half, dir, p, n);
    return n;
  }
  if (half.lineStart != 0) {
    if (partOf(half).length != 0 || load<u8>(p) == 45) return candidate(flow, half, dir, p, n);
    half.lineStart = 0;
  }
  // Up to the next CRLF that a boundary may follow.
  let at: u32 = 0;
  while (true) {
    at += indexOf(p + at, n - at, 10);
    if (at == n) {
      flushEnd(flow, half, dir);
      const cr = load<u8>(p + n - 1) == 13;
      entityData(flow, half, dir, p, cr ? n - 1 : n);
      if (cr) half.heldCr = 1;
      return n;
    }
    if (at != 0 && load<u8>(p + at - 1) == 13 && (at + 1 == n || load<u8>(p + at + 1) == 45)) {
      flushEnd(flow, half, dir);
      entityData(flow, half, dir, p, at - 1);
      half.heldEnd = 1;
      half.lineStart = 1;
      return at + 1;
    }
    at++;
  }
}

// A line that begins with a dash: put together until it is a boundary or cannot be one.
function candidate(flow: Flow, half: Half, dir: u32, p: usize, n: u32): u32 {
  const part = partOf(half);
  const end = indexOf(p, n, 10);
  const taken = end == n ? n : end + 1;
  const dashes = part.length == 0 ? n < 2 || load<u8>(p, 1) == 45 : part.length > 1 || load<u8>(p) == 45;
  if (!dashes || !append(part, p, taken, MAX_BOUNDARY_LINE)) {
    half.lineStart = 0;
    flushEnd(flow, half, dir);
    if (part.length != 0) entityData(flow, half, dir, part.data, part.length);
    part.length = 0;
    return 0;
  }
  if (end == n) return n;
  const length = part.length;
  const whole = length >= 2 && load<u8>(<usize>(part.data + length - 2)) == 13;
  if (whole && boundary(flow, half, part.data, length - 2)) return taken;
  flushEnd(flow, half, dir);
  entityData(flow, half, dir, part.data, whole ? length - 2 : length);
  part.length = 0;
  half.heldEnd = whole ? 1 : 0;
  half.lineStart = whole ? 1 : 0;
  return taken;
}
