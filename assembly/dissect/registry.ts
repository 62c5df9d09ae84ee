// From streams and datagrams to dissectors: a flow is claimed by what its first bytes are, and by its port only where bytes
// leave it open. Adding a protocol: README.md of this folder.

import { COUNTER_STREAM_BYTES_DISSECTED, COUNTER_STREAM_BYTES_UNKNOWN } from "../abi/counters";
import { Flow, ORIG, RESP } from "../flow/flow";
import { firstBytes, rareOf } from "../flow/rare";
import { setTimeoutClass, TIMEOUT_DNS } from "../flow/timeouts";
import { append, Buffer, free } from "../memory/buffer";
import { count } from "../memory/counters";
import { MAX_IDENTIFY_BYTES } from "../memory/limits";
import { dnsDatagram, dnsEnd, dnsGap, dnsRelease, dnsStream, looksLikeDns } from "./dns/index";
import { httpEnd, httpGap, httpRelease, httpStream, looksLikeHttp } from "./http/index";
import { noteService, noteServiceDatagram, watchService } from "./signatures";
import {
  LOOKS_MORE, LOOKS_NO, LOOKS_YES, SERVICE_DNS, SERVICE_DTLS, SERVICE_HTTP, SERVICE_NONE, SERVICE_NOTHING, SERVICE_SOCKS, SERVICE_SSL,
} from "./services";
import { looksLikeSocks, socksGap, socksRelease, socksStream } from "./socks/index";
import { dtlsDatagram, looksLikeDtls, looksLikeTls, startsWithClientHello, tlsEnd, tlsGap, tlsRelease, tlsStream } from "./tls/index";

/** Reassembled bytes for a person who follows the stream (`length` at `pointer`), or `gap` missing ones before them. */
// @ts-ignore: decorator
@external("env", "stream_event")
declare function stream_event(flow: u32, dir: u32, pointer: usize, length: u32, gap: u32): void;

let tap: bool = false;
/** Switches stream_event on. */
export function setStreamTap(on: bool): void {
  tap = on;
}

/** A direction that has shown this much without being told is not going to be. */
const ENOUGH_TO_TELL: u32 = 64;
/** Datagrams of a flow that are looked at before it is given up. */
const DATAGRAMS_TO_TELL: u32 = 4;

// Bits of flow.told.
const FAILED_ORIG: u32 = 1;
const DROPPED_ORIG: u32 = 4;
const ENDED_ORIG: u32 = 16;

// Keeps bytes of a direction until its protocol is told; false when they do not fit.
function keepFirst(flow: Flow, dir: u32, bytes: usize, n: u32): bool {
  return rareOf(flow) !== null && append(firstBytes(flow, dir), bytes, n, MAX_IDENTIFY_BYTES);
}

let answer: u32 = 0; // the service that `look` found

function look(flow: Flow, dir: u32, bytes: usize, n: u32): u32 {
  let more = false;
  let looks = looksLikeHttp(flow, dir, bytes, n);
  if (looks == LOOKS_YES) {
    answer = SERVICE_HTTP;
    return LOOKS_YES;
  }
  if (looks == LOOKS_MORE) more = true;
  looks = looksLikeTls(flow, dir, bytes, n);
  if (looks == LOOKS_YES) {
    answer = SERVICE_SSL;
    return LOOKS_YES;
  }
  if (looks == LOOKS_MORE) more = true;
  looks = looksLikeSocks(flow, dir, bytes, n);
  if (looks == LOOKS_YES) {
    answer = SERVICE_SOCKS;
    return LOOKS_YES;
  }
  if (looks == LOOKS_MORE) more = true;
  looks = looksLikeDns(flow, dir, bytes, n);
  if (looks == LOOKS_YES) {
    answer = SERVICE_DNS;
    return LOOKS_YES;
  }
  return more || looks == LOOKS_MORE ? LOOKS_MORE : LOOKS_NO;
}

function dispatch(flow: Flow, dir: u32, bytes: usize, n: u32): void {
  const dissector = <u32>flow.dissector;
  if (dissector == SERVICE_HTTP) httpStream(flow, dir, bytes, n);
  else if (dissector == SERVICE_SSL) tlsStream(flow, dir, bytes, n);
  else if (dissector == SERVICE_DNS) dnsStream(flow, dir, bytes, n);
  else if (dissector == SERVICE_SOCKS) socksStream(flow, dir, bytes, n);
  else {
    count(COUNTER_STREAM_BYTES_UNKNOWN, n);
    return;
  }
  count(COUNTER_STREAM_BYTES_DISSECTED, n);
}

// Nobody claimed what was kept: it may still be how a protocol without a dissector begins.
function noteKept(flow: Flow): void {
  for (let dir: u32 = ORIG; dir <= RESP; dir++) {
    const kept = firstBytes(flow, dir);
    if (kept.length != 0 && (<u32>flow.told & (FAILED_ORIG << dir)) == 0) noteService(flow, dir, kept.data, kept.length);
  }
}

