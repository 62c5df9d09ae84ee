import { formatAddress } from '../../logs/address';
import { bitNames, field, hexNumber, MAX_REPEATED, type PacketReader } from './reader';
import { data, ethernet, network, ppp } from './link';
import { application } from './application';
import type { LayerField } from '../types';

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'ICMP', 2: 'IGMP', 4: 'IPv4', 6: 'TCP', 17: 'UDP', 41: 'IPv6', 47: 'GRE', 50: 'ESP', 51: 'AH', 58: 'ICMPv6', 88: 'EIGRP', 89: 'OSPF', 103: 'PIM', 112: 'VRRP', 132: 'SCTP',
};
const protocolName = (n: number): string => `${PROTOCOLS[n] ?? 'protocol'} (${n})`;

const mapped = (bytes: Uint8Array): Uint8Array => Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...bytes);

/** An IP packet of either version. */
export function ip(r: PacketReader, at: number): void {
  const version = r.u8(at) >> 4;
  if (version === 4) ip4(r, at);
  else if (version === 6) ip6(r, at);
  else data(r, at);
}

function ip4(r: PacketReader, at: number): void {
  if (!r.has(at, 20)) { r.cut('IPv4', at, 20); return; }
  const header = (r.u8(at) & 15) * 4;
  const total = r.u16(at + 2);
  const bits = r.u16(at + 6);
  const offset = (bits & 0x1fff) * 8;
  const protocol = r.u8(at + 9);
  const source = formatAddress(mapped(r.slice(at + 12, 4)));
  const target = formatAddress(mapped(r.slice(at + 16, 4)));
  const bad = header < 20;
  if (!r.layer('IPv4', `${source} → ${target}`, at, Math.max(20, header), [
    field('Header length', `${header} bytes`, at, 1, bad ? { problem: 'shorter than a header can be' } : {}),
    field('Differentiated services', hexNumber(r.u8(at + 1), 2), at + 1, 1),
    field('Total length', total, at + 2, 2, total !== 0 && total > r.bytes.length - at ? { problem: 'more than was captured' } : {}),
    field('Identification', hexNumber(r.u16(at + 4), 4), at + 4, 2),
    field('Flags', bitNames(bits, [[0x8000, 'reserved'], [0x4000, 'do not fragment'], [0x2000, 'more fragments']]), at + 6, 1),
    field('Fragment offset', offset, at + 6, 2), field('TTL', r.u8(at + 8), at + 8, 1), field('Protocol', protocolName(protocol), at + 9, 1),
    field('Header checksum', hexNumber(r.u16(at + 10), 4), at + 10, 2), field('Source', source, at + 12, 4), field('Destination', target, at + 16, 4),
    ...(header > 20 ? [field('Options', r.hex(at + 20, header - 20, ' '), at + 20, header - 20)] : []),
  ])) return;
  if (bad) return;
  if (offset > 0) data(r, at + header, 'Fragment');
  else transport(r, protocol, at + header, total > header ? total - header : r.bytes.length - at - header);
}

function ip6(r: PacketReader, at: number): void {
  if (!r.has(at, 40)) { r.cut('IPv6', at, 40); return; }
  const source = formatAddress(r.slice(at + 8, 16));
  const target = formatAddress(r.slice(at + 24, 16));
  const payload = r.u16(at + 4);
  let next = r.u8(at + 6);
  if (!r.layer('IPv6', `${source} → ${target}`, at, 40, [
    field('Traffic class', hexNumber((r.u16(at) >> 4) & 255, 2), at, 2), field('Flow label', hexNumber(r.u32(at) & 0xfffff, 5), at + 1, 3),
    field('Payload length', payload, at + 4, 2), field('Next header', protocolName(next), at + 6, 1), field('Hop limit', r.u8(at + 7), at + 7, 1),
    field('Source', source, at + 8, 16), field('Destination', target, at + 24, 16),
  ])) return;
  let p = at + 40;
  const names: Readonly<Record<number, string>> = { 0: 'Hop-by-hop options', 43: 'Routing header', 44: 'Fragment header', 51: 'Authentication header', 60: 'Destination options', 135: 'Mobility header' };
  while (names[next] !== undefined) {
    if (!r.has(p, 8)) { r.cut(names[next] ?? '', p, 8); return; }
    const size = next === 44 ? 8 : next === 51 ? (r.u8(p + 1) + 2) * 4 : (r.u8(p + 1) + 1) * 8;
    const fragment = next === 44 ? r.u16(p + 2) & 0xfff8 : 0;
    if (!r.layer(names[next] ?? '', `${size} bytes`, p, size, [field('Next header', protocolName(r.u8(p)), p, 1), ...(next === 44 ? [field('Fragment offset', fragment, p + 2, 2), field('More fragments', r.u16(p + 2) & 1, p + 3, 1), field('Identification', hexNumber(r.u32(p + 4), 8), p + 4, 4)] : [])])) return;
    next = r.u8(p);
    p += size;
    if (fragment > 0) { data(r, p, 'Fragment'); return; }
  }
  transport(r, next, p, Math.max(0, at + 40 + payload - p));
}

