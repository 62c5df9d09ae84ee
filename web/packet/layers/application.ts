import { qtypeName } from '../../logs/names';
import type { LayerField } from '../types';
import { formatAddress } from '../../logs/address';
import { data } from './link';
import { bitNames, field, hexNumber, MAX_REPEATED, type PacketReader } from './reader';

/** Pointers followed in one DNS name. */
const MAX_POINTERS = 32;

/** What a payload looks like by itself: one packet shows no reassembled stream. */
export function application(r: PacketReader, transport: 'tcp' | 'udp', from: number, to: number, at: number, length: number): void {
  const dnsPort = [53, 5353, 5355, 137].some((port) => port === from || port === to);
  if (dnsPort && transport === 'udp') { dns(r, at, length); return; }
  if (dnsPort && transport === 'tcp' && r.u16(at) === length - 2) { dns(r, at + 2, length - 2); return; }
  if (transport === 'tcp' && looksLikeTls(r, at)) { tls(r, at, length); return; }
  if (transport === 'tcp' && looksLikeHttp(r, at)) { http(r, at, length); return; }
  data(r, at);
}

function looksLikeTls(r: PacketReader, at: number): boolean {
  return r.has(at, 5) && r.u8(at) >= 20 && r.u8(at) <= 24 && r.u8(at + 1) === 3 && r.u8(at + 2) <= 4;
}

function looksLikeHttp(r: PacketReader, at: number): boolean {
  return /^(?:[A-Z]{3,16} \S+ HTTP\/|HTTP\/\d\.\d \d{3})/.test(r.text(at, 1024));
}

function http(r: PacketReader, at: number, length: number): void {
  const fields: LayerField[] = [];
  const end = Math.min(r.bytes.length, at + length);
  let p = at;
  let first = '';
  while (p < end && fields.length < MAX_REPEATED) {
    let eol = p;
    while (eol < end && r.u8(eol) !== 10) eol++;
    const size = eol - p - (eol > p && r.u8(eol - 1) === 13 ? 1 : 0);
    const line = r.text(p, size);
    if (first === '') {
      first = line;
      fields.push(field('Start line', line, p, size));
    } else if (size > 0) {
      const colon = line.indexOf(':');
      fields.push(colon > 0 ? field(line.slice(0, colon), line.slice(colon + 1).trim(), p, size) : field('Line', line, p, size));
    }
    p = eol + 1;
    if (size === 0) break;
  }
  r.layer('HTTP', first, at, p - at, fields);
  if (p < end) data(r, p, 'HTTP body');
}

const RECORDS: Readonly<Record<number, string>> = { 20: 'change cipher spec', 21: 'alert', 22: 'handshake', 23: 'application data', 24: 'heartbeat' };
const HANDSHAKES: Readonly<Record<number, string>> = { 0: 'hello request', 1: 'client hello', 2: 'server hello', 4: 'new session ticket', 8: 'encrypted extensions', 11: 'certificate', 12: 'server key exchange', 13: 'certificate request', 14: 'server hello done', 15: 'certificate verify', 16: 'client key exchange', 20: 'finished', 22: 'certificate status' };

function serverName(r: PacketReader, at: number, end: number): LayerField[] {
  // ClientHello: version 2, random 32, session id, cipher suites, compression methods, extensions (RFC 8446 §4.1.2).
  let p = at + 34;
  p += 1 + r.u8(p);
  p += 2 + r.u16(p);
  p += 1 + r.u8(p);
  const stop = Math.min(end, p + 2 + r.u16(p));
  p += 2;
  for (let i = 0; i < MAX_REPEATED && p + 4 <= stop; i++) {
    const type = r.u16(p);
    const size = r.u16(p + 2);
    if (type === 0 && size > 5) {
      const n = Math.min(r.u16(p + 7), size - 5);
      return [field('Server name', r.text(p + 9, n), p + 9, n)];
    }
    p += 4 + size;
  }
  return [];
}

