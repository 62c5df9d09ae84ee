import { EMPTY_SCOPE, type CaseEvent, type Chip, type Overview, type Result, type Saved, type Scope, type TableName, type Timeline } from '../worker/api';
import { IMPORTS, type Selection } from './address';
import { inspectCursor, runCommand } from './commands';
import { defang, splitKey } from './display';
import { INTAKE_BYTES, intakeOf } from './intake';
import { KeyReader, type Command } from './keys';
import type { Handle, MenuAction } from './menu';
import { Navigation } from './navigation.svelte';
import type { Analysis, CasePort, OpenPort } from './port';
import { Resource } from './resource.svelte';
import { RunState } from './run.svelte';
import { flipChip, isWhole, stepTime, valueChip, withChip, withoutChip, withoutTime, withTime } from './scope';
import { Settings } from './settings.svelte';
import { TableState } from './table.svelte';
import { wiresharkValue } from './wireshark';

export type DialogName = 'keys' | 'search' | 'advisory' | 'share' | 'store' | 'networks' | 'promise' | 'coverage' | 'export';

/** Bins of the timeline: about one for each two px of a wide screen. */
const TIMELINE_BINS = 480;
/** How long workers give way to each frame of what takes several to draw, in ms: the next one comes sooner. */
const DRAWING_MS = 60;
/** The page asks for the overview at most this often while a run goes on, in ms. */
const REFRESH_MS = 700;

/** The page's state and everything that a person can do. Components read it and call it, and hold nothing of their own. */
export class App {
  readonly settings = new Settings();
  readonly nav = new Navigation();
  readonly run = new RunState();
  readonly port: CasePort;
  readonly api: Analysis;
  readonly overview = new Resource<Overview>();
  readonly timeline = new Resource<Timeline>();
  readonly keys = new KeyReader();
  dialog = $state<DialogName | null>(null);
  searchText = $state('');
  menu = $state.raw<{ handle: Handle; x: number; y: number } | null>(null);
  /** Bundles that wait to be imported, one dialog after the other. */
  imports = $state.raw<readonly File[]>([]);
  /** Said to screen readers once, for example "Copied". */
  said = $state('');
  memory = $state(0);
  /** Set by components that own an input. */
  focusFilter: () => void = () => undefined;
  openPicker: () => void = () => undefined;
  focusInspector: () => void = () => undefined;

  private readonly tables = new Map<TableName, TableState>();
  private refreshTimer: ReturnType<typeof setTimeout> | null = null;
  private refreshedAt = 0;

  constructor(open: OpenPort) {
    this.port = open((event) => this.take(event));
    this.api = this.port.analysis;
  }

  /** A bundle was imported: there is something to see even without a capture. */
  imported = $state(false);
  readonly hasCase = $derived.by(() => this.run.captures.length > 0 || this.imported);
  /** More than one capture has packets: views say which one a row is of. */
  readonly several = $derived.by(() => this.run.captures.filter((capture) => capture.state !== 'failed' || capture.packets > 0).length > 1);
  readonly scoped = $derived.by(() => !isWhole(this.nav.scope));

  table(name: TableName): TableState {
    let found = this.tables.get(name);
    if (!found) {
      found = new TableState(this.api, name, (text) => this.run.tell('error', text));
      this.tables.set(name, found);
    }
    return found;
  }

  get activeTable(): TableState | null {
    return this.nav.view === 'overview' ? null : this.table(this.nav.view);
  }

  /** Something that takes several frames is being drawn; to be called in each of them. */
  drawing(): void {
    this.port.giveWay(DRAWING_MS);
  }

  // ------------------------------------------------------------------------------------------------- events of the case

  private take(event: CaseEvent): void {
    const ran = this.run.running;
    this.run.take(event);
    if (event.type === 'captures') {
      if (event.captures.length === 0) this.forget();
      this.tellAddress();
    }
    if ((event.type === 'captures' || event.type === 'queue') && !this.run.running && this.run.captures.length > 0 && (ran || this.run.done === null)) void this.settle();
    if (event.type === 'changed') {
      this.memory = this.port.memory();
      this.growTables(!this.run.running);
      this.refreshSoon();
    }
  }

  /** The address names what the case consists of, so that a reload finds it again. */
  private tellAddress(): void {
    this.nav.setCaptures([...this.run.captures.map((capture) => capture.sha256).filter((hash) => hash !== ''), ...(this.imported ? [IMPORTS] : [])]);
  }

  /** Indicators came with a bundle, now or at another time. */
  tookImport(): void {
    this.imported = true;
    this.tellAddress();
    this.table('indicators').renew(true);
    this.refresh();
  }

  /** Shows what was imported at another time. */
  async openImports(): Promise<boolean> {
    const answer = await this.api.openImports();
    if (!answer.ok) this.run.tell('warning', answer.error);
    else if (answer.value > 0) this.tookImport();
    return answer.ok && answer.value > 0;
  }

