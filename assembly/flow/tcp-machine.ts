// The states of a TCP flow's two sides and what a segment's flags make of them, as Zeek's TCPSessionAdapter decides.

import {
  WEIRD_CONNECTION_ORIGINATOR_SYN_ACK, WEIRD_DATA_AFTER_RESET, WEIRD_DATA_BEFORE_ESTABLISHED, WEIRD_FIN_ADVANCED_LAST_SEQ,
  WEIRD_FIN_AFTER_RESET, WEIRD_INAPPROPRIATE_FIN, WEIRD_SPONTANEOUS_FIN, WEIRD_SPONTANEOUS_RST, WEIRD_SYN_AFTER_CLOSE,
  WEIRD_SYN_AFTER_PARTIAL, WEIRD_SYN_AFTER_RESET, WEIRD_UNSOLICITED_SYN_RESPONSE,
} from "../abi/weirds";
import { weirdFlow } from "../dissect/weird";
import { flipFlow } from "./direction";
import { Flow, FLOW_FIRST_ORIG_SEEN, FLOW_FIRST_RESP_SEEN, FLOW_PARTIAL, ORIG, RESP, Side, side, SIDE_CLOSED } from "./flow";
import { turnHistory } from "./history";
import { setTimeoutClass, TIMEOUT_ATTEMPT, TIMEOUT_TCP } from "./timeouts";
import { TCP_CLOSED, TCP_ESTABLISHED, TCP_INACTIVE, TCP_PARTIAL, TCP_RESET, TCP_SYN_ACK_SENT, TCP_SYN_SENT } from "./tcp-state";

/** TCP flags (RFC 9293 §3.1). */
export const FIN: u32 = 1;
export const SYN: u32 = 2;
export const RST: u32 = 4;
export const ACK: u32 = 16;

function isHandshake(state: u32): bool {
  return state == TCP_INACTIVE || state == TCP_SYN_SENT || state == TCP_SYN_ACK_SENT;
}

function setState(flow: Flow, s: Side, peer: Side, state: u32): void {
  const old = <u32>s.state;
  if (state == old) return;
  if (!isHandshake(state) && isHandshake(old) && isHandshake(peer.state)) setTimeoutClass(flow, TIMEOUT_TCP);
  s.previousState = <u8>old;
  s.state = <u8>state;
}

/** The last segment closes its sender's side. */
export let closes: bool = false;
/** The last segment showed that its sender is the originator: the flow was turned round. */
export let turnedRound: bool = false;

// The acknowledgement of a SYN-ACK that came first: its sender is the responder after all, and what was noted is noted anew.
function turnRound(flow: Flow): void {
  const n = <u32>flow.historyLength;
  flow.flags = <u8>(<u32>flow.flags & ~FLOW_PARTIAL);
  flipFlow(flow);
  turnedRound = true;
  turnHistory(flow, 94, n); // ^
}

function fromInactive(flow: Flow, dir: u32, s: Side, peer: Side, flags: u32, seq: u32, length: u32): void {
  if ((flags & SYN) != 0) {
    if (dir == ORIG) {
      if ((flags & ACK) != 0) {
        weirdFlow(flow, WEIRD_CONNECTION_ORIGINATOR_SYN_ACK, "");
        setState(flow, s, peer, TCP_SYN_ACK_SENT);
      } else setState(flow, s, peer, TCP_SYN_SENT);
      if (<u32>peer.state == TCP_INACTIVE) setTimeoutClass(flow, TIMEOUT_ATTEMPT);
    } else {
      if ((flags & ACK) == 0 && <u32>peer.state == TCP_SYN_ACK_SENT && seq == s.startSeq) {
        // SYN and SYN-ACK came in the wrong order: the other side is the originator.
        flow.flags = <u8>(<u32>flow.flags & ~FLOW_PARTIAL);
        flipFlow(flow);
        turnedRound = true;
        const newOrig = side(flow, ORIG);
        const newResp = side(flow, RESP);
        setState(flow, newResp, newOrig, TCP_ESTABLISHED);
        setState(flow, newOrig, newResp, TCP_ESTABLISHED);
        setTimeoutClass(flow, TIMEOUT_TCP);
        return;
      }
      if (<u32>peer.state == TCP_SYN_SENT) setState(flow, peer, s, TCP_ESTABLISHED);
      else if (<u32>peer.state == TCP_INACTIVE) weirdFlow(flow, WEIRD_UNSOLICITED_SYN_RESPONSE, "");
      setState(flow, s, peer, TCP_ESTABLISHED);
      setTimeoutClass(flow, TIMEOUT_TCP);
    }
  }
  if (
    dir == RESP && (flags & (SYN | RST | ACK)) == ACK && <u32>peer.state == TCP_SYN_ACK_SENT && peer.ackSeq == peer.startSeq + 1
  ) {
    turnRound(flow);
    const newOrig = side(flow, ORIG);
    const newResp = side(flow, RESP);
    setState(flow, newResp, newOrig, TCP_ESTABLISHED);
    setState(flow, newOrig, newResp, (flags & FIN) != 0 ? TCP_CLOSED : TCP_ESTABLISHED);
    setTimeoutClass(flow, TIMEOUT_TCP);
    closes = (flags & FIN) != 0;
    return;
  }
  if ((flags & FIN) != 0) {
    setState(flow, s, peer, TCP_CLOSED);
    closes = true;
    if (<u32>peer.state != TCP_PARTIAL && (flags & SYN) == 0) weirdFlow(flow, WEIRD_SPONTANEOUS_FIN, "");
  }
  if ((flags & RST) != 0) {
    setState(flow, s, peer, TCP_RESET);
    closes = true;
    if (<u32>peer.state == TCP_INACTIVE) weirdFlow(flow, WEIRD_SPONTANEOUS_RST, "");
  }
  if (<u32>s.state != TCP_INACTIVE) return;
  // No flag changed the state.
  if (dir == RESP && length == 0 && <u32>peer.state == TCP_SYN_SENT) return; // an acknowledgement ahead of the SYN-ACK
  if ((flags & ACK) != 0 && <u32>peer.state == TCP_ESTABLISHED) {
    // The SYN was missed, but the rest of the handshake is there.
    setState(flow, s, peer, TCP_ESTABLISHED);
    flow.flags = <u8>((<u32>flow.flags & ~FLOW_PARTIAL) | (dir == ORIG ? FLOW_FIRST_ORIG_SEEN : FLOW_FIRST_RESP_SEEN));
  } else setState(flow, s, peer, TCP_PARTIAL);
}

