import type { TableName, TimeZone } from '../worker/api';

export type Theme = 'system' | 'light' | 'dark';

/** What a person chose for one table: column names in order, and widths in px by name. */
export interface ColumnChoice {
  readonly shown: readonly string[] | null;
  readonly widths: Readonly<Record<string, number>>;
}

interface Kept {
  theme: Theme;
  timeZone: TimeZone;
  inspectorWidth: number;
  columns: Partial<Record<TableName, ColumnChoice>>;
}

const KEY = 'capsift.settings.1';
const DEFAULTS: Kept = { theme: 'system', timeZone: 'UTC', inspectorWidth: 472, columns: {} };
export const MIN_COLUMN = 48;
export const MAX_COLUMN = 1200;

/**
 * A single file opened from disk shares its storage with every other local page: there, nothing is kept.
 */
function storage(): Storage | null {
  try {
    return location.protocol === 'file:' ? null : localStorage;
  } catch {
    return null;
  }
}

function read(): Kept {
  try {
    const found: unknown = JSON.parse(storage()?.getItem(KEY) ?? '{}');
    if (typeof found !== 'object' || found === null) return { ...DEFAULTS };
    const kept = { ...DEFAULTS, ...(found as Partial<Kept>) };
    if (!['system', 'light', 'dark'].includes(kept.theme)) kept.theme = 'system';
    if (typeof kept.timeZone !== 'string') kept.timeZone = 'UTC';
    if (typeof kept.inspectorWidth !== 'number') kept.inspectorWidth = DEFAULTS.inspectorWidth;
    if (typeof kept.columns !== 'object' || kept.columns === null) kept.columns = {};
    return kept;
  } catch {
    return { ...DEFAULTS };
  }
}

/** How the page looks to this person; kept in this browser only. */
export class Settings {
  private kept = $state<Kept>(read());

  get theme(): Theme { return this.kept.theme; }
  get timeZone(): TimeZone { return this.kept.timeZone; }
  get inspectorWidth(): number { return this.kept.inspectorWidth; }

  setTheme(theme: Theme): void { this.kept.theme = theme; this.write(); }
  setTimeZone(zone: TimeZone): void { this.kept.timeZone = zone; this.write(); }
  setInspectorWidth(px: number): void {
    this.kept.inspectorWidth = Math.round(Math.min(Math.max(px, 280), 900));
    this.write();
  }

  columns(table: TableName): ColumnChoice {
    return this.kept.columns[table] ?? { shown: null, widths: {} };
  }

  showColumns(table: TableName, shown: readonly string[] | null): void {
    this.kept.columns[table] = { ...this.columns(table), shown };
    this.write();
  }

  setWidth(table: TableName, column: string, px: number): void {
    const choice = this.columns(table);
    const width = Math.round(Math.min(Math.max(px, MIN_COLUMN), MAX_COLUMN));
    this.kept.columns[table] = { ...choice, widths: { ...choice.widths, [column]: width } };
    this.write();
  }

  resetColumns(table: TableName): void {
    this.kept.columns[table] = { shown: null, widths: {} };
    this.write();
  }

  private write(): void {
    try {
      storage()?.setItem(KEY, JSON.stringify(this.kept));
    } catch {
      // A full or forbidden storage costs the memory of a choice, nothing else.
    }
  }
}
