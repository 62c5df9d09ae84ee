import { RankedArray, RankedPart, type Ranked } from '../../indicators/ranking';
import type { Indicator } from '../../indicators/types';
import { csvField } from '../../indicators/csv';
import type { CellData } from '../../logs/cell';
import { ByteWriter } from '../../logs/byte-writer';
import type { Filter } from '../../logs/filter-text';
import { isWrittenLog } from '../../logs/fields';
import { identity } from '../../logs/radix';
import { ZeekWriter } from '../../logs/zeek-writer';
import { EMPTY_SCOPE, type Result, type RowWindow, type Saved, type Scope, type TableColumn, type TableName, type TableQuery, type TableRow, type TimeZone } from '../api';
import type { CaptureState } from './capture-state';
import type { Case } from './case';
import { cellText, exportValue } from './cells';
import { TABLE_COLUMNS } from './columns';
import { FlowSummary } from './flow-summary';
import { HostTable, type Host } from './hosts';
import { compareValues, indicatorTest, indicatorValue, objectTest, spanOf } from './indicator-list';
import { inOnePiece } from './one-piece';
import type { LogTableName } from './log-values';
import { isWhole, scopeFilter, scopeKey } from './scope';
import { locate, type Selection } from './selection';

/** Rows of one window at the most. */
export const MAX_WINDOW = 5000;
/** Bytes of one export at the most; a larger table is narrowed by the person first, or written by the command line. */
export const MAX_EXPORT_BYTES = 1024 * 1024 * 1024;

const NO_INDICATORS = new RankedArray([]);

/** Some hosts of a table. */
export class HostList {
  private sorted: Uint32Array | null = null;

  /** @param ids their numbers in the table, in any order */
  constructor(readonly table: HostTable, readonly ids: Uint32Array) {}

  /** Their numbers, busiest first; put in order when first asked for, which the overview never does. */
  get order(): Uint32Array {
    return this.sorted ??= this.table.order(this.ids);
  }
}

const NO_HOSTS = new HostList(new HostTable(() => false), new Uint32Array(0));

interface ListEntry { readonly version: number; readonly generation: number; readonly indicators: Ranked; readonly hosts: HostList; readonly all: number; readonly cost: number; readonly at: number }

/** Windows of rows of every table, and exports of whole ones. */
export class Tables {
  private readonly lists = new Map<string, ListEntry>();

  /** @param engine the engine's module, which writes Zeek's formats; null while there is none */
  constructor(private readonly data: Case, private readonly engine: () => WebAssembly.Module | null) {}

  columns(table: TableName): readonly TableColumn[] {
    const columns = TABLE_COLUMNS[table];
    // With one capture its name says nothing.
    return this.data.captures().length > 1 ? columns : columns.filter((column) => column.name !== 'capture');
  }

  rows(query: TableQuery): RowWindow {
    const offset = Math.max(0, Math.floor(query.offset));
    const limit = Math.min(MAX_WINDOW, Math.max(0, Math.floor(query.limit)));
    const columns = this.wanted(query.table, query.columns);
    const window = query.table === 'indicators' || query.table === 'hosts'
      ? this.listWindow(query.table, query, columns, offset, limit)
      : this.logWindow(query.table, query, columns, offset, limit);
    const names: Record<string, string> = {};
    columns.forEach((column, c) => {
      const lists = query.table === 'indicators' && (column.name === 'value' || column.name === 'hosts');
      if (column.kind !== 'address' && !lists) return;
      for (const row of window.rows) {
        for (const address of lists ? (row.cells[c] ?? '').split(', ') : [row.cells[c] ?? '']) {
          const name = address === '' ? undefined : this.data.nameOf(address);
          if (name !== undefined) names[address] = name;
        }
      }
    });
    return { ...window, names };
  }

  private wanted(table: TableName, names: readonly string[]): readonly TableColumn[] {
    const known = new Map(TABLE_COLUMNS[table].map((column) => [column.name, column]));
    return names.map((name) => known.get(name) ?? { name, title: name, kind: 'text', shown: false, width: 100 });
  }

