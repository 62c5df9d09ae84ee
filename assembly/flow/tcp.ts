// One TCP segment against its flow: history, state machine, what it acknowledges, what it carries. The decisions are
// those of Zeek's TCPSessionAdapter, so that conn_state and history mean the same.

import { COUNTER_RETRANSMITTED_BYTES } from "../abi/counters";
import {
  WEIRD_POSSIBLE_SPLIT_ROUTING, WEIRD_SYN_INSIDE_CONNECTION, WEIRD_SYN_SEQ_JUMP, WEIRD_SYN_WITH_DATA,
  WEIRD_TCP_ACK_UNDERFLOW_OR_MISORDER, WEIRD_TCP_CHRISTMAS, WEIRD_TCP_SEQ_UNDERFLOW_OR_MISORDER, WEIRD_TRUNCATED_TCP_PAYLOAD,
} from "../abi/weirds";
import { packetTime } from "../context";
import { weirdFlow } from "../dissect/weird";
import { count } from "../memory/counters";
import { acknowledged, deliver, resetStream, sideClosed } from "../reassembly/segments";
import { Flow, FLOW_FIRST_ORIG_SEEN, FLOW_FIRST_RESP_SEEN, FLOW_PARTIAL, ORIG, RESP, Side, side, SIDE_CLOSED } from "./flow";
import { HIST_ACK, HIST_DATA, HIST_FIN, HIST_FIN_RST, HIST_MULTI, HIST_RST, HIST_SYN, noteAgain, noteOnce } from "./history";
import { isPowerOfTen, sideRareOf } from "./rare";
import { setTimeoutClass, TIMEOUT_CLOSED } from "./timeouts";
import { ACK, closes, FIN, RST, SYN, turnedRound, updateState } from "./tcp-machine";
import {
  relativeSequence, sequenceDelta, sequenceUnderflow, TCP_CLOSED, TCP_ESTABLISHED, TCP_INACTIVE, TCP_PARTIAL, TCP_RESET,
  TCP_SYN_ACK_SENT, TCP_SYN_SENT, tcpSize, TOO_LARGE_DELTA, updateAckSeq, updateLastSeq,
} from "./tcp-state";

function initStart(s: Side, seq: u32, last: u32): void {
  s.startSeq = seq;
  s.ackSeq = seq;
  s.lastSeq = last;
  s.seqWraps = 0;
  s.ackWraps = 0;
  if (s.nextSeq == 0) s.nextSeq = 1;
}

function initSide(flow: Flow, s: Side, flags: u32, seq: u32, last: u32, peer: Side): void {
  const state = <u32>s.state;
  const syn = (flags & SYN) != 0;
  if (state == TCP_INACTIVE) {
    // Without a SYN the numbers are set as if there had been one.
    if (syn) initStart(s, seq, last);
    else initStart(s, seq - 1, seq);
    return;
  }
  if (!syn) return;
  if (state == TCP_SYN_SENT || state == TCP_SYN_ACK_SENT) {
    if (seq != s.startSeq) {
      weirdFlow(flow, WEIRD_SYN_SEQ_JUMP, "");
      initStart(s, seq, last);
    }
  } else if (state == TCP_ESTABLISHED || state == TCP_PARTIAL) {
    if (tcpSize(s, peer) > 0) weirdFlow(flow, WEIRD_SYN_INSIDE_CONNECTION, "");
    if (seq != s.startSeq) {
      weirdFlow(flow, WEIRD_SYN_SEQ_JUMP, "");
      resetStream(s);
    }
    initStart(s, seq, last);
  } else if (state == TCP_RESET && <u32>s.previousState == TCP_INACTIVE) initStart(s, seq, last);
}

function updateHistory(flow: Flow, dir: u32, s: Side, flags: u32, relative: u64, length: u32): void {
  const control = popcnt<u32>(flags & (SYN | FIN | RST));
  if (control > 1) {
    if ((flags & (FIN | RST)) == (FIN | RST)) noteOnce(flow, dir, HIST_FIN_RST, 73); // I
    else noteOnce(flow, dir, HIST_MULTI, 81); // Q
  } else if (control == 1) {
    if ((flags & SYN) != 0) {
      const letter: u32 = (flags & ACK) != 0 ? 72 : 83; // H S
      if (noteOnce(flow, dir, HIST_SYN, letter) && <u32>relative != s.histSyn) noteAgain(flow, dir, letter);
      s.histSyn = <u32>relative;
    } else if ((flags & FIN) != 0) {
      const end = <u32>relative + length;
      if (noteOnce(flow, dir, HIST_FIN, 70) && end != s.histFin) noteAgain(flow, dir, 70);
      s.histFin = end;
    } else {
      if (noteOnce(flow, dir, HIST_RST, 82) && <u32>relative != s.histRst) noteAgain(flow, dir, 82);
      s.histRst = <u32>relative;
    }
  } else if (length != 0) noteOnce(flow, dir, HIST_DATA, 68);
  else if ((flags & ACK) != 0) noteOnce(flow, dir, HIST_ACK, 65);
}

// The letter comes at the 1st, 10th, 100th, … time.
function zeroWindow(flow: Flow, dir: u32, s: Side): void {
  const rare = sideRareOf(s);
  if (rare === null) return;
  rare.zeroWindows++;
  if (isPowerOfTen(rare.zeroWindows)) noteAgain(flow, dir, 87); // W
}

function retransmitted(flow: Flow, dir: u32, s: Side, length: u32): void {
  count(COUNTER_RETRANSMITTED_BYTES, length);
  const rare = sideRareOf(s);
  if (rare === null) return;
  rare.retransmissions++;
  if (isPowerOfTen(rare.retransmissions)) noteAgain(flow, dir, 84); // T
}

