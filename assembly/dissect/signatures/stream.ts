// How the protocols over TCP begin.

import { Flow, ORIG } from "../../flow/flow";
import { be16, be24, be32 } from "../../memory/bytes";
import {
  SERVICE_DCE_RPC, SERVICE_DNP3_TCP, SERVICE_FTP, SERVICE_IMAP, SERVICE_IRC, SERVICE_KRB_TCP, SERVICE_LDAP_TCP, SERVICE_MODBUS, SERVICE_MQTT,
  SERVICE_MYSQL, SERVICE_NONE, SERVICE_POP3, SERVICE_POSTGRESQL, SERVICE_RDP, SERVICE_REDIS, SERVICE_RFB, SERVICE_SMB, SERVICE_SMTP,
  SERVICE_SOCKS, SERVICE_SSH, SERVICE_XMPP,
} from "../services";
import { contains, derLength, derHeader, startsWith } from "./text";

/** A `220` greeting: FTP's or SMTP's, as the client's first command says. */
export const BANNER: u32 = 62;

// What a client says first in a protocol of lines.
function clientLine(p: usize, n: u32): u32 {
  if (startsWith(p, n, "ssh-")) return SERVICE_SSH;
  if (startsWith(p, n, "ehlo ") || startsWith(p, n, "helo ") || startsWith(p, n, "ehlo\r") || startsWith(p, n, "helo\r")) return SERVICE_SMTP;
  if (startsWith(p, n, "mail from:") || startsWith(p, n, "rset\r")) return SERVICE_SMTP;
  if (startsWith(p, n, "nick ") || startsWith(p, n, "cap ls")) return SERVICE_IRC;
  if (startsWith(p, n, "user ")) {
    // IRC's has four parameters, the last behind a colon (RFC 2812 §3.1.3).
    return contains(p, n, " :") || contains(p, n, "\nnick ") ? SERVICE_IRC : SERVICE_FTP;
  }
  if (startsWith(p, n, "pass ") && contains(p, n, "\nnick ")) return SERVICE_IRC;
  if (
    startsWith(p, n, "auth ") || startsWith(p, n, "auth\r") || startsWith(p, n, "feat\r") || startsWith(p, n, "opts ") || startsWith(p, n, "syst\r") ||
    startsWith(p, n, "host ") || startsWith(p, n, "clnt ")
  ) return SERVICE_FTP;
  if (startsWith(p, n, "capa\r") || startsWith(p, n, "apop ")) return SERVICE_POP3;
  if (startsWith(p, n, "rfb 00")) return SERVICE_RFB;
  if (startsWith(p, n, "<?xml") || startsWith(p, n, "<stream:stream")) return contains(p, n, "stream:stream") ? SERVICE_XMPP : SERVICE_NONE;
  if (<u32>load<u8>(p) == 42 && contains(p, n, "\r\n$")) return SERVICE_REDIS; // an array of bulk strings
  // IMAP: a tag, then a command (RFC 9051 §2.2.1).
  let at: u32 = 0;
  while (at < n && at < 16 && <u32>load<u8>(p + at) > 32) at++;
  if (at == 0 || at >= n || <u32>load<u8>(p + at) != 32) return SERVICE_NONE;
  const command = p + at + 1;
  const rest = n - at - 1;
  if (
    startsWith(command, rest, "capability\r") || startsWith(command, rest, "login ") || startsWith(command, rest, "authenticate ") ||
    startsWith(command, rest, "starttls\r") || startsWith(command, rest, "id ") || startsWith(command, rest, "noop\r") ||
    startsWith(command, rest, "logout\r")
  ) return SERVICE_IMAP;
  return SERVICE_NONE;
}

