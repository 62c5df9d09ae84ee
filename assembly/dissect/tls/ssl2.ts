// SSL 2 (draft-hickman-netscape-ssl-00): its ClientHello still opens sessions that go on in SSL 3 or TLS, so that is read
// with care; of a session that stays in SSL 2 only server hello and certificate.

import { Flow } from "../../flow/flow";
import { be16 } from "../../memory/bytes";
import { confirm, SERVICE_SSL } from "../services";
import { takeCertificate } from "./certificate";
import { SSL2, versionKnown } from "./hello";
import { addLetter, begin, HAS_VERSION, Session, sessionId } from "./session";

const CLIENT_HELLO: u32 = 1;
const SERVER_HELLO: u32 = 4;

/** Bytes of the record at `p` with its two of length; the top bit of the first one is set. */
// @ts-ignore: decorator
@inline
export function ssl2Length(p: usize): u32 {
  return 2 + (be16(p) & 0x7fff);
}

/** True when `n` bytes at `p` (11 at least) begin an SSL 2 ClientHello whose lengths fit together. */
export function looksLikeSsl2Hello(p: usize): bool {
  if ((load<u8>(p) & 0x80) == 0 || load<u8>(p, 2) != CLIENT_HELLO) return false;
  const version = be16(p + 3);
  if (version != SSL2 && (version < 0x0300 || version > 0x0303)) return false;
  const suites = be16(p + 5);
  const id = be16(p + 7);
  const challenge = be16(p + 9);
  return (
    suites != 0 && suites % 3 == 0 && (id == 0 || id == 16) && challenge >= 16 && challenge <= 32 &&
    ssl2Length(p) == 11 + suites + id + challenge
  );
}

/** Takes a whole SSL 2 record of `n` bytes. False when the stream goes on in SSL 2, or is none. */
export function takeSsl2(session: Session, flow: Flow, dir: u32, p: usize, n: u32): bool {
  if (n < 11) return false;
  if (load<u8>(p, 2) == CLIENT_HELLO) {
    if (!looksLikeSsl2Hello(p) || !versionKnown(be16(p + 3))) return false;
    begin(session);
    const idLength = be16(p + 7);
    if (idLength != 0) {
      memory.copy(sessionId(session), p + 11 + be16(p + 5), idLength);
      session.idLength = <u8>idLength;
    }
    addLetter(session, true, 99);
    confirm(flow, SERVICE_SSL);
    return true;
  }
  if (load<u8>(p, 2) != SERVER_HELLO || be16(p + 5) != SSL2) return false;
  const certificate = be16(p + 7);
  if (certificate > n - 11) return false;
  begin(session);
  session.version = <u16>SSL2;
  session.bits |= HAS_VERSION;
  addLetter(session, false, 115);
  if (n >= 13 && certificate <= n - 13 && certificate != 0) takeCertificate(session, flow, dir, p + 13, certificate);
  return false;
}
