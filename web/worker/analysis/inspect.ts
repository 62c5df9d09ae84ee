import * as abi from '../../../assembly/abi/logs';
import type { Indicator } from '../../indicators/types';
import { parseAddress } from '../../logs/address';
import type { Term } from '../../logs/filter-text';
import { EMPTY_SCOPE, type Field, type IndicatorDetail, type Result, type RowDetail, type Scope, type TableName, type TableRow, type TimeZone } from '../api';
import type { CaptureState } from './capture-state';
import type { Case } from './case';
import { cellText, grouped } from './cells';
import { TABLE_COLUMNS } from './columns';
import { indicatorValue, whyText } from './indicator-list';
import type { LogTableName } from './log-values';
import type { StorePort } from './store-port';
import type { Tables } from './tables';
import { flowFilter, MAX_FILTER_PARTS, scopeToWireshark } from './wireshark';

/** Rows of other logs that are listed beside a row, and flows beside an indicator, at most. */
const MAX_RELATED = 200;
const LOGS: readonly LogTableName[] = ['conn', 'dns', 'http', 'ssl', 'x509', 'files', 'weird'];

/** What a row of each log is about, in one line: these columns, joined. */
const GIST: Readonly<Record<LogTableName, readonly string[]>> = {
  conn: ['id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'service', 'conn_state'],
  dns: ['query', 'qtype_name', 'rcode_name', 'answers'], http: ['method', 'host', 'uri', 'status_code', 'resp_mime_types'],
  ssl: ['server_name', 'version', 'cipher', 'ja4'], x509: ['certificate.subject', 'certificate.issuer'],
  files: ['source', 'mime_type', 'filename', 'sha256'], weird: ['name', 'addl'], arp: ['operation', 'orig_h', 'orig_hw', 'resp_h'],
  packet: ['pkt', 'src', 'dst', 'proto', 'len'],
};

/** Everything about one thing. */
export class Inspection {
  constructor(private readonly data: Case, private readonly tables: Tables, private readonly store: StorePort) {}

  private find(id: string, table: LogTableName): { capture: CaptureState; row: number } | null {
    const match = /^(\d+):(\d+)$/.exec(id);
    const capture = match ? this.data.capture(Number(match[1])) : undefined;
    const row = Number(match?.[2]);
    return capture && row < capture.table(table).rows ? { capture, row } : null;
  }

  gist(table: LogTableName, capture: CaptureState, row: number): string {
    const values = this.data.valuesOf(capture);
    const columns = new Map(TABLE_COLUMNS[table].map((column) => [column.name, column]));
    return GIST[table].map((name) => cellText(values.value(table, row, name), columns.get(name) ?? { name, kind: 'text' }, 'UTC')).filter((text) => text !== null && text !== '').join(' ');
  }

  row(table: TableName, id: string, zone: TimeZone): Result<RowDetail> {
    if (table === 'hosts') return this.host(id, zone);
    if (table === 'indicators') return this.indicatorRow(id, zone);
    const found = this.find(id, table);
    if (!found) return { ok: false, error: 'This row is not there any more. The capture it came from may have been closed.' };
    const { capture, row } = found;
    const values = this.data.valuesOf(capture);
    const fields: Field[] = [];
    for (const column of TABLE_COLUMNS[table]) {
      const text = cellText(values.value(table, row, column.name), column, zone);
      if (text !== null) fields.push({ name: column.name, value: text });
    }
    const flow = values.flow(table, row);
    const pkt = values.pkt(table, row);
    const connRow = values.connRow(flow);
    const uid = connRow >= 0 ? capture.table('conn').str(connRow, abi.COL_UID) : String(values.value(table, row, 'uid') ?? '');
    const arp = table === 'arp' || (table === 'packet' && flow === 0);
    return {
      ok: true,
      value: {
        table, id, capture: capture.id, fields, flow, pkt, uid, related: this.related(capture, flow, table, row),
        indicators: this.indicatorsOf(capture, flow, pkt, fields),
        wireshark: arp || connRow < 0 ? `frame.number == ${pkt}` : flowFilter(capture.table('conn'), connRow),
      },
    };
  }

  private related(capture: CaptureState, flow: number, table: TableName, row: number): RowDetail['related'] {
    const related: { table: TableName; id: string; text: string }[] = [];
    if (flow === 0) return related;
    for (const log of LOGS) {
      const rows = capture.table(log);
      const column = rows.column('flow');
      if (column < 0) continue;
      if (log === 'conn') {
        const connRow = this.data.valuesOf(capture).connRow(flow);
        if (connRow >= 0 && table !== 'conn') related.push({ table: log, id: `${capture.id}:${connRow}`, text: this.gist(log, capture, connRow) });
        continue;
      }
      rows.eachChunk((chunk, start) => {
        const { values } = chunk.columns[column]!;
        const flows = new Uint32Array(values.buffer, values.byteOffset, chunk.rows);
        for (let r = flows.indexOf(flow); r >= 0 && related.length < MAX_RELATED; r = flows.indexOf(flow, r + 1)) {
          const other = start + r;
          if (log !== table || other !== row) related.push({ table: log, id: `${capture.id}:${other}`, text: this.gist(log, capture, other) });
        }
      });
    }
    return related;
  }

  /** Indicators whose value the row shows, or that were sighted in its flow or packet. */
  private indicatorsOf(capture: CaptureState, flow: number, pkt: number, fields: readonly Field[]): string[] {
    const values = new Set(fields.flatMap((field) => [field.value.toLowerCase(), ...field.value.toLowerCase().split(', ')]));
    return this.keysWhere((indicator) => values.has(indicator.value.toLowerCase())
      || indicator.sightings.some((sighting) => sighting.capture === capture.sha256 && ((flow > 0 && sighting.flows.includes(flow) && sighting.pkts.includes(pkt)) || (flow === 0 && sighting.pkts.includes(pkt)))));
  }

  /** Keys of the first indicators that fit. */
  private keysWhere(test: (indicator: Indicator) => boolean): string[] {
    const ranked = this.data.indicators();
    const keys: string[] = [];
    for (let place = 0; place < ranked.length && keys.length < MAX_RELATED; place++) {
      const indicator = ranked.light(place);
      if (test(indicator)) keys.push(indicator.key);
    }
    return keys;
  }

  private host(address: string, zone: TimeZone): Result<RowDetail> {
    const host = this.data.wholeSummary().hosts.find(address);
    if (!host) return { ok: false, error: `${address} is not among the hosts of this case.` };
    const fields = TABLE_COLUMNS.hosts.map((column) => ({ name: column.name, value: cellText(this.tables.hostValue(host, column.name), column, zone) }))
      .filter((field): field is Field => field.value !== null);
    const scope: Scope = { ...EMPTY_SCOPE, chips: [{ field: 'host', op: '=', value: address, exclude: false }] };
    const related = this.flowRows(scope, 50, zone).map((row) => {
      const found = this.find(row.id, 'conn');
      return { table: 'conn' as const, id: row.id, text: found ? this.gist('conn', found.capture, found.row) : '' };
    });
    return {
      ok: true,
      value: {
        table: 'hosts', id: address, capture: 0, fields, flow: 0, pkt: 0, uid: '', related,
        indicators: this.keysWhere((one) => one.value === address || one.sightings.some((sighting) => sighting.hosts.includes(address))),
        wireshark: `${address.includes(':') ? 'ipv6.addr' : 'ip.addr'} == ${address}`,
      },
    };
  }

  private indicatorRow(key: string, zone: TimeZone): Result<RowDetail> {
    const one = this.data.indicator(key);
    if (!one) return { ok: false, error: `${key} is not among the indicators of this case.` };
    const verdict = this.data.verdictOf()(key);
    const fields = TABLE_COLUMNS.indicators.map((column) => ({ name: column.name, value: cellText(indicatorValue(one, column.name, verdict), column, zone) }))
      .filter((field): field is Field => field.value !== null);
    const capture = this.data.captures().find((state) => this.data.sightingsIn(one, state).length > 0);
    return {
      ok: true,
      value: {
        table: 'indicators', id: key, capture: capture?.id ?? 0, fields, flow: one.sightings[0]?.flows[0] ?? 0, pkt: one.sightings[0]?.pkts[0] ?? 0,
        uid: one.sightings[0]?.uids[0] ?? '', related: [], indicators: one.related.map((other) => other.key), wireshark: this.indicatorFilter(one),
      },
    };
  }

  private flowRows(scope: Scope, limit: number, zone: TimeZone): readonly TableRow[] {
    const columns = TABLE_COLUMNS.conn.filter((column) => column.shown).map((column) => column.name);
    return this.tables.rows({ table: 'conn', scope, sort: null, descending: false, offset: 0, limit, columns, timeZone: zone }).rows;
  }

  async indicator(key: string, zone: TimeZone): Promise<Result<IndicatorDetail>> {
    const one = this.data.indicator(key);
    if (!one) return { ok: false, error: `${key.slice(key.indexOf(':') + 1)} is not among the indicators of this case.` };
    const here = new Set(this.data.captures().map((capture) => capture.sha256));
    const seen = await this.store.captures.seen(key);
    const scope: Scope = { ...EMPTY_SCOPE, chips: [{ field: 'indicator', op: '=', value: key, exclude: false }] };
    return {
      ok: true,
      value: {
        indicator: one, verdicts: this.data.verdicts.filter((verdict) => verdict.indicator === key), history: seen.filter((entry) => !here.has(entry.sha256)),
        flows: this.flowRows(scope, MAX_RELATED, zone), wireshark: this.indicatorFilter(one),
      },
    };
  }

  /** A display filter that shows an indicator's packets: by its value where Wireshark has a field for it, else by its flows. */
  private indicatorFilter(one: Indicator): string {
    const quoted = `"${one.value.replace(/[\\"]/g, '\\$&')}"`;
    switch (one.kind) {
      case 'ipv4-addr': return `ip.addr == ${one.value}`;
      case 'ipv6-addr': return `ipv6.addr == ${one.value}`;
      case 'domain-name': case 'hostname': return `dns.qry.name == ${quoted} || http.host contains ${quoted} || tls.handshake.extensions_server_name == ${quoted}`;
      case 'url': return `http.request.full_uri == ${quoted}`;
      case 'user-agent': return `http.user_agent == ${quoted}`;
      case 'ja3': return `tls.handshake.ja3 == ${quoted}`;
      case 'ja3s': return `tls.handshake.ja3s == ${quoted}`;
      case 'ja4': return `tls.handshake.ja4 == ${quoted}`;
      default: {
        const only = this.data.captures().map((capture) => ({ capture, sightings: this.data.sightingsIn(one, capture) })).find(({ sightings }) => sightings.length > 0);
        const flows = [...new Set(only?.sightings.flatMap((sighting) => sighting.flows) ?? [])].slice(0, 32);
        const filters = flows.map((flow) => this.flowFilterOf(only?.capture, flow)).filter((text) => text !== '');
        if (filters.length > 0) return filters.map((text) => (filters.length > 1 ? `(${text})` : text)).join(' || ');
        const pkts = [...new Set(only?.sightings.flatMap((sighting) => sighting.pkts) ?? [])].slice(0, MAX_FILTER_PARTS);
        return pkts.length > 0 ? `frame.number in {${pkts.join(', ')}}` : 'frame.number == 0';
      }
    }
  }

  private flowFilterOf(capture: CaptureState | undefined, flow: number): string {
    const row = capture ? this.data.valuesOf(capture).connRow(flow) : -1;
    return capture && row >= 0 ? flowFilter(capture.table('conn'), row) : '';
  }

  wiresharkFilter(scope: Scope): Result<string> {
    const [first, second] = this.data.captures();
    const special = (term: Term): string | null => {
      if (term.field === 'indicator') {
        const one = this.data.indicator(term.value);
        return one ? this.indicatorFilter(one) : null;
      }
      if (term.field === 'capture') return second ? null : 'frame.number > 0';
      if ((term.field === 'flow' || term.field === 'uid') && first && !second && term.op === '=') {
        const { rows, total } = this.data.selections.select('conn', { ...EMPTY_SCOPE, chips: [{ field: term.field, op: '=', value: term.value, exclude: false }] }, null, false);
        if (rows && total > 0 && total <= 32) return [...rows].map((row) => `(${flowFilter(first.table('conn'), row)})`).join(' || ');
      }
      return null;
    };
    return scopeToWireshark(scope, special);
  }

  /** One search over indicators, hosts and every log. */
  search(text: string, limit: number): { table: TableName; id: string; title: string; detail: string }[] {
    const wanted = text.trim();
    const most = Math.max(0, Math.min(500, Math.floor(limit)));
    const found: { table: TableName; id: string; title: string; detail: string }[] = [];
    if (wanted === '') return found;
    const lower = wanted.toLowerCase();
    const share = Math.max(3, Math.ceil(most / 6));
    const ranked = this.data.indicators();
    for (let place = 0; place < ranked.length && found.length < share; place++) {
      const one = ranked.light(place);
      if (one.value.toLowerCase().includes(lower) || (one.file?.names.some((name) => name.toLowerCase().includes(lower)) ?? false)) found.push({ table: 'indicators', id: one.key, title: one.value, detail: whyText(one) || one.kind });
    }
    let hosts = 0;
    const { table, order } = this.tables.hosts(EMPTY_SCOPE);
    for (const id of order) {
      if (hosts >= share || found.length >= most) break;
      const host = table.host(id);
      const name = this.data.nameOf(host.address);
      if (!host.address.includes(lower) && !(name?.toLowerCase().includes(lower) ?? false)) continue;
      hosts++;
      found.push({ table: 'hosts', id: host.address, title: host.address, detail: [name, host.internal ? 'one of our own' : '', `${grouped(host.flows_in + host.flows_out)} flow${host.flows_in + host.flows_out === 1 ? '' : 's'}`].filter(Boolean).join(', ') });
    }
    // Quoted, so that nothing in it is taken for an operator.
    const scope: Scope = { ...EMPTY_SCOPE, text: parseAddress(wanted) ? `host:${wanted}` : `"${wanted.replace(/[\\"]/g, '\\$&')}"` };
    for (const log of ['http', 'dns', 'ssl', 'files', 'x509', 'conn', 'weird', 'arp'] as const) {
      if (found.length >= most) break;
      const selection = this.data.selections.select(log, scope, null, false);
      const take = Math.min(selection.total, share, most - found.length);
      for (let i = 0; i < take; i++) {
        const row = selection.rows ? selection.rows[i]! : i;
        const part = [...selection.parts].reverse().find((one) => one.start <= row && one.table.rows > 0);
        if (!part) continue;
        found.push({ table: log, id: `${part.capture.id}:${row - part.start}`, title: this.gist(log, part.capture, row - part.start), detail: selection.total > take ? `one of ${grouped(selection.total)}` : '' });
      }
    }
    return found.slice(0, most);
  }
}