// What a server says first.
function serverLine(p: usize, n: u32): u32 {
  if (startsWith(p, n, "ssh-")) return SERVICE_SSH;
  if (startsWith(p, n, "220 ") || startsWith(p, n, "220-") || startsWith(p, n, "120 ")) return BANNER;
  if (startsWith(p, n, "+ok")) return SERVICE_POP3;
  if (startsWith(p, n, "* ok") || startsWith(p, n, "* preauth")) return SERVICE_IMAP;
  if (startsWith(p, n, "rfb 00")) return SERVICE_RFB;
  if (startsWith(p, n, "notice ") || startsWith(p, n, "ping :")) return SERVICE_IRC;
  if (<u32>load<u8>(p) == 58 && (contains(p, n, " notice ") || contains(p, n, " 001 ") || contains(p, n, " cap "))) return SERVICE_IRC;
  if (startsWith(p, n, "<?xml") || startsWith(p, n, "<stream:stream")) return contains(p, n, "stream:stream") ? SERVICE_XMPP : SERVICE_NONE;
  if (startsWith(p, n, "+pong\r") || startsWith(p, n, "+ok\r") || startsWith(p, n, "-noauth") || startsWith(p, n, "$")) return SERVICE_REDIS;
  return SERVICE_NONE;
}

// SMB behind NetBIOS' session header (RFC 1002 §4.3.1), perhaps after a session request or its answer.
function isSmb(at: usize, length: u32): bool {
  let p = at;
  let n = length;
  const type = n >= 4 ? <u32>load<u8>(p) : 0;
  if (type == 0x81 || type == 0x82) {
    const size: u32 = 4 + (be24(p + 1) & 0x1ffff);
    if (size > n) return false;
    p += size;
    n -= size;
  }
  return n >= 8 && <u32>load<u8>(p) == 0 && (be32(p + 4) == 0xff534d42 || be32(p + 4) == 0xfe534d42);
}

// A Kerberos message behind its length (RFC 4120 §7.2.2): AS, TGS, AP and their answers, or an error.
function isKerberos(p: usize, n: u32): bool {
  if (n < 10) return false;
  const length = be32(p);
  const tag = <u32>load<u8>(p, 4);
  return (
    length < 0x100000 && ((tag >= 0x6a && tag <= 0x6f) || tag == 0x7e) && derLength(p + 4, n - 4) + derHeader == length &&
    derHeader + 4 < n && <u32>load<u8>(p + 4 + derHeader) == 0x30
  );
}

function isRemoteProcedureCall(p: usize, n: u32): bool {
  if (n < 16 || be16(p) != 0x0500) return false;
  const type = <u32>load<u8>(p, 2);
  const flags = <u32>load<u8>(p, 3);
  const representation = be32(p + 4);
  return (type == 0 || type == 2 || type == 3 || (type >= 11 && type <= 16)) && (flags & 3) == 3 && (representation == 0x10000000 || representation == 0);
}

// Initial handshake (protocol 10): length, sequence 0, version as text; the answer has sequence 1.
function isMySql(client: bool, p: usize, n: u32): bool {
  if (n < 9) return false;
  const length = be24(p + 0);
  const little = (length & 0xff) << 16 | (length & 0xff00) | length >>> 16;
  if (client) return <u32>load<u8>(p, 3) == 1 && little >= 4 && little + 4 <= n + 1;
  if (<u32>load<u8>(p, 3) != 0 || little + 4 > n + 1 || <u32>load<u8>(p, 4) != 10) return false;
  const digit = <u32>load<u8>(p, 5);
  return digit >= 48 && digit <= 57;
}

