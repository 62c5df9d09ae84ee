import { describe, expect, it } from 'vitest';
import { Resource } from '../../../../web/state/resource.svelte';
import { BLOCK_ROWS } from '../../../../web/state/row-cache';
import { TableState, type TableAsk } from '../../../../web/state/table.svelte';
import { EMPTY_SCOPE, type TableQuery } from '../../../../web/worker/api';
import { FakeAnalysis } from '../../../support/fake-analysis';

const ask = (change: Partial<TableAsk> = {}): TableAsk => ({ scope: EMPTY_SCOPE, sort: null, timeZone: 'UTC', columns: ['ts', 'service'], ...change });
const settled = async (): Promise<void> => { for (let i = 0; i < 4; i++) await new Promise((resolve) => { setTimeout(resolve, 2); }); };
const open = (rows: number) => {
  const analysis = new FakeAnalysis({ rows });
  const problems: string[] = [];
  const table = new TableState(analysis, 'conn', (text) => problems.push(text));
  const queries = (): TableQuery[] => analysis.asked.filter((one) => one.name === 'rows').map((one) => one.argument as TableQuery);
  return { analysis, table, queries, problems };
};

describe('a table on the page', () => {
  it('asks for the window in view only, however long the table is', async () => {
    const { table, queries } = open(1_000_000);
    table.configure(ask());
    await settled();
    expect(table.total).toBe(1_000_000);
    table.show(500_000, 500_040);
    await settled();
    expect(table.row(500_010)?.id).toBe('0:500010');
    expect(queries().every((query) => query.limit <= 2 * BLOCK_ROWS)).toBe(true);
    const before = queries().length;
    table.show(500_001, 500_030);
    await settled();
    expect(queries().length).toBe(before);
  });

  it('asks for the next block before the reader is there, in the direction of the hand, and draws nothing again for it', async () => {
    const { table, queries } = open(1_000_000);
    table.configure(ask());
    await settled();
    const end = 100 * BLOCK_ROWS;
    table.show(end - 120, end - 80);
    await settled();
    const asked = (): number[] => queries().slice(1).map(({ offset }) => offset / BLOCK_ROWS);
    expect(asked()).toEqual([99]);
    const { revision } = table;
    table.show(end - 80, end - 40);
    await settled();
    expect(asked()).toEqual([99, 100]);
    expect(table.revision).toBe(revision);
    table.show(end - 40, end + 2);
    expect(table.row(end + 1)?.id).toBe(`0:${end + 1}`);
    await settled();
    // Back again: what lies before.
    table.show(end - 125, end - 85);
    await settled();
    expect(asked()).toEqual([99, 100, 98]);
  });

  it('asks for the rows that are drawn also while newer ones are on their way', async () => {
    const { table } = open(1_000_000);
    table.configure(ask());
    await settled();
    table.show(500_000, 500_040);
    await settled();
    table.configure(ask({ timeZone: 'Asia/Tokyo' }));
    table.show(700_000, 700_040);
    await settled();
    expect(table.row(700_020)?.id).toBe('0:700020');
  });

  it('keeps old rows on screen until new ones are here', async () => {
    const { table } = open(1000);
    table.configure(ask());
    await settled();
    table.configure(ask({ sort: { column: 'ts', descending: true } }));
    expect(table.row(0)?.id).toBe('0:0');
    await settled();
    expect(table.row(0)?.id).toBe('0:999');
  });

  it('takes the newest answer when questions overtake one another', async () => {
    const { table } = open(1000);
    table.configure(ask());
    table.configure(ask({ sort: { column: 'ts', descending: true } }));
    table.configure(ask({ scope: { ...EMPTY_SCOPE, chips: [{ field: 'service', op: '=', value: 'dns', exclude: false }] } }));
    await settled();
    expect(table.total).toBeLessThan(1000);
    expect(table.row(0)?.cells[1]).toBe('dns');
  });

  it('does not jump under a reader: new rows wait, and a new column or zone keeps the place', async () => {
    const { table, queries } = open(1000);
    table.configure(ask());
    await settled();
    table.move(1);
    table.move(5);
    expect(table.cursor).toBe(5);
    const before = queries().length;
    table.grew(false);
    await settled();
    expect(table.held).toBe(true);
    expect(queries().length).toBe(before);
    table.configure(ask({ timeZone: 'Asia/Tokyo' }));
    await settled();
    expect(table.cursor).toBe(5);
    table.grew(true);
    await settled();
    expect(table.held).toBe(false);
    expect(table.cursor).toBe(5);
  });

  it('moves the cursor inside the table and selects rows by id', async () => {
    const { table } = open(3);
    table.configure(ask());
    await settled();
    table.move(-1);
    expect(table.cursor).toBe(2);
    table.move(99);
    expect(table.cursor).toBe(2);
    table.toggle('0:1');
    expect([...table.selected]).toEqual(['0:1']);
    table.toggle('0:1');
    expect(table.selected.size).toBe(0);
  });

  it('says when the worker cannot answer, and asks again later', async () => {
    const { analysis, table, problems } = open(10);
    const rows = analysis.rows.bind(analysis);
    analysis.rows = () => Promise.reject(new Error('the worker stopped'));
    table.configure(ask());
    await settled();
    expect(problems).toEqual(['The conn table could not be read: the worker stopped']);
    analysis.rows = rows;
    table.renew();
    await settled();
    expect(table.total).toBe(10);
  });
});

describe('a question to a worker', () => {
  it('is asked one at a time, and the last one counts', async () => {
    const resource = new Resource<number>();
    const order: number[] = [];
    const question = (n: number) => async () => { order.push(n); await new Promise((resolve) => { setTimeout(resolve, 3); }); return n; };
    for (const n of [1, 2, 3]) resource.ask(question(n));
    await new Promise((resolve) => { setTimeout(resolve, 30); });
    expect(order).toEqual([1, 3]);
    expect(resource.value).toBe(3);
    resource.ask(() => Promise.reject(new Error('no')));
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    expect([resource.value, resource.error, resource.loading]).toEqual([3, 'no', false]);
  });
});
