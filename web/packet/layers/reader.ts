import { toHex } from '../../body/hex';
import type { Layer, LayerField } from '../types';

/** Layers of one packet at the most: tunnels within tunnels end here. */
export const MAX_LAYERS = 24;
/** Fields of a repeated kind (options, records, lines) that are listed. */
export const MAX_REPEATED = 200;

/** Collects the layers of one packet; every read is clamped to the bytes that were captured. */
export class PacketReader {
  readonly layers: Layer[] = [];
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** True while `n` bytes at `at` were captured. */
  has(at: number, n: number): boolean {
    return at >= 0 && at + n <= this.bytes.length;
  }

  u8(at: number): number { return this.has(at, 1) ? this.view.getUint8(at) : 0; }
  u16(at: number, little = false): number { return this.has(at, 2) ? this.view.getUint16(at, little) : 0; }
  u32(at: number, little = false): number { return this.has(at, 4) ? this.view.getUint32(at, little) : 0; }
  slice(at: number, n: number): Uint8Array { return this.bytes.subarray(Math.max(0, at), Math.max(0, Math.min(this.bytes.length, at + n))); }

  /** Text of bytes, printable; anything else as a dot. */
  text(at: number, n: number): string {
    let out = '';
    for (const c of this.slice(at, n)) out += c >= 32 && c < 127 ? String.fromCharCode(c) : '.';
    return out;
  }

  hex(at: number, n: number, separator = ''): string {
    return toHex(this.slice(at, n), separator);
  }

  /** Adds a layer; false when there are too many. */
  layer(name: string, summary: string, offset: number, length: number, fields: readonly LayerField[]): boolean {
    if (this.layers.length >= MAX_LAYERS) return false;
    const end = Math.min(this.bytes.length, offset + length);
    this.layers.push({ name, summary, offset, length: Math.max(0, end - offset), fields });
    return true;
  }

  /** A layer that is cut short by the snap length or lies about its length. */
  cut(name: string, offset: number, wanted: number): void {
    const rest = Math.max(0, this.bytes.length - offset);
    this.layer(name, `cut: ${rest} of ${wanted} bytes were captured`, offset, rest, [
      { name: 'Captured', value: this.hex(offset, rest, ' '), offset, length: rest, problem: `the header needs ${wanted} bytes` },
    ]);
  }
}

/** A field with its place. */
export const field = (name: string, value: string | number, offset: number, length: number, more: Partial<LayerField> = {}): LayerField =>
  ({ name, value: String(value), offset, length, ...more });

/** `0x0800` */
export const hexNumber = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

/** Names of the bits that are set. */
export const bitNames = (value: number, names: readonly (readonly [number, string])[]): string =>
  names.filter(([bit]) => (value & bit) !== 0).map(([, name]) => name).join(', ') || 'none';
