import { formatAddress, formatMac } from './address';
import type { LogField } from './fields';
import { RESP_PORT_COLUMN } from './fields';
import type { Joins } from './joins';
import type { LogTable } from './table';
import { microseconds } from './time';

/** A value of a row as plain JavaScript: text, number (times and intervals in microseconds), boolean or a list; null = none. */
export type CellData = string | number | boolean | readonly string[] | readonly number[] | null;

/** Value of a column. Codes stay numbers. */
export function columnValue(table: LogTable, row: number, column: number): CellData {
  if (table.isNull(row, column)) return null;
  switch (table.schema.columns[column]?.type) {
    case 'addr': return formatAddress(table.bytes(row, column));
    case 'mac': return formatMac(table.bytes(row, column));
    case 'str': return table.str(row, column);
    case 'strs': return table.strs(row, column);
    case 'intervals': return table.intervals(row, column);
    case 'bool': return table.num(row, column) !== 0;
    case 'time': case 'interval': {
      const c = table.chunkOf(row);
      return microseconds(table.chunk(c).columns[column]!.values, (row - table.starts[c]!) * 8);
    }
    default: return table.num(row, column);
  }
}

/** Value of a field of a written log, codes as names, joins included. */
export function fieldValue(table: LogTable, row: number, field: LogField, joins: Joins): CellData {
  if (field.constant !== null) return field.constant;
  if (field.join === 'sni_matches_cert') return joins.sniMatches(row);
  if (field.join !== null) return joins.mimeTypesOf(row, field.join === 'orig_mime_types' ? 'orig' : 'resp');
  if (field.nameOf === null) return columnValue(table, row, field.column);
  if (table.isNull(row, field.column)) return null;
  const port = table.schema.columns[RESP_PORT_COLUMN]?.name === 'id.resp_p' ? table.num(row, RESP_PORT_COLUMN) : 0;
  return field.nameOf(table.num(row, field.column), port);
}
