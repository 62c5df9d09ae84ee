import { isIpv4, isIpv6, splitKey } from './display';

// A value as a Wireshark display filter (https://www.wireshark.org/docs/dfref/). The filter of a whole scope is the
// analysis worker's; this one is for a single value in a menu.

/** Quotes a string for a display filter. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

const FIELDS: Readonly<Record<string, string>> = {
  'dns.query': 'dns.qry.name', 'http.host': 'http.host', 'http.uri': 'http.request.uri', 'http.method': 'http.request.method',
  'http.user_agent': 'http.user_agent', 'http.referrer': 'http.referer', 'http.cookie': 'http.cookie', 'http.location': 'http.location',
  'http.server': 'http.server', 'http.content_type': 'http.content_type', 'ssl.server_name': 'tls.handshake.extensions_server_name',
  'ssl.ja3': 'tls.handshake.ja3', 'ssl.ja3s': 'tls.handshake.ja3s', 'ssl.ja4': 'tls.handshake.ja4', 'conn.community_id': 'communityid',
  'http.status_msg': 'http.response.phrase', 'x509.certificate.serial': 'x509af.serialNumber',
};

function address(value: string): string | null {
  if (isIpv4(value)) return `ip.addr == ${value}`;
  return isIpv6(value) ? `ipv6.addr == ${value}` : null;
}

function indicator(key: string): string | null {
  const { kind, value } = splitKey(key);
  switch (kind) {
    case 'ipv4-addr':
    case 'ipv6-addr': return address(value);
    case 'domain-name':
    case 'hostname':
      return `dns.qry.name == ${quoted(value)} or http.host == ${quoted(value)} or tls.handshake.extensions_server_name == ${quoted(value)}`;
    case 'url': return `http.request.full_uri == ${quoted(value)}`;
    case 'user-agent': return `http.user_agent == ${quoted(value)}`;
    case 'ja3': return `tls.handshake.ja3 == ${quoted(value)}`;
    case 'ja3s': return `tls.handshake.ja3s == ${quoted(value)}`;
    case 'ja4': return `tls.handshake.ja4 == ${quoted(value)}`;
    default: return null;
  }
}

/** The display filter that shows packets with this value; null where Wireshark has none for it. */
export function wiresharkValue(field: string, value: string): string | null {
  if (field === 'indicator') return indicator(value);
  if (field === 'host') return address(value);
  if (field === 'port') return /^\d{1,5}$/.test(value) ? `tcp.port == ${value} or udp.port == ${value}` : null;
  if (field === 'proto') return /^(tcp|udp|icmp|icmpv6|sctp|arp)$/i.test(value) ? value.toLowerCase() : null;
  if (field === 'service') return /^(dns|http|tls|ssl)$/i.test(value) ? (value.toLowerCase() === 'ssl' ? 'tls' : value.toLowerCase()) : null;
  const known = FIELDS[field];
  if (known) return `${known} == ${quoted(value)}`;
  if (field.endsWith('_mac') || field.endsWith('_hw') || field.endsWith('_l2_addr')) return `eth.addr == ${value}`;
  return address(value);
}
