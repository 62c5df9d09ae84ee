// DTLS 1.0 and 1.2, and the hellos of 1.3 (RFC 4347, RFC 6347, RFC 9147). Datagrams keep their records apart, so one that is
// lost costs nothing but itself; handshake messages may come in pieces, in any order and more than once. A flight that is
// repeated shows in the history again, as in Zeek's.

import { COUNTER_CAP_TLS_HANDSHAKE } from "../../abi/counters";
import { WEIRD_SSL_BAD_HANDSHAKE } from "../../abi/weirds";
import { Flow } from "../../flow/flow";
import { be16, be24 } from "../../memory/bytes";
import { count } from "../../memory/counters";
import { MAX_DTLS_MESSAGE_BYTES } from "../../memory/limits";
import { weirdFlow } from "../weird";
import { takeMessage } from "./handshake";
import { DTLS10, DTLS12, DTLS13 } from "./hello";
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, changeCipherSpec, finish, HANDSHAKE, takeAlerts } from "./record";
import {
  begin, beginAssembly, CLIENT_DATA, CLIENT_ENCRYPTED, DATAGRAMS, DONE, endAssembly, ESTABLISHED, Half, half, handshakeBuffer, has, isClient,
  SERVER_DATA, SERVER_ENCRYPTED, Session, sessionOf,
} from "./session";

/** Type, version, epoch, sequence number, length. */
const HEAD: u32 = 13;
/** Type, length, sequence number, offset and length of the piece. */
const MESSAGE_HEAD: u32 = 12;
const MAX_FRAGMENT: u32 = 18432;

// The version on a record stays that of 1.2 in 1.3 (RFC 9147 §4).
// @ts-ignore: decorator
@inline
function recordVersion(version: u32): bool {
  return version == DTLS10 || version == DTLS12;
}

// Type of the handshake message that a datagram of more than HEAD bytes begins with, where it is a hello of either side or the
// request to verify one; 0 = neither.
// @ts-ignore: decorator
@inline
function helloType(bytes: usize): u32 {
  if (<u32>load<u8>(bytes) != HANDSHAKE) return 0;
  const type = <u32>load<u8>(bytes, 13);
  return type <= 3 ? type : 0;
}

/**
 * True when a datagram is named DTLS although it may be none that can be read: a hello's later piece, or of the version
 * that OpenSSL sent before the standard stood.
 */
export function isNamedDtls(bytes: usize, length: u32): bool {
  if (length < HEAD + 1 || helloType(bytes) == 0) return false;
  const version = be16(bytes + 1);
  return (recordVersion(version) || version == 0x0100) && be16(bytes + 11) + HEAD <= length;
}

/** True when a datagram begins with a hello of either side, or the request to verify one. Asked for every datagram of a flow that nobody claimed. */
export function looksLikeDtls(bytes: usize, length: u32): bool {
  if (length < HEAD + MESSAGE_HEAD + 3) return false;
  const type = helloType(bytes);
  if (type == 0) return false;
  if (!recordVersion(be16(bytes + 1)) || be16(bytes + 3) != 0) return false;
  const fragment = be16(bytes + 11);
  const message = be24(bytes + 14);
  const piece = be24(bytes + 22);
  if (fragment > MAX_FRAGMENT || be24(bytes + 19) != 0) return false;
  if (piece > message || piece < 3 || piece + MESSAGE_HEAD > fragment || message > MAX_DTLS_MESSAGE_BYTES) return false;
  if (!recordVersion(be16(bytes + 25))) return false;
  return type == 3 ? message == 3 + <u32>load<u8>(bytes, 27) : message >= 38;
}

