// Numbers as decimal digits, two at a time.

import { reserve } from "../memory/arena";

let pairs: usize = 0; // "00" to "99"
let octets: usize = 0; // 256 × three digits and how many count

/** Lays down the tables; once, before anything is written. False when memory is short. */
export function prepareNumbers(): bool {
  if (pairs != 0) return true;
  const table = reserve(200 + 1024);
  if (table == 0) return false;
  for (let i: u32 = 0; i < 100; i++) {
    store<u8>(table + 2 * i, 48 + i / 10);
    store<u8>(table + 2 * i, 48 + (i % 10), 1);
  }
  const bytes = table + 200;
  for (let i: u32 = 0; i < 256; i++) {
    const digits: u32 = i > 99 ? 3 : i > 9 ? 2 : 1;
    let text: u32 = 0;
    let rest = i;
    for (let d: u32 = digits; d > 0; d--) {
      text |= (48 + (rest % 10)) << ((d - 1) * 8);
      rest /= 10;
    }
    store<u32>(bytes + 4 * i, text | (digits << 24));
  }
  octets = bytes;
  pairs = table;
  return true;
}

// @ts-ignore: decorator
@inline
function pair(out: usize, value: u32): void {
  store<u16>(out, load<u16>(pairs + 2 * value));
}

/** Writes 0 to 255; returns where it ends. Up to four bytes are touched. */
// @ts-ignore: decorator
@inline
export function writeOctet(out: usize, value: u32): usize {
  const text = load<u32>(octets + 4 * value);
  store<u32>(out, text);
  return out + (text >> 24);
}

function writeWord(out: usize, value: u32): usize {
  if (value < 256) return writeOctet(out, value);
  const digits: u32 = value < 100000
    ? (value < 1000 ? 3 : value < 10000 ? 4 : 5)
    : value < 10000000 ? (value < 1000000 ? 6 : 7) : value < 100000000 ? 8 : value < 1000000000 ? 9 : 10;
  const end = out + digits;
  let at = end;
  let rest = value;
  while (rest >= 100) {
    const next = rest / 100;
    at -= 2;
    pair(at, rest - next * 100);
    rest = next;
  }
  if (rest >= 10) pair(at - 2, rest);
  else store<u8>(at - 1, 48 + rest);
  return end;
}

/** Eight digits, zeros in front. */
function writeEight(out: usize, value: u32): usize {
  const high = value / 10000;
  const low = value - high * 10000;
  const a = high / 100;
  const b = low / 100;
  pair(out, a);
  pair(out + 2, high - a * 100);
  pair(out + 4, b);
  pair(out + 6, low - b * 100);
  return out + 8;
}

/** Writes a whole number; returns where it ends. At most 20 bytes. */
export function writeUint(out: usize, value: u64): usize {
  if (value < 0x100000000) return writeWord(out, <u32>value);
  const high = value / 100000000;
  return writeEight(writeUint(out, high), <u32>(value - high * 100000000));
}

/**
 * Writes nanoseconds as seconds, rounded to microseconds (halves up): always six decimals, or as few as say the same but
 * at least one. Returns where it ends; at most 24 bytes.
 */
export function writeSeconds(out: usize, nanoseconds: i64, six: bool): usize {
  let micros = nanoseconds / 1000;
  let rest = <i32>(nanoseconds - micros * 1000);
  // Division rounds towards zero: -1 ns is -1 µs and 999 ns.
  if (rest < 0) { micros--; rest += 1000; }
  if (rest >= 500) micros++;
  let at = out;
  if (micros < 0) {
    store<u8>(at++, 0x2d);
    micros = -micros;
  }
  const whole = <u64>micros / 1000000;
  const fraction = <u32>(<u64>micros - whole * 1000000);
  at = writeUint(at, whole);
  store<u8>(at, 0x2e);
  const high = fraction / 10000;
  const low = fraction - high * 10000;
  const middle = low / 100;
  pair(at + 1, high);
  pair(at + 3, middle);
  pair(at + 5, low - middle * 100);
  at += 7;
  if (!six) while (load<u8>(at - 1) == 48 && load<u8>(at - 2) != 0x2e) at--;
  return at;
}
