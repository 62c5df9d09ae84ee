import { openChunk, type LogChunk, type PackedChunk } from '../engine/chunk';
import type { SpillFile } from './spill';

/** One chunk, in memory or in the spill file. The list of those in memory goes from the latest used to the earliest. */
class Place {
  buffer: ArrayBuffer | null;
  opened: LogChunk | null = null;
  /** Where it lies in the spill file; −1 = it was never written. */
  at = -1;
  /** The file's copy is not what memory has. */
  changed = false;
  /** It cannot be written: it stays in memory. */
  stays = false;
  later: Place | null = null;
  earlier: Place | null = null;
  readonly bytes: number;

  constructor(readonly store: ChunkStore, readonly log: number, readonly rows: number, buffer: ArrayBuffer) {
    this.buffer = buffer;
    this.bytes = buffer.byteLength;
  }
}

/** A chunk's handle: only the store that gave it knows where its bytes are. */
export type ChunkPlace = Place;

/** Buffers for reading chunks back that are kept for the next one; more are needed only while such reading is nested. */
const SPARE_BUFFERS = 2;
/** The smallest of them, in bytes; others are powers of two times as large. */
const LEAST_BUFFER_BYTES = 256 * 1024;

/** Bytes of columns that may be in memory at once, shared by all captures of a case. The least recently used go first. */
export class ChunkBudget {
  /** Bytes of chunks in memory. */
  held = 0;
  /** Bytes of those that have to stay. */
  private staying = 0;
  private latest: Place | null = null;
  private earliest: Place | null = null;
  private readonly spare: ArrayBuffer[] = [];

  /** @param limit bytes; Infinity = everything stays in memory */
  constructor(readonly limit = Infinity) {}

  /** Takes a chunk's bytes into account as the latest used, and others out until they fit. */
  admit(place: Place): void {
    this.held += place.bytes;
    this.front(place);
    for (let candidate = this.earliest; candidate && candidate !== place && this.held > this.room;) {
      const next = candidate.later;
      if (candidate.store.spill(candidate)) this.forget(candidate);
      else this.keep(candidate);
      candidate = next;
    }
  }

  /** A chunk in memory has to stay there. */
  keep(place: Place): void {
    this.unlink(place);
    place.stays = true;
    this.staying += place.bytes;
  }

  /** What has to stay must not crowd out everything else. */
  private get room(): number {
    return Math.max(this.limit, this.staying + this.limit / 4);
  }

  /** Notes that a chunk in memory was used. */
  touch(place: Place): void {
    if (this.latest === place || place.stays) return;
    this.unlink(place);
    this.front(place);
  }

  /** A chunk is in memory no more. */
  forget(place: Place): void {
    if (place.stays) this.staying -= place.bytes;
    else this.unlink(place);
    this.held -= place.bytes;
    place.buffer = null;
    place.opened = null;
  }

  /** A buffer of at least so many bytes, of no particular content, until it is returned. */
  borrow(bytes: number): ArrayBuffer {
    const i = this.spare.findIndex(({ byteLength }) => byteLength >= bytes);
    if (i >= 0) return this.spare.splice(i, 1)[0]!;
    let length = LEAST_BUFFER_BYTES;
    while (length < bytes) length *= 2;
    return new ArrayBuffer(length);
  }

  /** Takes back what `borrow` gave; the larger ones are kept. */
  return(buffer: ArrayBuffer): void {
    this.spare.push(buffer);
    if (this.spare.length <= SPARE_BUFFERS) return;
    this.spare.sort((a, b) => b.byteLength - a.byteLength).pop();
  }

  private front(place: Place): void {
    place.earlier = this.latest;
    place.later = null;
    if (this.latest) this.latest.later = place;
    this.latest = place;
    this.earliest ??= place;
  }

  private unlink(place: Place): void {
    if (place.earlier) place.earlier.later = place.later;
    else this.earliest = place.later;
    if (place.later) place.later.earlier = place.earlier;
    else this.latest = place.earlier;
    place.earlier = null;
    place.later = null;
  }
}

/**
 * Where the chunks of one capture's tables are: in memory as far as the budget goes, else in its spill file. Without a
 * file (or when it is full) what is beyond the budget stays in memory, since evidence must not vanish; `beyond` says how
 * much that is.
 */
