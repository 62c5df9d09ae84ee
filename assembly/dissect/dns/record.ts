// Resource records as the texts that Zeek's dns.log has for them.

import {
  WEIRD_DNS_CAA_CHAR_STR_PAST_RDLEN, WEIRD_DNS_INVALID_LOC_LENGTH, WEIRD_DNS_RR_BAD_LENGTH, WEIRD_DNS_RR_LENGTH_MISMATCH,
  WEIRD_DNS_RR_UNKNOWN_TYPE, WEIRD_DNS_TXT_CHAR_STR_PAST_RDLEN,
} from "../../abi/weirds";
import { Flow } from "../../flow/flow";
import { be16 } from "../../memory/bytes";
import { weirdFlow } from "../weird";
import { nameLength, readName } from "./name";
import {
  putByte, putBytes, putDecimal, putHex, putIPv4, putIPv6, putText, textBegin, textLength, textPointer,
} from "./text";

export const TYPE_A: u32 = 1;
const TYPE_NS: u32 = 2;
const TYPE_CNAME: u32 = 5;
const TYPE_SOA: u32 = 6;
const TYPE_WKS: u32 = 11;
const TYPE_PTR: u32 = 12;
const TYPE_HINFO: u32 = 13;
const TYPE_MX: u32 = 15;
const TYPE_TXT: u32 = 16;
export const TYPE_AAAA: u32 = 28;
const TYPE_LOC: u32 = 29;
const TYPE_NB: u32 = 32;
const TYPE_SRV: u32 = 33;
const TYPE_NAPTR: u32 = 35;
const TYPE_A6: u32 = 38;
const TYPE_OPT: u32 = 41;
const TYPE_DS: u32 = 43;
const TYPE_SSHFP: u32 = 44;
const TYPE_RRSIG: u32 = 46;
const TYPE_NSEC: u32 = 47;
const TYPE_DNSKEY: u32 = 48;
const TYPE_NSEC3: u32 = 50;
const TYPE_NSEC3PARAM: u32 = 51;
const TYPE_SVCB: u32 = 64;
const TYPE_HTTPS: u32 = 65;
const TYPE_SPF: u32 = 99;
const TYPE_TSIG: u32 = 250;
export const TYPE_ANY: u32 = 255;
const TYPE_CAA: u32 = 257;
/** BIND's private type for signing state. */
const TYPE_BIND_SIGNING: u32 = 65534;

/** The record is broken: nothing after it can be trusted. */
export const RECORD_BROKEN: u32 = 0;
/** It has a text (possibly empty) that counts as an answer. */
export const RECORD_ANSWER: u32 = 1;
/** It is known and says nothing that the log has a place for. */
export const RECORD_SILENT: u32 = 2;

const NAME: usize = memory.data(512, 16);

// A name inside the record's data; false when it is broken.
function putName(flow: Flow, message: usize, length: u32, at: u32, end: u32): bool {
  const after = readName(flow, message, length, at, false, NAME);
  if (after == 0) return false;
  if (after != end) weirdFlow(flow, WEIRD_DNS_RR_LENGTH_MISMATCH, "DNS");
  putBytes(NAME, nameLength);
  return true;
}

// Character strings (RFC 1035 §3.3) as `TXT length bytes`, joined by spaces. False when one of them passes the end.
function putStrings(flow: Flow, label: string, p: usize, n: u32): bool {
  let at: u32 = 0;
  while (at < n) {
    const size = <u32>load<u8>(p + at);
    if (size > n - at - 1) {
      weirdFlow(flow, WEIRD_DNS_TXT_CHAR_STR_PAST_RDLEN, "DNS");
      return false;
    }
    if (at != 0) putByte(32);
    putText(label);
    putDecimal(size);
    putByte(32);
    putBytes(p + at + 1, size);
    at += 1 + size;
  }
  return true;
}

