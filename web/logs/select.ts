import type { LogName } from '../engine/schema';
import { parseAddress, type Network } from './address';
import type { Filter, Term } from './filter-text';
import { matchAddress, matchColumn, parseNetworkList, type ChunkSource } from './match';
import { columnsOf, qualified, shownColumns } from './meant-columns';
import { u32Words } from './order';
import type { CaptureTables } from './table';

/** One byte a row: 1 = selected. */
export type Mask = Uint8Array;

/** What a selection needs to know beyond the tables. */
export interface SelectContext {
  /** Number of the capture in the case, and its name. */
  readonly capture: { readonly id: number; readonly name: string };
  /** Addresses that go by a name (whole or, with `part`, any piece of it). */
  readonly addressesNamed?: (name: string, part: boolean) => readonly Uint8Array[];
  /** Rows of a log that an indicator (`${kind}:${value}`) stands in or whose flow carried it; null when it is not known. */
  readonly indicatorTerms?: (key: string, log: LogName) => Filter | null;
  /** Flows of a term on the tables that are no logs (`indicators.severity`, `hosts.services`); null when it is none. */
  readonly flowsOf?: (term: Term) => Mask | null;
}

/** Logs whose rows a term may be looked for in when the log at hand has no such field, in this order. */
const SOURCES: readonly LogName[] = ['conn', 'dns', 'http', 'ssl', 'files', 'x509', 'weird'];

/** Terms over other logs whose flows are remembered, a byte a flow each. */
const MAX_FLOW_MASKS = 24;

/** Addresses of a name that a word is also looked for by, at most. */
const MAX_NAMED = 64;

/** Evaluates filters over the logs of one capture. Use a new one when tables have grown. */
export class Selector {
  private readonly flowMasks = new Map<string, Mask>();

  constructor(private readonly tables: CaptureTables, private readonly context: SelectContext) {}

  /** Rows of a log that fit a filter, or null for all of them. */
  select(log: LogName, filter: Filter): Mask | null {
    if (filter.kind === 'all') return null;
    return this.evaluate(log, filter);
  }

  /** Flows (by ordinal) that any row of conn with this filter has. */
  flows(filter: Filter): Mask {
    return this.flowsWith('conn', this.evaluate('conn', filter));
  }

  private rows(log: LogName): number {
    return this.tables.get(log)?.rows ?? 0;
  }

  private evaluate(log: LogName, filter: Filter): Mask {
    const rows = this.rows(log);
    switch (filter.kind) {
      case 'all': return new Uint8Array(rows).fill(1);
      case 'term': return this.term(log, filter);
      case 'not': {
        const mask = this.evaluate(log, filter.part);
        for (let i = 0; i < rows; i++) mask[i] = mask[i]! ^ 1;
        return mask;
      }
      case 'and': {
        const [first, ...rest] = filter.parts;
        const mask = first ? this.evaluate(log, first) : new Uint8Array(rows).fill(1);
        for (const part of rest) {
          const other = this.evaluate(log, part);
          for (let i = 0; i < rows; i++) mask[i] = mask[i]! & other[i]!;
        }
        return mask;
      }
      case 'or': {
        const mask = new Uint8Array(rows);
        for (const part of filter.parts) {
          const other = this.evaluate(log, part);
          for (let i = 0; i < rows; i++) mask[i] = mask[i]! | other[i]!;
        }
        return mask;
      }
    }
  }

  private term(log: LogName, term: Term): Mask {
    const { field, value } = term;
    const rows = this.rows(log);
    if (field === null) return this.word(log, value);
    if (field === 'capture') {
      const fits = value === String(this.context.capture.id) || value.toLowerCase() === this.context.capture.name.toLowerCase();
      return new Uint8Array(rows).fill(fits ? 1 : 0);
    }
    if (field === 'indicator') {
      const filter = this.context.indicatorTerms?.(value, log) ?? null;
      return filter ? this.evaluate(log, filter) : new Uint8Array(rows);
    }
    if (/^(indicators|hosts)\./.test(field)) {
      const flows = this.context.flowsOf?.(term) ?? null;
      return flows ? this.rowsWith(log, flows) : new Uint8Array(rows).fill(1);
    }
    const part = qualified(field);
    if (log === 'packet' && (field === 'pkt' || field === 'packet.pkt')) return this.packetNumber(term);
    if (part) {
      if (part.log === log) return this.direct(log, part.column, term);
      return this.across(log, [part.log], part.column, term);
    }
    if (log !== 'packet' && columnsOf(log, field).length > 0) return this.direct(log, field, term);
    if (log === 'packet' && !SOURCES.some((source) => columnsOf(source, field).length > 0)) return this.direct(log, field, term);
    if (log === 'packet' && (field === 'flow' || field === 'ts')) return this.direct(log, field, term);
    // The same thing stands in conn for every flow; only what conn has not is looked for in the other logs.
    const sources = columnsOf('conn', field).length > 0 ? (['conn'] as const) : SOURCES;
    const mask = this.across(log, sources, field, term);
    if (log === 'packet' && columnsOf('arp', field).length > 0) this.addArp(mask, field, term);
    return mask;
  }

  /** Rows whose own column fits. */
  private direct(log: LogName, field: string, term: Term): Mask {
    const table = this.tables.get(log);
    const mask = new Uint8Array(table?.rows ?? 0);
    if (!table) return mask;
    const port = table.column('id.resp_p');
    for (const { column, nameOf } of columnsOf(log, field)) {
      const mark = (row: number): void => { mask[row] = 1; };
      const understood = matchColumn(table, column, term.op, term.value, nameOf, port, mark);
      if (!understood && table.schema.columns[column]?.type === 'addr') {
        const named = this.context.addressesNamed?.(term.value, term.op === '~') ?? [];
        if (named.length > 0) matchAddress(table, column, named.map((bytes): Network => ({ bytes, bits: 128 })), mark);
      }
    }
    return mask;
  }

