import type { LogName } from '../../engine/schema';
import { columnsOf } from '../../logs/meant-columns';
import { Selector, type Mask, type SelectContext } from '../../logs/select';
import type { Filter } from '../../logs/filter-text';
import { KeptRows } from '../../logs/kept-rows';
import { leavesOut, order, timeWords, u32Words } from '../../logs/order';
import { orderByWords } from '../../logs/radix';
import { sortRows } from '../../logs/sort-keys';
import type { LogTable } from '../../logs/table';
import { microseconds } from '../../logs/time';
import type { Scope } from '../api';
import type { CaptureState } from './capture-state';
import { isWhole, scopeFilter, scopeKey } from './scope';

/** A log of one capture within the case: its rows are numbered from `start`. */
export interface Part { readonly capture: CaptureState; readonly table: LogTable; readonly start: number }

/** Rows of a log of the case in scope, in order. */
export interface Selection {
  readonly parts: readonly Part[];
  /** Rows of the case, in order; null = all of them as they are numbered. */
  readonly rows: Uint32Array | null;
  readonly total: number;
  readonly all: number;
  readonly version: number;
  readonly problem: string | null;
}

/** What the selections need of the rest of the analysis. */
export interface SelectionHost {
  captures(): readonly CaptureState[];
  version(): number;
  contextOf(capture: CaptureState): SelectContext;
}

/** How many selections and orders are remembered, and how many bytes of each kind; the latest always is. */
const REMEMBERED = 24;
const REMEMBERED_BYTES = 96 * 1024 * 1024;
/** While a run goes on, a selection that took t to make is used for this many times t. */
const PATIENCE = 6;

interface Entry<T> { readonly value: T; readonly version: number; readonly cost: number; readonly at: number; readonly bytes: number }

/** Remembers what was worked out last; forgets the oldest. */
class Memory<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private bytes = 0;

  /** @param size bytes that a value takes */
  constructor(private readonly size: (value: T) => number) {}

  private forget(key: string): void {
    this.bytes -= this.entries.get(key)?.bytes ?? 0;
    this.entries.delete(key);
  }

  get(key: string, version: number, running: boolean, make: () => T): T {
    const known = this.entries.get(key);
    const now = performance.now();
    if (known && (known.version === version || (running && now - known.at < known.cost * PATIENCE))) {
      this.entries.delete(key);
      this.entries.set(key, known);
      return known.value;
    }
    // What is out of date makes room before the new one needs it.
    this.forget(key);
    const value = make();
    const after = performance.now();
    const bytes = this.size(value);
    this.entries.set(key, { value, version, cost: after - now, at: after, bytes });
    this.bytes += bytes;
    while (this.entries.size > REMEMBERED || (this.bytes > REMEMBERED_BYTES && this.entries.size > 1)) this.forget(this.entries.keys().next().value as string);
    return value;
  }
}

/** Works out and remembers which rows of the case are in scope, and in which order. */
export class Selections {
  private readonly selections = new Memory<Selection>(({ rows }) => rows?.buffer.byteLength ?? 0);
  private readonly orders = new Memory<{ order: Uint32Array; withValue: number }>(({ order: rows }) => rows.byteLength);
  private readonly masks = new Memory<Mask | null>((mask) => mask?.byteLength ?? 0);
  private readonly selectors = new Memory<Selector>(() => 0);
  private readonly kept = new WeakMap<LogTable, KeptRows>();

  constructor(private readonly host: SelectionHost) {}

  private running(): boolean {
    return this.host.captures().some((capture) => capture.state === 'running');
  }

  parts(log: LogName): Part[] {
    let start = 0;
    return this.host.captures().map((capture) => {
      const part = { capture, table: capture.table(log), start };
      start += part.table.rows;
      return part;
    });
  }

  /** Evaluates filters over one capture; shared while nothing changes. */
  selector(capture: CaptureState): Selector {
    // A selector holds on to rows as they are, so that a stale one must never be used with longer tables.
    return this.selectors.get(String(capture.id), this.host.version(), false, () => new Selector(capture.tables, this.host.contextOf(capture)));
  }

  /** Rows of one capture's log in scope; null = all. Its length may fall short of a table that has grown since. */
  mask(capture: CaptureState, log: LogName, scope: Scope): Mask | null {
    if (isWhole(scope)) return null;
    const { filter } = scopeFilter(scope);
    return this.masks.get(`${capture.id} ${log} ${scopeKey(scope)}`, this.host.version(), this.running(), () => this.makeMask(capture, log, filter, scope));
  }

  private makeMask(capture: CaptureState, log: LogName, filter: Filter, scope: Scope): Mask | null {
    const table = capture.table(log);
    let mask = this.selector(capture).select(log, filter);
    const { from, to } = scope;
    const ts = table.column('ts');
    if ((from === null && to === null) || ts < 0) return mask;
    mask ??= new Uint8Array(table.rows).fill(1);
    const low = from ?? -Infinity;
    const high = to ?? Infinity;
    const duration = log === 'conn' ? table.column('duration') : -1;
    const target = mask;
    table.eachChunk((chunk, start) => {
      const times = chunk.columns[ts]!.values;
      const lengths = duration >= 0 ? chunk.columns[duration]! : null;
      for (let r = 0; r < chunk.rows; r++) {
        const first = microseconds(times, r * 8);
        // A flow is in a span when any of it is.
        const last = lengths && ((lengths.validity[r >> 3]! >> (r & 7)) & 1) === 1 ? first + microseconds(lengths.values, r * 8) : first;
        if (first >= high || last < low) target[start + r] = 0;
      }
    });
    return mask;
  }

