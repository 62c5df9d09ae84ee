import * as abi from '../../../assembly/abi/logs';
import { PROTO_ICMP, PROTO_ICMP6, PROTO_TCP, PROTO_UDP } from '../../../assembly/abi/enums';
import { formatAddress, parseNetwork } from '../../logs/address';
import type { Filter, Term } from '../../logs/filter-text';
import type { LogTable } from '../../logs/table';
import type { Scope } from '../api';
import { scopeFilter } from './scope';

/** Longest list of packet numbers or flows that goes into a filter. */
export const MAX_FILTER_PARTS = 200;

const addressField = (address: string): string => (address.includes(':') ? 'ipv6.addr' : 'ip.addr');

/** A display filter that shows the packets of a conn row (or of any row that begins with the common columns). */
export function flowFilter(table: LogTable, row: number): string {
  const orig = formatAddress(table.bytes(row, abi.COL_ORIG_H));
  const resp = formatAddress(table.bytes(row, abi.COL_RESP_H));
  const hosts = `${addressField(orig)} == ${orig} && ${addressField(resp)} == ${resp}`;
  const proto = table.name === 'conn' || table.name === 'dns' ? table.num(row, abi.CONN_PROTO) : PROTO_TCP;
  const [op, rp] = [table.num(row, abi.COL_ORIG_P), table.num(row, abi.COL_RESP_P)];
  if (proto === PROTO_TCP) return `${hosts} && tcp.port == ${op} && tcp.port == ${rp}`;
  if (proto === PROTO_UDP) return `${hosts} && udp.port == ${op} && udp.port == ${rp}`;
  if (proto === PROTO_ICMP) return `${hosts} && icmp`;
  if (proto === PROTO_ICMP6) return `${hosts} && icmpv6`;
  return hosts;
}

const escaped = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

const STRINGS: Readonly<Record<string, string>> = {
  'dns.query': 'dns.qry.name', query: 'dns.qry.name', 'http.host': 'http.host', 'http.uri': 'http.request.uri', uri: 'http.request.uri',
  'http.method': 'http.request.method', method: 'http.request.method', 'http.user_agent': 'http.user_agent', user_agent: 'http.user_agent',
  'http.referrer': 'http.referer', referrer: 'http.referer', 'ssl.server_name': 'tls.handshake.extensions_server_name', server_name: 'tls.handshake.extensions_server_name',
  'ssl.ja3': 'tls.handshake.ja3', 'ssl.ja4': 'tls.handshake.ja4', community_id: 'communityid',
};
const NUMBERS: Readonly<Record<string, string>> = {
  pkt: 'frame.number', vlan: 'vlan.id', ip_proto: 'ip.proto', status_code: 'http.response.code', 'http.status_code': 'http.response.code',
  'packet.len': 'frame.len', trans_id: 'dns.id',
};
const SERVICES: Readonly<Record<string, string>> = { ssl: 'tls', http: 'http', dns: 'dns', dhcp: 'dhcp', ntp: 'ntp', smb: 'smb || smb2', krb: 'kerberos', ssh: 'ssh', ftp: 'ftp', smtp: 'smtp' };

/** One term in Wireshark's words; null when it has none for it. */
function termFilter(term: Term): string | null {
  const { field, op, value } = term;
  if (field === null) return null;
  const compare = op === '=' ? '==' : op;
  switch (field) {
    case 'host': case 'src': case 'dst': {
      const parts = value.split(',').map((part) => part.trim());
      if (op !== '=' || !parts.every((part) => parseNetwork(part))) return null;
      const end = field === 'host' ? 'addr' : field;
      return parts.map((part) => `${part.includes(':') ? 'ipv6' : 'ip'}.${end} == ${part}`).join(' || ');
    }
    case 'port': case 'id.orig_p': case 'id.resp_p':
      if (!/^\d+$/.test(value) || op === '~') return null;
      return `tcp.port ${compare} ${value} || udp.port ${compare} ${value}`;
    case 'proto': return /^(tcp|udp|icmp|arp|sctp)$/i.test(value) && op === '=' ? (value.toLowerCase() === 'icmp' ? 'icmp || icmpv6' : value.toLowerCase()) : null;
    case 'service': case 'conn.service': return op === '=' ? SERVICES[value.toLowerCase()] ?? null : null;
    case 'mac': return op === '=' ? `eth.addr == ${value}` : null;
    default:
  }
  const text = STRINGS[field];
  if (text !== undefined && (op === '=' || op === '~')) return `${text} ${op === '=' ? '==' : 'contains'} ${escaped(value)}`;
  const number = NUMBERS[field];
  if (number !== undefined && /^\d+$/.test(value)) return `${number} ${compare} ${value}`;
  return null;
}

function build(filter: Filter, special: (term: Term) => string | null, left: Term[]): string | null {
  switch (filter.kind) {
    case 'all': return '';
    case 'not': {
      const part = build(filter.part, special, left);
      return part === null || part === '' ? part : `!(${part})`;
    }
    case 'term': {
      const text = special(filter) ?? termFilter(filter);
      if (text === null) left.push(filter);
      return text;
    }
    default: {
      const parts = filter.parts.map((part) => build(part, special, left));
      if (parts.includes(null)) return null;
      const real = parts.filter((part) => part !== null && part !== '');
      return real.map((part) => `(${part})`).join(filter.kind === 'and' ? ' && ' : ' || ');
    }
  }
}

/**
 * A scope as a Wireshark display filter.
 * @param special answers for terms that only the case knows (flows, indicators); null = ask the fields
 */
export function scopeToWireshark(scope: Scope, special: (term: Term) => string | null): { ok: true; value: string } | { ok: false; error: string } {
  const left: Term[] = [];
  const parts: string[] = [];
  if (scope.from !== null) parts.push(`frame.time_epoch >= ${(scope.from / 1e6).toFixed(6)}`);
  if (scope.to !== null) parts.push(`frame.time_epoch < ${(scope.to / 1e6).toFixed(6)}`);
  const { filter } = scopeFilter(scope);
  const rest = build(filter, special, left);
  if (rest === null) {
    const words = left.map((term) => `${term.field ?? 'words'}${term.field === null ? ` "${term.value}"` : ` ${term.op} ${term.value}`}`).join(', ');
    return { ok: false, error: `Wireshark has no display filter for ${words}. Save the packets as pcapng instead.` };
  }
  if (rest !== '') parts.push(parts.length > 0 ? `(${rest})` : rest);
  return { ok: true, value: parts.join(' && ') };
}
