// What a field of a filter means: which columns of which logs it names.
import { SCHEMAS, SCHEMA_BY_NAME, type LogName } from '../engine/schema';
import { isWrittenLog, LOG_FIELDS } from './fields';
import type { Term } from './filter-text';
import { isComparable, type CodeName } from './match';
import { packetProtoName, weirdName } from './names/index';

/** Fields that are not columns: the columns that they mean in each log. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  host: ['id.orig_h', 'id.resp_h', 'orig_h', 'resp_h'],
  src: ['id.orig_h', 'orig_h'],
  dst: ['id.resp_h', 'resp_h'],
  port: ['id.orig_p', 'id.resp_p'],
  mac: ['orig_l2_addr', 'resp_l2_addr', 'src_mac', 'dst_mac', 'orig_hw', 'resp_hw'],
};

const INTERNAL_COLUMNS = new Set(['body', 'der']);

/** A column of a log, and the names of its codes where it shows those. */
export interface Target { readonly column: number; readonly nameOf: CodeName | null }

/** Columns of a log that a field means; [] when the log has none. */
export function columnsOf(log: LogName, field: string): readonly Target[] {
  const schema = SCHEMA_BY_NAME.get(log);
  if (!schema) return [];
  const written = isWrittenLog(log) ? LOG_FIELDS[log] : [];
  const named = (name: string): Target[] => {
    const shown = written.find((f) => f.name === name && f.column >= 0);
    if (shown) return [{ column: shown.column, nameOf: shown.nameOf }];
    const column = schema.byName.get(name);
    if (!column || INTERNAL_COLUMNS.has(name)) return [];
    const nameOf = log === 'packet' && name === 'proto' ? packetProtoName : log === 'weird' && name === 'weird' ? weirdName : null;
    return [{ column: column.index, nameOf }];
  };
  const group = GROUPS[field];
  if (group) return group.flatMap(named);
  const exact = named(field);
  if (exact.length > 0) return exact;
  // Column names are written in one case only, but AA, TTLs and Z in capitals.
  const folded = schema.columns.find((column) => column.name.toLowerCase() === field.toLowerCase());
  return folded ? named(folded.name) : [];
}

/** Splits `dns.query` into log and column; null when the first part is no log (`id.orig_h`). */
export function qualified(field: string): { log: LogName; column: string } | null {
  const dot = field.indexOf('.');
  if (dot < 0) return null;
  const log = field.slice(0, dot) as LogName;
  if (!SCHEMA_BY_NAME.has(log)) return null;
  return { log, column: field.slice(dot + 1) };
}

const VIRTUAL = new Set(['pkt', 'capture', 'indicator', 'flow', 'uid']);

/** True when any table knows the field. */
export function isKnownField(field: string): boolean {
  if (VIRTUAL.has(field) || field in GROUPS || /^(indicators|hosts)\./.test(field)) return true;
  const part = qualified(field);
  if (part) return columnsOf(part.log, part.column).length > 0 || (part.log === 'packet' && part.column === 'pkt');
  return SCHEMAS.some((schema) => columnsOf(schema.name, field).length > 0);
}

/** Types of columns whose values are numbers, with what a person types for them. */
const NUMBER_WORDS: Readonly<Record<string, string>> = {
  u8: 'a number', u16: 'a number', u32: 'a number', u64: 'a number, such as 1500 or 20kB', bool: 'true or false', interval: 'a time span, such as 2.5 or 300ms',
  time: 'a time, such as 2024-03-12T08:30:00Z',
};

/** What is wrong with the value of a term, as a sentence: text where every column that is meant holds numbers; else null. */
export function valueProblem({ field, op, value }: Term): string | null {
  if (field === null || VIRTUAL.has(field) || /^(indicators|hosts)\./.test(field)) return null;
  const part = qualified(field);
  const types = new Set<string>();
  for (const schema of SCHEMAS) {
    if (part && schema.name !== part.log) continue;
    for (const { column, nameOf } of columnsOf(schema.name, part?.column ?? field)) {
      const type = schema.columns[column]?.type ?? '';
      if (nameOf !== null || NUMBER_WORDS[type] === undefined || isComparable(op, value, type)) return null;
      types.add(type);
    }
  }
  const [type] = types;
  if (type === undefined) return null;
  const compares = type !== 'bool' ? /^([<>]=?)\s*(.+)$/.exec(value) : null;
  if (compares && isComparable(compares[1] as Term['op'], compares[2] ?? '', type)) return `To compare, leave the colon out: ${field}${value}`;
  return `"${value}" cannot be compared with ${field}, which is ${NUMBER_WORDS[type] ?? 'a number'}.`;
}

const SHOWN = new Map<LogName, readonly Target[]>();

/** Columns that a word is looked for in: those that are shown, each once. */
export function shownColumns(log: LogName): readonly Target[] {
  let shown = SHOWN.get(log);
  if (!shown) {
    const targets: Target[] = isWrittenLog(log)
      ? LOG_FIELDS[log].filter((field) => field.column >= 0).map(({ column, nameOf }) => ({ column, nameOf }))
      : (SCHEMA_BY_NAME.get(log)?.columns ?? []).map((column) => ({ column: column.index, nameOf: null }));
    SHOWN.set(log, shown = targets);
  }
  return shown;
}
