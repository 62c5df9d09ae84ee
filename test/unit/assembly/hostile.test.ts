import { describe, expect, it } from 'vitest';
import {
  COUNTER_CAP_DNS_PENDING, COUNTER_CAP_FRAGMENTS, COUNTER_CAP_INTERFACES, COUNTER_CAP_IPV6_EXTENSIONS, COUNTER_CAP_MPLS_LABELS, COUNTER_CAP_NAMES,
  COUNTER_CAP_SEGMENTS_FLOW, COUNTER_CAP_TUNNEL_DEPTH, COUNTER_FLOWS, COUNTER_GAP_BYTES, COUNTER_MALFORMED_PACKETS, COUNTER_OVERLAP_DIFFERENT,
  COUNTER_PACKETS, COUNTER_RESYNCS,
} from '../../../assembly/abi/counters';
import { MAX_FRAGMENTED_DATAGRAMS, MAX_INTERFACES, MAX_NAMES, MAX_SEGMENTS_FLOW } from '../../../assembly/memory/limits';
import { cat, u16, u32, u8, zeros } from '../../../fixtures/generate/craft/bytes';
import { EPOCH, TcpConversation, UdpConversation, type Frame } from '../../../fixtures/generate/craft/conversation';
import { DESTINATION, extensionHeader, fragments4, HOP_BY_HOP, ipv4, ipv6, IPIP, TCP, UDP } from '../../../fixtures/generate/craft/ip';
import { CLIENT_MAC, ETHER_IPV4, ETHER_IPV6, ethernet, SERVER_MAC, vlan } from '../../../fixtures/generate/craft/link';
import { pcap } from '../../../fixtures/generate/craft/pcap';
import { Pcapng } from '../../../fixtures/generate/craft/pcapng';
import { SYN, tcp, udp } from '../../../fixtures/generate/craft/transport';
import { EngineHarness, type HarnessRun } from '../../support/engine-harness';

const RAW = 101;
const harness = new EngineHarness();
const timed = (bytes: readonly Buffer[]): Frame[] => bytes.map((one, i) => ({ time: EPOCH + i / 1e6, bytes: one }));
const raw = (packets: readonly Buffer[]): HarnessRun => harness.run(pcap(timed(packets), { linktype: RAW }));
const framed = (packets: readonly Buffer[]): HarnessRun => harness.run(pcap(timed(packets)));
const counted = (run: HarnessRun, counter: number): number => Number(run.counters[counter]);
const rows = (run: HarnessRun, log: Parameters<HarnessRun['logs']['get']>[0]): number => run.logs.get(log)?.length ?? 0;
/** The quickest of three: this machine does other things as well. */
const milliseconds = (run: () => HarnessRun): number => Math.min(run().milliseconds, run().milliseconds, run().milliseconds);

/** Ten times the input may take ten times as long, with room for noise; a quadratic cost would take a hundred times. */
function expectLinear(make: (n: number) => () => HarnessRun, n: number): void {
  const little = milliseconds(make(n));
  const much = milliseconds(make(10 * n));
  expect(much, `${n} took ${little.toFixed(1)} ms`).toBeLessThan(35 * Math.max(little, 2));
}

const route = { from: '10.0.0.1', to: '192.0.2.1' };
const ethernet4 = (payload: Buffer): Buffer => ethernet(CLIENT_MAC, SERVER_MAC, ETHER_IPV4, payload);

describe('flows without end', () => {
  const syns = (n: number) => (): HarnessRun => raw(Array.from({ length: n }, (_, i) => {
    const packet = Buffer.from(SYN_PACKET);
    packet.writeUInt32BE((0x0a000000 + i) >>> 0, 12);
    return packet;
  }));
  const SYN_PACKET = ipv4(route, TCP, tcp(route, { from: 1, to: 80, seq: 7, flags: SYN }));

  it('a flood of SYNs has a cost for each and a row for each', () => {
    const run = syns(30_000)();
    expect(counted(run, COUNTER_FLOWS)).toBe(30_000);
    expect(rows(run, 'conn')).toBe(30_000);
    expectLinear(syns, 3000);
  });

  it('addresses and ports chosen to have the same sum do not meet in one place of the table', () => {
    const clash = (n: number) => (): HarnessRun => raw(Array.from({ length: n }, (_, i) => {
      const packet = Buffer.from(SYN_PACKET);
      packet.writeUInt32BE((0x0a000000 + i) >>> 0, 12);
      packet.writeUInt32BE((0xc0000000 - i) >>> 0, 16);
      packet.writeUInt16BE(i & 0xffff, 20);
      packet.writeUInt16BE(0xffff - (i & 0xffff), 22);
      return packet;
    }));
    expect(milliseconds(clash(20_000))).toBeLessThan(6 * milliseconds(syns(20_000)) + 20);
  });
});

