// From a link type (tcpdump.org/linktypes.html) to the layer that begins there; every other is counted by its number.

import { COUNTER_CAP_TUNNEL_DEPTH, COUNTER_UNDECODED_LINK_BYTES, COUNTER_UNDECODED_LINK_PACKETS } from "../abi/counters";
import { PACKET_PROTO_LINK_OTHER } from "../abi/enums";
import { WEIRD_EXCEEDED_TUNNEL_MAX_DEPTH, WEIRD_TRUNCATED_LINK_HEADER } from "../abi/weirds";
import { be16 } from "../memory/bytes";
import { count } from "../memory/counters";
import { ethernet, llc, mpls, network, ppp } from "./ethernet";
import { ip } from "./ip";
import { nest, noteMalformed, noteUndecoded, settle } from "./packet";
import { radiotap, wifi } from "./wifi";

/** Entries of the table of link types that were not decoded: u32 type, u32 unused, u64 packets, u64 bytes. */
export const LINK_TABLE_ENTRIES: u32 = 64;
const ENTRY: u32 = 24;
const TABLE: usize = memory.data(64 * 24, 16);
let entries: u32 = 0;

/** Pointer to the table and how many entries it has. */
export function undecodedLinks(): usize {
  return TABLE;
}
export function undecodedLinkCount(): u32 {
  return entries;
}
/** Empties the table, for the next capture. */
export function resetLinks(): void {
  entries = 0;
  memory.fill(TABLE, 0, 64 * 24);
}

function undecoded(linktype: u32, n: u32): void {
  count(COUNTER_UNDECODED_LINK_PACKETS);
  count(COUNTER_UNDECODED_LINK_BYTES, n);
  settle();
  for (let i: u32 = 0; i < LINK_TABLE_ENTRIES; i++) {
    const at = TABLE + <usize>(i * ENTRY);
    if (i == entries) {
      entries++;
      store<u32>(at, linktype);
    }
    if (load<u32>(at) == linktype) {
      store<u64>(at, load<u64>(at, 8) + 1, 8);
      store<u64>(at, load<u64>(at, 16) + <u64>n, 16);
      return;
    }
  }
}

// BSD's address families for IPv6 differ between systems; the value is in the capturing host's byte order.
function loopback(p: usize, n: u32): void {
  if (n < 4) {
    noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "NULL");
    return;
  }
  let family = load<u32>(p);
  if (family > 0xffff) family = bswap<u32>(family);
  if (family == 2 || family == 24 || family == 28 || family == 30 || family == 10) ip(p + 4, n - 4);
  else noteUndecoded(PACKET_PROTO_LINK_OTHER);
}

// Linux "cooked" captures: LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2.
function cooked(p: usize, n: u32, version: u32): void {
  const header: u32 = version == 2 ? 20 : 16;
  if (n < header) {
    noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "LINUX_SLL");
    return;
  }
  const hardware = version == 2 ? be16(p + 8) : be16(p + 2);
  const type = version == 2 ? be16(p) : be16(p + 14);
  // ARPHRD_IPGRE, ARPHRD_NETLINK and wireless types give the field another meaning.
  if (hardware == 824 || hardware == 801 || hardware == 802 || hardware == 803) noteUndecoded(PACKET_PROTO_LINK_OTHER);
  else if (type == 0x0004) llc(p + header, n - header);
  else network(type, p + header, n - header);
}

// FDDI: frame control, two addresses, LLC. Token ring: access control before that, and perhaps source routes.
function fddi(p: usize, n: u32): void {
  if (n < 13) noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "FDDI");
  else llc(p + 13, n - 13);
}

function tokenRing(p: usize, n: u32): void {
  if (n < 14) {
    noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "TOKEN_RING");
    return;
  }
  // The first bit of the source address says that routing information follows; its length is in its first byte.
  const routed = (<u32>load<u8>(p, 8) & 0x80) != 0;
  const header: u32 = 14 + (routed && n > 14 ? <u32>load<u8>(p, 14) & 31 : 0);
  if (header > n) noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "TOKEN_RING");
  else llc(p + header, n - header);
}

// Linux netfilter log: TLVs, the packet in type 9.
function nflog(p: usize, n: u32): void {
  if (n < 4) {
    noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "NFLOG");
    return;
  }
  let at: u32 = 4;
  while (at + 4 <= n) {
    const length = <u32>load<u16>(p + at);
    const type = <u32>load<u16>(p + at, 2);
    if (length < 4 || at + length > n) break;
    if (type == 9) {
      ip(p + at + 4, length - 4);
      return;
    }
    at += (length + 3) & ~3;
  }
  noteUndecoded(PACKET_PROTO_LINK_OTHER);
}

// Cisco HDLC: address, control, EtherType.
function cisco(p: usize, n: u32): void {
  if (n < 4) {
    noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "C_HDLC");
    return;
  }
  if (<u32>load<u8>(p) == 0xff) ppp(p, n);
  else network(be16(p + 2), p + 4, n - 4);
}

// Per-Packet Information: little-endian length at 2, link type at 4.
function ppi(p: usize, n: u32): void {
  const length = n >= 8 ? <u32>load<u16>(p, 2) : 0;
  if (length < 8 || length > n) {
    noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "PPI");
    return;
  }
  const inner = load<u32>(p, 4);
  if (inner == 192) noteUndecoded(PACKET_PROTO_LINK_OTHER);
  else link(inner, p + length, n - length);
}

// PKTAP (Apple): header length, record type, link type; little-endian.
function pktap(p: usize, n: u32): void {
  const length = n >= 12 ? load<u32>(p) : 0;
  const inner = n >= 12 ? load<u32>(p, 8) : 0;
  if (length < 12 || length > n) noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "PKTAP");
  else if (inner == 149 || inner == 258) noteUndecoded(PACKET_PROTO_LINK_OTHER);
  else link(inner, p + length, n - length);
}

/** A packet of the given link type, `n` captured bytes. */
export function link(linktype: u32, p: usize, n: u32): void {
  if (!nest()) {
    count(COUNTER_CAP_TUNNEL_DEPTH);
    noteMalformed(WEIRD_EXCEEDED_TUNNEL_MAX_DEPTH, "LINK");
    return;
  }
  switch (linktype) {
    case 1: ethernet(p, n); break;
    case 0: case 108: loopback(p, n); break;
    case 9: case 50: ppp(p, n); break;
    case 51: // PPPoE without its Ethernet header
      if (n < 6) noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "PPPOE");
      else network(0x8864, p, n);
      break;
    case 12: case 14: case 101: case 228: case 229: ip(p, n); break;
    case 10: fddi(p, n); break;
    case 6: tokenRing(p, n); break;
    case 104: cisco(p, n); break;
    case 105: wifi(p, n); break;
    case 127: radiotap(p, n); break;
    case 113: cooked(p, n, 1); break;
    case 276: cooked(p, n, 2); break;
    case 192: ppi(p, n); break;
    case 219: mpls(p, n); break;
    case 239: nflog(p, n); break;
    case 149: case 258: pktap(p, n); break;
    default: undecoded(linktype, n);
  }
}
