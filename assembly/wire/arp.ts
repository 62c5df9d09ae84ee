// ARP (RFC 826) and reverse ARP (RFC 903) over Ethernet and IPv4: a row of its own log each.

import { PACKET_PROTO_ARP } from "../abi/enums";
import {
  ARP_DST_MAC, ARP_OPERATION, ARP_ORIG_H, ARP_ORIG_HW, ARP_PKT, ARP_RESP_H, ARP_RESP_HW, ARP_SRC_MAC, ARP_TS, LOG_ARP,
} from "../abi/logs";
import { WEIRD_ARP_BAD_HARDWARE_TYPE, WEIRD_ARP_BAD_LENGTH, WEIRD_ARP_TRUNCATED } from "../abi/weirds";
import { rowBegin, rowEnd, setAddr, setInt, setMac } from "../columns/writer";
import { packetNumber, packetTime } from "../context";
import { be16 } from "../memory/bytes";
import { destinationMac, noteDecoded, noteMalformed, sourceMac } from "./packet";

const address: usize = memory.data(16, 16);

function setIPv4(column: u32, p: usize): void {
  store<u64>(address, 0);
  store<u32>(address, 0xffff0000, 8);
  store<u32>(address, load<u32>(p), 12);
  setAddr(column, address);
}

/** An ARP packet, `n` captured bytes. */
export function arp(p: usize, n: u32): void {
  if (n < 28) {
    noteMalformed(WEIRD_ARP_TRUNCATED, "ARP");
    return;
  }
  const hardware = be16(p);
  if (hardware != 1 && hardware != 6) {
    noteMalformed(WEIRD_ARP_BAD_HARDWARE_TYPE, "ARP");
    return;
  }
  if (be16(p + 2) != 0x0800 || <u32>load<u8>(p, 4) != 6 || <u32>load<u8>(p, 5) != 4) {
    noteMalformed(WEIRD_ARP_BAD_LENGTH, "ARP");
    return;
  }
  noteDecoded(PACKET_PROTO_ARP, 0, 0);
  rowBegin(LOG_ARP);
  setInt(ARP_TS, <u64>packetTime);
  setInt(ARP_PKT, packetNumber);
  setInt(ARP_OPERATION, be16(p + 6));
  if (sourceMac != 0) {
    setMac(ARP_SRC_MAC, sourceMac);
    setMac(ARP_DST_MAC, destinationMac);
  }
  setIPv4(ARP_ORIG_H, p + 14);
  setMac(ARP_ORIG_HW, p + 8);
  setIPv4(ARP_RESP_H, p + 24);
  setMac(ARP_RESP_HW, p + 18);
  rowEnd();
}