  /** The case is gone (its worker died): nothing of it may stay on screen. */
  private forget(): void {
    this.run.done = null;
    this.overview.clear();
    this.timeline.clear();
    this.tables.clear();
    this.nav.select(null, 'replace');
  }

  /** Every run has ended: figures, and everything on screen once more. */
  private async settle(): Promise<void> {
    try {
      const whole = await this.api.overview(EMPTY_SCOPE);
      if (this.run.running) return;
      this.run.done = { packets: whole.packets, bytes: whole.bytes, flows: whole.flows, indicators: whole.counts.indicators ?? whole.indicators.length };
    } catch (error) {
      this.run.tell('error', `The results could not be summed up: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.memory = this.port.memory();
    this.growTables(true);
    this.refresh();
  }

  /** The table on screen follows; the others when they are shown again. */
  private growTables(final: boolean): void {
    for (const table of this.tables.values()) {
      if (table.table === this.nav.view) table.grew(final);
      else table.stale = true;
    }
  }

  private refreshSoon(): void {
    if (this.refreshTimer !== null) return;
    const wait = Math.max(0, REFRESH_MS - (performance.now() - this.refreshedAt));
    // After the end, late facts (hashes, indicators of bodies) change the figures too.
    this.refreshTimer = setTimeout(() => { if (this.run.running) this.refresh(); else void this.settle(); }, wait);
  }

  /** Asks for overview and timeline of the scope anew. */
  refresh(): void {
    if (this.refreshTimer !== null) clearTimeout(this.refreshTimer);
    this.refreshTimer = null;
    this.refreshedAt = performance.now();
    if (!this.hasCase) return;
    const scope = this.nav.scope;
    this.overview.ask(() => this.api.overview(scope));
    this.timeline.ask(() => this.api.timeline(withoutTime(scope), TIMELINE_BINS));
  }

  // ------------------------------------------------------------------------------------------------------------- files

  /** Files from the button or dropped anywhere: bundles are imported, packets reattached, the rest analysed. */
  async takeFiles(files: readonly File[]): Promise<void> {
    const captures: File[] = [];
    for (const file of files) {
      const head = new Uint8Array(await file.slice(0, INTAKE_BYTES).arrayBuffer());
      if (intakeOf(file.name, head) === 'bundle') this.imports = [...this.imports, file];
      else if (!(await this.reattached(file))) captures.push(file);
    }
    if (captures.length === 0) return;
    this.run.opening = captures.map((file) => file.name).join(', ');
    try {
      await this.port.open(captures);
    } catch (error) {
      this.run.tell('error', `The capture could not be opened: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.run.opening = '';
    }
  }

  private async reattached(file: File): Promise<boolean> {
    if (!this.run.captures.some((capture) => !capture.attached && capture.state !== 'running' && capture.size === file.size)) return false;
    const answer = await this.port.attach(file);
    if (answer.ok) this.run.tell('info', `The packets of ${file.name} are at hand again.`);
    return answer.ok;
  }

  async openSample(): Promise<void> {
    try {
      const answer = await fetch(new URL('sample/incident.pcapng', document.baseURI));
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      await this.takeFiles([new File([await answer.blob()], 'incident.pcapng')]);
    } catch (error) {
      this.run.tell('error', `The sample could not be loaded: ${error instanceof Error ? error.message : String(error)}. Any capture of your own will do.`);
    }
  }

  /** Opens what the address names from the store, after a reload. */
  async restore(): Promise<void> {
    const named = this.nav.namedCaptures;
    if (named.length === 0) return;
    const missing: string[] = [];
    for (const hash of named) {
      const opened = hash === IMPORTS ? await this.openImports() : (await this.api.openHistory(hash)).ok;
      if (!opened) missing.push(hash);
    }
    if (missing.length < named.length) await this.tellOpened();
    if (missing.length > 0) {
      this.run.tell('info', 'This address belongs to a capture whose results are not kept in this browser. Open the capture again to see it.');
    }
  }

  async openHistory(sha256: string): Promise<boolean> {
    const answer = await this.api.openHistory(sha256);
    if (!answer.ok) {
      this.run.tell('warning', answer.error);
      return false;
    }
    await this.tellOpened();
    return true;
  }

  private async tellOpened(): Promise<void> {
    this.take({ type: 'captures', captures: await this.api.captures() });
    this.take({ type: 'changed', version: this.run.version + 1 });
  }

  /** Ends every run with what there is; says so at once, because handing over what was read takes a moment. */
  stop(): void {
    this.run.stopping = this.run.running;
    this.port.stop();
  }

  /** Leaves the case: the page begins anew, what is kept stays kept. */
  closeCase(): void {
    this.port.stop();
    history.pushState(null, '', location.pathname + location.search);
    location.reload();
  }

  // ------------------------------------------------------------------------------------------------------------- scope

  setScope(scope: Scope, how: 'push' | 'replace' = 'push'): void {
    this.nav.setScope(scope, how);
  }

  addChip(chip: Chip): void { this.setScope(withChip(this.nav.scope, chip)); }
  removeChip(index: number): void { this.setScope(withoutChip(this.nav.scope, index)); }
  flipChip(index: number): void { this.setScope(flipChip(this.nav.scope, index)); }
  setTime(from: number | null, to: number | null): void { this.setScope(withTime(this.nav.scope, from, to)); }
  setText(text: string): void { this.setScope({ ...this.nav.scope, text }, 'replace'); }
  clearScope(): void { if (this.scoped) this.setScope(EMPTY_SCOPE); }

  stepTime(direction: -1 | 1): void {
    const line = this.timeline.value;
    if (line) this.setScope(stepTime(this.nav.scope, direction, line.from, line.to));
  }

  /** Packets of one flow: the view Packets, scoped to it. */
  showFlowPackets(capture: number, flow: number): void {
    this.nav.jump({ view: 'packet', scope: { ...EMPTY_SCOPE, chips: this.flowChips(capture, flow) } });
  }

  flowChips(capture: number, flow: number): readonly Chip[] {
    const chips = [valueChip('flow', String(flow))];
    return this.run.captures.length > 1 ? [valueChip('capture', String(capture)), ...chips] : chips;
  }

  /** A view scoped to one indicator. */
  showIndicatorRows(key: string, view: TableName): void {
    this.nav.jump({ view, scope: { ...EMPTY_SCOPE, chips: [valueChip('indicator', key)] } });
  }

  // ------------------------------------------------------------------------------------------------------- handles, menu

  openMenu(handle: Handle, x: number, y: number): void { this.menu = { handle, x, y }; }
  closeMenu(): void { this.menu = null; }

  /** Selects what the inspector shows. */
  inspect(selection: Selection | null, how: 'push' | 'replace' = 'push'): void { this.nav.select(selection, how); }

  act(action: MenuAction, handle: Handle): void {
    const plain = handle.field === 'indicator' ? splitKey(handle.value).value : handle.value;
    switch (action) {
      case 'include': this.addChip(valueChip(handle.field, handle.value)); break;
      case 'exclude': this.addChip(valueChip(handle.field, handle.value, true)); break;
      case 'only': this.setScope({ ...EMPTY_SCOPE, chips: [valueChip(handle.field, handle.value)] }); break;
      case 'inspect': if (handle.inspect) this.inspect(handle.inspect); break;
      case 'copy-defanged': void this.copy(defang(plain)); break;
      case 'copy-plain': void this.copy(plain); break;
      case 'copy-wireshark': void this.copy(wiresharkValue(handle.field, handle.value) ?? ''); break;
      case 'search-history':
        this.searchText = plain;
        this.dialog = 'search';
        break;
    }
  }

  async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.say(`Copied ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`);
    } catch {
      this.run.tell('warning', 'The browser did not allow copying. Select the text and copy it by hand.');
    }
  }

  say(text: string): void {
    this.said = '';
    queueMicrotask(() => { this.said = text; });
  }

  /** Hands a file to the browser's downloads. */
  save(answer: Result<Saved>): boolean {
    if (!answer.ok) {
      this.run.tell('error', answer.error);
      return false;
    }
    const { name, type, bytes } = answer.value;
    const address = URL.createObjectURL(new Blob([bytes], { type }));
    const anchor = document.createElement('a');
    anchor.href = address;
    anchor.download = name;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    this.say(`Saved ${name}`);
    return true;
  }

  async savePackets(capture: number, what: { flow: number } | { scope: Scope }): Promise<void> {
    this.save(await this.api.savePackets(capture, what));
  }

  async copyWireshark(scope: Scope): Promise<void> {
    const answer = await this.api.wiresharkFilter(scope);
    if (answer.ok) await this.copy(answer.value);
    else this.run.tell('warning', answer.error);
  }

  async exportTable(name: TableName, format: 'csv' | 'json' | 'zeek-tsv' | 'zeek-json', columns: readonly string[]): Promise<void> {
    const sort = this.nav.sort(name);
    this.save(await this.api.exportTable({
      table: name, scope: this.nav.scope, sort: sort?.column ?? null, descending: sort?.descending ?? false, columns: [...columns],
      timeZone: this.settings.timeZone,
    }, format));
  }

  // -------------------------------------------------------------------------------------------------------------- keys

  /** Runs a command of the key table. @returns false when there was nothing to do */
  command(command: Command): boolean { return runCommand(this, command); }

  /** While the inspector is open it follows the cursor. */
  followCursor(): void {
    if (this.nav.selection) inspectCursor(this, 'replace');
  }

  /** The selection that a row of a table stands for. */
  selectionOf(table: TableName, row: { id: string; capture: number; pkt: number }): Selection {
    if (table === 'indicators') return { kind: 'indicator', key: row.id };
    if (table === 'packet' && row.pkt > 0) return { kind: 'packet', capture: row.capture, pkt: row.pkt };
    return { kind: 'row', table, id: row.id };
  }
}
