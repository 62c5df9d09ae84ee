// How the protocols over UDP begin.

import { be16, be32 } from "../../memory/bytes";
import {
  SERVICE_AYIYA, SERVICE_DHCP, SERVICE_DNP3_UDP, SERVICE_DTLS, SERVICE_KRB, SERVICE_LDAP_UDP, SERVICE_NONE, SERVICE_NTP, SERVICE_QUIC,
  SERVICE_RADIUS, SERVICE_SIP, SERVICE_SNMP, SERVICE_SYSLOG,
} from "../services";
import { isNamedDtls } from "../tls/index";
import { contains, derHeader, derLength, startsWith } from "./text";

function isSip(p: usize, n: u32): bool {
  if (startsWith(p, n, "sip/2.0 ")) return true;
  if (n < 16 || <u32>load<u8>(p) < 65 || <u32>load<u8>(p) > 90) return false;
  const method =
    startsWith(p, n, "invite ") || startsWith(p, n, "ack ") || startsWith(p, n, "options ") || startsWith(p, n, "register ") ||
    startsWith(p, n, "bye ") || startsWith(p, n, "cancel ") || startsWith(p, n, "subscribe ") || startsWith(p, n, "notify ") ||
    startsWith(p, n, "publish ") || startsWith(p, n, "message ") || startsWith(p, n, "info ") || startsWith(p, n, "refer ") ||
    startsWith(p, n, "update ") || startsWith(p, n, "prack ");
  return method && contains(p, n, " sip/2.0");
}

// A sequence of a version and a community (RFC 1157 §4, RFC 3416), or of version 3's header (RFC 3412 §6).
function isSnmp(p: usize, n: u32): bool {
  if (<u32>load<u8>(p) != 0x30) return false;
  const length = derLength(p, n);
  const at = derHeader;
  if (length > n || at + 5 > n || be16(p + at) != 0x0201) return false;
  const version = <u32>load<u8>(p + at + 2);
  const next = <u32>load<u8>(p + at + 3);
  return (version <= 1 && next == 4) || (version == 3 && next == 0x30);
}

function isKerberos(p: usize, n: u32): bool {
  const tag = <u32>load<u8>(p);
  if ((tag < 0x6a || tag > 0x6f) && tag != 0x7e) return false;
  const length = derLength(p, n);
  return length + derHeader <= n && derHeader < n && <u32>load<u8>(p + derHeader) == 0x30;
}

// A long header of a version in use (RFC 9000 §17.2, RFC 9369); a client's first datagram has at least 1200 bytes.
function isQuic(p: usize, n: u32): bool {
  if (n < 1200 || <u32>load<u8>(p) < 0xc0) return false;
  const version = be32(p + 1);
  return (version == 1 || version == 0x6b3343cf || version >>> 8 == 0xff0000) && <u32>load<u8>(p, 5) <= 20;
}

function isLdap(p: usize, n: u32): bool {
  if (<u32>load<u8>(p) != 0x30) return false;
  const length = derLength(p, n);
  const at = derHeader;
  if (length > n || at + 5 > n || <u32>load<u8>(p + at) != 2 || <u32>load<u8>(p + at + 1) - 1 >= 4) return false;
  const operation = at + 2 + <u32>load<u8>(p + at + 1);
  return operation < n && (<u32>load<u8>(p + operation) & 0xc0) == 0x40;
}

/** The service that a datagram between these ports is of, SERVICE_NONE when it is like none. */
export function datagramService(origPort: u32, respPort: u32, fromOrig: bool, p: usize, n: u32): u32 {
  if (n < 4) return SERVICE_NONE;
  // BOOTP's header with DHCP's cookie (RFC 2131 §3)
  if (n >= 240 && <u32>load<u8>(p) - 1 < 2 && be32(p + 236) == 0x63825363) return SERVICE_DHCP;
  if (respPort == 123 || origPort == 123) {
    const version = (<u32>load<u8>(p) >> 3) & 7;
    const mode = <u32>load<u8>(p) & 7;
    if (version >= 1 && version <= 4 && mode != 0 && n >= (mode >= 6 ? <u32>8 : <u32>48)) return SERVICE_NTP;
  }
  if (isSnmp(p, n)) return SERVICE_SNMP;
  if (isSip(p, n)) return SERVICE_SIP;
  if (isNamedDtls(p, n)) return SERVICE_DTLS;
  if (isQuic(p, n)) return SERVICE_QUIC;
  if (isKerberos(p, n)) return SERVICE_KRB;
  if (respPort - 1812 < 2 || respPort - 1645 < 2) {
    const code = <u32>load<u8>(p);
    if (n >= 20 && be16(p + 2) >= 20 && be16(p + 2) <= n && ((code >= 1 && code <= 5) || code == 11)) return SERVICE_RADIUS;
  }
  if (n >= 10 && be16(p) == 0x0564 && <u32>load<u8>(p, 2) >= 5) return SERVICE_DNP3_UDP;
  if (respPort == 5072 && be16(p + 2) == 0x1129) return SERVICE_AYIYA;
  if ((respPort == 389 || origPort == 389) && isLdap(p, n)) return SERVICE_LDAP_UDP;
  // A priority in angle brackets (RFC 5424 §6.2.1)
  if (respPort == 514 && fromOrig && <u32>load<u8>(p) == 60 && contains(p, n < 5 ? n : 5, ">")) return SERVICE_SYSLOG;
  return SERVICE_NONE;
}
