import { analyseSteps, byIndicator, type RankedAnalysis } from '../../detect/analyse';
import type { CaptureInput } from '../../indicators/extract/index';
import { CaptureFacts } from '../../indicators/facts/index';
import { everyIndicator, RankedArray, Ranking, type Ranked } from '../../indicators/ranking';
import { applyVerdicts, compareIndicators } from '../../indicators/score';
import { runSteps, type Steps } from '../../indicators/steps';
import type { Indicator, Sighting, Verdict } from '../../indicators/types';
import { mergeIndicators, share, type SharedIndicator } from '../../bundle/index';
import { isLocal, parseNetworks, type Network } from '../../logs/address';
import type { SelectContext } from '../../logs/select';
import type { CaptureState } from './capture-state';
import { FlowSummary } from './flow-summary';
import { contextOf } from './filter-context';
import { verdictTexts } from './indicator-list';
import { LogValues } from './log-values';
import { NameTable } from './name-table';
import { way } from '../give-way';
import { pause } from '../pause';
import { Selections, type SelectionHost } from './selection';
import { FlowClasses } from './timeline';

/**
 * While a run goes on, indicators that took t to work out are shown for this many times t, and for two seconds at least.
 * None are worked out that would be out of date soon, because the run ends: at its end they are anyway.
 */
const INDICATOR_PATIENCE = 20;
const MIN_INDICATOR_MILLISECONDS = 2000;
const WORTHWHILE_MILLISECONDS = 5000;
/** Indicators are worked out for so many milliseconds at a time; between, questions are answered and rows taken in. */
export const STEP_MILLISECONDS = 15;

const EMPTY_ANALYSIS: RankedAnalysis = { ranking: new RankedArray([]), findings: [], caps: [] };

/** The captures of a case with everything that is worked out from them. */
export class Case implements SelectionHost {
  readonly names = new NameTable();
  readonly selections = new Selections(this);
  verdicts: readonly Verdict[] = [];
  /** STIX id of the person at this browser. */
  author = '';
  private list: CaptureState[] = [];
  private imported: readonly SharedIndicator[] = [];
  private networks: readonly Network[] = [];
  private networkTexts: readonly string[] = [];
  private bumps = 0;
  private readonly values = new Map<number, LogValues>();
  private readonly classes = new Map<number, FlowClasses>();
  private readonly facts = new Map<number, CaptureFacts>();
  private analysis: RankedAnalysis = EMPTY_ANALYSIS;
  private analysedVersion = -1;
  private analysedAt = 0;
  private analysisCost = 0;
  /** The indicators are being worked out, for the captures and networks of this number. */
  private underWay: Promise<void> | null = null;
  private underWayVersion = -1;
  private epoch = 0;
  private ranked: Ranked = EMPTY_ANALYSIS.ranking;
  private rankedFor: unknown = null;

  /** @param engine version of the engine, for what is shared */
  constructor(readonly engine: string) {}

  captures(): readonly CaptureState[] {
    return this.list;
  }

  version(): number {
    return this.list.reduce((sum, capture) => sum + capture.version, this.bumps);
  }

  /** Something other than rows changed (verdicts, hashes, imports). */
  bump(): void {
    this.bumps++;
  }

  add(capture: CaptureState): void {
    const before = this.capture(capture.id);
    this.bumps += before?.version ?? 0;
    if (before && before !== capture) {
      before.store.close();
      this.forgetAnalysis();
    }
    this.outdate();
    this.list = [...this.list.filter((other) => other.id !== capture.id), capture].sort((a, b) => a.id - b.id);
    this.values.set(capture.id, new LogValues(capture));
    this.classes.set(capture.id, new FlowClasses(capture));
    this.facts.delete(capture.id);
    this.analysedAt = performance.now();
    if (before) this.summary = null;
    this.bump();
  }

  remove(id: number): void {
    // The version must never fall.
    const capture = this.capture(id);
    this.bumps += capture?.version ?? 0;
    capture?.store.close();
    this.forgetAnalysis();
    this.list = this.list.filter((capture) => capture.id !== id);
    this.values.delete(id);
    this.classes.delete(id);
    this.facts.delete(id);
    this.summary = null;
    this.outdate();
    this.bump();
  }

  capture(id: number): CaptureState | undefined {
    return this.list.find((capture) => capture.id === id);
  }

  running(): boolean {
    return this.list.some((capture) => capture.state === 'running');
  }

  valuesOf(capture: CaptureState): LogValues {
    return this.values.get(capture.id) ?? new LogValues(capture);
  }

  classesOf(capture: CaptureState): Uint8Array {
    return (this.classes.get(capture.id) ?? new FlowClasses(capture)).update();
  }

