// The end of a flow: its dissector lets go, its conn row is written.

import {
  PROTO_TCP, PROTO_UDP, STATE_OTH, STATE_REJ, STATE_RSTO, STATE_RSTOS0, STATE_RSTR, STATE_RSTRH, STATE_S0,
  STATE_S1, STATE_S2, STATE_S3, STATE_SF, STATE_SH, STATE_SHR, TUNNEL_NONE,
} from "../abi/enums";
import {
  CONN_COMMUNITY_ID, CONN_CONN_STATE, CONN_DURATION, CONN_HISTORY, CONN_INNER_VLAN, CONN_IP_PROTO, CONN_LOCAL_ORIG,
  CONN_LOCAL_RESP, CONN_MISSED_BYTES, CONN_ORIG_BYTES, CONN_ORIG_IP_BYTES, CONN_ORIG_L2_ADDR, CONN_ORIG_PKTS, CONN_PROTO,
  CONN_RESP_BYTES, CONN_RESP_IP_BYTES, CONN_RESP_L2_ADDR, CONN_RESP_PKTS, CONN_SERVICE, CONN_TUNNEL, CONN_TUNNEL_PARENTS,
  CONN_VLAN, LOG_CONN,
} from "../abi/logs";
import { setCommon } from "../columns/draft";
import { addStr, rowBegin, rowEnd, setInt, setMac, setStr } from "../columns/writer";
import { endDissection } from "../dissect/registry";
import { writeServices } from "../dissect/services";
import { endStreams } from "../reassembly/segments";
import {
  communityDigest, Flow, ORIG, origAddress, RESP, respAddress, Side, side, UID_BYTES,
} from "./flow";
import { historyOf } from "./history";
import { isLocal } from "./local";
import { FlowRare, releaseRare, SideRare } from "./rare";
import {
  TCP_CLOSED, TCP_ESTABLISHED, TCP_INACTIVE, TCP_PARTIAL, TCP_RESET, TCP_SYN_ACK_SENT, TCP_SYN_SENT, tcpSize,
} from "./tcp-state";

const text: usize = memory.data(512, 16);

function startsWithSynThenReset(flow: Flow): bool {
  // Zeek: /\^?S[^HAFGIQ]*R.*/
  const history = historyOf(flow);
  const n = <u32>flow.historyLength;
  let i: u32 = 0;
  if (i < n && load<u8>(history + i) == 94) i++;
  if (i >= n || load<u8>(history + i) != 83) return false;
  for (i++; i < n; i++) {
    const c = <u32>load<u8>(history + i);
    if (c == 82) return true;
    if (c == 72 || c == 65 || c == 70 || c == 71 || c == 73 || c == 81) return false;
  }
  return false;
}

/** conn_state as scripts/base/protocols/conn/main.zeek tells it. */
function connState(flow: Flow, orig: Side, resp: Side): u32 {
  const proto = <u32>flow.proto;
  if (proto == PROTO_UDP) {
    if (orig.pkts != 0) return resp.pkts != 0 ? STATE_SF : STATE_S0;
    return resp.pkts != 0 ? STATE_SHR : STATE_OTH;
  }
  if (proto != PROTO_TCP) return STATE_OTH;
  const os = <u32>orig.state;
  const rs = <u32>resp.state;
  const origInactive = os == TCP_INACTIVE || os == TCP_PARTIAL;
  const respInactive = rs == TCP_INACTIVE || rs == TCP_PARTIAL;
  if (rs == TCP_RESET) {
    if (
      os == TCP_SYN_SENT || os == TCP_SYN_ACK_SENT ||
      (os == TCP_RESET && tcpSize(orig, resp) == 0 && tcpSize(resp, orig) == 0)
    ) return STATE_REJ;
    return origInactive ? STATE_RSTRH : STATE_RSTR;
  }
  if (os == TCP_RESET) {
    if (respInactive) return startsWithSynThenReset(flow) ? STATE_RSTOS0 : STATE_OTH;
    return STATE_RSTO;
  }
  if (rs == TCP_CLOSED && os == TCP_CLOSED) return STATE_SF;
  if (os == TCP_CLOSED) return respInactive ? STATE_SH : STATE_S2;
  if (rs == TCP_CLOSED) return origInactive ? STATE_SHR : STATE_S3;
  if (os == TCP_SYN_SENT && rs == TCP_INACTIVE) return STATE_S0;
  if (os == TCP_ESTABLISHED && rs == TCP_ESTABLISHED) return STATE_S1;
  return STATE_OTH;
}

