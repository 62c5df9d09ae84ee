// A body, or a part of a multipart one, on its way out: it becomes a file with its first byte, as in Zeek.

import {
  ENCODING_BR, ENCODING_DEFLATE, ENCODING_GZIP, ENCODING_IDENTITY, ENCODING_OTHER, ENCODING_ZSTD,
} from "../../abi/enums";
import { HTTP_ORIG_FILENAMES, HTTP_ORIG_FUIDS, HTTP_RESP_FILENAMES, HTTP_RESP_FUIDS } from "../../abi/logs";
import { Draft, draftItem } from "../../columns/draft";
import { Flow, ORIG, UID_BYTES } from "../../flow/flow";
import { Body, bodyBegin, bodyData, bodyEnd, bodyGap, bodyName, fuidOf } from "../bodies";
import { continueRange, keepRange, missingBytes } from "./range";
import { CODING_BYTES, codingOf, Half, nameOf, PART_NONE } from "./state";
import { firstToken, is, tokenAt, tokenLength } from "./text";

/** Files of one message that the row names; more are in the files log alone (Zeek: max_files_orig, max_files_resp). */
const MAX_FILES_NAMED: u32 = 15;

/**
 * Content-Encoding of the entity whose headers are being read. The first coding named is the one that is undone, of several
 * headers the last that is known, as in Zeek; the row keeps the text, which says when there are more.
 */
export function setEncoding(half: Half, value: usize, length: u32): void {
  if (!firstToken(value, length)) return;
  const coding = codeOf(tokenAt, tokenLength);
  if (coding == ENCODING_IDENTITY || (coding == ENCODING_OTHER && <u32>half.encoding != ENCODING_IDENTITY)) return;
  half.encoding = <u8>coding;
  const n = length < CODING_BYTES ? length : CODING_BYTES;
  memory.copy(codingOf(half), value, n);
  half.codingLength = <u8>n;
}

function codeOf(p: usize, n: u32): u32 {
  if (is(p, n, "gzip") || is(p, n, "x-gzip")) return ENCODING_GZIP;
  if (is(p, n, "deflate")) return ENCODING_DEFLATE;
  if (is(p, n, "br")) return ENCODING_BR;
  if (is(p, n, "zstd")) return ENCODING_ZSTD;
  if (is(p, n, "identity") || is(p, n, "none")) return ENCODING_IDENTITY;
  return ENCODING_OTHER;
}

function begin(flow: Flow, half: Half, dir: u32): Body | null {
  if (half.unkept != 0) return null;
  if (half.body != 0) return changetype<Body>(<usize>half.body);
  if (half.partial != 0 && continueRange(flow, half)) {
    noteFile(half, changetype<Body>(<usize>half.body), dir);
    return changetype<Body>(<usize>half.body);
  }
  const body = bodyBegin(flow, dir ^ half.swapped, "HTTP", 0, half.encoding, codingOf(half), half.codingLength);
  if (body === null) {
    half.unkept = 1;
    return null;
  }
  half.body = <u32>changetype<usize>(body);
  const name = nameOf(half);
  if (name.length != 0) bodyName(body, name.data, name.length);
  noteFile(half, body, dir);
  missingBytes(body, half.missing);
  half.missing = 0;
  return body;
}

// Names the file in the row of its transaction.
function noteFile(half: Half, body: Body, dir: u32): void {
  const name = nameOf(half);
  if (half.transaction != 0 && half.files < MAX_FILES_NAMED) {
    const draft = changetype<Draft>(<usize>half.transaction);
    draftItem(draft, dir == ORIG ? HTTP_ORIG_FUIDS : HTTP_RESP_FUIDS, fuidOf(body), UID_BYTES);
    if (name.length != 0) draftItem(draft, dir == ORIG ? HTTP_ORIG_FILENAMES : HTTP_RESP_FILENAMES, name.data, name.length);
  }
  half.files++;
}

/** The next bytes of the entity. */
export function entityData(flow: Flow, half: Half, dir: u32, bytes: usize, length: u32): void {
  if (length == 0) return;
  const body = begin(flow, half, dir);
  if (body !== null) bodyData(body, bytes, length);
}

/** Bytes of the entity are missing. A file needs at least one byte that was seen. */
export function entityGap(half: Half, length: u32): void {
  if (half.body != 0) bodyGap(changetype<Body>(<usize>half.body), length);
  else half.missing += length;
}

/** The entity is over. What was said of it is forgotten. */
export function entityEnd(flow: Flow, half: Half): void {
  if (half.body != 0 && !keepRange(half)) {
    let total = <u32>half.partPhase != PART_NONE ? half.partContentLength : half.contentLength;
    if (half.partial != 0 && half.instanceLength > 0) total = half.instanceLength;
    // The size on the wire says nothing of a file that is decoded.
    const encoding = <u32>half.encoding;
    const decoded = encoding != ENCODING_IDENTITY && encoding != ENCODING_OTHER;
    bodyEnd(changetype<Body>(<usize>half.body), flow, decoded || total <= 0 ? -1 : total);
  }
  half.body = 0;
  half.missing = 0;
  half.unkept = 0;
  half.encoding = <u8>ENCODING_IDENTITY;
  half.codingLength = 0;
  half.partContentLength = -1;
  half.partial = 0;
  half.instanceLength = -1;
  nameOf(half).length = 0;
}
