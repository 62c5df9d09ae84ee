// The record layer (RFC 8446 §5, RFC 5246 §6.2). Only complete records count, as in Zeek; of encrypted ones the fact.

import {
  WEIRD_SSL_BAD_RECORD, WEIRD_SSL_UNKNOWN_VERSION,
} from "../../abi/weirds";
import { Flow } from "../../flow/flow";
import { append, free } from "../../memory/buffer";
import { be16 } from "../../memory/bytes";
import { identifyAgain, resume } from "../registry";
import { SERVICE_NONE, SERVICE_SSL } from "../services";
import { weirdFlow } from "../weird";
import { takeHandshake } from "./handshake";
import { DTLS10, DTLS12, SSL2, TLS12 } from "./hello";
import {
  addLetter, begin, BEGUN, CLIENT_ENCRYPTED, DONE, emit, ESTABLISHED, freeSession, half, has, HAS_ALERT, isClient,
  KEY_EXCHANGE, recordBuffer, RESUMED, SERVER_ENCRYPTED, Session, TICKET,
} from "./session";
import { ssl2Length, takeSsl2 } from "./ssl2";

const HEAD: u32 = 5;
/** Longest record with its header; lengths beyond RFC's 2^14 + 2048 occur and are read all the same. */
const MAX_RECORD: u32 = 65535 + 5;

export const CHANGE_CIPHER_SPEC: u32 = 20;
export const ALERT: u32 = 21;
export const HANDSHAKE: u32 = 22;
export const APPLICATION_DATA: u32 = 23;
const HEARTBEAT: u32 = 24;

/** The row is complete: write it and forget the session. */
export function finish(session: Session, flow: Flow): void {
  emit(session, flow);
  freeSession(session, flow, DONE);
}

// These bytes are no TLS: what is known by now is the row, and the service is taken back (Zeek: analyzer violation).
function violation(session: Session, flow: Flow, code: u32): void {
  weirdFlow(flow, code, "SSL");
  giveUp(session, flow);
}

const head: usize = memory.data(8, 8);

// The bytes at `p` (HEAD at least) begin no record. A server that does not speak TLS may answer the hello in the clear: then
// they and the `length` bytes at `behind` are identified afresh.
function notTls(session: Session, flow: Flow, dir: u32, p: usize, behind: usize, length: u32): void {
  const plain = load<u32>(p) == 0x50545448 && load<u8>(p, 4) == 0x2f; // HTTP/
  if (!plain) {
    violation(session, flow, WEIRD_SSL_UNKNOWN_VERSION);
    return;
  }
  memory.copy(head, p, HEAD);
  violation(session, flow, WEIRD_SSL_UNKNOWN_VERSION);
  flow.state = 0;
  flow.dissector = <u8>SERVICE_NONE;
  identifyAgain(flow, dir, head, HEAD);
  resume(flow, dir, behind, length);
}

function giveUp(session: Session, flow: Flow): void {
  flow.services &= ~((<u64>1) << (<u64>SERVICE_SSL));
  finish(session, flow);
}

// A record that is encrypted. True when it completes the handshake.
function ciphertext(session: Session): bool {
  if ((session.bits & (CLIENT_ENCRYPTED | SERVER_ENCRYPTED)) != (CLIENT_ENCRYPTED | SERVER_ENCRYPTED)) return false;
  session.bits |= ESTABLISHED;
  return true;
}

/** TLS 1.3 encrypts from the first application data on; every version that is not older counts as such. */
function encryptsWithoutNotice(session: Session): bool {
  const version = <u32>session.negotiated;
  return version != SSL2 && (version < 0x0300 || version > TLS12) && version != DTLS10 && version != DTLS12;
}

/** A ChangeCipherSpec. */
export function changeCipherSpec(session: Session, client: bool): void {
  addLetter(session, client, 105); // i
  // RFC 8446 §D.4: in TLS 1.3 it means nothing; hellos may still follow it.
  if (session.negotiated == 0 || !encryptsWithoutNotice(session)) session.bits |= client ? CLIENT_ENCRYPTED : SERVER_ENCRYPTED;
  if (client && has(session, TICKET) && !has(session, KEY_EXCHANGE)) session.bits |= RESUMED;
}

/** Takes the alerts of a record that is not encrypted. */
export function takeAlerts(session: Session, client: bool, p: usize, n: u32): void {
  for (let i: u32 = 0; i + 2 <= n; i += 2) {
    addLetter(session, client, 108); // l
    session.alert = load<u8>(p + i, 1);
    session.bits |= HAS_ALERT;
  }
}

