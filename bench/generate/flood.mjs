#!/usr/bin/env node
// Captures that press on memory, made as they are read: node bench/generate/flood.mjs KIND [COUNT] | capsift logs - --out DIR
//   syn-flood N    N SYN packets, each of an address and a port of its own, to one server
//   flows N        N TCP connections that are all open at once: a request of each, then an answer of each, none is closed
//   downloads N    N HTTP downloads of 1 MiB, their segments interleaved
// The same arguments give the same bytes.
import { writeSync } from 'node:fs';

const [kind = '', countText = ''] = process.argv.slice(2);
const KINDS = { 'syn-flood': 10_000_000, flows: 1_000_000, downloads: 1000 };
const count = Number(countText || KINDS[kind]);
if (!(kind in KINDS) || !Number.isInteger(count) || count < 1 || count > 2 ** 31) {
  console.error(`usage: flood.mjs ${Object.keys(KINDS).join('|')} [COUNT]`);
  process.exit(2);
}

const BATCH = 1 << 20;
const out = Buffer.alloc(BATCH + 65536);
let used = 0;
/** Microseconds since 2026-01-01. */
let clock = 0;
const BEGIN_SECONDS = 1_767_225_600;

function flush() {
  for (let done = 0; done < used;) {
    try {
      done += writeSync(1, out, done, used - done);
    } catch (error) {
      if (error.code === 'EPIPE') process.exit(0);
      // A pipe that is full and does not block.
      if (error.code !== 'EAGAIN') throw error;
    }
  }
  used = 0;
}

const ETHERNET = Buffer.from('0200000000020200000000010800', 'hex');

/** One TCP packet; addresses are 32-bit numbers. */
function tcp(from, fromPort, to, toPort, seq, ack, flags, payload) {
  const length = 40 + payload.length;
  const at = used;
  out.writeUInt32LE(BEGIN_SECONDS + Math.floor(clock / 1e6), at);
  out.writeUInt32LE(Math.floor(clock) % 1e6, at + 4);
  out.writeUInt32LE(14 + length, at + 8);
  out.writeUInt32LE(14 + length, at + 12);
  ETHERNET.copy(out, at + 16);
  const ip = at + 30;
  out.fill(0, ip, ip + 40);
  out[ip] = 0x45;
  out.writeUInt16BE(length, ip + 2);
  out[ip + 8] = 64;
  out[ip + 9] = 6;
  out.writeUInt32BE(from >>> 0, ip + 12);
  out.writeUInt32BE(to >>> 0, ip + 16);
  out.writeUInt16BE(fromPort, ip + 20);
  out.writeUInt16BE(toPort, ip + 22);
  out.writeUInt32BE(seq >>> 0, ip + 24);
  out.writeUInt32BE(ack >>> 0, ip + 28);
  out[ip + 32] = 0x50;
  out[ip + 33] = flags;
  out.writeUInt16BE(0xffff, ip + 34);
  payload.copy(out, ip + 40);
  used = ip + 40 + payload.length;
  if (used >= BATCH) flush();
}

const SYN = 2;
const ACK = 16;
const PSH = 8;
const FIN = 1;
const NONE = Buffer.alloc(0);
const SERVER = 0xc6336414; // 198.51.100.20
/** A public address of the i-th host: a bijection of 2^24, so that no two are the same, in no order. */
const hostOf = (i) => (0x2d000000 + (Math.imul(i, 0x9e3779b1) & 0xffffff) + ((i >>> 24) << 24)) >>> 0;

out.writeUInt32LE(0xa1b2c3d4, 0);
out.writeUInt16LE(2, 4);
out.writeUInt16LE(4, 6);
out.writeUInt32LE(262144, 16);
out.writeUInt32LE(1, 20);
used = 24;

if (kind === 'syn-flood') {
  for (let i = 0; i < count; i++, clock += 10) tcp(hostOf(i), 1024 + (i % 60000), SERVER, 80, i, 0, SYN, NONE);
} else if (kind === 'flows') {
  // Every answer comes within five seconds, after which an attempt is over (Zeek: tcp_attempt_delay).
  const client = (i) => 0x0a000000 + Math.floor(i / 60000) + 1;
  const port = (i) => 1024 + (i % 60000);
  const hello = Buffer.from('hello, is anybody there?\n');
  const step = Math.max(0.25, Math.min(100, 2e6 / count));
  const each = (send) => { for (let i = 0; i < count; i++, clock += step) send(client(i), port(i)); };
  each((from, p) => tcp(from, p, SERVER, 7000, 1, 0, SYN, NONE));
  each((from, p) => tcp(SERVER, 7000, from, p, 1, 2, SYN | ACK, NONE));
  each((from, p) => tcp(from, p, SERVER, 7000, 2, 2, ACK | PSH, hello));
  each((from, p) => tcp(SERVER, 7000, from, p, 2, 2 + hello.length, ACK | PSH, hello));
} else {
  const SIZE = 1 << 20;
  const PART = 1400;
  const head = Buffer.from(`HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: application/octet-stream\r\nContent-Length: ${SIZE}\r\n\r\n`);
  const part = Buffer.alloc(PART);
  const end = (i) => ({ from: 0x0a000000 + (i >>> 8) + 1, port: 20000 + (i & 255), to: 0xc6336400 + (i & 63) });
  const sent = new Uint32Array(count).fill(1);
  for (let i = 0; i < count; i++, clock += 20) {
    const { from, port, to } = end(i);
    const request = Buffer.from(`GET /file-${i}.bin HTTP/1.1\r\nHost: downloads.example.com\r\nUser-Agent: bench\r\n\r\n`);
    tcp(from, port, to, 80, 0, 0, SYN, NONE);
    tcp(to, 80, from, port, 0, 1, SYN | ACK, NONE);
    tcp(from, port, to, 80, 1, 1, ACK | PSH, request);
    tcp(to, 80, from, port, 1, 1 + request.length, ACK | PSH, head);
    sent[i] += head.length;
  }
  for (let at = 0, n = 0; at < SIZE; at += PART, n++) {
    for (let i = 0; i < count; i++, clock += 12) {
      const { from, port, to } = end(i);
      const length = Math.min(PART, SIZE - at);
      // Different bytes in each file and part.
      for (let b = 0; b < length; b += 4) part.writeUInt32LE((Math.imul(i * 1009 + n, 0x85ebca6b) + Math.imul(b, 0x9e3779b1)) >>> 0, Math.min(b, PART - 4));
      tcp(to, 80, from, port, sent[i], 200, ACK, part.subarray(0, length));
      sent[i] += length;
      if (n % 16 === 15) tcp(from, port, to, 80, 200, sent[i], ACK, NONE);
    }
  }
  for (let i = 0; i < count; i++, clock += 20) {
    const { from, port, to } = end(i);
    tcp(to, 80, from, port, sent[i], 200, ACK | FIN, NONE);
    tcp(from, port, to, 80, 200, sent[i] + 1, ACK | FIN, NONE);
  }
}
flush();
