// SSL 2 hello, SSL 3 and TLS 1.0 to 1.3 over TCP, DTLS over UDP: one row a session, with the fingerprints of its hellos and its
// certificates. Nothing is decrypted; once a session is established its stream is passed over.

import { Flow } from "../../flow/flow";
import { finish, takeBytes } from "./record";
import { DONE, has, LOST, Session, sessionOf } from "./session";

export { resetCertificates } from "./certificate";
export { dtlsDatagram, isNamedDtls, looksLikeDtls } from "./dtls";
export { looksLikeTls, startsWithClientHello } from "./looks";

/** In-order bytes of a direction. */
export function tlsStream(flow: Flow, dir: u32, bytes: usize, length: u32): void {
  if (flow.state == DONE || length == 0) return;
  const session = sessionOf(flow);
  if (session === null || has(session, LOST)) return;
  takeBytes(session, flow, dir, bytes, length);
}

/** `length` bytes of the direction are missing: where records begin is lost, and with it the handshake's order. */
export function tlsGap(flow: Flow, dir: u32, length: u32): void {
  if (flow.state == DONE) return;
  const session = sessionOf(flow);
  if (session !== null) session.bits |= LOST;
}

/** The direction ended; what the other one still says counts. */
export function tlsEnd(flow: Flow, dir: u32): void {}

/** The flow is going: the row of a session that never was established is written. */
export function tlsRelease(flow: Flow): void {
  if (flow.state > DONE) finish(changetype<Session>(<usize>flow.state), flow);
  flow.state = 0;
}
