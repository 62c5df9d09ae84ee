// What is learnt of a TLS session, and its row in the ssl log (fields and meanings: Zeek's scripts/base/protocols/ssl).

import {
  LOG_SSL, SSL_CERT_CHAIN_FPS, SSL_CERT_CHAIN_FUIDS, SSL_CIPHER, SSL_CLIENT_CERT_CHAIN_FPS, SSL_CLIENT_CERT_CHAIN_FUIDS,
  SSL_CURVE, SSL_ESTABLISHED, SSL_JA3, SSL_JA3S, SSL_JA4, SSL_LAST_ALERT, SSL_NEXT_PROTOCOL, SSL_RESUMED, SSL_SERVER_NAME,
  SSL_SSL_HISTORY, SSL_VERSION,
} from "../../abi/logs";
import { setCommon } from "../../columns/draft";
import { addStr, rowBegin, rowEnd, setInt, setList, setStr } from "../../columns/writer";
import { packetNumber, packetTime } from "../../context";
import { partOf, reachPart } from "../../deal/share";
import { Flow, ORIG, UID_BYTES } from "../../flow/flow";
import { append, Buffer, free } from "../../memory/buffer";
import { hex } from "../../memory/bytes";
import { MAX_DRAFT_BYTES, MAX_DTLS_ASSEMBLY_BYTES } from "../../memory/limits";
import { allocateZeroed, blockSize, release } from "../../memory/slab";

/** One direction of the stream. */
@unmanaged
export class Half {
  /** Buffer: the record that is not complete yet, with its header. */
  record: u32;
  recordLength: u32;
  recordCapacity: u32;
  /** Buffer: handshake messages that are not complete yet. */
  handshake: u32;
  handshakeLength: u32;
  handshakeCapacity: u32;
  /** Bytes of the record at hand that need not be looked at. DTLS: bytes of the message that are missing yet. */
  skip: u32;
  /** Bytes of a handshake message beyond the cap that are passed over. DTLS: number and type of the message. */
  skipMessage: u32;
}

@unmanaged
export class Session {
  // The originator's Half; the responder's lies at RESPONDER_AT.
  half0: u64;
  half1: u64;
  half2: u64;
  half3: u64;
  ts: i64;
  bits: u32;
  pkt: u32;
  version: u16;
  cipher: u16;
  curve: u16;
  /** Version that the server chose, as far as it decides how records are read; 0 = not known yet. */
  negotiated: u16;
  /** Version of the records; 0 = none seen. */
  recordVersion: u16;
  alert: u8;
  historyLength: u8;
  idLength: u8;
  unused: u8;
  serverCertificates: u16;
  clientCertificates: u16;
  spare: u16;
  serverName: u32; // Buffer
  serverNameLength: u32;
  serverNameCapacity: u32;
  alpn: u32; // Buffer
  alpnLength: u32;
  alpnCapacity: u32;
  /** Buffers of items: SHA-256, then the file's uid. */
  serverChain: u32;
  serverChainLength: u32;
  serverChainCapacity: u32;
  clientChain: u32;
  clientChainLength: u32;
  clientChainCapacity: u32;
}
/** Where the parts behind the fields begin. */
const RESPONDER_AT: u32 = 144;
const HISTORY_AT: u32 = 176;
const SESSION_ID_AT: u32 = 276;
const JA3_AT: u32 = 308;
const JA3S_AT: u32 = 340;
const JA4_AT: u32 = 372;
const SESSION_BYTES: u32 = 408;

if (offsetof<Session>() > 144) ERROR("Session has outgrown RESPONDER_AT");
if (offsetof<Half>() != 32) ERROR("Half does not fit the four words of Session");

/** Longest history (Zeek: max_ssl_history_length). */
const MAX_HISTORY: u32 = 100;
export const JA4_BYTES: u32 = 36;
const CHAIN_ITEM: u32 = 50;

