import { sizeText } from '../decode/limits';
import { CaptureStream, DEFAULT_CAPS, type CaptureOutcome, type DecodeCaps } from './capture-stream';
import type { Layer } from './layers';
import { MAX_BUFFERED_ZIP_BYTES } from './limits';
import { looksLikeCapture, namedLikeCapture, sniffForeign, sniffWrapping, SNIFF_BYTES } from './sniff';
import { fromBytes, hasSlice, rangeStream, type ByteSource, type Hasher } from './source';
import {
  itemStream, listZip, METHOD_DEFLATE, METHOD_STORED, METHOD_ZSTD, Passwords, type AskPassword, type SlicedSource, type ZipItem,
} from './zip';

/** Where a capture lies within its file; enough to read it again (reader.ts). Structured-cloneable. */
export interface CaptureLocator {
  /** Bytes of the source that hold it; null end = to the end of the source. */
  readonly start: number;
  readonly end: number | null;
  /** How they are packed, outermost first. */
  readonly layers: readonly Layer[];
  /** Encrypted zip entry: its place and password; start and end mean nothing then. */
  readonly locked: { readonly index: number; readonly password: string } | null;
}

/** One capture of a file: the file itself, unpacked, or one of a zip. */
export interface InnerCapture {
  readonly name: string;
  /** `plain`, `gzip`, `zstd`, `zip`, `gzip in zip`, … */
  readonly container: string;
  /** The capture's bytes; once. A chunk is valid until the next is asked for. Stopping early is allowed. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Bytes can be read at any place without decoding (CaptureReader is quick). */
  readonly seekable: boolean;
  readonly locator: CaptureLocator;
  /** Bytes of the outer file read so far for this capture, and how many there will be (null: not known). */
  bytesRead(): number;
  readonly bytesTotal: number | null;
  /** How reading went, once `chunks` has ended. */
  outcome(): CaptureOutcome;
  /**
   * Of a zip's capture, the hash of its own (unpacked) bytes, once `chunks` was read to its end; '' before, without
   * `innerHasher`, and for a capture that is all of its file, which goes by the file's hash.
   */
  sha256(): string;
}

export interface OpenOptions {
  /** Asks the user for a zip's password; without it only `infected` is tried. */
  readonly password?: AskPassword;
  readonly signal?: AbortSignal;
  /** A running SHA-256 of the outer file's bytes. */
  readonly hasher?: Hasher;
  /** Makes a running SHA-256 for the own bytes of each capture of a zip. */
  readonly innerHasher?: () => Hasher;
  readonly caps?: Partial<DecodeCaps>;
}

/** The captures of one file, one after the other: end with one before asking for the next. */
export interface CaptureSet extends AsyncIterable<InnerCapture> {
  /** Sentences, once the captures have been gone through: why there is none, what was left out. */
  problems(): readonly string[];
  /**
   * The outer file's hash, reading what has not been read yet; '' without a hasher or when the source fails. Call it
   * when the captures are done.
   */
  sha256(): Promise<string>;
}

/** Opens a file by its content: a plain, gzip or zstd capture, or a zip of them. Never throws; see `problems`. */
export function openCaptures(source: ByteSource, options: OpenOptions = {}): CaptureSet {
  return new FileCaptures(source, options);
}

class FileCaptures implements CaptureSet {
  private readonly said: string[] = [];
  private readonly caps: DecodeCaps;
  private source: ByteSource;
  /** Outer bytes that went through the hasher, in order from the first. */
  private hashed = 0;
  /** The one pass over the outer file, where there is one. */
  private pass: AsyncIterator<Uint8Array> | null = null;

  constructor(source: ByteSource, private readonly options: OpenOptions) {
    this.source = source;
    this.caps = { ...DEFAULT_CAPS, ...options.caps };
  }