describe('streams in pieces', () => {
  const connection = (): TcpConversation => new TcpConversation({ step: 1e-6 }).open();
  const piecesOf = (order: (i: number, n: number) => number, length: number) => (n: number) => (): HarnessRun => {
    const c = connection();
    for (let i = 0; i < n; i++) c.packet('client', { seq: 1 + order(i, n) * length, payload: 'x'.repeat(length) });
    return harness.run(pcap(c.frames));
  };

  it('of one byte each, in order', () => {
    expectLinear(piecesOf((i) => i, 1), 2000);
  });

  it('in reverse order, up to the cap of pieces', () => {
    const run = piecesOf((i, n) => n - 1 - i, 1)(6000)();
    expect(counted(run, COUNTER_CAP_SEGMENTS_FLOW)).toBe(1);
    expect(counted(run, COUNTER_GAP_BYTES)).toBe(6000 - MAX_SEGMENTS_FLOW);
    expectLinear(piecesOf((i, n) => n - 1 - i, 1), 2000);
  });

  it('with a hole after each', () => {
    const holes = piecesOf((i) => 2 * i + 1, 1);
    const run = holes(3 * MAX_SEGMENTS_FLOW)();
    // Every byte of the client was either seen or is missing.
    expect(counted(run, COUNTER_GAP_BYTES)).toBe(3 * MAX_SEGMENTS_FLOW);
    // The first holes wait until the cap of pieces is reached; from then on each packet gives one up for want of room.
    expect(counted(run, COUNTER_CAP_SEGMENTS_FLOW)).toBe(2 * MAX_SEGMENTS_FLOW + 1);
    expect(counted(holes(MAX_SEGMENTS_FLOW - 1)(), COUNTER_CAP_SEGMENTS_FLOW)).toBe(0);
    expect(milliseconds(holes(60_000)), 'kept pieces are found from the end').toBeLessThan(12 * milliseconds(holes(6000)) + 200);
  });

  it('that overlap and differ: the first bytes stand, the rest is counted', () => {
    const c = connection();
    c.packet('client', { seq: 11, payload: 'BBBBBBBBBB' }).packet('client', { seq: 6, payload: 'cccccccccccccccccccc' }).packet('client', { seq: 1, payload: 'GET / HTTP' });
    const run = harness.run(pcap(c.frames));
    expect(counted(run, COUNTER_OVERLAP_DIFFERENT)).toBeGreaterThan(0);
    for (let n = 0; n < 20_000; n++) c.packet('client', { seq: 1 + ((n * 7919) % 5000), payload: 'abcdefgh' });
    expect(harness.run(pcap(c.frames)).milliseconds).toBeLessThan(3000);
  });
});

describe('fragments', () => {
  const datagram = udp(route, 5000, 5001, Buffer.alloc(4000, 7));

  it('that overlap in every way still make the datagram once', () => {
    const parts = fragments4(route, UDP, datagram, 8, 1).slice(0, 100);
    const more = fragments4(route, UDP, datagram, 2000, 2);
    const run = raw([...parts, ...more, ...more]);
    expect(rows(run, 'conn')).toBe(1);
  });

  it('of datagrams that are never whole are bounded', () => {
    const run = raw(Array.from({ length: 3 * MAX_FRAGMENTED_DATAGRAMS }, (_, i) => ipv4({ from: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, to: '192.0.2.1' }, UDP, Buffer.alloc(1400), { id: i & 0xffff, offset: 8, more: true })));
    expect(counted(run, COUNTER_CAP_FRAGMENTS)).toBe(2 * MAX_FRAGMENTED_DATAGRAMS);
    expect(run.memoryBytes).toBeLessThan(256 << 20);
    expect(run.milliseconds).toBeLessThan(3000);
  });

  it('beyond the end that the last one named do not stretch the datagram', () => {
    const run = raw([
      ipv4(route, UDP, Buffer.alloc(800, 1), { id: 9, offset: 800, more: true }), ipv4(route, UDP, Buffer.alloc(80, 2), { id: 9, offset: 400 }),
      ipv4(route, UDP, cat(udp(route, 1, 2, Buffer.alloc(392)), zeros(0)), { id: 9, offset: 0, more: true }),
    ]);
    expect(Number(run.logs.get('conn')?.[0]?.['orig_ip_bytes'] ?? 0)).toBeLessThanOrEqual(20 + 480);
  });
});