export const BEGUN: u32 = 1;
export const ESTABLISHED: u32 = 2;
export const RESUMED: u32 = 4;
export const HAS_VERSION: u32 = 8;
export const HAS_CIPHER: u32 = 16;
export const HAS_CURVE: u32 = 32;
export const HAS_ALERT: u32 = 64;
export const HAS_SERVER_NAME: u32 = 128;
export const HAS_ALPN: u32 = 256;
export const HAS_JA3: u32 = 512;
export const HAS_JA3S: u32 = 1024;
export const HAS_JA4: u32 = 2048;
export const HAS_CERTIFICATE: u32 = 4096;
/** The responder speaks as the client. */
export const FLIPPED: u32 = 8192;
/** Client and server began to encrypt. */
export const CLIENT_ENCRYPTED: u32 = 16384;
export const SERVER_ENCRYPTED: u32 = 32768;
/** The client came with a ticket and no session id. */
export const TICKET: u32 = 65536;
export const PSK: u32 = 131072;
export const KEY_EXCHANGE: u32 = 262144;
/** A gap: nothing after it can be read. */
export const LOST: u32 = 524288;
export const CLIENT_HELLO: u32 = 1048576;
export const SERVER_HELLO: u32 = 2097152;
/** DTLS. */
export const DATAGRAMS: u32 = 4194304;
/** Encrypted data of client and server was seen (DTLS). */
export const CLIENT_DATA: u32 = 8388608;
export const SERVER_DATA: u32 = 16777216;

/** `flow.state` once the row is written: the rest of the stream says nothing more. */
export const DONE: u32 = 1;

const text: usize = memory.data(64, 16);

/** The flow's session, made on first use; null when memory is short. */
export function sessionOf(flow: Flow): Session | null {
  if (flow.state == 0) flow.state = <u32>allocateZeroed(SESSION_BYTES);
  return changetype<Session>(<usize>flow.state);
}

// @ts-ignore: decorator
@inline
export function has(session: Session, bits: u32): bool {
  return (session.bits & bits) != 0;
}

/** One direction's part. */
// @ts-ignore: decorator
@inline
export function half(session: Session, dir: u32): Half {
  return changetype<Half>(changetype<usize>(session) + (dir == ORIG ? 0 : RESPONDER_AT));
}

// @ts-ignore: decorator
@inline
export function recordBuffer(half: Half): Buffer {
  return changetype<Buffer>(changetype<usize>(half));
}

// @ts-ignore: decorator
@inline
export function handshakeBuffer(half: Half): Buffer {
  return changetype<Buffer>(changetype<usize>(half) + offsetof<Half>("handshake"));
}

// @ts-ignore: decorator
@inline
function at(session: Session, offset: usize): Buffer {
  return changetype<Buffer>(changetype<usize>(session) + offset);
}

/** True when `dir` is the client's direction. */
// @ts-ignore: decorator
@inline
export function isClient(session: Session, dir: u32): bool {
  return (dir == ORIG) != has(session, FLIPPED);
}

/** Begins the row with the current packet, unless it has begun. */
export function begin(session: Session): void {
  if (has(session, BEGUN)) return;
  session.bits |= BEGUN;
  session.ts = packetTime;
  session.pkt = packetNumber;
}

/** Adds a letter (lower case) to ssl_history: in upper case when the client sent the message. */
export function addLetter(session: Session, client: bool, letter: u32): void {
  const n = <u32>session.historyLength;
  if (n >= MAX_HISTORY) return;
  store<u8>(changetype<usize>(session) + HISTORY_AT + n, client && letter >= 97 ? letter - 32 : letter);
  session.historyLength = <u8>(n + 1);
}

/** Where the session id (up to 32 bytes), the fingerprints' texts are kept. */
// @ts-ignore: decorator
@inline
export function sessionId(session: Session): usize {
  return changetype<usize>(session) + SESSION_ID_AT;
}
// @ts-ignore: decorator
@inline
export function ja3Of(session: Session): usize {
  return changetype<usize>(session) + JA3_AT;
}
// @ts-ignore: decorator
@inline
export function ja3sOf(session: Session): usize {
  return changetype<usize>(session) + JA3S_AT;
}
// @ts-ignore: decorator
@inline
export function ja4Of(session: Session): usize {
  return changetype<usize>(session) + JA4_AT;
}

/** Remembers the name that the client asked for. */
export function setServerName(session: Session, p: usize, n: u32): void {
  const buffer = at(session, offsetof<Session>("serverName"));
  buffer.length = 0;
  if (append(buffer, p, n, MAX_DRAFT_BYTES)) session.bits |= HAS_SERVER_NAME;
}

/** Remembers the protocol that the server chose. */
export function setNextProtocol(session: Session, p: usize, n: u32): void {
  const buffer = at(session, offsetof<Session>("alpn"));
  buffer.length = 0;
  if (append(buffer, p, n, MAX_DRAFT_BYTES)) session.bits |= HAS_ALPN;
}