function fromEstablished(flow: Flow, s: Side, peer: Side, flags: u32): void {
  if ((flags & SYN) != 0 && <u32>s.state == TCP_PARTIAL && <u32>peer.state == TCP_INACTIVE && (flags & ACK) == 0) {
    weirdFlow(flow, WEIRD_SYN_AFTER_PARTIAL, "");
    setState(flow, s, peer, TCP_SYN_SENT);
  }
  if ((flags & FIN) != 0 && (flags & RST) == 0) {
    setState(flow, s, peer, TCP_CLOSED);
    // The peer's FIN and then RST was a normal end after all.
    if (<u32>peer.state == TCP_RESET && <u32>peer.previousState == TCP_CLOSED) setState(flow, peer, s, TCP_CLOSED);
    closes = true;
  }
  if ((flags & RST) != 0) {
    setState(flow, s, peer, TCP_RESET);
    closes = true;
  }
}

/**
 * What a segment of `dir` does to the states of both sides. `deltaLast`: by how much it goes beyond what the side had sent.
 * Says in `closes` and `turnedRound` what follows.
 */
export function updateState(
  flow: Flow, dir: u32, s: Side, peer: Side, flags: u32, seq: u32, length: u32, deltaLast: i32,
): void {
  closes = false;
  turnedRound = false;
  const state = <u32>s.state;
  if (state == TCP_INACTIVE) fromInactive(flow, dir, s, peer, flags, seq, length);
  else if (state == TCP_SYN_SENT || state == TCP_SYN_ACK_SENT) {
    if ((flags & FIN) != 0) {
      if (<u32>peer.state == TCP_INACTIVE || <u32>peer.state == TCP_SYN_SENT) weirdFlow(flow, WEIRD_INAPPROPRIATE_FIN, "");
      setState(flow, s, peer, TCP_CLOSED);
      closes = true;
    }
    if ((flags & RST) != 0) {
      setState(flow, s, peer, TCP_RESET);
      closes = true;
    } else if (length > 0) weirdFlow(flow, WEIRD_DATA_BEFORE_ESTABLISHED, "");
  } else if (state == TCP_ESTABLISHED || state == TCP_PARTIAL) fromEstablished(flow, s, peer, flags);
  else if (state == TCP_CLOSED) {
    if ((flags & SYN) != 0) weirdFlow(flow, WEIRD_SYN_AFTER_CLOSE, "");
    if ((flags & FIN) != 0 && deltaLast > 0) weirdFlow(flow, WEIRD_FIN_ADVANCED_LAST_SEQ, "");
    if ((flags & RST) != 0 && <u32>peer.state != TCP_CLOSED) {
      setState(flow, s, peer, TCP_RESET);
      if ((<u32>s.bits & SIDE_CLOSED) == 0) closes = true;
    }
  } else {
    if ((flags & SYN) != 0) weirdFlow(flow, WEIRD_SYN_AFTER_RESET, "");
    if ((flags & FIN) != 0) weirdFlow(flow, WEIRD_FIN_AFTER_RESET, "");
    if (length > 0 && (flags & RST) == 0) weirdFlow(flow, WEIRD_DATA_AFTER_RESET, "");
  }
}
