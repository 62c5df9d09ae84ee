import { formatAddress, formatMac } from '../../logs/address';
import { bitNames, field, hexNumber, type PacketReader } from './reader';
import { ip } from './ip';

const ETHER_TYPES: Readonly<Record<number, string>> = {
  0x0800: 'IPv4', 0x0806: 'ARP', 0x86dd: 'IPv6', 0x8100: '802.1Q', 0x88a8: '802.1ad', 0x9100: 'QinQ', 0x8847: 'MPLS', 0x8848: 'MPLS multicast',
  0x8863: 'PPPoE discovery', 0x8864: 'PPPoE session', 0x88cc: 'LLDP', 0x888e: 'EAPOL', 0x8035: 'RARP', 0x88f7: 'PTP', 0x6558: 'Transparent Ethernet bridging',
};

const etherType = (type: number): string => `${ETHER_TYPES[type] ?? 'unknown'} (${hexNumber(type, 4)})`;

/** Bytes that no decoder here reads. */
export function data(r: PacketReader, at: number, name = 'Data'): void {
  const n = r.bytes.length - at;
  if (n <= 0) return;
  r.layer(name, `${n} bytes`, at, n, [field('Bytes', r.hex(at, Math.min(n, 64), ' ') + (n > 64 ? ' …' : ''), at, n)]);
}

/** What follows an EtherType. */
export function network(r: PacketReader, type: number, at: number): void {
  switch (type) {
    case 0x0800: case 0x86dd: ip(r, at); return;
    case 0x0806: case 0x8035: arp(r, at); return;
    case 0x8100: case 0x88a8: case 0x9100: case 0x9200: vlan(r, at); return;
    case 0x8847: case 0x8848: mpls(r, at); return;
    case 0x8864: pppoe(r, at); return;
    default:
      if (type < 1536) llc(r, at);
      else data(r, at, ETHER_TYPES[type] ?? 'Data');
  }
}

/** Ethernet II or 802.3. */
export function ethernet(r: PacketReader, at: number): void {
  if (!r.has(at, 14)) { r.cut('Ethernet', at, 14); return; }
  const type = r.u16(at + 12);
  const source = formatMac(r.slice(at + 6, 6));
  const target = formatMac(r.slice(at, 6));
  r.layer('Ethernet', `${source} → ${target}`, at, 14, [
    field('Destination', target, at, 6), field('Source', source, at + 6, 6),
    type >= 1536 ? field('Type', etherType(type), at + 12, 2) : field('Length', type, at + 12, 2),
  ]);
  network(r, type, at + 14);
}

function vlan(r: PacketReader, at: number): void {
  if (!r.has(at, 4)) { r.cut('VLAN', at, 4); return; }
  const tag = r.u16(at);
  if (!r.layer('VLAN', `id ${tag & 0xfff}`, at, 4, [
    field('Priority', tag >> 13, at, 1), field('Id', tag & 0xfff, at, 2), field('Type', etherType(r.u16(at + 2)), at + 2, 2),
  ])) return;
  network(r, r.u16(at + 2), at + 4);
}

function llc(r: PacketReader, at: number): void {
  if (!r.has(at, 3)) { r.cut('LLC', at, 3); return; }
  const snap = r.u16(at) === 0xaaaa && r.has(at, 8);
  r.layer('LLC', snap ? `SNAP ${etherType(r.u16(at + 6))}` : `DSAP ${hexNumber(r.u8(at), 2)}`, at, snap ? 8 : 3, [
    field('DSAP', hexNumber(r.u8(at), 2), at, 1), field('SSAP', hexNumber(r.u8(at + 1), 2), at + 1, 1), field('Control', hexNumber(r.u8(at + 2), 2), at + 2, 1),
    ...(snap ? [field('Organisation', r.hex(at + 3, 3, ':'), at + 3, 3), field('Type', etherType(r.u16(at + 6)), at + 6, 2)] : []),
  ]);
  if (snap) network(r, r.u16(at + 6), at + 8);
  else data(r, at + 3);
}

function mpls(r: PacketReader, at: number): void {
  if (!r.has(at, 4)) { r.cut('MPLS', at, 4); return; }
  const word = r.u32(at);
  const bottom = ((word >> 8) & 1) === 1;
  if (!r.layer('MPLS', `label ${word >>> 12}`, at, 4, [
    field('Label', word >>> 12, at, 3), field('Traffic class', (word >> 9) & 7, at + 2, 1), field('Bottom of stack', bottom ? 'yes' : 'no', at + 2, 1), field('TTL', word & 255, at + 3, 1),
  ])) return;
  if (!bottom) { mpls(r, at + 4); return; }
  const nibble = r.u8(at + 4) >> 4;
  if (nibble === 4 || nibble === 6) ip(r, at + 4);
  else if (nibble === 0) ethernet(r, at + 8);
  else data(r, at + 4);
}

