import { ENCODING_BR, ENCODING_DEFLATE, ENCODING_GZIP, ENCODING_IDENTITY, ENCODING_ZSTD } from '../../assembly/abi/enums';
import type { StreamDecoder } from '../decode/decoder';
import { Gunzip } from '../decode/gunzip';
import { Inflate } from '../decode/inflate';
import { Unzstd } from '../decode/unzstd';
import { BrotliDecoder } from './brotli/decoder';

/** Undoes one content coding, a piece at a time. Decoded bytes go to the sink; what the sink throws passes through. */
export interface ContentDecoder {
  /** @throws DecodeError after everything before the damage was handed to the sink */
  push(bytes: Uint8Array): void;
  /** The input has ended. Answers why the content is not whole, in words; '' when it is. */
  end(): string;
  /** Memory that it holds between calls, in bytes. */
  held(): number;
  /** It is not used any more. */
  close(): void;
}

/** Gets decoded bytes; they are valid during the call only. */
export type Sink = (bytes: Uint8Array) => void;

const TRUNCATED = 'compressed content ends early';
/** The largest window that a server may use (RFC 9659). */
export const MAX_CONTENT_ZSTD_WINDOW = 8 * 1024 * 1024;

/**
 * A decoder of captures for content. Browsers let pass what stands behind the data of gzip and zstd: a checksum that is
 * wrong or cut, and bytes that begin nothing more.
 */
class StreamContent implements ContentDecoder {
  constructor(private readonly decoder: StreamDecoder & { readonly done: boolean }, private readonly sink: Sink) {}

  push(bytes: Uint8Array): void {
    for (const decoded of this.decoder.push(bytes, true)) this.sink(decoded);
  }

  end(): string {
    return this.decoder.done ? '' : TRUNCATED;
  }

  held(): number {
    return this.decoder.weight();
  }

  close(): void {
    this.decoder.close();
  }
}

/** HTTP's `deflate`: zlib (RFC 1950) by the standard, bare deflate from many servers (RFC 9110 §8.4.1.2, note). */
class DeflateContent implements ContentDecoder {
  private readonly inflate: StreamContent;
  /** What came before two bytes were there; null behind that. */
  private head: Uint8Array | null = new Uint8Array(0);

  constructor(sink: Sink) {
    this.inflate = new StreamContent(new Inflate(), sink);
  }

  push(bytes: Uint8Array): void {
    let data = bytes;
    if (this.head) {
      data = new Uint8Array(this.head.length + bytes.length);
      data.set(this.head);
      data.set(bytes, this.head.length);
      this.head = data.length < 2 ? data : null;
      if (this.head) return;
      const first = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
      const zlib = (first & 0x0f00) === 0x0800 && first % 31 === 0 && (first & 0x20) === 0;
      if (zlib) data = data.subarray(2);
    }
    this.inflate.push(data);
  }

  end(): string {
    return this.inflate.end();
  }

  held(): number {
    return this.inflate.held();
  }

  close(): void {
    this.inflate.close();
  }
}

/** A decoder for an ENCODING_* code; null when the bytes go through as they are (identity, or a coding not known). */
export function contentDecoder(encoding: number, sink: Sink): ContentDecoder | null {
  switch (encoding) {
    case ENCODING_GZIP: return new StreamContent(new Gunzip(false), sink);
    case ENCODING_DEFLATE: return new DeflateContent(sink);
    case ENCODING_BR: return new BrotliDecoder(sink);
    case ENCODING_ZSTD: return new StreamContent(new Unzstd(MAX_CONTENT_ZSTD_WINDOW), sink);
    case ENCODING_IDENTITY:
    default: return null;
  }
}
