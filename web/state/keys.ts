import { VIEWS } from './views';

/** What a key does. `go:` is followed by the name of a view. */
export type Command =
  | 'filter' | 'search' | 'next-row' | 'previous-row' | 'inspect' | 'back' | 'copy-defanged' | 'copy-plain' | 'select' | 'export'
  | 'earlier' | 'later' | 'clear-scope' | 'help' | 'advisory' | 'share' | 'store' | 'networks' | 'open' | `go:${string}`;

export interface KeyBinding {
  /** As it is shown: `Ctrl K`, `g i`, `Esc`. */
  readonly keys: string;
  readonly command: Command;
  readonly words: string;
  readonly group: 'Everywhere' | 'Tables' | 'Time' | 'Views';
}

/** Every key of the page: the handler and the list behind `?` both read this table. */
export const KEYS: readonly KeyBinding[] = [
  { keys: '/', command: 'filter', words: 'Type a filter', group: 'Everywhere' },
  { keys: 'Ctrl K', command: 'search', words: 'Search everything, run any command', group: 'Everywhere' },
  { keys: 'Esc', command: 'back', words: 'Close, go back', group: 'Everywhere' },
  { keys: '?', command: 'help', words: 'This list', group: 'Everywhere' },
  { keys: 'o', command: 'open', words: 'Open a capture', group: 'Everywhere' },
  { keys: 'i', command: 'advisory', words: 'Are these in here? (paste an advisory)', group: 'Everywhere' },
  { keys: 's', command: 'share', words: 'Share indicators', group: 'Everywhere' },
  { keys: 'h', command: 'store', words: 'History and what is kept', group: 'Everywhere' },
  { keys: 'n', command: 'networks', words: 'Our own networks', group: 'Everywhere' },
  { keys: 'j', command: 'next-row', words: 'Next row', group: 'Tables' },
  { keys: 'k', command: 'previous-row', words: 'Previous row', group: 'Tables' },
  { keys: 'Enter', command: 'inspect', words: 'Inspect the row; once more goes into the inspector', group: 'Tables' },
  { keys: 'x', command: 'select', words: 'Select the row for export', group: 'Tables' },
  { keys: 'y', command: 'copy-defanged', words: 'Copy the value, defanged', group: 'Tables' },
  { keys: 'Y', command: 'copy-plain', words: 'Copy the value, plain', group: 'Tables' },
  { keys: 'e', command: 'export', words: 'Export the table', group: 'Tables' },
  { keys: '[', command: 'earlier', words: 'Earlier: move the time span back', group: 'Time' },
  { keys: ']', command: 'later', words: 'Later: move the time span on', group: 'Time' },
  { keys: '0', command: 'clear-scope', words: 'Clear the scope (time, chips and filter)', group: 'Time' },
  ...VIEWS.map((view): KeyBinding => ({ keys: `g ${view.key}`, command: `go:${view.name}`, words: view.title, group: 'Views' })),
];

/** The parts of a KeyboardEvent that matter here. */
export interface KeyStroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const BY_KEYS: ReadonlyMap<string, Command> = new Map(KEYS.map((binding) => [binding.keys, binding.command]));

/** Milliseconds within which the second key of a pair must follow. */
export const CHORD_MS = 1500;

/** Reads key strokes one by one; `g` waits for its second key. */
export class KeyReader {
  private pending = '';
  private pendingAt = 0;

  /** The command of a stroke, null when it has none (yet). `now` in milliseconds. */
  read(stroke: KeyStroke, now: number): Command | null {
    const prefix = now - this.pendingAt <= CHORD_MS ? this.pending : '';
    this.pending = '';
    if (stroke.altKey) return null;
    if (stroke.ctrlKey || stroke.metaKey) return BY_KEYS.get(`Ctrl ${stroke.key.toUpperCase()}`) ?? null;
    const name = stroke.key === 'Escape' ? 'Esc' : stroke.key;
    if (prefix) return BY_KEYS.get(`${prefix} ${name}`) ?? null;
    if (name === 'g') {
      this.pending = name;
      this.pendingAt = now;
      return null;
    }
    return BY_KEYS.get(name) ?? null;
  }
}
