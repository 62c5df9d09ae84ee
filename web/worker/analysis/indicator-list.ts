import type { CellData } from '../../logs/cell';
import { parseNetwork, parseAddress, inNetwork } from '../../logs/address';
import { textTest } from '../../logs/match';
import type { Filter, Term } from '../../logs/filter-text';
import type { Mask } from '../../logs/select';
import type { Indicator, Sighting, Verdict } from '../../indicators/types';

const SEVERITY_RANK: Readonly<Record<string, number>> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 };

/** Earliest and latest sighting, microseconds. */
export function spanOf(indicator: Indicator): { first: number; last: number } {
  let first = Infinity;
  let last = -Infinity;
  for (const sighting of indicator.sightings) {
    if (sighting.first_seen < first) first = sighting.first_seen;
    if (sighting.last_seen > last) last = sighting.last_seen;
  }
  return { first, last };
}

const sum = (sightings: readonly Sighting[], of: (sighting: Sighting) => number): number => sightings.reduce((total, sighting) => total + of(sighting), 0);

/** The reasons as one line, weightiest first. */
export function whyText(indicator: Indicator): string {
  return [...indicator.reasons].sort((a, b) => b.points - a.points).map((reason) => reason.text).join('; ');
}

/** Value of a column of the indicator table. `verdict` is the analyst's own word. */
export function indicatorValue(indicator: Indicator, name: string, verdict: string | undefined): CellData {
  switch (name) {
    case 'severity': return indicator.severity;
    case 'score': return indicator.score;
    case 'kind': return indicator.kind;
    case 'value': return indicator.value;
    case 'why': return whyText(indicator);
    case 'confidence': return indicator.confidence;
    case 'verdict': return verdict ?? null;
    case 'first_seen': return indicator.sightings.length > 0 ? spanOf(indicator).first : null;
    case 'last_seen': return indicator.sightings.length > 0 ? spanOf(indicator).last : null;
    case 'count': return sum(indicator.sightings, (s) => s.count);
    case 'bytes': return Math.max(0, ...indicator.sightings.map((s) => s.orig_bytes + s.resp_bytes));
    case 'hosts': return [...new Set(indicator.sightings.flatMap((s) => s.hosts))];
    case 'roles': return [...new Set(indicator.sightings.map((s) => s.role))];
    case 'observed': return indicator.sightings.some((s) => s.observed);
    default: return null;
  }
}

/** Compares values of a column: numbers by size, severities by weight, text without case; no value last. */
export function compareValues(a: CellData, b: CellData, column: string): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (column === 'severity') return (SEVERITY_RANK[String(a)] ?? 0) - (SEVERITY_RANK[String(b)] ?? 0);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [String(a).toLowerCase(), String(b).toLowerCase()];
  return x < y ? -1 : x > y ? 1 : 0;
}

const COLUMNS = new Set(['severity', 'score', 'kind', 'value', 'why', 'confidence', 'verdict', 'count', 'bytes', 'hosts', 'roles', 'observed']);

/** A test of one term on rows that are objects; null when the term is none of their columns. */
export function objectTest(term: Term, columns: ReadonlySet<string>, prefix: string): ((get: (column: string) => CellData) => boolean) | null {
  const { field, op, value } = term;
  if (field === null) return null;
  const name = field.startsWith(`${prefix}.`) ? field.slice(prefix.length + 1) : field;
  if (!columns.has(name)) return null;
  const text = textTest(op, value);
  const number = Number(value.replaceAll(',', ''));
  return (get) => {
    const cell = get(name);
    if (cell === null) return false;
    if (typeof cell === 'number') {
      if (Number.isNaN(number)) return false;
      switch (op) {
        case '>': return cell > number;
        case '<': return cell < number;
        case '>=': return cell >= number;
        case '<=': return cell <= number;
        default: return cell === number;
      }
    }
    if (typeof cell === 'boolean') return ['yes', 'true', 't', '1'].includes(value.toLowerCase()) === cell;
    if (name === 'severity' && op !== '=' && op !== '~') {
      const [have, want] = [SEVERITY_RANK[String(cell)] ?? 0, SEVERITY_RANK[value.toLowerCase()] ?? 0];
      return op === '>' ? have > want : op === '<' ? have < want : op === '>=' ? have >= want : have <= want;
    }
    return typeof cell === 'string' ? text(cell) : (cell as readonly (string | number)[]).some((item) => text(String(item)));
  };
}

/** What a term on the traffic says of flows, by capture hash. */
export type FlowsByCapture = (term: Term) => ReadonlyMap<string, Mask>;

/**
 * A test of a filter on indicators: their own columns and value are looked at first; a term on the traffic (`port:443`)
 * fits when any flow that the sightings name does. Sightings name at most MAX_SIGHTING_FLOWS flows, the earliest.
 */
export function indicatorTest(filter: Filter, flowsOf: FlowsByCapture, verdictOf: (key: string) => string | undefined): (indicator: Indicator) => boolean {
  switch (filter.kind) {
    case 'all': return () => true;
    case 'not': {
      const part = indicatorTest(filter.part, flowsOf, verdictOf);
      return (indicator) => !part(indicator);
    }
    case 'and': case 'or': {
      const parts = filter.parts.map((part) => indicatorTest(part, flowsOf, verdictOf));
      return filter.kind === 'and' ? (indicator) => parts.every((part) => part(indicator)) : (indicator) => parts.some((part) => part(indicator));
    }
    case 'term': {
      const { field, value } = filter;
      if (field === 'indicator') return (indicator) => indicator.key === value || (!value.includes(':') && indicator.value === value);
      const own = objectTest(filter, COLUMNS, 'indicators');
      if (own) return (indicator) => own((column) => indicatorValue(indicator, column, verdictOf(indicator.key)));
      const wanted = value.toLowerCase();
      if (field === null) {
        return (indicator) => indicator.value.toLowerCase().includes(wanted) || indicator.kind.includes(wanted)
          || indicator.reasons.some((reason) => reason.text.toLowerCase().includes(wanted))
          || (indicator.file?.names.some((name) => name.toLowerCase().includes(wanted)) ?? false)
          || (verdictOf(indicator.key)?.includes(wanted) ?? false);
      }
      const network = field === 'host' || field === 'src' || field === 'dst' ? parseNetwork(value) : null;
      const flows = flowsOf(filter);
      return (indicator) => {
        if (network && (indicator.kind === 'ipv4-addr' || indicator.kind === 'ipv6-addr')) {
          const address = parseAddress(indicator.value);
          if (address && inNetwork(address, network)) return true;
        }
        return indicator.sightings.some((sighting) => {
          const mask = flows.get(sighting.capture);
          return mask !== undefined && sighting.flows.some((flow) => mask[flow] === 1);
        });
      };
    }
  }
}

/** The own verdict in the verdicts of an indicator. */
export function verdictTexts(verdicts: readonly Verdict[], author: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const verdict of verdicts) if (verdict.author === author || !texts.has(verdict.indicator)) texts.set(verdict.indicator, verdict.value);
  return texts;
}
