import { applyVerdicts, severityOf } from '../indicators/score';
import type { Indicator, Microseconds, Sighting, Verdict } from '../indicators/types';
import { canonicalJson, type Json } from './canonical';
import { MAX_MERGED_LIST } from './limits';

/** A sighting with the version of the engine that made it. */
export interface SharedSighting extends Sighting { readonly engine: string }

/** An indicator as it travels: with the engine that scored it and the time of its last change of content. */
export interface SharedIndicator extends Indicator {
  readonly sightings: readonly SharedSighting[];
  readonly engine: string;
  readonly modified: Microseconds;
}

/**
 * An indicator of this analysis, made ready to be shared or merged. Its score is the machine's own: verdicts travel as
 * notes of their authors and are applied on the other side (`applyVerdicts`).
 * @param engine version of the engine that analysed the captures
 */
export function share(indicator: Indicator, engine: string): SharedIndicator {
  const last = indicator.sightings.reduce((latest, sighting) => Math.max(latest, sighting.last_seen), 0);
  const known = indicator as Partial<SharedIndicator>;
  const verdict = indicator.reasons.find((reason) => reason.name === 'verdict');
  const score = Math.max(0, Math.min(100, indicator.score - (verdict?.points ?? 0)));
  return {
    ...indicator, score, severity: verdict ? severityOf(score) : indicator.severity, reasons: indicator.reasons.filter((reason) => reason !== verdict), engine: known.engine ?? engine, modified: known.modified ?? last,
    sightings: indicator.sightings.map((sighting) => ({ ...sighting, engine: (sighting as Partial<SharedSighting>).engine ?? engine })),
  };
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

/** Compares version texts such as `0.10.2+3f9c`: numbers as numbers, the rest as text. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string): string[] => text.split(/[.+\- ]/);
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [l, r] = [left[i] ?? '', right[i] ?? ''];
    const both = /^\d+$/.test(l) && /^\d+$/.test(r);
    const order = both ? Number(l) - Number(r) : l < r ? -1 : l > r ? 1 : 0;
    if (order !== 0) return order;
  }
  return 0;
}

/** A total order makes merging free of order: of two versions of one thing the greater stands, whoever comes first. */
function greater<T>(a: T, b: T, ...compare: readonly ((x: T, y: T) => number)[]): T {
  for (const order of compare) {
    const result = order(a, b);
    if (result !== 0) return result > 0 ? a : b;
  }
  return canonicalJson(asJson(a)) >= canonicalJson(asJson(b)) ? a : b;
}

const sightingKey = (sighting: Sighting): string => `${sighting.capture} ${sighting.role}`;

/** What a score consists of; it goes together, with what vouches for it. */
type Scored = Pick<SharedIndicator, 'score' | 'severity' | 'confidence' | 'reasons' | 'engine' | 'modified'>;

function scored({ score, severity, confidence, reasons, engine, modified }: SharedIndicator): Scored {
  return { score, severity, confidence, reasons, engine, modified };
}

/**
 * Two versions of one indicator as one: sightings of both (of one capture and role the newer engine's), the score of
 * the later `modified` (then the newer engine's, then the higher), names and relations of both. Idempotent, and free of
 * order and grouping.
 */
export function mergeIndicator(a: SharedIndicator, b: SharedIndicator): SharedIndicator {
  const sightings = new Map<string, SharedSighting>();
  for (const sighting of [...a.sightings, ...b.sightings]) {
    const known = sightings.get(sightingKey(sighting));
    sightings.set(sightingKey(sighting), known ? greater(known, sighting, (x, y) => compareVersions(x.engine, y.engine), (x, y) => x.count - y.count) : sighting);
  }
  const score = greater(scored(a), scored(b), (x, y) => x.modified - y.modified, (x, y) => compareVersions(x.engine, y.engine), (x, y) => x.score - y.score);
  const related = new Map<string, { key: string; relation: string }>();
  for (const one of [...a.related, ...b.related]) related.set(`${one.key} ${one.relation}`, one);
  const file = mergeFacts(a.file, b.file);
  const certificate = mergeFacts(a.certificate, b.certificate);
  return {
    key: a.key, kind: a.kind, value: a.value, ...score,
    sightings: [...sightings.values()].sort((x, y) => x.first_seen - y.first_seen || (sightingKey(x) < sightingKey(y) ? -1 : 1)),
    related: [...related].sort(([x], [y]) => (x < y ? -1 : 1)).slice(0, MAX_MERGED_LIST).map(([, one]) => one),
    ...(file ? { file } : {}), ...(certificate ? { certificate } : {}),
  };
}

function mergeFacts<T extends { readonly names: readonly string[] }>(a: T | undefined, b: T | undefined): T | undefined {
  if (!a || !b) return a ? normalFacts(a) : b ? normalFacts(b) : undefined;
  const names = [...new Set([...a.names, ...b.names])].sort().slice(0, MAX_MERGED_LIST);
  // Compared without their names: what stands must not hang on which names were merged before.
  return { ...greater({ ...a, names: [] }, { ...b, names: [] }, (x, y) => Object.keys(x).length - Object.keys(y).length), names };
}

function normalFacts<T extends { readonly names: readonly string[] }>(facts: T): T {
  return { ...facts, names: [...new Set(facts.names)].sort().slice(0, MAX_MERGED_LIST) };
}

export interface MergeCounts { readonly added: number; readonly merged: number; readonly unchanged: number }

/** All indicators of both sides by key; `ours` first. Counts say what the incoming side changed. */
export function mergeIndicators(ours: readonly SharedIndicator[], incoming: readonly SharedIndicator[]): { indicators: SharedIndicator[]; counts: MergeCounts } {
  const byKey = new Map(ours.map((indicator) => [indicator.key, mergeIndicator(indicator, indicator)]));
  let [added, merged, unchanged] = [0, 0, 0];
  for (const indicator of incoming) {
    const known = byKey.get(indicator.key);
    const result = mergeIndicator(known ?? indicator, indicator);
    if (!known) added++;
    else if (canonicalJson(asJson(known)) === canonicalJson(asJson(result))) unchanged++;
    else merged++;
    byKey.set(indicator.key, result);
  }
  return { indicators: [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1)), counts: { added, merged, unchanged } };
}

/** Verdicts of both sides: one an author and indicator, the later `modified`; no author's word touches another's. */
export function mergeVerdicts(ours: readonly Verdict[], incoming: readonly Verdict[]): Verdict[] {
  const byKey = new Map<string, Verdict>();
  for (const verdict of [...ours, ...incoming]) {
    const key = `${verdict.author} ${verdict.indicator}`;
    const known = byKey.get(key);
    byKey.set(key, known ? greater(known, verdict, (x, y) => x.modified - y.modified) : verdict);
  }
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, verdict]) => verdict);
}

/** Indicators under every analyst's verdict, best known last word first. */
export function underVerdicts(indicators: readonly SharedIndicator[], verdicts: readonly Verdict[]): Indicator[] {
  return indicators.map((indicator) => applyVerdicts(indicator, verdicts.filter((verdict) => verdict.indicator === indicator.key)));
}
