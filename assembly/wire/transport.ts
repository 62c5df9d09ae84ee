// TCP, UDP, ICMP, SCTP and every other IP protocol: header, flow, payload.

import {
  PACKET_FLAG_FIN, PACKET_FLAG_FROM_RESP, PACKET_FLAG_PAYLOAD, PACKET_FLAG_RST, PACKET_FLAG_SYN, PACKET_PROTO_ICMP,
  PACKET_PROTO_ICMP6, PACKET_PROTO_IP_OTHER, PACKET_PROTO_SCTP, PACKET_PROTO_TCP, PACKET_PROTO_UDP, PROTO_ICMP, PROTO_ICMP6,
  PROTO_OTHER, PROTO_SCTP, PROTO_TCP, PROTO_UDP,
} from "../abi/enums";
import {
  WEIRD_BAD_TCP_HEADER_LEN, WEIRD_INTERNALLY_TRUNCATED_HEADER, WEIRD_TRUNCATED_HEADER, WEIRD_UDP_DATAGRAM_LENGTH_MISMATCH,
} from "../abi/weirds";
import { packetNumber, packetTime } from "../context";
import { meetFlow } from "../deal/strays";
import { datagram } from "../dissect/registry";
import { weirdFlow } from "../dissect/weird";
import { flipFlow } from "../flow/direction";
import { Flow, ORIG, RESP, side, SIDE_CLOSED, UID_BYTES } from "../flow/flow";
import { HIST_DATA, noteOnce } from "../flow/history";
import { icmpCounterpart } from "../flow/identity";
import { isLikelyServer } from "../flow/ports";
import { FlowRare, rareOf } from "../flow/rare";
import { findFlow, foundDir, hashOf, newFlow, removeFlow } from "../flow/table";
import { isOver, TIMEOUT_ICMP, TIMEOUT_UDP, TIMEOUT_UNKNOWN_IP, touch } from "../flow/timeouts";
import { tcpSegment } from "../flow/tcp";
import { ACK, FIN, RST, SYN } from "../flow/tcp-machine";
import { TCP_INACTIVE, TCP_SYN_ACK_SENT } from "../flow/tcp-state";
import { steadySegment } from "../flow/tcp-steady";
import { be16, be32, decimal } from "../memory/bytes";
import {
  depth, destinationMac, innerVlan, noteDecoded, noteMalformed, sourceMac, tunnel, tunnelUid, vlan,
} from "./packet";
import { udpTunnel } from "./udp-tunnel";

let sender: u32 = ORIG; // direction of the packet in the flow that `flowOf` gave

function createFlow(
  hash: u32, proto: u32, ipProto: u32, a: usize, b: usize, aPort: u32, bPort: u32, timeoutClass: u32, flip: bool,
): Flow {
  meetFlow(a, b, aPort, bPort, ipProto);
  const flow = newFlow(hash, timeoutClass);
  flow.origH0 = load<u64>(a);
  flow.origH1 = load<u64>(a, 8);
  flow.respH0 = load<u64>(b);
  flow.respH1 = load<u64>(b, 8);
  flow.origP = <u16>aPort;
  flow.respP = <u16>bPort;
  flow.proto = <u8>proto;
  flow.ipProto = <u8>ipProto;
  flow.firstTs = packetTime;
  flow.lastTs = packetTime;
  flow.firstPkt = packetNumber;
  flow.vlan = <u16>vlan;
  flow.innerVlan = <u16>innerVlan;
  if (sourceMac != 0) {
    flow.origMac0 = load<u32>(sourceMac);
    flow.origMac1 = load<u16>(sourceMac, 4);
    flow.respMac0 = load<u32>(destinationMac);
    flow.respMac1 = load<u16>(destinationMac, 4);
  }
  if (depth != 0) {
    flow.tunnel = <u8>tunnel;
    const rare = rareOf(flow);
    if (rare !== null) memory.copy(changetype<usize>(rare) + offsetof<FlowRare>("parentUid0"), tunnelUid(), UID_BYTES);
  }
  sender = ORIG;
  if (flip) {
    flipFlow(flow);
    sender = RESP;
  }
  return flow;
}

