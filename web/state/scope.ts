import { EMPTY_SCOPE, type Chip, type Scope, type TableName } from '../worker/api';
import type { Microseconds } from '../indicators/types';

/** True when the scope leaves nothing out. */
export function isWhole(scope: Scope): boolean {
  return scope.from === null && scope.to === null && scope.chips.length === 0 && scope.text.trim() === '';
}

const same = (a: Chip, b: Chip): boolean => a.field === b.field && a.op === b.op && a.value === b.value;

/** Adds a chip; one that says the same, or the opposite, is replaced. */
export function withChip(scope: Scope, chip: Chip): Scope {
  return { ...scope, chips: [...scope.chips.filter((other) => !same(other, chip)), chip] };
}

/** Without the chip at a position. */
export function withoutChip(scope: Scope, index: number): Scope {
  return { ...scope, chips: scope.chips.filter((_, i) => i !== index) };
}

/** Turns a chip from include to exclude and back. */
export function flipChip(scope: Scope, index: number): Scope {
  return { ...scope, chips: scope.chips.map((chip, i) => (i === index ? { ...chip, exclude: !chip.exclude } : chip)) };
}

/** With a time span; the ends may come in any order. An empty span means all of time. */
export function withTime(scope: Scope, from: Microseconds | null, to: Microseconds | null): Scope {
  if (from !== null && to !== null) {
    if (from === to) return { ...scope, from: null, to: null };
    if (from > to) return { ...scope, from: Math.round(to), to: Math.round(from) };
  }
  return { ...scope, from: from === null ? null : Math.round(from), to: to === null ? null : Math.round(to) };
}

/**
 * Moves the time span by its own length, earlier (−1) or later (1), inside the capture's span. Without a span, the
 * first or last tenth is taken.
 */
export function stepTime(scope: Scope, direction: -1 | 1, first: Microseconds, last: Microseconds): Scope {
  if (last <= first) return scope;
  if (scope.from === null || scope.to === null) {
    const tenth = (last - first) / 10;
    return direction < 0 ? withTime(scope, last - tenth, last + 1) : withTime(scope, first, first + tenth);
  }
  const length = scope.to - scope.from;
  const from = Math.min(Math.max(scope.from + direction * length, first), Math.max(first, last + 1 - length));
  return withTime(scope, from, from + length);
}

/** Everything but the time span: what the timeline itself is asked with. */
export function withoutTime(scope: Scope): Scope {
  return { ...scope, from: null, to: null };
}

const FIELD_OF_COLUMN: Readonly<Record<string, string>> = {
  'id.orig_h': 'host', 'id.resp_h': 'host', orig_h: 'host', resp_h: 'host', address: 'host', src: 'host', dst: 'host',
  host_address: 'host', 'id.orig_p': 'port', 'id.resp_p': 'port', port: 'port', proto: 'proto', service: 'service', uid: 'uid',
  flow: 'flow', capture: 'capture',
};

/** The scope field of a column: the same host is the same chip wherever it stood. */
export function fieldOfColumn(table: TableName, column: string): string {
  // An HTTP host is a name, not an address.
  if (table === 'hosts' && column === 'host') return 'host';
  return FIELD_OF_COLUMN[column] ?? `${table}.${column}`;
}

/** A chip that keeps (or drops) rows with this value. */
export function valueChip(field: string, value: string, exclude = false): Chip {
  return { field, op: '=', value, exclude };
}

/** Words of a chip as the scope bar shows them. */
export function chipWords(chip: Chip): { field: string; op: string; value: string } {
  const op = { '=': '', '>': '>', '<': '<', '~': 'contains' }[chip.op];
  let value = chip.value;
  if (chip.field === 'indicator') value = value.slice(value.indexOf(':') + 1);
  return { field: chip.exclude ? `not ${chip.field}` : chip.field, op, value };
}

export { EMPTY_SCOPE };