  private summary: FlowSummary | null = null;

  /** Flows, hosts, protocols and talkers of the whole case. */
  wholeSummary(): FlowSummary {
    runSteps(this.summarySteps());
    return this.summary ??= new FlowSummary(this.isLocal);
  }

  private *summarySteps(): Steps<void> {
    const summary = this.summary ??= new FlowSummary(this.isLocal);
    for (const capture of this.list) yield* summary.updateSteps(capture);
  }

  /** Rows of a capture came: what is worked out of them row by row follows at once, or in spells while the page is used. */
  async grew(capture: CaptureState): Promise<void> {
    const { epoch } = this;
    for (const steps of [this.factsOf(capture).updateSteps(), this.summarySteps()]) {
      way.begin();
      // Whoever asks meanwhile goes through what is left at once.
      while (epoch === this.epoch && !steps.next().done) if (way.over()) await way.rest();
    }
  }

  private readonly factsFor = (capture: CaptureState): CaptureFacts => this.factsOf(capture);

  /** What was worked out of a capture's rows so far. */
  factsOf(capture: CaptureState): CaptureFacts {
    let facts = this.facts.get(capture.id);
    if (!facts) this.facts.set(capture.id, facts = new CaptureFacts(capture.tables, this.networks));
    return facts;
  }

  setLocalNetworks(prefixes: readonly string[]): void {
    this.networkTexts = prefixes;
    this.networks = parseNetworks(prefixes).networks;
    // Which addresses are ours is part of them.
    this.facts.clear();
    this.summary = null;
    this.outdate();
    this.bump();
  }

  localNetworks(): readonly string[] {
    return this.networkTexts;
  }

  readonly isLocal = (bytes: Uint8Array): boolean => isLocal(bytes, this.networks);

  /** The best name of an address. */
  nameOf(address: string): string | undefined {
    this.names.update(this.list, this.factsFor);
    return this.names.of(address);
  }

  /** Findings and caps of the last analysis. */
  current(): Pick<RankedAnalysis, 'findings' | 'caps'> {
    this.indicators();
    const { findings, caps } = this.analysis;
    return { findings, caps: [...caps, ...this.summary?.caps() ?? []] };
  }

  setVerdicts(verdicts: readonly Verdict[]): void {
    this.verdicts = verdicts;
    this.rankedFor = null;
    this.bump();
  }

  /** The hash of a capture is known: what was worked out with its stand-in stays, under the hash. */
  setSha256(capture: CaptureState, sha256: string): void {
    const before = capture.key;
    if (before === sha256) return;
    capture.sha256 = sha256;
    if (this.analysis.ranking instanceof Ranking) this.analysis.ranking.rename(before, sha256);
    this.rankedFor = null;
  }

  /** Indicators that came with bundles or from the history, beside those of the captures at hand. */
  addImported(incoming: readonly Indicator[]): { added: number; merged: number; unchanged: number } {
    const before = mergeIndicators(everyIndicator(this.indicatorsWithoutVerdicts()).map((one) => share(one, this.engine)), []).indicators;
    const shared = incoming.map((one) => share(one, this.engine));
    const { counts } = mergeIndicators(before, shared);
    this.imported = mergeIndicators(this.imported, shared).indicators;
    this.rankedFor = null;
    this.bump();
    return counts;
  }

  forgetImported(): void {
    this.imported = [];
    this.rankedFor = null;
    this.bump();
  }

  importedIndicators(): readonly SharedIndicator[] {
    return this.imported;
  }

  /** What was worked out is of other captures or networks; that of a capture that is gone cannot be read any more. */
  private outdate(): void {
    this.analysedVersion = -1;
    this.epoch++;
  }

  /** Grows when captures or networks change: what was made of them before is void. */
  generation(): number {
    return this.epoch;
  }

  private forgetAnalysis(): void {
    this.analysis = EMPTY_ANALYSIS;
    this.ranked = EMPTY_ANALYSIS.ranking;
    this.rankedFor = null;
  }

  private rowsVersion(): number {
    return this.list.reduce((sum, capture) => sum + capture.version, 0);
  }

  private inputs(): CaptureInput[] {
    return this.list.map((capture) => ({ tables: capture.tables, sha256: capture.key, name: capture.name, facts: this.factsOf(capture) }));
  }

