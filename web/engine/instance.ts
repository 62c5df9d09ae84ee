import {
  CHUNK_ROWS, DESCRIPTOR_BYTES, DESC_DATA, DESC_ITEM_DATA, DESC_USED, DESC_VALIDITY, DESC_VALUES, TYPE_INTERVALS, TYPE_STR,
  DESC_TYPE, DESC_WIDTH, DESC_ITEM_USED,
} from '../../assembly/abi/columns';
import { COUNTER_COUNT } from '../../assembly/abi/counters';
import { OPTION_SHARE, OPTION_SHARES } from '../../assembly/abi/enums';
import { ABI_VERSION } from '../../assembly/abi/logs';
import { packChunk, type ColumnParts, type PackedChunk } from './chunk';
import { SCHEMAS } from './schema';
import type { LateRow, ShareOf, Sharing } from './sharing';

/** What the engine gives while it reads. Every callback runs inside a call of `Engine`; bytes are borrowed until it returns. */
export interface EngineSink {
  /** Rows of one log, a copy that the receiver owns. */
  chunk(chunk: PackedChunk): void;
  /** BODY_BEGIN: `value` is ENCODING_*; BODY_DATA: `bytes`; BODY_GAP: `value` bytes are missing; BODY_END. */
  body?(kind: number, body: number, value: number, bytes: Uint8Array): void;
  /** Reassembled bytes of a followed flow (OPTION_STREAM_TAP), or `gap` missing ones before them; dir 0 = originator. */
  stream?(flow: number, dir: number, bytes: Uint8Array, gap: number): void;
}

/** The engine stopped at a failed check or an invalid access: a bug of ours, and the end of this instance. */
export class EngineTrap extends Error {
  override readonly name = 'EngineTrap';
}

/** Link type that is not decoded, with how much of it there was. */
export interface UndecodedLink { readonly linktype: number; readonly packets: number; readonly bytes: number }

interface Exports {
  readonly memory: WebAssembly.Memory;
  abiVersion(): number;
  begin(seed: number): void;
  configure(option: number, value: number): void;
  input(): number;
  space(): number;
  push(n: number): number;
  finish(): number;
  end(): void;
  flushRows(): void;
  pushPacket(number: number, timeHigh: number, timeLow: number, linktype: number, captured: number, wire: number): void;
  captureFormat(): number;
  unread(): number;
  packets(): number;
  flows(): number;
  counters(): number;
  strayFlowCount(): number;
  fragmentTable(): number;
  fragmentSlots(): number;
  isPartReached(): number;
  isOrdered(): number;
  lateTable(): number;
  lateEntries(): number;
  flowAsked(): number;
  isStray(origPort: number, respPort: number, ipProto: number): number;
  keyOf(origPort: number, respPort: number, ipProto: number): number;
  linkTable(): number;
  linkTableEntries(): number;
  rowsOf(log: number): number;
  descriptorsOf(log: number): number;
  slabBytes(): number;
  trap(): number;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Sole holder of one instance's memory: pointers never leave it, and every view is taken anew after the memory may have
 * grown. After an EngineTrap the instance is dead.
 */
export class Engine {
  private readonly exports: Exports;
  private views: { buffer: ArrayBufferLike; bytes: Uint8Array; words: Uint32Array };

  /** @throws Error when the module was built with another ABI */
  constructor(module: WebAssembly.Module, private readonly sink: EngineSink) {
    const instance = new WebAssembly.Instance(module, {
      env: {
        chunk_ready: (log: number) => this.chunkReady(log),
        body_event: (kind: number, body: number, pointer: number, length: number) => {
          this.sink.body?.(kind, body, length, pointer === 0 ? NO_BYTES : this.bytes.subarray(pointer, pointer + length));
        },
        stream_event: (flow: number, dir: number, pointer: number, length: number, gap: number) => {
          this.sink.stream?.(flow, dir, pointer === 0 ? NO_BYTES : this.bytes.subarray(pointer, pointer + length), gap >>> 0);
        },
      },
    });
    this.exports = instance.exports as unknown as Exports;
    const buffer = this.exports.memory.buffer;
    this.views = { buffer, bytes: new Uint8Array(buffer), words: new Uint32Array(buffer) };
    if (this.exports.abiVersion() !== ABI_VERSION) throw new Error('The engine and the page are of different versions. Reload the page.');
  }

