import { MAX_ZSTD_WINDOW, sizeText } from './limits';
import { DecodeError, type StreamDecoder } from './decoder';
import { damaged } from './zstd/bits';
import { readLiterals } from './zstd/literals';
import { freshBlockState, runSequences, type BlockState } from './zstd/sequences';
import type { HuffmanTable } from './zstd/tables';
import { Xxh64 } from './zstd/xxh64';

/** Block_Maximum_Size (RFC 8878 §3.1.1.2.3). */
const BLOCK_MAX = 128 * 1024;
const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

/** Literals of the block that is being decoded, whosoever it is. */
const LITERALS = new Uint8Array(BLOCK_MAX);

const enum Step { Frame, Skip, Block, Data, Checksum, Behind }

/**
 * zstd (RFC 8878): any number of frames, skippable ones among them, windows up to `maxWindow`, checksums verified.
 * Ours because what we know of either moves the whole window for every block, takes no copy of its state, or checks no
 * checksum. A cut gives every whole block before it.
 */
export class Unzstd implements StreamDecoder {
  private step: Step = Step.Frame;
  /** Input at hand: from `p` to `end`. Room behind it is only where the array is ours. */
  private input: Uint8Array = new Uint8Array(0);
  private p = 0;
  private end = 0;
  private ours = false;
  private skip = 0;
  private frames = 0;
  private behind = 0;
  private wrong = 0;

  /** The window and what comes behind it; grows as it is needed. */
  private out = new Uint8Array(0);
  private n = 0;
  private window = 0;
  /** Bytes that the present step gave. */
  private fresh = 0;
  /** Bytes of the frame so far, and as its header says (-1: it does not). */
  private produced = 0;
  private size = -1;
  private block = { last: false, type: 0, size: 0 };
  private state: BlockState = freshBlockState();
  private tree: HuffmanTable | null = null;
  private hash: Xxh64 | null = null;

  /** @param maxWindow largest window that is taken, in bytes; at most MAX_ZSTD_WINDOW */
  constructor(private readonly maxWindow = MAX_ZSTD_WINDOW) {}

  /** Every frame that began has given all its data; the last one's checksum may not be there. */
  get done(): boolean {
    return this.step === Step.Checksum || this.step === Step.Behind || (this.step === Step.Frame && this.p === this.end && this.frames > 0);
  }

  *push(input: Uint8Array): Generator<Uint8Array, void> {
    this.accept(input);
    for (;;) {
      this.fresh = 0;
      if (!this.advance()) break;
      if (this.fresh > 0) yield this.out.slice(this.n - this.fresh, this.n);
    }
    if (!this.ours) {
      this.input = new Uint8Array(this.input.subarray(this.p));
      this.end -= this.p;
      this.p = 0;
      this.ours = true;
    }
  }

  /** Puts new input behind what is left, with room for more: a block may come in many small pieces. */
  private accept(input: Uint8Array): void {
    const left = this.end - this.p;
    if (left === 0) {
      this.input = input;
      this.p = 0;
      this.end = input.length;
      this.ours = false;
      return;
    }
    if (this.end + input.length > this.input.length) {
      const larger = new Uint8Array(2 * (left + input.length));
      larger.set(this.input.subarray(this.p, this.end));
      this.input = larger;
      this.p = 0;
      this.end = left;
    }
    this.input.set(input, this.end);
    this.end += input.length;
  }

  unfinished(): string | null {
    if (this.step === Step.Behind || (this.step === Step.Frame && this.p === this.end && this.frames > 0)) return null;
    if (this.step === Step.Frame) return 'in the header of the zstd data';
    return this.step === Step.Checksum ? 'in the checksum at the end of the zstd data' : 'in the middle of the zstd data';
  }

  remark(): string {
    const parts: string[] = [];
    if (this.wrong > 0) parts.push('The checksum of the zstd data is wrong: parts of it may be damaged.');
    if (this.behind > 0) parts.push(`${this.behind} bytes behind the zstd data were left out.`);
    return parts.join(' ');
  }

  clone(): Unzstd {
    const copy = new Unzstd(this.maxWindow);
    const from = Math.max(0, this.n - this.window);
    Object.assign(copy, {
      step: this.step, input: new Uint8Array(this.input.subarray(this.p, this.end)), end: this.end - this.p, ours: true, skip: this.skip, frames: this.frames, behind: this.behind,
      wrong: this.wrong, out: this.out.slice(from, this.n), n: this.n - from, window: this.window, produced: this.produced, size: this.size,
      block: { ...this.block }, state: { ...this.state, repeats: [...this.state.repeats] }, tree: this.tree, hash: this.hash?.clone() ?? null,
    });
    return copy;
  }

  weight(): number {
    return this.out.length + this.input.length;
  }

  close(): void {
    this.out = this.input = new Uint8Array(0);
  }