  /** How many rows of a table are in scope. */
  count(table: TableName, scope: Scope): number {
    if (table === 'indicators') return this.indicators(scope).length;
    if (table === 'hosts') return this.hosts(scope).ids.length;
    return this.data.selections.count(table, scope);
  }

  private logWindow(table: LogTableName, query: TableQuery, columns: readonly TableColumn[], offset: number, limit: number): Omit<RowWindow, 'names'> {
    const selection = this.data.selections.select(table, query.scope, query.sort, query.descending);
    const rows: TableRow[] = [];
    for (let i = offset; i < Math.min(offset + limit, selection.total); i++) {
      const { part, row } = locate(selection.parts, selection.rows ? selection.rows[i]! : i);
      rows.push(this.logRow(table, part.capture, row, columns, query.timeZone));
    }
    return {
      version: selection.version, total: selection.total, all: selection.all, offset, rows,
      ...(selection.problem === null ? {} : { problem: selection.problem }),
    };
  }

  /** One row of a log as a table shows it. */
  logRow(table: LogTableName, capture: CaptureState, row: number, columns: readonly TableColumn[], zone: TimeZone): TableRow {
    const values = this.data.valuesOf(capture);
    return {
      id: `${capture.id}:${row}`, capture: capture.id, flow: values.flow(table, row), pkt: values.pkt(table, row),
      cells: columns.map((column) => cellText(values.value(table, row, column.name), column, zone)),
    };
  }

  private list(table: 'indicators' | 'hosts', scope: Scope): ListEntry {
    const key = `${table} ${scopeKey(scope)}`;
    const version = this.data.version();
    const known = this.lists.get(key);
    const now = performance.now();
    const generation = this.data.generation();
    if (known?.generation === generation && (known.version === version || (this.data.running() && now - known.at < known.cost * 6))) return known;
    const entry = table === 'indicators' ? this.makeIndicators(scope) : this.makeHosts(scope);
    const at = performance.now();
    const made = { indicators: NO_INDICATORS, hosts: NO_HOSTS, ...entry, version, generation, cost: at - now, at };
    this.lists.delete(key);
    this.lists.set(key, made);
    if (this.lists.size > 12) this.lists.delete(this.lists.keys().next().value as string);
    return made;
  }

  /** Indicators in scope, best first. */
  indicators(scope: Scope): Ranked {
    return this.list('indicators', scope).indicators;
  }

  /** Hosts of the flows in scope, busiest first. */
  hosts(scope: Scope): HostList {
    return this.list('hosts', scope).hosts;
  }

  private makeIndicators(scope: Scope): Pick<ListEntry, 'indicators' | 'all'> {
    const all = this.data.indicators();
    if (isWhole(scope)) return { indicators: all, all: all.length };
    const { filter } = scopeFilter(scope);
    const test = indicatorTest(filter, (term) => new Map(this.data.captures().map((capture) =>
      [capture.sha256, this.data.selections.selector(capture).flows(term)])), this.data.verdictOf());
    const from = scope.from ?? -Infinity;
    const to = scope.to ?? Infinity;
    const places: number[] = [];
    for (let place = 0; place < all.length; place++) {
      const indicator = all.light(place);
      if (scope.from !== null || scope.to !== null) {
        const { first, last } = spanOf(indicator);
        if (first >= to || last < from) continue;
      }
      if (test(indicator)) places.push(place);
    }
    return { all: all.length, indicators: new RankedPart(all, Uint32Array.from(places)) };
  }

  private makeHosts(scope: Scope): Pick<ListEntry, 'hosts' | 'all'> {
    const { filter } = scopeFilter(scope);
    const own = hostTerms(filter);
    const table = this.summary(own ? { ...EMPTY_SCOPE, from: scope.from, to: scope.to } : scope).hosts;
    const ids = table.all();
    const test = own ? objectFilter(filter) : null;
    const hosts = new HostList(table, test ? ids.filter((id) => { const host = table.host(id); return test((column) => this.hostValue(host, column)); }) : ids);
    return { all: isWhole(scope) ? ids.length : this.data.wholeSummary().hosts.length, hosts };
  }

