import * as enums from '../../../assembly/abi/enums';

const PROTO_NAMES = ['unknown_transport', 'tcp', 'udp', 'icmp', 'icmp', 'unknown_transport', 'unknown_transport'];

/** Zeek's transport_proto of a PROTO_* code; both ICMPs are `icmp`, SCTP and the rest `unknown_transport`. */
export function protoName(code: number): string {
  return PROTO_NAMES[code] ?? 'unknown_transport';
}

const STATE_NAMES = ['S0', 'S1', 'SF', 'REJ', 'S2', 'S3', 'RSTO', 'RSTR', 'RSTOS0', 'RSTRH', 'SH', 'SHR', 'OTH'];

/** Zeek's conn_state of a STATE_* code. */
export function connStateName(code: number): string {
  return STATE_NAMES[code] ?? 'OTH';
}

/** What each conn_state means, in Zeek's documentation's sense, for people. */
export const STATE_MEANINGS: Readonly<Record<string, string>> = {
  S0: 'attempt seen, no reply',
  S1: 'established, not ended',
  SF: 'established and ended normally',
  REJ: 'attempt rejected',
  S2: 'established, originator closed, no answer to that',
  S3: 'established, responder closed, no answer to that',
  RSTO: 'established, originator aborted',
  RSTR: 'responder aborted',
  RSTOS0: 'originator sent SYN then RST, no SYN-ACK seen',
  RSTRH: 'responder sent SYN-ACK then RST, no SYN seen',
  SH: 'originator sent SYN then FIN, no SYN-ACK seen',
  SHR: 'responder sent SYN-ACK then FIN, no SYN seen',
  OTH: 'no SYN seen, just midstream traffic',
};

const TUNNEL_NAMES: Readonly<Record<number, string>> = {
  [enums.TUNNEL_IP]: 'IP-in-IP', [enums.TUNNEL_GRE]: 'GRE', [enums.TUNNEL_ERSPAN]: 'ERSPAN',
  [enums.TUNNEL_VXLAN]: 'VXLAN', [enums.TUNNEL_GENEVE]: 'Geneve', [enums.TUNNEL_GTPV1]: 'GTPv1',
  [enums.TUNNEL_TEREDO]: 'Teredo', [enums.TUNNEL_6IN4]: '6in4', [enums.TUNNEL_AYIYA]: 'AYIYA',
};

/** Name of a TUNNEL_* code. */
export function tunnelName(code: number): string {
  return TUNNEL_NAMES[code] ?? 'tunnel';
}

const IP_PROTO_NAMES: Readonly<Record<number, string>> = {
  0: 'HOPOPT', 1: 'ICMP', 2: 'IGMP', 4: 'IPIP', 6: 'TCP', 8: 'EGP', 9: 'IGP', 17: 'UDP', 33: 'DCCP', 41: 'IPv6', 43: 'IPv6-Route',
  44: 'IPv6-Frag', 46: 'RSVP', 47: 'GRE', 50: 'ESP', 51: 'AH', 58: 'IPv6-ICMP', 59: 'IPv6-NoNxt', 60: 'IPv6-Opts', 88: 'EIGRP',
  89: 'OSPF', 94: 'IPIP', 97: 'EtherIP', 103: 'PIM', 108: 'IPComp', 112: 'VRRP', 115: 'L2TP', 124: 'IS-IS', 132: 'SCTP', 136: 'UDPLite',
};

/** IANA's keyword of an IP protocol number, the number itself where this table has none. */
export function ipProtoName(number: number): string {
  return IP_PROTO_NAMES[number] ?? `IP protocol ${number}`;
}

const PACKET_PROTO_NAMES = ['undecoded', 'TCP', 'UDP', 'ICMP', 'ICMPv6', 'SCTP', 'ARP', 'fragment', 'IP other', 'link other'];

/** Name of a PACKET_PROTO_* code. */
export function packetProtoName(code: number): string {
  return PACKET_PROTO_NAMES[code] ?? 'undecoded';
}

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [enums.PACKET_FLAG_SYN, 'SYN'], [enums.PACKET_FLAG_FIN, 'FIN'], [enums.PACKET_FLAG_RST, 'RST'],
  [enums.PACKET_FLAG_PAYLOAD, 'data'], [enums.PACKET_FLAG_CUT, 'cut'], [enums.PACKET_FLAG_WEIRD, 'weird'],
];

/** PACKET_FLAG_* bits in words, direction first. */
export function packetFlagNames(bits: number): string {
  const words = [(bits & enums.PACKET_FLAG_FROM_RESP) !== 0 ? '←' : '→'];
  for (const [bit, name] of FLAG_NAMES) if ((bits & bit) !== 0) words.push(name);
  return words.join(' ');
}

/** ARP operation (RFC 826, RFC 903, RFC 2390) in words. */
export function arpOperationName(code: number): string {
  const names: Readonly<Record<number, string>> = {
    1: 'request', 2: 'reply', 3: 'reverse-request', 4: 'reverse-reply', 8: 'inverse-request', 9: 'inverse-reply',
  };
  return names[code] ?? `operation-${code}`;
}
