// Many digests at once for the host: a slot holds the MD5, SHA-1 and SHA-256 of one body side by side. The host writes
// bytes into the one input buffer, names the slot, and reads 20 + 16 + 32 bytes from the one output buffer.
import { MD5_STATE, md5Final, md5Init, md5Update } from "./md5";
import { SHA1_STATE, sha1Final, sha1Init, sha1Update } from "./sha1";
import { SHA256_STATE, sha256Final, sha256Init, sha256Update } from "./sha256";

/** Bytes of the input buffer: what one digestUpdate takes at the most. */
export const DIGEST_INPUT_BYTES: u32 = 65536;
/** Slots at the most; digestAllocate answers 0 beyond. */
export const DIGEST_SLOTS: u32 = 4096;

const SHA1_AT: usize = MD5_STATE;
const SHA256_AT: usize = MD5_STATE + SHA1_STATE;
const SLOT_BYTES: usize = MD5_STATE + SHA1_STATE + SHA256_STATE;

const INPUT = memory.data(65536, 16);
const OUTPUT = memory.data(72, 16);
// 4096 slots of 88 + 96 + 104 bytes; memory.data takes literals only.
const SLOTS = memory.data(1179648, 16);

/** Slots ever taken; those given back are chained through their first word. */
let taken: u32 = 0;
let freed: usize = 0;

/** A slot, begun; 0 when DIGEST_SLOTS are in use. */
export function digestAllocate(): usize {
  let slot = freed;
  if (slot != 0) {
    freed = load<usize>(slot);
  } else {
    if (taken == DIGEST_SLOTS) return 0;
    slot = SLOTS + <usize>taken * SLOT_BYTES;
    taken++;
  }
  digestReset(slot);
  return slot;
}

/** Gives a slot back; it must not be used or given back again. */
export function digestFree(slot: usize): void {
  store<usize>(slot, freed);
  freed = slot;
}

/** Begins the slot's three digests anew. */
export function digestReset(slot: usize): void {
  md5Init(slot);
  sha1Init(slot + SHA1_AT);
  sha256Init(slot + SHA256_AT);
}

/** Where the host writes the bytes: DIGEST_INPUT_BYTES. */
export function digestInput(): usize {
  return INPUT;
}

/** Adds the first `length` bytes of the input buffer (clamped to its size) to the slot's three digests. */
export function digestUpdate(slot: usize, length: u32): void {
  const count = min<u32>(length, DIGEST_INPUT_BYTES);
  md5Update(slot, INPUT, count);
  sha1Update(slot + SHA1_AT, INPUT, count);
  sha256Update(slot + SHA256_AT, INPUT, count);
}

/** Adds the first `length` bytes of the input buffer to the slot's SHA-256 only: the others are then of nothing known. */
export function digestUpdateSha256(slot: usize, length: u32): void {
  sha256Update(slot + SHA256_AT, INPUT, min<u32>(length, DIGEST_INPUT_BYTES));
}

/** Ends the slot's digests; answers where they lie: 20 bytes of SHA-1, 16 of MD5, 32 of SHA-256. */
export function digestFinish(slot: usize): usize {
  sha1Final(slot + SHA1_AT, OUTPUT);
  md5Final(slot, OUTPUT + 20);
  sha256Final(slot + SHA256_AT, OUTPUT + 36);
  return OUTPUT;
}
