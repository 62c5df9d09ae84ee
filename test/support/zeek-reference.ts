// What the logs have to look like, written plainly and slowly: no line of this is shared with the writer. Text is one
// character a byte (Latin-1), so that bytes that are no UTF-8 can be compared, too.

import { LOG_FIELDS, type LogField, type WrittenLog } from '../../web/logs/fields';
import type { CaptureTables, LogTable } from '../../web/logs/table';

export type Style = 'json' | 'tsv';

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/** Bytes of the character that begins at `at`, by the platform's decoder; 0 when there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  for (let n = 1; n <= 4 && at + n <= bytes.length; n++) {
    try {
      if ([...new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at, at + n))].length === 1) return n;
    } catch { /* not that long */ }
  }
  return 0;
}

const SHORT: Readonly<Record<number, string>> = { 8: '\\b', 9: '\\t', 10: '\\n', 12: '\\f', 13: '\\r', 0x22: '\\"', 0x5c: '\\\\' };

function jsonText(bytes: Uint8Array): string {
  let text = '"';
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!;
    const n = byte < 0x20 || byte === 0x7f ? 0 : characterLength(bytes, at);
    text += SHORT[byte] ?? (n === 0 ? `\\\\x${hex(byte)}` : latin1(bytes.subarray(at, at + n)));
    at += Math.max(1, n);
  }
  return `${text}"`;
}

function tsvText(bytes: Uint8Array, inList: boolean): string {
  const whole = latin1(bytes);
  if (whole === '') return inList ? '' : '(empty)';
  if (whole === '-') return '\\x2d';
  if (whole === '(empty)' && !inList) return '\\x28empty)';
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!;
    const n = byte < 0x20 || byte === 0x7f || (inList && byte === 0x2c) ? 0 : characterLength(bytes, at);
    text += byte === 0x5c ? '\\\\' : n === 0 ? `\\x${hex(byte)}` : latin1(bytes.subarray(at, at + n));
    at += Math.max(1, n);
  }
  return text;
}

function seconds(nanoseconds: bigint, six: boolean): string {
  const shifted = nanoseconds + 500n;
  const micros = shifted / 1000n - (shifted % 1000n < 0n ? 1n : 0n);
  const size = micros < 0n ? -micros : micros;
  const fraction = String(size % 1_000_000n).padStart(6, '0');
  return `${micros < 0n ? '-' : ''}${size / 1_000_000n}.${six ? fraction : fraction.replace(/0{1,5}$/, '')}`;
}

function address(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[i * 2]! * 256 + bytes[i * 2 + 1]!);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return bytes.subarray(12).join('.');
  const texts = groups.map((group) => group.toString(16));
  // RFC 5952 §4.2: the longest run of zeros, the first of equal ones, never a single zero.
  for (let length = 8; length > 1; length--) {
    for (let start = 0; start + length <= 8; start++) {
      if (groups.slice(start, start + length).some((group) => group !== 0)) continue;
      return `${texts.slice(0, start).join(':')}::${texts.slice(start + length).join(':')}`;
    }
  }
  return texts.join(':');
}

const list = (items: readonly string[], style: Style): string =>
  (style === 'json' ? `[${items.join(',')}]` : items.length === 0 ? '(empty)' : items.join(','));

const textList = (items: readonly Uint8Array[], style: Style): string =>
  list(items.map((item) => (style === 'json' ? jsonText(item) : tsvText(item, true))), style);

/** Bytes of every item of a strs value. */
function items(table: LogTable, row: number, column: number): Uint8Array[] {
  const c = table.chunkOf(row);
  const data = table.chunk(c).columns[column]!;
  const r = row - table.starts[c]!;
  const all: Uint8Array[] = [];
  for (let i = data.offsets[r]!; i < data.offsets[r + 1]!; i++) all.push(data.data.subarray(data.itemOffsets[i]!, data.itemOffsets[i + 1]!));
  return all;
}

