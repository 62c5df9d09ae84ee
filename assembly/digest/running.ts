// SHA-256 of something long that comes piece by piece (a capture), for the host: it writes into the one input buffer.
import { DIGEST_INPUT_BYTES } from "../abi/digest";
import { SHA256_STATE, sha256Final, sha256Init, sha256Update } from "./sha256";

/** How many may run at once. */
const RUNNING: usize = 64;

const INPUT: usize = memory.data(65536, 16);
const OUTPUT: usize = memory.data(32, 16);
// 64 states of 104 bytes; memory.data takes literals only.
const STATES: usize = memory.data(6656, 16);
/** One byte a state: 1 when it is taken. */
const TAKEN: usize = memory.data(64, 16);

/** Where the host writes the bytes: DIGEST_INPUT_BYTES. */
export function digestInput(): usize {
  return INPUT;
}

/** A SHA-256 that has seen nothing yet; 0 when 64 are running. */
export function sha256Open(): usize {
  for (let i: usize = 0; i < RUNNING; i++) {
    if (load<u8>(TAKEN + i) != 0) continue;
    store<u8>(TAKEN + i, 1);
    sha256Init(STATES + i * SHA256_STATE);
    return STATES + i * SHA256_STATE;
  }
  return 0;
}

/** Adds the first `length` bytes of the input buffer (clamped to its size). */
export function sha256Add(state: usize, length: u32): void {
  sha256Update(state, INPUT, min<u32>(length, DIGEST_INPUT_BYTES));
}

/** Ends it; answers where its 32 bytes lie. */
export function sha256Close(state: usize): usize {
  sha256Final(state, OUTPUT);
  store<u8>(TAKEN + (state - STATES) / SHA256_STATE, 0);
  return OUTPUT;
}
