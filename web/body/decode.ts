import { Decompress as ZstdStream } from 'fzstd';
import { ENCODING_BR, ENCODING_DEFLATE, ENCODING_GZIP, ENCODING_IDENTITY, ENCODING_ZSTD } from '../../assembly/abi/enums';
import { BrotliDecoder } from './brotli/decoder';
import { CorruptStream, Inflate } from './inflate';

/** Undoes one content coding, a piece at a time. Decoded bytes go to the sink; what the sink throws passes through. */
export interface ContentDecoder {
  /** @throws CorruptStream after everything before the damage was handed to the sink */
  push(bytes: Uint8Array): void;
  /** The input has ended. Answers why the content is not whole, in words; '' when it is. */
  end(): string;
}

/** Gets decoded bytes; they are valid during the call only. */
export type Sink = (bytes: Uint8Array) => void;

const TRUNCATED = 'compressed content ends early';

/** RFC 1952, with any number of members; bytes after the last member that begin no other are left out. */
class GzipDecoder implements ContentDecoder {
  private inflate: Inflate | null = null;
  private waiting = new Uint8Array(0);
  private trailer = 0;
  private members = 0;
  private ended = false;

  constructor(private readonly sink: Sink) {}

  push(bytes: Uint8Array): void {
    let data = bytes;
    while (data.length > 0 && !this.ended) {
      if (this.inflate) {
        data = this.inflate.push(data);
        if (this.inflate.done) {
          this.inflate = null;
          this.members++;
          this.trailer = 8; // CRC-32 and length (§2.3.1)
        }
      } else if (this.trailer > 0) {
        const skip = Math.min(this.trailer, data.length);
        this.trailer -= skip;
        data = data.subarray(skip);
      } else {
        data = this.header(data);
      }
    }
  }

  private header(bytes: Uint8Array): Uint8Array {
    const data = concat(this.waiting, bytes);
    const length = gzipHeaderLength(data);
    if (length < 0) {
      if (this.members === 0) throw new CorruptStream('not gzip');
      this.ended = true;
    } else if (length === 0) {
      if (data.length > MAX_GZIP_HEADER_BYTES) throw new CorruptStream('gzip header without an end');
      this.waiting = data;
    } else {
      this.waiting = new Uint8Array(0);
      this.inflate = new Inflate(this.sink);
      return data.subarray(length);
    }
    return new Uint8Array(0);
  }

  end(): string {
    return this.inflate !== null || (this.members === 0) ? TRUNCATED : '';
  }
}

/** A header with names and comments is rarely beyond a hundred bytes. */
const MAX_GZIP_HEADER_BYTES = 65536;

/** Bytes of a gzip header (RFC 1952 §2.3); 0 when more are needed, -1 when it is none. */
function gzipHeaderLength(data: Uint8Array): number {
  if ((data[0] ?? 0x1f) !== 0x1f || (data[1] ?? 0x8b) !== 0x8b || (data[2] ?? 8) !== 8) return -1;
  if (data.length < 10) return 0;
  const flags = data[3] ?? 0;
  let at = 10;
  if ((flags & 4) !== 0) {
    if (data.length < at + 2) return 0;
    at += 2 + ((data[at] ?? 0) | ((data[at + 1] ?? 0) << 8));
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = data.indexOf(0, at);
    if (end < 0) return 0;
    at = end + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return data.length < at ? 0 : at;
}

/** HTTP's `deflate`: zlib (RFC 1950) by the standard, bare deflate from many servers (RFC 9110 §8.4.1.2, note). */
class DeflateDecoder implements ContentDecoder {
  private readonly inflate: Inflate;
  private first = new Uint8Array(0);
  private begun = false;

  constructor(sink: Sink) {
    this.inflate = new Inflate(sink);
  }

  push(bytes: Uint8Array): void {
    if (this.begun) {
      this.inflate.push(bytes);
      return;
    }
    const data = concat(this.first, bytes);
    this.first = data;
    if (data.length < 2) return;
    this.begun = true;
    const head = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
    const zlib = (head & 0x0f00) === 0x0800 && head % 31 === 0 && (head & 0x20) === 0;
    this.inflate.push(zlib ? data.subarray(2) : data);
  }

  end(): string {
    return this.inflate.done ? '' : TRUNCATED;
  }
}

/** Pieces given to the zstd library at a time: its blocks of one repeated byte make 128 KiB of 4 bytes. */
const ZSTD_PIECE_BYTES = 16384;

class ZstdDecoder implements ContentDecoder {
  private readonly stream: ZstdStream;
  private got = 0;
  private stopped: unknown = null;

  constructor(sink: Sink) {
    this.stream = new ZstdStream((bytes) => {
      try {
        sink(bytes);
      } catch (error) {
        this.stopped = error;
        throw error;
      }
    });
  }

  push(bytes: Uint8Array): void {
    this.got += bytes.length;
    for (let at = 0; at < bytes.length; at += ZSTD_PIECE_BYTES) this.give(bytes.slice(at, at + ZSTD_PIECE_BYTES));
  }

  private give(piece: Uint8Array, last = false): void {
    try {
      this.stream.push(piece, last);
    } catch (error) {
      if (this.stopped !== null) throw this.stopped;
      throw new CorruptStream(error instanceof Error ? error.message : 'zstd');
    }
  }

  end(): string {
    if (this.got === 0) return TRUNCATED;
    try {
      this.give(new Uint8Array(0), true);
      return '';
    } catch (error) {
      if (error instanceof CorruptStream) return TRUNCATED;
      throw error;
    }
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

/** A decoder for an ENCODING_* code; null when the bytes go through as they are (identity, or a coding not known). */
export function contentDecoder(encoding: number, sink: Sink): ContentDecoder | null {
  switch (encoding) {
    case ENCODING_GZIP: return new GzipDecoder(sink);
    case ENCODING_DEFLATE: return new DeflateDecoder(sink);
    case ENCODING_BR: return new BrotliDecoder(sink);
    case ENCODING_ZSTD: return new ZstdDecoder(sink);
    case ENCODING_IDENTITY:
    default: return null;
  }
}
