// ClientHello and ServerHello (RFC 8446 §4.1.2, §4.1.3; RFC 5246 §7.4.1; drafts of TLS 1.3) and what their extensions tell.

import { be16 } from "../../memory/bytes";
import { ja3, ja3s, ja4, setHello } from "./fingerprint";
import {
  addLetter, CLIENT_ENCRYPTED, CLIENT_HELLO, FLIPPED, HAS_CIPHER, HAS_CURVE, HAS_JA3, HAS_JA3S, HAS_JA4, HAS_VERSION, isClient, ja3Of,
  ja3sOf, ja4Of, PSK, RESUMED, SERVER_HELLO, Session, sessionId, has, setNextProtocol, setServerName, TICKET,
} from "./session";

export const SSL2: u32 = 0x0002;
export const TLS12: u32 = 0x0303;
export const TLS13: u32 = 0x0304;

const EXT_SERVER_NAME: u32 = 0;
const EXT_ALPN: u32 = 16;
const EXT_SESSION_TICKET: u32 = 35;
/** Key share in the drafts of TLS 1.3 before the 23rd. */
const EXT_KEY_SHARE_DRAFT: u32 = 40;
const EXT_PRE_SHARED_KEY: u32 = 41;
const EXT_SUPPORTED_VERSIONS: u32 = 43;
const EXT_KEY_SHARE: u32 = 51;

const RANDOM_BYTES: u32 = 32;

// RFC 8446 §4.1.3: the random of a ServerHello that is a HelloRetryRequest.
const RETRY: usize = memory.data<u8>([
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
  0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
]);

export const DTLS10: u32 = 0xfeff;
export const DTLS12: u32 = 0xfefd;
export const DTLS13: u32 = 0xfefc;

/** A version of DTLS. */
// @ts-ignore: decorator
@inline
export function isDtls(version: u32): bool {
  return version == DTLS10 || version == DTLS12 || version == DTLS13;
}

/** A version that a hello may speak of: SSL 2 to TLS 1.3, drafts of TLS 1.3 (0x7f00 and on; 0xfb00 and on), DTLS. */
export function versionKnown(version: u32): bool {
  return version == SSL2 || (version >= 0x0300 && version <= TLS13) || version >> 8 == 0x7f || version >> 8 == 0xfb || isDtls(version);
}

/** A version whose ServerHello has neither session id nor compression: drafts of TLS 1.3 up to the 21st. */
function shortServerHello(version: u32): bool {
  return version == TLS13 || version >> 8 == 0x7f;
}

// The extensions' list is whole: every length stays inside.
function extensionsFit(p: usize, n: u32): bool {
  let at: u32 = 0;
  while (at < n) {
    if (n - at < 4) return false;
    const size = be16(p + at + 2);
    if (size > n - at - 4) return false;
    at += 4 + size;
  }
  return true;
}

function serverName(session: Session, p: usize, n: u32): void {
  // RFC 6066 §3: a list of names, of which only host names (type 0) exist; the first one counts.
  if (n < 2) return;
  const end = min<u32>(n, 2 + be16(p));
  let at: u32 = 2;
  while (at + 3 <= end) {
    const size = be16(p + at + 1);
    if (size > end - at - 3) return;
    if (load<u8>(p + at) == 0) {
      setServerName(session, p + at + 3, size);
      return;
    }
    at += 3 + size;
  }
}

function clientExtension(session: Session, type: u32, p: usize, n: u32): void {
  if (type == EXT_SERVER_NAME) serverName(session, p, n);
  else if (type == EXT_SESSION_TICKET) {
    if (n != 0) session.bits |= TICKET;
  } else if (type == EXT_PRE_SHARED_KEY) session.bits |= PSK;
}

function serverExtension(session: Session, type: u32, p: usize, n: u32): void {
  if (type == EXT_SUPPORTED_VERSIONS) {
    if (n != 2) return;
    session.version = <u16>be16(p);
    session.negotiated = session.version;
    session.bits |= HAS_VERSION;
  } else if (type == EXT_KEY_SHARE || type == EXT_KEY_SHARE_DRAFT) {
    // A ServerHello has one entry, a HelloRetryRequest just the group; both begin with it.
    if (n < 2) return;
    session.curve = <u16>be16(p);
    session.bits |= HAS_CURVE;
  } else if (type == EXT_ALPN) {
    if (n < 3) return;
    const size = <u32>load<u8>(p, 2);
    if (size <= n - 3) setNextProtocol(session, p + 3, size);
  } else if (type == EXT_PRE_SHARED_KEY) {
    if (has(session, PSK)) session.bits |= RESUMED;
  }
}

function allZero(p: usize, n: u32): bool {
  for (let i: u32 = 0; i < n; i++) {
    if (load<u8>(p + i) != 0) return false;
  }
  return true;
}

