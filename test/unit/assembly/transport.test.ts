import { describe, expect, it } from 'vitest';
import { STATE_SF, TUNNEL_AYIYA, TUNNEL_GRE, TUNNEL_TEREDO, TUNNEL_VXLAN } from '../../../assembly/abi/enums';
import { cat, hexBytes, u16, u8, zeros } from '../../../fixtures/generate/craft/bytes';
import { EPOCH, type Frame } from '../../../fixtures/generate/craft/conversation';
import { dnsMessage, question } from '../../../fixtures/generate/craft/dns';
import { ipv4, ipv6, IPV6, TCP, UDP, type Route } from '../../../fixtures/generate/craft/ip';
import { ethernet, CLIENT_MAC, ETHER_IPV4, SERVER_MAC } from '../../../fixtures/generate/craft/link';
import { pcap } from '../../../fixtures/generate/craft/pcap';
import { ACK, FIN, PSH, RST, SYN, tcp, udp } from '../../../fixtures/generate/craft/transport';
import { greIp, vxlan } from '../../../fixtures/generate/craft/tunnel';
import { runEngine, weirdsOf, type EngineRun, type Row } from '../../support/engine';

const RAW = 101;
const UP: Route = { from: '10.0.0.1', to: '192.0.2.53' };
const DOWN: Route = { from: UP.to, to: UP.from };
const run = (packets: readonly Buffer[], times?: readonly number[]): EngineRun =>
  runEngine(pcap(packets.map((bytes, i): Frame => ({ time: times?.[i] ?? EPOCH + i / 100, bytes })), { linktype: RAW }));
const conn = (result: EngineRun): readonly Row[] => result.logs.get('conn') ?? [];
const QUERY = dnsMessage({ id: 7, questions: [question('www.example.com', 1)] });
const datagram = (payload: Uint8Array, to: number, from = 5353, length?: number): Buffer => ipv4(UP, UDP, udp(UP, from, to, payload, length));

describe('a UDP header whose length is not that of the packet', () => {
  it.each([[8, 0], [9, 1], [400, 392]])('says %i: it is what is counted, and the whole is what is read', (length, counted) => {
    const result = run([datagram(QUERY, 53, 1024, length), datagram(QUERY, 53, 1024, length)]);
    expect(result.logs.get('dns')?.[0]).toEqual(expect.objectContaining({ query: 'www.example.com' }));
    expect(conn(result)).toEqual([expect.objectContaining({ orig_bytes: 2 * counted })]);
    expect(weirdsOf(result)).toContain('UDP_datagram_length_mismatch');
    expect(result.logs.get('weird')?.[0]?.['addl']).toBe(`${length} != ${8 + QUERY.length}`);
  });

  it('is no matter when it is 0', () => {
    expect(weirdsOf(run([datagram(QUERY, 53, 1024, 0)]))).not.toContain('UDP_datagram_length_mismatch');
  });
});

describe('a TCP flow that begins with the SYN-ACK', () => {
  const down = (flags: number, seq: number, ack: number, payload = ''): Buffer => ipv4(DOWN, TCP, tcp(DOWN, { from: 888, to: 50000, seq, ack, flags, payload: Buffer.from(payload) }));
  const up = (flags: number, seq: number, ack: number, payload = ''): Buffer => ipv4(UP, TCP, tcp(UP, { from: 50000, to: 888, seq, ack, flags, payload: Buffer.from(payload) }));

  it('is turned round by the acknowledgement that completes the handshake', () => {
    const [row] = conn(run([
      down(SYN | ACK, 1000, 501), up(ACK, 501, 1001), up(PSH | ACK, 501, 1001, 'ask'), down(PSH | ACK, 1001, 504, 'answer'),
      up(FIN | ACK, 504, 1007), down(FIN | ACK, 1007, 505), up(ACK, 505, 1008),
    ]));
    expect(row).toEqual(expect.objectContaining({
      'id.orig_h': UP.from, 'id.resp_p': 888, history: '^hADdFf', conn_state: STATE_SF, orig_bytes: 3, resp_bytes: 6, orig_pkts: 4, resp_pkts: 3,
    }));
  });

  it.each<[string, Buffer]>([
    ['a reset', up(RST, 501, 0)], ['an acknowledgement of something else', up(ACK, 501, 7777)],
  ])('stays as it is when it is answered by %s', (_name, answer) => {
    expect(conn(run([down(SYN | ACK, 1000, 501), answer]))[0]?.['id.orig_p']).toBe(888);
  });
});