function closeSide(flow: Flow, s: Side, peer: Side): void {
  if ((<u32>s.bits & SIDE_CLOSED) != 0) return;
  s.bits = <u8>(<u32>s.bits | SIDE_CLOSED);
  if (<u32>s.state == TCP_RESET || (<u32>peer.bits & SIDE_CLOSED) != 0 || <u32>peer.state == TCP_INACTIVE) setTimeoutClass(flow, TIMEOUT_CLOSED);
}

/**
 * A segment of `flow` sent by `dir`. `payload`/`captured` are its bytes that were captured, `length` its bytes on the wire
 * by the IP header.
 */
export function tcpSegment(
  flow: Flow, dirOfSender: u32, seq: u32, ack: u32, flags: u32, window: u32, payload: usize, captured: u32, length: u32,
): void {
  let dir = dirOfSender;
  const s0 = side(flow, dir);
  const seen = dir == ORIG ? FLOW_FIRST_ORIG_SEEN : FLOW_FIRST_RESP_SEEN;
  const first = (<u32>flow.flags & seen) == 0;
  if (first && dir == ORIG && ((flags & SYN) == 0 || (flags & ACK) != 0)) flow.flags = <u8>(<u32>flow.flags | FLOW_PARTIAL);
  else if (first && dir == RESP && (flags & SYN) == 0) flow.flags = <u8>(<u32>flow.flags | FLOW_PARTIAL);

  let segment = length;
  if ((flags & RST) != 0) segment = 0;
  if ((flags & SYN) != 0) segment++;
  if ((flags & FIN) != 0) segment++;
  const end = seq + segment;
  const peer0 = side(flow, dir ^ 1);
  initSide(flow, s0, flags, seq, end, peer0);
  const relative = relativeSequence(s0, seq, s0.lastSeq, s0.seqWraps);
  const underflow = sequenceUnderflow;
  if (underflow && (flags & RST) == 0) weirdFlow(flow, WEIRD_TCP_SEQ_UNDERFLOW_OR_MISORDER, "");
  updateHistory(flow, dir, s0, flags, relative, length);
  if (window == 0 && (flags & RST) == 0 && <u32>peer0.state != TCP_CLOSED && <u32>s0.state != TCP_RESET) zeroWindow(flow, dir, s0);
  if ((<u32>(s0.bits & peer0.bits) & SIDE_CLOSED) == 0) flow.lastTs = packetTime;

  if ((flags & SYN) != 0) {
    if ((flags & RST) != 0) weirdFlow(flow, WEIRD_TCP_CHRISTMAS, "TCP");
    if (length > 0) weirdFlow(flow, WEIRD_SYN_WITH_DATA, "TCP");
  }
  if ((flags & FIN) != 0) {
    if (s0.finCount == 0) s0.finCount = 1;
    s0.finSeq = relative + <u64>segment;
  }

  let relativeAck: u64 = 0;
  if ((flags & ACK) != 0) {
    if (<u32>peer0.state == TCP_INACTIVE) {
      relativeAck = 1;
      if (
        (flags & (SYN | FIN | RST)) == 0 &&
        (<u32>s0.state == TCP_SYN_SENT || <u32>s0.state == TCP_SYN_ACK_SENT || <u32>s0.state == TCP_ESTABLISHED)
      ) weirdFlow(flow, WEIRD_POSSIBLE_SPLIT_ROUTING, "");
      initStart(peer0, ack - 1, ack - 1);
    } else {
      relativeAck = relativeSequence(peer0, ack, peer0.ackSeq, peer0.ackWraps);
      if (sequenceUnderflow) {
        relativeAck = 0;
        weirdFlow(flow, WEIRD_TCP_ACK_UNDERFLOW_OR_MISORDER, "");
      } else if ((flags & RST) == 0) {
        const delta = sequenceDelta(ack, peer0.ackSeq);
        if (!(ack == 0 && delta > TOO_LARGE_DELTA) && delta > 0) updateAckSeq(peer0, ack);
      }
    }
  }

  const deltaLast = sequenceDelta(end, s0.lastSeq);
  if ((flags & (SYN | RST)) != 0 && (deltaLast > TOO_LARGE_DELTA || deltaLast < -TOO_LARGE_DELTA)) {
    // Not to be trusted.
  } else if ((flags & FIN) != 0 && s0.lastSeq == s0.startSeq + 1) updateLastSeq(s0, end);
  else if (<u32>s0.state == TCP_RESET) {
    // Nothing after a reset is to be trusted either.
  } else if (deltaLast > 0) updateLastSeq(s0, end);
  else if (length > 0) retransmitted(flow, dir, s0, length);

  updateState(flow, dir, s0, peer0, flags, seq, length, deltaLast);
  // The flow may have been turned round: the sender is where its state lies now.
  if (turnedRound) dir = ORIG;
  const s = side(flow, dir);
  const peer = side(flow, dir ^ 1);
  if ((flags & ACK) != 0 && relativeAck != 0) acknowledged(flow, dir ^ 1, relativeAck);
  flow.flags = <u8>(<u32>flow.flags | (dir == ORIG ? FLOW_FIRST_ORIG_SEEN : FLOW_FIRST_RESP_SEEN));

  if (length > 0 && (flags & RST) == 0 && !underflow) {
    if (captured < length) weirdFlow(flow, WEIRD_TRUNCATED_TCP_PAYLOAD, "");
    deliver(flow, dir, (flags & SYN) != 0 ? relative + 1 : relative, payload, captured < length ? captured : length);
  }
  sideClosed(flow, dir);
  if (closes) closeSide(flow, s, peer);
}