function flowOf(
  proto: u32, ipProto: u32, a: usize, b: usize, aPort: u32, bPort: u32, oneWay: bool, timeoutClass: u32,
): Flow {
  const hash = hashOf(a, b, aPort, bPort, ipProto);
  const known = findFlow(hash, a, b, aPort, bPort, ipProto, oneWay);
  if (known !== null) {
    if (!isOver(known, packetTime)) {
      sender = foundDir;
      return known;
    }
    removeFlow(known);
  }
  const flip = proto == PROTO_UDP && isLikelyServer(proto, aPort) && !isLikelyServer(proto, bPort);
  return createFlow(hash, proto, ipProto, a, b, aPort, bPort, timeoutClass, flip);
}

function countPacket(flow: Flow, ipBytes: u32): void {
  const s = side(flow, sender);
  s.pkts++;
  s.ipBytes += <u64>ipBytes;
}

// A SYN on a known flow that cannot belong to it begins a new one (Zeek: TCPSessionAdapter::IsReuse).
function isReuse(flow: Flow, flags: u32, seq: u32): bool {
  if ((flags & SYN) == 0) return false;
  const orig = side(flow, ORIG);
  const resp = side(flow, RESP);
  let starter = orig;
  if ((flags & ACK) != 0) {
    if (<u32>orig.state != TCP_INACTIVE) return false;
    starter = resp;
  }
  const closed = (<u32>(orig.bits & resp.bits) & SIDE_CLOSED) != 0;
  if (!closed) {
    if (seq == starter.startSeq) return false;
    if (
      (flags & ACK) == 0 && <u32>orig.state == TCP_SYN_ACK_SENT && <u32>resp.state == TCP_INACTIVE && seq == resp.startSeq
    ) return false;
  }
  return true;
}

function tcp(a: usize, b: usize, p: usize, n: u32, length: u32, ipBytes: u32): void {
  if (n < 20) {
    noteMalformed(length < 20 ? WEIRD_TRUNCATED_HEADER : WEIRD_INTERNALLY_TRUNCATED_HEADER, "TCP");
    return;
  }
  const aPort = be16(p);
  const bPort = be16(p + 2);
  const seq = be32(p + 4);
  const ack = be32(p + 8);
  const header = (<u32>load<u8>(p, 12) >> 4) * 4;
  const flags = <u32>load<u8>(p, 13);
  const hash = hashOf(a, b, aPort, bPort, 6);
  let known = findFlow(hash, a, b, aPort, bPort, 6, false);
  if (known !== null && ((header >= 20 && isReuse(known, flags, seq)) || isOver(known, packetTime))) {
    removeFlow(known);
    known = null;
  }
  let flow: Flow;
  if (known !== null) {
    sender = foundDir;
    flow = known;
  } else {
    // Without a SYN the responder is guessed by the ports.
    let flip = false;
    if (((flags & SYN) == 0 || (flags & ACK) != 0) && isLikelyServer(PROTO_TCP, aPort)) {
      flip = isLikelyServer(PROTO_TCP, bPort) ? (flags & SYN) == 0 && aPort < bPort : true;
    }
    flow = createFlow(hash, PROTO_TCP, 6, a, b, aPort, bPort, TIMEOUT_UDP, flip);
  }
  countPacket(flow, ipBytes);
  const dir = sender;
  let mark = (flags & SYN) != 0 ? PACKET_FLAG_SYN : 0;
  if ((flags & FIN) != 0) mark |= PACKET_FLAG_FIN;
  if ((flags & RST) != 0) mark |= PACKET_FLAG_RST;
  if (dir == RESP) mark |= PACKET_FLAG_FROM_RESP;
  if (length > header) mark |= PACKET_FLAG_PAYLOAD;
  noteDecoded(PACKET_PROTO_TCP, flow.ordinal, mark);
  if (header < 20 || header > length) {
    weirdFlow(flow, WEIRD_BAD_TCP_HEADER_LEN, "TCP");
    return;
  }
  touch(flow);
  const captured = n > header ? n - header : 0;
  const payload = p + (header < n ? header : n);
  const window = be16(p + 14);
  if (
    (flags & (ACK | SYN | FIN | RST)) == ACK && window != 0 && captured >= length - header &&
    steadySegment(flow, dir, seq, ack, payload, length - header)
  ) return;
  tcpSegment(flow, dir, seq, ack, flags, window, payload, captured, length - header);
}

const text: usize = memory.data(24, 8);

