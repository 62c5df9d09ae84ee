import { selectionText } from './address';
import type { App } from './app.svelte';
import { defang, splitKey } from './display';
import type { Command } from './keys';
import { isView } from './views';

/** Runs a command of the key table. @returns false when there was nothing to do */
export function runCommand(app: App, command: Command): boolean {
  if (command.startsWith('go:')) {
    const view = command.slice(3);
    if (!app.hasCase || !isView(view)) return false;
    app.nav.go(view);
    return true;
  }
  switch (command) {
    case 'help': app.dialog = 'keys'; return true;
    case 'search': app.searchText = ''; app.dialog = 'search'; return true;
    case 'open': app.openPicker(); return true;
    case 'store': app.dialog = 'store'; return true;
    case 'networks': app.dialog = 'networks'; return true;
    case 'back': return back(app);
    default: break;
  }
  if (!app.hasCase) return false;
  switch (command) {
    case 'filter': app.focusFilter(); return true;
    case 'advisory': app.dialog = 'advisory'; return true;
    case 'share': app.dialog = 'share'; return true;
    case 'export': app.dialog = app.activeTable ? 'export' : 'share'; return true;
    case 'earlier': app.stepTime(-1); return true;
    case 'later': app.stepTime(1); return true;
    case 'clear-scope': app.clearScope(); return true;
    case 'next-row': app.activeTable?.move(1); app.followCursor(); return true;
    case 'previous-row': app.activeTable?.move(-1); app.followCursor(); return true;
    case 'inspect': {
      const before = app.nav.selection;
      if (!inspectCursor(app, 'push')) return false;
      // Once more on the row that is shown already goes into the inspector.
      if (before && app.nav.selection && selectionText(before) === selectionText(app.nav.selection)) app.focusInspector();
      else app.say('Shown in the inspector. Enter again goes there');
      return true;
    }
    case 'select': {
      const table = app.activeTable;
      const row = table && table.cursor >= 0 ? table.row(table.cursor) : undefined;
      if (table && row) table.toggle(row.id);
      return true;
    }
    case 'copy-defanged': return copyCursor(app, true);
    case 'copy-plain': return copyCursor(app, false);
    default: return false;
  }
}

function back(app: App): boolean {
  if (app.menu) { app.closeMenu(); return true; }
  if (app.nav.selection) { app.inspect(null); return true; }
  return false;
}

/** Shows the row under the cursor in the inspector. @returns false when there is none */
export function inspectCursor(app: App, how: 'push' | 'replace'): boolean {
  const table = app.activeTable;
  const row = table && table.cursor >= 0 ? table.row(table.cursor) : undefined;
  if (!table || !row) return false;
  app.inspect(app.selectionOf(table.table, row), how);
  return true;
}

/** What `y` copies: the value under the cursor, else the indicator in the inspector. */
function copyCursor(app: App, defanged: boolean): boolean {
  const table = app.activeTable;
  const row = table && table.cursor >= 0 ? table.row(table.cursor) : undefined;
  let text = row?.cells[table?.cursorColumn ?? 0] ?? null;
  const selection = app.nav.selection;
  if (text === null && selection?.kind === 'indicator') text = splitKey(selection.key).value;
  if (table?.table === 'indicators' && row) text = splitKey(row.id).value;
  if (text === null) return false;
  void app.copy(defanged ? defang(text) : text);
  return true;
}
