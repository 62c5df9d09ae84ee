// Which rows of one column fit a term. Masks have a byte a row: 1 = fits. Columns are scanned in their chunks, without an
// object a row.
import type { ColumnData, LogChunk } from '../engine/chunk';
import { formatAddress, formatMac, parseNetwork, type Network } from './address';
import { containsText, globToRegExp, lowerBytes } from './text-match';
import type { FilterOp } from './filter-text';
import { decodeText, type LogTable } from './table';
import { microseconds } from './time';

/** Names a code of a column, given the responder's port of the row. */
export type CodeName = (code: number, respPort: number) => string;

/** The chunks that are looked through: a table, or some of one. */
export type ChunkSource = Pick<LogTable, 'name' | 'schema' | 'eachChunk'>;

/** Called for each row that fits. */
type Mark = (row: number) => void;

const valid = (data: ColumnData, r: number): boolean => ((data.validity[r >> 3]! >> (r & 7)) & 1) === 1;

/** Comma-separated addresses and prefixes; `10.1.` and `10.1` are prefixes too. Null when a part is none. */
export function parseNetworkList(value: string): Network[] | null {
  const networks: Network[] = [];
  for (const part of value.split(',')) {
    const text = part.trim();
    const short = /^(\d{1,3}(?:\.\d{1,3}){0,2})\.$|^(\d{1,3}(?:\.\d{1,3}){1,2})(?:\.\*)?$/.exec(text);
    let network = parseNetwork(text);
    if (!network && short) {
      const given = (short[1] ?? short[2] ?? '').split('.');
      network = parseNetwork(`${[...given, '0', '0', '0'].slice(0, 4).join('.')}/${given.length * 8}`);
    }
    if (!network) return null;
    networks.push(network);
  }
  return networks;
}

/** Marks rows whose address lies in one of the networks. */
export function matchAddress(table: ChunkSource, column: number, networks: readonly Network[], mark: Mark): void {
  const tests = networks.map(({ bytes, bits }) => {
    const words: number[] = [];
    const masks: number[] = [];
    for (let w = 0; w < 4; w++) {
      const kept = Math.max(0, Math.min(32, bits - w * 32));
      // The words are little-endian as they lie in memory; so is the mask.
      let mask = 0;
      for (let b = 0; b < 4; b++) {
        const n = Math.max(0, Math.min(8, kept - b * 8));
        mask |= ((0xff << (8 - n)) & 0xff) << (b * 8);
      }
      const i = w * 4;
      words.push((bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)) & mask);
      masks.push(mask);
    }
    return { words, masks };
  });
  table.eachChunk((chunk, start) => {
    const data = chunk.columns[column]!;
    const view = new Int32Array(data.values.buffer, data.values.byteOffset, chunk.rows * 4);
    for (const { words: [a, b, x, d], masks: [ma, mb, mx, md] } of tests) {
      for (let r = 0, i = 0; r < chunk.rows; r++, i += 4) {
        if ((view[i + 3]! & md!) === d && (view[i + 2]! & mx!) === x && (view[i + 1]! & mb!) === b && (view[i]! & ma!) === a && valid(data, r)) mark(start + r);
      }
    }
  });
}

/** Marks rows by a test of their text; for columns where that is rare or cheap (addresses and MACs as text). */
function matchFormatted(table: ChunkSource, column: number, test: (text: string) => boolean, mark: Mark): void {
  const type = table.schema.columns[column]?.type;
  table.eachChunk((chunk, start) => {
    const data = chunk.columns[column]!;
    for (let r = 0; r < chunk.rows; r++) {
      if (!valid(data, r)) continue;
      const text = type === 'addr' ? formatAddress(data.values.subarray(r * 16, r * 16 + 16)) : formatMac(data.values.subarray(r * 8, r * 8 + 6));
      if (test(text)) mark(start + r);
    }
  });
}