describe('layers without end', () => {
  const inner = ipv4(route, UDP, udp(route, 1, 2, Buffer.alloc(10)));
  const nested = (n: number, wrap: (inside: Buffer) => Buffer): Buffer => Array.from({ length: n }).reduce<Buffer>((inside) => wrap(inside), inner);

  it('IP in IP stops at the cap', () => {
    expect(counted(raw([nested(60, (inside) => ipv4(route, IPIP, inside))]), COUNTER_CAP_TUNNEL_DEPTH)).toBe(1);
  });

  it('VLAN tags, MPLS labels and IPv6 extension headers stop at theirs', () => {
    const tags = Array.from({ length: 5000 }).reduce<Buffer>((inside) => vlan(5, 0x8100, inside), Buffer.alloc(4));
    const labels = Buffer.alloc(4 * 5000, 0x10);
    for (let i = 0; i < 5000; i++) labels[4 * i + 2] = 0;
    const headers = ipv6({ from: '2001:db8::1', to: '2001:db8::2' }, 59, zeros(0), Array.from({ length: 2000 }, (_, i) => extensionHeader(i === 0 ? HOP_BY_HOP : DESTINATION)));
    const run = framed([ethernet(CLIENT_MAC, SERVER_MAC, 0x8100, tags), ethernet(CLIENT_MAC, SERVER_MAC, 0x8847, labels), ethernet(CLIENT_MAC, SERVER_MAC, ETHER_IPV6, headers)]);
    expect(counted(run, COUNTER_MALFORMED_PACKETS)).toBe(3);
    expect(counted(run, COUNTER_CAP_MPLS_LABELS)).toBe(1);
    expect(counted(run, COUNTER_CAP_IPV6_EXTENSIONS)).toBe(1);
  });

  it('Ethernet in MPLS in Ethernet does not go down the stack of the machine', () => {
    const one = cat(u32(0x00010140), u32(0), ethernet(CLIENT_MAC, SERVER_MAC, 0x8847, zeros(0)));
    const run = framed([ethernet(CLIENT_MAC, SERVER_MAC, 0x8847, Buffer.concat(Array.from({ length: 11_000 }, () => one)))]);
    expect(counted(run, COUNTER_CAP_TUNNEL_DEPTH)).toBe(1);
  });

  it('nor do PPI and PKTAP in each other', () => {
    const ppi = cat(Buffer.from([0, 0, 8, 0]), Buffer.from([149, 0, 0, 0]));
    const pktap = Buffer.alloc(12);
    pktap.writeUInt32LE(12, 0);
    pktap.writeUInt32LE(192, 8);
    const packet = Buffer.concat(Array.from({ length: 12_000 }, () => cat(ppi, pktap)));
    expect(counted(harness.run(pcap(timed([packet]), { linktype: 192 })), COUNTER_CAP_TUNNEL_DEPTH)).toBe(1);
  });
});

