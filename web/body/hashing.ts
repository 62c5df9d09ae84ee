import { DIGEST_MD5_AT, DIGEST_PAGE_BYTES, DIGEST_SHA1_AT, DIGEST_SHA256_AT } from '../../assembly/abi/digest';
import { EMPTY_DIGESTS, type DigestExports, type Digests, type Shas } from './digest';
import { toHex } from './hex';
import type { BufferedSha, RunningSha, ShaProvider } from './sha';
import { Staging } from './staging';

// Bounds of what waits in the engine's memory. No digest is lost by them: what would be too much is worked at once, by the engine.
/** Pages handed over before the engine works them. */
export const MAX_QUEUED_PAGES = 128;
/** Pages of few long bodies that are left then, to share the lanes with what comes next: one body alone takes four times as long. */
export const MAX_LEFT_PAGES = 512;
/** Bytes of one body that are held for a provider that wants it whole; a longer one is hashed piece by piece. */
export const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;
/** The same of all bodies together. */
export const MAX_HELD_BYTES = 96 * 1024 * 1024;
/** Bytes under way to such a provider. */
export const MAX_BYTES_IN_FLIGHT = 48 * 1024 * 1024;
/** So many are enough for now: whoever can wait does. */
const ENOUGH_BYTES_IN_FLIGHT = 16 * 1024 * 1024;
/** Shorter bodies are the engine's: a buffer and a promise cost more than they save. */
export const MIN_BUFFERED_BYTES = 24 * 1024;

/** A body that is being hashed. Its fields are BodyHasher's. */
export class BodyHash {
  /** Bytes in the page that is being filled. */
  used = 0;
  /** The provider's, once it works the body piece by piece. */
  running: RunningSha | null = null;
  /** Full pages that are held until the body is whole; null when they are hashed as they come. */
  held: number[] | null = null;
  /** The engine works all three digests. */
  engines = false;
  md5: string | null = null;
  shas: Shas | null = null;
  /** The provider failed and the engine had no room. */
  lost = false;

  constructor(readonly slot: number, public page: number) {}

  /** The body has ended, and there is nothing to wait for. */
  get done(): boolean {
    return this.md5 !== null && (this.shas !== null || this.lost);
  }

  /** Null unless everything is worked. */
  get digests(): Digests | null {
    return this.md5 !== null && this.shas ? { md5: this.md5, sha1: this.shas.sha1, sha256: this.shas.sha256 } : null;
  }
}

/**
 * Hashes bodies that come in small pieces, in any interleaving: gathers each in pages of the engine's memory and has them
 * worked many at once. MD5 is the engine's; SHA-1 and SHA-256 are a provider's where there is one.
 */
export class BodyHasher {
  private view = new Uint8Array(0);
  /** Bodies that have ended and are in the engine's queue. */
  private queue: BodyHash[] = [];
  private queuedPages = 0;
  private heldPages = 0;
  private inFlightBytes = 0;
  private readonly inFlight = new Set<Promise<void>>();
  private failure: unknown = null;
  private readonly buffered: BufferedSha | null;
  private readonly staging: Staging;

  /**
   * @param engine exports of any instance of the engine
   * @param sha who works SHA-1 and SHA-256
   * @param ready called when bodies that had ended have their digests
   */
  constructor(private readonly engine: DigestExports, private readonly sha: ShaProvider, private readonly ready: () => void = () => undefined) {
    this.buffered = sha?.kind === 'buffered' ? sha : null;
    this.staging = new Staging(this.buffered ? MAX_BYTES_IN_FLIGHT : 0);
  }

  /** A body that has no bytes yet; null when the engine has no room for one more. */
  open(): BodyHash | null {
    let slot = this.engine.digestOpen();
    if (slot === 0) {
      // Bodies that have ended keep their slot until they are worked.
      this.settle();
      slot = this.engine.digestOpen();
      if (slot === 0) return null;
    }
    const hash = new BodyHash(slot, this.engine.digestPage(slot));
    if (this.buffered) hash.held = [];
    return hash;
  }