  private analyse(): void {
    if (this.underWay !== null || this.rowsVersion() === this.analysedVersion) return;
    const now = performance.now();
    if (this.running()) {
      const due = now - this.analysedAt > Math.max(MIN_INDICATOR_MILLISECONDS, this.analysisCost * INDICATOR_PATIENCE);
      // Nor while the person scrolls: they wait until the hand rests.
      if (due && !way.inUse() && this.list.some((capture) => capture.state === 'running' && capture.remaining() > WORTHWHILE_MILLISECONDS)) void this.workOutSoon().catch(() => undefined);
      return;
    }
    const version = this.rowsVersion();
    this.took(this.list.length === 0 ? EMPTY_ANALYSIS : runSteps(analyseSteps(this.inputs())), version, performance.now() - now);
  }

  private took(analysis: RankedAnalysis, version: number, cost: number): void {
    this.analysis = analysis;
    this.analysedVersion = version;
    this.analysedAt = performance.now();
    this.analysisCost = cost;
    this.rankedFor = null;
  }

  /**
   * Sees to it that the indicators are those of all rows, once no run goes on; questions are answered meanwhile, from
   * what was worked out last. While a run goes on it returns at once.
   */
  async settle(): Promise<void> {
    while (!this.running() && this.list.length > 0 && (this.underWay !== null || this.rowsVersion() !== this.analysedVersion)) {
      // What is under way for fewer rows is given up.
      if (this.underWay !== null && this.underWayVersion !== this.rowsVersion()) this.epoch++;
      await (this.underWay ?? this.workOutSoon());
    }
  }

  private workOutSoon(): Promise<void> {
    return this.underWay = this.workOut().finally(() => { this.underWay = null; });
  }

  private async workOut(): Promise<void> {
    const { list, epoch } = this;
    this.analysedAt = performance.now();
    const version = this.rowsVersion();
    this.underWayVersion = version;
    // Once no run goes on everybody waits for the new indicators: the old ones need not lie beside them.
    if (!this.running()) this.forgetAnalysis();
    const inputs = this.inputs();
    const steps = this.everything(inputs);
    let cost = 0;
    for (let began = performance.now(); ;) {
      const step = steps.next();
      const now = performance.now();
      if (step.done) {
        // A hash may have become known meanwhile.
        const analysis = step.value;
        list.forEach((capture, i) => { if (analysis.ranking instanceof Ranking) analysis.ranking.rename(inputs[i]?.sha256 ?? '', capture.key); });
        this.took(analysis, version, cost + now - began);
        this.bump();
        return;
      }
      if (now - began < STEP_MILLISECONDS && !way.over()) continue;
      cost += now - began;
      await pause();
      await way.rest();
      // Captures or networks are others: begin anew.
      if (epoch !== this.epoch) return;
      began = performance.now();
    }
  }

  /** Sums of flows and hosts, then indicators. */
  private *everything(inputs: readonly CaptureInput[]): Steps<RankedAnalysis> {
    yield* this.summarySteps();
    return yield* analyseSteps(inputs);
  }

  private indicatorsWithoutVerdicts(): Ranked {
    this.analyse();
    if (this.imported.length === 0) return this.analysis.ranking;
    return new RankedArray(mergeIndicators(everyIndicator(this.analysis.ranking).map((one) => share(one, this.engine)), this.imported).indicators);
  }

  /** Every indicator of the case under the analysts' verdicts, best first. */
  indicators(): Ranked {
    this.analyse();
    if (this.rankedFor !== this.analysis) {
      const plain = this.indicatorsWithoutVerdicts();
      const about = byIndicator(this.verdicts);
      if (plain instanceof Ranking) this.ranked = plain.under(about);
      else {
        this.ranked = new RankedArray(everyIndicator(plain).map((one) => {
          const verdicts = about.get(one.key);
          return verdicts ? applyVerdicts(one, verdicts) : one;
        }).sort(compareIndicators));
      }
      this.rankedFor = this.analysis;
    }
    return this.ranked;
  }

  indicator(key: string): Indicator | undefined {
    const ranked = this.indicators();
    const place = ranked.placeOf(key);
    return place < 0 ? undefined : ranked.at(place);
  }

  verdictOf(): (key: string) => string | undefined {
    const texts = verdictTexts(this.verdicts, this.author);
    return (key) => texts.get(key);
  }

  /** Sightings of an indicator that are of this capture. */
  sightingsIn(indicator: Indicator, capture: CaptureState): readonly Sighting[] {
    return indicator.sightings.filter((sighting) => sighting.capture === capture.key);
  }

  contextOf(capture: CaptureState): SelectContext {
    return contextOf(this, capture);
  }

  /** Addresses that go by a name, or by a part of one. */
  addressesNamed(name: string, part: boolean): readonly Uint8Array[] {
    this.names.update(this.list, this.factsFor);
    return this.names.addressesNamed(name, part);
  }
}
