// Text as bytes without strings in between: what the log writers fill their blocks with.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LOWER_HEX = '0123456789abcdef';
const HEX = Uint8Array.from(LOWER_HEX, (c) => c.charCodeAt(0));
const encoder = new TextEncoder();
/** Second byte of the short JSON escapes of control characters (RFC 8259 §7), 0 where there is none. */
const SHORT_ESCAPES = new Uint8Array(32);
for (const [code, letter] of [[8, 'b'], [9, 't'], [10, 'n'], [12, 'f'], [13, 'r']] as const) SHORT_ESCAPES[code] = letter.charCodeAt(0);

/** Length of the UTF-8 sequence at `at` (RFC 3629 §4), 0 when the bytes are none. */
export function utf8Length(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const n = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + n > end) return 0;
  const second = bytes[at + 1]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < n; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return n;
}

/** The bytes of a text, for prefixes that are written often. */
export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A growing buffer of bytes. */
export class ByteWriter {
  length = 0;
  private buffer: Uint8Array<ArrayBuffer>;

  /** @param capacity bytes to begin with */
  constructor(capacity: number) {
    this.buffer = new Uint8Array(capacity);
  }

  /** A copy of everything written, and an empty buffer for what follows. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.buffer.slice(0, this.length);
    this.length = 0;
    return bytes;
  }

  private reserve(bytes: number): Uint8Array {
    if (this.length + bytes > this.buffer.length) {
      const grown = new Uint8Array(Math.max(this.buffer.length * 2, this.length + bytes));
      grown.set(this.buffer.subarray(0, this.length));
      this.buffer = grown;
    }
    return this.buffer;
  }

  byte(value: number): void {
    this.reserve(1)[this.length++] = value;
  }

  /** Overwrites a byte that was written. */
  replace(at: number, value: number): void {
    this.buffer[at] = value;
  }

  raw(bytes: Uint8Array): void {
    const out = this.reserve(bytes.length);
    let at = this.length;
    for (let i = 0; i < bytes.length; i++) out[at++] = bytes[i]!;
    this.length = at;
  }

  /** Text that needs no escaping. */
  text(text: string): void {
    const out = this.reserve(text.length * 3);
    let at = this.length;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c > 127) { this.length += encoder.encodeInto(text, out.subarray(this.length)).written; return; }
      out[at++] = c;
    }
    this.length = at;
  }

  /** A whole number from 0 below 2^53. */
  uint(value: number): void {
    if (value < 10) { this.byte(48 + value); return; }
    const out = this.reserve(17);
    let digits = 1;
    for (let limit = 10; limit <= value; limit *= 10) digits++;
    let rest = value;
    for (let i = this.length + digits - 1; i >= this.length; i--) {
      const tenth = Math.floor(rest / 10);
      out[i] = 48 + (rest - tenth * 10);
      rest = tenth;
    }
    this.length += digits;
  }

  /** Whole microseconds as seconds: always six decimals, or as few as say the same but at least one. */
  seconds(micros: number, six: boolean): void {
    let rest = micros;
    if (rest < 0) { this.byte(0x2d); rest = -rest; }
    const whole = Math.floor(rest / 1e6);
    let fraction = rest - whole * 1e6;
    this.uint(whole);
    const out = this.reserve(7);
    out[this.length] = 0x2e;
    for (let i = 6; i >= 1; i--) {
      const tenth = Math.floor(fraction / 10);
      out[this.length + i] = 48 + (fraction - tenth * 10);
      fraction = tenth;
    }
    let kept = 7;
    if (!six) while (kept > 2 && out[this.length + kept - 1] === 48) kept--;
    this.length += kept;
  }

  /** The IPv4 address in sixteen bytes at `at`, dotted. */
  ipv4(bytes: Uint8Array, at: number): void {
    for (let i = 12; i < 16; i++) {
      if (i > 12) this.byte(0x2e);
      this.uint(bytes[at + i]!);
    }
  }

  /**
   * Bytes inside a JSON string as Zeek writes them: valid UTF-8 stays, JSON's own escapes are used where it has short
   * ones, every other control byte and every byte that is no UTF-8 becomes the four characters \xNN.
   */
  jsonEscaped(bytes: Uint8Array, start: number, end: number): void {
    const out = this.reserve((end - start) * 5);
    let at = this.length;
    for (let i = start; i < end;) {
      const c = bytes[i]!;
      if (c >= 0x20 && c < 0x7f) {
        if (c === QUOTE || c === BACKSLASH) out[at++] = BACKSLASH;
        out[at++] = c;
        i++;
        continue;
      }
      if (c < 0x20 && SHORT_ESCAPES[c] !== 0) {
        out[at++] = BACKSLASH;
        out[at++] = SHORT_ESCAPES[c]!;
        i++;
        continue;
      }
      const n = c < 0x80 ? 0 : utf8Length(bytes, i, end);
      if (n === 0) {
        out[at++] = BACKSLASH;
        out[at++] = BACKSLASH;
        out[at++] = 0x78;
        out[at++] = HEX[c >> 4]!;
        out[at++] = HEX[c & 15]!;
        i++;
        continue;
      }
      for (const stop = i + n; i < stop; i++) out[at++] = bytes[i]!;
    }
    this.length = at;
  }

  /**
   * Bytes in Zeek's TSV: printable ASCII and UTF-8 stay, a backslash is doubled, control bytes (the separator among
   * them), bytes that are no UTF-8 and, inside a list, the list's separator become \xNN.
   */
  tsvEscaped(bytes: Uint8Array, start: number, end: number, inList: boolean): void {
    const out = this.reserve((end - start) * 4);
    let at = this.length;
    for (let i = start; i < end;) {
      const c = bytes[i]!;
      const n = c < 0x20 || c === 0x7f || (inList && c === 0x2c) ? 0 : utf8Length(bytes, i, end);
      if (n === 0) {
        out[at++] = BACKSLASH;
        out[at++] = 0x78;
        out[at++] = HEX[c >> 4]!;
        out[at++] = HEX[c & 15]!;
        i++;
        continue;
      }
      if (c === BACKSLASH) out[at++] = BACKSLASH;
      for (const stop = i + n; i < stop; i++) out[at++] = bytes[i]!;
    }
    this.length = at;
  }
}
