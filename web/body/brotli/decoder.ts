// Brotli (RFC 7932). The encoded bytes are kept until the end of the body and decoded then; what a stream that breaks
// off decodes to is handed out all the same.
import { DecodeError } from '../../decode/decoder';
import type { ContentDecoder, Sink } from '../decode';
import { BROTLI_TRUNCATED } from './bits';
import { BrotliStream } from './stream';

export class BrotliDecoder implements ContentDecoder {
  private parts: Uint8Array[] = [];
  private size = 0;

  constructor(private readonly sink: Sink) {}

  push(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
    this.size += bytes.length;
  }

  held(): number {
    return this.size;
  }

  close(): void {
    this.parts = [];
    this.size = 0;
  }

  private drop(): Uint8Array {
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    this.parts = [];
    this.size = 0;
    return whole;
  }

  end(): string {
    try {
      new BrotliStream(this.drop(), this.sink).run();
      return '';
    } catch (error) {
      if (error instanceof DecodeError && error.message === BROTLI_TRUNCATED) return BROTLI_TRUNCATED;
      throw error;
    }
  }
}
