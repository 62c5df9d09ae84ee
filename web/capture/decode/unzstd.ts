import { Decompress } from 'fzstd';
import { DecodeError, type StreamDecoder } from './decoder';

const PIECE = 64 * 1024;

/** zstd (RFC 8878): any number of frames, skippable ones among them. */
export class Unzstd implements StreamDecoder {
  private readonly queue: Uint8Array[] = [];
  private readonly decoder = new Decompress((bytes) => { this.queue.push(bytes.slice()); });
  private error: string | null = null;

  *push(input: Uint8Array): Generator<Uint8Array, void> {
    for (let at = 0; at < input.length; at += PIECE) {
      try { this.decoder.push(input.subarray(at, at + PIECE)); } catch { this.error = 'the zstd data is damaged'; }
      yield* this.queue.splice(0);
      if (this.error) throw new DecodeError(this.error);
    }
  }

  unfinished(): string | null {
    try { this.decoder.push(new Uint8Array(0), true); } catch { return 'in the middle of the zstd data'; }
    return null;
  }

  remark(): string { return ''; }
  clone(): null { return null; }
  weight(): number { return 0; }
}
