// IEEE 802.11 data frames, bare or behind a radiotap or PPI header. Encrypted ones are said to be so and left.

import { PACKET_PROTO_LINK_OTHER } from "../abi/enums";
import { WEIRD_TRUNCATED_LINK_HEADER, WEIRD_WIFI_TRUNCATED } from "../abi/weirds";
import { be16 } from "../memory/bytes";
import { llc } from "./ethernet";
import { noteMacs, noteMalformed, noteUndecoded } from "./packet";

/** A frame that begins with its frame control field. */
export function wifi(p: usize, n: u32): void {
  if (n < 24) {
    // Management and control frames may be shorter; they carry no network layer.
    if (n >= 2 && ((<u32>load<u8>(p) >> 2) & 3) != 2) noteUndecoded(PACKET_PROTO_LINK_OTHER);
    else noteMalformed(WEIRD_WIFI_TRUNCATED, "IEEE802_11");
    return;
  }
  const control = <u32>load<u8>(p);
  const flags = <u32>load<u8>(p, 1);
  const type = (control >> 2) & 3;
  const subtype = control >> 4;
  // Data frames with a body: bit 2 of the subtype means none. Bit 6 of the flags: protected.
  if (type != 2 || (subtype & 4) != 0 || (flags & 0x40) != 0) {
    noteUndecoded(PACKET_PROTO_LINK_OTHER);
    return;
  }
  let at: u32 = 24;
  const toDs = (flags & 1) != 0;
  const fromDs = (flags & 2) != 0;
  if (toDs && fromDs) at += 6; // fourth address
  let aggregate = false;
  if ((subtype & 8) != 0) {
    if (at + 2 > n) {
      noteMalformed(WEIRD_WIFI_TRUNCATED, "IEEE802_11");
      return;
    }
    aggregate = (<u32>load<u8>(p + at) & 0x80) != 0;
    at += 2;
    if ((flags & 0x80) != 0) at += 4; // HT control
  }
  if (at > n) {
    noteMalformed(WEIRD_WIFI_TRUNCATED, "IEEE802_11");
    return;
  }
  const destination = p + (toDs ? 16 : 4);
  const source = p + (fromDs ? (toDs ? 24 : 16) : 10);
  noteMacs(source, destination);
  if (!aggregate) {
    llc(p + at, n - at);
    return;
  }
  // A-MSDU (IEEE 802.11-2020 §9.3.2.2): subframes of destination, source, length, padded to 4. Each is a packet of its
  // own inside this one; all are decoded, the last one names the packet.
  while (at + 14 < n) {
    const length = be16(p + at + 12);
    const body = at + 14;
    const rest = n - body;
    llc(p + body, length < rest ? length : rest);
    if (length >= rest) return;
    at = body + ((length + 3) & ~3);
  }
}

/** Radiotap (radiotap.org): little-endian length at 2. */
export function radiotap(p: usize, n: u32): void {
  const length = n >= 8 ? <u32>load<u16>(p, 2) : 0;
  if (length < 8 || length > n) {
    noteMalformed(WEIRD_TRUNCATED_LINK_HEADER, "IEEE802_11_RADIO");
    return;
  }
  wifi(p + length, n - length);
}