// One character string at `at` of `n` bytes; returns the offset after it, 0 when it passes the end.
function putString(p: usize, n: u32, at: u32): u32 {
  if (at >= n) return 0;
  const size = <u32>load<u8>(p + at);
  if (size > n - at - 1) return 0;
  putBytes(p + at + 1, size);
  return at + 1 + size;
}

function badLength(flow: Flow): u32 {
  weirdFlow(flow, WEIRD_DNS_RR_BAD_LENGTH, "DNS");
  return RECORD_BROKEN;
}

function naptr(flow: Flow, message: usize, length: u32, at: u32, size: u32): u32 {
  const p = message + at;
  if (size < 7) return badLength(flow);
  putText("NAPTR ");
  putDecimal(be16(p));
  putByte(32);
  putDecimal(be16(p + 2));
  putByte(32);
  let next = putString(p, size, 4); // flags
  if (next == 0) return badLength(flow);
  putByte(32);
  next = putString(p, size, next); // service
  if (next == 0) return badLength(flow);
  putByte(32);
  const before = textLength;
  next = putString(p, size, next); // regexp
  if (next == 0) return badLength(flow);
  const after = readName(flow, message, length, at + next, false, NAME);
  if (after == 0) return RECORD_BROKEN;
  if (after != at + size) weirdFlow(flow, WEIRD_DNS_RR_LENGTH_MISMATCH, "DNS");
  if (nameLength != 0) {
    if (textLength != before) putByte(32);
    putBytes(NAME, nameLength);
  }
  return RECORD_ANSWER;
}

/**
 * Writes the text of a record (text.ts) whose `size` bytes of data are at offset `at` of the message; they are all there.
 * `owner` is its name; `netbios` when the flow is the NetBIOS name service. Returns RECORD_*.
 */
