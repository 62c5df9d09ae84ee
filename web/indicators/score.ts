import type { Finding } from '../detect/types';
import { allowedAddress, allowedDomain, type AllowHit } from '../intel/allowlist';
import { KINDS, type Indicator, type IndicatorKind, type Reason, type Severity, type Verdict } from './types';

/** A reason below this is weak: however many there are, without one above it a score stays below `high`. */
export const STRONG_POINTS = 30;
/** Lowest scores of each severity. */
export const SEVERITY_SCORES: readonly (readonly [Severity, number])[] = [['critical', 90], ['high', 60], ['medium', 30], ['low', 10], ['info', -Infinity]];
/** Highest score that weak reasons reach together. */
const WEAK_CEILING = 55;
/** Reasons of one indicator at the most, best first. */
const MAX_REASONS = 24;
/** Evidence lists of one reason that stands for several. */
const MAX_REASON_EVIDENCE = 32;

/** What findings say of each indicator. */
export interface Given { readonly reasons: Reason[]; readonly confidences: number[] }

/**
 * Reasons of findings by indicator key; also the keys that findings make indicators of.
 * @param captures SHA-256 of the captures of the case, in its order
 */
export function reasonsByIndicator(findings: readonly Finding[], captures: readonly string[] = []): Map<string, Given> {
  const given = new Map<string, Given>();
  for (const finding of findings) {
    const touched = new Set<string>();
    // Packet numbers mean something within one capture only.
    const capture = captures.length > 1 ? captures[finding.capture] : undefined;
    for (const { indicator, reason } of finding.reasons) {
      let g = given.get(indicator);
      if (!g) given.set(indicator, g = { reasons: [], confidences: [] });
      g.reasons.push(capture === undefined ? reason : { ...reason, capture });
      if (touched.has(indicator)) continue;
      touched.add(indicator);
      g.confidences.push(finding.confidence);
    }
  }
  return given;
}

/**
 * One reason of each name: the strongest speaks, its evidence and a count stand for the others, and repetition adds a
 * little (a tenth for each doubling), so that a chatty detector does not make a verdict.
 */
function merge(reasons: readonly Reason[]): Reason[] {
  const byName = new Map<string, Reason[]>();
  for (const reason of reasons) {
    const list = byName.get(reason.name);
    if (list) list.push(reason);
    else byName.set(reason.name, [reason]);
  }
  return [...byName.values()].map((list) => {
    const best = list.reduce((a, b) => (b.points > a.points ? b : a));
    if (list.length === 1) return best;
    const union = (read: (reason: Reason) => readonly number[] | undefined): number[] =>
      [...new Set(list.filter((reason) => reason.capture === best.capture).flatMap((reason) => read(reason) ?? []))].sort((a, b) => a - b).slice(0, MAX_REASON_EVIDENCE);
    return {
      ...best, text: `${best.text} (and ${list.length - 1} more like it)`, points: Math.round(best.points * (1 + Math.log2(list.length) / 10)),
      flows: union((reason) => reason.flows), pkts: union((reason) => reason.pkts),
    };
  }).sort((a, b) => b.points - a.points || (a.name < b.name ? -1 : 1));
}

/** Severity of a score by SEVERITY_SCORES. */
export function severityOf(score: number): Severity {
  return SEVERITY_SCORES.find(([, least]) => score >= least)?.[0] ?? 'info';
}

/** What the score of an indicator is made of. */
export interface ScoreFacts {
  readonly kind: IndicatorKind;
  readonly value: string;
  readonly observed: boolean;
  /** How many different hosts of ours its sightings name. */
  hosts(): number;
  /** Values that it is tied to in a way. */
  tiedTo(relation: 'resolved-from' | 'served-for' | 'served-from'): readonly string[];
}

/** The score, and what it is made of. */
export type Score = Pick<Indicator, 'score' | 'severity' | 'confidence' | 'reasons'>;

/** Host of a normalised URL. */
function hostOf(url: string): string {
  const from = url.indexOf('://') + 3;
  let to = from;
  if (url[from] === '[') to = url.indexOf(']', from) + 1;
  else while (to < url.length && url[to] !== '/' && url[to] !== ':') to++;
  return url.slice(from, to);
}

/** The list that vouches for an indicator; null when none does. */
export function allowed(facts: Pick<ScoreFacts, 'kind' | 'value' | 'tiedTo'>): AllowHit | null {
  switch (facts.kind) {
    case 'domain-name': return allowedDomain(facts.value);
    case 'ipv4-addr': case 'ipv6-addr': return allowedAddress(facts.value) ?? byNames(facts.tiedTo('resolved-from'));
    case 'url': return allowedDomain(hostOf(facts.value));
    case 'x509-certificate': return byNames(facts.tiedTo('served-for'));
    case 'file': return byNames(facts.tiedTo('served-from').map(hostOf));
    default: return null;
  }
}