// True when this encrypted record ends the handshake. Datagrams overtake each other: data of both sides establishes the
// session, but the ChangeCipherSpec and what went before it may still come.
function encrypted(session: Session, dir: u32, type: u32, unified: bool): bool {
  const client = isClient(session, dir);
  const both = CLIENT_ENCRYPTED | SERVER_ENCRYPTED;
  if (unified) session.bits |= client ? CLIENT_ENCRYPTED : SERVER_ENCRYPTED;
  if (type == APPLICATION_DATA) session.bits |= client ? CLIENT_DATA : SERVER_DATA;
  if (has(session, CLIENT_DATA) && has(session, SERVER_DATA)) session.bits |= ESTABLISHED;
  if ((session.bits & both) != both) return false;
  session.bits |= ESTABLISHED;
  return true;
}

// A piece of a message: `size` bytes at `p` belong at `offset` of `total`.
function takePiece(
  session: Session, mine: Half, flow: Flow, dir: u32, key: u32, total: u32, offset: u32, p: usize, size: u32,
): void {
  const buffer = handshakeBuffer(mine);
  if (buffer.length != total || mine.skipMessage != key) {
    if (total > MAX_DTLS_MESSAGE_BYTES || !beginAssembly(mine, total)) {
      count(COUNTER_CAP_TLS_HANDSHAKE);
      return;
    }
    mine.skipMessage = key;
    mine.skip = total;
  }
  const data = <usize>buffer.data;
  const marks = data + total;
  for (let i: u32 = 0; i < size; i++) {
    const place = offset + i;
    const mark = marks + (place >> 3);
    const bit = (<u32>1) << (place & 7);
    const there = <u32>load<u8>(mark);
    if ((there & bit) != 0) continue;
    store<u8>(mark, there | bit);
    store<u8>(data + place, load<u8>(p + i));
    mine.skip--;
  }
  if (mine.skip != 0) return;
  takeMessage(session, flow, dir, key >> 16, data, total);
  endAssembly(mine);
}

function takeRecord(session: Session, flow: Flow, dir: u32, bytes: usize, length: u32): void {
  let p = bytes;
  let left = length;
  while (left >= MESSAGE_HEAD) {
    const type = <u32>load<u8>(p);
    const total = be24(p + 1);
    const offset = be24(p + 6);
    const size = be24(p + 9);
    if (size > left - MESSAGE_HEAD || offset > total || size > total - offset) {
      weirdFlow(flow, WEIRD_SSL_BAD_HANDSHAKE, "DTLS");
      return;
    }
    if (size == total) takeMessage(session, flow, dir, type, p + MESSAGE_HEAD, total);
    else takePiece(session, half(session, dir), flow, dir, (type << 16) | be16(p + 4), total, offset, p + MESSAGE_HEAD, size);
    p += MESSAGE_HEAD + size;
    left -= MESSAGE_HEAD + size;
  }
}

/** One datagram of the flow. What is no record (STUN, RTP and others share the flow) is passed over. */
export function dtlsDatagram(flow: Flow, dir: u32, bytes: usize, length: u32): void {
  if (flow.state == DONE) return;
  const session = sessionOf(flow);
  if (session === null) return;
  session.bits |= DATAGRAMS;
  let p = bytes;
  let left = length;
  while (left != 0) {
    const type = <u32>load<u8>(p);
    // RFC 9147 §4: the header of encrypted records; the rest of the datagram is not looked at.
    const unified = type >> 5 == 1 && <u32>session.negotiated == DTLS13;
    if (!unified && (left < HEAD || type < CHANGE_CIPHER_SPEC || !recordVersion(be16(p + 1)))) return;
    if (unified || be16(p + 3) != 0) {
      // An epoch other than 0: encrypted.
      if (encrypted(session, dir, type, unified)) {
        begin(session);
        finish(session, flow);
        return;
      }
      if (unified) return;
    }
    const n = be16(p + 11);
    if (n > left - HEAD) return;
    if (be16(p + 3) == 0) {
      begin(session);
      const client = isClient(session, dir);
      if (type == HANDSHAKE) takeRecord(session, flow, dir, p + HEAD, n);
      else if (type == ALERT) takeAlerts(session, client, p + HEAD, n);
      else if (type == CHANGE_CIPHER_SPEC && n != 0) changeCipherSpec(session, client);
    }
    p += HEAD + n;
    left -= HEAD + n;
  }
}
