// Handshake messages (RFC 5246 §7.4, RFC 8446 §4) as they come out of the records.

import { COUNTER_CAP_TLS_HANDSHAKE } from "../../abi/counters";
import { WEIRD_SSL_BAD_CERTIFICATE_LENGTH, WEIRD_SSL_BAD_HANDSHAKE, WEIRD_SSL_HANDSHAKE_TOO_LONG } from "../../abi/weirds";
import { Flow } from "../../flow/flow";
import { append, consume, free } from "../../memory/buffer";
import { be16, be24 } from "../../memory/bytes";
import { count } from "../../memory/counters";
import { MAX_TLS_HANDSHAKE_BYTES } from "../../memory/limits";
import { confirm, SERVICE_DTLS, SERVICE_SSL } from "../services";
import { weirdFlow } from "../weird";
import { takeCertificates } from "./certificate";
import { takeClientHello, takeServerHello } from "./hello";
import { addLetter, DATAGRAMS, Half, has, HAS_CURVE, handshakeBuffer, isClient, KEY_EXCHANGE, Session } from "./session";
import { takeStatus } from "./status";

const HEAD: u32 = 4;
const CLIENT_HELLO_TYPE: u32 = 1;
const SERVER_HELLO_TYPE: u32 = 2;
const CERTIFICATE: u32 = 11;
const CERTIFICATE_STATUS: u32 = 22;
const SERVER_KEY_EXCHANGE: u32 = 12;
const CLIENT_KEY_EXCHANGE: u32 = 16;
const NAMED_CURVE: u32 = 3;

/** Letters of ssl_history by message type, `-` for a type that does not exist. */
const LETTERS: usize = memory.data<u8>([
  0x68, 0x63, 0x73, 0x76, 0x74, 0x65, 0x6a, 0x2d, 0x6f, 0x2d, 0x2d, 0x78, 0x6b, 0x72, 0x6e, 0x79,
  0x67, 0x2d, 0x2d, 0x2d, 0x66, 0x77, 0x75, 0x61, 0x70,
]);

function letterOf(type: u32): u32 {
  if (type == 254) return 109; // message_hash
  return type < 25 ? <u32>load<u8>(LETTERS + type) : 45;
}

/** Suites whose ServerKeyExchange begins with the parameters of an elliptic curve (ECDHE and anonymous ECDH). */
function ellipticExchange(suite: u32): bool {
  if (suite == 0xcca8 || suite == 0xcca9) return true;
  if (suite >> 8 != 0xc0) return false;
  const low = suite & 0xff;
  return (
    (low >= 0x01 && low <= 0x19) || (low >= 0x23 && low <= 0x32) || (low >= 0x48 && low <= 0x4f) ||
    (low >= 0x5c && low <= 0x63) || (low >= 0x72 && low <= 0x79) || (low >= 0x86 && low <= 0x8d) ||
    (low >= 0xac && low <= 0xaf)
  );
}

function bad(session: Session, flow: Flow, code: u32): bool {
  weirdFlow(flow, code, has(session, DATAGRAMS) ? "DTLS" : "SSL");
  return false;
}

/** Takes one whole message. False when reading on makes no sense. */
export function takeMessage(session: Session, flow: Flow, dir: u32, type: u32, body: usize, length: u32): bool {
  if (type == CLIENT_HELLO_TYPE) {
    if (!takeClientHello(session, dir, body, length)) return bad(session, flow, WEIRD_SSL_BAD_HANDSHAKE);
    confirm(flow, has(session, DATAGRAMS) ? SERVICE_DTLS : SERVICE_SSL);
    return true;
  }
  const client = isClient(session, dir);
  if (type == SERVER_HELLO_TYPE) {
    return takeServerHello(session, dir, body, length) || bad(session, flow, WEIRD_SSL_BAD_HANDSHAKE);
  }
  if (type == CERTIFICATE) {
    if (!takeCertificates(session, flow, dir, body, length)) return bad(session, flow, WEIRD_SSL_BAD_CERTIFICATE_LENGTH);
  } else if (type == SERVER_KEY_EXCHANGE) {
    if (ellipticExchange(session.cipher)) {
      if (length < 3) return bad(session, flow, WEIRD_SSL_BAD_HANDSHAKE);
      if (load<u8>(body) == NAMED_CURVE) {
        session.curve = <u16>be16(body + 1);
        session.bits |= HAS_CURVE;
      }
    }
  } else if (type == CERTIFICATE_STATUS && !client) takeStatus(flow, dir, body, length);
  else if (type == CLIENT_KEY_EXCHANGE && client) session.bits |= KEY_EXCHANGE;
  const letter = letterOf(type);
  if (letter == 45) {
    addLetter(session, client, 122); // z
    return bad(session, flow, WEIRD_SSL_BAD_HANDSHAKE);
  }
  addLetter(session, client, letter);
  return true;
}

// Takes the whole messages at `p`; what is left goes to `leftover`. False: stop reading.
let leftover: u32 = 0;
function messages(session: Session, flow: Flow, dir: u32, p: usize, n: u32): bool {
  let at: u32 = 0;
  while (n - at >= HEAD) {
    const length = be24(p + at + 1);
    if (length > n - at - HEAD) break;
    if (!takeMessage(session, flow, dir, load<u8>(p + at), p + at + HEAD, length)) return false;
    at += HEAD + length;
  }
  leftover = n - at;
  return true;
}

/** Takes the `n` bytes of a handshake record. False when the stream is not worth reading any more. */
export function takeHandshake(session: Session, half: Half, flow: Flow, dir: u32, p: usize, n: u32): bool {
  const buffer = handshakeBuffer(half);
  let bytes = p;
  let left = n;
  if (half.skipMessage != 0) {
    const passed = min<u32>(half.skipMessage, left);
    half.skipMessage -= passed;
    bytes += passed;
    left -= passed;
  }
  if (left == 0) return true;
  if (buffer.length == 0) {
    if (!messages(session, flow, dir, bytes, left)) return false;
    bytes += left - leftover;
    left = leftover;
    if (left == 0) return true;
  }
  if (!append(buffer, bytes, left, MAX_TLS_HANDSHAKE_BYTES)) {
    // The message under way is longer than what is kept: pass over it and go on with the next.
    count(COUNTER_CAP_TLS_HANDSHAKE);
    weirdFlow(flow, WEIRD_SSL_HANDSHAKE_TOO_LONG, "SSL");
    const whole = buffer.length >= HEAD ? HEAD + be24(buffer.data + 1) : 0;
    const there = buffer.length + left;
    free(buffer);
    if (whole <= there) return false;
    half.skipMessage = whole - there;
    return true;
  }
  if (!messages(session, flow, dir, buffer.data, buffer.length)) return false;
  if (leftover == 0) free(buffer);
  else consume(buffer, buffer.length - leftover);
  return true;
}
