import { backwardBits, bitsAt, damaged, ForwardBits } from './bits';

/** A finite state entropy table (RFC 8878 §4.1): for each state its symbol, and how the next state is made. */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** From normalised counts (-1 = less than one); RFC 8878 §4.1.1. */
export function fseTable(counts: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(counts.length);
  let high = size;
  counts.forEach((count, symbol) => {
    if (count === -1) { symbols[--high] = symbol; next[symbol] = 1; }
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  counts.forEach((count, symbol) => {
    if (count <= 0) return;
    next[symbol] = count;
    for (let i = 0; i < count; i++) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1); while (at >= high);
    }
  });
  if (at !== 0) throw damaged('a table does not add up');
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const count = next[symbols[state]!]!++;
    bits[state] = log - (31 - Math.clz32(count));
    bases[state] = (count << bits[state]!) - size;
  }
  return { log, symbols, bits, bases };
}

/** A table of one symbol, which takes no bits. */
export function oneSymbol(symbol: number): FseTable {
  return { log: 0, symbols: new Uint8Array([symbol]), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}

/** Reads a table's description; `used` = its bytes. */
export function readFse(bytes: Uint8Array, maxLog: number, maxSymbol: number): { table: FseTable; used: number } {
  const input = new ForwardBits(bytes);
  const log = input.read(4) + 5;
  if (log > maxLog) throw damaged('a table is too large');
  const counts: number[] = [];
  let remaining = 1 << log;
  while (remaining > 0) {
    if (counts.length > maxSymbol) throw damaged('a table has too many symbols');
    const width = 32 - Math.clz32(remaining + 1);
    const low = (1 << (width - 1)) - 1;
    const threshold = (1 << width) - 1 - (remaining + 1);
    let value = input.read(width);
    if ((value & low) < threshold) { input.back(1); value &= low; } else if (value > low) value -= threshold;
    const count = value - 1;
    remaining -= Math.abs(count);
    counts.push(count);
    if (count !== 0) continue;
    for (let repeat = 3; repeat === 3;) {
      repeat = input.read(2);
      for (let i = 0; i < repeat; i++) counts.push(0);
      if (counts.length > maxSymbol + 1) throw damaged('a table has too many symbols');
    }
  }
  if (remaining < 0) throw damaged('a table does not add up');
  return { table: fseTable(counts, log), used: input.used };
}

/** Huffman codes of literals (RFC 8878 §4.2): indexed by the next `log` bits; symbol | bits << 8. */
export interface HuffmanTable {
  readonly log: number;
  readonly entries: Uint16Array;
}

const MAX_HUFFMAN_BITS = 11;

/** Reads a tree's description; `used` = its bytes. */
export function readHuffman(bytes: Uint8Array): { table: HuffmanTable; used: number } {
  const head = bytes[0] ?? 0;
  let used: number;
  let weights: number[];
  if (head >= 128) {
    const count = head - 127;
    used = 1 + ((count + 1) >> 1);
    weights = Array.from({ length: count }, (_, i) => ((bytes[1 + (i >> 1)] ?? 0) >> (i & 1 ? 0 : 4)) & 15);
  } else {
    used = 1 + head;
    weights = readWeights(bytes.subarray(1, used));
  }
  if (used > bytes.length) throw damaged('a tree is cut');
  return { table: huffmanTable(weights), used };
}

/** Weights packed with two states that take turns (RFC 8878 §4.2.1.2). */
function readWeights(bytes: Uint8Array): number[] {
  const { table, used } = readFse(bytes, 6, 255);
  const stream = bytes.subarray(used);
  if (stream.length === 0) throw damaged('a tree is cut');
  let at = backwardBits(stream);
  const take = (count: number): number => { at -= count; return bitsAt(stream, at, count); };
  const states = [take(table.log), take(table.log)];
  if (at < 0) throw damaged('a tree is cut');
  const weights: number[] = [];
  for (let turn = 0; ; turn ^= 1) {
    const state = states[turn]!;
    weights.push(table.symbols[state]!);
    if (weights.length > 254) throw damaged('a tree has too many symbols');
    states[turn] = table.bases[state]! + take(table.bits[state]!);
    if (at < 0) {
      weights.push(table.symbols[states[turn ^ 1]!]!);
      return weights;
    }
  }
}

function huffmanTable(weights: readonly number[]): HuffmanTable {
  let sum = 0;
  for (const weight of weights) {
    if (weight > MAX_HUFFMAN_BITS) throw damaged('a tree is too deep');
    if (weight > 0) sum += 1 << (weight - 1);
  }
  if (sum === 0) throw damaged('a tree is empty');
  const log = 32 - Math.clz32(sum);
  const left = (1 << log) - sum;
  if (log > MAX_HUFFMAN_BITS || (left & (left - 1)) !== 0) throw damaged('a tree does not add up');
  const all = [...weights, 32 - Math.clz32(left)];
  const entries = new Uint16Array(1 << log);
  let at = 0;
  for (let weight = 1; weight <= log; weight++) {
    const width = 1 << (weight - 1);
    for (let symbol = 0; symbol < all.length; symbol++) {
      if (all[symbol] !== weight) continue;
      entries.fill(symbol | ((log + 1 - weight) << 8), at, at + width);
      at += width;
    }
  }
  return { log, entries };
}

/** RFC 8878 §3.1.1.3.2.2. */
export const DEFAULT_LITERAL_LENGTHS = fseTable([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1], 6);
export const DEFAULT_MATCH_LENGTHS = fseTable([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  -1, -1, -1, -1, -1, -1, -1], 6);
export const DEFAULT_OFFSETS = fseTable([1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5);
