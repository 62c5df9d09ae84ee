// One DNS message (RFC 1035 §4): pairs it with what waits and fills the row, in the order and with the rules of Zeek's
// dns.log.

import {
  WEIRD_DNS_CONN_COUNT_TOO_LARGE, WEIRD_DNS_TRUNCATED_ANS_TOO_SHORT, WEIRD_DNS_TRUNCATED_LEN_LT_HDR_LEN,
  WEIRD_DNS_TRUNCATED_QUEST_TOO_SHORT, WEIRD_DNS_TRUNCATED_RR_RDLENGTH_LT_LEN, WEIRD_DNS_UNKNOWN_OPCODE,
  WEIRD_DNS_ZERO_RDLENGTH,
} from "../../abi/weirds";
import { packetTime } from "../../context";
import { Flow, respAddress } from "../../flow/flow";
import { be16, be32 } from "../../memory/bytes";
import { confirm, SERVICE_DNS } from "../services";
import { weirdFlow } from "../weird";
import { decodeNetbios, nameLength, readName } from "./name";
import {
  putTypeName, RECORD_ANSWER, RECORD_BROKEN, recordText, TYPE_A, TYPE_AAAA, TYPE_ANY,
} from "./record";
import {
  addAnswer, emitRow, HAS_QUERY, HAS_QUESTION, HAS_RCODE, HAS_RTT, hasBits, IS_AA, IS_RA, IS_RD, IS_REJECTED, IS_TC, keepRow,
  newRow, Queue, Row, SAW_QUERY, SAW_REPLY, setBits, setQuery, takeRow,
} from "./row";
import { putByte, putBytes, putDecimal, putText, textBegin, textLength, textPointer } from "./text";

export const HEADER_BYTES: u32 = 12;
/** More questions than this and it is no DNS (Zeek: dns_max_queries). */
export const MAX_QUESTIONS: u32 = 25;
export const PORT_NETBIOS: u32 = 137;

const OPCODE_QUERY: u32 = 0;
const OPCODE_NOTIFY: u32 = 4;
const OPCODE_UPDATE: u32 = 5;
const CLASS_NONE: u32 = 254;
const CLASS_ANY: u32 = 255;

const OWNER: usize = memory.data(512, 16);
const SCRATCH: usize = memory.data(1024, 16);

// The message at work.
let flow: Flow = changetype<Flow>(0);
let message: usize = 0;
let size: u32 = 0;
let position: u32 = 0;
let flags: u32 = 0;
let opcode: u32 = 0;
let netbios: bool = false;
/** A dynamic update (RFC 2136); the NetBIOS name service has registration under the same number. */
let update: bool = false;

/** True when the responder's address is a multicast group: its messages are not paired (Zeek: DNS::multicast_subnets). */
export function toMulticast(flow: Flow): bool {
  const a = respAddress(flow);
  if (load<u64>(a) == 0 && load<u32>(a, 8) == 0xffff0000) return <u32>load<u8>(a, 12) >>> 4 == 14;
  return load<u8>(a) == 0xff;
}

/** True when the header's flags have an opcode that is read: query, notify, update (for NetBIOS: registration). */
export function opcodeKnown(flags: u32): bool {
  const code = (flags >> 11) & 15;
  return code == OPCODE_QUERY || code == OPCODE_NOTIFY || code == OPCODE_UPDATE;
}

function question(row: Row, records: u32): bool {
  const after = readName(flow, message, size, position, netbios, OWNER);
  if (after == 0) return false;
  if (size - after < 4) {
    weirdFlow(flow, WEIRD_DNS_TRUNCATED_QUEST_TOO_SHORT, "DNS");
    return false;
  }
  const qtype = be16(message + after);
  const qclass = be16(message + after + 2);
  position = after + 4;
  if (update) return true;
  if ((flags & 0x8000) != 0) {
    // Refused in some way: nothing comes back but the question.
    if (records == 0) setBits(row, IS_REJECTED);
    return true;
  }
  setQuery(row, OWNER, netbios ? decodeNetbios(OWNER, nameLength) : nameLength);
  row.qtype = <u16>qtype;
  row.qclass = <u16>qclass;
  row.z = <u8>((flags >> 4) & 7);
  row.bits = <u16>(<u32>row.bits & ~(IS_RD | IS_TC));
  setBits(row, HAS_QUESTION | ((flags & 0x100) != 0 ? IS_RD : 0) | ((flags & 0x200) != 0 ? IS_TC : 0));
  return true;
}

// An answer of a reply: the flags and the time that go with the first one, and its text.
function answer(row: Row, ownerLength: u32, ttl: u32): void {
  if (!hasBits(row, HAS_QUERY)) setQuery(row, OWNER, ownerLength);
  row.bits = <u16>(<u32>row.bits & ~(IS_AA | IS_RA));
  setBits(row, ((flags & 0x400) != 0 ? IS_AA : 0) | ((flags & 0x80) != 0 ? IS_RA : 0));
  if (!hasBits(row, HAS_RTT) && packetTime != row.ts) {
    row.rtt = packetTime - row.ts;
    setBits(row, HAS_RTT);
  }
  if (textLength != 0) addAnswer(row, textPointer(), textLength, ttl);
}

