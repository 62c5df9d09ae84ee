// Is it DNS? On the ports of the DNS family nearly everything is (as for Zeek); elsewhere the header, the question and
// what follows must all make sense.

import { PROTO_TCP } from "../../abi/enums";
import { Flow } from "../../flow/flow";
import { be16 } from "../../memory/bytes";
import { LOOKS_MORE, LOOKS_NO, LOOKS_YES } from "../services";
import { HEADER_BYTES, MAX_QUESTIONS, opcodeKnown } from "./message";

/** A stream is told by its first bytes alone; a question that goes on behind them is believed so far as it was seen. */
const MOST_LOOKED_AT: u32 = 64;
const MAX_NAME: u32 = 255;

function familyPort(port: u32): bool {
  return port == 53 || port == 5353 || port == 5355 || port == 137;
}

// Letters, digits, hyphen and underscore: what host and service names are made of.
function hostLetter(c: u32): bool {
  return c - 48 < 10 || (c | 32) - 97 < 26 || c == 45 || c == 95;
}

/**
 * Weighs a message of which `length` bytes are at hand and `whole` long in all: exactly one question with a host name, a
 * type and class in use, counts and flags that fit together, and nothing behind a query but what its counts announce.
 */
function strict(bytes: usize, length: u32, whole: u32): u32 {
  if (whole < HEADER_BYTES + 5) return LOOKS_NO;
  if (length < HEADER_BYTES) return LOOKS_MORE;
  const flags = be16(bytes + 2);
  const reply = (flags & 0x8000) != 0;
  const answers = be16(bytes + 6);
  const authorities = be16(bytes + 8);
  const additional = be16(bytes + 10);
  if ((flags & 0x7840) != 0 || be16(bytes + 4) != 1) return LOOKS_NO;
  if (answers > 256 || authorities > 64 || additional > 64) return LOOKS_NO;
  if (reply) {
    if ((flags & 15) > 10) return LOOKS_NO;
  } else {
    if ((flags & 0x048f) != 0 || answers != 0 || authorities != 0 || additional > 2) return LOOKS_NO;
  }
  let at = HEADER_BYTES;
  let labels: u32 = 0;
  for (;;) {
    if (at >= whole || at - HEADER_BYTES > MAX_NAME) return LOOKS_NO;
    if (at >= length) return length >= MOST_LOOKED_AT ? LOOKS_YES : LOOKS_MORE;
    const label = <u32>load<u8>(bytes + at);
    at++;
    if (label == 0) break;
    if (label > 63) return LOOKS_NO;
    for (let i: u32 = 0; i < label && at + i < length; i++) {
      if (!hostLetter(load<u8>(bytes + at + i))) return LOOKS_NO;
    }
    at += label;
    labels++;
  }
  if (labels == 0 || at + 4 > whole) return LOOKS_NO;
  if (at + 4 > length) return length >= MOST_LOOKED_AT ? LOOKS_YES : LOOKS_MORE;
  const qtype = be16(bytes + at);
  const qclass = be16(bytes + at + 2) & 0x7fff; // mDNS asks for a unicast answer with the top bit (RFC 6762 §5.4)
  if (qtype == 0 || (qtype > 110 && (qtype < 249 || qtype > 262))) return LOOKS_NO;
  if (qclass != 1 && qclass != 3 && qclass != 255) return LOOKS_NO;
  const rest = whole - at - 4;
  const records = answers + authorities + additional;
  return records == 0 ? (rest == 0 ? LOOKS_YES : LOOKS_NO) : rest >= 11 * records ? LOOKS_YES : LOOKS_NO;
}

/** Does a TCP stream go on with a message here, behind its two bytes of length (RFC 1035 §4.2.2)? */
export function looksLikeFramed(bytes: usize, length: u32, familiar: bool): u32 {
  if (length < 2) return LOOKS_MORE;
  const whole = be16(bytes);
  if (familiar) {
    if (whole < HEADER_BYTES) return LOOKS_NO;
    if (length < 2 + HEADER_BYTES) return LOOKS_MORE;
    return opcodeKnown(be16(bytes + 4)) && be16(bytes + 6) <= MAX_QUESTIONS ? LOOKS_YES : LOOKS_NO;
  }
  const at = length - 2;
  return strict(bytes + 2, at < whole ? at : whole, whole);
}

/** True when either port is one of the DNS family's. */
export function familiarPorts(flow: Flow): bool {
  return familyPort(flow.respP) || familyPort(flow.origP);
}

/** First bytes of a direction, or a datagram: see dissect/README.md. */
export function looksLikeDns(flow: Flow, dir: u32, bytes: usize, length: u32): u32 {
  const familiar = familiarPorts(flow);
  if (flow.proto == PROTO_TCP) return looksLikeFramed(bytes, length, familiar);
  if (familiar) return LOOKS_YES;
  return strict(bytes, length, length) == LOOKS_YES ? LOOKS_YES : LOOKS_NO;
}
