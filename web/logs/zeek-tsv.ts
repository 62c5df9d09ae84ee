import type { LogChunk } from '../engine/chunk';
import { formatAddress, formatMac } from './address';
import { ByteWriter, utf8Bytes } from './byte-writer';
import { LOG_FIELDS, RESP_PORT_COLUMN, type LogField, type WrittenLog } from './fields';
import { Joins } from './joins';
import { order } from './order';
import type { CaptureTables, LogTable } from './table';
import { microseconds } from './time';
import { BLOCK_BYTES } from './zeek-json';

const UNSET = utf8Bytes('-');
const EMPTY = utf8Bytes('(empty)');
const TAB = 0x09;
const COMMA = 0x2c;

/** `2026-03-31-12-02-05` (UTC), as Zeek writes it in #open and #close. */
function stamp(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19).replace(/[T:]/g, '-');
}

function writeString(out: ByteWriter, bytes: Uint8Array, start: number, end: number, inList: boolean): void {
  if (start === end) { if (inList) return; out.raw(EMPTY); return; }
  // A value that reads like the marks for unset and empty is written so that it cannot be taken for them.
  if (end - start === 1 && bytes[start] === 0x2d) { out.text('\\x2d'); return; }
  if (!inList && end - start === EMPTY.length && EMPTY.every((byte, i) => bytes[start + i] === byte)) { out.text('\\x28empty)'); return; }
  out.tsvEscaped(bytes, start, end, inList);
}

function writeList(out: ByteWriter, items: readonly string[]): void {
  if (items.length === 0) { out.raw(EMPTY); return; }
  items.forEach((item, i) => {
    if (i > 0) out.byte(COMMA);
    const bytes = utf8Bytes(item);
    writeString(out, bytes, 0, bytes.length, true);
  });
}

function writeConstant(out: ByteWriter, constant: NonNullable<LogField['constant']>): void {
  if (typeof constant === 'boolean') out.text(constant ? 'T' : 'F');
  else if (typeof constant === 'string') out.text(constant);
  else writeList(out, constant);
}

function writeJoin(out: ByteWriter, join: NonNullable<LogField['join']>, joins: Joins, row: number): void {
  if (join === 'sni_matches_cert') {
    const matches = joins.sniMatches(row);
    if (matches === null) out.raw(UNSET);
    else out.text(matches ? 'T' : 'F');
    return;
  }
  const types = joins.mimeTypesOf(row, join === 'orig_mime_types' ? 'orig' : 'resp');
  if (types) writeList(out, types);
  else out.raw(UNSET);
}

function writeValue(out: ByteWriter, field: LogField, table: LogTable, chunk: LogChunk, r: number, row: number): void {
  const data = chunk.columns[field.column]!;
  if (((data.validity[r >> 3]! >> (r & 7)) & 1) === 0) { out.raw(UNSET); return; }
  if (field.nameOf !== null) {
    const port = table.schema.columns[RESP_PORT_COLUMN]?.name === 'id.resp_p' ? table.num(row, RESP_PORT_COLUMN) : 0;
    out.text(field.nameOf(table.num(row, field.column), port));
    return;
  }
  switch (field.columnType) {
    case 'time': case 'interval': out.seconds(microseconds(data.values, r * 8), true); return;
    case 'bool': out.text(data.values[r] ? 'T' : 'F'); return;
    case 'addr': out.text(formatAddress(data.values.subarray(r * 16, r * 16 + 16))); return;
    case 'mac': out.text(formatMac(data.values.subarray(r * 8, r * 8 + 6))); return;
    case 'str': writeString(out, data.data, data.offsets[r]!, data.offsets[r + 1]!, false); return;
    case 'strs': {
      const first = data.offsets[r]!;
      const end = data.offsets[r + 1]!;
      if (first === end) out.raw(EMPTY);
      for (let i = first; i < end; i++) {
        if (i > first) out.byte(COMMA);
        writeString(out, data.data, data.itemOffsets[i]!, data.itemOffsets[i + 1]!, true);
      }
      return;
    }
    case 'intervals': {
      const first = data.offsets[r]!;
      const end = data.offsets[r + 1]!;
      if (first === end) out.raw(EMPTY);
      for (let i = first; i < end; i++) {
        if (i > first) out.byte(COMMA);
        out.seconds(microseconds(data.values, i * 8), true);
      }
      return;
    }
    default: out.uint(table.num(row, field.column));
  }
}

/**
 * One log as Zeek's TSV. #open and #close are the times of its first and last row, so that the same capture gives the
 * same bytes.
 * @param rows which rows, in which order; all of them by `ts` and `pkt` when not given
 * @returns blocks of about BLOCK_BYTES; none for an empty log
 */
export function* zeekTsv(log: WrittenLog, tables: CaptureTables, rows?: Uint32Array): Generator<Uint8Array<ArrayBuffer>> {
  const table = tables.get(log);
  if (!table) return;
  const chosen = rows ?? order(table);
  if (chosen.length === 0) return;
  const fields = LOG_FIELDS[log];
  const joins = new Joins(tables);
  const out = new ByteWriter(BLOCK_BYTES + 65536);
  const tsColumn = table.column('ts');
  const when = (row: number | undefined): string => stamp(row === undefined ? 0 : table.num(row, tsColumn));
  out.text(`#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t${log}\n`);
  out.text(`#open\t${when(chosen[0])}\n#fields\t${fields.map((field) => field.name).join('\t')}\n`);
  out.text(`#types\t${fields.map((field) => field.type).join('\t')}\n`);
  for (const row of chosen) {
    const c = table.chunkOf(row);
    const chunk = table.chunk(c);
    const r = row - table.starts[c]!;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      if (i > 0) out.byte(TAB);
      if (field.constant !== null) writeConstant(out, field.constant);
      else if (field.join !== null) writeJoin(out, field.join, joins, row);
      else writeValue(out, field, table, chunk, r, row);
    }
    out.byte(0x0a);
    if (out.length >= BLOCK_BYTES) yield out.take();
  }
  out.text(`#close\t${when(chosen[chosen.length - 1])}\n`);
  yield out.take();
}
