import { SCHEMA_BY_NAME } from '../engine/schema';
import { orderByWords } from './radix';
import type { LogTable } from './table';

/** How long Zeek does not log a certificate again (X509::relog_known_certs_after), in nanoseconds. */
const RELOG_CERTIFICATE_AFTER = 86_400_000_000_000n;

/** The i64 values of a time or interval column as two words each, ordered as unsigned: high (sign flipped), low. */
export function timeWords(table: LogTable, column: number): { high: Uint32Array; low: Uint32Array } {
  const high = new Uint32Array(table.rows);
  const low = new Uint32Array(table.rows);
  table.eachChunk((chunk, start) => {
    const { values } = chunk.columns[column]!;
    const words = new Uint32Array(values.buffer, values.byteOffset, chunk.rows * 2);
    for (let r = 0; r < chunk.rows; r++) {
      low[start + r] = words[r * 2]!;
      high[start + r] = words[r * 2 + 1]! ^ 0x80000000;
    }
  });
  return { high, low };
}

/** Values of a u32 column. */
export function u32Words(table: LogTable, column: number): Uint32Array {
  const out = new Uint32Array(table.rows);
  table.eachChunk((chunk, start) => {
    const { values } = chunk.columns[column]!;
    out.set(new Uint32Array(values.buffer, values.byteOffset, chunk.rows), start);
  });
  return out;
}

/**
 * Rows of a log in the order in which they are shown and written: by `ts`, then `pkt`, then as the engine wrote them.
 * Logs without `ts` keep the engine's order. Repeated x509 rows, and files rows that are certificates (they have their
 * own log), are left out as Zeek does.
 */
export function order(table: LogTable): Uint32Array {
  const ts = table.column('ts');
  const words: Uint32Array[] = [];
  if (ts >= 0) {
    const { high, low } = timeWords(table, ts);
    words.push(high, low);
    const pkt = table.column('pkt');
    if (pkt >= 0) words.push(u32Words(table, pkt));
  }
  const rows = orderByWords(table.rows, words);
  if (table.name === 'x509') return withoutRepeatedCertificates(table, rows);
  return table.name === 'files' ? withoutCertificates(table, rows) : rows;
}

/** True for logs of which `order` leaves rows out. */
export function leavesOut(log: string): boolean {
  return log === 'x509' || log === 'files';
}

/** Of what TLS carries, Zeek's files.log has stapled OCSP responses only. */
function withoutCertificates(table: LogTable, rows: Uint32Array): Uint32Array {
  const source = table.column('source');
  const mime = table.column('mime_type');
  return rows.filter((row) => table.str(row, source) !== 'SSL' || !CERTIFICATE_TYPES.test(table.str(row, mime)));
}

const CERTIFICATE_TYPES = /^application\/(x-x509-|pkix-cert)/;

const X509 = SCHEMA_BY_NAME.get('x509');

/**
 * Zeek logs a certificate once a day for each fingerprint and use (as host or as client certificate):
 * scripts/base/files/x509/main.zeek, X509::known_log_certs.
 */
export function withoutRepeatedCertificates(table: LogTable, rows: Uint32Array): Uint32Array {
  const columnOf = (name: string): number => X509?.byName.get(name)?.index ?? -1;
  const fingerprint = columnOf('fingerprint');
  const host = columnOf('host_cert');
  const client = columnOf('client_cert');
  const ts = columnOf('ts');
  const seen = new Map<string, bigint>();
  const kept = new Uint32Array(rows.length);
  let n = 0;
  for (const row of rows) {
    const key = `${table.str(row, fingerprint)} ${table.num(row, host)} ${table.num(row, client)}`;
    const now = table.nanoseconds(row, ts);
    const last = seen.get(key);
    if (last !== undefined && now - last < RELOG_CERTIFICATE_AFTER) continue;
    seen.set(key, now);
    kept[n++] = row;
  }
  return kept.slice(0, n);
}