function tls(r: PacketReader, at: number, length: number): void {
  const end = Math.min(r.bytes.length, at + length);
  let p = at;
  for (let i = 0; i < 20 && p < end; i++) {
    if (!looksLikeTls(r, p)) { data(r, p, 'TLS continued'); return; }
    const type = r.u8(p);
    const size = r.u16(p + 3);
    const handshake = type === 22 ? HANDSHAKES[r.u8(p + 5)] : undefined;
    const summary = handshake ?? RECORDS[type] ?? '';
    const fields = [
      field('Content type', `${RECORDS[type] ?? ''} (${type})`, p, 1), field('Version', hexNumber(r.u16(p + 1), 4), p + 1, 2),
      field('Length', size, p + 3, 2, p + 5 + size > end ? { problem: 'goes on in the next packets' } : {}),
    ];
    if (handshake) fields.push(field('Handshake', `${handshake} (${r.u8(p + 5)})`, p + 5, 1), field('Handshake length', r.u32(p + 5) & 0xffffff, p + 6, 3));
    if (handshake === 'client hello') fields.push(field('Client version', hexNumber(r.u16(p + 9), 4), p + 9, 2), field('Random', r.hex(p + 11, 32), p + 11, 32), ...serverName(r, p + 9, end));
    if (handshake === 'server hello') {
      const cipher = p + 43 + 1 + r.u8(p + 43);
      fields.push(field('Server version', hexNumber(r.u16(p + 9), 4), p + 9, 2), field('Random', r.hex(p + 11, 32), p + 11, 32), field('Cipher suite', hexNumber(r.u16(cipher), 4), cipher, 2));
    }
    if (!r.layer('TLS', summary, p, 5 + size, fields)) return;
    p += 5 + size;
  }
}

/** A name with its compression pointers followed (RFC 1035 §4.1.4); `next` is where the field after it stands. */
function dnsName(r: PacketReader, base: number, at: number): { text: string; next: number } {
  const labels: string[] = [];
  let p = at;
  let next = -1;
  for (let hops = 0; hops < MAX_POINTERS + 128; hops++) {
    const n = r.u8(p);
    if (!r.has(p, 1) || n === 0) { if (next < 0) next = p + 1; break; }
    if ((n & 0xc0) === 0xc0) {
      if (next < 0) next = p + 2;
      const target = base + (r.u16(p) & 0x3fff);
      if (target >= p) break;
      p = target;
      continue;
    }
    labels.push(r.text(p + 1, n));
    p += 1 + n;
  }
  return { text: labels.join('.') || '<root>', next: next < 0 ? p : next };
}

function dnsData(r: PacketReader, base: number, type: number, at: number, size: number): string {
  if (type === 1 && size === 4) return Array.from(r.slice(at, 4)).join('.');
  if (type === 28 && size === 16) return formatAddress(r.slice(at, 16));
  if (type === 5 || type === 2 || type === 12) return dnsName(r, base, at).text;
  if (type === 15) return `${r.u16(at)} ${dnsName(r, base, at + 2).text}`;
  if (type === 16) return r.text(at + 1, Math.min(r.u8(at), size - 1));
  return r.hex(at, Math.min(size, 64));
}

function dns(r: PacketReader, at: number, length: number): void {
  if (!r.has(at, 12)) { r.cut('DNS', at, 12); return; }
  const bits = r.u16(at + 2);
  const counts = [4, 6, 8, 10].map((o) => r.u16(at + o));
  const fields: LayerField[] = [
    field('Id', hexNumber(r.u16(at), 4), at, 2),
    field('Flags', bitNames(bits, [[0x8000, 'response'], [0x0400, 'authoritative'], [0x0200, 'truncated'], [0x0100, 'recursion desired'], [0x0080, 'recursion available']]), at + 2, 2),
    field('Opcode', (bits >> 11) & 15, at + 2, 1), field('Response code', bits & 15, at + 3, 1),
  ];
  const end = Math.min(r.bytes.length, at + length);
  let p = at + 12;
  let summary = (bits & 0x8000) !== 0 ? 'response' : 'query';
  for (let i = 0; i < (counts[0] ?? 0) && p < end && fields.length < MAX_REPEATED; i++) {
    const name = dnsName(r, at, p);
    fields.push(field('Question', `${name.text} ${qtypeName(r.u16(name.next), false)}`, p, name.next + 4 - p));
    if (i === 0) summary += ` ${name.text} ${qtypeName(r.u16(name.next), false)}`;
    p = name.next + 4;
  }
  const sections = ['Answer', 'Authority', 'Additional'];
  sections.forEach((section, s) => {
    for (let i = 0; i < (counts[s + 1] ?? 0) && p < end && fields.length < MAX_REPEATED; i++) {
      const name = dnsName(r, at, p);
      const type = r.u16(name.next);
      const size = r.u16(name.next + 8);
      const body = name.next + 10;
      fields.push(field(section, `${name.text} ${qtypeName(type, false)} ${dnsData(r, at, type, body, size)} (TTL ${r.u32(name.next + 4)})`, p, body + size - p));
      p = body + size;
    }
  });
  r.layer('DNS', summary, at, end - at, fields);
}
