import type { Scope, TableColumn, TableName, TableRow, TimeZone } from '../worker/api';
import type { Sort } from './address';
import type { Analysis } from './port';
import { BLOCK_ROWS, RowCache } from './row-cache';

/** Rows ahead of those that are drawn that are asked for, once everything drawn is here: ten frames of a quick hand. */
const AHEAD_ROWS = 48;
/** Names of addresses that are kept: two for each row that the cache holds, twice over. */
const MAX_NAMES = 16_384;

/** What a table's rows depend on. */
export interface TableAsk {
  readonly scope: Scope;
  readonly sort: Sort | null;
  readonly timeZone: TimeZone;
  readonly columns: readonly string[];
}

/** One table as the page sees it: windows of rows around the reader, a cursor, a selection. */
export class TableState {
  columns = $state.raw<readonly TableColumn[]>([]);
  /** Rows in scope, and rows in all. */
  total = $state(0);
  all = $state(0);
  problem = $state('');
  /** Grows whenever cached rows changed: what is drawn depends on it. */
  revision = $state(0);
  /** True once the first answer is here. */
  loaded = $state(false);
  /** The tables grew but the reader is in the middle of them: the rows wait for a word. */
  held = $state(false);
  /** The tables grew while this one was not on screen. */
  stale = false;
  cursor = $state(-1);
  cursorColumn = $state(0);
  selected = $state.raw<ReadonlySet<string>>(new Set());
  /** Where the reader was, for when the view is shown again. */
  offset = 0;
  /** Scrolls to the cursor; set by the component that draws the table. */
  reveal: (row: number) => void = () => undefined;

  private readonly cache = new RowCache();
  /** Names of the addresses in rows that are here; the oldest go first. */
  private readonly names = new Map<string, string>();
  private ask: TableAsk | null = null;
  private askText = '';
  private generation = 0;
  private answered = -1;
  private readonly underWay = new Set<number>();
  private window = { first: 0, end: 60 };

  constructor(private readonly api: Analysis, readonly table: TableName, private readonly failed: (text: string) => void) {}

  async loadColumns(): Promise<void> {
    if (this.columns.length === 0) this.columns = await this.api.columns(this.table);
  }

  /** A row, or undefined while it is on its way. Reading it in a template follows later answers. */
  row(index: number): TableRow | undefined {
    void this.revision;
    return this.cache.row(index);
  }

  /** The name of an address that stands in a row, or ''. Reading it in a template follows later answers. */
  nameOf(address: string): string {
    void this.revision;
    return this.names.get(address) ?? '';
  }

  /** Sets what is asked; a change asks anew from the top, keeping the old rows on screen until the new ones are here. */
  configure(ask: TableAsk): void {
    const text = JSON.stringify(ask);
    if (text === this.askText) return;
    const sameRows = this.ask !== null
      && JSON.stringify([ask.scope, ask.sort]) === JSON.stringify([this.ask.scope, this.ask.sort]);
    this.ask = ask;
    this.askText = text;
    if (!sameRows) {
      this.cursor = -1;
      this.offset = 0;
    }
    this.renew();
  }

  /** The tables grew. At the top and without a cursor the rows follow; else they wait. */
  grew(final: boolean): void {
    if (!this.ask) return;
    if (this.offset > 0 || this.cursor >= 0) {
      if (final) this.renew(true);
      else this.held = true;
    } else this.renew();
  }

  /** Asks for the rows in view anew; `quiet` keeps the cursor on its row. */
  renew(quiet = false): void {
    this.generation++;
    this.underWay.clear();
    this.held = false;
    this.stale = false;
    const id = quiet && this.cursor >= 0 ? this.cache.row(this.cursor)?.id : undefined;
    this.fetch(blocksOf(this.window.first, Math.max(this.window.end, this.window.first + 1)), id);
  }

  /** Tells which rows are drawn; missing ones are asked for, and when there are none, those that come next. */
  show(first: number, end: number): void {
    const back = first < this.window.first;
    this.window = { first, end };
    // Rows of an older question are drawn until the new ones are here, which are not asked for by what is there of the old.
    if (this.answered !== this.generation) {
      this.fetch(blocksOf(first, end));
      return;
    }
    const missing = this.cache.missing(first, end);
    if (missing.length > 0) this.fetch(missing);
    else if (back) this.fetch(this.cache.missing(Math.max(0, first - AHEAD_ROWS), first));
    else this.fetch(this.cache.missing(end, Math.min(this.total, end + AHEAD_ROWS)));
  }

  toggle(id: string): void {
    const next = new Set(this.selected);
    if (!next.delete(id)) next.add(id);
    this.selected = next;
  }

  move(by: number): void {
    if (this.total === 0) return;
    const from = this.cursor >= 0 ? this.cursor : by > 0 ? -1 : this.total;
    this.cursor = Math.min(Math.max(from + by, 0), this.total - 1);
    this.reveal(this.cursor);
  }

  /** Asks for blocks that are not under way yet: what lies between the first of them and the last comes along. */
  private fetch(blocks: readonly number[], keep?: string): void {
    const wanted = blocks.filter((block) => !this.underWay.has(block));
    const first = wanted[0];
    const last = wanted[wanted.length - 1];
    const ask = this.ask;
    if (first === undefined || last === undefined || !ask || ask.columns.length === 0) return;
    for (const block of wanted) this.underWay.add(block);
    void this.load(ask, this.generation, first, last, keep);
  }

  private async load(ask: TableAsk, generation: number, first: number, last: number, keep?: string): Promise<void> {
    try {
      const answer = await this.api.rows({
        table: this.table, scope: ask.scope, sort: ask.sort?.column ?? null, descending: ask.sort?.descending ?? false,
        offset: first * BLOCK_ROWS, limit: (last - first + 1) * BLOCK_ROWS, columns: ask.columns, timeZone: ask.timeZone,
      });
      if (generation !== this.generation) return;
      const newer = this.answered !== generation;
      if (newer) {
        this.cache.clear();
        this.names.clear();
        this.answered = generation;
      }
      for (let block = first; block <= last; block++) {
        this.underWay.delete(block);
        const from = (block - first) * BLOCK_ROWS;
        this.cache.put(block, answer.rows.slice(from, from + BLOCK_ROWS));
      }
      this.total = answer.total;
      this.all = answer.all;
      this.problem = answer.problem ?? '';
      for (const [address, name] of Object.entries(answer.names)) {
        this.names.delete(address);
        this.names.set(address, name);
      }
      for (const address of this.names.keys()) {
        if (this.names.size <= MAX_NAMES) break;
        this.names.delete(address);
      }
      this.loaded = true;
      if (keep !== undefined) {
        const at = this.cache.find(keep);
        if (at >= 0) this.cursor = at;
      }
      if (this.cursor >= this.total) this.cursor = this.total - 1;
      // What comes ahead of the reader changes nothing that is drawn.
      if (newer || (last >= blockOf(this.window.first) && first <= blockOf(this.window.end - 1))) this.revision++;
      this.show(this.window.first, Math.min(this.window.end, this.total));
    } catch (error) {
      for (let block = first; block <= last; block++) this.underWay.delete(block);
      this.failed(`The ${this.table} table could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

const blockOf = (row: number): number => Math.floor(row / BLOCK_ROWS);

function blocksOf(first: number, end: number): number[] {
  const blocks: number[] = [];
  for (let n = blockOf(first); n <= blockOf(end - 1); n++) blocks.push(n);
  return blocks;
}
