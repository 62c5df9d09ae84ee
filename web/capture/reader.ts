import { sizeText } from '../decode/limits';
import { decoderFor } from './layers';
import type { DecoderChain } from '../decode/decoder';
import { CHECKPOINT_BYTES, MAX_CACHED_BYTES, MAX_CHECKPOINT_BYTES, MAX_READ_BYTES } from './limits';
import type { CaptureLocator } from './open';
import { hasSlice, rangeStream, type ByteSource } from './source';
import { itemStream, listZip, type SlicedSource } from './zip';

/** Compressed bytes decoded between two looks at whether a checkpoint is due. */
const PUSH_BYTES = 64 * 1024;

export type ReadResult = { readonly ok: true; readonly value: Uint8Array } | { readonly ok: false; readonly error: string };

/** A decoder as it stood at a place, to go on from there. */
interface Checkpoint {
  /** Compressed bytes it had taken. */
  readonly base: number;
  /** Decoded bytes it had given. */
  readonly at: number;
  readonly chain: DecoderChain;
}

/** The decoder that is at work: where it stands and what it reads. */
interface Cursor extends Checkpoint {
  readonly input: AsyncIterator<Uint8Array>;
  /** Read from the input, not yet decoded. */
  readonly rest: Uint8Array;
}

/** What is configurable for tests. */
export interface ReaderLimits {
  readonly checkpointBytes: number;
  readonly maxCheckpointBytes: number;
  readonly maxCachedBytes: number;
}

/**
 * Reads the (decompressed) capture again at any offset, to show single packets. Plain captures are read in place.
 * Compressed ones are decoded from the nearest checkpoint before; the first read of a late offset decodes everything
 * before it once and leaves checkpoints behind.
 */
export class CaptureReader {
  private readonly limits: ReaderLimits;
  private checkpoints: Checkpoint[] = [];
  private spacing: number;
  private cursor: Cursor | null = null;
  /** Decoded pieces, least recently used first. */
  private cache: { at: number; bytes: Uint8Array }[] = [];
  private cached = 0;
  private queue: Promise<unknown> = Promise.resolve();
  /** Compressed bytes decoded so far by all reads (to see what checkpoints save). */
  decodedInput = 0;

  constructor(private readonly source: ByteSource, private readonly locator: CaptureLocator, limits: Partial<ReaderLimits> = {}) {
    this.limits = { checkpointBytes: CHECKPOINT_BYTES, maxCheckpointBytes: MAX_CHECKPOINT_BYTES, maxCachedBytes: MAX_CACHED_BYTES, ...limits };
    this.spacing = this.limits.checkpointBytes;
  }

  /**
   * `length` bytes (at most MAX_READ_BYTES) from `offset`; fewer where the capture ends. Reads wait for one another.
   * The error is a sentence: the source is gone, changed, or cannot be read twice.
   */
  read(offset: number, length: number): Promise<ReadResult> {
    const turn = this.queue.then(() => this.readNow(offset, length));
    this.queue = turn;
    return turn;
  }

