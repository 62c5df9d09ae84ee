import {
  INFLATE_AT_BUFFER, INFLATE_AT_CRC, INFLATE_AT_GIVEN, INFLATE_AT_OUT, INFLATE_AT_TAKEN, INFLATE_INPUT_BYTES, INFLATE_STATE_BYTES, INFLATE_WINDOW,
} from '../../assembly/abi/inflate';

/** What web/decode needs of the engine's exports (assembly/inflate/slots.ts). Any instance of the module will do. */
export interface InflateExports {
  readonly memory: WebAssembly.Memory;
  inflateInput(): number;
  inflateSlot(): number;
  inflateBegin(slot: number, checked: number): void;
  inflateResume(slot: number, length: number): void;
  inflateRun(slot: number, from: number, length: number): number;
  crc32Input(crc: number, length: number): number;
}

/** A stream that waits outside of the engine's memory: its state, and its window. Neither is ever written to. */
export interface Parked {
  readonly state: Uint8Array;
  readonly window: Uint8Array;
}

/** A stream as the slots know it: they move it in and out. */
export interface SlotStream {
  /** Where its slot is; 0 when it has none. */
  slot: number;
  /** Its state while it has no slot; null before its first input. */
  parked: Parked | null;
  /** Its CRC-32 is wanted. */
  readonly checked: boolean;
}

/** How a run ended (INFLATE_*), the bytes of input it took, its output. */
export interface Run {
  readonly status: number;
  readonly taken: number;
  readonly output: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/**
 * The streams of one thread in the engine's memory. There are MAX_INFLATE_SLOTS slots; when all are taken, the stream
 * that was used least recently is parked, so that there may be as many streams as one likes and none has to be closed.
 */
export class InflateSlots {
  /** How often a stream had to make room for another. */
  parkings = 0;
  private readonly input: number;
  private bytes = new Uint8Array(0);
  private words = new Uint32Array(0);
  /** Streams with a slot, least recently used first. */
  private readonly resident = new Map<SlotStream, number>();
  private latest: SlotStream | null = null;
  private readonly free: number[] = [];
  private turns = 0;
  private staged = 0;

  constructor(private readonly engine: InflateExports) {
    this.input = engine.inflateInput();
  }

  /** A number for one piece of input, to tell whether it still lies in the input buffer. */
  turn(): number {
    return ++this.turns;
  }

  /** Whether the input of this turn still lies in the input buffer. */
  holds(turn: number): boolean {
    return this.staged === turn;
  }

  /** Puts input (INFLATE_INPUT_BYTES at the most) into the input buffer. */
  stage(turn: number, input: Uint8Array): void {
    this.look();
    this.bytes.set(input, this.input);
    this.staged = turn;
  }

  /**
   * Runs a stream over `length` bytes of the staged input from the `from`-th on. `borrowed`: the output is a view of the
   * engine's memory, valid until the next run.
   */
  run(stream: SlotStream, from: number, length: number, borrowed: boolean): Run {
    this.enter(stream);
    const status = this.engine.inflateRun(stream.slot, from, length);
    this.look();
    const { words, bytes } = this;
    const { slot } = stream;
    const given = words[(slot + INFLATE_AT_GIVEN) >> 2]!;
    const out = words[(slot + INFLATE_AT_OUT) >> 2]!;
    return { status, taken: words[(slot + INFLATE_AT_TAKEN) >> 2]!, output: out === given ? NOTHING : borrowed ? bytes.subarray(given, out) : bytes.slice(given, out) };
  }

  /** CRC-32 of all that a checked stream with a slot has given. */
  crcOf(stream: SlotStream): number {
    this.look();
    return this.words[(stream.slot + INFLATE_AT_CRC) >> 2]!;
  }

  /** State and window of a stream; null when it has had no input. `kept` is how many bytes it has given. */
  copyOf(stream: SlotStream): Parked | null {
    const { slot } = stream;
    if (slot === 0) return stream.parked;
    this.look();
    const out = this.words[(slot + INFLATE_AT_OUT) >> 2]!;
    const window = this.bytes.slice(Math.max(slot + INFLATE_AT_BUFFER, out - INFLATE_WINDOW), out);
    return { state: this.bytes.slice(slot, slot + INFLATE_STATE_BYTES), window };
  }

  /** The stream needs its slot no more. */
  leave(stream: SlotStream): void {
    stream.parked = null;
    if (stream.slot === 0) return;
    this.free.push(stream.slot);
    this.resident.delete(stream);
    if (this.latest === stream) this.latest = null;
    stream.slot = 0;
  }

  /** The CRC of `bytes` that follow on data whose CRC is `crc` (0 at the start); unsigned. */
  crc32(bytes: Uint8Array, crc: number): number {
    for (let at = 0; at < bytes.length; at += INFLATE_INPUT_BYTES) {
      const part = bytes.subarray(at, at + INFLATE_INPUT_BYTES);
      this.stage(this.turn(), part);
      crc = this.engine.crc32Input(crc, part.length) >>> 0;
    }
    return crc;
  }

  /** Gives the stream a slot unless it has one. */
  private enter(stream: SlotStream): void {
    if (this.latest === stream) return;
    this.latest = stream;
    if (stream.slot !== 0) {
      this.resident.delete(stream);
      this.resident.set(stream, stream.slot);
      return;
    }
    stream.slot = this.vacant();
    this.resident.set(stream, stream.slot);
    const { slot, parked } = stream;
    if (!parked) {
      this.engine.inflateBegin(slot, stream.checked ? 1 : 0);
      return;
    }
    this.look();
    this.bytes.set(parked.state, slot);
    this.bytes.set(parked.window, slot + INFLATE_AT_BUFFER);
    stream.parked = null;
    this.engine.inflateResume(slot, parked.window.length);
  }

  private vacant(): number {
    const slot = this.free.pop() ?? this.engine.inflateSlot();
    if (slot !== 0) return slot;
    const oldest: SlotStream | undefined = this.resident.keys().next().value;
    if (!oldest) throw new RangeError('there is no memory for a decoder');
    this.parkings++;
    const parked = this.copyOf(oldest);
    const freed = oldest.slot;
    this.resident.delete(oldest);
    oldest.slot = 0;
    oldest.parked = parked;
    return freed;
  }

  /** The engine's memory moves when it grows. */
  private look(): void {
    const { buffer } = this.engine.memory;
    if (this.bytes.buffer === buffer) return;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
  }
}