// A record of a dynamic update's prerequisite or update section that stands for no data (RFC 2136 §2.4, §2.5).
function updateMark(row: Row, prerequisite: bool, type: u32, class_: u32, ownerLength: u32, ttl: u32): void {
  textBegin();
  if (prerequisite) {
    putText(class_ == CLASS_NONE ? "pre: No" : "pre: ");
    putText(type == TYPE_ANY ? "Name" : "RRSet ");
    if (type != TYPE_ANY) putTypeName(type);
    putByte(32);
    putBytes(OWNER, ownerLength);
  } else {
    if (class_ != CLASS_ANY) return;
    putText("del: RRSet ");
    putTypeName(type);
  }
  answer(row, ownerLength, ttl);
}

// Puts the section's mark before the text of an update's record, and the owner where the text is an address alone.
function updateText(prerequisite: bool, type: u32, class_: u32, ownerLength: u32): void {
  const n = textLength < 1024 ? textLength : 1024;
  memory.copy(SCRATCH, textPointer(), n);
  textBegin();
  putText(prerequisite ? "pre: " : class_ == CLASS_NONE ? "del: " : "add: ");
  if (type == TYPE_A || type == TYPE_AAAA) {
    putTypeName(type);
    putByte(32);
    putBytes(OWNER, ownerLength);
    putByte(32);
  }
  putBytes(SCRATCH, n);
}

function record(row: Row, prerequisite: bool): bool {
  let at = readName(flow, message, size, position, netbios, OWNER);
  if (at == 0) return false;
  const ownerLength = nameLength;
  if (size - at < 10) {
    weirdFlow(flow, WEIRD_DNS_TRUNCATED_ANS_TOO_SHORT, "DNS");
    return false;
  }
  const type = be16(message + at);
  const class_ = be16(message + at + 2);
  const ttl = be32(message + at + 4);
  const length = be16(message + at + 8);
  at += 10;
  position = at + length;
  const reply = (flags & 0x8000) != 0;
  if (length > size - at) {
    weirdFlow(flow, WEIRD_DNS_TRUNCATED_RR_RDLENGTH_LT_LEN, "DNS");
    return false;
  }
  if (length == 0) {
    if (update) {
      if (reply) updateMark(row, prerequisite, type, class_, ownerLength, ttl);
      return true;
    }
    if (size > at) {
      weirdFlow(flow, WEIRD_DNS_ZERO_RDLENGTH, "DNS");
      return false;
    }
  }
  const result = recordText(flow, message, size, type, at, length, OWNER, ownerLength, netbios);
  if (result == RECORD_ANSWER && reply) {
    if (update) updateText(prerequisite, type, class_, ownerLength);
    answer(row, ownerLength, ttl);
  }
  return result != RECORD_BROKEN;
}

function fill(row: Row): void {
  const questions = be16(message + 4);
  const answers = be16(message + 6);
  const authorities = be16(message + 8);
  const records = answers + authorities + be16(message + 10);
  if (questions > MAX_QUESTIONS) {
    weirdFlow(flow, WEIRD_DNS_CONN_COUNT_TOO_LARGE, "DNS");
    return;
  }
  position = HEADER_BYTES;
  for (let i: u32 = 0; i < questions; i++) {
    if (!question(row, records)) return;
  }
  // Each record takes 11 bytes at the least, so the counts of the header cannot make the loops longer than the message.
  for (let i: u32 = 0; i < answers; i++) {
    if (!record(row, true)) return;
  }
  confirm(flow, SERVICE_DNS);
  if (!update) return;
  for (let i: u32 = 0; i < authorities; i++) {
    if (!record(row, false)) return;
  }
}

/**
 * Takes one message of `length` bytes. `queries` and `replies` are what waits in this flow; rows go to the log once both
 * sides were seen, at once where nothing is to be paired.
 */
export function takeMessage(owner: Flow, queries: Queue, replies: Queue, bytes: usize, length: u32): void {
  flow = owner;
  if (length < HEADER_BYTES) {
    weirdFlow(flow, WEIRD_DNS_TRUNCATED_LEN_LT_HDR_LEN, "DNS");
    return;
  }
  message = bytes;
  size = length;
  flags = be16(bytes + 2);
  opcode = (flags >> 11) & 15;
  netbios = flow.respP == PORT_NETBIOS;
  update = opcode == OPCODE_UPDATE && !netbios;
  if (!opcodeKnown(flags)) {
    // NetBIOS has releases and refreshes among them, which Zeek passes over too.
    if (netbios) return;
    textBegin();
    putDecimal(opcode);
    weirdFlow(flow, WEIRD_DNS_UNKNOWN_OPCODE, "DNS", textPointer(), textLength);
    return;
  }
  const transId = be16(bytes);
  const reply = (flags & 0x8000) != 0;
  const group = toMulticast(flow);
  let row: Row | null = null;
  if (!group) row = takeRow(reply ? queries : replies, transId);
  if (row === null) row = newRow(transId, opcode);
  if (row === null) return;
  if (reply) {
    row.rcode = <u16>(flags & 15);
    setBits(row, HAS_RCODE);
    if (row.rcode != 0 && be16(bytes + 4) == 0) setBits(row, IS_REJECTED);
  }
  fill(row);
  setBits(row, reply ? SAW_REPLY : SAW_QUERY);
  if (group || hasBits(row, SAW_QUERY | SAW_REPLY)) emitRow(row, flow);
  else keepRow(reply ? replies : queries, row, flow);
}
