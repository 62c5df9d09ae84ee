// What MD5, SHA-1 and SHA-256 have in common (RFC 1321 §3.1, FIPS 180-4 §5.1.1): blocks of 64 bytes, and the padding.
// A state is the digest's words, then, at `tail`, u64 bytes so far and 64 bytes of an unfinished block.

const BLOCK_BYTES: u32 = 64;
const BLOCK: usize = 8;

/** Works `count` blocks at `data` into the words at `state`. */
export type Blocks = (state: usize, data: usize, count: u32) => void;

/** Adds `length` bytes at `data`. */
export function update(state: usize, tail: usize, data: usize, length: u32, blocks: Blocks): void {
  tail += state;
  const total = load<u64>(tail);
  store<u64>(tail, total + length);
  const held = <u32>total & (BLOCK_BYTES - 1);
  if (held != 0) {
    const room: u32 = BLOCK_BYTES - held;
    if (length < room) {
      memory.copy(tail + BLOCK + held, data, length);
      return;
    }
    memory.copy(tail + BLOCK + held, data, room);
    blocks(state, tail + BLOCK, 1);
    data += room;
    length -= room;
  }
  const whole = length / BLOCK_BYTES;
  if (whole != 0) blocks(state, data, whole);
  const rest = length & (BLOCK_BYTES - 1);
  if (rest != 0) memory.copy(tail + BLOCK, data + <usize>whole * BLOCK_BYTES, rest);
}

/** Works the padding in: a one bit, zeros, and the length in bits, which is big-endian in all but MD5. */
export function pad(state: usize, tail: usize, bigEndian: bool, blocks: Blocks): void {
  tail += state;
  const bits = load<u64>(tail) << 3;
  const held = <u32>load<u64>(tail) & (BLOCK_BYTES - 1);
  memory.fill(tail + BLOCK + held, 0, BLOCK_BYTES - held);
  store<u8>(tail + BLOCK + held, 0x80);
  if (held > BLOCK_BYTES - 9) {
    blocks(state, tail + BLOCK, 1);
    memory.fill(tail + BLOCK, 0, BLOCK_BYTES - 8);
  }
  store<u64>(tail, bigEndian ? bswap<u64>(bits) : bits, BLOCK + BLOCK_BYTES - 8);
  blocks(state, tail + BLOCK, 1);
}
