// Ethernet II and 802.3, VLAN tags, MPLS, PPP and PPPoE, and what an EtherType stands for.

import { COUNTER_CAP_MPLS_LABELS, COUNTER_CAP_TUNNEL_DEPTH } from "../abi/counters";
import { PACKET_PROTO_LINK_OTHER } from "../abi/enums";
import {
  WEIRD_BAD_VLAN, WEIRD_EXCEEDED_TUNNEL_MAX_DEPTH, WEIRD_LLC_SNAP_TRUNCATED, WEIRD_MPLS_EXCESSIVE_LABELS, WEIRD_TRUNCATED_ETHERNET,
  WEIRD_TRUNCATED_LINK_HEADER,
} from "../abi/weirds";
import { be16 } from "../memory/bytes";
import { count } from "../memory/counters";
import { MAX_LABELS } from "../memory/limits";
import { arp } from "./arp";
import { ip } from "./ip";
import { nest, noteMacs, noteMalformed, noteUndecoded, noteVlan } from "./packet";

/** What follows an EtherType (IEEE 802 numbers registry). */
export function network(etherType: u32, at: usize, length: u32): void {
  let type = etherType;
  let p = at;
  let n = length;
  let tags: u32 = 0;
  // 802.1Q, 802.1ad, and the QinQ types in use before it.
  while (type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200) {
    if (n < 4 || ++tags > MAX_LABELS) {
      noteMalformed(WEIRD_BAD_VLAN, "VLAN");
      return;
    }
    noteVlan(be16(p) & 0x0fff);
    type = be16(p + 2);
    p += 4;
    n -= 4;
  }
  if (type == 0x0800 || type == 0x86dd) ip(p, n);
  else if (type == 0x0806 || type == 0x8035) arp(p, n);
  else if (type == 0x8847 || type == 0x8848) mpls(p, n);
  else if (type == 0x8864) pppoe(p, n);
  else if (type < 1536 && type != 0) llc(p, n);
  else noteUndecoded(PACKET_PROTO_LINK_OTHER);
}

/** A frame that begins with two hardware addresses. */
export function ethernet(p: usize, n: u32): void {
  if (n < 14) {
    noteMalformed(WEIRD_TRUNCATED_ETHERNET, "ETHERNET");
    return;
  }
  noteMacs(p + 6, p);
  const type = be16(p + 12);
  // Nearly every packet: no tag, no label, IPv4 or IPv6 at once.
  if (type == 0x0800 || type == 0x86dd) {
    ip(p + 14, n - 14);
    return;
  }
  if (type >= 1536) {
    network(type, p + 14, n - 14);
    return;
  }
  // 802.3: a length. Padding behind it is not payload.
  const length = type < n - 14 ? type : n - 14;
  llc(p + 14, length);
}

/** Logical link control (IEEE 802.2), with SNAP. */
export function llc(p: usize, n: u32): void {
  if (n < 3) {
    noteMalformed(WEIRD_LLC_SNAP_TRUNCATED, "LLC");
    return;
  }
  const dsap = <u32>load<u8>(p);
  if (dsap == 0xaa && <u32>load<u8>(p, 1) == 0xaa) {
    if (n < 8) {
      noteMalformed(WEIRD_LLC_SNAP_TRUNCATED, "LLC");
      return;
    }
    const type = be16(p + 6);
    // OUI 0 is Ethernet's own, 00:00:f8 the bridge-tunnel encapsulation (RFC 1042, 802.1H).
    const oui = (<u32>load<u8>(p, 3) << 16) | be16(p + 4);
    if ((oui == 0 || oui == 0xf8) && type >= 1536) network(type, p + 8, n - 8);
    else noteUndecoded(PACKET_PROTO_LINK_OTHER);
    return;
  }
  if (dsap == 0x06 && n > 3) ip(p + 3, n - 3);
  else noteUndecoded(PACKET_PROTO_LINK_OTHER);
}

/** MPLS label stack (RFC 3032); what is below is told by its first nibble, as routers do (RFC 4928). */
export function mpls(at: usize, length: u32): void {
  if (!nest()) {
    count(COUNTER_CAP_TUNNEL_DEPTH);
    noteMalformed(WEIRD_EXCEEDED_TUNNEL_MAX_DEPTH, "MPLS");
    return;
  }
  let p = at;
  let n = length;
  for (let labels: u32 = 0; ; labels++) {
    if (labels == MAX_LABELS) {
      count(COUNTER_CAP_MPLS_LABELS);
      noteMalformed(WEIRD_MPLS_EXCESSIVE_LABELS, "MPLS");
      return;
    }
    if (n < 4) {
      noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "MPLS");
      return;
    }
    const bottom = (<u32>load<u8>(p, 2) & 1) != 0;
    p += 4;
    n -= 4;
    if (bottom) break;
  }
  if (n == 0) {
    noteUndecoded(PACKET_PROTO_LINK_OTHER);
    return;
  }
  const nibble = <u32>load<u8>(p) >> 4;
  if (nibble == 4 || nibble == 6) ip(p, n);
  else if (nibble == 0 && n >= 18) ethernet(p + 4, n - 4); // pseudowire control word, RFC 4448
  else noteUndecoded(PACKET_PROTO_LINK_OTHER);
}

/** PPP with or without HDLC's address and control bytes (RFC 1661, RFC 1662); the protocol field may be one byte. */
export function ppp(at: usize, length: u32): void {
  let p = at;
  let n = length;
  if (n >= 2 && be16(p) == 0xff03) {
    p += 2;
    n -= 2;
  }
  if (n < 2) {
    noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "PPP");
    return;
  }
  let protocol = <u32>load<u8>(p);
  if ((protocol & 1) != 0) {
    p++;
    n--;
  } else {
    protocol = be16(p);
    p += 2;
    n -= 2;
  }
  if (protocol == 0x21 || protocol == 0x57) ip(p, n);
  else if (protocol == 0x0281 || protocol == 0x0283) mpls(p, n);
  else noteUndecoded(PACKET_PROTO_LINK_OTHER);
}

/** PPPoE session stage (RFC 2516). */
export function pppoe(p: usize, n: u32): void {
  if (n < 8) {
    noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "PPPOE");
    return;
  }
  const length = be16(p + 4);
  ppp(p + 6, length < n - 6 && length >= 2 ? length : n - 6);
}