function integer(table: LogTable, row: number, column: number, width: number): bigint {
  const c = table.chunkOf(row);
  const { values } = table.chunk(c).columns[column]!;
  let value = 0n;
  for (let i = width - 1; i >= 0; i--) value = value * 256n + BigInt(values[(row - table.starts[c]!) * width + i]!);
  return value;
}

/** MIME types of the files of a message. */
function mimeTypes(tables: CaptureTables, row: number, column: string): string[] {
  const http = tables.get('http')!;
  const files = tables.get('files')!;
  const types = new Map<string, string>();
  for (let f = 0; f < files.rows; f++) {
    if (!files.isNull(f, files.column('mime_type'))) types.set(latin1(files.bytes(f, files.column('fuid'))), files.str(f, files.column('mime_type')));
  }
  return items(http, row, http.column(column)).map((fuid) => types.get(latin1(fuid))).filter((type) => type !== undefined);
}

function fieldText(table: LogTable, tables: CaptureTables, row: number, field: LogField, style: Style): string | null {
  const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
  const { constant, join, nameOf, column } = field;
  if (constant !== null) {
    if (typeof constant === 'boolean') return style === 'json' ? String(constant) : constant ? 'T' : 'F';
    if (typeof constant === 'string') return style === 'json' ? JSON.stringify(constant) : constant;
    return textList(constant.map(utf8), style);
  }
  if (join === 'sni_matches_cert') return null;
  if (join !== null) {
    const types = mimeTypes(tables, row, join === 'orig_mime_types' ? 'orig_fuids' : 'resp_fuids');
    return types.length === 0 ? null : textList(types.map(utf8), style);
  }
  if (table.isNull(row, column)) return null;
  if (nameOf !== null) {
    const port = table.column('id.resp_p') < 0 ? 0 : table.num(row, table.column('id.resp_p'));
    const name = nameOf(table.num(row, column), port);
    return style === 'json' ? JSON.stringify(name) : name;
  }
  const quoted = (text: string): string => (style === 'json' ? `"${text}"` : text);
  switch (field.columnType) {
    case 'time': return seconds(table.nanoseconds(row, column), true);
    case 'interval': return seconds(table.nanoseconds(row, column), style === 'tsv');
    case 'u8': return String(integer(table, row, column, 1));
    case 'u16': return String(integer(table, row, column, 2));
    case 'u32': return String(integer(table, row, column, 4));
    case 'u64': return String(integer(table, row, column, 8));
    case 'bool': return style === 'json' ? String(table.num(row, column) !== 0) : table.num(row, column) !== 0 ? 'T' : 'F';
    case 'addr': return quoted(address(table.bytes(row, column)));
    case 'mac': return quoted(Array.from(table.bytes(row, column), hex).join(':'));
    case 'str': return style === 'json' ? jsonText(table.bytes(row, column)) : tsvText(table.bytes(row, column), false);
    case 'strs': return textList(items(table, row, column), style);
    case 'intervals': {
      const c = table.chunkOf(row);
      const { values, offsets } = table.chunk(c).columns[column]!;
      const r = row - table.starts[c]!;
      const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
      const texts: string[] = [];
      for (let i = offsets[r]!; i < offsets[r + 1]!; i++) texts.push(seconds(view.getBigInt64(i * 8, true), style === 'tsv'));
      return list(texts, style);
    }
    default: throw new TypeError(`${field.name} has no type`);
  }
}

/** One line of a log, with its line break; sni_matches_cert is taken for absent. */
export function referenceLine(log: WrittenLog, tables: CaptureTables, row: number, style: Style): string {
  const table = tables.get(log)!;
  const texts = LOG_FIELDS[log].map((field) => ({ name: field.name, text: fieldText(table, tables, row, field, style) }));
  if (style === 'tsv') return `${texts.map(({ text }) => text ?? '-').join('\t')}\n`;
  return `{${texts.filter(({ text }) => text !== null).map(({ name, text }) => `${JSON.stringify(name)}:${text}`).join(',')}}\n`;
}
