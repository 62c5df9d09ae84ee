// Files that are fetched piece by piece (206 replies, as BITS and download managers do): ranges of one address in one
// connection are one file, as long as none lies before the one that came before it. Bytes between them are missing.

import { ENCODING_IDENTITY } from "../../abi/enums";
import { HTTP_HOST, HTTP_URI } from "../../abi/logs";
import { Draft, draftFind, draftFoundLength } from "../../columns/draft";
import { Flow } from "../../flow/flow";
import { Body, bodyEnd, bodyGap } from "../bodies";
import { Half } from "./state";

// FNV-1a over one column of the row.
function mix(draft: Draft, column: u32, seed: u64): u64 {
  let hash = seed;
  const at = draftFind(draft, column);
  if (at == 0) return hash;
  const n = draftFoundLength;
  for (let i: u32 = 0; i < n; i++) hash = (hash ^ <u64>load<u8>(at + i)) * 0x100000001b3;
  return hash * 31;
}

function keyOf(half: Half): u64 {
  if (half.transaction == 0) return 0;
  const draft = changetype<Draft>(<usize>half.transaction);
  return mix(draft, HTTP_URI, mix(draft, HTTP_HOST, 0xcbf29ce484222325)) | 1;
}

/** Counts missing bytes of a body, however many. */
export function missingBytes(body: Body, bytes: u64): void {
  if (bytes == 0) return;
  const told = bytes < <u64>u32.MAX_VALUE ? <u32>bytes : u32.MAX_VALUE;
  bodyGap(body, told);
  body.missing += bytes - told;
}

/** Takes up the file of the ranges before, if this one goes on behind them; else that file is over. */
export function continueRange(flow: Flow, half: Half): bool {
  if (half.rangeBody == 0) return false;
  const body = changetype<Body>(<usize>half.rangeBody);
  const next = body.seen + body.missing;
  const known = half.transaction != 0 && half.rangeKey == keyOf(half) && half.rangeWhole == half.instanceLength;
  if (!known || <u64>half.rangeFirst < next) {
    endRange(flow, half);
    return false;
  }
  missingBytes(body, <u64>half.rangeFirst - next);
  half.body = half.rangeBody;
  half.rangeBody = 0;
  half.missing = 0;
  return true;
}

/** Keeps the body that just ended for the next range; false when it is complete, or no range of a known whole. */
export function keepRange(half: Half): bool {
  if (half.partial == 0 || half.instanceLength <= 0 || <u32>half.encoding != ENCODING_IDENTITY) return false;
  const body = changetype<Body>(<usize>half.body);
  if (half.transaction == 0 || body.seen + body.missing >= <u64>half.instanceLength) return false;
  half.rangeBody = half.body;
  half.rangeKey = keyOf(half);
  half.rangeWhole = half.instanceLength;
  return true;
}

/** No more ranges come: the file is over as it is. */
export function endRange(flow: Flow, half: Half): void {
  if (half.rangeBody == 0) return;
  bodyEnd(changetype<Body>(<usize>half.rangeBody), flow, half.rangeWhole);
  half.rangeBody = 0;
}
