import type { Mutation } from '../support/mutations';
import { mutate as mutateFile } from '../support/mutations';
import { EXTREMES, PORTS, TOKENS } from './dictionary';
import { fixLengths, placesOf } from './headers';
import { writePcap, writePcapng, type Packet } from './packets';
import type { Random } from './random';

const MAX_PACKETS = 400;
const LONGEST = 9000;

const copy = (packet: Packet): Packet => ({ ...packet, bytes: Buffer.from(packet.bytes) });

/** Other bytes for the payload of a packet. */
function payload(random: Random, old: Buffer): Buffer {
  const at = random.below(old.length + 1);
  const length = random.below(Math.min(old.length - at, 64) + 1);
  switch (random.below(7)) {
    case 0: return Buffer.concat([old.subarray(0, at), random.pick(TOKENS), old.subarray(at)]);
    case 1: return Buffer.concat([old.subarray(0, at), random.pick(TOKENS), old.subarray(at + length)]);
    case 2: return Buffer.concat([old.subarray(0, at), old.subarray(at + length)]);
    case 3: return Buffer.concat([old.subarray(0, at + length), old.subarray(at)]);
    case 4: return Buffer.concat(Array.from({ length: 1 + random.below(12) }, () => random.pick(TOKENS)));
    case 5: return Buffer.concat([old.subarray(0, at), random.bytes(random.below(40)), old.subarray(at + length)]);
    default: {
      const changed = Buffer.from(old);
      for (let i = 1 + random.below(4); i > 0 && changed.length > 0; i--) changed[random.below(changed.length)] = random.chance(1, 2) ? random.below(256) : random.pick(EXTREMES) & 255;
      return changed;
    }
  }
}

function replaced(random: Random, packet: Packet): void {
  const { payload: at } = placesOf(packet.bytes, packet.linktype);
  const from = at < 0 ? random.below(packet.bytes.length + 1) : at;
  packet.bytes = Buffer.concat([packet.bytes.subarray(0, from), payload(random, packet.bytes.subarray(from))]).subarray(0, LONGEST);
}

/** Another value for a field of a header. */
function field(random: Random, packet: Packet): void {
  const { bytes } = packet;
  const { ip, version, protocol, transport } = placesOf(bytes, packet.linktype);
  const value = random.chance(1, 3) ? random.word() : random.pick(EXTREMES);
  const put = (at: number, size: number, what = value): void => { if (at + size <= bytes.length) bytes.writeUIntBE(what % 2 ** (8 * size), at, size); };
  if (ip < 0) { put(random.below(Math.max(1, bytes.length - 4)), random.pick([1, 2, 4])); return; }
  const network: (readonly [number, number])[] = version === 4 ? [[0, 1], [2, 2], [4, 2], [6, 2], [8, 1], [9, 1], [12, 4], [16, 4]] : [[0, 4], [4, 2], [6, 1], [7, 1], [20, 4], [36, 4]];
  const tcp: (readonly [number, number])[] = [[0, 2], [2, 2], [4, 4], [8, 4], [12, 1], [13, 1], [14, 2], [18, 2], [20, 4]];
  const udp: (readonly [number, number])[] = [[0, 2], [2, 2], [4, 2], [6, 2]];
  const which = transport < 0 ? 0 : random.below(9);
  if (which < 3) {
    const [at, size] = random.pick(network);
    put(ip + at, size);
  } else if (which < 5) {
    put(transport + 2 * random.below(2), 2, random.pick(PORTS));
  } else {
    const [at, size] = random.pick(protocol === 6 ? tcp : udp);
    const near = protocol === 6 && size === 4 && transport + at + 4 <= bytes.length && random.chance(2, 3);
    put(transport + at, size, near ? (bytes.readUInt32BE(transport + at) + 2 ** 32 + random.below(200) - 100) % 2 ** 32 : value);
  }
}

/** A TCP segment as several, of one byte at the least, some again with other bytes. */
function segments(random: Random, packet: Packet): Packet[] {
  const { protocol, transport, payload: at } = placesOf(packet.bytes, packet.linktype);
  if (protocol !== 6 || transport < 0 || at < transport + 20 || at >= packet.bytes.length) return [packet];
  const data = packet.bytes.subarray(at);
  const sequence = packet.bytes.readUInt32BE(transport + 4);
  const size = random.chance(1, 3) ? 1 : 1 + random.below(data.length);
  const parts: Packet[] = [];
  for (let from = 0; from < data.length && parts.length < 64; from += size) {
    const overlap = random.chance(1, 4) ? random.below(Math.min(from, 20) + 1) : 0;
    const bytes = Buffer.concat([packet.bytes.subarray(0, at), data.subarray(from - overlap, from + size)]);
    bytes.writeUInt32BE((sequence + from - overlap) % 2 ** 32, transport + 4);
    if (overlap > 0 && random.chance(1, 2)) bytes[at] = bytes[at]! ^ 0x20;
    fixLengths(bytes, packet.linktype);
    parts.push({ ...packet, bytes });
  }
  if (random.chance(1, 3)) parts.reverse();
  return parts;
}

