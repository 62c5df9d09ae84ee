import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEMA_BY_NAME, type LogName } from '../../web/engine/schema';
import type { CaptureTables } from '../../web/logs/table';
import { buildTables, type CellValue, type RowValues } from './table-builder';

const PROTO: Readonly<Record<string, number>> = { tcp: 1, udp: 2, icmp: 3, unknown_transport: 6 };
const STATES = ['S0', 'S1', 'SF', 'REJ', 'S2', 'S3', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH', 'SH', 'SHR', 'OTH'];

type Json = Readonly<Record<string, string | number | boolean | string[] | number[]>>;

function readLog(folder: string, name: string): Json[] {
  const path = join(folder, `${name}.log`);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8').split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Json);
}

/** Tables of a capture from the JSON logs that Zeek wrote of it: what indicators and detectors see of real traffic. */
export function tablesFromZeek(folder: string): CaptureTables {
  const conn = readLog(folder, 'conn');
  const flows = new Map(conn.map((row, i) => [String(row['uid']), i + 1]));
  const hashes = new Map(readLog(folder, 'files').map((row) => [String(row['sha256'] ?? ''), row]));
  const of = (name: LogName): RowValues[] => readLog(folder, name).map((row) => {
    const schema = SCHEMA_BY_NAME.get(name);
    const values: Record<string, CellValue> = {};
    for (const column of schema?.columns ?? []) {
      const value = row[column.name];
      if (value === undefined) continue;
      values[column.name] = column.type === 'time' || column.type === 'interval' ? Math.round(Number(value) * 1e6)
        : column.type === 'intervals' ? (value as number[]).map((ttl) => Math.round(ttl * 1e6))
          : column.name === 'proto' ? PROTO[String(value)] ?? 0 : column.name === 'conn_state' ? STATES.indexOf(String(value))
            : typeof value === 'string' && column.type.startsWith('u') ? undefined : value;
    }
    if (name === 'x509') {
      const file = hashes.get(String(row['fingerprint'] ?? ''));
      values['sha1'] = file?.['sha1'] as string | undefined;
      values['md5'] = file?.['md5'] as string | undefined;
    }
    values['flow'] = flows.get(String(row['uid'] ?? (row['conn_uids'] as string[] | undefined)?.[0])) ?? null;
    return values;
  });
  return buildTables({ conn: of('conn').map((row, i) => ({ ...row, pkt: i + 1 })), dns: of('dns'), http: of('http'), ssl: of('ssl'), x509: of('x509'), files: of('files') });
}
