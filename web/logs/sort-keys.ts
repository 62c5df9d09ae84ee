// Keys by which rows are sorted: arrays of 32-bit words, most significant first, for the radix sort; text beyond its
// first bytes is put in order afterwards.
import type { ColumnData } from '../engine/chunk';
import { identity, orderByWords, sortByKey } from './radix';
import { decodeText, type LogTable } from './table';
import type { CodeName } from './match';

/** Rows of several tables of one log, numbered through. */
export interface SortPart {
  readonly table: LogTable;
  /** Number of the table's first row. */
  readonly start: number;
}

/** Words of text that the radix sort looks at (16 bytes); longer equal beginnings are compared byte by byte. */
const TEXT_WORDS = 4;

const valid = (data: ColumnData, r: number): boolean => ((data.validity[r >> 3]! >> (r & 7)) & 1) === 1;

const lower = (c: number): number => (c >= 65 && c <= 90 ? c + 32 : c);

/** First byte and end of a row's text: the string, or the first item of a list through to its last. */
function textSpan(data: ColumnData, r: number, list: boolean): [number, number] {
  if (!list) return [data.offsets[r]!, data.offsets[r + 1]!];
  return [data.itemOffsets[data.offsets[r]!]!, data.itemOffsets[data.offsets[r + 1]!]!];
}

function fillWords(part: SortPart, column: number, words: readonly Uint32Array[], nulls: Uint8Array): void {
  const type = part.table.schema.columns[column]?.type;
  part.table.eachChunk((chunk, from) => {
    const data = chunk.columns[column]!;
    const start = part.start + from;
    const { values } = data;
    for (let r = 0; r < chunk.rows; r++) if (!valid(data, r)) nulls[start + r] = 1;
    const [w0, w1] = words;
    switch (type) {
      case 'u8': case 'bool': for (let r = 0; r < chunk.rows; r++) w0![start + r] = values[r]!; break;
      case 'u16': for (let r = 0; r < chunk.rows; r++) w0![start + r] = values[r * 2]! | (values[r * 2 + 1]! << 8); break;
      case 'u32': w0!.set(new Uint32Array(values.buffer, values.byteOffset, chunk.rows), start); break;
      case 'u64': case 'time': case 'interval': {
        const view = new Uint32Array(values.buffer, values.byteOffset, chunk.rows * 2);
        const flip = type === 'u64' ? 0 : 0x80000000;
        for (let r = 0; r < chunk.rows; r++) { w0![start + r] = view[r * 2 + 1]! ^ flip; w1![start + r] = view[r * 2]!; }
        break;
      }
      case 'addr': case 'mac': {
        const width = type === 'addr' ? 16 : 8;
        for (let r = 0; r < chunk.rows; r++) {
          for (let w = 0; w < words.length; w++) {
            const i = r * width + w * 4;
            words[w]![start + r] = (values[i]! << 24) | (values[i + 1]! << 16) | (values[i + 2]! << 8) | values[i + 3]!;
          }
        }
        break;
      }
      case 'intervals':
        for (let r = 0; r < chunk.rows; r++) {
          const i = data.offsets[r]! * 8;
          if (data.offsets[r + 1] === data.offsets[r]) { nulls[start + r] = 1; continue; }
          const view = new DataView(values.buffer, values.byteOffset + i, 8);
          w0![start + r] = view.getUint32(4, true) ^ 0x80000000;
          w1![start + r] = view.getUint32(0, true);
        }
        break;
      default: {
        const list = type === 'strs';
        for (let r = 0; r < chunk.rows; r++) {
          if (list && data.offsets[r] === data.offsets[r + 1]) { nulls[start + r] = 1; continue; }
          const [from, to] = textSpan(data, r, list);
          for (let w = 0; w < TEXT_WORDS; w++) {
            let word = 0;
            for (let b = 0; b < 4; b++) {
              const i = from + w * 4 + b;
              word = (word << 8) | (i < to ? lower(data.data[i]!) : 0);
            }
            words[w]![start + r] = word;
          }
        }
      }
    }
  });
}

const WORDS: Readonly<Record<string, number>> = {
  u8: 1, bool: 1, u16: 1, u32: 1, u64: 2, time: 2, interval: 2, intervals: 2, addr: 4, mac: 2, str: TEXT_WORDS, strs: TEXT_WORDS,
};

