import { DIGEST_MD5_AT, DIGEST_PAGE_BYTES, DIGEST_SHA1_AT, DIGEST_SHA256_AT } from '../../assembly/abi/digest';
import { EMPTY_DIGESTS, type DigestExports, type Digests, type Shas } from './digest';
import { toHex } from './hex';
import type { RunningSha, ShaProvider } from './sha';

// Bounds of what waits in the engine's memory. No digest is lost by them: what would be too much is worked at once, by the engine.
/** Pages handed over before the engine works them: many bodies at once fill its lanes. */
export const MAX_QUEUED_PAGES = 2048;
/** Bytes of one body that are held for a provider that wants it whole; a longer one goes to the engine piece by piece. */
export const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;
/** The same of all bodies together. */
export const MAX_HELD_BYTES = 96 * 1024 * 1024;
/** Bytes under way to such a provider. */
export const MAX_BYTES_IN_FLIGHT = 48 * 1024 * 1024;
/** Shorter bodies are the engine's: a buffer and a promise cost more than they save. */
export const MIN_BUFFERED_BYTES = 24 * 1024;

const MAX_HELD_PAGES = MAX_BUFFERED_BYTES / DIGEST_PAGE_BYTES;

/** A body that is being hashed. Its fields are BodyHasher's. */
export class BodyHash {
  /** Bytes in the page that is being filled. */
  used = 0;
  /** The provider's, once there is more than a page. */
  running: RunningSha | null = null;
  /** Full pages that are held for a provider that wants them all; null when they go to the engine as they come. */
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

  /**
   * @param engine exports of any instance of the engine
   * @param sha who works SHA-1 and SHA-256
   * @param ready called when bodies that had ended have their digests
   */
  constructor(private readonly engine: DigestExports, private readonly sha: ShaProvider, private readonly ready: () => void = () => undefined) {}

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
    if (this.sha?.kind === 'buffered') hash.held = [];
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
    if (sha?.kind === 'host') {
      const rest = this.memory().subarray(hash.page, hash.page + used);
      hash.running?.update(rest);
      hash.shas = hash.running ? hash.running.digest() : sha.whole(rest);
      hash.running = null;
    } else {
      hash.engines = !this.sendAway(hash);
      this.release(hash, false);
    }
    engine.digestEnd(slot, used, hash.engines);
    this.queue.push(hash);
    this.queued(1);
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
    this.work();
    this.take(hash);
    return hash.digests;
  }

  /** Has everything worked that the engine has. What is under way to a provider comes by itself. */
  settle(): void {
    if (this.queue.length > 0 || this.queuedPages > 0) this.work();
  }

  /** Whether digests of bodies that have ended are still under way after `settle`. */
  get underWay(): boolean {
    return this.inFlight.size > 0;
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
    if (sha?.kind === 'host') (hash.running ??= sha.open()).update(this.memory().subarray(full, full + DIGEST_PAGE_BYTES));
    let next = engine.digestNextPage(hash.slot);
    if (next === 0) {
      this.work();
      next = engine.digestNextPage(hash.slot);
      if (next === 0) return false;
    }
    hash.page = next;
    hash.used = 0;
    if (hash.held) {
      hash.held.push(full);
      this.heldPages++;
      if (hash.held.length < MAX_HELD_PAGES && this.heldPages * DIGEST_PAGE_BYTES < MAX_HELD_BYTES) return true;
      this.release(hash, true);
      return true;
    }
    engine.digestQueue(hash.slot, sha?.kind !== 'host');
    this.queued(1);
    return true;
  }

  /** A body's pages are held no longer; with `hand`, the engine gets them. */
  private release(hash: BodyHash, hand: boolean): void {
    if (!hash.held) return;
    const pages = hash.held.length;
    this.heldPages -= pages;
    hash.held = null;
    if (!hand) return;
    this.engine.digestQueue(hash.slot, true);
    this.queued(pages);
  }

  /** Sends a body that was held to the provider that wants it whole; false when the engine is to work it. */
  private sendAway(hash: BodyHash): boolean {
    const { sha } = this;
    if (sha?.kind !== 'buffered' || !hash.held) return false;
    const size = hash.held.length * DIGEST_PAGE_BYTES + hash.used;
    if (size < MIN_BUFFERED_BYTES || this.inFlightBytes + size > MAX_BYTES_IN_FLIGHT) return false;
    const whole = new Uint8Array(size);
    const memory = this.memory();
    hash.held.forEach((page, i) => whole.set(memory.subarray(page, page + DIGEST_PAGE_BYTES), i * DIGEST_PAGE_BYTES));
    whole.set(memory.subarray(hash.page, hash.page + hash.used), size - hash.used);
    this.inFlightBytes += size;
    const way = sha.digest(whole.buffer)
      // A provider that fails is as good as none: the bytes are still here.
      .catch(() => new BodyHasher(this.engine, null).digest(whole))
      .then((shas) => {
        this.inFlight.delete(way);
        this.inFlightBytes -= size;
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
    if (this.queuedPages >= MAX_QUEUED_PAGES) this.work();
  }

  private work(): void {
    this.engine.digestWork();
    this.queuedPages = 0;
    if (this.queue.length === 0) return;
    const done = this.queue;
    this.queue = [];
    for (const hash of done) this.take(hash);
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
