import { COL_RESP_P } from '../../assembly/abi/logs';
import { SCHEMA_BY_NAME, type ColumnTypeName } from '../engine/schema';
import * as names from './names/index';

/** The logs that are written to files; the others are internal. */
export const WRITTEN_LOGS = ['conn', 'dns', 'http', 'ssl', 'x509', 'files', 'weird', 'arp'] as const;
export type WrittenLog = (typeof WRITTEN_LOGS)[number];

/** Zeek's type names, as the `#types` line of its TSV has them. */
export type ZeekType =
  | 'time' | 'interval' | 'string' | 'addr' | 'port' | 'enum' | 'count' | 'bool'
  | 'set[string]' | 'vector[string]' | 'vector[interval]' | 'vector[addr]' | 'set[enum]';

/** Fields that are put together from other logs, see joins.ts. */
export type Join = 'orig_mime_types' | 'resp_mime_types' | 'sni_matches_cert';

/** One field of a log as it is written and shown. */
export interface LogField {
  readonly name: string;
  readonly type: ZeekType;
  /** Column that it is read from; -1 when it is a constant or a join. */
  readonly column: number;
  readonly columnType: ColumnTypeName | null;
  /** Turns the column's code into its name; `respPort` is the responder's port of the row. */
  readonly nameOf: ((code: number, respPort: number) => string) | null;
  /** The same value in every row. */
  readonly constant: string | boolean | readonly string[] | null;
  readonly join: Join | null;
}

const netbios = (respPort: number): boolean => respPort === names.NETBIOS_PORT;

/** What a field `field=source` is made of: the code column's name and how codes are named. */
const CODES: Readonly<Record<string, (code: number, respPort: number) => string>> = {
  'conn.proto': names.protoName, 'conn.conn_state': names.connStateName, 'conn.tunnel': names.tunnelName,
  'dns.proto': names.protoName, 'dns.qclass_name': names.qclassName,
  'dns.qtype_name': (code, port) => names.qtypeName(code, netbios(port)),
  'dns.rcode_name': names.rcodeName,
  'dns.opcode_name': (code, port) => names.opcodeName(code, netbios(port)),
  'ssl.version': names.tlsVersionName, 'ssl.cipher': names.cipherName, 'ssl.curve': names.groupName,
  'ssl.last_alert': names.alertName, 'weird.name': names.weirdName, 'arp.operation': names.arpOperationName,
};

const CONSTANTS: Readonly<Record<string, LogField['constant']>> = {
  'http.tags': [], 'files.analyzers': ['MD5', 'SHA1', 'SHA256'], 'weird.notice': false, 'weird.peer': 'capsift',
};

const ID = 'ts uid id.orig_h id.orig_p id.resp_h id.resp_p';

// Zeek's fields in Zeek's order, then ours. `a=b` is field a made of column b, `a:t` has Zeek type t, `=` alone a constant,
// `&` a join.
const SPECS: Readonly<Record<WrittenLog, string>> = {
  conn: `${ID} proto:enum service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents:set[string] ip_proto community_id orig_l2_addr resp_l2_addr vlan inner_vlan tunnel pkt`,
  dns: `${ID} proto:enum trans_id rtt query qclass qclass_name=qclass qtype qtype_name=qtype rcode rcode_name=rcode AA TC RD RA Z answers TTLs rejected opcode opcode_name=opcode pkt`,
  http: `${ID} trans_depth method host uri referrer version user_agent origin request_body_len response_body_len status_code status_msg info_code info_msg tags=:set[enum] username password proxied:set[string] orig_fuids orig_filenames orig_mime_types& resp_fuids resp_filenames resp_mime_types& pkt`,
  ssl: `${ID} version cipher curve server_name resumed last_alert next_protocol established ssl_history cert_chain_fps client_cert_chain_fps sni_matches_cert&:bool ja3 ja3s ja4 pkt`,
  x509: 'ts fingerprint certificate.version certificate.serial certificate.subject certificate.issuer certificate.not_valid_before certificate.not_valid_after certificate.key_alg certificate.sig_alg certificate.key_type certificate.key_length certificate.exponent certificate.curve san.dns san.uri san.email san.ip:vector[addr] basic_constraints.ca basic_constraints.path_len host_cert client_cert pkt',
  files: 'ts fuid uid id.orig_h id.orig_p id.resp_h id.resp_p source depth analyzers=:set[string] mime_type filename duration local_orig is_orig seen_bytes total_bytes missing_bytes overflow_bytes timedout md5 sha1 sha256 pkt',
  weird: `${ID} name=weird addl notice=:bool peer=:string source pkt`,
  arp: 'ts operation src_mac dst_mac orig_h orig_hw resp_h resp_hw pkt',
};

const ZEEK_TYPES: Readonly<Record<ColumnTypeName, ZeekType>> = {
  time: 'time', interval: 'interval', u8: 'count', u16: 'count', u32: 'count', u64: 'count', bool: 'bool', addr: 'addr',
  mac: 'string', str: 'string', strs: 'vector[string]', intervals: 'vector[interval]',
};

function parseField(log: WrittenLog, spec: string): LogField {
  const colon = spec.indexOf(':');
  const given = colon < 0 ? null : (spec.slice(colon + 1) as ZeekType);
  let source = colon < 0 ? spec : spec.slice(0, colon);
  let name = source;
  let join: Join | null = null;
  const equals = source.indexOf('=');
  if (equals >= 0) { name = source.slice(0, equals); source = source.slice(equals + 1); }
  if (source.endsWith('&')) { name = source.slice(0, -1); join = name as Join; source = ''; }
  const column = source === '' ? null : SCHEMA_BY_NAME.get(log)?.byName.get(source);
  if (column === undefined) throw new RangeError(`${log} has no column ${source}`);
  const nameOf = CODES[`${log}.${name}`] ?? null;
  const port = name === 'id.orig_p' || name === 'id.resp_p';
  const type = given ?? (nameOf !== null ? 'string' : port ? 'port' : column ? ZEEK_TYPES[column.type] : 'vector[string]');
  return {
    name, type, column: column?.index ?? -1, columnType: column?.type ?? null, nameOf,
    constant: CONSTANTS[`${log}.${name}`] ?? null, join,
  };
}

/** Fields of every written log, in the order in which they are written. */
export const LOG_FIELDS: Readonly<Record<WrittenLog, readonly LogField[]>> = Object.fromEntries(
  WRITTEN_LOGS.map((log) => [log, SPECS[log].split(' ').map((spec) => parseField(log, spec))]),
) as unknown as Readonly<Record<WrittenLog, readonly LogField[]>>;

/**
 * Fields of a log as it is written.
 * @param hashed whether bodies were hashed; when not, no file went through the analyzers that do (certificates, which
 *   always have digests, are not written among the files)
 */
export function writtenFields(log: WrittenLog, hashed: boolean): readonly LogField[] {
  if (hashed || log !== 'files') return LOG_FIELDS[log];
  return LOG_FIELDS.files.map((field) => (field.name === 'analyzers' ? { ...field, constant: [] } : field));
}

/** Column of the responder's port in every log that names codes by it. */
export const RESP_PORT_COLUMN = COL_RESP_P;

/** True for a log that is written to files. */
export function isWrittenLog(name: string): name is WrittenLog {
  return (WRITTEN_LOGS as readonly string[]).includes(name);
}
