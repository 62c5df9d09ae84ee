// Reading DER (X.690) as far as it goes: lengths are clamped to the bytes that are there, nothing is built but views.
import { toHex } from './hex';

/** What stands in the bytes is not what DER allows there. */
export class DerError extends Error {}

export const TAG_BOOLEAN = 0x01;
export const TAG_INTEGER = 0x02;
export const TAG_BIT_STRING = 0x03;
export const TAG_OCTET_STRING = 0x04;
export const TAG_OID = 0x06;
export const TAG_UTC_TIME = 0x17;
export const TAG_GENERALIZED_TIME = 0x18;
export const TAG_SEQUENCE = 0x30;
export const TAG_SET = 0x31;

/** One element: its identifier octet, its content and the whole of it. */
export interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** Walks the elements of one level. */
export class DerReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  /** Identifier octet of the next element; -1 at the end. */
  peek(): number {
    return this.bytes[this.at] ?? -1;
  }

  /** The next element. @throws DerError when there is none or its length does not fit */
  next(what: string): Element {
    const { bytes } = this;
    const start = this.at;
    if (bytes.length - start < 2) throw new DerError(`${what} is missing`);
    const tag = bytes[start] ?? 0;
    // Tags above 30 take more octets (X.690 §8.1.2.4); certificates have none.
    if ((tag & 31) === 31) throw new DerError(`${what} has a tag of several octets`);
    let at = start + 1;
    let length = bytes[at++] ?? 0;
    if (length >= 128) {
      const octets = length & 127;
      if (octets === 0 || octets > 4) throw new DerError(`${what} has a length of ${octets} octets`);
      length = 0;
      for (let i = 0; i < octets; i++) length = length * 256 + (bytes[at++] ?? 0);
    }
    if (length > bytes.length - at) throw new DerError(`${what} says ${length} bytes, ${Math.max(0, bytes.length - at)} are there`);
    this.at = at + length;
    return { tag, content: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) };
  }

  /** The next element, which must have this identifier. @throws DerError */
  expect(tag: number, what: string): Element {
    const element = this.next(what);
    if (element.tag !== tag) throw new DerError(`${what} has tag ${element.tag} instead of ${tag}`);
    return element;
  }

  /** The next element when it has this identifier, else null. */
  optional(tag: number, what: string): Element | null {
    return this.peek() === tag ? this.next(what) : null;
  }
}

/** An object identifier in dotted decimals (X.690 §8.19). */
export function oidText(content: Uint8Array): string {
  const arcs: bigint[] = [];
  let value = 0n;
  for (const byte of content) {
    value = (value << 7n) | BigInt(byte & 127);
    if (byte >= 128) continue;
    if (arcs.length === 0) {
      const first = value < 40n ? 0n : value < 80n ? 1n : 2n;
      arcs.push(first, value - first * 40n);
    } else arcs.push(value);
    value = 0n;
  }
  return arcs.join('.');
}

/** Upper-case hexadecimal. */
export function upperHex(bytes: Uint8Array): string {
  return toHex(bytes).toUpperCase();
}

/** Magnitude of an INTEGER without leading zero bytes, and its sign (X.690 §8.3: two's complement). */
export function integer(content: Uint8Array): { negative: boolean; magnitude: Uint8Array } {
  const negative = ((content[0] ?? 0) & 0x80) !== 0;
  const bytes = content.slice();
  if (negative) {
    let carry = 1;
    for (let i = bytes.length - 1; i >= 0; i--) {
      const value = (~(bytes[i] ?? 0) & 255) + carry;
      bytes[i] = value & 255;
      carry = value >> 8;
    }
  }
  let skip = 0;
  while (skip < bytes.length - 1 && bytes[skip] === 0) skip++;
  return { negative, magnitude: bytes.subarray(skip) };
}

/** Bits of an INTEGER's magnitude. */
export function bitLength(content: Uint8Array): number {
  const { magnitude } = integer(content);
  return magnitude.length === 0 ? 0 : (magnitude.length - 1) * 8 + 32 - Math.clz32(magnitude[0] ?? 0);
}
