// Body events on their way from the engine's thread to the body worker: many in one ArrayBuffer, which is transferred.
//
// Layout, little-endian: u32 number of events, u32 where the data begins; then EVENT_BYTES an event
// (u8 kind BODY_*, u8 encoding ENCODING_*, u16 unused, u32 body, u32 length); the data of all BODY_DATA events in order.
// `length` is the bytes of data, or of the gap.
import { BODY_BEGIN, BODY_DATA, BODY_END, BODY_GAP } from '../../assembly/abi/enums';

const HEADER_BYTES = 8;
const EVENT_BYTES = 12;
/** Events of one batch at the most. */
export const MAX_BATCH_EVENTS = 4096;
/** Bytes of data of one batch at the most. */
export const BATCH_DATA_BYTES = 1024 * 1024;
const DATA_AT = HEADER_BYTES + MAX_BATCH_EVENTS * EVENT_BYTES;
/** Bytes of a batch's buffer, unless little of it was used. */
const BATCH_BYTES = DATA_AT + BATCH_DATA_BYTES;
/** Buffers that are kept to be filled again. */
const MAX_SPARE_BATCHES = 4;
const U32_MAX = 0xffffffff;

/** Takes body events; BodyPipeline is one, BodyBatchWriter another. */
export interface BodyEvents {
  begin(body: number, encoding: number): void;
  data(body: number, bytes: Uint8Array): void;
  gap(body: number, length: number): void;
  end(body: number): void;
}

/** Packs events; each full batch is handed to `full`, which owns the buffer from then on. */
export class BodyBatchWriter implements BodyEvents {
  private buffer = new Uint8Array(0);
  private view = new DataView(this.buffer.buffer);
  private events = 0;
  private used = 0;
  private readonly spare: ArrayBuffer[] = [];

  constructor(private readonly full: (batch: ArrayBuffer) => void) {}

  /** Takes a batch's buffer back that was played: fresh memory costs more than filling it. */
  again(batch: ArrayBuffer): void {
    if (batch.byteLength === BATCH_BYTES && this.spare.length < MAX_SPARE_BATCHES) this.spare.push(batch);
  }

  begin(body: number, encoding: number): void {
    this.event(BODY_BEGIN, encoding, body, 0);
  }

  data(body: number, bytes: Uint8Array): void {
    // What fits into one batch is not split: how far a decoder gets before its caps are looked at must not depend on batches.
    if (bytes.length > BATCH_DATA_BYTES - this.used) this.flush();
    for (let at = 0; at < bytes.length;) {
      const room = BATCH_DATA_BYTES - this.used;
      if (room === 0) {
        this.flush();
        continue;
      }
      const part = bytes.subarray(at, at + room);
      this.event(BODY_DATA, 0, body, part.length);
      this.buffer.set(part, DATA_AT + this.used);
      this.used += part.length;
      at += part.length;
    }
  }

  gap(body: number, length: number): void {
    this.event(BODY_GAP, 0, body, Math.min(length, U32_MAX));
  }

  end(body: number): void {
    this.event(BODY_END, 0, body, 0);
  }

  /** Hands out what has gathered; nothing when nothing has. */
  flush(): void {
    if (this.events === 0) return;
    const { buffer, events, used } = this;
    const table = HEADER_BYTES + events * EVENT_BYTES;
    // When little of the buffer was used that is copied, and the buffer stays.
    const small = table + used < buffer.length >> 1;
    const batch = small ? new Uint8Array(table + used) : buffer;
    if (small) {
      batch.set(buffer.subarray(0, table));
      batch.set(buffer.subarray(DATA_AT, DATA_AT + used), table);
    } else this.buffer = new Uint8Array(0);
    const view = new DataView(batch.buffer);
    view.setUint32(0, events, true);
    view.setUint32(4, small ? table : DATA_AT, true);
    this.events = 0;
    this.used = 0;
    this.full(batch.buffer);
  }

  private event(kind: number, encoding: number, body: number, length: number): void {
    if (this.events === MAX_BATCH_EVENTS) this.flush();
    if (this.buffer.length === 0) {
      this.buffer = new Uint8Array(this.spare.pop() ?? new ArrayBuffer(BATCH_BYTES));
      this.view = new DataView(this.buffer.buffer);
    }
    const at = HEADER_BYTES + this.events * EVENT_BYTES;
    this.buffer[at] = kind;
    this.buffer[at + 1] = encoding;
    this.view.setUint32(at + 4, body, true);
    this.view.setUint32(at + 8, length, true);
    this.events++;
  }
}

/** Events between two looks at the clock: one may carry 64 KiB. */
const EVENTS_A_LOOK = 4;

/** Plays a batch back, all at once or a part at a time. */
export class BodyBatchReader {
  private readonly view: DataView;
  private readonly count: number;
  private next = 0;
  private at: number;

  /** @throws RangeError when the buffer is no batch */
  constructor(private readonly batch: ArrayBuffer) {
    if (batch.byteLength < HEADER_BYTES) throw new RangeError('body batch without a header');
    this.view = new DataView(batch);
    this.count = this.view.getUint32(0, true);
    const table = HEADER_BYTES + this.count * EVENT_BYTES;
    if (this.count > MAX_BATCH_EVENTS || table > batch.byteLength) throw new RangeError(`body batch of ${this.count} events in ${batch.byteLength} bytes`);
    this.at = this.view.getUint32(4, true);
    if (this.at < table || this.at > batch.byteLength) throw new RangeError(`body batch whose data begins at ${this.at} of ${batch.byteLength} bytes`);
  }

  /**
   * Plays on until all is played, or until it is enough for now. @returns whether all is played
   * @throws RangeError when the batch is damaged, and what `events` throws
   */
  play(events: BodyEvents, enough: () => boolean = () => false): boolean {
    while (this.next < this.count) {
      this.one(events);
      if (this.next % EVENTS_A_LOOK === 0 && enough()) break;
    }
    return this.next === this.count;
  }

  private one(events: BodyEvents): void {
    const { view, batch } = this;
    const entry = HEADER_BYTES + this.next++ * EVENT_BYTES;
    const body = view.getUint32(entry + 4, true);
    const length = view.getUint32(entry + 8, true);
    switch (view.getUint8(entry)) {
      case BODY_BEGIN: events.begin(body, view.getUint8(entry + 1)); break;
      case BODY_DATA:
        if (length > batch.byteLength - this.at) throw new RangeError(`body batch misses ${length} bytes of data`);
        events.data(body, new Uint8Array(batch, this.at, length));
        this.at += length;
        break;
      case BODY_GAP: events.gap(body, length); break;
      case BODY_END: events.end(body); break;
      default: throw new RangeError(`body event of kind ${view.getUint8(entry)}`);
    }
  }
}