/** A thing is on a list when everything that it is tied to is; the weakest of those hits counts. */
function byNames(names: readonly string[]): AllowHit | null {
  let weakest: AllowHit | null = null;
  for (const name of names) {
    const hit = allowedDomain(name);
    if (!hit) return null;
    if (!weakest || hit.points > weakest.points) weakest = hit;
  }
  return weakest;
}

const NOTHING: Score = { score: 0, severity: 'info', confidence: 10, reasons: [] };

/**
 * The score of an indicator as a sum of named reasons: what findings say, less what lists and popularity say.
 * Never below 0; weak reasons alone stay below `high`.
 */
export function score(facts: ScoreFacts, given: Given | undefined): Score {
  const hit = allowed(facts);
  if (!given && !hit) return NOTHING;
  const reasons = merge(given?.reasons ?? []);
  const raised = reasons.reduce((sum, reason) => sum + reason.points, 0);
  const strong = reasons.some((reason) => reason.points >= STRONG_POINTS);
  let sum = strong ? raised : Math.min(raised, WEAK_CEILING);
  const lowered: Reason[] = [];
  const capped = sum - raised;
  if (hit) lowered.push({ name: 'allowlist', text: `is on the list “${hit.list}”`, points: hit.points });
  if (raised > 0 && !strong) {
    const hosts = facts.hosts();
    if (hosts >= 8) lowered.push({ name: 'popular', text: `${hosts} of our hosts use it`, points: -10 });
  }
  for (const reason of lowered) sum += reason.points;
  if (capped < 0) lowered.push({ name: 'weak-reasons-only', text: 'every reason is a weak one; together they count no further', points: capped });
  if (!facts.observed && sum > 0) {
    lowered.push({ name: 'only-mentioned', text: 'was only mentioned; no traffic went there', points: -Math.round(sum * 0.3) });
    sum -= Math.round(sum * 0.3);
  }
  sum = Math.max(0, Math.min(100, Math.round(sum)));
  // Independent findings make each other likelier: 1 − Π(1 − c).
  const doubt = (given?.confidences ?? []).slice(0, 16).reduce((left, c) => left * (1 - c / 100), 1);
  const confidence = reasons.length === 0 ? (hit ? 60 : 10) : Math.round(Math.min(95, (1 - doubt) * 100));
  return { score: sum, severity: severityOf(sum), confidence, reasons: [...reasons, ...lowered].slice(0, MAX_REASONS) };
}

/** `score` of an indicator that is at hand. */
export function scoreIndicator(indicator: Indicator, given: Given | undefined): Indicator {
  return {
    ...indicator,
    ...score({
      kind: indicator.kind, value: indicator.value, observed: isObserved(indicator),
      hosts: () => new Set(indicator.sightings.flatMap((sighting) => sighting.hosts)).size,
      tiedTo: (wanted) => indicator.related.filter(({ relation }) => relation === wanted).map(({ key }) => key.slice(key.indexOf(':') + 1)),
    }, given),
  };
}

const VERDICT_ORDER = ['unknown', 'benign', 'suspicious', 'malicious'] as const;

/**
 * An indicator under its analysts' verdicts, which outrank the score; of several analysts' words the gravest stands,
 * and each is named. `unknown` says nothing.
 */
export function applyVerdicts(indicator: Indicator, verdicts: readonly Verdict[]): Indicator {
  const spoken = verdicts.filter((verdict) => verdict.indicator === indicator.key && verdict.value !== 'unknown')
    .sort((a, b) => VERDICT_ORDER.indexOf(b.value) - VERDICT_ORDER.indexOf(a.value) || b.modified - a.modified);
  const gravest = spoken[0];
  if (!gravest) return indicator;
  const target = gravest.value === 'malicious' ? Math.max(indicator.score, 95) : gravest.value === 'suspicious' ? Math.max(indicator.score, 60) : 0;
  const words = spoken.map((verdict) => `${verdict.author_name || 'an analyst'} judged it ${verdict.value}`).join('; ');
  const reasons = [{ name: 'verdict', text: words, points: target - indicator.score }, ...indicator.reasons.filter((reason) => reason.name !== 'verdict')];
  return { ...indicator, score: target, severity: severityOf(target), confidence: Math.max(indicator.confidence, 90), reasons };
}

/** Best first: score, then confidence, then observed before mentioned, then first seen, then key. */
export function compareIndicators(a: Indicator, b: Indicator): number {
  return b.score - a.score || b.confidence - a.confidence || Number(isObserved(b)) - Number(isObserved(a))
    || KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || firstSeen(a) - firstSeen(b) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
}

function isObserved(indicator: Indicator): boolean {
  return indicator.sightings.some((sighting) => sighting.observed);
}

function firstSeen(indicator: Indicator): number {
  return indicator.sightings[0]?.first_seen ?? Infinity;
}
