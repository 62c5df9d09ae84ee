import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTable, type RowValues } from '../../../support/table-builder';
import { connStateName } from '../../../../web/logs/names/index';
import { sortRows } from '../../../../web/logs/sort-keys';
import type { LogName } from '../../../../web/engine/schema';

const sorted = (log: LogName, column: string, captures: readonly (readonly RowValues[])[]): number[] => {
  let start = 0;
  const parts = captures.map((rows) => {
    const part = { table: buildTable(log, rows, 3), start };
    start += rows.length;
    return part;
  });
  const { order, withValue } = sortRows(parts, parts[0]!.table.column(column), column === 'conn_state' ? connStateName : null);
  expect(withValue).toBe(captures.flat().filter((row) => row[column] !== null && row[column] !== undefined).length);
  return [...order];
};

/** What a stable comparator says, rows without a value last. */
const expected = <T extends string | number | bigint>(rows: readonly RowValues[], column: string, key: (value: never) => T): number[] =>
  rows.map((_, i) => i).sort((a, b) => {
    const [x, y] = [rows[a]![column] ?? null, rows[b]![column] ?? null];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || a - b;
    const [kx, ky] = [key(x as never), key(y as never)];
    return kx < ky ? -1 : kx > ky ? 1 : a - b;
  });

describe('sorting rows by a column', () => {
  it('puts text in order without its case, also beyond its first bytes, over several captures', () => {
    const word = fc.oneof(
      fc.constantFrom('a', 'B', 'same beginning of text 1', 'same beginning of text 2', 'Same Beginning Of Text 10', '', 'sixteen bytes ok', 'sixteen bytes okX'),
      fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '-'), maxLength: 22 }),
    );
    const rows = fc.array(fc.record({ host: fc.option(word) }), { maxLength: 20 });
    fc.assert(fc.property(rows, rows, (one, two) => {
      expect(sorted('http', 'host', [one, two])).toEqual(expected([...one, ...two], 'host', (v: string) => v.toLowerCase()));
    }));
  });

  it('puts numbers, times before 1970 and addresses in order', () => {
    const durations = fc.array(fc.record({ duration: fc.option(fc.bigInt({ min: -(1n << 60n), max: 1n << 60n })), orig_bytes: fc.option(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n })), vlan: fc.option(fc.nat({ max: 65535 })) }), { maxLength: 20 });
    fc.assert(fc.property(durations, (rows) => {
      expect(sorted('conn', 'duration', [rows])).toEqual(expected(rows, 'duration', (v: bigint) => v));
      expect(sorted('conn', 'orig_bytes', [rows])).toEqual(expected(rows, 'orig_bytes', (v: bigint) => v));
      expect(sorted('conn', 'vlan', [rows])).toEqual(expected(rows, 'vlan', (v: number) => v));
    }));
    const hosts = ['10.0.0.2', '9.255.0.1', 'fe80::1', '10.0.0.1'].map((host) => ({ 'id.orig_h': host }));
    expect(sorted('conn', 'id.orig_h', [hosts])).toEqual([1, 3, 0, 2]);
  });

  it('puts codes in the order of their names', () => {
    const rows = [2, 0, 12, 3].map((conn_state) => ({ conn_state }));
    expect(sorted('conn', 'conn_state', [rows]).map((i) => connStateName(rows[i]!.conn_state))).toEqual(['OTH', 'REJ', 'S0', 'SF']);
  });

  it('puts lists in the order of their first items', () => {
    expect(sorted('dns', 'answers', [[{ answers: ['b'] }, { answers: ['a', 'z'] }, {}, { answers: ['a', 'b'] }]])).toEqual([3, 1, 0, 2]);
  });
});