export class ChunkStore {
  /** Bytes of all chunks. */
  bytes = 0;
  /** Bytes that were written to the spill file. */
  written = 0;
  /** How often a chunk was read back. */
  readsBack = 0;
  /** A sentence when the spill file failed; '' when all is well. */
  problem = '';
  /** Bytes that stay in memory although the budget has no room. */
  beyond = 0;
  private full = false;
  private readonly places = new Set<Place>();

  /** @param file null = there is none */
  constructor(readonly budget: ChunkBudget = new ChunkBudget(), private file: SpillFile | null = null) {}

  add(packed: PackedChunk): Place {
    const place = new Place(this, packed.log, packed.rows, packed.buffer);
    this.places.add(place);
    this.bytes += place.bytes;
    this.budget.admit(place);
    return place;
  }

  /** A chunk to read from; what is out comes back in, and others go. @throws Error when the spill file cannot be read */
  open(place: Place): LogChunk {
    if (place.buffer) this.budget.touch(place);
    else {
      place.buffer = this.readBack(place);
      this.budget.admit(place);
    }
    return place.opened ??= openChunk({ log: place.log, rows: place.rows, buffer: place.buffer });
  }

  /** A chunk for as long as `take` runs: what is out is read beside the budget, into memory that is used again. */
  visit(place: Place, take: (chunk: LogChunk) => void): void {
    if (place.buffer) {
      take(this.peek(place));
      return;
    }
    const buffer = this.budget.borrow(place.bytes);
    try {
      this.readInto(new Uint8Array(buffer, 0, place.bytes), place);
      take(openChunk({ log: place.log, rows: place.rows, buffer }));
    } finally {
      this.budget.return(buffer);
    }
  }

  /** A chunk that is read once, for whoever cannot say when it is done with it: what is out is read beside the budget. */
  peek(place: Place): LogChunk {
    if (place.buffer) return place.opened ??= openChunk({ log: place.log, rows: place.rows, buffer: place.buffer });
    return openChunk({ log: place.log, rows: place.rows, buffer: this.readBack(place) });
  }

  /** The chunk as it is transferred and stored. Borrowed: do not change it. */
  packed(place: Place): PackedChunk {
    return { log: place.log, rows: place.rows, buffer: place.buffer ?? this.readBack(place) };
  }

  /** As `visit`, for whoever may change values in place: `take` says whether it did. What was out is written out again. */
  revise(place: Place, take: (chunk: LogChunk) => boolean): void {
    const { file } = this;
    this.visit(place, (chunk) => {
      if (!take(chunk)) return;
      if (place.buffer || !file) place.changed = true;
      else if (!this.write(file, new Uint8Array(chunk.buffer, 0, place.bytes), place.at)) {
        place.buffer = chunk.buffer.slice(0, place.bytes);
        place.changed = true;
        this.beyond += place.bytes;
        this.budget.admit(place);
        this.budget.keep(place);
      }
    });
  }

  /** Writes a chunk out (once, and again when it was changed). @returns false when it has to stay in memory */
  spill(place: Place): boolean {
    if (!place.buffer || (place.at >= 0 && !place.changed)) return true;
    if (!this.file || this.full) {
      this.beyond += place.bytes;
      return false;
    }
    const at = place.at >= 0 ? place.at : this.written;
    if (!this.write(this.file, new Uint8Array(place.buffer), at)) {
      this.beyond += place.bytes;
      return false;
    }
    if (place.at < 0) this.written += place.bytes;
    place.at = at;
    place.changed = false;
    return true;
  }

  private write(file: SpillFile, bytes: Uint8Array, at: number): boolean {
    try {
      file.write(bytes, at);
      return true;
    } catch (error) {
      this.problem = `Rows beyond the memory that is set aside for them could not be written to disk and stay in memory: ${error instanceof Error ? error.message : String(error)}`;
      // What was written before can still be read.
      this.full = true;
      return false;
    }
  }

  private readBack(place: Place): ArrayBuffer {
    const buffer = new ArrayBuffer(place.bytes);
    this.readInto(new Uint8Array(buffer), place);
    return buffer;
  }

  private readInto(into: Uint8Array, place: Place): void {
    if (!this.file || place.at < 0) throw new Error('Rows were asked for that are not at hand any more.');
    this.readsBack++;
    this.file.read(into, place.at);
  }

  /** Lets go of every chunk and takes the spill file away. */
  close(): void {
    for (const place of this.places) {
      if (place.buffer) this.budget.forget(place);
    }
    this.places.clear();
    this.bytes = 0;
    this.written = 0;
    this.beyond = 0;
    this.file?.close();
    this.file = null;
  }
}
