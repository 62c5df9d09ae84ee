// CRC-32 of gzip and zip (RFC 1952 §8), eight bytes a step.
const TABLES = Array.from({ length: 8 }, () => new Uint32Array(256));
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  T0[n] = c;
}
for (let n = 0; n < 256; n++) {
  let c = T0[n] as number;
  for (let k = 1; k < 8; k++) {
    c = (c >>> 8) ^ (T0[c & 255] as number);
    (TABLES[k] as Uint32Array)[n] = c;
  }
}

/** The CRC of `bytes` that follow on data whose CRC is `crc` (0 at the start); unsigned. */
export function crc32(bytes: Uint8Array, crc = 0): number {
  let c = ~crc;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    c = T7[c & 255]! ^ T6[(c >>> 8) & 255]! ^ T5[(c >>> 16) & 255]! ^ T4[c >>> 24]!
      ^ T3[bytes[i + 4]!]! ^ T2[bytes[i + 5]!]! ^ T1[bytes[i + 6]!]! ^ T0[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) c = (c >>> 8) ^ T0[(c ^ bytes[i]!) & 255]!;
  return ~c >>> 0;
}
