// Is it TLS or SSL? A hello of either side tells on any port; on the ports of TLS any record will do.

import { Flow, FLOW_PARTIAL, ORIG } from "../../flow/flow";
import { be16, be24 } from "../../memory/bytes";
import { LOOKS_MORE, LOOKS_NO, LOOKS_YES } from "../services";
import { versionKnown } from "./hello";
import { looksLikeSsl2Hello } from "./ssl2";

/** Header of a record, type and length of a message, version: what a hello begins with. */
const ENOUGH: u32 = 11;
const ALERT_RECORD: u32 = 7;
/** RFC 5246 §6.2.3: 2^14 + 2048. */
const MAX_FRAGMENT: u32 = 18432;

// Ports that Zeek takes for TLS (scripts/base/protocols/ssl/main.zeek).
function familyPort(port: u32): bool {
  switch (port) {
    case 443: case 563: case 585: case 614: case 636: case 989: case 990: case 992: case 993: case 995: case 5223: return true;
    default: return false;
  }
}

function recordHead(p: usize, type: u32): bool {
  return <u32>load<u8>(p) == type && load<u8>(p, 1) == 3 && load<u8>(p, 2) <= 3;
}

/** First bytes of a direction: see dissect/README.md. */
export function looksLikeTls(flow: Flow, dir: u32, bytes: usize, length: u32): u32 {
  const first = <u32>load<u8>(bytes);
  if (length == 0) return LOOKS_MORE;
  if ((first & 0x80) != 0) {
    if (dir != ORIG || (length >= 3 && load<u8>(bytes, 2) != 1)) return LOOKS_NO;
    if (length < ENOUGH) return LOOKS_MORE;
    return looksLikeSsl2Hello(bytes) ? LOOKS_YES : LOOKS_NO;
  }
  if (first < 20 || first > 24) return LOOKS_NO;
  if (length >= 2 && load<u8>(bytes, 1) != 3) return LOOKS_NO;
  if (length < 5) return LOOKS_MORE;
  if (!recordHead(bytes, first)) return LOOKS_NO;
  const fragment = be16(bytes + 3);
  if (fragment == 0 || fragment > MAX_FRAGMENT) return LOOKS_NO;
  // Midstream any two bytes may look like a record: there only a hello counts.
  if (familyPort(flow.respP) && (<u32>flow.flags & FLOW_PARTIAL) == 0) return LOOKS_YES;
  let p = bytes;
  let n = length;
  // A server may warn (unrecognized_name) before it says hello.
  if (first == 21 && fragment == 2) {
    if (n < ALERT_RECORD + ENOUGH) return LOOKS_MORE;
    p += ALERT_RECORD;
    n -= ALERT_RECORD;
  }
  if (!recordHead(p, 22)) return LOOKS_NO;
  if (n < ENOUGH) return LOOKS_MORE;
  const message = <u32>load<u8>(p, 5);
  const version = be16(p + 9);
  if (message == 1) return version >= 0x0300 && version <= 0x0303 ? LOOKS_YES : LOOKS_NO;
  if (message == 2) return versionKnown(version) ? LOOKS_YES : LOOKS_NO;
  return LOOKS_NO;
}

/**
 * True when `length` bytes begin with a ClientHello, whatever went before: STARTTLS, SOCKS, the TLS upgrades of MySQL, RDP
 * and others. Stricter than `looksLikeTls`: it is asked for every piece of a stream that nobody claimed.
 */
export function startsWithClientHello(bytes: usize, length: u32): bool {
  if (length < ENOUGH || !recordHead(bytes, 22) || load<u8>(bytes, 5) != 1) return false;
  const fragment = be16(bytes + 3);
  const version = be16(bytes + 9);
  const message = be24(bytes + 6);
  return fragment > 40 && fragment <= MAX_FRAGMENT && message >= 36 && message < 65536 && version >= 0x0300 && version <= 0x0303;
}
