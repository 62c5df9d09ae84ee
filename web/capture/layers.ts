import { sniffWrapping, SNIFF_BYTES } from './sniff';
import { DecoderChain, type StreamDecoder } from '../decode/decoder';
import { Gunzip } from '../decode/gunzip';
import { Inflate } from '../decode/inflate';
import { Unzstd } from '../decode/unzstd';

/** One way in which bytes are packed. */
export type Layer = 'gzip' | 'zstd' | 'deflate';

function decoderOf(layer: Layer): StreamDecoder {
  if (layer === 'gzip') return new Gunzip();
  return layer === 'zstd' ? new Unzstd() : new Inflate();
}

/** A decoder for these layers, outermost first; none = bytes go through as they are. */
export function decoderFor(layers: readonly Layer[]): DecoderChain {
  return new DecoderChain(layers.map(decoderOf));
}

/** Looks at the first bytes and decodes one further layer when they are gzip or zstd. */
export class Sniffing implements StreamDecoder {
  /** What was found; undefined until enough was seen, null = nothing more to decode. */
  layer: Layer | null | undefined;
  private head: Uint8Array = new Uint8Array(0);
  private inner: StreamDecoder | null = null;

  *push(input: Uint8Array): Generator<Uint8Array, void> {
    if (this.layer === undefined) {
      const joined = new Uint8Array(this.head.length + input.length);
      joined.set(this.head);
      joined.set(input, this.head.length);
      if (joined.length < SNIFF_BYTES) { this.head = joined; return; }
      yield* this.decide(joined);
    } else if (this.inner) {
      yield* this.inner.push(input);
    } else {
      yield input;
    }
  }

  /** The input has ended: what was held back for the look comes out. */
  *flush(): Generator<Uint8Array, void> {
    if (this.layer === undefined) yield* this.decide(this.head);
  }

  unfinished(): string | null {
    return this.inner?.unfinished() ?? null;
  }

  remark(): string {
    return this.inner?.remark() ?? '';
  }

  clone(): null {
    return null;
  }

  weight(): number {
    return this.head.length;
  }

  close(): void {
    this.inner?.close();
  }

  private *decide(first: Uint8Array): Generator<Uint8Array, void> {
    const found = sniffWrapping(first);
    this.layer = found === 'gzip' || found === 'zstd' ? found : null;
    this.head = new Uint8Array(0);
    if (this.layer) {
      this.inner = decoderOf(this.layer);
      yield* this.inner.push(first);
    } else if (first.length > 0) {
      yield first;
    }
  }
}
