import * as logs from '../../assembly/abi/logs';
import * as columns from '../../assembly/abi/columns';

/** Name of a column type as the schemas in assembly/abi/logs.ts write it. */
export type ColumnTypeName = 'time' | 'interval' | 'u8' | 'u16' | 'u32' | 'u64' | 'bool' | 'addr' | 'mac' | 'str' | 'strs' | 'intervals';

export interface ColumnSchema {
  /** Zeek's field name, for example `id.orig_h`. */
  readonly name: string;
  readonly type: ColumnTypeName;
  /** Position in the log. */
  readonly index: number;
}

/** Names of the logs, as files and views name them. */
export type LogName =
  | 'conn' | 'dns' | 'http' | 'ssl' | 'cert' | 'files' | 'weird' | 'arp' | 'packet' | 'name' | 'interface' | 'x509';

export interface LogSchema {
  readonly id: number;
  readonly name: LogName;
  readonly columns: readonly ColumnSchema[];
  readonly byName: ReadonlyMap<string, ColumnSchema>;
}

/** TYPE_* code of each type name. */
export const TYPE_CODES: Readonly<Record<ColumnTypeName, number>> = {
  time: columns.TYPE_TIME, interval: columns.TYPE_INTERVAL, u8: columns.TYPE_U8, u16: columns.TYPE_U16,
  u32: columns.TYPE_U32, u64: columns.TYPE_U64, bool: columns.TYPE_BOOL, addr: columns.TYPE_ADDR,
  mac: columns.TYPE_MAC, str: columns.TYPE_STR, strs: columns.TYPE_STRS, intervals: columns.TYPE_INTERVALS,
};

/** Bytes of one value; 0 for str and lists. */
export const TYPE_WIDTHS: Readonly<Record<ColumnTypeName, number>> = {
  time: 8, interval: 8, u8: 1, u16: 2, u32: 4, u64: 8, bool: 1, addr: 16, mac: 8, str: 0, strs: 0, intervals: 0,
};

const parse = (id: number, name: LogName, text: string): LogSchema => {
  const parsed = text.split(' ').map((word, index): ColumnSchema => {
    const colon = word.lastIndexOf(':');
    return { name: word.slice(0, colon), type: word.slice(colon + 1) as ColumnTypeName, index };
  });
  return { id, name, columns: parsed, byName: new Map(parsed.map((column) => [column.name, column])) };
};

/** Every log, by its LOG_* number. */
export const SCHEMAS: readonly LogSchema[] = [
  parse(logs.LOG_CONN, 'conn', logs.CONN_SCHEMA),
  parse(logs.LOG_DNS, 'dns', logs.DNS_SCHEMA),
  parse(logs.LOG_HTTP, 'http', logs.HTTP_SCHEMA),
  parse(logs.LOG_SSL, 'ssl', logs.SSL_SCHEMA),
  parse(logs.LOG_CERT, 'cert', logs.CERT_SCHEMA),
  parse(logs.LOG_FILES, 'files', logs.FILES_SCHEMA),
  parse(logs.LOG_WEIRD, 'weird', logs.WEIRD_SCHEMA),
  parse(logs.LOG_ARP, 'arp', logs.ARP_SCHEMA),
  parse(logs.LOG_PACKET, 'packet', logs.PACKET_SCHEMA),
  parse(logs.LOG_NAME, 'name', logs.NAME_SCHEMA),
  parse(logs.LOG_INTERFACE, 'interface', logs.INTERFACE_SCHEMA),
  parse(logs.LOG_X509, 'x509', logs.X509_SCHEMA),
];

export const SCHEMA_BY_NAME: ReadonlyMap<LogName, LogSchema> = new Map(SCHEMAS.map((schema) => [schema.name, schema]));
