import { ENCODING_IDENTITY, ENCODING_OTHER } from '../../assembly/abi/enums';
import { DecodeError } from '../decode/decoder';
import type { BodyEvents } from './batch';
import { contentDecoder, type ContentDecoder } from './decode';
import { note, openBody, type BodyResult, type OpenBody, type TrippedCaps } from './body-state';
import { EMPTY_DIGESTS, type DigestExports } from './digest';
import { BodyHasher } from './hashing';
import {
  MAX_DECODE_RATIO, MAX_DECODED_BYTES, MAX_DECODER_BYTES, MAX_OPEN_BODIES, MAX_OPEN_DECODERS, RATIO_FREE_BYTES,
} from './limits';
import { SNIFF_BYTES, sniff } from './magic';
import type { ShaProvider } from './sha';

/** Encoded bytes given to a decoder at a time, so that the caps are looked at often. */
const PIECE_BYTES = 16384;

/** Gets the decoded bytes of a body that is to be carved; they are valid during the call only. */
export type BodyTap = (body: number, bytes: Uint8Array) => void;

/** Thrown from inside a decoder to stop it. */
class Stopped extends Error {}

/**
 * Turns the transfer of bodies, in any interleaving, into results: decodes the content, looks at its first bytes, hashes
 * it. Synchronous, so that it runs the same in the body worker and inline in Node.
 * As Zeek does, a gap ends the hashing (no digests), and the type is told from what came before it.
 */
export class BodyPipeline implements BodyEvents {
  readonly tripped: TrippedCaps = { decoded_bytes: 0, ratio: 0, open_bodies: 0, open_decoders: 0, digest_slots: 0 };
  private readonly hasher: BodyHasher | null;
  private readonly open = new Map<number, OpenBody>();
  /** Bodies that have ended, in the order in which they did: their digests may come later. */
  private readonly ended = new Map<number, OpenBody>();
  private decoders = 0;
  private held = 0;

  /** How many pipelines have the caps of one capture among them. */
  parts = 1;

  /**
   * @param engine exports of any instance of the engine, which gathers and hashes; null: no types and no digests
   * @param done called once a body, in the order in which they ended, as soon as the digests are there (`settle`)
   * @param tap asked for decoded bytes to carve
   * @param hashes whether bodies are hashed; without it they get a type alone
   * @param sha who works SHA-1 and SHA-256
   */
  constructor(
    engine: DigestExports | null, private readonly done: (result: BodyResult) => void, private readonly tap: BodyTap | null = null,
    private readonly hashes = true, sha: ShaProvider = null,
  ) {
    this.hasher = engine ? new BodyHasher(engine, sha, () => this.deliver()) : null;
  }

  /** Hands out the results of all bodies that have ended, but for digests that a provider has under way. */
  settle(): void {
    this.hasher?.settle();
  }

  /** Whether a provider has digests of bodies under way that have ended. */
  get underWay(): boolean {
    return this.hasher?.underWay ?? false;
  }

  /** A provider has so many digests under way that whoever can wait should: `room`. */
  get crowded(): boolean {
    return this.hasher?.crowded ?? false;
  }

  /** Resolves when it is crowded no more. */
  async room(): Promise<void> {
    await this.hasher?.room();
  }

  /** Resolves when the results of all bodies that have ended are handed out. */
  async settled(): Promise<void> {
    await this.hasher?.settled();
  }

  /** Bodies that have begun and not ended. */
  get pending(): number {
    return this.open.size;
  }

  /** Whether the body has begun and not ended. */
  isOpen(body: number): boolean {
    return this.open.has(body);
  }

  /** Whether the body's result is still to come. */
  isComing(body: number): boolean {
    return this.open.has(body) || this.ended.has(body);
  }

  /** A body begins; one of the same number that is open ends as it stands. `encoding` is an ENCODING_* code. */
  begin(body: number, encoding: number): void {
    if (this.open.has(body)) this.end(body);
    if (this.open.size >= MAX_OPEN_BODIES / this.parts) this.evict();
    const state = openBody(body, this.hasher !== null);
    if (encoding === ENCODING_OTHER) note(state, 'content coding not known; bytes are as transferred');
    else if (encoding !== ENCODING_IDENTITY && this.decoders >= MAX_OPEN_DECODERS / this.parts) {
      this.tripped.open_decoders++;
      state.whole = false;
      state.stopped = true;
      state.capped = true;
      note(state, 'not decoded: too many encoded bodies at once');
    } else {
      state.decoder = contentDecoder(encoding, (bytes) => this.decoded(state, bytes));
      if (state.decoder) this.decoders++;
    }
    this.open.set(body, state);
  }

