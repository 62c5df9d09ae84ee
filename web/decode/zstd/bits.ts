import { DecodeError } from '../decoder';

/** Says what is wrong with zstd data. */
export function damaged(what: string): DecodeError {
  return new DecodeError(`the zstd data is damaged (${what})`);
}

/** Bits of a forward stream, least significant first (RFC 8878 §4.1.1 reads its table descriptions so). */
export class ForwardBits {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** Up to 16 bits. @throws DecodeError at the end of the bytes */
  read(count: number): number {
    const from = this.at >> 3;
    const value = ((this.bytes[from] ?? 0) | ((this.bytes[from + 1] ?? 0) << 8) | ((this.bytes[from + 2] ?? 0) << 16)) >> (this.at & 7);
    this.at += count;
    if (this.at > this.bytes.length * 8) throw damaged('a table is cut');
    return value & ((1 << count) - 1);
  }

  back(count: number): void {
    this.at -= count;
  }

  /** Whole bytes used so far. */
  get used(): number {
    return (this.at + 7) >> 3;
  }
}

/** Where a backward stream begins: bits below the end mark, the highest set bit of the last byte (RFC 8878 §4.1). */
export function backwardBits(bytes: Uint8Array): number {
  const last = bytes[bytes.length - 1] ?? 0;
  if (last === 0) throw damaged('a bit stream has no end mark');
  return bytes.length * 8 - 8 + (31 - Math.clz32(last));
}

/** Bits `at` (may be negative: zeros lie before the stream) to `at + count`, count ≤ 24. */
export function bitsAt(bytes: Uint8Array, at: number, count: number): number {
  if (at < 0) {
    if (at + count <= 0) return 0;
    return (bitsAt(bytes, 0, at + count) << -at) >>> 0;
  }
  const from = at >> 3;
  const word = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24);
  return (word >>> (at & 7)) & ((1 << count) - 1);
}