  problems(): readonly string[] {
    return this.said;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<InnerCapture, void> {
    const { name } = this.source;
    let first: Uint8Array[] = [];
    try {
      first = await this.head();
    } catch (error) {
      this.said.push(`${name} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
      return;
    }
    const head = joined(first);
    if (head.length === 0) { this.said.push(`${name} is empty.`); return; }
    const foreign = sniffForeign(head);
    if (foreign) {
      this.said.push(`${name} is packed with ${foreign.name}, which is not unpacked here. Unpack it first (${foreign.command}) and open what comes out.`);
      return;
    }
    const wrapping = sniffWrapping(head);
    if (wrapping !== 'zip') {
      const stream = this.stream(name, this.tapped(first), wrapping === 'plain' ? [] : [wrapping], {});
      await stream.peek();
      yield this.capture(name, stream, { start: 0, end: null, layers: stream.layers, locked: null }, this.source.size, false);
      await stream.close();
      return;
    }
    const zip = hasSlice(this.source) ? this.source : await this.buffered(first);
    if (zip) yield* this.entries(zip);
  }

  async sha256(): Promise<string> {
    const { hasher } = this.options;
    if (!hasher) return '';
    try {
      if (hasSlice(this.source)) {
        for await (const bytes of rangeStream(this.source, this.hashed, this.source.size ?? 0)) hasher.update(bytes);
      } else {
        for await (const bytes of this.tapped([])) void bytes;
      }
      return hasher.hex();
    } catch {
      return '';
    }
  }

  /** The first bytes, SNIFF_BYTES at least where there are so many, as the source's chunks. */
  private async head(): Promise<Uint8Array[]> {
    const pass = this.source.stream()[Symbol.asyncIterator]();
    this.pass = pass;
    const chunks: Uint8Array[] = [];
    for (let have = 0; have < SNIFF_BYTES;) {
      const { done, value } = await pass.next();
      if (done) break;
      chunks.push(new Uint8Array(value));
      have += value.length;
    }
    return chunks;
  }

  /** `first`, then the rest of the one pass; everything goes through the hasher. */
  private async *tapped(first: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
    const { pass, options: { hasher } } = this;
    const take = (bytes: Uint8Array): Uint8Array => {
      hasher?.update(bytes);
      this.hashed += bytes.length;
      return bytes;
    };
    let finished = false;
    try {
      for (const bytes of first) yield take(bytes);
      for (;;) {
        const next = await pass?.next();
        if (!next || next.done) { finished = true; return; }
        yield take(next.value);
      }
    } finally {
      // A source that can be read once is kept open: its hash may still be wanted.
      if (!finished && hasSlice(this.source)) await pass?.return?.();
    }
  }

  private stream(
    name: string, base: AsyncIterable<Uint8Array>, layers: readonly Layer[], more: { crc32?: number | null; length?: number | null },
  ): CaptureStream {
    return new CaptureStream({ name, base, layers, caps: this.caps, signal: this.options.signal, ...more });
  }

  private capture(name: string, stream: CaptureStream, locator: CaptureLocator, total: number | null, inZip: boolean): InnerCapture {
    const inner = inZip ? stream.layers.slice(stream.layers[0] === 'deflate' ? 1 : 0) : stream.layers;
    const container = [...inner].reverse().join(' in ');
    const hasher = inZip ? this.options.innerHasher?.() : undefined;
    let hash = '';
    const chunks = async function* (): AsyncGenerator<Uint8Array, void> {
      for await (const bytes of stream.chunks()) {
        hasher?.update(bytes);
        yield bytes;
      }
      hash = hasher?.hex() ?? '';
    };
    return {
      name,
      container: inZip ? (container === '' ? 'zip' : `${container} in zip`) : container === '' ? 'plain' : container,
      chunks: hasher ? chunks() : stream.chunks(),
      sha256: () => hash,
      seekable: stream.layers.length === 0 && locator.locked === null && hasSlice(this.source),
      locator,
      bytesTotal: total,
      bytesRead: () => stream.read,
      outcome: () => stream.outcome,
    };
  }

  /** A zip from a source without random access, held in memory. */
  private async buffered(first: readonly Uint8Array[]): Promise<SlicedSource | null> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const bytes of this.tapped(first)) {
      size += bytes.length;
      if (size > MAX_BUFFERED_ZIP_BYTES) {
        this.said.push(`${this.source.name} is a zip of more than ${sizeText(MAX_BUFFERED_ZIP_BYTES)} and cannot be read from a stream. Save it as a file and open that.`);
        return null;
      }
      chunks.push(new Uint8Array(bytes));
    }
    const bytes = fromBytes(joined(chunks), this.source.name);
    this.source = bytes;
    return hasSlice(bytes) ? bytes : null;
  }

  private async *entries(zip: SlicedSource): AsyncGenerator<InnerCapture, void> {
    await this.pass?.return?.();
    const { items, message } = await listZip(zip);
    if (message !== '') this.said.push(message);
    const passwords = new Passwords(this.options.password);
    let captures = 0;
    const others: string[] = [];
    for (const item of items) {
      if (this.options.signal?.aborted) return;
      if (item.compressedSize === 0 || isResourceFork(item.name)) continue;
      const layers = layersOf(item.method);
      if (!layers) { this.said.push(`${item.name} in ${zip.name} is packed with method ${item.method}, which is not unpacked here. Unpack it first and open what comes out.`); continue; }
      const password = await this.passwordOf(zip, item, layers, passwords);
      if (item.locked && password === null) {
        this.said.push(`${item.name} in ${zip.name} is encrypted and was left out: no password that opens it was given.`);
        continue;
      }
      const stream = this.stream(item.name, itemStream(zip, item, password), layers, {
        crc32: item.crc32, length: item.range ? item.range.end - item.range.start : null,
      });
      const first = await stream.peek();
      if (looksLikeCapture(first) || namedLikeCapture(item.name)) {
        captures++;
        const { start, end } = item.range ?? { start: 0, end: 0 };
        const locked = item.locked ? { index: item.index, password: password ?? '' } : null;
        yield this.capture(item.name, stream, { start, end, layers: stream.layers, locked }, item.compressedSize, true);
      } else {
        others.push(item.name);
      }
      await stream.close();
    }
    if (captures === 0 && others.length > 0) {
      this.said.push(`${zip.name} holds no capture (${list(others)}). Captures are pcap or pcapng files, also packed with gzip or zstd.`);
    } else if (others.length > 0) {
      this.said.push(`${list(others)} in ${zip.name} ${others.length > 1 ? 'are no captures and were' : 'is no capture and was'} left out.`);
    } else if (items.length === 0 && message === '') {
      this.said.push(`${zip.name} is a zip without files.`);
    }
  }

  private passwordOf(zip: SlicedSource, item: ZipItem, layers: readonly Layer[], passwords: Passwords): Promise<string | null> {
    return passwords.find(item, async (password) => {
      if (!namedLikeCapture(item.name)) return true;
      const stream = this.stream(item.name, itemStream(zip, item, password), layers, {});
      const first = await stream.peek();
      await stream.close();
      return looksLikeCapture(first);
    });
  }
}

function layersOf(method: number): readonly Layer[] | null {
  if (method === METHOD_STORED) return [];
  if (method === METHOD_DEFLATE) return ['deflate'];
  return method === METHOD_ZSTD ? ['zstd'] : null;
}

/** What macOS puts beside the files. */
function isResourceFork(name: string): boolean {
  return name.startsWith('__MACOSX/') || name.split('/').at(-1) === '.DS_Store';
}

function list(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, bytes) => sum + bytes.length, 0));
  let at = 0;
  for (const bytes of chunks) { all.set(bytes, at); at += bytes.length; }
  return all;
}
