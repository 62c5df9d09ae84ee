// CRC-32 of gzip and zip (RFC 1952 §8), sixteen bytes a step.
const STEPS: u32 = 16;
/** Table k: what a byte adds that stands k bytes before the end of a step. */
const TABLES = memory.data(16384, 16);

let prepared: bool = false;

function prepare(): void {
  prepared = true;
  for (let n: u32 = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >> 1) ^ 0xedb88320 : c >> 1;
    store<u32>(TABLES + (n << 2), c);
  }
  for (let at: usize = 1024; at < 1024 * STEPS; at += 4) {
    const c = load<u32>(TABLES + at - 1024);
    store<u32>(TABLES + at, (c >> 8) ^ load<u32>(TABLES + ((c & 255) << 2)));
  }
}

// @ts-ignore: decorator
@inline
function look(k: usize, byte: u32): u32 {
  return load<u32>(TABLES + (k << 10) + (<usize>(byte & 255) << 2));
}

/** The CRC of `length` bytes at `from` that follow on data whose CRC is `crc` (0 at the start). */
export function crc32(crc: u32, from: usize, length: u32): u32 {
  if (!prepared) prepare();
  let c = ~crc;
  let at = from;
  const end = from + <usize>length;
  while (at + STEPS <= end) {
    const a = load<u32>(at) ^ c;
    const b = load<u32>(at, 4);
    const d = load<u32>(at, 8);
    const e = load<u32>(at, 12);
    c = look(15, a) ^ look(14, a >> 8) ^ look(13, a >> 16) ^ look(12, a >> 24)
      ^ look(11, b) ^ look(10, b >> 8) ^ look(9, b >> 16) ^ look(8, b >> 24)
      ^ look(7, d) ^ look(6, d >> 8) ^ look(5, d >> 16) ^ look(4, d >> 24)
      ^ look(3, e) ^ look(2, e >> 8) ^ look(1, e >> 16) ^ look(0, e >> 24);
    at += STEPS;
  }
  for (; at < end; at++) c = (c >> 8) ^ look(0, c ^ load<u8>(at));
  return ~c;
}