function binaryClient(flow: Flow, p: usize, n: u32): u32 {
  const first = <u32>load<u8>(p);
  if (first == 0x10 && n >= 12) {
    // CONNECT (MQTT 3.1.1 §3.1): remaining length of one to four bytes, then the protocol's name.
    let at: u32 = 1;
    while (at < 4 && (<u32>load<u8>(p + at) & 0x80) != 0) at++;
    at++;
    if (at + 6 <= n && ((be16(p + at) == 4 && be32(p + at + 2) == 0x4d515454) || (be16(p + at) == 6 && be32(p + at + 2) == 0x4d514973))) return SERVICE_MQTT;
  }
  if (first == 3 && n >= 11 && load<u8>(p, 1) == 0 && be16(p + 2) <= n && <u32>load<u8>(p, 5) == 0xe0) {
    // X.224 connection request with Microsoft's cookie or negotiation request ([MS-RDPBCGR] §2.2.1.1)
    if (contains(p + 11, n - 11, "mstshash=") || (n == 19 && <u32>load<u8>(p, 11) == 1)) return SERVICE_RDP;
  }
  if (n >= 8 && be32(p) <= n + 4 && (be32(p + 4) == 0x00030000 || be32(p + 4) == 0x04d2162f)) return SERVICE_POSTGRESQL;
  if (first == 5 && n >= 3) {
    // The offered methods; after them nothing, a request or a name and password (RFC 1928 §3, RFC 1929)
    const end = <u32>load<u8>(p, 1) + 2;
    if (end > 2 && (end == n || (end < n && (<u32>load<u8>(p + end) == 5 || <u32>load<u8>(p + end) == 1)))) return SERVICE_SOCKS;
  }
  if (first == 4 && n >= 9 && <u32>load<u8>(p, 1) - 1 < 2 && load<u8>(p + n - 1) == 0) return SERVICE_SOCKS; // version 4
  if (isMySql(true, p, n)) return SERVICE_MYSQL;
  return SERVICE_NONE;
}

function binaryServer(p: usize, n: u32): u32 {
  const first = <u32>load<u8>(p);
  if (first == 5 && n >= 2 && (n == 2 || (<u32>load<u8>(p, 1) < 3 && (<u32>load<u8>(p, 2) == 5 || <u32>load<u8>(p, 2) == 1)))) return SERVICE_SOCKS;
  if (first == 0 && n >= 8 && <u32>load<u8>(p, 1) - 0x5a < 4) return SERVICE_SOCKS;
  if (n == 1 && (first == 0x53 || first == 0x4e)) return SERVICE_POSTGRESQL;
  if (first == 0x52 && n >= 9 && be32(p + 1) < 64) return SERVICE_POSTGRESQL;
  if (isMySql(false, p, n)) return SERVICE_MYSQL;
  return SERVICE_NONE;
}

/** The service that the first `n` bytes of a direction are like, SERVICE_NONE, or BANNER. */
export function candidateOf(flow: Flow, dir: u32, p: usize, n: u32): u32 {
  if (n == 0) return SERVICE_NONE;
  const line = dir == ORIG ? clientLine(p, n) : serverLine(p, n);
  if (line != SERVICE_NONE) return line;
  if (isSmb(p, n)) return SERVICE_SMB;
  if (isRemoteProcedureCall(p, n)) return SERVICE_DCE_RPC;
  if (isKerberos(p, n)) return SERVICE_KRB_TCP;
  // DNP3's start bytes, and a length that counts at least the header (IEEE 1815 §9.2.4)
  if (n >= 10 && be16(p) == 0x0564 && <u32>load<u8>(p, 2) >= 5) return SERVICE_DNP3_TCP;
  // Modbus says little of itself: protocol 0 and a length that fits (MODBUS/TCP §3.1.3), on its port.
  if (<u32>flow.respP == 502 && n >= 8 && be16(p + 2) == 0 && be16(p + 4) >= 2 && be16(p + 4) <= 254) return SERVICE_MODBUS;
  // LDAPMessage: a sequence of an id and an operation of the application class (RFC 4511 §4.1.1)
  if (<u32>load<u8>(p) == 0x30 && n >= 7) {
    derLength(p, n);
    const at = derHeader;
    if (at + 5 <= n && <u32>load<u8>(p + at) == 2 && <u32>load<u8>(p + at + 1) - 1 < 4) {
      const operation = at + 2 + <u32>load<u8>(p + at + 1);
      if (operation < n && (<u32>load<u8>(p + operation) & 0xc0) == 0x40) return SERVICE_LDAP_TCP;
    }
  }
  return dir == ORIG ? binaryClient(flow, p, n) : binaryServer(p, n);
}