// An id of 32 zeros stands for none, as in Zeek.
function keepSessionId(session: Session, p: usize, n: u32): void {
  if (n == 0 || n > 32 || (n == 32 && allZero(p, n))) return;
  memory.copy(sessionId(session), p, n);
  session.idLength = <u8>n;
  session.bits &= ~TICKET;
}

// Who says hello as the client is the client, whoever that was so far.
function checkDirection(session: Session, dir: u32, client: bool): void {
  if (isClient(session, dir) == client) return;
  session.bits ^= FLIPPED;
  addLetter(session, true, 94); // ^
}

/** Takes a ClientHello that `dir` sent. False when it is broken. */
export function takeClientHello(session: Session, dir: u32, p: usize, n: u32): bool {
  if (n < 2 + RANDOM_BYTES + 1) return false;
  const version = be16(p);
  let at: u32 = 2 + RANDOM_BYTES;
  const idLength = <u32>load<u8>(p + at);
  const id = p + at + 1;
  at += 1 + idLength;
  const overDatagrams = isDtls(version);
  if (overDatagrams) {
    // RFC 6347 §4.2.1: the cookie.
    if (at + 1 > n) return false;
    at += 1 + <u32>load<u8>(p + at);
  }
  if (at + 2 > n) return false;
  const suitesLength = be16(p + at);
  const suites = p + at + 2;
  at += 2 + suitesLength;
  if (suitesLength < 2 || (suitesLength & 1) != 0 || at + 1 > n) return false;
  const methods = <u32>load<u8>(p + at);
  at += 1 + methods;
  if (methods == 0 || at > n) return false;
  let extensions = p + at;
  let extensionsLength: u32 = 0;
  if (n - at >= 2) {
    extensions += 2;
    extensionsLength = min<u32>(n - at - 2, be16(p + at));
  }
  if (!extensionsFit(extensions, extensionsLength) || !versionKnown(version)) return false;

  checkDirection(session, dir, true);
  for (let i: u32 = 0; i < extensionsLength; i += 4 + be16(extensions + i + 2)) {
    clientExtension(session, be16(extensions + i), extensions + i + 4, be16(extensions + i + 2));
  }
  keepSessionId(session, id, idLength);
  if (!has(session, CLIENT_HELLO)) {
    setHello(version, suites, suitesLength, extensions, extensionsLength);
    ja4(ja4Of(session));
    session.bits |= CLIENT_HELLO | HAS_JA4;
    // JA3 is defined for TLS alone.
    if (!overDatagrams) {
      ja3(ja3Of(session));
      session.bits |= HAS_JA3;
    }
  }
  addLetter(session, true, 99); // c
  return true;
}

/** Takes a ServerHello (or HelloRetryRequest) that `dir` sent. False when it is broken. */
export function takeServerHello(session: Session, dir: u32, p: usize, n: u32): bool {
  if (n < 2 + RANDOM_BYTES) return false;
  const version = be16(p);
  if (!versionKnown(version)) return false;
  let at: u32 = 2 + RANDOM_BYTES;
  let id: usize = 0;
  let idLength: u32 = 0;
  const short = shortServerHello(version);
  if (!short) {
    if (at + 1 > n) return false;
    idLength = load<u8>(p + at);
    id = p + at + 1;
    at += 1 + idLength;
  }
  if (at + 2 > n) return false;
  const suite = p + at;
  at += 2;
  if (!short) at++;
  if (at > n) return false;
  let extensions = p + at;
  let extensionsLength: u32 = 0;
  if (n - at >= 2) {
    extensions += 2;
    extensionsLength = min<u32>(n - at - 2, be16(p + at));
  }
  if (!extensionsFit(extensions, extensionsLength)) return false;

  checkDirection(session, dir, false);
  const retry = memory.compare(p + 2, RETRY, RANDOM_BYTES) == 0;
  session.negotiated = <u16>version;
  for (let i: u32 = 0; i < extensionsLength; i += 4 + be16(extensions + i + 2)) {
    serverExtension(session, be16(extensions + i), extensions + i + 4, be16(extensions + i + 2));
  }
  if (!has(session, HAS_VERSION)) {
    session.version = <u16>version;
    session.bits |= HAS_VERSION;
  }
  session.cipher = <u16>be16(suite);
  session.bits |= HAS_CIPHER;
  const draft = <u32>session.version >> 8 == 0x7f;
  if (
    session.version != TLS13 && !draft && session.idLength != 0 && <u32>session.idLength == idLength &&
    memory.compare(id, sessionId(session), idLength) == 0
  ) {
    session.bits |= RESUMED;
  }
  if (!isDtls(version) && (!retry || !has(session, HAS_JA3S))) {
    setHello(version, suite, 2, extensions, extensionsLength);
    ja3s(ja3sOf(session));
    session.bits |= HAS_JA3S;
  }
  // After a retry the client says hello again, though it may have sent its ChangeCipherSpec by then.
  if (retry) session.bits &= ~CLIENT_ENCRYPTED;
  else session.bits |= SERVER_HELLO;
  addLetter(session, false, retry ? 106 : 115); // j, s
  return true;
}
