import { cat } from '../../fixtures/generate/craft/bytes';
import { greeting, merged, TcpConversation, UdpConversation, type Frame } from '../../fixtures/generate/craft/conversation';
import { dnsMessage, question, QUESTION, record, strings } from '../../fixtures/generate/craft/dns';
import { fragments4, ipv4, IPIP, UDP } from '../../fixtures/generate/craft/ip';
import { CLIENT_MAC, ETHER_IPV4, ethernet, mpls, SERVER_MAC, vlan } from '../../fixtures/generate/craft/link';
import { pcap } from '../../fixtures/generate/craft/pcap';
import { Pcapng, pcapng } from '../../fixtures/generate/craft/pcapng';
import { udp } from '../../fixtures/generate/craft/transport';
import {
  alpn, certificates, changeCipherSpec, clientHello, encrypted, groups, handshake, HANDSHAKE, serverHello, serverName, tlsRecord,
} from '../../fixtures/generate/craft/tls';

const frame = (ip: Buffer): Buffer => ethernet(CLIENT_MAC, SERVER_MAC, ETHER_IPV4, ip);
const server = (port: number, last = port & 255): { server: { ip: string; port: number } } => ({ server: { ip: `192.0.2.${last}`, port } });

const http = (): Frame[] => new TcpConversation({ ...server(80), segment: 100 }).open()
  .say('client', 'POST /upload?x=1 HTTP/1.1\r\nHost: files.example.test\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n\r\n' + 'a'.repeat(40))
  .say('server', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/html\r\n\r\n' + `40\r\n${'<p>'.repeat(21)}x\r\n`.repeat(6) + '0\r\n\r\n')
  .say('client', 'GET /two HTTP/1.1\r\nHost: files.example.test\r\n\r\n')
  .lose('server', 50)
  .say('server', 'x\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno.')
  .close().frames;

const tls = (): Frame[] => new TcpConversation({ client: { ip: '10.0.0.2', port: 41000 }, ...server(443) }).open()
  .say('client', tlsRecord(HANDSHAKE, clientHello({ ciphers: [0xc02f, 0x1301], extensions: [serverName('a.example'), groups(29), alpn('h2')] })))
  .say('server', cat(tlsRecord(HANDSHAKE, serverHello({ cipher: 0xc02f })), tlsRecord(HANDSHAKE, certificates(Buffer.alloc(300, 1), Buffer.alloc(90, 2))), tlsRecord(HANDSHAKE, handshake(14, Buffer.alloc(0)))))
  .say('client', cat(tlsRecord(HANDSHAKE, handshake(16, Buffer.alloc(33))), changeCipherSpec(), encrypted(HANDSHAKE, 40)))
  .say('server', cat(changeCipherSpec(), encrypted(HANDSHAKE, 40), encrypted()))
  .close('server').frames;

const dns = (): Frame[] => new UdpConversation({ client: { ip: '10.0.0.3', port: 42000 }, ...server(53) })
  .say('client', dnsMessage({ questions: [question('tunnel.example', 16)] }))
  .say('server', dnsMessage({ flags: 0x8180, questions: [question('tunnel.example', 16)], answers: [record(QUESTION, 16, strings('x'.repeat(60), 'y'))] })).frames;

const odd = (start: number): Frame[] => {
  const route = { from: '10.0.0.4', to: '192.0.2.9' };
  const datagram = udp(route, 5000, 5001, Buffer.alloc(900, 7));
  const inner = ipv4(route, UDP, udp(route, 1, 2, Buffer.alloc(20)));
  const bytes = [
    ...fragments4(route, UDP, datagram, 304, 77).map(frame), frame(ipv4(route, IPIP, inner)),
    ethernet(CLIENT_MAC, SERVER_MAC, 0x8100, vlan(5, ETHER_IPV4, inner)), ethernet(CLIENT_MAC, SERVER_MAC, 0x8847, mpls([16, 17], inner)),
    ethernet(CLIENT_MAC, SERVER_MAC, 0x88cc, Buffer.alloc(30)),
  ];
  return bytes.map((one, i) => ({ time: start + i / 1000, bytes: one }));
};

/** Everything that the layers know, in a few dozen packets. */
export const smallTrace = (): Frame[] => merged(http(), tls(), dns(), odd(1_700_000_001), greeting('hello', undefined, { client: { ip: '10.0.0.9', port: 43000 } }));

/** Small captures in every framing: name and bytes. */
export function smallCaptures(): (readonly [name: string, capture: Buffer])[] {
  const trace = smallTrace();
  const w = new Pcapng(true);
  return [
    ['pcap', pcap(trace)],
    ['pcap, big-endian nanoseconds', pcap(trace, { bigEndian: true, nanoseconds: true })],
    ['pcap, modified', pcap(trace, { modified: true })],
    ['pcapng', pcapng(trace)],
    ['pcapng, big-endian with names and other blocks', cat(
      w.section({ os: 'test' }), w.interface({ name: 'eth0' }), w.interface({ name: 'eth1', resolution: 9 }), w.names([['192.0.2.80', 'www.example.test', 'alias']]),
      ...trace.map((one, i) => (i % 7 === 3 ? w.simple(one) : i % 7 === 5 ? w.packet(one) : w.enhanced(one, {}, i % 5 === 0 ? 'a comment' : undefined))), w.custom(Buffer.alloc(20)), w.secrets('x'),
    )],
  ];
}