function transport(r: PacketReader, protocol: number, at: number, length: number): void {
  switch (protocol) {
    case 6: tcp(r, at, length); break;
    case 17: udp(r, at); break;
    case 1: case 58: icmp(r, at, protocol === 58); break;
    case 4: case 41: ip(r, at); break;
    case 47: gre(r, at); break;
    default: data(r, at, PROTOCOLS[protocol] ?? 'Data');
  }
}

const TCP_FLAGS: readonly (readonly [number, string])[] = [[1, 'FIN'], [2, 'SYN'], [4, 'RST'], [8, 'PSH'], [16, 'ACK'], [32, 'URG'], [64, 'ECE'], [128, 'CWR']];

function tcpOptions(r: PacketReader, at: number, end: number): LayerField[] {
  const fields: LayerField[] = [];
  let p = at;
  while (p < end && fields.length < MAX_REPEATED) {
    const kind = r.u8(p);
    if (kind === 0) break;
    if (kind === 1) { p++; continue; }
    const size = r.u8(p + 1);
    if (size < 2 || p + size > end) { fields.push(field('Option', `kind ${kind}`, p, end - p, { problem: 'its length does not fit' })); break; }
    const value = kind === 2 ? `maximum segment size ${r.u16(p + 2)}` : kind === 3 ? `window scale ${r.u8(p + 2)}` : kind === 4 ? 'SACK permitted'
      : kind === 5 ? `SACK ${r.hex(p + 2, size - 2)}` : kind === 8 ? `timestamps ${r.u32(p + 2)}, ${r.u32(p + 6)}` : `kind ${kind}: ${r.hex(p + 2, size - 2)}`;
    fields.push(field('Option', value, p, size));
    p += size;
  }
  return fields;
}

function tcp(r: PacketReader, at: number, length: number): void {
  if (!r.has(at, 20)) { r.cut('TCP', at, 20); return; }
  const header = (r.u8(at + 12) >> 4) * 4;
  const flags = r.u8(at + 13);
  const payload = Math.max(0, length - header);
  r.layer('TCP', `${r.u16(at)} → ${r.u16(at + 2)} [${bitNames(flags, TCP_FLAGS)}] ${payload} bytes`, at, Math.max(20, header), [
    field('Source port', r.u16(at), at, 2), field('Destination port', r.u16(at + 2), at + 2, 2),
    field('Sequence number', r.u32(at + 4), at + 4, 4), field('Acknowledgement number', r.u32(at + 8), at + 8, 4),
    field('Header length', `${header} bytes`, at + 12, 1, header < 20 ? { problem: 'shorter than a header can be' } : {}),
    field('Flags', bitNames(flags, TCP_FLAGS), at + 13, 1), field('Window', r.u16(at + 14), at + 14, 2),
    field('Checksum', hexNumber(r.u16(at + 16), 4), at + 16, 2), field('Urgent pointer', r.u16(at + 18), at + 18, 2),
    ...tcpOptions(r, at + 20, Math.min(r.bytes.length, at + header)),
  ]);
  if (header >= 20 && payload > 0) application(r, 'tcp', r.u16(at), r.u16(at + 2), at + header, payload);
}