function base64Of20(digest: usize, out: usize): u32 {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let at = out;
  for (let i: u32 = 0; i < 20; i += 3) {
    const left = 20 - i;
    const bits = (<u32>load<u8>(digest + i) << 16) | (left > 1 ? <u32>load<u8>(digest + i, 1) << 8 : 0) |
      (left > 2 ? <u32>load<u8>(digest + i, 2) : 0);
    store<u8>(at, alphabet.charCodeAt((bits >> 18) & 63));
    store<u8>(at, alphabet.charCodeAt((bits >> 12) & 63), 1);
    store<u8>(at, left > 1 ? alphabet.charCodeAt((bits >> 6) & 63) : 61, 2);
    store<u8>(at, left > 2 ? alphabet.charCodeAt(bits & 63) : 61, 3);
    at += 4;
  }
  return <u32>(at - out);
}

function missedBy(s: Side): u64 {
  return s.rare == 0 ? 0 : changetype<SideRare>(<usize>s.rare).missed;
}

function writeConn(flow: Flow): void {
  const orig = side(flow, ORIG);
  const resp = side(flow, RESP);
  const tcp = <u32>flow.proto == PROTO_TCP;
  rowBegin(LOG_CONN);
  setCommon(flow, flow.firstTs, flow.firstPkt);
  setInt(CONN_PROTO, flow.proto);
  if (flow.services != 0) setStr(CONN_SERVICE, text, writeServices(flow.services, text));
  const duration = flow.lastTs - flow.firstTs;
  if (duration > 0) {
    setInt(CONN_DURATION, <u64>duration);
    setInt(CONN_ORIG_BYTES, tcp ? tcpSize(orig, resp) : orig.nextSeq);
    setInt(CONN_RESP_BYTES, tcp ? tcpSize(resp, orig) : resp.nextSeq);
  }
  setInt(CONN_CONN_STATE, connState(flow, orig, resp));
  setInt(CONN_LOCAL_ORIG, isLocal(origAddress(flow)) ? 1 : 0);
  setInt(CONN_LOCAL_RESP, isLocal(respAddress(flow)) ? 1 : 0);
  setInt(CONN_MISSED_BYTES, missedBy(orig) + missedBy(resp));
  if (flow.historyLength != 0) {
    setStr(CONN_HISTORY, historyOf(flow), flow.historyLength);
  }
  setInt(CONN_ORIG_PKTS, orig.pkts);
  setInt(CONN_ORIG_IP_BYTES, orig.ipBytes);
  setInt(CONN_RESP_PKTS, resp.pkts);
  setInt(CONN_RESP_IP_BYTES, resp.ipBytes);
  if (<u32>flow.tunnel != TUNNEL_NONE) {
    if (flow.rare != 0) addStr(CONN_TUNNEL_PARENTS, <usize>flow.rare + offsetof<FlowRare>("parentUid0"), UID_BYTES);
    setInt(CONN_TUNNEL, flow.tunnel);
  }
  setInt(CONN_IP_PROTO, flow.ipProto);
  store<u16>(text, 0x3a31); // 1:
  setStr(CONN_COMMUNITY_ID, text, 2 + base64Of20(communityDigest(flow), text + 2));
  if ((flow.origMac0 | <u32>flow.origMac1) != 0) setMac(CONN_ORIG_L2_ADDR, changetype<usize>(flow) + offsetof<Flow>("origMac0"));
  if ((flow.respMac0 | <u32>flow.respMac1) != 0) setMac(CONN_RESP_L2_ADDR, changetype<usize>(flow) + offsetof<Flow>("respMac0"));
  if (flow.vlan != 0xffff) setInt(CONN_VLAN, flow.vlan);
  if (flow.innerVlan != 0xffff) setInt(CONN_INNER_VLAN, flow.innerVlan);
  rowEnd();
}

/** Ends what is going on in the flow and writes its row. Called once, when the flow has left the table. */
export function closeFlow(flow: Flow): void {
  if (<u32>flow.proto == PROTO_TCP) endStreams(flow);
  endDissection(flow);
  writeConn(flow);
  releaseRare(flow);
}
