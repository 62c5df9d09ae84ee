import type { Chip, Scope } from '../api';
import { both, parseFilter, termsOf, type Filter } from '../../logs/filter-text';
import { isKnownField, valueProblem } from '../../logs/meant-columns';

/** Chips of these fields narrow one another down (flows between two hosts); of others, any of the values will do. */
const NARROWING = new Set(['host', 'mac', 'indicator']);

function chipFilter(chip: Chip): Filter {
  const part: Filter = { kind: 'term', field: chip.field, op: chip.op, value: chip.value };
  return chip.exclude ? { kind: 'not', part } : part;
}

/**
 * Chips and typed text as one filter: all must hold, but of several including `=` chips of one field any will do (two
 * ports, two services), unless the field is in NARROWING. Time is not part of it.
 */
export function scopeFilter(scope: Scope): { filter: Filter; problem: string | null } {
  const parts: Filter[] = [];
  const alternatives = new Map<string, Filter[]>();
  for (const chip of scope.chips) {
    const filter = chipFilter(chip);
    if (chip.exclude || chip.op !== '=' || NARROWING.has(chip.field)) { parts.push(filter); continue; }
    const list = alternatives.get(chip.field);
    if (list) list.push(filter);
    else alternatives.set(chip.field, [filter]);
  }
  for (const list of alternatives.values()) parts.push(list.length === 1 ? (list[0] as Filter) : { kind: 'or', parts: list });
  const typed = parseFilter(scope.text);
  let { problem } = typed;
  let text: Filter = typed.filter;
  const unknown = termsOf(text).find((term) => term.field !== null && !isKnownField(term.field));
  if (unknown) {
    problem = `There is no field "${unknown.field}". Try host, port, proto, service, a column such as id.resp_p, or dns.query; quote words that have a colon in them.`;
    text = { kind: 'all' };
  } else {
    const wrong = termsOf(text).map(valueProblem).find((sentence) => sentence !== null);
    if (wrong) {
      problem = wrong;
      text = { kind: 'all' };
    }
  }
  return { filter: both(...parts, text), problem };
}

/** True when the scope leaves nothing out. */
export function isWhole(scope: Scope): boolean {
  return scope.from === null && scope.to === null && scope.chips.length === 0 && scope.text.trim() === '';
}

/** What makes two scopes the same selection. */
export function scopeKey(scope: Scope): string {
  return JSON.stringify([scope.from, scope.to, scope.chips.map((chip) => [chip.field, chip.op, chip.value, chip.exclude]), scope.text.trim()]);
}
