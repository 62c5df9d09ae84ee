import { shown } from './display';
import { wiresharkValue } from './wireshark';
import type { Selection } from './address';

/** A value that stands somewhere on the page, and what can be done with it. */
export interface Handle {
  /** Scope field that it filters by. */
  readonly field: string;
  /** Plain, as in the capture. */
  readonly value: string;
  /** What the inspector shows for it. */
  readonly inspect: Selection | null;
  /** False where no filter can be made of it (an instant). */
  readonly filters?: boolean;
}

export type MenuAction = 'include' | 'exclude' | 'inspect' | 'copy-defanged' | 'copy-plain' | 'copy-wireshark' | 'search-history' | 'only';

export interface MenuItem {
  readonly action: MenuAction;
  readonly label: string;
  readonly hint: string;
  readonly enabled: boolean;
  /** A line above it. */
  readonly separated: boolean;
}

/** The one menu of every value. */
export function menuItems(handle: Handle): readonly MenuItem[] {
  const item = (action: MenuAction, label: string, hint = '', enabled = true, separated = false): MenuItem => ({ action, label, hint, enabled, separated });
  return [
    item('include', 'Keep only rows with this', '', handle.filters !== false),
    item('exclude', 'Leave out rows with this', '', handle.filters !== false),
    item('only', 'Start a new filter with this', '', handle.filters !== false),
    item('inspect', 'Inspect', 'Enter', handle.inspect !== null, true),
    item('search-history', 'Search everything for this'),
    item('copy-defanged', 'Copy, defanged', 'y', true, true),
    item('copy-plain', 'Copy, plain', 'Y'),
    item('copy-wireshark', 'Copy as Wireshark filter', '', wiresharkValue(handle.field, handle.value) !== null),
  ];
}

/** The menu's heading: the value, shortened in the middle. */
export function menuTitle(handle: Handle, longest = 48): string {
  const text = shown(handle.field === 'indicator' ? handle.value.slice(handle.value.indexOf(':') + 1) : handle.value);
  if (text.length <= longest) return text;
  const half = Math.floor((longest - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}
