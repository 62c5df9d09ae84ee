// The segment that nearly all are: of a connection that stands on both sides, no flag but ACK, its number the one that is due.
// It is what tcpSegment would do of it, without asking for what cannot be.

import { packetTime } from "../context";
import { streamBytes } from "../dissect/registry";
import { acknowledged, deliver } from "../reassembly/segments";
import { Flow, FLOW_FIRST_ORIG_SEEN, side, SIDE_CLOSED } from "./flow";
import { HIST_ACK, HIST_DATA } from "./history";
import { TCP_ESTABLISHED, TCP_PARTIAL, TOO_LARGE_DELTA, updateLastSeq } from "./tcp-state";

if (TCP_PARTIAL + 1 != TCP_ESTABLISHED) ERROR("two states are asked for as one range");

/**
 * Takes a segment with ACK and without SYN, FIN, RST, whose `length` bytes at `payload` were all captured, and a window other
 * than 0; false when it is not the steady kind: then nothing was done.
 */
// @ts-ignore: decorator
@inline
export function steadySegment(flow: Flow, dir: u32, seq: u32, ack: u32, payload: usize, length: u32): bool {
  const s = side(flow, dir);
  const peer = side(flow, dir ^ 1);
  const letter = (length != 0 ? HIST_DATA : HIST_ACK) << (dir << 4);
  if (
    <u32>s.state - TCP_PARTIAL > 1 || <u32>peer.state - TCP_PARTIAL > 1 || seq != s.lastSeq || ack < peer.ackSeq ||
    (<u32>flow.flags & (FLOW_FIRST_ORIG_SEEN << dir)) == 0 || (flow.historyBits & letter) == 0 ||
    ((<u32>s.finCount | <u32>peer.finCount | (<u32>(s.bits | peer.bits) & SIDE_CLOSED)) != 0)
  ) return false;
  const delta = ack - peer.ackSeq;
  if (delta > <u32>TOO_LARGE_DELTA) return false;
  // Relative numbers as relativeSequence tells them; before the first wrap they may lie before the stream's start.
  let relative = <i64><i32>(seq - s.startSeq);
  if (s.seqWraps != 0) relative = <i64>(((<u64>s.seqWraps << 32) | <u64>seq) - <u64>s.startSeq);
  let relativeAck = <i64><i32>(ack - peer.startSeq);
  if (peer.ackWraps != 0) relativeAck = <i64>(((<u64>peer.ackWraps << 32) | <u64>ack) - <u64>peer.startSeq);
  if ((relative | relativeAck) < 0) return false;
  flow.lastTs = packetTime;
  peer.ackSeq = ack;
  if (length != 0) updateLastSeq(s, seq + length);
  if (<u64>relativeAck > peer.nextSeq) acknowledged(flow, dir ^ 1, <u64>relativeAck);
  if (length == 0) return true;
  if (<u64>relative == s.nextSeq && s.rare == 0) {
    s.nextSeq += <u64>length;
    streamBytes(flow, dir, payload, length);
  } else deliver(flow, dir, <u64>relative, payload, length);
  return true;
}