  private readonly summaries = new Map<string, { readonly version: number; readonly value: FlowSummary }>();

  /** Flows, hosts, protocols and talkers in scope. */
  summary(scope: Scope): FlowSummary {
    if (isWhole(scope)) return this.data.wholeSummary();
    const key = scopeKey(scope);
    const version = this.data.version();
    const known = this.summaries.get(key);
    if (known?.version === version) return known.value;
    const value = new FlowSummary(this.data.isLocal);
    for (const capture of this.data.captures()) {
      value.addSelected(capture, this.data.selections.mask(capture, 'conn', scope), this.data.selections.mask(capture, 'arp', scope));
    }
    this.summaries.delete(key);
    this.summaries.set(key, { version, value });
    if (this.summaries.size > 3) this.summaries.delete(this.summaries.keys().next().value as string);
    return value;
  }

  hostValue(host: Host, column: string): CellData {
    switch (column) {
      case 'name': return this.data.nameOf(host.address) ?? null;
      case 'services': return host.services.length > 0 ? host.services : null;
      case 'macs': return host.macs.length > 0 ? host.macs : null;
      case 'address': return host.address;
      case 'internal': return host.internal;
      case 'flows_out': case 'flows_in': case 'bytes_sent': case 'bytes_received': case 'packets': case 'first_seen': case 'last_seen': return host[column];
      default: return null;
    }
  }

  private listWindow(table: 'indicators' | 'hosts', query: TableQuery, columns: readonly TableColumn[], offset: number, limit: number): Omit<RowWindow, 'names'> {
    const entry = this.list(table, query.scope);
    const { problem } = scopeFilter(query.scope);
    const verdictOf = this.data.verdictOf();
    const rows: TableRow[] = [];
    if (table === 'indicators') {
      const ranked = this.sortedIndicators(entry.indicators, query, verdictOf);
      for (let place = offset; place < Math.min(offset + limit, ranked.length); place++) rows.push(this.indicatorRow(ranked.light(place), columns, query.timeZone, verdictOf));
    } else {
      for (const id of this.sortedHosts(entry.hosts, query).subarray(offset, offset + limit)) {
        const host = entry.hosts.table.host(id);
        rows.push({ id: host.address, capture: 0, flow: 0, pkt: 0, cells: columns.map((column) => cellText(this.hostValue(host, column.name), column, query.timeZone)) });
      }
    }
    const total = table === 'indicators' ? entry.indicators.length : entry.hosts.ids.length;
    return { version: entry.version, total, all: entry.all, offset, rows, ...(problem === null ? {} : { problem }) };
  }

  private indicatorRow(one: Indicator, columns: readonly TableColumn[], zone: TimeZone, verdictOf: (key: string) => string | undefined): TableRow {
    const verdict = verdictOf(one.key);
    const capture = this.data.captures().find((state) => one.sightings.some((sighting) => sighting.capture === state.sha256));
    return {
      id: one.key, capture: capture?.id ?? 0, flow: one.sightings[0]?.flows[0] ?? 0, pkt: one.sightings[0]?.pkts[0] ?? 0, severity: one.severity,
      ...(verdict === undefined ? {} : { verdict }),
      cells: columns.map((column) => cellText(indicatorValue(one, column.name, verdict), column, zone)),
    };
  }

  private readonly sortedRankings = new WeakMap<Ranked, { key: string; verdicts: unknown; ranked: Ranked }>();

