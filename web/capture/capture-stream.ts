import { crc32 } from '../decode/crc32';
import { DecodeError, DecoderChain } from '../decode/decoder';
import { sizeText } from '../decode/limits';
import { decoderFor, Sniffing, type Layer } from './layers';
import { MAX_DECODED_BYTES, MAX_RATIO, RATIO_GRACE_BYTES } from './limits';
import { SNIFF_BYTES } from './sniff';

/** How reading a capture ended. */
export interface CaptureOutcome {
  readonly state: 'whole' | 'truncated' | 'damaged' | 'capped' | 'stopped' | 'failed';
  /** The data ended before its time. */
  readonly truncated: boolean;
  /** One sentence for people; '' when all is well. */
  readonly message: string;
}

/** Caps on what compressed data may unpack to. */
export interface DecodeCaps {
  readonly maxDecodedBytes: number;
  readonly maxRatio: number;
  readonly ratioGraceBytes: number;
}

export const DEFAULT_CAPS: DecodeCaps = { maxDecodedBytes: MAX_DECODED_BYTES, maxRatio: MAX_RATIO, ratioGraceBytes: RATIO_GRACE_BYTES };

const WHOLE: CaptureOutcome = { state: 'whole', truncated: false, message: '' };

export interface StreamOptions {
  readonly name: string;
  readonly base: AsyncIterable<Uint8Array>;
  /** Layers that are known already (a zip's method, the outer file), outermost first. */
  readonly layers: readonly Layer[];
  readonly caps: DecodeCaps;
  readonly signal?: AbortSignal | undefined;
  /** CRC-32 that the first layer's output must have (zip). */
  readonly crc32?: number | null;
  /** Length of the base; a shorter one was cut. Null when it is not known. */
  readonly length?: number | null;
}

/** Base bytes through their layers to the bytes of a capture, with an account of how it went. */
export class CaptureStream {
  outcome: CaptureOutcome = WHOLE;
  /** Base bytes read and decoded bytes given. */
  read = 0;
  decoded = 0;
  private readonly chain: DecoderChain;
  private readonly sniffing = new Sniffing();
  private readonly iterator: AsyncGenerator<Uint8Array, void>;
  private readonly peeked: Uint8Array[] = [];

  constructor(private readonly options: StreamOptions) {
    this.chain = decoderFor(options.layers);
    this.iterator = this.run();
  }

  /** All layers, with the one that was found inside; known after `peek`. */
  get layers(): readonly Layer[] {
    return this.sniffing.layer ? [...this.options.layers, this.sniffing.layer] : this.options.layers;
  }

  /** The first decoded bytes, SNIFF_BYTES unless there are fewer. They come again in `chunks`. */
  async peek(): Promise<Uint8Array> {
    let have = 0;
    while (have < SNIFF_BYTES) {
      const { done, value } = await this.iterator.next();
      if (done) break;
      // A plain source may reuse its buffer.
      this.peeked.push(new Uint8Array(value));
      have += value.length;
    }
    const first = new Uint8Array(Math.min(have, SNIFF_BYTES));
    let at = 0;
    for (const bytes of this.peeked) {
      const part = bytes.subarray(0, first.length - at);
      first.set(part, at);
      at += part.length;
    }
    return first;
  }

  /** The capture's bytes; once. A chunk is valid until the next is asked for. */
  async *chunks(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* this.peeked.splice(0);
      yield* this.iterator;
    } finally {
      await this.close();
    }
  }

  /** Lets go of the source. */
  async close(): Promise<void> {
    await this.iterator.return();
    this.chain.close();
    this.sniffing.close();
  }

  private async *run(): AsyncGenerator<Uint8Array, void> {
    const { base, signal, options: { name } } = { ...this.options, options: this.options };
    try {
      for await (const bytes of base) {
        if (signal?.aborted) { this.end('stopped', `Reading of ${name} was stopped.`); return; }
        this.read += bytes.length;
        for (const out of this.decode(bytes)) {
          this.decoded += out.length;
          if (this.tripped()) return;
          yield out;
          // A signal cannot come between two synchronous steps, but it can while the receiver works.
          if (signal?.aborted) { this.end('stopped', `Reading of ${name} was stopped.`); return; }
        }
      }
      for (const out of this.sniffing.flush()) { this.decoded += out.length; yield out; }
    } catch (error) {
      if (error instanceof DecodeError) {
        this.end('damaged', `In ${name} ${error.message} after ${sizeText(this.decoded)} of the capture. Everything before that was read.`);
      } else if (signal?.aborted) {
        this.end('stopped', `Reading of ${name} was stopped.`);
      } else {
        this.end('failed', `${name} could not be read further after ${sizeText(this.read)}: ${error instanceof Error ? error.message : String(error)}. Was it moved or changed? Open it again.`);
      }
      return;
    }
    this.finish();
  }

  private crc = 0;

  private *decode(bytes: Uint8Array): Generator<Uint8Array, void> {
    for (const out of this.chain.push(bytes)) {
      if (this.options.crc32 != null) this.crc = crc32(out, this.crc);
      yield* this.sniffing.push(out);
    }
  }

  private finish(): void {
    const { name, length } = this.options;
    const where = this.chain.unfinished() ?? this.sniffing.unfinished();
    if (where !== null) {
      this.end('truncated', `${name} ends ${where}, after ${sizeText(this.decoded)} of the capture. Everything before that was read.`);
    } else if (length != null && this.read < length) {
      this.end('truncated', `${name} is cut off: ${sizeText(length - this.read)} are missing at its end. Everything before that was read.`);
    } else if (this.options.crc32 != null && this.crc !== this.options.crc32) {
      this.end('damaged', `The checksum of ${name} is wrong: parts of it may be damaged.`);
    } else {
      const remark = [this.chain.remark(), this.sniffing.remark()].filter((text) => text !== '').join(' ');
      if (remark !== '') this.end(remark.startsWith('The checksum') ? 'damaged' : 'whole', `${name}: ${remark}`);
    }
  }

  private tripped(): boolean {
    const { caps, name } = this.options;
    if (this.layers.length === 0) return false;
    if (this.decoded > caps.maxDecodedBytes) {
      this.end('capped', `${name} unpacks to more than ${sizeText(caps.maxDecodedBytes)} (cap: decoded bytes); the rest was left out. Unpack it yourself to analyse all of it.`);
    } else if (this.decoded > caps.ratioGraceBytes && this.decoded > this.read * caps.maxRatio) {
      this.end('capped', `${name} unpacks to more than ${caps.maxRatio.toLocaleString('en')} times its size (cap: compression ratio), as no real capture does; the rest was left out.`);
    } else {
      return false;
    }
    return true;
  }

  private end(state: CaptureOutcome['state'], message: string): void {
    this.outcome = { state, truncated: state === 'truncated', message };
  }
}
