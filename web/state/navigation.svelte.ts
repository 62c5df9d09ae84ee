import { EMPTY_SCOPE, type Scope, type TableName } from '../worker/api';
import { formatPlace, parsePlace, type Selection, type Sort } from './address';
import type { ViewName } from './views';

/** Where the person is: view, scope, sort, selection. The address bar's fragment says the same. */
export class Navigation {
  view = $state<ViewName>('overview');
  scope = $state.raw<Scope>(EMPTY_SCOPE);
  selection = $state.raw<Selection | null>(null);
  private sorts = $state.raw<Readonly<Partial<Record<ViewName, Sort | null>>>>({});
  private captures: readonly string[] = [];

  constructor() {
    this.follow();
  }

  /** Captures that the address names, as it was when the page was opened. */
  get namedCaptures(): readonly string[] {
    return this.captures;
  }

  sort(view: ViewName): Sort | null {
    return this.sorts[view] ?? null;
  }

  go(view: ViewName, selection: Selection | null = this.selection): void {
    if (view === this.view && selection === this.selection) return;
    this.view = view;
    this.selection = selection;
    this.write('push');
  }

  /** `replace` when the selection only follows the cursor. */
  select(selection: Selection | null, how: 'push' | 'replace' = 'push'): void {
    if (selection === null && this.selection === null) return;
    this.selection = selection;
    this.write(how);
  }

  setScope(scope: Scope, how: 'push' | 'replace' = 'push'): void {
    this.scope = scope;
    this.write(how);
  }

  /** Several at once, as one step of the history. */
  jump(to: { view?: ViewName; scope?: Scope; selection?: Selection | null }): void {
    if (to.view) this.view = to.view;
    if (to.scope) this.scope = to.scope;
    if (to.selection !== undefined) this.selection = to.selection;
    this.write('push');
  }

  setSort(table: TableName, sort: Sort | null): void {
    this.sorts = { ...this.sorts, [table]: sort };
    this.write('replace');
  }

  setCaptures(hashes: readonly string[]): void {
    if (hashes.join() === this.captures.join()) return;
    this.captures = hashes;
    this.write('replace');
  }

  /** Takes over what the address says (at the start, and after back and forward). */
  follow(): void {
    const place = parsePlace(location.hash);
    this.view = place.view;
    this.scope = place.scope;
    this.selection = place.selection;
    this.sorts = { ...this.sorts, [place.view]: place.sort };
    if (place.captures.length > 0) this.captures = place.captures;
  }

  private write(how: 'push' | 'replace'): void {
    const fragment = formatPlace({
      view: this.view, scope: this.scope, sort: this.sort(this.view), selection: this.selection, captures: this.captures,
    });
    if (fragment === location.hash) return;
    if (how === 'push') history.pushState(null, '', fragment);
    else history.replaceState(null, '', fragment);
  }
}
