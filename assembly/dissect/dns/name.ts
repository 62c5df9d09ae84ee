// Domain names (RFC 1035 §3.1, §4.1.4) and NetBIOS names (RFC 1001 §14.1) as text.

import {
  WEIRD_DNS_INVALID_NAME, WEIRD_DNS_LABEL_FORWARD_COMPRESS_OFFSET, WEIRD_DNS_LABEL_LEN_GT_NAME_LEN,
  WEIRD_DNS_LABEL_LEN_GT_PKT, WEIRD_DNS_LABEL_TOO_LONG, WEIRD_DNS_NAME_TOO_LONG_2,
} from "../../abi/weirds";
import { Flow } from "../../flow/flow";
import { lower } from "../../memory/bytes";
import { weirdFlow } from "../weird";

/** Bytes that a name buffer has to have. */
export const NAME_BYTES: u32 = 512;
const MAX_LABEL: u32 = 63;
/** From here on a name is worth a weird (RFC 1035 §2.3.4). */
const LONG_NAME: u32 = 255;

/** Length of the name that was read last. */
export let nameLength: u32 = 0;

/**
 * Reads the name at `at` of the `length` bytes of a message into `out` (NAME_BYTES): labels in lower case joined by dots,
 * without the final one; the root is empty. Returns the offset after the name, or 0 when it is broken (told as a weird).
 * `longLabels`: NetBIOS lets labels be longer than 63.
 */
export function readName(flow: Flow, message: usize, length: u32, at: u32, longLabels: bool, out: usize): u32 {
  let position = at;
  let limit = length;
  let after: u32 = 0;
  let n: u32 = 0;
  for (;;) {
    if (position >= limit) {
      weirdFlow(flow, WEIRD_DNS_INVALID_NAME, "DNS");
      return 0;
    }
    const label = <u32>load<u8>(message + position);
    if (label == 0) {
      position++;
      break;
    }
    if ((label & 0xc0) == 0xc0) {
      if (position + 1 >= limit) {
        weirdFlow(flow, WEIRD_DNS_INVALID_NAME, "DNS");
        return 0;
      }
      const offset = ((label & 0x3f) << 8) | <u32>load<u8>(message + position, 1);
      if (offset >= position) {
        weirdFlow(flow, WEIRD_DNS_LABEL_FORWARD_COMPRESS_OFFSET, "DNS");
        return 0;
      }
      if (after == 0) after = position + 2;
      // What a pointer leads to ends before the pointer: every jump shrinks the window, so no chain of them is endless.
      limit = position;
      position = offset;
      continue;
    }
    if (label > MAX_LABEL && !longLabels) {
      weirdFlow(flow, WEIRD_DNS_LABEL_TOO_LONG, "DNS");
      return 0;
    }
    if (label > limit - position - 1) {
      weirdFlow(flow, WEIRD_DNS_LABEL_LEN_GT_PKT, "DNS");
      return 0;
    }
    if (label + 1 > NAME_BYTES - n) {
      weirdFlow(flow, WEIRD_DNS_LABEL_LEN_GT_NAME_LEN, "DNS");
      return 0;
    }
    for (let i: u32 = 0; i < label; i++) store<u8>(out + n + i, lower(load<u8>(message + position + 1 + i)));
    n += label;
    store<u8>(out + n, 46);
    n++;
    position += 1 + label;
  }
  if (n >= LONG_NAME) weirdFlow(flow, WEIRD_DNS_NAME_TOO_LONG_2, "DNS");
  nameLength = n == 0 ? 0 : n - 1;
  return after == 0 ? position : after;
}

/**
 * Decodes a NetBIOS name in place: 32 letters a…p are 16 bytes; the last of them is the suffix (the kind of name), which
 * Zeek drops, and the rest is padded with spaces or NUL. Other names stay as they are. Returns the length.
 */
export function decodeNetbios(name: usize, length: u32): u32 {
  if (length < 32 || (length > 32 && load<u8>(name, 32) != 46)) return length;
  for (let i: u32 = 0; i < 32; i++) {
    if (<u32>load<u8>(name + i) - 97 > 15) return length;
  }
  let n: u32 = 0;
  for (let i: u32 = 0; i < 15; i++) {
    const c = ((<u32>load<u8>(name + 2 * i) - 97) << 4) | (<u32>load<u8>(name + 2 * i, 1) - 97);
    if (c == 0) break;
    store<u8>(name + i, c);
    n = i + 1;
  }
  while (n > 0 && load<u8>(name + n - 1) == 32) n--;
  return n == 0 ? length : n;
}