export function recordText(
  flow: Flow, message: usize, length: u32, type: u32, at: u32, size: u32, owner: usize, ownerLength: u32, netbios: bool,
): u32 {
  const p = message + at;
  const end = at + size;
  textBegin();
  switch (type) {
    case TYPE_A:
      if (size != 4) return badLength(flow);
      putIPv4(p);
      return RECORD_ANSWER;
    case TYPE_AAAA:
    case TYPE_A6:
      if (size < 16) return badLength(flow);
      putIPv6(p);
      return RECORD_ANSWER;
    case TYPE_NS:
    case TYPE_CNAME:
    case TYPE_PTR:
      return putName(flow, message, length, at, end) ? RECORD_ANSWER : RECORD_BROKEN;
    case TYPE_MX:
      if (size < 3) return badLength(flow);
      return putName(flow, message, length, at + 2, end) ? RECORD_ANSWER : RECORD_BROKEN;
    case TYPE_SRV:
      // The number is older than SRV: NetBIOS has its node status there (RFC 1002 §4.2.1.3).
      if (netbios) return RECORD_SILENT;
      if (size < 7) return badLength(flow);
      return putName(flow, message, length, at + 6, end) ? RECORD_ANSWER : RECORD_BROKEN;
    case TYPE_SOA: {
      const mname = readName(flow, message, length, at, false, NAME);
      if (mname == 0) return RECORD_BROKEN;
      putBytes(NAME, nameLength);
      const rname = readName(flow, message, length, mname, false, NAME);
      if (rname == 0 || rname + 20 > length) return RECORD_BROKEN;
      if (rname + 20 != end) weirdFlow(flow, WEIRD_DNS_RR_LENGTH_MISMATCH, "DNS");
      return RECORD_ANSWER;
    }
    case TYPE_TXT:
      return putStrings(flow, "TXT ", p, size) ? RECORD_ANSWER : RECORD_BROKEN;
    case TYPE_SPF:
      return putStrings(flow, "SPF ", p, size) ? RECORD_ANSWER : RECORD_BROKEN;
    case TYPE_WKS:
      return RECORD_ANSWER;
    case TYPE_NAPTR:
      return naptr(flow, message, length, at, size);
    case TYPE_LOC:
      if (size != 16) {
        weirdFlow(flow, WEIRD_DNS_INVALID_LOC_LENGTH, "DNS");
        return RECORD_BROKEN;
      }
      putText("LOC:  ");
      putDecimal(load<u8>(p, 1));
      putByte(32);
      putDecimal(load<u8>(p, 2));
      putByte(32);
      putDecimal(load<u8>(p, 3));
      return RECORD_ANSWER;
    case TYPE_DS:
      if (size < 4) return badLength(flow);
      putText("DS ");
      putDecimal(load<u8>(p, 2));
      putByte(32);
      putDecimal(load<u8>(p, 3));
      return RECORD_ANSWER;
    case TYPE_SSHFP:
      if (size < 2) return badLength(flow);
      putText("SSHFP: ");
      putHex(p + 2, size - 2);
      return RECORD_ANSWER;
    case TYPE_RRSIG: {
      if (size < 19) return badLength(flow);
      const after = readName(flow, message, length, at + 18, false, NAME);
      if (after == 0) return RECORD_BROKEN;
      putText("RRSIG ");
      putDecimal(be16(p));
      putByte(32);
      if (nameLength == 0) putText("<Root>");
      else putBytes(NAME, nameLength);
      return RECORD_ANSWER;
    }
    case TYPE_DNSKEY:
      if (size < 4) return badLength(flow);
      putText("DNSKEY ");
      putDecimal(load<u8>(p, 3));
      return RECORD_ANSWER;
    case TYPE_NSEC: {
      if (readName(flow, message, length, at, false, NAME) == 0) return RECORD_BROKEN;
      putText("NSEC ");
      putBytes(owner, ownerLength);
      putByte(32);
      putBytes(NAME, nameLength);
      return RECORD_ANSWER;
    }
    case TYPE_NSEC3:
      putText("NSEC3");
      return RECORD_ANSWER;
    case TYPE_NSEC3PARAM:
      putText("NSEC3PARAM");
      return RECORD_ANSWER;
    case TYPE_BIND_SIGNING:
      if (size < 5) return badLength(flow);
      putText("BIND9 signing signal");
      return RECORD_ANSWER;
    case TYPE_CAA:
      if (size < 2 || <u32>load<u8>(p, 1) >= size - 2) {
        weirdFlow(flow, WEIRD_DNS_CAA_CHAR_STR_PAST_RDLEN, "DNS");
        return RECORD_BROKEN;
      }
      return RECORD_SILENT;
    case TYPE_HINFO:
    case TYPE_NB:
    case TYPE_OPT:
    case TYPE_SVCB:
    case TYPE_HTTPS:
    case TYPE_TSIG:
      return RECORD_SILENT;
    default:
      putDecimal(type);
      weirdFlow(flow, WEIRD_DNS_RR_UNKNOWN_TYPE, "DNS", textPointer(), textLength);
      textBegin();
      putText("<unknown type=");
      putDecimal(type);
      putByte(62);
      return RECORD_ANSWER;
  }
}

/** Appends the type's name where an update's text has one. */
export function putTypeName(type: u32): void {
  switch (type) {
    case TYPE_A: putText("A"); return;
    case TYPE_NS: putText("NS"); return;
    case TYPE_CNAME: putText("CNAME"); return;
    case TYPE_SOA: putText("SOA"); return;
    case TYPE_PTR: putText("PTR"); return;
    case TYPE_HINFO: putText("HINFO"); return;
    case TYPE_MX: putText("MX"); return;
    case TYPE_TXT: putText("TXT"); return;
    case TYPE_AAAA: putText("AAAA"); return;
    case TYPE_SRV: putText("SRV"); return;
    case TYPE_ANY: putText("*"); return;
    default:
      putText("query-");
      putDecimal(type);
  }
}
