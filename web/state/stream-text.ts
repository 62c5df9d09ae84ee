import type { StreamPart } from '../worker/api';
import { HEX_COLUMNS } from './hex';

/** A run of one direction, as it is read. */
export interface StreamRun {
  readonly fromOrig: boolean;
  readonly pkt: number;
  /** Bytes missing before it. */
  readonly gap: number;
  readonly bytes: Uint8Array;
  /** Offset in its own direction's stream. */
  readonly offset: number;
}

/** Puts parts that follow on in one direction together, as long as nothing is missing between them. */
export function streamRuns(parts: readonly StreamPart[]): readonly StreamRun[] {
  const runs: { fromOrig: boolean; pkt: number; gap: number; offset: number; pieces: Uint8Array[]; length: number }[] = [];
  const offsets = { orig: 0, resp: 0 };
  for (const part of parts) {
    const side = part.from_orig ? 'orig' : 'resp';
    offsets[side] += part.gap;
    const last = runs[runs.length - 1];
    if (last && last.fromOrig === part.from_orig && part.gap === 0) {
      last.pieces.push(part.bytes);
      last.length += part.bytes.length;
    } else runs.push({ fromOrig: part.from_orig, pkt: part.pkt, gap: part.gap, offset: offsets[side], pieces: [part.bytes], length: part.bytes.length });
    offsets[side] += part.bytes.length;
  }
  return runs.map(({ pieces, length, ...run }) => ({ ...run, bytes: joined(pieces, length) }));
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0] ?? new Uint8Array(0);
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const utf8 = new TextDecoder('utf-8');

/** Bytes as text: UTF-8, line ends kept, every other control character as `·`. */
export function streamText(bytes: Uint8Array): string {
  return utf8.decode(bytes).replace(/\r\n?/g, '\n')
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/g, '·');
}

/** Bytes as lines of hexadecimal with text beside: `0000  47 45 54 …  GET …`. */
export function streamHex(bytes: Uint8Array, from = 0): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += HEX_COLUMNS) {
    const line = bytes.subarray(at, at + HEX_COLUMNS);
    let hex = '';
    let text = '';
    line.forEach((byte, i) => {
      hex += `${byte.toString(16).padStart(2, '0')}${i === 7 ? '  ' : ' '}`;
      text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·';
    });
    lines.push(`${(from + at).toString(16).padStart(6, '0')}  ${hex.padEnd(HEX_COLUMNS * 3 + 1)} ${text}`);
  }
  return lines.join('\n');
}

/** The bytes of one direction, gaps left out. */
export function directionBytes(parts: readonly StreamPart[], fromOrig: boolean): Uint8Array<ArrayBuffer> {
  const wanted = parts.filter((part) => part.from_orig === fromOrig).map((part) => part.bytes);
  const all = new Uint8Array(wanted.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of wanted) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
