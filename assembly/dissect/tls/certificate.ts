// Certificate messages (RFC 5246 §7.4.2): one row of the certificate log for each; the host parses the DER.

import { MAX_VALUE_BYTES } from "../../abi/columns";
import { CERT_CHAIN_INDEX, CERT_DER, CERT_FUID, CERT_IS_ORIG, CERT_SHA256, LOG_CERT } from "../../abi/logs";
import { setCommon } from "../../columns/draft";
import { rowBegin, rowEnd, setInt, setStr } from "../../columns/writer";
import { packetNumber, packetTime } from "../../context";
import { sha256 } from "../../digest/index";
import { Flow, UID_BYTES, uidOf } from "../../flow/flow";
import { childUid } from "../../flow/identity";
import { be24, hex } from "../../memory/bytes";
import { addToChain, HAS_CERTIFICATE, isClient, Session } from "./session";

const digest: usize = memory.data(32, 8);
const digits: usize = memory.data(64, 8);
const uid: usize = memory.data(24, 8);

/** Fingerprints whose DER went out in this run: first eight bytes each, open addressing; when it is full every DER goes out. */
const SEEN: usize = memory.data(131072, 16);
const SEEN_SLOTS: u32 = 16384;
const SEEN_MOST: u32 = 12288;
let seenCount: u32 = 0;

/** Forgets which certificates went out, for the next capture. */
export function resetCertificates(): void {
  memory.fill(SEEN, 0, SEEN_SLOTS * 8);
  seenCount = 0;
}

function firstTime(): bool {
  const key = load<u64>(digest) | 1; // 0 marks a free slot
  const start = <u32>key >> 1;
  for (let i: u32 = 0; i < SEEN_SLOTS; i++) {
    const at = SEEN + (<usize>((start + i) & (SEEN_SLOTS - 1)) << 3);
    const there = load<u64>(at);
    if (there == key) return false;
    if (there != 0) continue;
    if (seenCount < SEEN_MOST) {
      store<u64>(at, key);
      seenCount++;
    }
    return true;
  }
  return true;
}

/** Takes one certificate of `length` bytes (DER), the next of its sender's chain. */
export function takeCertificate(session: Session, flow: Flow, dir: u32, der: usize, length: u32): void {
  const client = isClient(session, dir);
  const index = <u32>(client ? session.clientCertificates : session.serverCertificates);
  if (client) session.clientCertificates = <u16>(index + 1);
  else session.serverCertificates = <u16>(index + 1);
  session.bits |= HAS_CERTIFICATE;
  sha256(der, length, digest);
  flow.bodies++;
  childUid(uidOf(flow), flow.bodies * 2 + dir, uid);
  addToChain(session, client, digest, uid);
  rowBegin(LOG_CERT);
  setCommon(flow, packetTime, packetNumber);
  setStr(CERT_FUID, uid, UID_BYTES);
  setInt(CERT_IS_ORIG, client ? 1 : 0);
  setInt(CERT_CHAIN_INDEX, index);
  hex(digest, 32, digits);
  setStr(CERT_SHA256, digits, 64);
  // A cut DER could not be parsed: then the fingerprint alone has to do.
  if (length <= MAX_VALUE_BYTES && firstTime()) setStr(CERT_DER, der, length);
  rowEnd();
}

/** Takes the body of a Certificate message. False when its lengths do not fit together. */
export function takeCertificates(session: Session, flow: Flow, dir: u32, body: usize, length: u32): bool {
  if (length < 3) return false;
  const total = be24(body);
  if (total > length - 3) return false;
  let at: u32 = 3;
  const end: u32 = 3 + total;
  while (at < end) {
    if (end - at < 3) return false;
    const n = be24(body + at);
    at += 3;
    if (n > end - at) return false;
    if (n != 0) takeCertificate(session, flow, dir, body + at, n);
    at += n;
  }
  return true;
}
