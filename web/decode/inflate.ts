import {
  INFLATE_BLOCK_TYPE, INFLATE_CODE_LENGTHS, INFLATE_DAMAGED, INFLATE_DONE, INFLATE_FAR, INFLATE_INPUT_BYTES, INFLATE_NEEDS_INPUT, INFLATE_NO_CODE,
  INFLATE_NO_DISTANCE, INFLATE_NO_END, INFLATE_NO_PREFIX_CODE, INFLATE_REPEATS_NOTHING, INFLATE_STATE_BYTES, INFLATE_STORED_LENGTH, INFLATE_TOO_MANY_CODES,
  INFLATE_TOO_MANY_LENGTHS, INFLATE_WINDOW,
} from '../../assembly/abi/inflate';
import { DecodeError, type StreamDecoder } from './decoder';
import type { InflateSlots, Parked, SlotStream } from './inflate-slots';
import { inflateSlots } from './instance';

/** Input staged at first: a stream may end after a few bytes, and what follows is staged for the next one then. */
const FIRST_STAGED_BYTES = 4096;

const DAMAGE: Readonly<Record<number, string>> = {
  [INFLATE_BLOCK_TYPE]: 'no such block type',
  [INFLATE_STORED_LENGTH]: 'stored length',
  [INFLATE_TOO_MANY_CODES]: 'too many codes',
  [INFLATE_CODE_LENGTHS]: 'code lengths',
  [INFLATE_REPEATS_NOTHING]: 'repeats nothing',
  [INFLATE_TOO_MANY_LENGTHS]: 'too many code lengths',
  [INFLATE_NO_END]: 'block without an end',
  [INFLATE_NO_PREFIX_CODE]: 'no prefix code',
  [INFLATE_NO_CODE]: 'no such code',
  [INFLATE_NO_DISTANCE]: 'no such distance',
  [INFLATE_FAR]: 'a match reaches before the start',
};

/**
 * DEFLATE (RFC 1951), resumable at every bit, decoded by the engine (assembly/inflate). Ours because no library gives all
 * of: everything up to a cut, bounded output a step, a state that can be copied (to read again from the middle), and where
 * the data ended.
 */
export class Inflate implements StreamDecoder, SlotStream {
  /** Bytes of the last push behind the end of the data, once `done`. */
  rest: Uint8Array = new Uint8Array(0);
  /** Bytes given so far. */
  length = 0;
  /** CRC-32 of what was given, once `done`; 0 unless it was asked for. */
  crc = 0;
  slot = 0;
  parked: Parked | null = null;
  private slots: InflateSlots | null = null;
  private status: number = INFLATE_NEEDS_INPUT;

  /** @param checked the CRC-32 of the output is wanted */
  constructor(readonly checked = false) {}

  get done(): boolean {
    return this.status === INFLATE_DONE;
  }

  *push(input: Uint8Array, borrowed = false): Generator<Uint8Array, void> {
    if (this.status >= INFLATE_DAMAGED) throw this.damage();
    if (this.done) { this.rest = input; return; }
    const slots = this.slots ??= inflateSlots();
    const turn = slots.turn();
    let size = this.length === 0 ? FIRST_STAGED_BYTES : INFLATE_INPUT_BYTES;
    let at = 0;
    // Which part of the input was staged last; others may have used the buffer since.
    let from = 0;
    let to = 0;
    for (;;) {
      if (!slots.holds(turn) || (at === to && at < input.length)) {
        from = at;
        to = Math.min(input.length, at + size);
        slots.stage(turn, input.subarray(from, to));
        size = Math.min(size * 2, INFLATE_INPUT_BYTES);
      }
      const { status, taken, output } = slots.run(this, at - from, to - at, borrowed);
      at += taken;
      this.length += output.length;
      this.status = status;
      if (status === INFLATE_DONE || status >= INFLATE_DAMAGED) {
        if (this.checked) this.crc = slots.crcOf(this);
        slots.leave(this);
      }
      if (output.length > 0) yield output;
      if (status >= INFLATE_DAMAGED) throw this.damage();
      if (status === INFLATE_DONE) { this.rest = input.subarray(at); return; }
      if (status === INFLATE_NEEDS_INPUT && at === input.length) return;
    }
  }

  unfinished(): string | null {
    return this.done ? null : 'in the middle of the deflate data';
  }

  remark(): string {
    return '';
  }

  clone(): Inflate {
    const copy = new Inflate(this.checked);
    copy.parked = this.slots?.copyOf(this) ?? null;
    copy.slots = this.slots;
    copy.status = this.status;
    copy.length = this.length;
    copy.crc = this.crc;
    copy.rest = new Uint8Array(this.rest);
    return copy;
  }

  /** Without the slots, which are the thread's: MAX_INFLATE_SLOTS at the most. */
  weight(): number {
    return INFLATE_STATE_BYTES + Math.min(this.length, INFLATE_WINDOW);
  }

  close(): void {
    this.slots?.leave(this);
  }

  private damage(): DecodeError {
    return new DecodeError(`the deflate data is damaged (${DAMAGE[this.status] ?? `code ${this.status}`})`);
  }
}