// One complete record. False when the session is over for us.
function record(session: Session, flow: Flow, dir: u32, type: u32, p: usize, n: u32): bool {
  const client = isClient(session, dir);
  const encrypted = client ? CLIENT_ENCRYPTED : SERVER_ENCRYPTED;
  if (!has(session, encrypted) && type == APPLICATION_DATA && encryptsWithoutNotice(session)) session.bits |= encrypted;
  if (has(session, encrypted)) {
    if (!ciphertext(session)) return true;
    begin(session);
    finish(session, flow);
    return false;
  }
  begin(session);
  if (type == HANDSHAKE) {
    if (takeHandshake(session, half(session, dir), flow, dir, p, n)) return true;
    giveUp(session, flow);
    return false;
  }
  if (type == CHANGE_CIPHER_SPEC) {
    if (n != 0) changeCipherSpec(session, client);
    return true;
  }
  if (type == ALERT) {
    takeAlerts(session, client, p, n);
    return true;
  }
  if (type == HEARTBEAT) {
    if (n >= 3) addLetter(session, client, 98); // b
    return true;
  }
  if (type == APPLICATION_DATA) return true;
  violation(session, flow, WEIRD_SSL_BAD_RECORD);
  return false;
}

// Checks the header at `p` (5 bytes at least). Returns the whole length of the record, 0 when it is none.
function recordLength(session: Session, p: usize): u32 {
  const version = be16(p + 1);
  if (session.recordVersion == 0 && (load<u8>(p) & 0x80) != 0) {
    const kind = <u32>load<u8>(p, 2);
    return kind == 1 || kind == 4 ? ssl2Length(p) : 0;
  }
  if (version < 0x0300 || version > TLS12) return 0;
  if (session.recordVersion == 0) {
    const type = <u32>load<u8>(p);
    if (type < CHANGE_CIPHER_SPEC || type > 30) return 0;
    session.recordVersion = <u16>version;
  }
  return HEAD + be16(p + 3);
}

// A complete record with its header. False when the session is over for us.
function whole(session: Session, flow: Flow, dir: u32, p: usize, n: u32): bool {
  if (session.recordVersion == 0 && (load<u8>(p) & 0x80) != 0) {
    if (takeSsl2(session, flow, dir, p, n)) return true;
    if (has(session, BEGUN)) finish(session, flow);
    else violation(session, flow, WEIRD_SSL_BAD_RECORD);
    return false;
  }
  return record(session, flow, dir, load<u8>(p), p + HEAD, n - HEAD);
}

/** Takes the next bytes of a direction. The session may be over (and freed) when this returns. */
export function takeBytes(session: Session, flow: Flow, dir: u32, bytes: usize, length: u32): void {
  const mine = half(session, dir);
  const buffer = recordBuffer(mine);
  let at = bytes;
  let left = length;
  while (left != 0) {
    if (mine.skip != 0) {
      const passed = min<u32>(mine.skip, left);
      mine.skip -= passed;
      at += passed;
      left -= passed;
      if (mine.skip == 0 && !record(session, flow, dir, APPLICATION_DATA, at, 0)) return;
      continue;
    }
    if (buffer.length == 0 && left >= HEAD) {
      const n = recordLength(session, at);
      if (n == 0) {
        notTls(session, flow, dir, at, at + HEAD, left - HEAD);
        return;
      }
      if (n <= left) {
        if (!whole(session, flow, dir, at, n)) return;
        at += n;
        left -= n;
        continue;
      }
      if (load<u8>(at) == APPLICATION_DATA) {
        // Nothing in it is of use: count it down instead of keeping it.
        mine.skip = n - left;
        return;
      }
    }
    let wanted = HEAD;
    if (buffer.length >= HEAD) {
      wanted = recordLength(session, buffer.data);
      if (wanted == 0) {
        notTls(session, flow, dir, buffer.data, at, left);
        return;
      }
    }
    const n = min<u32>(wanted - buffer.length, left);
    if (!append(buffer, at, n, MAX_RECORD)) {
      violation(session, flow, WEIRD_SSL_BAD_RECORD);
      return;
    }
    at += n;
    left -= n;
    if (wanted == HEAD || buffer.length < wanted) {
      if (wanted != HEAD || buffer.length < HEAD) continue;
      wanted = recordLength(session, buffer.data);
      if (wanted == 0) {
        notTls(session, flow, dir, buffer.data, at, left);
        return;
      }
      if (buffer.length < wanted) continue;
    }
    if (!whole(session, flow, dir, buffer.data, buffer.length)) return;
    free(buffer);
  }
}