  /** The next bytes as transferred; they may be reused by the caller afterwards. Ignored for a body that is not open. */
  data(body: number, bytes: Uint8Array): void {
    const state = this.open.get(body);
    if (!state || bytes.length === 0 || state.stopped) return;
    const { decoder } = state;
    try {
      if (!decoder) {
        this.content(state, bytes);
        return;
      }
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        const piece = bytes.subarray(at, at + PIECE_BYTES);
        state.encoded += piece.length;
        decoder.push(piece);
        this.weigh(state, decoder);
      }
    } catch (error) {
      this.failed(state, error);
    }
  }

  /** `length` bytes of the transfer are missing here. */
  gap(body: number, length: number): void {
    const state = this.open.get(body);
    if (!state || length <= 0) return;
    if (state.missing === 0) note(state, '');
    state.missing += length;
    state.whole = false;
    if (state.decoder) {
      // Nothing behind the gap can be decoded; a decoder that keeps bytes back gives them now.
      this.endDecoder(state);
      this.closeDecoder(state);
      state.stopped = true;
    }
    // Zeek tells the type from what stands before the first gap, and from nothing when the very first bytes are missing.
    this.lookAtFirst(state);
    this.unhash(state);
  }

  /** The body ends: its result is handed out. Ignored for a body that is not open. */
  end(body: number): void {
    const state = this.open.get(body);
    if (!state) return;
    this.endDecoder(state);
    this.finish(state);
  }

  private endDecoder(state: OpenBody): void {
    if (!state.decoder || state.stopped) return;
    try {
      const problem = state.decoder.end();
      if (problem === '' || state.encoded === 0) return;
      state.whole = false;
      if (state.missing === 0) note(state, problem);
    } catch (error) {
      this.failed(state, error);
    }
  }

  /** The run is over: everything that is open ends as incomplete. */
  flush(): void {
    for (const state of [...this.open.values()]) this.cutOff(state, 'the capture ends before the body does');
    this.settle();
  }

  private evict(): void {
    const oldest: OpenBody | undefined = this.open.values().next().value;
    if (!oldest) return;
    this.tripped.open_bodies++;
    oldest.capped = true;
    this.cutOff(oldest, 'given up: too many bodies at once');
  }

  private cutOff(state: OpenBody, why: string): void {
    state.whole = false;
    note(state, why);
    this.endDecoder(state);
    this.finish(state);
  }

  private finish(state: OpenBody): void {
    this.open.delete(state.body);
    this.closeDecoder(state);
    this.lookAtFirst(state);
    if (state.capped) this.unhash(state);
    this.ended.set(state.body, state);
    if (state.hash) this.hasher?.end(state.hash);
    else if (this.ended.size === 1) this.deliver();
  }

  /** Hands results out from the first that ended to the first whose digests are not there. */
  private deliver(): void {
    for (const state of this.ended.values()) {
      if (state.hash && !state.hash.done) return;
      const digests = state.hash ? state.hash.digests : state.hashable ? EMPTY_DIGESTS : null;
      this.ended.delete(state.body);
      const notes = state.notes.map((text) => text === '' ? `${state.missing} bytes missing` : text);
      this.done({
        body: state.body, mime_type: state.mime,
        md5: digests?.md5 ?? null, sha1: digests?.sha1 ?? null, sha256: digests?.sha256 ?? null,
        seen_bytes: state.seen, missing_bytes: state.missing,
        note: notes.length > 0 ? notes.join('; ') : null, complete: state.whole,
      });
    }
  }

  private unhash(state: OpenBody): void {
    if (state.hash) this.hasher?.discard(state.hash);
    state.hash = null;
    state.hashable = false;
  }

  private closeDecoder(state: OpenBody): void {
    if (state.decoder) this.decoders--;
    state.decoder?.close();
    state.decoder = null;
    this.held -= state.held;
    state.held = 0;
  }

  /** Windows and, of brotli, the encoded bytes: a capture may leave many decoders open with all that they may hold. */
  private weigh(state: OpenBody, decoder: ContentDecoder): void {
    const held = decoder.held();
    this.held += held - state.held;
    state.held = held;
    if (this.held <= MAX_DECODER_BYTES / this.parts) return;
    this.tripped.open_decoders++;
    note(state, `decoding stopped: open bodies need more than ${MAX_DECODER_BYTES} bytes of memory`);
    throw new Stopped();
  }

  private failed(state: OpenBody, error: unknown): void {
    if (error instanceof Stopped) state.capped = true;
    else {
      // Only damage in the data may end a body; anything else is a bug and must be seen.
      if (!(error instanceof DecodeError)) throw error;
      note(state, `content could not be decoded after ${state.seen} bytes: ${error.message}`);
    }
    state.whole = false;
    state.stopped = true;
    this.closeDecoder(state);
  }

  /** Bytes from a decoder: within the caps they are content. */
  private decoded(state: OpenBody, bytes: Uint8Array): void {
    const room = MAX_DECODED_BYTES - state.seen;
    this.content(state, bytes.length > room ? bytes.subarray(0, room) : bytes);
    if (state.seen >= MAX_DECODED_BYTES) {
      this.tripped.decoded_bytes++;
      note(state, `decoding stopped at ${MAX_DECODED_BYTES} bytes`);
      throw new Stopped();
    }
    if (state.seen > RATIO_FREE_BYTES && state.seen > state.encoded * MAX_DECODE_RATIO) {
      this.tripped.ratio++;
      note(state, `decoding stopped: more than ${MAX_DECODE_RATIO} times the bytes transferred`);
      throw new Stopped();
    }
  }

  private content(state: OpenBody, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (state.hashable) {
      // The first bytes are looked at while they are all that was gathered.
      const split = state.sniffed ? 0 : SNIFF_BYTES - state.seen;
      if (!state.sniffed && bytes.length >= split) {
        this.gather(state, bytes.subarray(0, split));
        this.lookAtFirst(state);
        if (bytes.length > split) this.gather(state, bytes.subarray(split));
      } else this.gather(state, bytes);
    }
    state.seen += bytes.length;
    this.tap?.(state.body, bytes);
  }

  private gather(state: OpenBody, bytes: Uint8Array): void {
    const { hasher } = this;
    if (!hasher || !state.hashable) return;
    state.hash ??= hasher.open();
    if (state.hash && hasher.add(state.hash, bytes)) return;
    this.tripped.digest_slots++;
    note(state, 'not hashed: too many bodies at once');
    this.unhash(state);
  }

  private lookAtFirst(state: OpenBody): void {
    if (state.sniffed) return;
    state.sniffed = true;
    if (state.hash && this.hasher) state.mime = sniff(this.hasher.first(state.hash));
    if (!this.hashes) this.unhash(state);
  }
}