  private async readNow(offset: number, length: number): Promise<ReadResult> {
    if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(length) || length < 0) {
      return { ok: false, error: `There is no byte ${offset} in ${this.source.name}.` };
    }
    if (length > MAX_READ_BYTES) return { ok: false, error: `At most ${sizeText(MAX_READ_BYTES)} can be read at once.` };
    const { source, locator } = this;
    if (!hasSlice(source)) return { ok: false, error: `${source.name} can be read only once. Save it as a file and open that to see its packets.` };
    try {
      if (locator.layers.length === 0 && !locator.locked) {
        const end = Math.min(locator.end ?? source.size ?? Infinity, locator.start + offset + length);
        const start = Math.min(end, locator.start + offset);
        return { ok: true, value: await source.slice(start, end) };
      }
      const value = new Uint8Array(length);
      const had = this.fromCache(offset, value);
      const got = had === length ? 0 : await this.decode(source, offset + had, value.subarray(had));
      return { ok: true, value: value.subarray(0, had + got) };
    } catch (error) {
      this.cursor = null;
      return { ok: false, error: `${source.name} could not be read again: ${error instanceof Error ? error.message : String(error)}. Open it again to see its packets.` };
    }
  }

  /** Fills `wanted` from its start with what is cached; how many bytes that were. */
  private fromCache(offset: number, wanted: Uint8Array): number {
    let filled = 0;
    while (filled < wanted.length) {
      const place = offset + filled;
      const found = this.cache.findIndex(({ at, bytes }) => place >= at && place < at + bytes.length);
      const [piece] = found < 0 ? [] : this.cache.splice(found, 1);
      if (!piece) break;
      this.cache.push(piece);
      const part = piece.bytes.subarray(place - piece.at, place - piece.at + wanted.length - filled);
      wanted.set(part, filled);
      filled += part.length;
    }
    return filled;
  }

  private keep(at: number, bytes: Uint8Array): void {
    this.cache.push({ at, bytes });
    this.cached += bytes.length;
    while (this.cached > this.limits.maxCachedBytes && this.cache.length > 1) this.cached -= this.cache.shift()?.bytes.length ?? 0;
  }

  /** Fills `wanted` by decoding; how many bytes there were before the capture's end. */
  private async decode(source: SlicedSource, offset: number, wanted: Uint8Array): Promise<number> {
    const stop = offset + wanted.length;
    const start = await this.startFor(source, offset);
    const { chain, input } = start;
    let { base, at, rest } = start;
    this.cursor = null;
    let filled = 0;
    while (at < stop) {
      if (rest.length === 0) {
        const { done, value } = await input.next();
        if (done) break;
        rest = value;
      }
      const piece = rest.subarray(0, PUSH_BYTES);
      rest = rest.subarray(piece.length);
      for (const out of chain.push(piece)) {
        const end = at + out.length;
        if (end > offset && at < stop) {
          const first = Math.max(offset, at);
          const last = Math.min(stop, end);
          wanted.set(out.subarray(first - at, last - at), first - offset);
          filled += last - first;
        }
        // What comes behind the wanted bytes too: the next packet is the likeliest read.
        if (end > offset) this.keep(at, out);
        at = end;
      }
      base += piece.length;
      this.decodedInput += piece.length;
      this.checkpoint(base, at, chain);
    }
    if (at >= stop) this.cursor = { base, at, chain, input, rest: new Uint8Array(rest) };
    else await input.return?.();
    return filled;
  }

  /** The best place to start: the cursor where it stands, a checkpoint, or the beginning. */
  private async startFor(source: SlicedSource, offset: number): Promise<Cursor> {
    let best: Checkpoint | null = null;
    for (const checkpoint of this.checkpoints) if (checkpoint.at <= offset && checkpoint.at >= (best?.at ?? 0)) best = checkpoint;
    const { cursor } = this;
    if (cursor && cursor.at <= offset && cursor.at >= (best?.at ?? 0)) return cursor;
    await cursor?.input.return?.();
    const chain = best?.chain.clone() ?? decoderFor(this.locator.layers);
    const base = best?.base ?? 0;
    const input = (await this.packed(source, base))[Symbol.asyncIterator]();
    return { base, at: best?.at ?? 0, chain, input, rest: new Uint8Array(0) };
  }

  /** The packed bytes of the capture from the `base`-th on. */
  private async packed(source: SlicedSource, base: number): Promise<AsyncIterable<Uint8Array>> {
    const { start, end, locked } = this.locator;
    if (!locked) return rangeStream(source, start + base, end ?? source.size ?? Infinity);
    const { items } = await listZip(source);
    const item = items.find(({ index }) => index === locked.index);
    if (!item) throw new Error('it is no longer the same zip');
    return skipped(itemStream(source, item, locked.password), base);
  }

  private checkpoint(base: number, at: number, chain: DecoderChain): void {
    const last = this.checkpoints.at(-1);
    if (at < (last?.at ?? 0) + this.spacing) return;
    const copy = chain.clone();
    if (!copy) return;
    this.checkpoints.push({ base, at, chain: copy });
    const held = this.checkpoints.reduce((sum, { chain: kept }) => sum + kept.weight(), 0);
    if (held <= this.limits.maxCheckpointBytes) return;
    this.checkpoints = this.checkpoints.filter((_, i) => i % 2 === 1);
    this.spacing *= 2;
  }
}

async function* skipped(stream: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array, void> {
  let left = count;
  for await (const bytes of stream) {
    const part = bytes.subarray(Math.min(left, bytes.length));
    left -= bytes.length - part.length;
    if (part.length > 0) yield part;
  }
}
