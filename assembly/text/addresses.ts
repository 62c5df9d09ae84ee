// Addresses as text: dotted IPv4, IPv6 by RFC 5952, hardware addresses.

import { be16 } from "../memory/bytes";
import { writeOctet } from "./numbers";

// @ts-ignore: decorator
@inline
function digit(value: u32): u32 {
  return value < 10 ? 48 + value : 87 + value;
}

/** One group of an IPv6 address: lower-case, without zeros in front. */
function writeGroup(out: usize, value: u32): usize {
  let at = out;
  if (value >= 0x1000) store<u8>(at++, digit(value >> 12));
  if (value >= 0x100) store<u8>(at++, digit((value >> 8) & 15));
  if (value >= 0x10) store<u8>(at++, digit((value >> 4) & 15));
  store<u8>(at, digit(value & 15));
  return at + 1;
}

/** RFC 5952 §4: the longest run of two or more zero groups is `::`, the first of equal ones. */
function writeV6(out: usize, address: usize): usize {
  let best: u32 = 8;
  let length: u32 = 1;
  for (let i: u32 = 0; i < 8;) {
    let n: u32 = 0;
    while (i + n < 8 && load<u16>(address + 2 * (i + n)) == 0) n++;
    if (n > length) {
      best = i;
      length = n;
    }
    i += n + 1;
  }
  let at = out;
  for (let i: u32 = 0; i < 8; i++) {
    if (i == best) {
      store<u16>(at, 0x3a3a);
      at += 2;
      i += length - 1;
      continue;
    }
    if (i != 0 && i != best + length) store<u8>(at++, 0x3a);
    at = writeGroup(at, be16(address + 2 * i));
  }
  return at;
}

/** Writes the 16 bytes of a column; returns where it ends. At most 39 bytes. */
export function writeAddress(out: usize, address: usize): usize {
  // ::ffff:0:0/96 (RFC 4291 §2.5.5.2)
  if (load<u64>(address) != 0 || load<u32>(address, 8) != 0xffff0000) return writeV6(out, address);
  let at = writeOctet(out, load<u8>(address, 12));
  store<u8>(at, 0x2e);
  at = writeOctet(at + 1, load<u8>(address, 13));
  store<u8>(at, 0x2e);
  at = writeOctet(at + 1, load<u8>(address, 14));
  store<u8>(at, 0x2e);
  return writeOctet(at + 1, load<u8>(address, 15));
}

/** Writes six bytes as `aa:bb:cc:dd:ee:ff`; returns where it ends. */
export function writeMac(out: usize, mac: usize): usize {
  let at = out;
  for (let i: u32 = 0; i < 6; i++) {
    const byte = <u32>load<u8>(mac + i);
    store<u8>(at, digit(byte >> 4));
    store<u8>(at, digit(byte & 15), 1);
    store<u8>(at, 0x3a, 2);
    at += 3;
  }
  return at - 1;
}
