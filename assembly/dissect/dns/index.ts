// DNS (RFC 1035), mDNS (RFC 6762), LLMNR (RFC 4795) and the NetBIOS name service (RFC 1002): datagrams, and messages with
// two bytes of length before them in TCP streams.

import { PROTO_TCP } from "../../abi/enums";
import { flipFlow } from "../../flow/direction";
import { Flow, ORIG } from "../../flow/flow";
import { append, Buffer, free } from "../../memory/buffer";
import { be16 } from "../../memory/bytes";
import { allocateZeroed, release } from "../../memory/slab";
import { LOOKS_YES } from "../services";
import { familiarPorts, looksLikeFramed } from "./looks";
import { HEADER_BYTES, opcodeKnown, takeMessage, toMulticast } from "./message";
import { emitAll, Queue } from "./row";

export { looksLikeDns } from "./looks";

/** Longest message with its two bytes of length. */
const MAX_FRAMED: u32 = 65537;

/** One direction of a stream. */
@unmanaged
class Stream {
  data: u32; // Buffer: an unfinished message with its length
  dataLength: u32;
  dataCapacity: u32;
  /** Bytes to pass over: the rest of a message with a gap in it. */
  skip: u32;
  /** 1: where messages begin is not known any more. */
  lost: u32;
}

@unmanaged
class State {
  queriesHead: u32; // Queue
  queriesTail: u32;
  queriesRows: u32;
  repliesHead: u32; // Queue
  repliesTail: u32;
  repliesRows: u32;
  /** 1: a message was seen. */
  begun: u32;
}
const STREAM_BYTES: u32 = 20;
const STATE_BYTES: u32 = <u32>offsetof<State>() + 2 * STREAM_BYTES;

function stateOf(flow: Flow): usize {
  if (flow.state == 0) flow.state = <u32>allocateZeroed(STATE_BYTES);
  return flow.state;
}

// @ts-ignore: decorator
@inline
function queries(state: usize): Queue {
  return changetype<Queue>(state);
}

// @ts-ignore: decorator
@inline
function replies(state: usize): Queue {
  return changetype<Queue>(state + offsetof<State>("repliesHead"));
}

// @ts-ignore: decorator
@inline
function streamOf(state: usize, dir: u32): Stream {
  return changetype<Stream>(state + offsetof<State>() + <usize>(dir * STREAM_BYTES));
}

// @ts-ignore: decorator
@inline
function bufferOf(stream: Stream): Buffer {
  return changetype<Buffer>(changetype<usize>(stream));
}

/** One UDP datagram. When the first one is a reply from the originator, the roles of the flow are exchanged. */
export function dnsDatagram(flow: Flow, dir: u32, bytes: usize, length: u32): void {
  const state = stateOf(flow);
  if (state == 0) return;
  if (changetype<State>(state).begun == 0 && length >= HEADER_BYTES) {
    changetype<State>(state).begun = 1;
    const flags = be16(bytes + 2);
    if (dir == ORIG && (flags & 0x8000) != 0 && opcodeKnown(flags) && !toMulticast(flow)) flipFlow(flow);
  }
  takeMessage(flow, queries(state), replies(state), bytes, length);
}

/** In-order bytes of a TCP stream. */
export function dnsStream(flow: Flow, dir: u32, bytes: usize, length: u32): void {
  const state = stateOf(flow);
  if (state == 0) return;
  const stream = streamOf(state, dir);
  const buffer = bufferOf(stream);
  let at = bytes;
  let left = length;
  if (stream.lost != 0) {
    // After a gap the next segment often begins with a message; only a look can tell.
    if (looksLikeFramed(at, left, familiarPorts(flow)) != LOOKS_YES) return;
    stream.lost = 0;
  }
  if (stream.skip != 0) {
    const n = left < stream.skip ? left : stream.skip;
    stream.skip -= n;
    at += n;
    left -= n;
  }
  while (left != 0) {
    if (buffer.length == 0 && left >= 2 && left - 2 >= be16(at)) {
      const size = be16(at);
      takeMessage(flow, queries(state), replies(state), at + 2, size);
      at += 2 + size;
      left -= 2 + size;
      continue;
    }
    let wanted: u32 = 2;
    if (buffer.length >= 2) wanted += be16(buffer.data);
    wanted -= buffer.length;
    const n = left < wanted ? left : wanted;
    if (!append(buffer, at, n, MAX_FRAMED)) {
      free(buffer);
      stream.lost = 1;
      return;
    }
    at += n;
    left -= n;
    if (buffer.length < 2 || buffer.length - 2 < be16(buffer.data)) continue;
    takeMessage(flow, queries(state), replies(state), buffer.data + 2, buffer.length - 2);
    free(buffer);
  }
}

/** `length` bytes of the direction are missing: the message they were in is dropped, the next one found if it can be. */
export function dnsGap(flow: Flow, dir: u32, length: u32): void {
  const state = stateOf(flow);
  if (state == 0) return;
  const stream = streamOf(state, dir);
  const buffer = bufferOf(stream);
  if (stream.lost != 0) return;
  let rest = stream.skip;
  if (rest == 0 && buffer.length >= 2) rest = 2 + be16(buffer.data) - buffer.length;
  free(buffer);
  stream.skip = 0;
  if (length <= rest) stream.skip = rest - length;
  else stream.lost = 1;
}

/** The direction ended: what there is of an unfinished message is taken for what it is. */
export function dnsEnd(flow: Flow, dir: u32): void {
  if (flow.state == 0 || flow.proto != PROTO_TCP) return;
  const buffer = bufferOf(streamOf(flow.state, dir));
  if (buffer.length > 2) {
    takeMessage(flow, queries(flow.state), replies(flow.state), buffer.data + 2, buffer.length - 2);
  }
  free(buffer);
}

/** The flow is going: rows without their counterpart are written. */
export function dnsRelease(flow: Flow): void {
  if (flow.state == 0) return;
  const state = <usize>flow.state;
  emitAll(queries(state), flow);
  emitAll(replies(state), flow);
  free(bufferOf(streamOf(state, 0)));
  free(bufferOf(streamOf(state, 1)));
  release(state, STATE_BYTES);
  flow.state = 0;
}
