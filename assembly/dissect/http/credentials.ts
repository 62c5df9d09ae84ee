// Basic authorization (RFC 7617): user name and password.

import { HTTP_PASSWORD, HTTP_USERNAME } from "../../abi/logs";
import { Draft } from "../../columns/draft";
import { indexOf } from "../../memory/bytes";
import { scratch } from "./scratch";
import { isBlank, isDigit, startsWith, write } from "./text";
import { setField } from "./transaction";

/** Longest credentials that are decoded. */
const MAX_CREDENTIALS_BYTES: u32 = 8192;

/** Value of a base64 digit, 64 when it is none. */
function base64Digit(c: u32): u32 {
  if (c - 65 < 26) return c - 65;
  if (c - 97 < 26) return c - 71;
  if (isDigit(c)) return c + 4;
  if (c == 43) return 62;
  return c == 47 ? 63 : 64;
}

// Decodes what is base64 in `n` bytes at `p` up to the padding; returns the bytes written at `out`.
function decodeBase64(p: usize, n: u32, out: usize): u32 {
  let used: u32 = 0;
  let bits: u32 = 0;
  let held: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const c = <u32>load<u8>(p + i);
    if (c == 61) break;
    const digit = base64Digit(c);
    if (digit == 64) continue;
    held = (held << 6) | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      store<u8>(out + used++, (held >> bits) & 255);
    }
  }
  return used;
}

/** Reads an Authorization or Proxy-Authorization header into the row. */
export function authorization(draft: Draft, value: usize, n: u32): void {
  if (!startsWith(value, n, "basic ")) return;
  const out = scratch();
  if (out == 0) return;
  let at: u32 = 6;
  while (at < n && isBlank(load<u8>(value + at))) at++;
  const length = n - at < MAX_CREDENTIALS_BYTES ? n - at : MAX_CREDENTIALS_BYTES;
  const decoded = decodeBase64(value + at, length, out);
  const colon = indexOf(out, decoded, 58);
  if (colon < decoded) {
    setField(draft, HTTP_USERNAME, out, colon);
    setField(draft, HTTP_PASSWORD, out + colon + 1, decoded - colon - 1);
    return;
  }
  setField(draft, HTTP_PASSWORD, out, decoded);
  const prefix = write("<problem-decoding> (", out);
  const kept = n < MAX_CREDENTIALS_BYTES ? n : MAX_CREDENTIALS_BYTES;
  memory.copy(out + prefix, value, kept);
  store<u8>(out + prefix + kept, 41);
  setField(draft, HTTP_USERNAME, out, prefix + kept + 1);
}