describe('protocols that go on and on', () => {
  const http = (text: string, reply = ''): HarnessRun => {
    const c = new TcpConversation({ step: 1e-6, segment: 60_000 }).open().say('client', text);
    if (reply !== '') c.say('server', reply);
    return harness.run(pcap(c.frames));
  };

  it('pipelined requests', () => {
    expectLinear((n) => () => http('GET /a HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(n)), 3000);
  });

  it('answers that nobody asked for', () => {
    expectLinear((n) => () => http('GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'.repeat(n)), 2000);
  });

  it('header fields of one request', () => {
    expectLinear((n) => () => http(`GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(n)}\r\n`), 5000);
  });

  it('empty lines, and a line that never ends', () => {
    expectLinear((n) => () => http(`GET / HTTP/1.1\r\n\r\n${'\r\n'.repeat(n)}`), 10_000);
    expectLinear((n) => () => http(`GET /${'a'.repeat(n)}`), 30_000);
  });

  it('chunks of one byte, and chunks of sizes that no file has', () => {
    expectLinear((n) => () => http('GET / HTTP/1.1\r\n\r\n', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(n)}`), 5000);
    for (const size of ['ffffffff', '7fffffffffffffff', 'ffffffffffffffff', '1'.repeat(40)]) {
      expect(http('GET / HTTP/1.1\r\n\r\n', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\nabc`).outcome.state).toBe('done');
    }
  });

  it('CONNECT after CONNECT', () => {
    const n = 20_000;
    expect(http('CONNECT a:1 HTTP/1.1\r\n\r\n'.repeat(n), 'HTTP/1.1 200 OK\r\n\r\n'.repeat(n)).milliseconds).toBeLessThan(5000);
  });

  it('names in DNS that point at themselves', () => {
    const header = cat(u16(1), u16(0x0100), u16(1), u16(0), u16(0), u16(0));
    const c = new UdpConversation({ server: { ip: '192.0.2.53', port: 53 }, step: 1e-6 });
    const loops = [cat(u16(0xc00c)), cat(u8(1), u8(97), u16(0xc00c)), cat(u16(0xc00e), u16(0xc00c))];
    for (let i = 0; i < 3000; i++) c.say('client', cat(header, loops[i % loops.length] ?? zeros(0), u16(1), u16(1)));
    const run = harness.run(pcap(c.frames));
    expect(run.outcome.state).toBe('done');
    expect(run.milliseconds).toBeLessThan(3000);
  });

  it('questions in DNS without an answer', () => {
    const c = new UdpConversation({ server: { ip: '192.0.2.53', port: 53 }, step: 1e-6 });
    for (let i = 0; i < 10_000; i++) c.say('client', cat(u16(i), u16(0x0100), u16(1), u16(0), u16(0), u16(0), u8(1), u8(97), u8(0), u16(1), u16(1)));
    const run = harness.run(pcap(c.frames));
    expect(rows(run, 'dns')).toBe(10_000);
    expect(counted(run, COUNTER_CAP_DNS_PENDING)).toBeGreaterThan(0);
  });

  it('handshake messages of TLS, tiny ones and ones that announce 16 MiB', () => {
    const record = (bytes: Uint8Array): Buffer => cat(u8(22), u16(0x0303), u16(bytes.length), bytes);
    const hello = cat(u8(1), u8(0), u16(43), u16(0x0303), zeros(32), u8(0), u16(2), u16(0x1301), u8(1), u8(0), u16(0));
    const flood = (n: number, message: Buffer): HarnessRun => harness.run(pcap(new TcpConversation({ server: { ip: '192.0.2.1', port: 443 }, segment: 50_000, step: 1e-6 }).open()
      .say('client', Buffer.concat([record(hello), ...Array.from({ length: n }, () => record(message))])).frames));
    expectLinear((n) => () => flood(n, cat(u8(0), u8(0), u16(0))), 3000);
    expectLinear((n) => () => flood(n, cat(u8(11), u8(255), u16(0xffff), zeros(100))), 2000);
  });
});

describe('files', () => {
  const w = new Pcapng();

  it('of pcapng with more interfaces and names than anyone has', () => {
    const packet = { time: EPOCH, bytes: ethernet4(ipv4(route, UDP, udp(route, 1, 2, zeros(4)))) };
    const names = w.names(Array.from({ length: 2000 }, (_, i) => [`10.1.${i >> 8}.${i & 255}`, 'a', 'b', 'c', 'd'] as const));
    const run = harness.run(cat(w.section(), ...Array.from({ length: 10_000 }, () => w.interface({ name: 'x' })), w.enhanced(packet), w.enhanced({ ...packet, interface: 9_999 }), ...Array.from({ length: 10 }, () => names)));
    expect(rows(run, 'interface')).toBe(MAX_INTERFACES);
    expect(counted(run, COUNTER_CAP_INTERFACES)).toBe(10_000 - MAX_INTERFACES);
    expect(counted(run, COUNTER_PACKETS)).toBe(1);
    expect(rows(run, 'name')).toBe(MAX_NAMES);
    expect(counted(run, COUNTER_CAP_NAMES)).toBeGreaterThan(0);
  });

  it('with blocks and records of 4 GiB are read on behind them', () => {
    const packet = { time: EPOCH, bytes: ethernet4(ipv4(route, UDP, udp(route, 1, 2, zeros(40)))) };
    const giant = cat(Buffer.from([6, 0, 0, 0]), Buffer.from([0xfc, 0xff, 0xff, 0xff]), zeros(24));
    const run = harness.run(cat(w.section(), w.interface(), w.enhanced(packet), giant, w.enhanced(packet), w.enhanced(packet)));
    expect(counted(run, COUNTER_PACKETS)).toBe(3);
    expect(counted(run, COUNTER_RESYNCS)).toBe(1);
    expect(run.outcome.message).toMatch(/damaged in one place/);
    const file = pcap(Array.from({ length: 9 }, (_, i) => ({ ...packet, time: EPOCH + i })));
    file.fill(0xff, 24 + 3 * (16 + packet.bytes.length) + 8, 24 + 3 * (16 + packet.bytes.length) + 12);
    expect(counted(harness.run(file), COUNTER_PACKETS)).toBe(8);
  });
});