  /** Rows of a log whose flow has a fitting row in another log. */
  private across(log: LogName, sources: readonly LogName[], field: string, term: Term): Mask {
    const key = `${sources.join()} ${field} ${term.op} ${term.value}`;
    let flows = this.flowMasks.get(key);
    if (!flows) {
      flows = new Uint8Array(0);
      for (const source of sources) {
        if (source === log && source !== 'conn') continue;
        if (columnsOf(source, field).length === 0 || (this.tables.get(source)?.column('flow') ?? -1) < 0) continue;
        flows = union(flows, this.flowsWith(source, this.direct(source, field, term)));
      }
      if (this.flowMasks.size >= MAX_FLOW_MASKS) this.flowMasks.delete(this.flowMasks.keys().next().value as string);
      this.flowMasks.set(key, flows);
    }
    return this.rowsWith(log, flows);
  }

  /** Flows of the selected rows of a log. */
  flowsWith(log: LogName, mask: Mask): Mask {
    const table = this.tables.get(log);
    const column = table?.column('flow') ?? -1;
    if (!table || column < 0) return new Uint8Array(0);
    const values = u32Words(table, column);
    let most = 0;
    for (let row = 0; row < values.length; row++) if (mask[row] === 1 && values[row]! > most) most = values[row]!;
    const flows = new Uint8Array(most + 1);
    for (let row = 0; row < values.length; row++) if (mask[row] === 1) flows[values[row]!] = 1;
    flows[0] = 0;
    return flows;
  }

  /** Rows of a log whose flow is one of these. */
  rowsWith(log: LogName, flows: Mask): Mask {
    const table = this.tables.get(log);
    const column = table?.column('flow') ?? -1;
    const mask = new Uint8Array(table?.rows ?? 0);
    if (!table || column < 0) return mask;
    table.eachChunk((chunk, start) => {
      const { values } = chunk.columns[column]!;
      const words = new Uint32Array(values.buffer, values.byteOffset, chunk.rows);
      for (let r = 0; r < chunk.rows; r++) mask[start + r] = flows[words[r]!] ?? 0;
    });
    return mask;
  }

  private packetNumber(term: Term): Mask {
    const mask = new Uint8Array(this.rows('packet'));
    const n = Number(term.value);
    for (const part of term.op === '=' || term.op === '~' ? term.value.split(',') : []) {
      const [low = NaN, high = low] = part.split('-').map(Number);
      for (let pkt = Math.max(1, low); pkt <= Math.min(high, mask.length); pkt++) mask[pkt - 1] = 1;
    }
    if (term.op === '>' || term.op === '>=') mask.fill(1, Math.max(0, term.op === '>' ? n : n - 1));
    if (term.op === '<' || term.op === '<=') mask.fill(1, 0, Math.max(0, term.op === '<' ? n - 1 : n));
    return mask;
  }

  /** ARP packets have no flow: they are found by the ARP log. */
  private addArp(mask: Mask, field: string, term: Term): void {
    const arp = this.tables.get('arp');
    if (!arp) return;
    const rows = this.direct('arp', field, term);
    const pkt = arp.column('pkt');
    for (let row = 0; row < rows.length; row++) {
      const packet = rows[row] === 1 ? arp.num(row, pkt) - 1 : -1;
      if (packet >= 0 && packet < mask.length) mask[packet] = 1;
    }
  }

  /** Rows that show a word anywhere; packets by their flow. */
  private word(log: LogName, word: string): Mask {
    if (log === 'packet') return this.rowsWith('packet', this.flowsWith('conn', this.word('conn', word)));
    const table = this.tables.get(log);
    const mask = new Uint8Array(table?.rows ?? 0);
    if (!table) return mask;
    const mark = (row: number): void => { mask[row] = 1; };
    const networks = /[.:]/.test(word) ? parseNetworkList(word) : null;
    const whole = /^\d+$/.test(word);
    const named = log === 'conn' && word.length >= 3 ? (this.context.addressesNamed?.(word, true) ?? []).slice(0, MAX_NAMED) : [];
    const respPort = table.column('id.resp_p');
    // A chunk that lies on disk is read once, not once a column.
    table.eachChunk((chunk, start, c) => {
      const part: ChunkSource = { name: table.name, schema: table.schema, eachChunk: (take) => take(chunk, start, c) };
      for (const { column, nameOf } of shownColumns(log)) {
        switch (table.schema.columns[column]?.type) {
          case 'str': case 'strs': matchColumn(part, column, '~', word, null, -1, mark); break;
          case 'addr':
            if (named.length > 0) matchAddress(part, column, named.map((bytes): Network => ({ bytes, bits: 128 })), mark);
            if (networks) matchAddress(part, column, networks, mark);
            else if (/[.:]/.test(word) && parseAddress(word) === null && /^[0-9a-f:.]+$/i.test(word)) matchColumn(part, column, '~', word, null, -1, mark);
            break;
          case 'mac': if (/^([0-9a-f]{2}[:-]){2,5}[0-9a-f]{0,2}$/i.test(word)) matchColumn(part, column, '~', word, null, -1, mark); break;
          case 'u8': if (nameOf) matchColumn(part, column, '~', word, nameOf, respPort, mark); break;
          case 'u16':
            if (nameOf) matchColumn(part, column, '~', word, nameOf, respPort, mark);
            else if (whole) matchColumn(part, column, '=', word, null, -1, mark);
            break;
          default:
        }
      }
    });
    return mask;
  }
}

function union(a: Mask, b: Mask): Mask {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  for (let i = 0; i < short.length; i++) long[i] = long[i]! | short[i]!;
  return long;
}
