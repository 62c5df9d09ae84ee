// The name of a file, from Content-Disposition (RFC 6266) or the old `name` parameter of Content-Type.

import { append, consume } from "../../memory/buffer";
import { lower } from "../../memory/bytes";
import { scratch } from "./scratch";
import { Half, nameOf } from "./state";
import { isBlank, startsWith, unescape } from "./text";

/** Longest name that is kept. */
const MAX_NAME_BYTES: u32 = 1024;

/** Takes the name out of a header's value; `whole` asks for `filename`, else `name` is enough. */
export function disposition(half: Half, value: usize, n: u32, whole: bool): void {
  const at = findName(value, n, whole);
  if (at == 0) return;
  let p = value + at;
  let length = n - at;
  if (length != 0 && load<u8>(p) == 34) {
    p++;
    length--;
    let end: u32 = 0;
    while (end < length && load<u8>(p + end) != 34) end++;
    length = end;
  } else {
    let end: u32 = 0;
    while (end < length && load<u8>(p + end) != 59) end++;
    while (end != 0 && isBlank(load<u8>(p + end - 1))) end--;
    length = end;
  }
  const skipped = languageEnd(p, length);
  p += skipped;
  length -= skipped;
  if (length > MAX_NAME_BYTES) length = MAX_NAME_BYTES;
  const out = scratch();
  if (out == 0) return;
  const name = nameOf(half);
  consume(name, name.length);
  append(name, out, unescape(p, length, out), MAX_NAME_BYTES);
}

// Where the value of the last `name=` begins (0 = none): `filename`, `filename*` and `name` all end so.
function findName(value: usize, n: u32, whole: bool): u32 {
  let found: u32 = 0;
  let asked = false;
  for (let i: u32 = 0; i + 5 <= n; i++) {
    if (lower(load<u8>(value + i)) != 110 || !startsWith(value + i, n - i, "name")) continue;
    let at = i + 4;
    while (at < n && isBlank(load<u8>(value + at))) at++;
    if (at < n && load<u8>(value + at) == 42) at++;
    if (at >= n || load<u8>(value + at) != 61) continue;
    if (!whole || (i >= 4 && startsWith(value + i - 4, 4, "file"))) asked = true;
    at++;
    while (at < n && isBlank(load<u8>(value + at))) at++;
    found = at;
  }
  return asked ? found : 0;
}

// `UTF-8'en'` before the name (RFC 8187): bytes up to its last quote, 0 = none.
function languageEnd(p: usize, n: u32): u32 {
  let first: u32 = 0;
  while (first < n && load<u8>(p + first) != 39) {
    const c = <u32>load<u8>(p + first);
    if (c <= 32 || c >= 127) return 0;
    first++;
  }
  if (first == 0 || first >= n) return 0;
  let second = first + 1;
  while (second < n && load<u8>(p + second) != 39) {
    const c = <u32>load<u8>(p + second);
    if (c <= 32 || c >= 127) return 0;
    second++;
  }
  return second < n ? second + 1 : 0;
}
