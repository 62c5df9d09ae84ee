// Services that are recognised by how they begin, without a dissector of their own yet: conn.service names them. Content
// decides; a port is asked only where the content alone says little. Where a banner alone can be anything, both directions
// must agree.

import { Flow, ORIG } from "../flow/flow";
import { FlowRare, rareOf } from "../flow/rare";
import { be16 } from "../memory/bytes";
import { datagramService } from "./signatures/datagram";
import { BANNER, candidateOf } from "./signatures/stream";
import {
  confirm, SERVICE_DCE_RPC, SERVICE_FTP, SERVICE_GSSAPI, SERVICE_IMAP, SERVICE_IRC, SERVICE_KRB, SERVICE_MYSQL, SERVICE_NONE,
  SERVICE_NTLM, SERVICE_POP3, SERVICE_POSTGRESQL, SERVICE_REDIS, SERVICE_RFB, SERVICE_SMB, SERVICE_SMTP, SERVICE_SOCKS, SERVICE_SSH,
} from "./services";

/** Bytes of a flow, both directions together, in which authentication and calls within SMB and DCE/RPC are looked for. */
const MAX_WATCHED_BYTES: u32 = 1 << 17;

// Services whose beginning of one side proves little.
function needsBoth(service: u32): bool {
  return (
    service == SERVICE_SSH || service == SERVICE_SMTP || service == SERVICE_FTP || service == SERVICE_POP3 || service == SERVICE_IMAP ||
    service == SERVICE_MYSQL || service == SERVICE_POSTGRESQL || service == SERVICE_REDIS || service == SERVICE_RFB ||
    service == SERVICE_SOCKS
  );
}

function agree(flow: Flow, rare: FlowRare): void {
  const orig = <u32>rare.origCandidate;
  const resp = <u32>rare.respCandidate;
  if (orig == 0 || resp == 0) return;
  if (orig == resp) {
    if (orig != BANNER) confirm(flow, orig);
  } else if (resp == BANNER && (orig == SERVICE_FTP || orig == SERVICE_SMTP)) confirm(flow, orig);
  else if (orig == SERVICE_FTP && (resp == SERVICE_POP3 || resp == SERVICE_IRC)) confirm(flow, resp); // all three begin with USER
}

/** Looks at the first bytes of a TCP direction that no dissector claimed. */
export function noteService(flow: Flow, dir: u32, bytes: usize, n: u32): void {
  const candidate = candidateOf(flow, dir, bytes, n);
  if (candidate == SERVICE_NONE) return;
  if (needsBoth(candidate) || candidate == BANNER) {
    const rare = rareOf(flow);
    if (rare === null) return;
    if (dir == ORIG) rare.origCandidate = <u8>(<u32>rare.origCandidate | candidate);
    else rare.respCandidate = <u8>(<u32>rare.respCandidate | candidate);
    agree(flow, rare);
    return;
  }
  confirm(flow, candidate);
  if (candidate == SERVICE_SMB || candidate == SERVICE_DCE_RPC) {
    flow.watch = 1;
    watchService(flow, bytes, n);
  }
}

// @ts-ignore: decorator
@inline
function words(p: usize, first: u32, second: u32): bool {
  return load<u32>(p) == first && load<u32>(p, 4) == second;
}

/**
 * Looks further into a stream that `flow.watch` marks: which authentication SMB and DCE/RPC use, and DCE/RPC within SMB. What
 * is cut between two calls is not found.
 */
export function watchService(flow: Flow, bytes: usize, n: u32): void {
  const rare = rareOf(flow);
  if (rare === null || rare.watched >= MAX_WATCHED_BYTES) {
    flow.watch = 0;
    return;
  }
  rare.watched += n < MAX_WATCHED_BYTES ? n : MAX_WATCHED_BYTES;
  if (n < 12) return;
  const end = bytes + n - 12;
  let p = bytes;
  while (p + 17 <= bytes + n) {
    let places = beginnings(v128.load(p), v128.load(p, 1));
    while (places != 0) {
      const at = p + <usize>ctz<i32>(places);
      if (at <= end) watchAt(flow, at, <u32>(bytes + n - at));
      places &= places - 1;
    }
    p += 16;
  }
  for (; p <= end; p++) watchAt(flow, p, <u32>(bytes + n - p));
}

// A bit for each of 16 places whose first two bytes, `a` and `b`, begin one of the words of `watchAt`.
// @ts-ignore: decorator
@inline
function beginnings(a: v128, b: v128): i32 {
  const ntlm = v128.and(i8x16.eq(a, i8x16.splat(0x4e)), i8x16.eq(b, i8x16.splat(0x54)));
  const oid = v128.and(i8x16.eq(a, i8x16.splat(6)), v128.or(i8x16.eq(b, i8x16.splat(6)), i8x16.eq(b, i8x16.splat(9))));
  const ticket = v128.and(i8x16.eq(a, i8x16.splat(<i8>0xa0)), i8x16.eq(b, i8x16.splat(3)));
  const bind = v128.and(i8x16.eq(a, i8x16.splat(5)), i8x16.eq(b, i8x16.splat(0)));
  return i8x16.bitmask(v128.or(v128.or(ntlm, oid), v128.or(ticket, bind)));
}

// The words that are looked for, at `p` with `n` bytes, twelve at least.
function watchAt(flow: Flow, p: usize, n: u32): void {
  const c = <u32>load<u8>(p);
  if (c == 0x4e) {
    // NTLMSSP\0 and a message type ([MS-NLMP] §2.2.1)
    if (words(p, 0x4d4c544e, 0x00505353) && load<u32>(p, 8) - 1 < 3) confirm(flow, SERVICE_NTLM);
  } else if (c == 0x06) {
    // OID 1.3.6.1.5.5.2 of SPNEGO (RFC 4178)
    if (words(p, 0x062b0606, 0x02050501)) confirm(flow, SERVICE_GSSAPI);
    // OID 1.2.840.113554.1.2.2 followed by the token's id, AP-REQ or AP-REP (RFC 4121 §4.1); elsewhere it is only offered
    else if (words(p, 0x862a0906, 0x12f78648) && load<u16>(p, 8) == 0x0201 && <u32>load<u8>(p, 10) == 2) {
      if (n >= 13 && (be16(p + 11) == 0x0100 || be16(p + 11) == 0x0200)) {
        confirm(flow, SERVICE_GSSAPI);
        confirm(flow, SERVICE_KRB);
      }
    }
  } else if (c == 0xa0) {
    // Version 5 and message type 14 or 15 of a bare AP-REQ or AP-REP (RFC 4120 §5.5), as DCE/RPC carries them in SPNEGO
    if (words(p, 0x010203a0, 0x0203a105) && <u32>load<u8>(p, 8) == 1 && <u32>load<u8>(p, 9) - 14 < 2) confirm(flow, SERVICE_KRB);
  } else if (c == 0x05) {
    // A bind: version 5.0, type 11, first and last fragment, little-endian (C706 §12.6)
    if (words(p, 0x030b0005, 0x00000010)) confirm(flow, SERVICE_DCE_RPC);
  }
}

/** Looks at a datagram of a flow that no dissector claimed. */
export function noteServiceDatagram(flow: Flow, dir: u32, bytes: usize, n: u32): void {
  if (flow.services != 0) return;
  const service = datagramService(<u32>flow.origP, <u32>flow.respP, dir == ORIG, bytes, n);
  if (service != SERVICE_NONE) confirm(flow, service);
}