  /** One step, if the input has all of it. */
  private advance(): boolean {
    const { input } = this;
    const have = this.end - this.p;
    switch (this.step) {
      case Step.Behind:
        this.behind += have;
        this.p = this.end;
        return false;
      case Step.Skip: {
        const count = Math.min(this.skip, have);
        this.skip -= count;
        this.p += count;
        if (this.skip > 0) return false;
        this.step = Step.Frame;
        return true;
      }
      case Step.Frame:
        return this.frame(input.subarray(this.p, this.end));
      case Step.Block: {
        if (have < 3) return false;
        const head = input[this.p]! | (input[this.p + 1]! << 8) | (input[this.p + 2]! << 16);
        this.p += 3;
        this.block = { last: (head & 1) === 1, type: (head >> 1) & 3, size: head >> 3 };
        if (this.block.type === 3 || this.block.size > BLOCK_MAX) throw damaged('no such block');
        this.step = Step.Data;
        return true;
      }
      case Step.Data: {
        const { type, size, last } = this.block;
        const need = type === 1 ? 1 : size;
        if (have < need) return false;
        this.data(input.subarray(this.p, this.p + need), type, size);
        this.p += need;
        this.step = last ? this.endOfFrame() : Step.Block;
        return true;
      }
      case Step.Checksum: {
        if (have < 4) return false;
        const given = new DataView(input.buffer, input.byteOffset + this.p, 4).getUint32(0, true);
        if (this.hash && this.hash.low32() !== given) this.wrong++;
        this.p += 4;
        this.step = Step.Frame;
        return true;
      }
    }
  }

  private endOfFrame(): Step {
    if (this.size >= 0 && this.size !== this.produced) throw damaged('the frame has another length than its header says');
    return this.hash ? Step.Checksum : Step.Frame;
  }

  /** A frame's header (RFC 8878 §3.1.1.1). */
  private frame(bytes: Uint8Array): boolean {
    if (bytes.length === 0) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // Four bytes tell a frame from anything else; fewer that fit neither are no frame.
    if (bytes.length < 4) return false;
    const magic = view.getUint32(0, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      if (bytes.length < 8) return false;
      this.skip = view.getUint32(4, true);
      this.p += 8;
      this.frames++;
      this.step = Step.Skip;
      return true;
    }
    if (magic !== MAGIC) {
      if (this.frames === 0) throw new DecodeError('the header of the zstd data is damaged');
      this.step = Step.Behind;
      return true;
    }
    if (bytes.length < 5) return false;
    const flags = bytes[4]!;
    const single = (flags & 32) !== 0;
    const dictionaryBytes = [0, 1, 2, 4][flags & 3]!;
    const sizeBytes = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
    const header = 5 + (single ? 0 : 1) + dictionaryBytes + sizeBytes;
    if (bytes.length < header) return false;
    if ((flags & 8) !== 0) throw damaged('a frame has unknown flags');
    let at = 5;
    let window = 0;
    if (!single) {
      const base = 2 ** (10 + (bytes[at]! >> 3));
      window = base + (base / 8) * (bytes[at]! & 7);
      at++;
    }
    if (bytes.subarray(at, at + dictionaryBytes).some((byte) => byte !== 0)) {
      throw new DecodeError('the zstd data needs a dictionary, which is not at hand; unpack it with zstd -D');
    }
    at += dictionaryBytes;
    this.size = -1;
    if (sizeBytes === 1) this.size = view.getUint8(at);
    else if (sizeBytes === 2) this.size = view.getUint16(at, true) + 256;
    else if (sizeBytes === 4) this.size = view.getUint32(at, true);
    else if (sizeBytes === 8) this.size = Number(view.getBigUint64(at, true));
    if (single) window = this.size;
    if (window > this.maxWindow) {
      const advice = this.maxWindow < MAX_ZSTD_WINDOW ? '' : '; unpack it with zstd -d --long=31';
      throw new DecodeError(`the zstd data needs a window of ${sizeText(window)}, more than the ${sizeText(this.maxWindow)} that are read here${advice}`);
    }
    this.p += header;
    this.frames++;
    this.window = window;
    this.produced = 0;
    this.n = 0;
    this.state = freshBlockState();
    this.tree = null;
    this.hash = (flags & 4) !== 0 ? new Xxh64() : null;
    this.step = Step.Block;
    return true;
  }

  private data(bytes: Uint8Array, type: number, size: number): void {
    this.makeRoom();
    const before = this.n;
    if (type === 0) {
      this.out.set(bytes, this.n);
      this.n += size;
    } else if (type === 1) {
      this.out.fill(bytes[0]!, this.n, this.n + size);
      this.n += size;
    } else {
      const literals = readLiterals(bytes, this.tree, LITERALS, BLOCK_MAX);
      this.tree = literals.tree;
      const target = { out: this.out, n: this.n, limit: this.n + BLOCK_MAX, window: this.window };
      runSequences(bytes.subarray(literals.used), literals.bytes, this.state, target);
      this.n = target.n;
    }
    this.fresh = this.n - before;
    this.produced += this.fresh;
    this.hash?.update(this.out.subarray(before, this.n));
  }

  /** Sees to it that a block fits behind the window: moves the window to the front, or grows. */
  private makeRoom(): void {
    if (this.n + BLOCK_MAX <= this.out.length) return;
    // An eighth more than the window: the window is moved once for that much output.
    const full = this.window + Math.max(8 * BLOCK_MAX, this.window >> 3);
    if (this.out.length < full) {
      const larger = new Uint8Array(Math.min(full, Math.max(this.n + BLOCK_MAX, this.out.length * 2)));
      larger.set(this.out.subarray(0, this.n));
      this.out = larger;
      if (this.n + BLOCK_MAX <= this.out.length) return;
    }
    const from = Math.max(0, this.n - this.window);
    this.out.copyWithin(0, from, this.n);
    this.n -= from;
  }
}
