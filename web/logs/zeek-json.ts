import type { ColumnData, LogChunk } from '../engine/chunk';
import { formatAddress, formatMac, isV4 } from './address';
import { ByteWriter, utf8Bytes } from './byte-writer';
import { LOG_FIELDS, RESP_PORT_COLUMN, type LogField, type WrittenLog } from './fields';
import { Joins } from './joins';
import { order } from './order';
import type { CaptureTables } from './table';
import { microseconds } from './time';

/** Bytes of a block that is handed over. */
export const BLOCK_BYTES = 1 << 20;

/** Writes one value; false when the row has none. `row` is the row of the table, `r` that of the chunk. */
type Emit = (out: ByteWriter, chunk: LogChunk, r: number, row: number) => boolean;

const isValid = (data: ColumnData, r: number): boolean => ((data.validity[r >> 3]! >> (r & 7)) & 1) === 1;

const uintAt = (v: Uint8Array, r: number, width: number): number => {
  switch (width) {
    case 1: return v[r]!;
    case 2: return v[r * 2]! | (v[r * 2 + 1]! << 8);
    case 4: return word(v, r * 4);
    default: return word(v, r * 8) + word(v, r * 8 + 4) * 4294967296;
  }
};
const word = (v: Uint8Array, at: number): number => (v[at]! | (v[at + 1]! << 8) | (v[at + 2]! << 16) | (v[at + 3]! << 24)) >>> 0;

const WIDTHS: Readonly<Record<string, number>> = { u8: 1, u16: 2, u32: 4, u64: 8 };

function quoted(out: ByteWriter, bytes: Uint8Array, start: number, end: number): void {
  out.byte(0x22);
  out.jsonEscaped(bytes, start, end);
  out.byte(0x22);
}

function quotedList(out: ByteWriter, items: readonly string[]): void {
  out.byte(0x5b);
  items.forEach((item, i) => {
    if (i > 0) out.byte(0x2c);
    const bytes = utf8Bytes(item);
    quoted(out, bytes, 0, bytes.length);
  });
  out.byte(0x5d);
}

function emitter(field: LogField, tables: CaptureTables, log: WrittenLog, joins: Joins): Emit {
  const prefix = utf8Bytes(`,${JSON.stringify(field.name)}:`);
  const { column, constant, join, nameOf } = field;
  if (constant !== null) {
    const text = utf8Bytes(JSON.stringify(constant));
    return (out) => { out.raw(prefix); out.raw(text); return true; };
  }
  if (join === 'sni_matches_cert') {
    return (out, _chunk, _r, row) => {
      const matches = joins.sniMatches(row);
      if (matches === null) return false;
      out.raw(prefix);
      out.text(String(matches));
      return true;
    };
  }
  if (join !== null) {
    const side = join === 'orig_mime_types' ? 'orig' : 'resp';
    return (out, _chunk, _r, row) => {
      const types = joins.mimeTypesOf(row, side);
      if (!types) return false;
      out.raw(prefix);
      quotedList(out, types);
      return true;
    };
  }
  const value = valueEmitter(field);
  if (nameOf !== null) {
    const width = WIDTHS[field.columnType ?? ''] ?? 2;
    const portAware = tables.get(log)?.column('id.resp_p') === RESP_PORT_COLUMN;
    const texts = new Map<number, Uint8Array>();
    return (out, chunk, r) => {
      const data = chunk.columns[column]!;
      if (!isValid(data, r)) return false;
      const code = uintAt(data.values, r, width);
      const port = portAware ? uintAt(chunk.columns[RESP_PORT_COLUMN]!.values, r, 2) : 0;
      const key = port === 137 ? code + 0x10000 : code;
      let text = texts.get(key);
      if (!text) texts.set(key, text = utf8Bytes(JSON.stringify(nameOf(code, port))));
      out.raw(prefix);
      out.raw(text);
      return true;
    };
  }
  return (out, chunk, r) => {
    const data = chunk.columns[column]!;
    if (!isValid(data, r)) return false;
    out.raw(prefix);
    value(out, data, r);
    return true;
  };
}

function valueEmitter(field: LogField): (out: ByteWriter, data: ColumnData, r: number) => void {
  switch (field.columnType) {
    case 'time': return (out, data, r) => out.seconds(microseconds(data.values, r * 8), true);
    case 'interval': return (out, data, r) => out.seconds(microseconds(data.values, r * 8), false);
    case 'u8': return (out, data, r) => out.uint(data.values[r]!);
    case 'u16': return (out, data, r) => out.uint(uintAt(data.values, r, 2));
    case 'u32': return (out, data, r) => out.uint(uintAt(data.values, r, 4));
    case 'u64': return (out, data, r) => out.uint(uintAt(data.values, r, 8));
    case 'bool': return (out, data, r) => out.text(data.values[r] ? 'true' : 'false');
    case 'addr': return (out, data, r) => {
      out.byte(0x22);
      const bytes = data.values.subarray(r * 16, r * 16 + 16);
      if (isV4(bytes)) out.ipv4(bytes, 0);
      else out.text(formatAddress(bytes));
      out.byte(0x22);
    };
    case 'mac': return (out, data, r) => out.text(`"${formatMac(data.values.subarray(r * 8, r * 8 + 6))}"`);
    case 'str': return (out, data, r) => quoted(out, data.data, data.offsets[r]!, data.offsets[r + 1]!);
    case 'strs': return (out, data, r) => {
      out.byte(0x5b);
      const first = data.offsets[r]!;
      for (let i = first; i < data.offsets[r + 1]!; i++) {
        if (i > first) out.byte(0x2c);
        quoted(out, data.data, data.itemOffsets[i]!, data.itemOffsets[i + 1]!);
      }
      out.byte(0x5d);
    };
    case 'intervals': return (out, data, r) => {
      out.byte(0x5b);
      const first = data.offsets[r]!;
      for (let i = first; i < data.offsets[r + 1]!; i++) {
        if (i > first) out.byte(0x2c);
        out.seconds(microseconds(data.values, i * 8), false);
      }
      out.byte(0x5d);
    };
    default: return () => undefined;
  }
}

/**
 * One log as Zeek's JSON lines (LogAscii::use_json): `ts` in seconds, absent fields left out, `pkt` added.
 * @param rows which rows, in which order; all of them by `ts` and `pkt` when not given
 * @returns blocks of about BLOCK_BYTES; none for an empty log
 */
export function* zeekJson(log: WrittenLog, tables: CaptureTables, rows?: Uint32Array): Generator<Uint8Array<ArrayBuffer>> {
  const table = tables.get(log);
  if (!table) return;
  const joins = new Joins(tables);
  const emitters = LOG_FIELDS[log].map((field) => emitter(field, tables, log, joins));
  const out = new ByteWriter(BLOCK_BYTES + 65536);
  for (const row of rows ?? order(table)) {
    const c = table.chunkOf(row);
    const chunk = table.chunk(c);
    const r = row - table.starts[c]!;
    const start = out.length;
    for (const emit of emitters) emit(out, chunk, r, row);
    // Every value comes with a leading comma; the row's first one becomes its brace.
    if (out.length === start) out.byte(0x2c);
    out.replace(start, 0x7b);
    out.byte(0x7d);
    out.byte(0x0a);
    if (out.length >= BLOCK_BYTES) yield out.take();
  }
  if (out.length > 0) yield out.take();
}