/** PPP, with or without HDLC's address and control. */
export function ppp(r: PacketReader, start: number): void {
  const at = r.u16(start) === 0xff03 ? start + 2 : start;
  const short = (r.u8(at) & 1) === 1;
  const protocol = short ? r.u8(at) : r.u16(at);
  const next = at + (short ? 1 : 2);
  if (!r.layer('PPP', `protocol ${hexNumber(protocol, 4)}`, start, next - start, [field('Protocol', hexNumber(protocol, 4), at, next - at)])) return;
  if (protocol === 0x21 || protocol === 0x57) ip(r, next);
  else data(r, next);
}

function pppoe(r: PacketReader, at: number): void {
  if (!r.has(at, 6)) { r.cut('PPPoE', at, 6); return; }
  r.layer('PPPoE', `session ${hexNumber(r.u16(at + 2), 4)}`, at, 6, [
    field('Code', hexNumber(r.u8(at + 1), 2), at + 1, 1), field('Session', hexNumber(r.u16(at + 2), 4), at + 2, 2), field('Length', r.u16(at + 4), at + 4, 2),
  ]);
  ppp(r, at + 6);
}

function arp(r: PacketReader, at: number): void {
  if (!r.has(at, 28)) { r.cut('ARP', at, 28); return; }
  const operation = r.u16(at + 6);
  const address = (p: number): string => formatAddress(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...r.slice(p, 4)));
  const sender = address(at + 14);
  const target = address(at + 24);
  const summary = operation === 1 ? `who has ${target}? tell ${sender}` : operation === 2 ? `${sender} is at ${formatMac(r.slice(at + 8, 6))}` : `operation ${operation}`;
  r.layer('ARP', summary, at, 28, [
    field('Operation', operation === 1 ? 'request (1)' : operation === 2 ? 'reply (2)' : operation, at + 6, 2),
    field('Sender hardware address', formatMac(r.slice(at + 8, 6)), at + 8, 6), field('Sender address', sender, at + 14, 4),
    field('Target hardware address', formatMac(r.slice(at + 18, 6)), at + 18, 6), field('Target address', target, at + 24, 4),
  ]);
}

function cooked(r: PacketReader, version: 1 | 2): void {
  const n = version === 2 ? 20 : 16;
  if (!r.has(0, n)) { r.cut('Linux cooked capture', 0, n); return; }
  const type = version === 2 ? r.u16(0) : r.u16(14);
  const kind = version === 2 ? r.u8(10) : r.u16(0);
  const addressAt = version === 2 ? 12 : 6;
  const sent = ['to us', 'broadcast', 'multicast', 'to someone else', 'sent by us'][kind] ?? String(kind);
  r.layer('Linux cooked capture', sent, 0, n, [
    field('Packet type', sent, version === 2 ? 10 : 0, version === 2 ? 1 : 2),
    field('Source address', r.hex(addressAt, 6, ':'), addressAt, 6), field('Protocol', etherType(type), version === 2 ? 0 : 14, 2),
  ]);
  network(r, type === 4 ? 1 : type, n);
}

function wifi(r: PacketReader, at: number): void {
  if (!r.has(at, 24)) { r.cut('IEEE 802.11', at, 24); return; }
  const control = r.u8(at);
  const flags = r.u8(at + 1);
  const type = (control >> 2) & 3;
  const subtype = control >> 4;
  let n = 24;
  if (type === 2 && (flags & 3) === 3) n += 6;
  if (type === 2 && (subtype & 8) !== 0) n += (flags & 0x80) !== 0 ? 6 : 2;
  r.layer('IEEE 802.11', `${['management', 'control', 'data', 'extension'][type] ?? ''} frame`, at, n, [
    field('Frame control', hexNumber(r.u16(at), 4), at, 2),
    field('Flags', bitNames(flags, [[1, 'to DS'], [2, 'from DS'], [4, 'more fragments'], [8, 'retry'], [0x40, 'protected'], [0x80, 'order']]), at + 1, 1),
    field('Receiver', formatMac(r.slice(at + 4, 6)), at + 4, 6), field('Transmitter', formatMac(r.slice(at + 10, 6)), at + 10, 6),
  ]);
  if (type === 2 && (flags & 0x40) === 0 && (subtype & 4) === 0) llc(r, at + n);
  else data(r, at + n, (flags & 0x40) !== 0 ? 'Encrypted' : 'Data');
}

/** The layers of a packet of a link type (tcpdump.org/linktypes.html). */
export function link(r: PacketReader, linktype: number): void {
  switch (linktype) {
    case 1: ethernet(r, 0); break;
    case 0: case 108: {
      r.layer('Loopback', `family ${r.u32(0, linktype === 0)}`, 0, 4, [field('Family', r.u32(0, linktype === 0), 0, 4)]);
      ip(r, 4);
      break;
    }
    case 9: case 50: ppp(r, 0); break;
    case 51: pppoe(r, 0); break;
    case 12: case 14: case 101: case 228: case 229: ip(r, 0); break;
    case 104: network(r, r.u16(2), 4); break;
    case 105: wifi(r, 0); break;
    case 127: {
      const n = r.u16(2, true);
      r.layer('Radiotap', `${n} bytes`, 0, n, [field('Length', n, 2, 2)]);
      wifi(r, n);
      break;
    }
    case 113: cooked(r, 1); break;
    case 276: cooked(r, 2); break;
    default: data(r, 0, `Link type ${linktype}`);
  }
}