  private fresh(): { bytes: Uint8Array; words: Uint32Array } {
    const buffer = this.exports.memory.buffer;
    if (buffer !== this.views.buffer) this.views = { buffer, bytes: new Uint8Array(buffer), words: new Uint32Array(buffer) };
    return this.views;
  }

  private get bytes(): Uint8Array {
    return this.fresh().bytes;
  }

  private guard<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      const line = this.exports.trap();
      throw new EngineTrap(`The engine stopped at packet ${this.exports.packets()} (${error.message}${line ? `, line ${line}` : ''}).`);
    }
  }

  /** Prepares for a capture. `seed` (32 random bits) keeps anyone from crafting colliding flows; results do not depend on it. */
  begin(seed: number): void {
    this.guard(() => this.exports.begin(seed >>> 0));
  }

  /** Switches an OPTION_* of assembly/abi/enums.ts. */
  configure(option: number, value: number): void {
    this.exports.configure(option, value);
  }

  /**
   * Where the next bytes of the file go, so that a reader can put them there without a copy in between: at most `most` bytes,
   * never none. The view is good until the next call of this engine; `commit` says how many bytes were written.
   */
  window(most = MAX_PUSH_BYTES): Uint8Array {
    const at = this.exports.input();
    return this.bytes.subarray(at, at + Math.min(this.exports.space(), most));
  }

  /** The first `n` bytes of `window()` were written: reads what is whole. Returns CAPTURE_*. @throws RangeError; EngineTrap */
  commit(n: number): number {
    if (!(n >= 0 && n <= this.exports.space())) throw new RangeError(`${n} bytes are more than the window takes`);
    return this.guard(() => this.exports.push(n));
  }

  /** The next bytes of the file, any number, copied into the window. Returns CAPTURE_*. @throws EngineTrap */
  push(chunk: Uint8Array): number {
    let status = 0;
    let at = 0;
    do {
      const window = this.window();
      const piece = chunk.subarray(at, at + window.length);
      window.set(piece);
      status = this.commit(piece.length);
      at += piece.length;
    } while (at < chunk.length);
    return status;
  }

  /** One packet by itself, with its number in the capture and its time in nanoseconds (following a stream). @throws EngineTrap */
  pushPacket(packet: { number: number; time: bigint; linktype: number; wire: number; bytes: Uint8Array }): void {
    const { bytes } = packet;
    if (bytes.length > this.exports.space()) return;
    this.bytes.set(bytes, this.exports.input());
    this.guard(() => this.exports.pushPacket(
      packet.number, Number(BigInt.asUintN(32, packet.time >> 32n)), Number(BigInt.asUintN(32, packet.time)), packet.linktype,
      bytes.length, packet.wire,
    ));
  }

  /** The file is over. Returns CAPTURE_*. @throws EngineTrap */
  finish(): number {
    return this.guard(() => this.exports.finish());
  }

  /** Ends flows and hands over every row without an end of the file (stopped, or packets one by one). @throws EngineTrap */
  end(): void {
    this.guard(() => this.exports.end());
  }

  /** Hands over the rows so far. */
  flush(): void {
    this.guard(() => this.exports.flushRows());
  }

  /** `pcap`, `pcapng`, or '' while it is not told. */
  get format(): 'pcap' | 'pcapng' | '' {
    const format = this.exports.captureFormat();
    return format === 1 ? 'pcap' : format === 2 ? 'pcapng' : '';
  }

  /** Packets so far. */
  get packets(): number {
    return this.exports.packets() >>> 0;
  }

  /** Flows so far. */
  get flows(): number {
    return this.exports.flows() >>> 0;
  }

  /** Bytes of a record that the file does not hold whole, after `finish`. */
  get unread(): number {
    return this.exports.unread();
  }

  /** Bytes of the instance's memory. */
  get memoryBytes(): number {
    return this.exports.memory.buffer.byteLength;
  }

  /** Bytes of the engine's small blocks in use. What stays after `finish` or `end` is never given back: a fault. */
  get slabBytes(): number {
    return this.exports.slabBytes() >>> 0;
  }

  /** A copy of the counters, by COUNTER_* of assembly/abi/counters.ts. */
  counters(): BigUint64Array {
    return new BigUint64Array(this.exports.memory.buffer, this.exports.counters(), COUNTER_COUNT).slice();
  }

  /** Makes this one of several engines that share the captures to come. Before `begin`. */
  share({ shares, share }: Pick<ShareOf, 'shares' | 'share'>): void {
    this.configure(OPTION_SHARES, shares);
    this.configure(OPTION_SHARE, share);
  }

  /** What the engines that shared a capture compare at its end, after `finish` or `end`. */
  sharing(): Sharing {
    const { exports } = this;
    const view = new DataView(exports.memory.buffer);
    const at = exports.lateTable();
    const late = Array.from({ length: exports.lateEntries() }, (_, i): LateRow => ({
      row: view.getUint32(at + i * 16, true), kind: view.getUint16(at + i * 16 + 4, true), list: view.getUint16(at + i * 16 + 6, true),
      place: view.getBigInt64(at + i * 16 + 8, true),
    }));
    return {
      strayFlows: exports.strayFlowCount() >>> 0, fragments: this.fragments(),
      partReached: exports.isPartReached() !== 0, ordered: exports.isOrdered() !== 0, late,
      flow: (orig, resp, origPort, respPort, ipProto) => {
        const asked = exports.flowAsked();
        this.bytes.set(orig, asked);
        this.bytes.set(resp, asked + 16);
        return { stray: exports.isStray(origPort, respPort, ipProto) !== 0, key: exports.keyOf(origPort, respPort, ipProto) };
      },
    };
  }

  private fragments(): Sharing['fragments'] {
    const view = new DataView(this.exports.memory.buffer);
    const at = this.exports.fragmentTable();
    const keys: { home: number[]; strays: number[] } = { home: [], strays: [] };
    for (let slot = 0; at !== 0 && slot < this.exports.fragmentSlots(); slot++) {
      const high = view.getUint32(at + slot * 8 + 4, true);
      const key = (high & 0x7fffffff) * 2 ** 32 + view.getUint32(at + slot * 8, true);
      if (key !== 0) (high >>> 31 === 1 ? keys.strays : keys.home).push(key);
    }
    return { home: Float64Array.from(keys.home), strays: Float64Array.from(keys.strays) };
  }

  /** Link types that were not decoded. */
  undecodedLinks(): UndecodedLink[] {
    const view = new DataView(this.exports.memory.buffer);
    const at = this.exports.linkTable();
    return Array.from({ length: this.exports.linkTableEntries() }, (_, i) => ({
      linktype: view.getUint32(at + i * 24, true),
      packets: Number(view.getBigUint64(at + i * 24 + 8, true)),
      bytes: Number(view.getBigUint64(at + i * 24 + 16, true)),
    }));
  }

  private chunkReady(log: number): void {
    const schema = SCHEMAS[log];
    if (!schema) throw new RangeError(`the engine wrote log ${log}, which the host does not know`);
    const { bytes, words } = this.fresh();
    const rows = this.exports.rowsOf(log);
    const descriptors = this.exports.descriptorsOf(log);
    const parts = schema.columns.map((_, i): ColumnParts => {
      const at = (descriptors + i * DESCRIPTOR_BYTES) >> 2;
      const word = (field: number): number => words[at + (field >> 2)] ?? 0;
      const ints = (pointer: number, count: number): Int32Array => new Int32Array(bytes.buffer, pointer, count);
      const validity = bytes.subarray(word(DESC_VALIDITY), word(DESC_VALIDITY) + ((rows + 7) >> 3));
      const values = word(DESC_VALUES);
      const width = word(DESC_WIDTH);
      if (width > 0) return { validity, values: bytes.subarray(values, values + rows * width) };
      const offsets = ints(values, Math.min(rows, CHUNK_ROWS) + 1);
      const used = word(DESC_USED);
      const data = word(DESC_DATA);
      if (word(DESC_TYPE) === TYPE_STR) return { validity, offsets, data: bytes.subarray(data, data + used) };
      if (word(DESC_TYPE) === TYPE_INTERVALS) return { validity, offsets, values: bytes.subarray(data, data + used * 8) };
      const items = word(DESC_ITEM_DATA);
      return { validity, offsets, itemOffsets: ints(data, used + 1), data: bytes.subarray(items, items + word(DESC_ITEM_USED)) };
    });
    this.sink.chunk(packChunk(schema, rows, parts));
  }
}

/** Bytes handed to the engine in one call: long enough to amortise it, short enough to look at a stop in between. */
const MAX_PUSH_BYTES = 4 << 20;