/** Adds a certificate's SHA-256 (32 bytes) and uid (UID_BYTES) to the sender's chain. */
export function addToChain(session: Session, client: bool, digest: usize, uid: usize): void {
  const buffer = at(session, client ? offsetof<Session>("clientChain") : offsetof<Session>("serverChain"));
  if (!append(buffer, digest, 32, MAX_DRAFT_BYTES)) return;
  if (!append(buffer, uid, UID_BYTES, MAX_DRAFT_BYTES)) buffer.length -= 32;
}

function putChain(chain: Buffer, fingerprints: u32, uids: u32): void {
  setList(fingerprints);
  setList(uids);
  for (let i: u32 = 0; i + CHAIN_ITEM <= chain.length; i += CHAIN_ITEM) {
    hex(chain.data + i, 32, text);
    addStr(fingerprints, text, 64);
    addStr(uids, chain.data + i + 32, UID_BYTES);
  }
}

/** Writes the row, if anything was understood. */
export function emit(session: Session, flow: Flow): void {
  if (session.historyLength == 0) return;
  const base = changetype<usize>(session);
  rowBegin(LOG_SSL);
  setCommon(flow, session.ts, session.pkt);
  if (has(session, HAS_VERSION)) setInt(SSL_VERSION, session.version);
  if (has(session, HAS_CIPHER)) setInt(SSL_CIPHER, session.cipher);
  if (has(session, HAS_CURVE)) setInt(SSL_CURVE, session.curve);
  if (has(session, HAS_SERVER_NAME)) setStr(SSL_SERVER_NAME, session.serverName, session.serverNameLength);
  setInt(SSL_RESUMED, has(session, RESUMED) ? 1 : 0);
  if (has(session, HAS_ALERT)) setInt(SSL_LAST_ALERT, session.alert);
  if (has(session, HAS_ALPN)) setStr(SSL_NEXT_PROTOCOL, session.alpn, session.alpnLength);
  setInt(SSL_ESTABLISHED, has(session, ESTABLISHED) ? 1 : 0);
  setStr(SSL_SSL_HISTORY, base + HISTORY_AT, session.historyLength);
  if (has(session, HAS_CERTIFICATE)) {
    putChain(at(session, offsetof<Session>("serverChain")), SSL_CERT_CHAIN_FPS, SSL_CERT_CHAIN_FUIDS);
    putChain(at(session, offsetof<Session>("clientChain")), SSL_CLIENT_CERT_CHAIN_FPS, SSL_CLIENT_CERT_CHAIN_FUIDS);
  }
  if (has(session, HAS_JA3)) setStr(SSL_JA3, base + JA3_AT, 32);
  if (has(session, HAS_JA3S)) setStr(SSL_JA3S, base + JA3S_AT, 32);
  if (has(session, HAS_JA4)) setStr(SSL_JA4, base + JA4_AT, JA4_BYTES);
  rowEnd();
}

let assembling: u32 = 0;

/**
 * Room for a DTLS message of `size` bytes that comes in pieces, with a bit for each byte behind it; all zero. False when
 * memory is short.
 */
export function beginAssembly(mine: Half, size: u32): bool {
  const buffer = handshakeBuffer(mine);
  endAssembly(mine);
  const bytes = size + ((size + 7) >> 3);
  if (assembling + blockSize(bytes) > partOf(MAX_DTLS_ASSEMBLY_BYTES)) {
    reachPart();
    return false;
  }
  const block = allocateZeroed(bytes);
  if (block == 0) return false;
  buffer.data = <u32>block;
  buffer.length = size;
  buffer.capacity = blockSize(bytes);
  assembling += buffer.capacity;
  return true;
}

/** The message came to an end, or never will. */
export function endAssembly(mine: Half): void {
  const buffer = handshakeBuffer(mine);
  assembling -= buffer.capacity;
  free(buffer);
}

/** Frees the session; `flow.state` becomes `next`. */
export function freeSession(session: Session, flow: Flow, next: u32): void {
  for (let dir: u32 = 0; dir < 2; dir++) {
    free(recordBuffer(half(session, dir)));
    if (has(session, DATAGRAMS)) endAssembly(half(session, dir));
    else free(handshakeBuffer(half(session, dir)));
  }
  free(at(session, offsetof<Session>("serverName")));
  free(at(session, offsetof<Session>("alpn")));
  free(at(session, offsetof<Session>("serverChain")));
  free(at(session, offsetof<Session>("clientChain")));
  release(changetype<usize>(session), SESSION_BYTES);
  flow.state = next;
}