function udp(r: PacketReader, at: number): void {
  if (!r.has(at, 8)) { r.cut('UDP', at, 8); return; }
  const from = r.u16(at);
  const to = r.u16(at + 2);
  const length = r.u16(at + 4);
  r.layer('UDP', `${from} → ${to} ${Math.max(0, length - 8)} bytes`, at, 8, [
    field('Source port', from, at, 2), field('Destination port', to, at + 2, 2), field('Length', length, at + 4, 2, length < 8 && length !== 0 ? { problem: 'shorter than the header' } : {}), field('Checksum', hexNumber(r.u16(at + 6), 4), at + 6, 2),
  ]);
  const p = at + 8;
  if ((to === 4789 || to === 8472) && r.u8(p) === 8) {
    r.layer('VXLAN', `network ${r.u32(p + 4) >>> 8}`, p, 8, [field('Network identifier', r.u32(p + 4) >>> 8, p + 4, 3)]);
    ethernet(r, p + 8);
  } else if (to === 6081 && r.has(p, 8)) {
    const size = 8 + (r.u8(p) & 63) * 4;
    r.layer('Geneve', `network ${r.u32(p + 4) >>> 8}`, p, size, [field('Protocol', hexNumber(r.u16(p + 2), 4), p + 2, 2), field('Network identifier', r.u32(p + 4) >>> 8, p + 4, 3)]);
    if (r.u16(p + 2) === 0x6558) ethernet(r, p + size);
    else network(r, r.u16(p + 2), p + size);
  } else if ((to === 2152 || from === 2152) && r.u8(p) >> 5 === 1 && r.u8(p + 1) === 255) {
    const size = (r.u8(p) & 7) !== 0 ? 12 : 8;
    r.layer('GTP-U', `tunnel ${hexNumber(r.u32(p + 4), 8)}`, p, size, [field('Tunnel endpoint', hexNumber(r.u32(p + 4), 8), p + 4, 4)]);
    ip(r, p + size);
  } else if ((to === 3544 || from === 3544) && r.u8(p) >> 4 === 6) ip(r, p);
  else if (r.bytes.length > p) application(r, 'udp', from, to, p, Math.min(r.bytes.length - p, Math.max(0, length - 8) || r.bytes.length - p));
}

const ICMP_TYPES: Readonly<Record<number, string>> = { 0: 'echo reply', 3: 'destination unreachable', 4: 'source quench', 5: 'redirect', 8: 'echo request', 9: 'router advertisement', 10: 'router solicitation', 11: 'time exceeded', 12: 'parameter problem', 13: 'timestamp request', 14: 'timestamp reply' };
const ICMP6_TYPES: Readonly<Record<number, string>> = { 1: 'destination unreachable', 2: 'packet too big', 3: 'time exceeded', 4: 'parameter problem', 128: 'echo request', 129: 'echo reply', 130: 'listener query', 131: 'listener report', 132: 'listener done', 133: 'router solicitation', 134: 'router advertisement', 135: 'neighbour solicitation', 136: 'neighbour advertisement', 137: 'redirect', 143: 'listener report v2' };

function icmp(r: PacketReader, at: number, v6: boolean): void {
  if (!r.has(at, 8)) { r.cut(v6 ? 'ICMPv6' : 'ICMP', at, 8); return; }
  const type = r.u8(at);
  const name = (v6 ? ICMP6_TYPES : ICMP_TYPES)[type] ?? 'other';
  r.layer(v6 ? 'ICMPv6' : 'ICMP', name, at, 8, [
    field('Type', `${name} (${type})`, at, 1), field('Code', r.u8(at + 1), at + 1, 1), field('Checksum', hexNumber(r.u16(at + 2), 4), at + 2, 2),
    ...(name.startsWith('echo') ? [field('Identifier', r.u16(at + 4), at + 4, 2), field('Sequence', r.u16(at + 6), at + 6, 2)] : []),
    ...(type === 135 || type === 136 ? [field('Target', formatAddress(r.slice(at + 8, 16)), at + 8, 16)] : []),
  ]);
  // An error carries the packet that it is about.
  if ((v6 && type >= 1 && type <= 4) || (!v6 && (type === 3 || type === 11 || type === 5 || type === 12))) ip(r, at + 8);
  else data(r, at + 8);
}

function gre(r: PacketReader, at: number): void {
  if (!r.has(at, 4)) { r.cut('GRE', at, 4); return; }
  const flags = r.u16(at);
  const type = r.u16(at + 2);
  let n = 4;
  if ((flags & 0xc000) !== 0) n += 4;
  if ((flags & 0x2000) !== 0) n += 4;
  if ((flags & 0x1000) !== 0) n += 4;
  if ((flags & 7) === 1 && (flags & 0x80) !== 0) n += 4;
  if (!r.layer('GRE', `version ${flags & 7}, protocol ${hexNumber(type, 4)}`, at, n, [field('Flags', bitNames(flags, [[0x8000, 'checksum'], [0x4000, 'routing'], [0x2000, 'key'], [0x1000, 'sequence']]), at, 2), field('Protocol', hexNumber(type, 4), at + 2, 2)])) return;
  if (type === 0x88be) ethernet(r, at + n + ((flags & 0x1000) !== 0 ? 8 : 0));
  else if (type === 0x22eb) ethernet(r, at + n + 12);
  else if (type === 0x880b) ppp(r, at + n);
  else if (type === 0x6558) ethernet(r, at + n);
  else network(r, type, at + n);
}