  private order(log: LogName, parts: readonly Part[], sort: string | null): { order: Uint32Array; withValue: number } | null {
    const version = this.host.version();
    const target = sort === null ? undefined : columnsOf(log, sort)[0];
    if (target && sort !== null) {
      return this.orders.get(`${log} ${sort}`, version, this.running(), () => sortRows(parts, target.column, target.nameOf));
    }
    // Packets stand as they do in the file.
    if (log === 'packet') return null;
    return this.orders.get(`${log}`, version, this.running(), () => {
      const rows = merged(parts);
      return { order: rows, withValue: rows.length };
    });
  }

  /** How many rows of a log are in scope; without making their order where it can be told without. */
  count(log: LogName, scope: Scope): number {
    if (isWhole(scope)) return this.parts(log).reduce((sum, part) => sum + this.keptRows(part.table), 0);
    return this.select(log, scope, null, false).total;
  }

  private keptRows(table: LogTable): number {
    let kept = this.kept.get(table);
    if (!kept) this.kept.set(table, kept = new KeptRows(table));
    return kept.count();
  }

  /** @param sort column; null or an unknown one = the log's own order */
  select(log: LogName, scope: Scope, sort: string | null, descending: boolean): Selection {
    const key = `${log} ${scopeKey(scope)} ${sort ?? ''} ${descending}`;
    return this.selections.get(key, this.host.version(), this.running(), () => this.makeSelection(log, scope, sort, descending));
  }

  private makeSelection(log: LogName, scope: Scope, sort: string | null, descending: boolean): Selection {
    const parts = this.parts(log);
    const version = this.host.version();
    const { problem } = scopeFilter(scope);
    const rowCount = parts.reduce((sum, part) => sum + part.table.rows, 0);
    const masks = parts.map((part) => this.mask(part.capture, log, scope));
    const sorted = this.order(log, parts, sort);
    // The log's own order leaves rows out (repeated certificates); a sorted one has them, so they are masked.
    const own = leavesOut(log) ? this.order(log, parts, null) : null;
    const all = own ? own.order.length : rowCount;
    if (masks.every((mask) => mask === null) && !sorted && !descending) return { parts, rows: null, total: rowCount, all, version, problem };
    // The order itself will do: no second list of all rows.
    if (masks.every((mask) => mask === null) && sorted && !descending && (!own || sorted === own)) {
      return { parts, rows: sorted.order, total: sorted.order.length, all, version, problem };
    }
    const whole = new Uint8Array(rowCount);
    parts.forEach((part, i) => {
      const mask = masks[i];
      if (mask) whole.set(mask.subarray(0, part.table.rows), part.start);
      else whole.fill(1, part.start, part.start + part.table.rows);
    });
    if (own && sorted !== own) {
      const kept = new Uint8Array(rowCount);
      for (const row of own.order) kept[row] = 1;
      for (let row = 0; row < rowCount; row++) whole[row] = whole[row]! & kept[row]!;
    }
    const length = sorted ? sorted.order.length : rowCount;
    const rows = new Uint32Array(length);
    let n = 0;
    const take = (i: number): void => {
      const row = sorted ? sorted.order[i]! : i;
      if (whole[row] === 1) rows[n++] = row;
    };
    const withValue = sorted?.withValue ?? rowCount;
    if (descending) for (let i = withValue - 1; i >= 0; i--) take(i);
    else for (let i = 0; i < withValue; i++) take(i);
    for (let i = withValue; i < length; i++) take(i);
    // A list of a few rows must not hold on to room for all.
    return { parts, rows: n < length / 2 ? rows.slice(0, n) : rows.subarray(0, n), total: n, all, version, problem };
  }
}

/** All rows of a log over the captures of the case by time, then packet. */
function merged(parts: readonly Part[]): Uint32Array {
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only) return order(only.table);
  const rows = parts.reduce((sum, part) => sum + part.table.rows, 0);
  const [high, low, pkt] = [new Uint32Array(rows), new Uint32Array(rows), new Uint32Array(rows)];
  const kept = new Uint8Array(rows);
  for (const { table, start } of parts) {
    const words = timeWords(table, table.column('ts'));
    high.set(words.high, start);
    low.set(words.low, start);
    pkt.set(u32Words(table, table.column('pkt')), start);
    for (const row of order(table)) kept[start + row] = 1;
  }
  return orderByWords(rows, [high, low, pkt]).filter((row) => kept[row] === 1);
}

/** Capture and row of a row of the case. */
export function locate(parts: readonly Part[], row: number): { part: Part; row: number } {
  let found = parts[0]!;
  for (const part of parts) if (part.start <= row && part.table.rows > 0) found = part;
  return { part: found, row: row - found.start };
}
