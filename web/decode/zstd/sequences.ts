import { backwardBits, bitsAt, damaged } from './bits';
import { DEFAULT_LITERAL_LENGTHS, DEFAULT_MATCH_LENGTHS, DEFAULT_OFFSETS, oneSymbol, readFse, type FseTable } from './tables';

// Codes of lengths (RFC 8878 §3.1.1.3.2.1.1): base and extra bits.
const LL_BASE = Uint32Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]);
const LL_BITS = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const ML_BASE = Uint32Array.from([...Array.from({ length: 32 }, (_, i) => i + 3), 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539]);
const ML_BITS = Uint8Array.from([...new Array<number>(32).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
/** Larger offsets than the largest window that is decoded. */
const MAX_OFFSET_CODE = 27;

/** What one block leaves for the next (RFC 8878 §3.1.1.5). */
export interface BlockState {
  literalLengths: FseTable | null;
  offsets: FseTable | null;
  matchLengths: FseTable | null;
  /** The three last offsets. */
  readonly repeats: [number, number, number];
}

export const freshBlockState = (): BlockState => ({ literalLengths: null, offsets: null, matchLengths: null, repeats: [1, 4, 8] });

/** Where output goes: out[n…limit); a match may reach back over the window, and over all of `out` at the most. */
export interface Target {
  readonly out: Uint8Array;
  n: number;
  readonly limit: number;
  readonly window: number;
}

/** Reads the sequences section and carries it out: literals and matches go to the target. */
export function runSequences(section: Uint8Array, literals: Uint8Array, state: BlockState, target: Target): void {
  const b0 = section[0];
  if (b0 === undefined) throw damaged('a block is cut');
  let at = b0 < 128 ? 1 : b0 < 255 ? 2 : 3;
  const count = b0 < 128 ? b0 : b0 < 255 ? ((b0 - 128) << 8) | (section[1] ?? 0) : ((section[1] ?? 0) | ((section[2] ?? 0) << 8)) + 0x7f00;
  if (count === 0) {
    if (section.length !== at) throw damaged('a block is too long');
    putLiterals(literals, 0, target);
    return;
  }
  const modes = section[at++] ?? 0;
  if ((modes & 3) !== 0) throw damaged('a block has unknown flags');
  const table = (mode: number, known: FseTable | null, byDefault: FseTable, maxLog: number, maxSymbol: number): FseTable => {
    if (mode === 0) return byDefault;
    if (mode === 1) {
      const symbol = section[at++] ?? 255;
      if (symbol > maxSymbol) throw damaged('no such code');
      return oneSymbol(symbol);
    }
    if (mode === 2) {
      const read = readFse(section.subarray(at), maxLog, maxSymbol);
      at += read.used;
      return read.table;
    }
    if (!known) throw damaged('a table is used again that never was');
    return known;
  };
  state.literalLengths = table(modes >> 6, state.literalLengths, DEFAULT_LITERAL_LENGTHS, 9, LL_BASE.length - 1);
  state.offsets = table((modes >> 4) & 3, state.offsets, DEFAULT_OFFSETS, 8, 31);
  state.matchLengths = table((modes >> 2) & 3, state.matchLengths, DEFAULT_MATCH_LENGTHS, 9, ML_BASE.length - 1);
  if (at >= section.length) throw damaged('a block is cut');
  run(section.subarray(at), count, literals, state.literalLengths, state.offsets, state.matchLengths, state.repeats, target);
}

function run(
  stream: Uint8Array, count: number, literals: Uint8Array, ll: FseTable, of: FseTable, ml: FseTable,
  repeats: [number, number, number], target: Target,
): void {
  const { out, limit, window } = target;
  let [r0, r1, r2] = repeats;
  let n = target.n;
  let from = 0;
  let at = backwardBits(stream);
  at -= ll.log;
  let llState = bitsAt(stream, at, ll.log);
  at -= of.log;
  let ofState = bitsAt(stream, at, of.log);
  at -= ml.log;
  let mlState = bitsAt(stream, at, ml.log);
  for (let left = count; left > 0; left--) {
    const ofCode = of.symbols[ofState]!;
    const mlCode = ml.symbols[mlState]!;
    const llCode = ll.symbols[llState]!;
    if (ofCode > MAX_OFFSET_CODE) throw damaged('an offset is too far');
    at -= ofCode;
    const ofExtra = ofCode <= 24 ? bitsAt(stream, at, ofCode) : bitsAt(stream, at + ofCode - 24, 24) * (1 << (ofCode - 24)) + bitsAt(stream, at, ofCode - 24);
    const value = (1 << ofCode) + ofExtra;
    const mlBits = ML_BITS[mlCode]!;
    at -= mlBits;
    const length = ML_BASE[mlCode]! + bitsAt(stream, at, mlBits);
    const llBits = LL_BITS[llCode]!;
    at -= llBits;
    const take = LL_BASE[llCode]! + bitsAt(stream, at, llBits);
    if (left > 1) {
      const llNext = ll.bits[llState]!, mlNext = ml.bits[mlState]!, ofNext = of.bits[ofState]!;
      // All three (at most 9 + 9 + 8 bits) in two loads.
      at -= llNext;
      llState = ll.bases[llState]! + bitsAt(stream, at, llNext);
      at -= mlNext + ofNext;
      const both = bitsAt(stream, at, mlNext + ofNext);
      mlState = ml.bases[mlState]! + (both >>> ofNext);
      ofState = of.bases[ofState]! + (both & ((1 << ofNext) - 1));
    }
    if (at < 0) throw damaged('the sequences are cut');

    let offset: number;
    if (value > 3) {
      offset = value - 3;
      r2 = r1; r1 = r0; r0 = offset;
    } else {
      const which = value - 1 + (take === 0 ? 1 : 0);
      if (which === 0) {
        offset = r0;
      } else {
        offset = which === 1 ? r1 : which === 2 ? r2 : r0 - 1;
        if (which !== 1) r2 = r1;
        r1 = r0;
        r0 = offset;
      }
    }
    if (from + take > literals.length || n + take + length > limit) throw damaged('a block gives too much');
    if (take < 32) for (const end = from + take; from < end;) out[n++] = literals[from++]!;
    else { out.set(literals.subarray(from, from + take), n); from += take; n += take; }
    if (offset <= 0 || offset > n || offset > window) throw damaged('a match reaches before the start');
    if (length >= 48 && offset >= length) { out.copyWithin(n, n - offset, n - offset + length); n += length; }
    else for (let source = n - offset, end = n + length; n < end;) out[n++] = out[source++]!;
  }
  if (at !== 0) throw damaged('the sequences do not end where they should');
  repeats[0] = r0; repeats[1] = r1; repeats[2] = r2;
  target.n = n;
  putLiterals(literals, from, target);
}

function putLiterals(literals: Uint8Array, from: number, target: Target): void {
  const rest = literals.subarray(from);
  if (target.n + rest.length > target.limit) throw damaged('a block gives too much');
  target.out.set(rest, target.n);
  target.n += rest.length;
}
