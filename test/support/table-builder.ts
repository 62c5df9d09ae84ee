import { packChunk, type ColumnParts, type PackedChunk } from '../../web/engine/chunk';
import { SCHEMAS, SCHEMA_BY_NAME, TYPE_WIDTHS, type LogName } from '../../web/engine/schema';
import { CHUNK_ROWS } from '../../assembly/abi/columns';
import { parseAddress } from '../../web/logs/address';
import { LogTable, type CaptureTables } from '../../web/logs/table';

/**
 * A value of a row: `time` and `interval` as microseconds (number) or nanoseconds (bigint), addresses and MACs as
 * text or bytes, lists as arrays; absent or null = null.
 */
export type CellValue = string | number | bigint | boolean | Uint8Array | readonly string[] | readonly number[] | null | undefined;
export type RowValues = Readonly<Record<string, CellValue>>;

const utf8 = new TextEncoder();

/** Packs rows of one log into chunks of at most `rowsPerChunk`. @throws RangeError for a field that the log has not */
export function packRows(name: LogName, rows: readonly RowValues[], rowsPerChunk: number = CHUNK_ROWS): PackedChunk[] {
  const schema = SCHEMA_BY_NAME.get(name);
  if (!schema) throw new RangeError(`no log named ${name}`);
  for (const row of rows) {
    for (const field of Object.keys(row)) if (!schema.byName.has(field)) throw new RangeError(`${name} has no field ${field}`);
  }
  const chunks: PackedChunk[] = [];
  for (let at = 0; at < rows.length; at += rowsPerChunk) {
    const slice = rows.slice(at, at + rowsPerChunk);
    const parts = schema.columns.map((column) => {
      const values = slice.map((row) => row[column.name] ?? null);
      const validity = new Uint8Array((slice.length + 7) >> 3);
      values.forEach((value, r) => { if (value !== null) validity[r >> 3] = (validity[r >> 3] ?? 0) | (1 << (r & 7)); });
      const width = TYPE_WIDTHS[column.type];
      if (width > 0) return { validity, values: fixed(column.type, width, values) };
      if (column.type === 'str') return { validity, ...texts(values.map((v) => (v === null ? new Uint8Array(0) : textBytes(v)))) };
      const offsets = new Int32Array(slice.length + 1);
      const items: (string | number)[] = [];
      values.forEach((value, r) => { if (Array.isArray(value)) items.push(...value as (string | number)[]); offsets[r + 1] = items.length; });
      if (column.type === 'intervals') return { validity, offsets, values: fixed('interval', 8, items) };
      const { offsets: itemOffsets, data } = texts(items.map((item) => textBytes(item)));
      return { validity, offsets, itemOffsets, data };
    });
    chunks.push(packChunk(schema, slice.length, parts as ColumnParts[]));
  }
  return chunks;
}

function textBytes(value: CellValue): Uint8Array {
  return value instanceof Uint8Array ? value : utf8.encode(String(value));
}

function texts(values: readonly Uint8Array[]): { offsets: Int32Array; data: Uint8Array } {
  const offsets = new Int32Array(values.length + 1);
  values.forEach((value, i) => { offsets[i + 1] = (offsets[i] ?? 0) + value.length; });
  const data = new Uint8Array(offsets[values.length] ?? 0);
  values.forEach((value, i) => data.set(value, offsets[i] ?? 0));
  return { offsets, data };
}

function fixed(type: string, width: number, values: readonly CellValue[]): Uint8Array {
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  values.forEach((value, r) => {
    if (value === null || value === undefined) return;
    const at = r * width;
    if (type === 'addr') {
      const address = value instanceof Uint8Array ? value : parseAddress(String(value));
      if (!address) throw new RangeError(`no address: ${String(value)}`);
      bytes.set(address, at);
    } else if (type === 'mac') {
      bytes.set(value instanceof Uint8Array ? value : String(value).split(':').map((part) => parseInt(part, 16)), at);
    } else if (type === 'time' || type === 'interval') {
      view.setBigInt64(at, typeof value === 'bigint' ? value : BigInt(Math.round(Number(value) * 1000)), true);
    } else if (width === 8) view.setBigUint64(at, BigInt(value as number | bigint), true);
    else if (width === 4) view.setUint32(at, Number(value), true);
    else if (width === 2) view.setUint16(at, Number(value), true);
    else bytes[at] = Number(value);
  });
  return bytes;
}

/** One table of rows. */
export function buildTable(name: LogName, rows: readonly RowValues[], rowsPerChunk: number = CHUNK_ROWS): LogTable {
  const table = new LogTable(name);
  for (const chunk of packRows(name, rows, rowsPerChunk)) table.append(chunk);
  return table;
}

/** All tables of a capture; logs that are not given are there and empty. */
export function buildTables(logs: Readonly<Partial<Record<LogName, readonly RowValues[]>>>, rowsPerChunk: number = CHUNK_ROWS): CaptureTables {
  return new Map(SCHEMAS.map((schema) => [schema.name, buildTable(schema.name, logs[schema.name] ?? [], rowsPerChunk)]));
}
