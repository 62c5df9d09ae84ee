// The lists by which flows expire in capture time, one for each timeout: each holds its flows least recently active first, so that
// expiry looks at heads only.

import { clock } from "../context";
import { Flow } from "./flow";

// Timeout classes; the durations are Zeek's defaults (tcp_inactivity_timeout, udp_inactivity_timeout,
// icmp_inactivity_timeout, tcp_attempt_delay, tcp_close_delay, unknown_ip_inactivity_timeout).
export const TIMEOUT_TCP: u32 = 0;
export const TIMEOUT_UDP: u32 = 1;
export const TIMEOUT_ICMP: u32 = 2;
/** Closed, reset or refused: kept a little for stragglers; not prolonged by them. */
export const TIMEOUT_CLOSED: u32 = 3;
/** A SYN without an answer; not prolonged by repetitions. */
export const TIMEOUT_ATTEMPT: u32 = 4;
export const TIMEOUT_UNKNOWN_IP: u32 = 5;
/** DNS over UDP (dns_session_timeout): looked at every ten seconds from the flow's start. */
export const TIMEOUT_DNS: u32 = 6;
/** How many classes there are. */
export const CLASSES: u32 = 7;
const DNS_PERIOD: i64 = 10 * 1000000000;
/** A second of capture time, in nanoseconds. */
export const SECOND: i64 = 1000000000;
const HEADS: usize = memory.data(8 * 4, 16);
const TAILS: usize = memory.data(8 * 4, 16);

/** How long a flow of the class may be silent, in nanoseconds. */
// @ts-ignore: decorator
@inline
export function timeoutOf(timeoutClass: u32): i64 {
  if (timeoutClass == TIMEOUT_TCP) return 300 * SECOND;
  if (timeoutClass <= TIMEOUT_ICMP || timeoutClass == TIMEOUT_UNKNOWN_IP) return 60 * SECOND;
  if (timeoutClass == TIMEOUT_DNS) return 20 * SECOND; // the latest that the ten-second look finds it; see isOver
  return 5 * SECOND;
}

/**
 * True when the flow was over before a packet at `time`, whatever the clock says: in a capture that is not in order of time
 * the clock runs ahead, and a flow must still not span its own timeout.
 */
export function isOver(flow: Flow, time: i64): bool {
  const timeoutClass = <u32>flow.timeoutClass;
  if (timeoutClass == TIMEOUT_CLOSED || timeoutClass == TIMEOUT_ATTEMPT) return false;
  const idle = time - flow.lastTs;
  if (timeoutClass != TIMEOUT_DNS) return idle > timeoutOf(timeoutClass);
  if (idle < DNS_PERIOD) return false;
  // The first look that finds it ten seconds idle.
  const looks = (flow.lastTs - flow.firstTs + 2 * DNS_PERIOD - 1) / DNS_PERIOD;
  return time > flow.firstTs + looks * DNS_PERIOD;
}

/** The flow of the class that was silent longest; 0 when there is none. */
// @ts-ignore: decorator
@inline
export function oldestOf(timeoutClass: u32): usize {
  return <usize>load<u32>(HEADS + (<usize>timeoutClass << 2));
}

/** Puts a flow that is in no list at the young end of the class's. */
export function link(flow: Flow, timeoutClass: u32): void {
  const tail = TAILS + (<usize>timeoutClass << 2);
  const last = load<u32>(tail);
  const at = <u32>changetype<usize>(flow);
  flow.timeoutClass = <u8>timeoutClass;
  flow.older = last;
  flow.newer = 0;
  if (last != 0) changetype<Flow>(<usize>last).newer = at;
  else store<u32>(HEADS + (<usize>timeoutClass << 2), at);
  store<u32>(tail, at);
}

/** Takes the flow out of its list. */
export function unlink(flow: Flow): void {
  const timeoutClass = <usize>flow.timeoutClass << 2;
  if (flow.older != 0) changetype<Flow>(<usize>flow.older).newer = flow.newer;
  else store<u32>(HEADS + timeoutClass, flow.newer);
  if (flow.newer != 0) changetype<Flow>(<usize>flow.newer).older = flow.older;
  else store<u32>(TAILS + timeoutClass, flow.older);
}

/** Moves the flow to the young end of its list (it was active now). */
// @ts-ignore: decorator
@inline
export function touch(flow: Flow): void {
  const timeoutClass = <u32>flow.timeoutClass;
  if (timeoutClass == TIMEOUT_CLOSED || timeoutClass == TIMEOUT_ATTEMPT) return;
  flow.expiryBase = clock;
  if (flow.newer != 0) {
    unlink(flow);
    link(flow, timeoutClass);
  }
}

/** Gives the flow another timeout, counted from now. */
export function setTimeoutClass(flow: Flow, timeoutClass: u32): void {
  if (<u32>flow.timeoutClass == timeoutClass) return;
  unlink(flow);
  link(flow, timeoutClass);
  flow.expiryBase = clock;
}
