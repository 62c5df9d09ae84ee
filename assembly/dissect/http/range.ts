// Files that are fetched piece by piece (206 replies, as BITS and download managers do): as long as each range begins where
// the one before ended, in the same connection and of the same address, they are one file.

import { ENCODING_IDENTITY } from "../../abi/enums";
import { HTTP_HOST, HTTP_URI } from "../../abi/logs";
import { Draft, draftFind, draftFoundLength } from "../../columns/draft";
import { Flow } from "../../flow/flow";
import { Body, bodyEnd } from "../bodies";
import { Half, PART_NONE } from "./state";

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

/** Takes up the file of the ranges before, if this one goes on where they ended; else that file is over. */
export function continueRange(flow: Flow, half: Half): bool {
  if (half.rangeBody == 0) return false;
  if (half.rangeKey == keyOf(half) && half.rangeWhole == half.instanceLength && half.rangeNext == half.rangeFirst) {
    half.body = half.rangeBody;
    half.rangeBody = 0;
    half.missing = 0;
    return true;
  }
  endRange(flow, half);
  return false;
}

/** Keeps the body that just ended for the next range; false when it is complete, or no range of a known whole. */
export function keepRange(half: Half): bool {
  if (half.partial == 0 || half.instanceLength <= 0 || <u32>half.encoding != ENCODING_IDENTITY) return false;
  const next = half.rangeFirst + <i64>half.bodyLength;
  if (next >= half.instanceLength || <u32>half.partPhase != PART_NONE || half.transaction == 0) return false;
  half.rangeBody = half.body;
  half.rangeKey = keyOf(half);
  half.rangeWhole = half.instanceLength;
  half.rangeNext = next;
  return true;
}

/** No more ranges come: the file is over as it is. */
export function endRange(flow: Flow, half: Half): void {
  if (half.rangeBody == 0) return;
  bodyEnd(changetype<Body>(<usize>half.rangeBody), flow, half.rangeWhole);
  half.rangeBody = 0;
}