  /** Adds bytes, which are borrowed. False when the engine's memory cannot grow: the hash is then of no use. */
  add(hash: BodyHash, bytes: Uint8Array): boolean {
    const { length } = bytes;
    if (length < DIGEST_PAGE_BYTES - hash.used) {
      this.memory().set(bytes, hash.page + hash.used);
      hash.used += length;
      return true;
    }
    for (let at = 0; at < length;) {
      const take = Math.min(length - at, DIGEST_PAGE_BYTES - hash.used);
      this.memory().set(bytes.subarray(at, at + take), hash.page + hash.used);
      hash.used += take;
      at += take;
      if (hash.used === DIGEST_PAGE_BYTES && !this.full(hash)) return false;
    }
    return true;
  }

  /** The first bytes of a body that is not over its first page: all that were added. Borrowed until the next call. */
  first(hash: BodyHash): Uint8Array {
    return this.memory().subarray(hash.page, hash.page + hash.used);
  }

  /** The body has ended; its digests come when they are worked (`ready`). */
  end(hash: BodyHash): void {
    const { engine, sha } = this;
    const { slot, used } = hash;
    const full = hash.held?.length ?? 0;
    if (!this.sendAway(hash)) {
      if (sha?.kind !== 'host') hash.engines = true;
      else if (hash.running) {
        hash.running.update(this.first(hash));
        hash.shas = hash.running.digest();
        hash.running = null;
      } else hash.shas = sha.whole(this.first(hash));
    }
    this.release(hash, false);
    engine.digestEnd(slot, used, hash.engines);
    this.queue.push(hash);
    this.queued(full + 1);
  }

  /** Gives a body up that has not ended. */
  discard(hash: BodyHash): void {
    this.release(hash, false);
    hash.running = null;
    this.engine.digestClose(hash.slot);
  }

  /** Digests of bytes that are at hand as a whole, at once; null when the engine has no room. */
  digest(bytes: Uint8Array): Digests | null {
    if (bytes.length === 0) return EMPTY_DIGESTS;
    const hash = this.open();
    if (!hash) return null;
    // Nothing waits for a provider here.
    hash.held = null;
    if (!this.add(hash, bytes)) {
      this.discard(hash);
      return null;
    }
    if (this.sha?.kind === 'host') hash.shas = this.sha.whole(bytes);
    else hash.engines = true;
    this.engine.digestEnd(hash.slot, hash.used, hash.engines);
    this.work(0);
    this.take(hash);
    return hash.digests;
  }

  /** Has everything worked that the engine has. What is under way to a provider comes by itself. */
  settle(): void {
    if (this.queue.length > 0 || this.queuedPages > 0) this.work(0);
  }

  /** Whether digests of bodies that have ended are still under way after `settle`. */
  get underWay(): boolean {
    return this.inFlight.size > 0;
  }

  /** So much is under way to a provider that whoever can wait should: `room`. */
  get crowded(): boolean {
    return this.inFlightBytes > ENOUGH_BYTES_IN_FLIGHT;
  }

  /** Resolves when it is crowded no more. */
  async room(): Promise<void> {
    while (this.crowded) await Promise.race(this.inFlight);
  }

  /** Resolves when nothing is under way. @throws what `ready` threw while nobody waited */
  async settled(): Promise<void> {
    this.settle();
    while (this.inFlight.size > 0) await Promise.all(this.inFlight);
    if (this.failure !== null) throw this.failure;
  }

  /** The memory may grow between two calls, by anyone who shares the instance; the view is then of nothing. */
  private memory(): Uint8Array {
    if (this.view.length === 0) this.view = new Uint8Array(this.engine.memory.buffer);
    return this.view;
  }

