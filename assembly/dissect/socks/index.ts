// SOCKS 4, 4a and 5 (RFC 1928, RFC 1929): the negotiation is passed over, what the proxy then carries is identified afresh.

import { Flow, ORIG, RESP } from "../../flow/flow";
import { append, Buffer, consume, free } from "../../memory/buffer";
import { MAX_IDENTIFY_BYTES } from "../../memory/limits";
import { allocateZeroed, release } from "../../memory/slab";
import { identifyAgain, resume } from "../registry";
import { confirm, LOOKS_MORE, LOOKS_NO, LOOKS_YES, SERVICE_NONE, SERVICE_NOTHING, SERVICE_SOCKS } from "../services";

/** State of a negotiation: for each direction the bytes that were not understood yet, and how far it is. */
@unmanaged
class Negotiation {
  orig: u32; // Buffer
  origLength: u32;
  origCapacity: u32;
  resp: u32; // Buffer
  respLength: u32;
  respCapacity: u32;
  origPhase: u32;
  respPhase: u32;
}
const NEGOTIATION_BYTES: u32 = 32;

const BEGIN: u32 = 0;
const VERSION5: u32 = 1;
const DONE: u32 = 2;

/** What a parser makes of the bytes at hand: a length, or one of these. */
const WAIT: u32 = 0;
const BAD: u32 = 0xffffffff;

// @ts-ignore: decorator
@inline
function bufferOf(negotiation: Negotiation, dir: u32): Buffer {
  return changetype<Buffer>(changetype<usize>(negotiation) + (dir == ORIG ? 0 : offsetof<Negotiation>("resp")));
}

// Length of the text with its closing 0 at `at`; 0 = it is not complete.
function textEnd(p: usize, n: u32, at: u32): u32 {
  for (let i = at; i < n; i++) {
    if (load<u8>(p + i) == 0) return i + 1;
  }
  return 0;
}

// 4a: an address of 0.0.0.x stands for a name that follows.
function named(p: usize): bool {
  return (load<u32>(p, 4) & 0x00ffffff) == 0 && load<u8>(p, 7) != 0;
}

/** See dissect/README.md: only the client's greeting tells. */
export function looksLikeSocks(flow: Flow, dir: u32, bytes: usize, length: u32): u32 {
  if (dir != ORIG || length == 0) return dir == ORIG ? LOOKS_MORE : LOOKS_NO;
  const version = <u32>load<u8>(bytes);
  if (version == 4) {
    if (length < 2) return LOOKS_MORE;
    if (<u32>load<u8>(bytes, 1) - 1 > 1) return LOOKS_NO; // CONNECT, BIND
    if (length < 9) return LOOKS_MORE;
    const user = textEnd(bytes, length, 8);
    const text = user == 0 ? length : user - 1;
    for (let i: u32 = 8; i < text; i++) {
      if (<u32>load<u8>(bytes + i) - 32 > 94) return LOOKS_NO;
    }
    if (user == 0) return LOOKS_MORE;
    return user == length || named(bytes) ? LOOKS_YES : LOOKS_NO;
  }
  if (version != 5) return LOOKS_NO;
  if (length < 2) return LOOKS_MORE;
  const end: u32 = 2 + <u32>load<u8>(bytes, 1);
  if (end == 2 || end > 12) return LOOKS_NO;
  for (let i: u32 = 2; i < end && i < length; i++) {
    const method = <u32>load<u8>(bytes + i);
    if (method > 9 && method < 0x80) return LOOKS_NO; // registered methods, private ones
  }
  if (length < end) return LOOKS_MORE;
  if (length == end) return LOOKS_YES;
  const next = <u32>load<u8>(bytes + end);
  return next == 5 || next == 1 ? LOOKS_YES : LOOKS_NO;
}

// A request or reply of version 5: four bytes, an address of the kind that the fourth names, a port.
function addressed(p: usize, n: u32): u32 {
  if (n < 5) return WAIT;
  const kind = <u32>load<u8>(p, 3);
  const size: u32 = kind == 1 ? 10 : kind == 4 ? 22 : kind == 3 ? 7 + <u32>load<u8>(p, 4) : 0;
  if (size == 0) return BAD;
  return n < size ? WAIT : size;
}

