// Link types (https://www.tcpdump.org/linktypes.html) in words.
const NAMES: Readonly<Record<number, string>> = {
  0: 'BSD null/loopback', 1: 'Ethernet', 3: 'AX.25', 6: 'Token Ring', 7: 'ARCNET', 8: 'SLIP', 9: 'PPP', 10: 'FDDI',
  12: 'raw IP', 14: 'raw IP', 50: 'PPP with HDLC framing', 51: 'PPPoE', 100: 'LLC/SNAP ATM', 101: 'raw IP',
  104: 'Cisco HDLC', 105: '802.11', 107: 'Frame Relay', 108: 'OpenBSD loopback', 113: 'Linux SLL', 114: 'LocalTalk',
  117: 'OpenBSD pflog', 119: '802.11 with Prism header', 127: '802.11 with radiotap', 129: 'Linux ARCNET',
  138: 'IP over IEEE 1394', 139: 'MTP2 with pseudo-header', 140: 'MTP2', 141: 'MTP3', 142: 'SCCP', 143: 'DOCSIS',
  144: 'Linux IrDA', 147: 'user-defined 0', 163: '802.11 with AVS header', 165: 'BACnet MS/TP', 166: 'PPP with direction (pppd)',
  169: 'GPRS LLC', 177: 'Linux LAPD', 187: 'Bluetooth HCI H4', 189: 'USB (Linux)', 192: 'Per-Packet Information',
  195: 'IEEE 802.15.4', 197: 'ERF', 201: 'Bluetooth HCI H4 with pseudo-header', 202: 'AX.25 with KISS', 203: 'LAPD',
  204: 'PPP with direction', 205: 'Cisco HDLC with direction', 206: 'Frame Relay with direction', 209: 'IPMB (Linux)',
  212: 'LIN', 213: 'USB (Linux, padded)', 220: 'USB (Linux, 64-byte header)', 224: 'Fibre Channel FC-2', 225: 'Fibre Channel FC-2 with delimiters',
  226: 'Solaris ipnet', 227: 'SocketCAN', 228: 'raw IPv4', 229: 'raw IPv6', 230: 'IEEE 802.15.4 without FCS',
  231: 'D-Bus', 235: 'DVB-CI', 237: 'MUX27010', 239: 'NFLOG', 240: 'Hilscher netANALYZER', 241: 'Hilscher netANALYZER, transparent',
  242: 'IP over InfiniBand', 243: 'MPEG-2 TS', 245: 'NFC LLCP', 247: 'InfiniBand', 248: 'SCTP', 249: 'USBPcap',
  250: 'RTAC serial', 251: 'Bluetooth LE', 252: 'Wireshark upper PDU', 253: 'Netlink (Linux)', 254: 'Bluetooth Linux monitor',
  256: 'Bluetooth LE with pseudo-header', 257: 'PROFIBUS', 258: 'Apple pktap', 259: 'EPON', 260: 'IPMI HPM.2', 261: 'Z-Wave R1/R2',
  262: 'Z-Wave R3', 264: 'ISO 14443', 265: 'RDS', 266: 'USB (Darwin)', 268: 'SDLC', 270: 'LoRaTap', 271: 'vsock', 272: 'Nordic BLE sniffer',
  273: 'DOCSIS 3.1 XRA', 274: 'Ethernet mPackets', 275: 'DisplayPort AUX', 276: 'Linux SLL2', 278: 'OpenVizsla', 279: 'EBHSCR',
  280: 'VPP graph dispatch trace', 281: 'DSA (Broadcom tag)', 282: 'DSA (EtherType)', 283: 'IEEE 802.15.4 TAP', 288: 'USB 2.0',
  289: 'ATSC ALP', 290: 'Event Tracing for Windows', 292: 'Zboss ZNP', 293: 'USB 2.0 low speed', 294: 'USB 2.0 full speed', 295: 'USB 2.0 high speed',
};

/** A link type in words, `link type N` where tcpdump's list has none here. */
export function linkTypeName(linktype: number): string {
  return NAMES[linktype] ?? `link type ${linktype}`;
}
