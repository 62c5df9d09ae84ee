// Small comparisons that signatures are made of.

import { be16, lower } from "../../memory/bytes";

/** True when the bytes begin with `text`, which must be lower-case; ASCII case is ignored. */
export function startsWith(p: usize, n: u32, text: string): bool {
  const length = <u32>text.length;
  if (n < length) return false;
  for (let i: u32 = 0; i < length; i++) {
    if (lower(load<u8>(p + i)) != <u32>text.charCodeAt(i)) return false;
  }
  return true;
}

const SEARCHED: u32 = 512;

/** True when `text` (lower-case) stands in the first 512 bytes; ASCII case is ignored. */
export function contains(p: usize, n: u32, text: string): bool {
  const length = <u32>text.length;
  const end = n < SEARCHED ? n : SEARCHED;
  const first = <u32>text.charCodeAt(0);
  for (let i: u32 = 0; i + length <= end; i++) {
    if (lower(load<u8>(p + i)) == first && startsWith(p + i, end - i, text)) return true;
  }
  return false;
}

/** Bytes of the tag and length that `derLength` read. */
export let derHeader: u32 = 0;

/** Content length of the DER element at `p` (X.690 §8.1.3), 0xffffffff when it has none that can be read; sets `derHeader`. */
export function derLength(p: usize, n: u32): u32 {
  derHeader = 2;
  if (n < 2) return 0xffffffff;
  const first = <u32>load<u8>(p, 1);
  if (first < 0x80) return first;
  if (first == 0x81 && n >= 3) {
    derHeader = 3;
    return <u32>load<u8>(p, 2);
  }
  if (first == 0x82 && n >= 4) {
    derHeader = 4;
    return be16(p + 2);
  }
  if (first == 0x83 && n >= 5) {
    derHeader = 5;
    return (<u32>load<u8>(p, 2) << 16) | be16(p + 3);
  }
  if (first == 0x84 && n >= 6) {
    derHeader = 6;
    return (be16(p + 2) << 16) | be16(p + 4);
  }
  return 0xffffffff;
}