/** An IPv4 packet as fragments, some of which overlap or are missing. */
function fragments(random: Random, packet: Packet): Packet[] {
  const { ip, version, transport } = placesOf(packet.bytes, packet.linktype);
  if (version !== 4 || transport < ip + 20) return [packet];
  const data = packet.bytes.subarray(transport);
  const size = 8 * (1 + random.below(20));
  const parts: Packet[] = [];
  for (let from = 0; from < data.length && parts.length < 64; from += size) {
    const back = random.chance(1, 5) ? Math.min(from, 8) : 0;
    const bytes = Buffer.concat([packet.bytes.subarray(0, transport), data.subarray(from - back, from + size)]);
    bytes.writeUInt16BE(((from - back) >> 3) | (from + size < data.length ? 0x2000 : 0), ip + 6);
    fixLengths(bytes, packet.linktype);
    if (!random.chance(1, 20)) parts.push({ ...packet, bytes });
  }
  return random.chance(1, 3) ? parts.reverse() : parts;
}

/** The packet inside another: VLAN tags, IP in IP, GRE, VXLAN, once or more. */
function tunnelled(random: Random, packet: Packet): Packet {
  let { bytes } = packet;
  for (let depth = 1 + random.below(6); depth > 0 && bytes.length < LONGEST - 200; depth--) {
    const { ip } = placesOf(bytes, packet.linktype);
    if (ip < 0) break;
    const inner = bytes.subarray(ip);
    const head = Buffer.from('4500000000000000400400000a0000010a000002', 'hex');
    const around = random.pick([
      Buffer.concat([head, inner]),
      Buffer.concat([head, Buffer.from('00000800', 'hex'), inner]),
      Buffer.concat([head, Buffer.from('c00012b500000000', 'hex'), Buffer.from('0800000000000100', 'hex'), Buffer.alloc(12), Buffer.from('0800', 'hex'), inner]),
    ]);
    if (around.length === inner.length + 24) around[9] = 47;
    else if (around.length > inner.length + 24) around[9] = 17;
    bytes = Buffer.concat([bytes.subarray(0, ip), around]);
    fixLengths(bytes, packet.linktype);
  }
  return { ...packet, bytes };
}

function once(random: Random, packets: Packet[], others: readonly Packet[]): Packet[] {
  const at = random.below(packets.length);
  const count = 1 + random.below(Math.min(20, packets.length - at));
  const packet = packets[at];
  if (!packet) return packets;
  const put = (...instead: Packet[]): Packet[] => [...packets.slice(0, at), ...instead, ...packets.slice(at + 1)];
  switch (random.below(16)) {
    case 0: return [...packets.slice(0, at), ...packets.slice(at + count)];
    case 1: return [...packets.slice(0, at + count), ...packets.slice(at).map(copy)];
    case 2: return [...packets.slice(0, at), ...packets.slice(at, at + count).reverse(), ...packets.slice(at + count)];
    case 3: {
      const place = random.below(others.length);
      return [...packets.slice(0, at), ...others.slice(place, place + 1 + random.below(30)).map((other) => ({ ...copy(other), time: packet.time })), ...packets.slice(at)];
    }
    case 4: {
      const leap = BigInt(random.pick([1, 1000, 60_000, 3_600_000, -1000, -3_600_000, 4_000_000_000])) * 1_000_000n;
      for (const one of random.chance(1, 2) ? packets.slice(at) : [packet]) one.time = one.time + leap < 0n ? 0n : one.time + leap;
      return packets;
    }
    case 5: packet.bytes = packet.bytes.subarray(0, random.below(packet.bytes.length + 1)); return packets;
    case 6: case 7: return put(...segments(random, packet));
    case 8: return put(...fragments(random, packet));
    case 9: return put(tunnelled(random, packet));
    case 10: packet.linktype = random.pick([0, 1, 12, 101, 105, 113, 127, 228, 276, 147]); return packets;
    case 11: case 12: field(random, packet); break;
    default: replaced(random, packet);
  }
  if (random.chance(1, 2)) fixLengths(packet.bytes, packet.linktype);
  return packets;
}

const DAMAGE: readonly ((random: Random) => Mutation)[] = [
  (random) => ({ kind: 'byte', at: random.word(), to: random.below(256) }),
  (random) => ({ kind: 'word', at: random.word(), to: random.pick(EXTREMES), big: random.chance(1, 2) }),
  (random) => ({ kind: 'cut', at: random.word() }),
  (random) => ({ kind: 'delete', at: random.word(), length: 1 + random.below(400) }),
  (random) => ({ kind: 'insert', at: random.word(), bytes: random.bytes(1 + random.below(60)) }),
  (random) => ({ kind: 'repeat', at: random.word(), length: 1 + random.below(2000) }),
  (random) => ({ kind: 'swap', at: random.word() }),
];

/** A capture made of a seed's packets, some of another seed's, and some damage. */
export function mutated(random: Random, seed: readonly Packet[], other: readonly Packet[]): Buffer {
  const start = random.below(Math.max(1, seed.length - 10));
  let packets = seed.slice(start, start + 1 + random.below(MAX_PACKETS)).map(copy);
  for (let i = 1 + random.below(10); i > 0; i--) packets = once(random, packets, other).slice(0, MAX_PACKETS);
  const file = random.chance(1, 3) ? writePcapng(packets) : writePcap(packets, random.chance(1, 4));
  if (!random.chance(1, 4)) return file;
  return mutateFile(file, Array.from({ length: 1 + random.below(3) }, () => random.pick(DAMAGE)(random)));
}