  private sortedIndicators(ranked: Ranked, { sort, descending }: Pick<TableQuery, 'sort' | 'descending'>, verdictOf: (key: string) => string | undefined): Ranked {
    if (sort === null && !descending) return ranked;
    const key = `${sort ?? ''} ${descending}`;
    const known = this.sortedRankings.get(ranked);
    if (known?.key === key && known.verdicts === this.data.verdicts) return known.ranked;
    const places = identity(ranked.length);
    if (sort === null) places.reverse();
    else {
      const values = Array.from(places, (place) => {
        const one = ranked.light(place);
        return indicatorValue(one, sort, verdictOf(one.key));
      });
      places.sort((a, b) => inOrder(values[a]!, values[b]!, sort, descending) || a - b);
    }
    const made = new RankedPart(ranked, places);
    this.sortedRankings.set(ranked, { key, verdicts: this.data.verdicts, ranked: made });
    return made;
  }

  private readonly sortedLists = new WeakMap<HostList, { readonly key: string; readonly order: Uint32Array }>();

  private sortedHosts(hosts: HostList, { sort, descending }: Pick<TableQuery, 'sort' | 'descending'>): Uint32Array {
    if (sort === null && !descending) return hosts.order;
    const key = `${sort ?? ''} ${descending}`;
    const known = this.sortedLists.get(hosts);
    if (known?.key === key) return known.order;
    const places = identity(hosts.ids.length);
    if (sort === null) places.reverse();
    else {
      const values = Array.from(hosts.order, (id) => this.hostValue(hosts.table.host(id), sort));
      places.sort((a, b) => inOrder(values[a]!, values[b]!, sort, descending) || a - b);
    }
    const order = places.map((place) => hosts.order[place]!);
    this.sortedLists.set(hosts, { key, order });
    return order;
  }

  /** A whole table in scope as a file. CSV is guarded against formulas; Zeek's formats exist for Zeek's logs. */
  exportTable(query: Omit<TableQuery, 'offset' | 'limit'>, format: 'csv' | 'json' | 'zeek-tsv' | 'zeek-json'): Result<Saved> {
    const { table } = query;
    const ending = format === 'csv' ? 'csv' : format === 'json' ? 'json' : 'log';
    const type = format === 'csv' ? 'text/csv' : format === 'zeek-tsv' ? 'text/tab-separated-values' : format === 'json' ? 'application/json' : 'application/x-ndjson';
    const blocks = format === 'csv' || format === 'json' ? () => this.plainExport(query, format) : this.zeekExport(query, format);
    if (typeof blocks === 'string') return { ok: false, error: blocks };
    const bytes = inOnePiece(blocks, MAX_EXPORT_BYTES);
    if (!bytes) return { ok: false, error: 'This table is larger than 1 GB as a file. Narrow the scope, or write it with "capsift logs" on the command line.' };
    return { ok: true, value: { name: `${table}.${ending}`, type, bytes } };
  }

  private zeekExport(query: Omit<TableQuery, 'offset' | 'limit'>, format: 'zeek-tsv' | 'zeek-json'): (() => Iterable<Uint8Array>) | string {
    const { table } = query;
    if (!isWrittenLog(table)) return `Zeek has no log of ${table}. Export it as CSV or JSON.`;
    const selection = this.data.selections.select(table, query.scope, query.sort, query.descending);
    const engine = this.engine();
    if (!engine) return 'The engine is not there yet. Try again in a moment.';
    return function* () {
      // Zeek's logs are of one capture: rows go capture by capture.
      for (const part of selection.parts) {
        const writer = new ZeekWriter(engine, part.capture.tables);
        const rows = rowsOf(selection, part.start, part.table.rows);
        yield* format === 'zeek-json' ? writer.json(table, rows) : writer.tsv(table, rows);
      }
    };
  }