/** A number of a chunk's column: intervals and times in microseconds. */
function numberAt(chunk: LogChunk, data: ColumnData, type: string, r: number): number {
  const v = data.values;
  switch (type) {
    case 'u8': case 'bool': return v[r]!;
    case 'u16': return v[r * 2]! | (v[r * 2 + 1]! << 8);
    case 'u32': return (v[r * 4]! | (v[r * 4 + 1]! << 8) | (v[r * 4 + 2]! << 16) | (v[r * 4 + 3]! << 24)) >>> 0;
    case 'u64': {
      const i = r * 8;
      return ((v[i]! | (v[i + 1]! << 8) | (v[i + 2]! << 16) | (v[i + 3]! << 24)) >>> 0)
        + ((v[i + 4]! | (v[i + 5]! << 8) | (v[i + 6]! << 16) | (v[i + 7]! << 24)) >>> 0) * 4294967296;
    }
    default: return microseconds(v, r * 8);
  }
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12, kib: 1024, mib: 1048576, gib: 1073741824, b: 1,
};
const TIMES: Readonly<Record<string, number>> = { '': 1e6, us: 1, µs: 1, ms: 1e3, s: 1e6, sec: 1e6, min: 6e7, m: 6e7, h: 3.6e9, d: 8.64e10 };

/** A number as a person types it, in the column's unit; NaN when it is none. */
function parseNumber(text: string, type: string): number {
  if (type === 'time') {
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1e6;
    return Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) || !text.includes('T') ? text : `${text}Z`) * 1000;
  }
  if (/^0x[0-9a-f]+$/i.test(text)) return Number(text);
  const match = /^(\d+(?:\.\d+)?)\s*([a-zµ]*)$/i.exec(text);
  if (!match) return NaN;
  const unit = (type === 'interval' ? TIMES : UNITS)[(match[2] ?? '').toLowerCase()];
  return unit === undefined ? NaN : Number(match[1]) * unit;
}

const ANSWERS: Readonly<Record<string, number>> = { true: 1, t: 1, yes: 1, '1': 1, false: 0, f: 0, no: 0, '0': 0 };

/** A test of a number for op and value; null when the value is no number for this column. */
function numberTest(op: FilterOp, value: string, type: string): ((n: number) => boolean) | null {
  if (type === 'bool') {
    const answer = ANSWERS[value.toLowerCase()];
    return answer === undefined ? null : (n) => n === answer;
  }
  if (op === '=' || op === '~') {
    const ranges: [number, number][] = [];
    for (const part of value.split(',')) {
      const dash = type === 'time' ? null : /^(.+?)(?:-|\.\.)(.+)$/.exec(part);
      const low = parseNumber((dash?.[1] ?? part).trim(), type);
      const high = parseNumber((dash?.[2] ?? part).trim(), type);
      if (Number.isNaN(low) || Number.isNaN(high)) return null;
      ranges.push([low, high]);
    }
    return (n) => ranges.some(([low, high]) => n >= low && n <= high);
  }
  const limit = parseNumber(value, type);
  if (Number.isNaN(limit)) return null;
  switch (op) {
    case '>': return (n) => n > limit;
    case '<': return (n) => n < limit;
    case '>=': return (n) => n >= limit;
    default: return (n) => n <= limit;
  }
}

/** True when a value can be compared with a column of numbers of this type. */
export function isComparable(op: FilterOp, value: string, type: string): boolean {
  return numberTest(op, value, type) !== null;
}

/** A test of a whole text: equality without case, `*` for any text, or a part of it. */
export function textTest(op: FilterOp, value: string): (text: string) => boolean {
  const wanted = value.toLowerCase();
  if (op === '~') return (text) => text.toLowerCase().includes(wanted);
  if (value.includes('*')) {
    const pattern = globToRegExp(value);
    return (text) => pattern.test(text);
  }
  switch (op) {
    case '>': return (text) => text.toLowerCase() > wanted;
    case '<': return (text) => text.toLowerCase() < wanted;
    case '>=': return (text) => text.toLowerCase() >= wanted;
    case '<=': return (text) => text.toLowerCase() <= wanted;
    default: return (text) => text.toLowerCase() === wanted;
  }
}

