import type { Chip, Scope, TableName } from '../worker/api';
import { isView, type ViewName } from './views';

/** What the inspector shows. */
export type Selection =
  | { readonly kind: 'indicator'; readonly key: string }
  | { readonly kind: 'row'; readonly table: TableName; readonly id: string }
  | { readonly kind: 'flow'; readonly capture: number; readonly flow: number }
  | { readonly kind: 'packet'; readonly capture: number; readonly pkt: number }
  | { readonly kind: 'stream'; readonly capture: number; readonly flow: number };

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** Stands among the captures of a place for the indicators that were imported. */
export const IMPORTS = 'imports';

/** Everything that the address bar's fragment holds. */
export interface Place {
  readonly view: ViewName;
  readonly scope: Scope;
  readonly sort: Sort | null;
  readonly selection: Selection | null;
  /** SHA-256 of the captures of the case (and IMPORTS), as far as they are known: after a reload they come from the store. */
  readonly captures: readonly string[];
}

/** A fragment longer than this is cut down to view and captures: browsers and chat programs break longer addresses. */
export const MAX_FRAGMENT = 8000;
const MAX_CHIPS = 64;

/** Writes a chip as `!field=value` (the `!` only when it excludes). */
export function chipText(chip: Chip): string {
  return `${chip.exclude ? '!' : ''}${chip.field}${chip.op}${chip.value}`;
}

/** Reads what `chipText` wrote; null for anything else. */
export function parseChip(text: string): Chip | null {
  const match = /^(!?)([^=<>~!]{1,100})([=<>~])([\s\S]{1,2000})$/.exec(text);
  if (!match) return null;
  return { exclude: match[1] === '!', field: match[2] ?? '', op: (match[3] ?? '=') as Chip['op'], value: match[4] ?? '' };
}

/** The number of the packet that a row of the packet table stands for: its id is `${capture}:${row}`, and row r is packet r + 1. */
export function packetOfRow(id: string): { capture: number; pkt: number } {
  const [capture, row] = id.split(':');
  return { capture: Number(capture) || 0, pkt: (Number(row) || 0) + 1 };
}

/** A selection as text, for example `packet:0:1204`. */
export function selectionText(selection: Selection): string {
  switch (selection.kind) {
    case 'indicator': return `indicator:${selection.key}`;
    case 'row': return `row:${selection.table}:${selection.id}`;
    case 'packet': return `packet:${selection.capture}:${selection.pkt}`;
    case 'flow':
    case 'stream': return `${selection.kind}:${selection.capture}:${selection.flow}`;
  }
}

/** Reads what `selectionText` wrote; null for anything else. */
export function parseSelection(text: string): Selection | null {
  const first = text.indexOf(':');
  if (first < 0) return null;
  const kind = text.slice(0, first);
  const rest = text.slice(first + 1);
  if (kind === 'indicator') return rest.includes(':') ? { kind, key: rest } : null;
  if (kind === 'row') {
    const colon = rest.indexOf(':');
    const table = rest.slice(0, colon);
    if (colon < 1 || !isView(table) || table === 'overview' || colon + 1 >= rest.length) return null;
    return { kind, table, id: rest.slice(colon + 1) };
  }
  const numbers = /^(\d{1,9}):(\d{1,15})$/.exec(rest);
  if (!numbers) return null;
  const capture = Number(numbers[1]);
  const n = Number(numbers[2]);
  if (kind === 'packet') return { kind, capture, pkt: n };
  if (kind === 'flow' || kind === 'stream') return { kind, capture, flow: n };
  return null;
}

/** The fragment of a place, with its `#`. */
export function formatPlace(place: Place): string {
  const query = new URLSearchParams();
  if (place.scope.from !== null) query.set('from', String(place.scope.from));
  if (place.scope.to !== null) query.set('to', String(place.scope.to));
  for (const chip of place.scope.chips) query.append('c', chipText(chip));
  if (place.scope.text.trim() !== '') query.set('q', place.scope.text);
  if (place.sort) query.set('sort', (place.sort.descending ? '-' : '') + place.sort.column);
  if (place.selection) query.set('sel', selectionText(place.selection));
  const captures = new URLSearchParams();
  if (place.captures.length > 0) captures.set('case', place.captures.join(','));
  const write = (parts: readonly URLSearchParams[]): string => {
    const text = parts.map(String).filter(Boolean).join('&');
    return `#/${place.view}${text ? `?${text}` : ''}`;
  };
  const full = write([query, captures]);
  return full.length <= MAX_FRAGMENT ? full : write([captures]).slice(0, MAX_FRAGMENT);
}

const time = (text: string | null): number | null => {
  if (text === null || !/^-?\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
};

/** Reads a fragment; what it does not understand is left out, never an error. */
export function parsePlace(fragment: string): Place {
  const text = fragment.slice(0, MAX_FRAGMENT * 2).replace(/^#?\/?/, '');
  const mark = text.indexOf('?');
  const name = mark < 0 ? text : text.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : text.slice(mark + 1));
  const sort = query.get('sort');
  const selection = query.get('sel');
  return {
    view: isView(name) ? name : 'overview',
    scope: {
      from: time(query.get('from')),
      to: time(query.get('to')),
      chips: query.getAll('c').slice(0, MAX_CHIPS).map(parseChip).filter((chip) => chip !== null),
      text: query.get('q') ?? '',
    },
    sort: sort ? { column: sort.replace(/^-/, ''), descending: sort.startsWith('-') } : null,
    selection: selection ? parseSelection(selection) : null,
    captures: (query.get('case') ?? '').split(',').filter((name) => name === IMPORTS || /^[0-9a-f]{64}$/.test(name)),
  };
}