  private plainExport(query: Omit<TableQuery, 'offset' | 'limit'>, format: 'csv' | 'json'): Generator<Uint8Array<ArrayBuffer>> {
    const columns = this.wanted(query.table, query.columns);
    const zone = query.timeZone;
    const rows = this.valueRows(query, columns);
    return (function* () {
      const out = new ByteWriter(1 << 16);
      if (format === 'csv') out.text(`${columns.map((column) => csvField(column.name)).join(',')}\r\n`);
      else out.text('[');
      let first = true;
      for (const values of rows) {
        if (format === 'csv') {
          out.text(`${values.map((value, c) => {
            const plain = exportValue(value, columns[c]!, zone);
            return plain === null ? '' : csvField(Array.isArray(plain) ? plain.join(', ') : String(plain));
          }).join(',')}\r\n`);
        } else {
          const object = Object.fromEntries(values.map((value, c) => [columns[c]!.name, exportValue(value, columns[c]!, zone)] as const).filter(([, value]) => value !== null));
          out.text(`${first ? '\n' : ',\n'}${JSON.stringify(object)}`);
        }
        first = false;
        if (out.length > 1 << 20) yield out.take();
      }
      if (format === 'json') out.text('\n]\n');
      yield out.take();
    })();
  }

  private *valueRows(query: Omit<TableQuery, 'offset' | 'limit'>, columns: readonly TableColumn[]): Generator<CellData[]> {
    const { table } = query;
    if (table === 'indicators') {
      const verdictOf = this.data.verdictOf();
      const ranked = this.sortedIndicators(this.indicators(query.scope), query, verdictOf);
      for (let place = 0; place < ranked.length; place++) {
        const one = ranked.light(place);
        yield columns.map((column) => indicatorValue(one, column.name, verdictOf(one.key)));
      }
    } else if (table === 'hosts') {
      const hosts = this.hosts(query.scope);
      for (const id of this.sortedHosts(hosts, query)) {
        const host = hosts.table.host(id);
        yield columns.map((column) => this.hostValue(host, column.name));
      }
    } else {
      const selection = this.data.selections.select(table, query.scope, query.sort, query.descending);
      for (let i = 0; i < selection.total; i++) {
        const { part, row } = locate(selection.parts, selection.rows ? selection.rows[i]! : i);
        const values = this.data.valuesOf(part.capture);
        yield columns.map((column) => values.value(table, row, column.name));
      }
    }
  }
}

/** Which of two values of a column stands first; no value stands last either way. */
function inOrder(x: CellData, y: CellData, column: string, descending: boolean): number {
  const order = compareValues(x, y, column);
  return descending && x !== null && y !== null ? -order : order;
}

/** Rows of a selection that are of one capture, as the rows of its own table. */
export function rowsOf(selection: Selection, start: number, count: number): Uint32Array {
  if (!selection.rows) return Uint32Array.from({ length: count }, (_, i) => i);
  return selection.rows.filter((row) => row >= start && row < start + count).map((row) => row - start);
}

const HOST_COLUMNS = new Set(['address', 'name', 'internal', 'flows_out', 'flows_in', 'bytes_sent', 'bytes_received', 'packets', 'services', 'macs', 'first_seen', 'last_seen']);

/** True when every term of a filter is about hosts themselves (`hosts.services:ssl`, words): then flows are not narrowed. */
function hostTerms(filter: Filter): boolean {
  switch (filter.kind) {
    case 'all': return false;
    case 'term': return filter.field === null || filter.field.startsWith('hosts.');
    case 'not': return hostTerms(filter.part);
    default: return filter.parts.every(hostTerms);
  }
}

function objectFilter(filter: Filter): (get: (column: string) => CellData) => boolean {
  switch (filter.kind) {
    case 'all': return () => true;
    case 'not': {
      const part = objectFilter(filter.part);
      return (get) => !part(get);
    }
    case 'and': case 'or': {
      const parts = filter.parts.map(objectFilter);
      return filter.kind === 'and' ? (get) => parts.every((part) => part(get)) : (get) => parts.some((part) => part(get));
    }
    case 'term': {
      if (filter.field === null) {
        const wanted = filter.value.toLowerCase();
        return (get) => ['address', 'name', 'services', 'macs'].some((column) => {
          const cell = get(column);
          return cell !== null && String(cell).toLowerCase().includes(wanted);
        });
      }
      return objectTest(filter, HOST_COLUMNS, 'hosts') ?? (() => true);
    }
  }
}
