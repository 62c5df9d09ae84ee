import { toHex } from '../body/hex';

const utf8 = new TextEncoder();

/** SHA-1 (RFC 3174) for name-based UUIDs only: Web Crypto's is asynchronous, and ids are made by the thousand. */
export function sha1(message: Uint8Array): Uint8Array {
  const blocks = ((message.length + 8) >> 6) + 1;
  const words = new Int32Array(blocks * 16);
  for (let i = 0; i < message.length; i++) words[i >> 2] = (words[i >> 2] ?? 0) | ((message[i] ?? 0) << (24 - (i & 3) * 8));
  words[message.length >> 2] = (words[message.length >> 2] ?? 0) | (0x80 << (24 - (message.length & 3) * 8));
  words[blocks * 16 - 2] = Math.floor(message.length / 0x20000000);
  words[blocks * 16 - 1] = (message.length << 3) | 0;
  let [a, b, c, d, e] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0] as [number, number, number, number, number];
  const w = new Int32Array(80);
  for (let block = 0; block < blocks; block++) {
    const [a0, b0, c0, d0, e0] = [a, b, c, d, e];
    for (let t = 0; t < 80; t++) {
      if (t < 16) w[t] = words[block * 16 + t] ?? 0;
      else {
        const x = (w[t - 3] ?? 0) ^ (w[t - 8] ?? 0) ^ (w[t - 14] ?? 0) ^ (w[t - 16] ?? 0);
        w[t] = (x << 1) | (x >>> 31);
      }
      const [f, k] = t < 20 ? [(b & c) | (~b & d), 0x5a827999] : t < 40 ? [b ^ c ^ d, 0x6ed9eba1]
        : t < 60 ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc] : [b ^ c ^ d, 0xca62c1d6];
      const next = (((a << 5) | (a >>> 27)) + (f ?? 0) + e + (k ?? 0) + (w[t] ?? 0)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    a = (a + a0) | 0;
    b = (b + b0) | 0;
    c = (c + c0) | 0;
    d = (d + d0) | 0;
    e = (e + e0) | 0;
  }
  const digest = new Uint8Array(20);
  const view = new DataView(digest.buffer);
  [a, b, c, d, e].forEach((word, i) => view.setInt32(i * 4, word));
  return digest;
}

/** Name-based UUID, version 5 (RFC 9562 §5.5). @param namespace a UUID in text form */
export function uuidV5(namespace: string, name: string): string {
  const prefix = namespace.replaceAll('-', '').match(/../g) ?? [];
  const text = utf8.encode(name);
  const message = new Uint8Array(16 + text.length);
  message.set(prefix.map((pair) => parseInt(pair, 16)), 0);
  message.set(text, 16);
  return uuidText(sha1(message).subarray(0, 16), 5);
}

/** Random UUID (RFC 9562 §5.4); crypto.randomUUID is missing where the page is not served securely. */
export function randomUuid(): string {
  return uuidText(crypto.getRandomValues(new Uint8Array(16)), 4);
}

/** 16 bytes as a UUID of a version; changes them. */
function uuidText(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