it('a segment far from everything seen is no evidence of bytes in between', () => {
  const up = (flags: number, seq: number, ack: number, payload = ''): Buffer => ipv4(UP, TCP, tcp(UP, { from: 50000, to: 80, seq, ack, flags, payload: Buffer.from(payload) }));
  const down = (flags: number, seq: number, ack: number): Buffer => ipv4(DOWN, TCP, tcp(DOWN, { from: 80, to: 50000, seq, ack, flags }));
  const result = run([up(SYN, 0, 0), down(SYN | ACK, 0, 1), up(ACK, 1, 1), up(ACK, 0x70000000, 1, 'stray')]);
  expect(conn(result)[0]?.['missed_bytes']).toBe(0);
});

describe('tunnels in UDP', () => {
  const inner: Route = { from: '172.16.0.2', to: '172.16.0.1' };
  const packet = ipv4(inner, UDP, udp(inner, 1024, 53, QUERY));
  const v6: Route = { from: '2001:0:4137:9e50:8000:f12a:b9c8:2815', to: '2001:db8::1' };
  const packet6 = ipv6(v6, UDP, udp(v6, 1024, 53, QUERY));
  const frame = ethernet(CLIENT_MAC, SERVER_MAC, ETHER_IPV4, packet);
  const ayiya = cat(hexBytes('42 52 11'), u8(IPV6), zeros(4), zeros(16), zeros(20), packet6);

  it.each<[string, Buffer, number]>([
    ['GRE (RFC 8086)', datagram(greIp(packet), 4754), TUNNEL_GRE],
    ['VXLAN with reserved bits set', datagram(cat(u8(0x88), vxlan(9, frame).subarray(1)), 4789), TUNNEL_VXLAN],
    ['Teredo between relays, on any port', datagram(packet6, 32900, 3797), TUNNEL_TEREDO],
    ['AYIYA', datagram(ayiya, 5072), TUNNEL_AYIYA],
  ])('%s', (_name, outer, code) => {
    const result = run([outer]);
    expect(result.logs.get('dns')?.[0]).toEqual(expect.objectContaining({ query: 'www.example.com' }));
    expect(conn(result).map((row) => row['tunnel'] ?? 0).sort()).toEqual([0, code]);
  });

  it('an IPv6 packet that says nothing follows is no flow', () => {
    expect(conn(run([ipv6(v6, 59, u16(0)), datagram(QUERY, 53)]))).toHaveLength(1);
  });
});

it('records that jump in time are records all the same', () => {
  const jumps = [0, 40, 41, -900, 2000, 1, 3000, -4000, 5000, 9, 800, 1700].map((days) => EPOCH + days * 86400);
  const result = run(jumps.map((_, i) => datagram(QUERY, 53, 2000 + i)), jumps);
  expect(result.logs.get('dns')).toHaveLength(jumps.length);
  expect(weirdsOf(result)).not.toContain('pcap_bad_record');
});

it('a weird that comes again and again in a flow has one row for it, and one in the next flow', () => {
  const again = Array.from({ length: 9 }, () => datagram(QUERY, 53, 1024, 9));
  const names = weirdsOf(run([...again, datagram(QUERY, 53, 1025, 9)])).filter((name) => name === 'UDP_datagram_length_mismatch');
  expect(names).toHaveLength(2);
});