// One message of the client; `phase` after it goes to `next`.
let next: u32 = 0;
function clientMessage(phase: u32, p: usize, n: u32): u32 {
  const first = <u32>load<u8>(p);
  if (phase == BEGIN) {
    if (first == 4) {
      const user = n < 9 ? 0 : textEnd(p, n, 8);
      if (user == 0) return WAIT;
      next = DONE;
      return named(p) ? textEnd(p, n, user) : user;
    }
    if (first != 5) return BAD;
    if (n < 2) return WAIT;
    const size: u32 = 2 + <u32>load<u8>(p, 1);
    next = VERSION5;
    return n < size ? WAIT : size;
  }
  if (first == 1) {
    // RFC 1929: user name and password.
    if (n < 2) return WAIT;
    const user: u32 = 2 + <u32>load<u8>(p, 1);
    if (n <= user) return WAIT;
    const size: u32 = user + 1 + <u32>load<u8>(p + user);
    next = VERSION5;
    return n < size ? WAIT : size;
  }
  if (first != 5) return BAD;
  next = DONE;
  return addressed(p, n);
}

// One message of the server: what refuses is BAD, nothing follows it.
function serverMessage(phase: u32, flow: Flow, p: usize, n: u32): u32 {
  const first = <u32>load<u8>(p);
  if (n < 2) return WAIT;
  const status = <u32>load<u8>(p, 1);
  if (phase == BEGIN) {
    if (first == 0) {
      if (status - 0x5a > 3) return BAD;
      confirm(flow, SERVICE_SOCKS);
      if (status != 0x5a) return BAD;
      next = DONE;
      return n < 8 ? WAIT : 8;
    }
    if (first != 5) return BAD;
    if (status == 0 || status == 2 || status == 0xff) confirm(flow, SERVICE_SOCKS);
    next = VERSION5;
    return status == 0 || status == 2 ? 2 : BAD;
  }
  if (first == 1) {
    next = VERSION5;
    return status == 0 ? 2 : BAD;
  }
  if (first != 5 || status != 0) return BAD;
  next = DONE;
  return addressed(p, n);
}

// The negotiation is over, well or not.
function leave(flow: Flow, negotiation: Negotiation): void {
  free(bufferOf(negotiation, ORIG));
  free(bufferOf(negotiation, RESP));
  release(changetype<usize>(negotiation), NEGOTIATION_BYTES);
  flow.state = 0;
  flow.dissector = <u8>SERVICE_NOTHING;
}

const rest: usize = memory.data(24, 8);

// What was sent behind the negotiation belongs to the protocol that the proxy carries.
function handOver(flow: Flow, negotiation: Negotiation): void {
  const orig = changetype<Buffer>(rest);
  const origData = <usize>negotiation.orig;
  const origLength = negotiation.origLength;
  const origCapacity = negotiation.origCapacity;
  const respData = <usize>negotiation.resp;
  const respLength = negotiation.respLength;
  const respCapacity = negotiation.respCapacity;
  release(changetype<usize>(negotiation), NEGOTIATION_BYTES);
  flow.state = 0;
  flow.dissector = <u8>SERVICE_NONE;
  identifyAgain(flow, ORIG, origData, origLength);
  resume(flow, RESP, respData, respLength);
  orig.data = <u32>origData;
  orig.capacity = origCapacity;
  free(orig);
  orig.data = <u32>respData;
  orig.capacity = respCapacity;
  free(orig);
}

/** See dissect/README.md. */
export function socksStream(flow: Flow, dir: u32, bytes: usize, length: u32): void {
  if (flow.state == 0) flow.state = <u32>allocateZeroed(NEGOTIATION_BYTES);
  if (flow.state == 0) return;
  const negotiation = changetype<Negotiation>(<usize>flow.state);
  const buffer = bufferOf(negotiation, dir);
  if (!append(buffer, bytes, length, MAX_IDENTIFY_BYTES)) {
    leave(flow, negotiation);
    return;
  }
  let phase = dir == ORIG ? negotiation.origPhase : negotiation.respPhase;
  while (phase != DONE && buffer.length != 0) {
    const size = dir == ORIG ? clientMessage(phase, buffer.data, buffer.length) : serverMessage(phase, flow, buffer.data, buffer.length);
    if (size == BAD) {
      leave(flow, negotiation);
      return;
    }
    if (size == WAIT) break;
    consume(buffer, size);
    phase = next;
  }
  if (dir == ORIG) negotiation.origPhase = phase;
  else negotiation.respPhase = phase;
  if (negotiation.origPhase == DONE && negotiation.respPhase == DONE) handOver(flow, negotiation);
}

/** See dissect/README.md: where the carried protocol begins is lost. */
export function socksGap(flow: Flow): void {
  if (flow.state != 0) leave(flow, changetype<Negotiation>(<usize>flow.state));
  flow.dissector = <u8>SERVICE_NOTHING;
}

/** See dissect/README.md. */
export function socksRelease(flow: Flow): void {
  if (flow.state != 0) leave(flow, changetype<Negotiation>(<usize>flow.state));
}
