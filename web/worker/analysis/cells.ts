import type { CellData } from '../../logs/cell';
import type { TableColumn, TimeZone } from '../api';
import { formatTime } from './zones';

/** 1234567 → `1,234,567`; fractions stay. */
export function grouped(n: number): string {
  const text = String(n);
  if (n < 1000 && n > -1000) return text;
  const [whole = '', fraction] = text.split('.');
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
}

/** Microseconds as seconds without zeros at the end: `0.160211`, `12`. */
export function secondsText(micros: number): string {
  return String(Math.round(micros) / 1e6);
}

/** The text of a value in a column, for reading; null = no value. */
export function cellText(value: CellData, column: Pick<TableColumn, 'name' | 'kind'>, zone: TimeZone): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    switch (column.kind) {
      case 'time': return formatTime(value, zone);
      case 'duration': return secondsText(value);
      case 'number': case 'bytes': return grouped(value);
      default: return String(value);
    }
  }
  if (typeof value === 'string') return value;
  return value.map((item) => (typeof item === 'number' ? secondsText(item) : item)).join(', ');
}

/** The value as it goes into an export: times in the zone (ISO 8601 in UTC), numbers as they are. */
export function exportValue(value: CellData, column: Pick<TableColumn, 'kind'>, zone: TimeZone): CellData {
  if (typeof value === 'number') {
    if (column.kind === 'time') return zone === 'UTC' ? `${formatTime(value, 'UTC').replace(' ', 'T')}Z` : formatTime(value, zone);
    if (column.kind === 'duration') return Math.round(value) / 1e6;
    return value;
  }
  if (Array.isArray(value)) return (value as readonly (string | number)[]).map((item) => (typeof item === 'number' ? item / 1e6 : item)) as readonly string[] | readonly number[];
  return value;
}