function matchNumber(table: ChunkSource, column: number, test: (n: number, respPort: number) => boolean, portColumn: number, mark: Mark): void {
  const type = table.schema.columns[column]?.type ?? 'u8';
  table.eachChunk((chunk, start) => {
    const data = chunk.columns[column]!;
    const ports = portColumn >= 0 ? chunk.columns[portColumn]! : null;
    for (let r = 0; r < chunk.rows; r++) {
      if (!valid(data, r)) continue;
      const port = ports ? numberAt(chunk, ports, 'u16', r) : 0;
      if (test(numberAt(chunk, data, type, r), port)) mark(start + r);
    }
  });
}

function equalsLower(data: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) {
    let c = data[start + i]!;
    if (c >= 65 && c <= 90) c += 32;
    if (c !== wanted[i]) return false;
  }
  return true;
}

function matchStrings(table: ChunkSource, column: number, op: FilterOp, value: string, mark: Mark): void {
  const lists = table.schema.columns[column]?.type === 'strs';
  const commaParts = table.name === 'conn' && table.schema.columns[column]?.name === 'service' && op === '=';
  const wanted = lowerBytes(value);
  const simple = op === '=' && !value.includes('*') && !commaParts;
  const test = textTest(op, value);
  const testText = commaParts ? (text: string) => test(text) || text.split(',').some(test) : test;
  table.eachChunk((chunk, start) => {
    const data = chunk.columns[column]!;
    const offsets = lists ? data.itemOffsets : data.offsets;
    const items = lists ? data.offsets[chunk.rows]! : chunk.rows;
    const rowOf = lists ? rowFinder(data.offsets, chunk.rows) : (item: number): number => item;
    if (op === '~') {
      containsText(data.data, 0, offsets[items] ?? 0, wanted, offsets, items, (item) => mark(start + rowOf(item)));
      return;
    }
    const remembered = new Map<string, boolean>();
    for (let i = 0; i < items; i++) {
      const from = offsets[i]!;
      const length = offsets[i + 1]! - from;
      if (simple) {
        if (length === wanted.length && equalsLower(data.data, from, wanted) && (lists || valid(data, i))) mark(start + rowOf(i));
        continue;
      }
      if (!lists && !valid(data, i)) continue;
      const text = decodeText(data.data.subarray(from, from + length));
      let fits = remembered.get(text);
      if (fits === undefined) remembered.set(text, fits = testText(text));
      if (fits) mark(start + rowOf(i));
    }
  });
}

/** Finds the row that an item of a list column belongs to; items must be asked for in ascending order. */
function rowFinder(offsets: Int32Array, rows: number): (item: number) => number {
  let row = 0;
  return (item) => {
    while (row < rows - 1 && offsets[row + 1]! <= item) row++;
    return row;
  };
}

/**
 * Marks the rows whose column fits. @returns false when the value cannot stand for this column (text for a number, …);
 * nothing is marked then.
 * @param nameOf how codes of this column are named, null when they are plain numbers
 * @param portColumn the responder's port, for names that depend on it; −1 when there is none
 */
export function matchColumn(
  table: ChunkSource, column: number, op: FilterOp, value: string, nameOf: CodeName | null, portColumn: number, mark: Mark,
): boolean {
  const type = table.schema.columns[column]?.type;
  switch (type) {
    case 'addr': {
      const networks = parseNetworkList(value);
      if (networks && op === '=') matchAddress(table, column, networks, mark);
      else if (op === '~') matchFormatted(table, column, textTest('~', value), mark);
      else return false;
      return true;
    }
    case 'mac': matchFormatted(table, column, textTest(op, value.replaceAll('-', ':')), mark); return true;
    case 'str': case 'strs': matchStrings(table, column, op, value, mark); return true;
    case undefined: case 'intervals': return false;
    default: {
      const test = numberTest(op, value, type);
      if (nameOf === null) {
        if (!test) return false;
        matchNumber(table, column, test, -1, mark);
        return true;
      }
      const named = textTest(op, value);
      const remembered = new Map<number, boolean>();
      matchNumber(table, column, (code, port) => {
        const key = port === 137 ? code + 65536 : code;
        let fits = remembered.get(key);
        if (fits === undefined) remembered.set(key, fits = (test?.(code) ?? false) || named(nameOf(code, port)));
        return fits;
      }, portColumn, mark);
      return true;
    }
  }
}