/** Replaces codes by the place of their names in alphabetical order. */
function rankNames(parts: readonly SortPart[], column: number, nameOf: CodeName, codes: Uint32Array): void {
  const names = new Map<number, string>();
  const keys = new Uint32Array(codes.length);
  for (const { table, start } of parts) {
    const port = table.column('id.resp_p');
    for (let row = 0; row < table.rows; row++) {
      const netbios = port >= 0 && table.num(row, port) === 137;
      const code = codes[start + row]!;
      const key = netbios ? code + 65536 : code;
      keys[start + row] = key;
      if (!names.has(key)) names.set(key, nameOf(code, netbios ? 137 : 0).toLowerCase());
    }
  }
  const sorted = [...new Set(names.values())].sort();
  const place = new Map(sorted.map((name, i) => [name, i]));
  const rank = new Map([...names].map(([key, name]) => [key, place.get(name) ?? 0]));
  for (let i = 0; i < codes.length; i++) codes[i] = rank.get(keys[i]!) ?? 0;
}

/**
 * Rows in ascending order of a column; rows without a value at the end. Text is compared without the case of ASCII
 * letters; ties keep the order of the rows.
 * @param nameOf how codes are named, null when the column is no code
 * @returns the order, and how many of its rows (the first ones) have a value
 */
export function sortRows(parts: readonly SortPart[], column: number, nameOf: CodeName | null): { order: Uint32Array; withValue: number } {
  const rows = parts.reduce((sum, part) => sum + part.table.rows, 0);
  const type = parts[0]?.table.schema.columns[column]?.type ?? 'u8';
  const words = Array.from({ length: WORDS[type] ?? 1 }, () => new Uint32Array(rows));
  const nulls = new Uint8Array(rows);
  for (const part of parts) fillWords(part, column, words, nulls);
  if (nameOf) rankNames(parts, column, nameOf, words[0]!);
  let withValue = 0;
  let order = identity(rows);
  const split = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) if (nulls[i] === 0) split[withValue++] = i;
  for (let i = 0, at = withValue; i < rows; i++) if (nulls[i] === 1) split[at++] = i;
  order.set(split);
  let head: Uint32Array = order.subarray(0, withValue);
  let scratch: Uint32Array = split.subarray(0, withValue);
  for (let w = words.length - 1; w >= 0; w--) {
    const sorted = sortByKey(head, scratch, words[w]!);
    if (sorted === scratch) [head, scratch] = [scratch, head];
  }
  if (head.buffer !== order.buffer) { order.set(head); head = order.subarray(0, withValue); }
  if (type === 'str' || type === 'strs') sortTies(parts, column, head, words);
  order = new Uint32Array(order.buffer, 0, rows);
  return { order, withValue };
}

/** Puts runs of rows whose first bytes are the same in the order of the rest of their text. */
function sortTies(parts: readonly SortPart[], column: number, head: Uint32Array, words: readonly Uint32Array[]): void {
  const last = words[TEXT_WORDS - 1]!;
  const same = (a: number, b: number): boolean => {
    for (let w = TEXT_WORDS - 1; w >= 0; w--) if (words[w]![a] !== words[w]![b]) return false;
    return true;
  };
  for (let from = 0; from < head.length;) {
    let to = from + 1;
    // A text shorter than the words ends in zeros: equal words then mean equal text.
    const long = (last[head[from]!]! & 0xff) !== 0;
    while (to < head.length && same(head[from]!, head[to]!)) to++;
    if (long && to - from > 1) {
      const run = head.subarray(from, to);
      if (allSame(parts, column, run)) { from = to; continue; }
      const texts = Array.from(run, (row) => textOf(parts, column, row));
      const unique = [...new Set(texts)];
      if (unique.length > 1) {
        const place = new Map(unique.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((text, i) => [text, i]));
        const ranks = Uint32Array.from(texts, (text) => place.get(text) ?? 0);
        const rows = run.slice();
        orderByWords(run.length, [ranks]).forEach((place_, i) => { run[i] = rows[place_]!; });
      }
    }
    from = to;
  }
}

/** True when the texts of all these rows have the same bytes, which most that begin alike have. */
function allSame(parts: readonly SortPart[], column: number, rows: Uint32Array): boolean {
  const first = bytesOf(parts, column, rows[0]!).slice();
  for (let i = 1; i < rows.length; i++) {
    const bytes = bytesOf(parts, column, rows[i]!);
    if (bytes.length !== first.length) return false;
    for (let b = 0; b < first.length; b++) if (bytes[b] !== first[b]) return false;
  }
  return true;
}

/** Text of a row as it is compared: lower case; characters of a list's items after one another. */
function textOf(parts: readonly SortPart[], column: number, row: number): string {
  return decodeText(bytesOf(parts, column, row)).toLowerCase();
}

/** Bytes of a row's text; borrowed. */
function bytesOf(parts: readonly SortPart[], column: number, row: number): Uint8Array {
  let part = parts[0]!;
  for (const candidate of parts) if (candidate.start <= row) part = candidate;
  const local = row - part.start;
  const c = part.table.chunkOf(local);
  const data = part.table.chunk(c).columns[column]!;
  const [from, to] = textSpan(data, local - part.table.starts[c]!, part.table.schema.columns[column]?.type === 'strs');
  return data.data.subarray(from, to);
}