// `8 != 43`: the length in the UDP header, the one by the IP header.
function lengthMismatch(flow: Flow, stated: u32, length: u32): void {
  let n = decimal(stated, text);
  store<u32>(text + n, 0x203d2120);
  n += 4;
  n += decimal(length, text + n);
  weirdFlow(flow, WEIRD_UDP_DATAGRAM_LENGTH_MISMATCH, "UDP", text, n);
}

function udp(a: usize, b: usize, p: usize, n: u32, length: u32, ipBytes: u32): void {
  if (n < 8) {
    noteMalformed(length < 8 ? WEIRD_TRUNCATED_HEADER : WEIRD_INTERNALLY_TRUNCATED_HEADER, "UDP");
    return;
  }
  const aPort = be16(p);
  const bPort = be16(p + 2);
  let stated = be16(p + 4);
  const flow = flowOf(PROTO_UDP, 17, a, b, aPort, bPort, false, TIMEOUT_UDP);
  countPacket(flow, ipBytes);
  flow.lastTs = packetTime;
  touch(flow);
  const dir = sender;
  // A stated length of 0 is a jumbogram (RFC 2675 §4) or offloading: the IP length holds.
  if (stated == 0) stated = length;
  if (stated != length) lengthMismatch(flow, stated, length);
  // As Zeek: the header's length is what is counted, the IP header's what is delivered.
  const payload = stated < 8 ? 0 : stated - 8;
  noteOnce(flow, dir, HIST_DATA, 68);
  side(flow, dir).nextSeq += <u64>payload;
  noteDecoded(
    PACKET_PROTO_UDP, flow.ordinal, (dir == RESP ? PACKET_FLAG_FROM_RESP : 0) | (payload != 0 ? PACKET_FLAG_PAYLOAD : 0),
  );
  const captured = (n < length ? n : length) - 8;
  if (udpTunnel(flow, dir, p + 8, captured)) return;
  datagram(flow, dir, p + 8, captured);
}

function icmp(a: usize, b: usize, v6: bool, p: usize, n: u32, length: u32, ipBytes: u32): void {
  if (n < 8) {
    noteMalformed(length < 8 ? WEIRD_TRUNCATED_HEADER : WEIRD_INTERNALLY_TRUNCATED_HEADER, "ICMP");
    return;
  }
  const type = <u32>load<u8>(p);
  const code = <u32>load<u8>(p, 1);
  const other = icmpCounterpart(v6, type);
  const flow = flowOf(
    v6 ? PROTO_ICMP6 : PROTO_ICMP, v6 ? 58 : 1, a, b, type, other < 0 ? code : <u32>other, other < 0, TIMEOUT_ICMP,
  );
  countPacket(flow, ipBytes);
  flow.lastTs = packetTime;
  touch(flow);
  side(flow, sender).nextSeq += <u64>(length - 8);
  noteDecoded(v6 ? PACKET_PROTO_ICMP6 : PACKET_PROTO_ICMP, flow.ordinal, sender == RESP ? PACKET_FLAG_FROM_RESP : 0);
}

function other(proto: u32, ipProto: u32, a: usize, b: usize, aPort: u32, bPort: u32, ipBytes: u32): void {
  const flow = flowOf(proto, ipProto, a, b, aPort, bPort, false, TIMEOUT_UNKNOWN_IP);
  countPacket(flow, ipBytes);
  flow.lastTs = packetTime;
  touch(flow);
  noteDecoded(
    proto == PROTO_SCTP ? PACKET_PROTO_SCTP : PACKET_PROTO_IP_OTHER, flow.ordinal, sender == RESP ? PACKET_FLAG_FROM_RESP : 0,
  );
}

/**
 * The payload of an IP packet from `a` to `b` (16 bytes each): `n` captured bytes at `p`, `length` by the IP header, which
 * says `ipBytes` in all.
 */
export function transport(ipProto: u32, a: usize, b: usize, p: usize, n: u32, length: u32, ipBytes: u32): void {
  if (ipProto == 6) tcp(a, b, p, n, length, ipBytes);
  else if (ipProto == 17) udp(a, b, p, n, length, ipBytes);
  else if (ipProto == 1) icmp(a, b, false, p, n, length, ipBytes);
  else if (ipProto == 58) icmp(a, b, true, p, n, length, ipBytes);
  else if (ipProto == 132 && n >= 4) other(PROTO_SCTP, 132, a, b, be16(p), be16(p + 2), ipBytes);
  else other(PROTO_OTHER, ipProto, a, b, 0, 0, ipBytes);
}