function giveUpTelling(flow: Flow): void {
  noteKept(flow);
  flow.dissector = <u8>SERVICE_NOTHING;
  count(COUNTER_STREAM_BYTES_UNKNOWN, firstBytes(flow, ORIG).length + firstBytes(flow, RESP).length);
  free(firstBytes(flow, ORIG));
  free(firstBytes(flow, RESP));
}

// Hands over what was kept of a direction while nobody knew the protocol.
function replay(flow: Flow, dir: u32): void {
  const kept = firstBytes(flow, dir);
  const dropped = (<u32>flow.told & (DROPPED_ORIG << dir)) != 0;
  if (kept.length != 0) {
    // The buffer is taken out of the flow first: a dissector may hand the flow back to identification.
    const data = <usize>kept.data;
    const length = kept.length;
    const capacity = kept.capacity;
    kept.data = 0;
    kept.length = 0;
    kept.capacity = 0;
    const copy = changetype<Buffer>(replayed);
    copy.data = <u32>data;
    copy.length = length;
    copy.capacity = capacity;
    dispatch(flow, dir, data, length);
    copy.data = <u32>data;
    copy.length = length;
    copy.capacity = capacity;
    free(copy);
  }
  if (dropped) streamGap(flow, dir, 1);
  if ((<u32>flow.told & (ENDED_ORIG << dir)) != 0) endDirection(flow, dir);
}
const replayed: usize = memory.data(12, 8);

// STARTTLS and its kin: the plain protocol before is not read here, the session that begins in its midst is.
function startTls(flow: Flow, dir: u32, bytes: usize, n: u32): void {
  giveUpTelling(flow);
  flow.dissector = <u8>SERVICE_SSL;
  dispatch(flow, dir, bytes, n);
}

function identify(flow: Flow, dir: u32, bytes: usize, n: u32): void {
  const kept = firstBytes(flow, dir);
  const failed = FAILED_ORIG << dir;
  if ((<u32>flow.told & failed) != 0 && flow.watch != 0) watchService(flow, bytes, n);
  if ((kept.length != 0 || (<u32>flow.told & failed) != 0) && startsWithClientHello(bytes, n)) {
    startTls(flow, dir, bytes, n);
    return;
  }
  if ((<u32>flow.told & failed) == 0) {
    let looks: u32;
    if (kept.length == 0) looks = look(flow, dir, bytes, n);
    else {
      if (!keepFirst(flow, dir, bytes, n)) {
        // More than fits at once: what is kept decides, with as much of the new bytes as can be looked at.
        looks = look(flow, dir, kept.data, kept.length);
        if (looks == LOOKS_MORE) looks = LOOKS_NO;
        if (looks == LOOKS_YES) {
          flow.dissector = <u8>answer;
          replay(flow, dir);
          streamBytes(flow, dir, bytes, n);
          replay(flow, dir ^ 1);
          return;
        }
        flow.told = <u8>(<u32>flow.told | failed | (DROPPED_ORIG << dir));
        finishTelling(flow);
        return;
      }
      looks = look(flow, dir, kept.data, kept.length);
      if (looks == LOOKS_YES) {
        flow.dissector = <u8>answer;
        replay(flow, dir ^ 1);
        replay(flow, dir);
        return;
      }
      if (looks == LOOKS_MORE && kept.length < ENOUGH_TO_TELL) return;
      flow.told = <u8>(<u32>flow.told | failed);
      noteService(flow, dir, kept.data, kept.length);
      finishTelling(flow);
      return;
    }
    if (looks == LOOKS_YES) {
      flow.dissector = <u8>answer;
      replay(flow, dir ^ 1);
      if (<u32>flow.dissector == answer) dispatch(flow, dir, bytes, n);
      else streamBytes(flow, dir, bytes, n);
      return;
    }
    if (looks == LOOKS_NO || n >= ENOUGH_TO_TELL) {
      flow.told = <u8>(<u32>flow.told | failed);
      noteService(flow, dir, bytes, n);
    }
  }
  if (!keepFirst(flow, dir, bytes, n)) flow.told = <u8>(<u32>flow.told | (DROPPED_ORIG << dir));
  finishTelling(flow);
}

function finishTelling(flow: Flow): void {
  if (<u32>flow.dissector != SERVICE_NONE) return;
  const both = FAILED_ORIG | (FAILED_ORIG << 1);
  const dropped = (<u32>flow.told & (DROPPED_ORIG | (DROPPED_ORIG << 1))) != 0;
  if ((<u32>flow.told & both) == both || (dropped && (<u32>flow.told & both) != 0)) giveUpTelling(flow);
}

