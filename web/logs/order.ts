import { FILES_MIME_TYPE, FILES_SOURCE } from '../../assembly/abi/logs';
import type { LogChunk } from '../engine/chunk';
import { SCHEMA_BY_NAME } from '../engine/schema';
import { ByteTable } from './byte-table';
import { orderByWords, sortByKey } from './radix';
import type { LogTable } from './table';

/** How long Zeek does not log a certificate again (X509::relog_known_certs_after), in nanoseconds. */
export const RELOG_CERTIFICATE_AFTER = 86_400_000_000_000n;
const SIGN = 0x80000000;

/** The i64 values of a time or interval column as two words each, ordered as unsigned: high (sign flipped), low. */
export function timeWords(table: LogTable, column: number): { high: Uint32Array; low: Uint32Array } {
  const high = new Uint32Array(table.rows);
  const low = new Uint32Array(table.rows);
  table.eachChunk((chunk, start) => {
    const { values } = chunk.columns[column]!;
    const words = new Uint32Array(values.buffer, values.byteOffset, chunk.rows * 2);
    for (let r = 0; r < chunk.rows; r++) {
      low[start + r] = words[r * 2]!;
      high[start + r] = words[r * 2 + 1]! ^ SIGN;
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

/** All rows by `ts`, then `pkt`, then as the engine wrote them; those of logs without `ts` in the engine's order. */
export function sorted(table: LogTable): Uint32Array {
  const ts = table.column('ts');
  const pkt = table.column('pkt');
  let rows = orderByWords(table.rows, pkt < 0 || ts < 0 ? [] : [u32Words(table, pkt)]);
  if (ts >= 0) {
    const { high, low } = timeWords(table, ts);
    // In the order of the packets a capture is nearly always in that of time, too.
    if (!ascending(rows, high, low)) {
      const scratch = new Uint32Array(rows.length);
      const byLow = sortByKey(rows, scratch, low);
      rows = sortByKey(byLow, byLow === rows ? scratch : rows, high);
    }
  }
  return rows;
}

/**
 * Rows of a log in the order in which they are shown and written: by `ts`, then `pkt`, then as the engine wrote them.
 * Logs without `ts` keep the engine's order. Repeated x509 rows, and files rows that are certificates (they have their
 * own log), are left out as Zeek does.
 * @param rows all of them in that order, where somebody has sorted them already
 */
export function order(table: LogTable, rows = sorted(table)): Uint32Array {
  if (table.name === 'x509') return withoutRepeatedCertificates(table, rows);
  return table.name === 'files' ? withoutCertificates(table, rows) : rows;
}

function ascending(rows: Uint32Array, high: Uint32Array, low: Uint32Array): boolean {
  let lastHigh = 0;
  let lastLow = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const h = high[row]!;
    const l = low[row]!;
    if (h < lastHigh || (h === lastHigh && l < lastLow)) return false;
    lastHigh = h;
    lastLow = l;
  }
  return true;
}

/** True for logs of which `order` leaves rows out. */
export function leavesOut(log: string): boolean {
  return log === 'x509' || log === 'files';
}

const SSL = [...new TextEncoder().encode('SSL')];
const CERTIFICATE_TYPES = ['application/x-x509-', 'application/pkix-cert'].map((text) => [...new TextEncoder().encode(text)]);

function beginsWith(data: Uint8Array, from: number, to: number, text: readonly number[]): boolean {
  if (to - from < text.length) return false;
  for (let i = 0; i < text.length; i++) if (data[from + i] !== text[i]) return false;
  return true;
}

/** Of what TLS carries, Zeek's files.log has stapled OCSP responses only: true for a row of `files` that it leaves out. */
export function certificateFile(chunk: LogChunk, r: number): boolean {
  const source = chunk.columns[FILES_SOURCE]!;
  const at = source.offsets[r]!;
  if (source.offsets[r + 1]! - at !== SSL.length || !beginsWith(source.data, at, at + SSL.length, SSL)) return false;
  const { offsets, data } = chunk.columns[FILES_MIME_TYPE]!;
  return CERTIFICATE_TYPES.some((text) => beginsWith(data, offsets[r]!, offsets[r + 1]!, text));
}

function withoutCertificates(table: LogTable, rows: Uint32Array): Uint32Array {
  const left = new Uint8Array(table.rows);
  table.eachChunk((chunk, start) => { for (let r = 0; r < chunk.rows; r++) if (certificateFile(chunk, r)) left[start + r] = 1; });
  return rows.filter((row) => left[row] === 0);
}

const X509 = SCHEMA_BY_NAME.get('x509');
const x509Column = (name: string): number => X509?.byName.get(name)?.index ?? -1;
const [X509_TS, X509_FINGERPRINT, X509_HOST, X509_CLIENT] = [x509Column('ts'), x509Column('fingerprint'), x509Column('host_cert'), x509Column('client_cert')];

/** Fingerprint and use (as host, as client certificate) of each row of a chunk of `x509`, as one number. */
export function certificateUses(chunk: LogChunk, fingerprints: ByteTable, take: (r: number, use: number) => void): void {
  const { data, offsets } = chunk.columns[X509_FINGERPRINT]!;
  const [hosts, clients] = [chunk.columns[X509_HOST]!.values, chunk.columns[X509_CLIENT]!.values];
  for (let r = 0; r < chunk.rows; r++) take(r, fingerprints.intern(data, offsets[r]!, offsets[r + 1]!) * 4 + (hosts[r] ? 2 : 0) + (clients[r] ? 1 : 0));
}

/**
 * Zeek logs a certificate once a day for each fingerprint and use (as host or as client certificate):
 * scripts/base/files/x509/main.zeek, X509::known_log_certs.
 */
export function withoutRepeatedCertificates(table: LogTable, rows: Uint32Array): Uint32Array {
  const { high, low } = timeWords(table, X509_TS);
  const keys = new Uint32Array(table.rows);
  const fingerprints = new ByteTable();
  table.eachChunk((chunk, start) => certificateUses(chunk, fingerprints, (r, use) => { keys[start + r] = use; }));
  const nanoseconds = (row: number): bigint => (BigInt(high[row]! ^ SIGN) << 32n) | BigInt(low[row]!);
  const seen = new Map<number, bigint>();
  const kept = new Uint32Array(rows.length);
  let n = 0;
  for (const row of rows) {
    const now = nanoseconds(row);
    const last = seen.get(keys[row]!);
    if (last !== undefined && now - last < RELOG_CERTIFICATE_AFTER) continue;
    seen.set(keys[row]!, now);
    kept[n++] = row;
  }
  return kept.slice(0, n);
}
