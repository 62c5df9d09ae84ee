// Tunnels in UDP: VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), Teredo (RFC 4380), GRE (RFC 8086), AYIYA. The port says which to try,
// the content decides.

import { COUNTER_CAP_TUNNEL_DEPTH } from "../abi/counters";
import { TUNNEL_AYIYA, TUNNEL_GENEVE, TUNNEL_GTPV1, TUNNEL_TEREDO, TUNNEL_VXLAN } from "../abi/enums";
import { confirm, SERVICE_AYIYA, SERVICE_GENEVE, SERVICE_GTPV1, SERVICE_TEREDO, SERVICE_VXLAN } from "../dissect/services";
import { Flow, ORIG, origAddress, respAddress, uidOf } from "../flow/flow";
import { be16, be24, be32 } from "../memory/bytes";
import { count } from "../memory/counters";
import { MAX_TUNNEL_DEPTH } from "../memory/limits";
import { ethernet, network } from "./ethernet";
import { gre } from "./gre";
import { ip } from "./ip";
import { depth, enterTunnel } from "./packet";

function enter(flow: Flow, kind: u32, service: u32): bool {
  if (depth >= MAX_TUNNEL_DEPTH) {
    count(COUNTER_CAP_TUNNEL_DEPTH);
    return false;
  }
  confirm(flow, service);
  enterTunnel(kind, uidOf(flow));
  return true;
}

// Off its own port only a header without a set reserved bit counts; on it they are ignored (RFC 7348 §5).
function vxlan(flow: Flow, p: usize, n: u32, strict: bool): bool {
  if (n < 8 + 14 || (<u32>load<u8>(p) & 8) == 0) return false;
  if (strict && (<u32>load<u8>(p) != 8 || be24(p + 1) != 0 || load<u8>(p, 7) != 0)) return false;
  if (!enter(flow, TUNNEL_VXLAN, SERVICE_VXLAN)) return false;
  ethernet(p + 8, n - 8);
  return true;
}

function geneve(flow: Flow, p: usize, n: u32): bool {
  if (n < 8 || (<u32>load<u8>(p) >> 6) != 0) return false;
  const at: u32 = 8 + (<u32>load<u8>(p) & 63) * 4;
  const type = be16(p + 2);
  if (at > n || (type != 0x6558 && type != 0x0800 && type != 0x86dd)) return false;
  if (!enter(flow, TUNNEL_GENEVE, SERVICE_GENEVE)) return false;
  if (type == 0x6558) ethernet(p + at, n - at);
  else network(type, p + at, n - at);
  return true;
}

function gtp(flow: Flow, p: usize, n: u32): bool {
  if (n < 8) return false;
  const flags = <u32>load<u8>(p);
  if (flags >> 5 != 1 || (flags & 0x10) == 0 || <u32>load<u8>(p, 1) != 255) return false;
  let at: u32 = 8;
  if ((flags & 7) != 0) {
    if (n < 12) return false;
    let next = (flags & 4) != 0 ? <u32>load<u8>(p, 11) : 0;
    at = 12;
    for (let i = 0; i < 8 && next != 0; i++) {
      if (at + 4 > n) return false;
      const size = <u32>load<u8>(p + at) * 4;
      if (size == 0 || at + size > n) return false;
      next = <u32>load<u8>(p + at + size - 1);
      at += size;
    }
  }
  if (at >= n) return false;
  const version = <u32>load<u8>(p + at) >> 4;
  if (version != 4 && version != 6) return false;
  if (!enter(flow, TUNNEL_GTPV1, SERVICE_GTPV1)) return false;
  ip(p + at, n - at);
  return true;
}

function teredo(flow: Flow, p: usize, n: u32): bool {
  let at: u32 = 0;
  // Authentication and origin indications (RFC 4380 §5.1.1).
  if (at + 4 <= n && be16(p + at) == 1) at += 4 + <u32>load<u8>(p + at, 2) + <u32>load<u8>(p + at, 3) + 9;
  if (at + 8 <= n && be16(p + at) == 0) at += 8;
  if (at + 40 > n || <u32>load<u8>(p + at) >> 4 != 6 || at + 40 + be16(p + at + 4) > n) return false;
  if (!enter(flow, TUNNEL_TEREDO, SERVICE_TEREDO)) return false;
  ip(p + at, n - at);
  return true;
}

// draft-massar-v6ops-ayiya: lengths of identity (a power of two) and signature, operation, next header, epoch.
function ayiya(flow: Flow, p: usize, n: u32): bool {
  if (n < 8) return false;
  const identity = (<u32>1) << (<u32>load<u8>(p) >> 4);
  const signature = (<u32>load<u8>(p, 1) >> 4) * 4;
  const at: u32 = 8 + identity + signature;
  const next = <u32>load<u8>(p, 3);
  if (at >= n || (<u32>load<u8>(p, 2) & 15) != 1 || (next != 41 && next != 4)) return false;
  if (<u32>load<u8>(p + at) >> 4 != (next == 41 ? <u32>6 : <u32>4) || !enter(flow, TUNNEL_AYIYA, SERVICE_AYIYA)) return false;
  ip(p + at, n - at);
  return true;
}

// Relays and other clients use any port: there an address of Teredo's own tells (RFC 4380 §2.6).
function betweenRelays(p: usize, n: u32): bool {
  if (n < 40 || <u32>load<u8>(p) >> 4 != 6 || be16(p + 4) != n - 40) return false;
  return be32(p + 8) == 0x20010000 || be32(p + 24) == 0x20010000;
}

/** Follows the datagram into the tunnel that it is; false when it is none. */
export function udpTunnel(flow: Flow, dir: u32, p: usize, n: u32): bool {
  const to = <u32>(dir == ORIG ? flow.respP : flow.origP);
  const from = <u32>(dir == ORIG ? flow.origP : flow.respP);
  if (to == 4789 || to == 8472) return vxlan(flow, p, n, to != 4789);
  if (to == 5072 || from == 5072) return ayiya(flow, p, n);
  if (to == 6081) return geneve(flow, p, n);
  if (to == 2152 || from == 2152) return gtp(flow, p, n);
  if (to == 4754) return dir == ORIG ? gre(origAddress(flow), respAddress(flow), p, n) : gre(respAddress(flow), origAddress(flow), p, n);
  if (to == 3544 || from == 3544 || betweenRelays(p, n)) return teredo(flow, p, n);
  return false;
}