/** A dissector handed the flow back in the middle of a call (CONNECT, Upgrade): the rest of its bytes, looked at afresh. */
export function identifyAgain(flow: Flow, dir: u32, bytes: usize, n: u32): void {
  flow.told = <u8>(<u32>flow.told & (ENDED_ORIG | (ENDED_ORIG << 1)));
  if (n != 0) identify(flow, dir, bytes, n);
}

/** In-order bytes of a direction of a TCP flow. */
export function streamBytes(flow: Flow, dir: u32, bytes: usize, n: u32): void {
  if (n == 0) return;
  if (tap) stream_event(flow.ordinal, dir, bytes, n, 0);
  resume(flow, dir, bytes, n);
}

/** Bytes that a dissector kept and hands back, after `identifyAgain`: whoever the flow belongs to now takes them. */
export function resume(flow: Flow, dir: u32, bytes: usize, n: u32): void {
  if (n == 0) return;
  const dissector = <u32>flow.dissector;
  if (dissector == SERVICE_NOTHING) {
    if (startsWithClientHello(bytes, n)) startTls(flow, dir, bytes, n);
    else {
      if (flow.watch != 0) watchService(flow, bytes, n);
      count(COUNTER_STREAM_BYTES_UNKNOWN, n);
    }
  } else if (dissector == SERVICE_NONE) identify(flow, dir, bytes, n);
  else dispatch(flow, dir, bytes, n);
}

/** `n` bytes of a direction are missing here. */
export function streamGap(flow: Flow, dir: u32, n: u32): void {
  if (tap) stream_event(flow.ordinal, dir, 0, 0, n);
  const dissector = <u32>flow.dissector;
  if (dissector == SERVICE_HTTP) httpGap(flow, dir, n);
  else if (dissector == SERVICE_SSL) tlsGap(flow, dir, n);
  else if (dissector == SERVICE_DNS) dnsGap(flow, dir, n);
  else if (dissector == SERVICE_SOCKS) socksGap(flow);
  else if (dissector == SERVICE_NONE) {
    // What comes after the hole is looked at afresh.
    if (firstBytes(flow, dir).length != 0) free(firstBytes(flow, dir));
  }
}

function endDirection(flow: Flow, dir: u32): void {
  const dissector = <u32>flow.dissector;
  if (dissector == SERVICE_HTTP) httpEnd(flow, dir);
  else if (dissector == SERVICE_SSL) tlsEnd(flow, dir);
  else if (dissector == SERVICE_DNS) dnsEnd(flow, dir);
}

/** A direction is over. */
export function streamEnd(flow: Flow, dir: u32): void {
  if (<u32>flow.dissector == SERVICE_NONE) flow.told = <u8>(<u32>flow.told | (ENDED_ORIG << dir));
  else endDirection(flow, dir);
}

/** One UDP datagram of the flow. */
export function datagram(flow: Flow, dir: u32, bytes: usize, n: u32): void {
  if (tap) stream_event(flow.ordinal, dir, bytes, n, 0);
  const dissector = <u32>flow.dissector;
  if (dissector == SERVICE_DNS) {
    count(COUNTER_STREAM_BYTES_DISSECTED, n);
    dnsDatagram(flow, dir, bytes, n);
    return;
  }
  // DTLS shares its flow with STUN and others that come first and in between (RFC 7983).
  if (dissector == SERVICE_DTLS || looksLikeDtls(bytes, n)) {
    flow.dissector = <u8>SERVICE_DTLS;
    count(COUNTER_STREAM_BYTES_DISSECTED, n);
    dtlsDatagram(flow, dir, bytes, n);
    return;
  }
  if (dissector == SERVICE_NOTHING || n == 0) {
    count(COUNTER_STREAM_BYTES_UNKNOWN, n);
    return;
  }
  if (looksLikeDns(flow, dir, bytes, n) == LOOKS_YES) {
    flow.dissector = <u8>SERVICE_DNS;
    setTimeoutClass(flow, TIMEOUT_DNS);
    count(COUNTER_STREAM_BYTES_DISSECTED, n);
    dnsDatagram(flow, dir, bytes, n);
    return;
  }
  noteServiceDatagram(flow, dir, bytes, n);
  count(COUNTER_STREAM_BYTES_UNKNOWN, n);
  flow.unclaimed++;
  if (flow.unclaimed >= DATAGRAMS_TO_TELL) flow.dissector = <u8>SERVICE_NOTHING;
}

/** The flow is going: pending rows are written, state is freed. */
export function endDissection(flow: Flow): void {
  const dissector = <u32>flow.dissector;
  if (dissector == SERVICE_HTTP) httpRelease(flow);
  else if (dissector == SERVICE_SSL || dissector == SERVICE_DTLS) tlsRelease(flow);
  else if (dissector == SERVICE_DNS) dnsRelease(flow);
  else if (dissector == SERVICE_SOCKS) socksRelease(flow);
  else if (dissector == SERVICE_NONE) noteKept(flow);
  free(firstBytes(flow, ORIG));
  free(firstBytes(flow, RESP));
}
