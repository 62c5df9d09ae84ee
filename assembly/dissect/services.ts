// Services as conn.log names them. A bit of `flow.services` is set once a dissector is sure of its protocol; the text is
// written in the order of the names, as Zeek joins them.

import { Flow } from "../flow/flow";
import { copy } from "../memory/bytes";

export const SERVICE_NONE: u32 = 0;
export const SERVICE_DNS: u32 = 1;
export const SERVICE_HTTP: u32 = 2;
export const SERVICE_SSL: u32 = 3;
// Without a dissector: told by first bytes (signatures.ts).
export const SERVICE_DHCP: u32 = 4;
export const SERVICE_SSH: u32 = 5;
export const SERVICE_SMTP: u32 = 6;
export const SERVICE_FTP: u32 = 7;
export const SERVICE_NTP: u32 = 8;
export const SERVICE_SNMP: u32 = 9;
export const SERVICE_SIP: u32 = 10;
export const SERVICE_IRC: u32 = 11;
export const SERVICE_POP3: u32 = 12;
export const SERVICE_IMAP: u32 = 13;
export const SERVICE_RDP: u32 = 14;
export const SERVICE_SMB: u32 = 15;
export const SERVICE_DCE_RPC: u32 = 16;
export const SERVICE_GSSAPI: u32 = 17;
export const SERVICE_NTLM: u32 = 18;
export const SERVICE_KRB: u32 = 19;
export const SERVICE_KRB_TCP: u32 = 20;
export const SERVICE_LDAP_TCP: u32 = 21;
export const SERVICE_LDAP_UDP: u32 = 22;
export const SERVICE_MYSQL: u32 = 23;
export const SERVICE_POSTGRESQL: u32 = 24;
export const SERVICE_REDIS: u32 = 25;
export const SERVICE_MQTT: u32 = 26;
export const SERVICE_MODBUS: u32 = 27;
export const SERVICE_RADIUS: u32 = 29;
export const SERVICE_RFB: u32 = 30;
export const SERVICE_SOCKS: u32 = 31;
export const SERVICE_SYSLOG: u32 = 32;
export const SERVICE_QUIC: u32 = 33;
export const SERVICE_AYIYA: u32 = 35;
export const SERVICE_TEREDO: u32 = 36;
export const SERVICE_GTPV1: u32 = 37;
export const SERVICE_VXLAN: u32 = 38;
export const SERVICE_GENEVE: u32 = 39;
export const SERVICE_XMPP: u32 = 41;
export const SERVICE_DTLS: u32 = 45;
export const SERVICE_DNP3_TCP: u32 = 47;
export const SERVICE_DNP3_UDP: u32 = 48;
/** Given up: no dissector claims the flow. */
export const SERVICE_NOTHING: u32 = 63;

/** Names by number (space separated, number 1 first); host and engine share the text. */
export const SERVICE_NAMES: string =
  "dns http ssl dhcp ssh smtp ftp ntp snmp sip irc pop3 imap rdp smb dce_rpc gssapi ntlm krb krb_tcp ldap_tcp ldap_udp mysql postgresql redis mqtt modbus dnp3 radius rfb socks syslog quic websocket ayiya teredo gtpv1 vxlan geneve bittorrent xmpp telnet nntp stun dtls ssdp dnp3_tcp dnp3_udp";

/** Confirms a service of the flow. */
// @ts-ignore: decorator
@inline
export function confirm(flow: Flow, service: u32): void {
  flow.services |= (<u64>1) << (<u64>service);
}

/** True when the service was confirmed. */
// @ts-ignore: decorator
@inline
export function confirmed(flow: Flow, service: u32): bool {
  return ((flow.services >> (<u64>service)) & 1) != 0;
}

// What `looksLike…` of a protocol answers.
/** These bytes are not of the protocol. */
export const LOOKS_NO: u32 = 0;
/** They are. */
export const LOOKS_YES: u32 = 1;
/** Too few bytes to tell. */
export const LOOKS_MORE: u32 = 2;

// The names as bytes, where each begins and ends (two u16, by number), and the numbers in alphabetical order of the names.
const MOST: u32 = 64;
const NAMES: usize = memory.data(512, 16);
const PLACES: usize = memory.data(64 * 4, 16);
const ORDER: usize = memory.data(64, 16);
let services: u32 = 0;

function comesBefore(a: u32, b: u32): bool {
  const p = PLACES + (<usize>a << 2);
  const q = PLACES + (<usize>b << 2);
  const aLength = <u32>load<u16>(p, 2) - <u32>load<u16>(p);
  const bLength = <u32>load<u16>(q, 2) - <u32>load<u16>(q);
  const order = memory.compare(NAMES + <usize>load<u16>(p), NAMES + <usize>load<u16>(q), min(aLength, bLength));
  return order != 0 ? order < 0 : aLength < bLength;
}

/** Reads SERVICE_NAMES; once, at start-up. */
export function prepareServices(): void {
  const n = <u32>SERVICE_NAMES.length;
  let start: u32 = 0;
  for (let i: u32 = 0; i <= n && i < 512 && services + 1 < MOST; i++) {
    const c = i < n ? <u32>SERVICE_NAMES.charCodeAt(i) : 32;
    store<u8>(NAMES + i, c);
    if (c != 32) continue;
    services++;
    const place = PLACES + (<usize>services << 2);
    store<u16>(place, start);
    store<u16>(place, i, 2);
    start = i + 1;
    let at = ORDER + services - 1;
    while (at != ORDER && comesBefore(services, load<u8>(at - 1))) {
      store<u8>(at, load<u8>(at - 1));
      at--;
    }
    store<u8>(at, services);
  }
}

/** Writes the names of the set bits at `out`, in alphabetical order as Zeek's sets come out, joined by commas; returns their length, 512 at most. */
export function writeServices(bits: u64, out: usize): u32 {
  let length: u32 = 0;
  let left = bits;
  for (let i: u32 = 0; i < services && left != 0; i++) {
    // Most flows have one service: its number is known without going through the names.
    const number = popcnt<u64>(left) == 1 ? <u32>ctz<u64>(left) : <u32>load<u8>(ORDER + i);
    const bit = (<u64>1) << <u64>number;
    if ((left & bit) == 0 || number == 0 || number > services) continue;
    left &= ~bit;
    const place = PLACES + (<usize>number << 2);
    const from = <u32>load<u16>(place);
    const n = <u32>load<u16>(place, 2) - from;
    if (length + n + 1 > 512) break;
    if (length != 0) store<u8>(out + length++, 44);
    copy(out + length, NAMES + from, n);
    length += n;
  }
  return length;
}