  /** The page is full: on to the next one. */
  private full(hash: BodyHash): boolean {
    const { engine, sha } = this;
    const full = hash.page;
    let next = engine.digestNextPage(hash.slot);
    if (next === 0) {
      this.work(0);
      next = engine.digestNextPage(hash.slot);
      if (next === 0) return false;
    }
    hash.page = next;
    hash.used = 0;
    if (hash.held) {
      hash.held.push(full);
      this.heldPages++;
      if (hash.held.length * DIGEST_PAGE_BYTES >= MAX_BUFFERED_BYTES || this.heldPages * DIGEST_PAGE_BYTES >= MAX_HELD_BYTES) this.release(hash, true);
      return true;
    }
    if (sha?.kind === 'host') (hash.running ??= sha.open()).update(this.page(full));
    engine.digestQueue(hash.slot, sha?.kind !== 'host');
    this.queued(1);
    return true;
  }

  private page(at: number): Uint8Array {
    return this.memory().subarray(at, at + DIGEST_PAGE_BYTES);
  }

  /** A body's pages are held no longer; with `hand`, they are the engine's, and so are those that come. */
  private release(hash: BodyHash, hand: boolean): void {
    const { held } = hash;
    if (!held) return;
    this.heldPages -= held.length;
    hash.held = null;
    if (!hand) return;
    this.engine.digestQueue(hash.slot, true);
    this.queued(held.length);
  }

  /** Puts a body that was held together. The buffer is the staging's. */
  private whole(hash: BodyHash): Uint8Array<ArrayBuffer> {
    const held = hash.held ?? [];
    const whole = this.staging.take(held.length * DIGEST_PAGE_BYTES + hash.used);
    held.forEach((page, i) => whole.set(this.page(page), i * DIGEST_PAGE_BYTES));
    whole.set(this.first(hash), held.length * DIGEST_PAGE_BYTES);
    return whole;
  }

  /** Sends a body that was held to who hashes it later; false when it is to be hashed at once. */
  private sendAway(hash: BodyHash): boolean {
    const { buffered, staging } = this;
    if (!buffered || !hash.held) return false;
    const size = hash.held.length * DIGEST_PAGE_BYTES + hash.used;
    if (size < MIN_BUFFERED_BYTES || this.inFlightBytes + size > MAX_BYTES_IN_FLIGHT) return false;
    const whole = this.whole(hash);
    this.inFlightBytes += size;
    const way = buffered.digest(whole)
      .then(({ shas: done, bytes }) => {
        // A provider that fails is as good as none: the bytes are still here.
        const shas = done ?? new BodyHasher(this.engine, null).digest(bytes);
        this.inFlight.delete(way);
        this.inFlightBytes -= size;
        staging.give(bytes);
        hash.shas = shas;
        hash.lost = shas === null;
        try {
          if (hash.md5 !== null) this.ready();
        } catch (error) {
          this.failure ??= error;
        }
      });
    this.inFlight.add(way);
    return true;
  }

  private queued(pages: number): void {
    this.queuedPages += pages;
    if (this.queuedPages >= MAX_QUEUED_PAGES) this.work(MAX_LEFT_PAGES);
  }

  private work(leave: number): void {
    const { engine, queue } = this;
    engine.digestWork(leave);
    this.queuedPages = 0;
    let left = 0;
    for (const hash of queue) {
      if (engine.digestDone(hash.slot)) this.take(hash);
      else queue[left++] = hash;
    }
    if (left === queue.length) return;
    queue.length = left;
    this.ready();
  }

  /** Takes over what the engine has of a body that has ended and been worked. */
  private take(hash: BodyHash): void {
    const at = this.engine.digestResult(hash.slot);
    const memory = this.memory();
    hash.md5 = toHex(memory.subarray(at + DIGEST_MD5_AT, at + DIGEST_MD5_AT + 16));
    if (hash.engines) {
      hash.shas = {
        sha1: toHex(memory.subarray(at + DIGEST_SHA1_AT, at + DIGEST_SHA1_AT + 20)),
        sha256: toHex(memory.subarray(at + DIGEST_SHA256_AT, at + DIGEST_SHA256_AT + 32)),
      };
    }
    this.engine.digestClose(hash.slot);
  }
}
