import { describe, expect, it } from 'vitest';
import { hexBytes, u16, u32, u8 } from '../../../../fixtures/generate/craft/bytes';
import { dnsMessage, dnsName, framed, netbiosName, pointer, question, QUESTION, record, strings } from '../../../../fixtures/generate/craft/dns';
import { runEngine, weirdsOf, type Row } from '../../../support/engine';
import { client, close, lost, server, tcpCapture } from '../../../support/tcp-capture';
import { udpCapture, type Datagram } from '../../../support/udp-capture';

const up = (bytes: Buffer, more: Partial<Datagram> = {}): Datagram => ({ from: 'client', bytes, ...more });
const down = (bytes: Buffer, more: Partial<Datagram> = {}): Datagram => ({ from: 'server', bytes, ...more });
const dns = (capture: Buffer): readonly Row[] => runEngine(capture).logs.get('dns') ?? [];

/** The answers that a record of `type` with this data gives. */
function answersOf(type: number, data: Buffer, owner = 'host.example'): unknown {
  const asked = question(owner, type);
  const rows = dns(udpCapture(
    up(dnsMessage({ questions: [asked] })),
    down(dnsMessage({ flags: 0x8180, questions: [asked], answers: [record(QUESTION, type, data)] })),
  ));
  expect(rows).toHaveLength(1);
  return rows[0]?.['answers'];
}

describe('a query and its answer', () => {
  const asked = question('WWW.Example.com', 1);
  const capture = udpCapture(
    up(dnsMessage({ id: 7, questions: [asked] })),
    down(dnsMessage({
      id: 7, flags: 0x8580, questions: [asked],
      answers: [record(QUESTION, 5, dnsName('edge.example.net'), 60), record(dnsName('edge.example.net'), 1, hexBytes('c0000201'), 20)],
    }), { after: 25 }),
  );

  it('are one row, dated by the query, with the time between them', () => {
    expect(dns(capture)).toEqual([expect.objectContaining({
      'ts': expect.closeTo(1700000000.01, 5), 'rtt': 0.025, 'pkt': 1, 'trans_id': 7, 'query': 'www.example.com', 'qtype': 1, 'qclass': 1, 'rcode': 0,
      'AA': true, 'RA': true, 'RD': true, 'TC': false, 'Z': 0, 'rejected': false, 'opcode': 0,
      'answers': ['edge.example.net', '192.0.2.1'], 'TTLs': [60e6, 20e6],
      'id.orig_h': '10.0.0.1', 'id.orig_p': 40000, 'id.resp_h': '192.0.2.53', 'id.resp_p': 53,
    })]);
  });

  it('confirm the service of the flow', () => {
    expect(runEngine(capture).logs.get('conn')?.[0]).toMatchObject({ service: 'dns' });
  });

  it('find each other by transaction id when several are under way', () => {
    const ask = (id: number, name: string): Datagram => up(dnsMessage({ id, questions: [question(name, 1)] }));
    const tell = (id: number, name: string, last: number): Datagram =>
      down(dnsMessage({ id, flags: 0x8180, questions: [question(name, 1)], answers: [record(QUESTION, 1, Buffer.from([192, 0, 2, last]))] }));
    const rows = dns(udpCapture(ask(1, 'a.example'), ask(2, 'b.example'), tell(2, 'b.example', 2), tell(1, 'a.example', 1)));
    expect(rows.map((row) => [row['query'], row['answers']])).toEqual([['b.example', ['192.0.2.2']], ['a.example', ['192.0.2.1']]]);
  });
});

describe('what stays alone', () => {
  it('a query without an answer is a row at the end of its flow', () => {
    const rows = dns(udpCapture(up(dnsMessage({ questions: [question('lost.example', 28)] }))));
    expect(rows).toEqual([expect.objectContaining({ query: 'lost.example', qtype: 28 })]);
    expect(rows[0]).not.toHaveProperty('rcode');
  });

  it('an answer without a query has the name of its first record, and turns the flow round', () => {
    const rows = dns(udpCapture(down(dnsMessage({
      flags: 0x8180, questions: [question('x.example', 1)], answers: [record(QUESTION, 1, hexBytes('c6336401'))],
    }))));
    expect(rows).toEqual([expect.objectContaining({
      'query': 'x.example', 'answers': ['198.51.100.1'], 'rcode': 0, 'id.orig_h': '10.0.0.1', 'id.resp_h': '192.0.2.53', 'id.resp_p': 53,
    })]);
    expect(rows[0]).not.toHaveProperty('qtype');
    expect(rows[0]).not.toHaveProperty('rtt');
  });

  it('a refusal with nothing but the question counts as rejected', () => {
    const asked = question('no.example', 1);
    const rows = dns(udpCapture(up(dnsMessage({ questions: [asked] })), down(dnsMessage({ flags: 0x8185, questions: [asked] }))));
    expect(rows).toEqual([expect.objectContaining({ rcode: 5, rejected: true })]);
  });

  it('multicast messages are rows of their own, known answers in questions are none', () => {
    const group = { server: [224, 0, 0, 251], serverPort: 5353, clientPort: 5353 } as const;
    const rows = dns(udpCapture(
      up(dnsMessage({
        id: 0, flags: 0, questions: [question('_ipp._tcp.local', 12), question('_http._tcp.local', 12)],
        answers: [record(QUESTION, 12, dnsName('printer.local'))],
      }), group),
      up(dnsMessage({ id: 0, flags: 0x8400, answers: [record(dnsName('printer.local'), 1, hexBytes('0a000009'), 120, 0x8001)] }), group),
    ));
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ query: '_http._tcp.local', qtype: 12 });
    expect(rows[0]).not.toHaveProperty('answers');
    expect(rows[1]).toMatchObject({ 'query': 'printer.local', 'answers': ['10.0.0.9'], 'AA': true, 'id.resp_h': '224.0.0.251' });
  });
});

describe('the text of each record type', () => {
  it.each<[string, number, Buffer, unknown]>([
    ['A', 1, hexBytes('cb007109'), ['203.0.113.9']],
    ['AAAA, compressed', 28, hexBytes('20010db8000000000000000000000001'), ['2001:db8::1']],
    ['AAAA, the first of two equal runs', 28, hexBytes('20010db8000000000001000000000001'), ['2001:db8::1:0:0:1']],
    ['AAAA, IPv4-mapped', 28, hexBytes('00000000000000000000ffffc0000201'), ['192.0.2.1']],
    ['AAAA, no run of zeros', 28, hexBytes('20010db8000100020003000400050006'), ['2001:db8:1:2:3:4:5:6']],
    ['AAAA, all zeros', 28, Buffer.alloc(16), ['::']],
    ['NS', 2, dnsName('ns1.example.com'), ['ns1.example.com']],
    ['MX', 15, Buffer.concat([u16(10), dnsName('mx.example.com')]), ['mx.example.com']],
    ['SOA', 6, Buffer.concat([dnsName('ns.example'), dnsName('root.example'), Buffer.alloc(20)]), ['ns.example']],
    ['PTR', 12, dnsName('Host.EXAMPLE.com'), ['host.example.com']],
    ['SRV', 33, Buffer.concat([u16(0), u16(5), u16(443), dnsName('srv.example')]), ['srv.example']],
    ['TXT', 16, strings('v=spf1 -all', '', 'x'), ['TXT 11 v=spf1 -all TXT 0  TXT 1 x']],
    ['SPF', 99, strings('v=spf1'), ['SPF 6 v=spf1']],
    ['DS', 43, hexBytes('30390d02aabb'), ['DS 13 2']],
    ['DNSKEY', 48, hexBytes('0101030d00'), ['DNSKEY 13']],
    ['RRSIG', 46, Buffer.concat([u16(1), Buffer.alloc(16), dnsName('example.com'), Buffer.alloc(8)]), ['RRSIG 1 example.com']],
    ['RRSIG of the root', 46, Buffer.concat([u16(2), Buffer.alloc(16), dnsName(''), Buffer.alloc(8)]), ['RRSIG 2 <Root>']],
    ['NSEC', 47, Buffer.concat([dnsName('next.example'), hexBytes('00014000')]), ['NSEC host.example next.example']],
    ['NSEC3', 50, Buffer.alloc(8), ['NSEC3']],
    ['NSEC3PARAM', 51, Buffer.alloc(5), ['NSEC3PARAM']],
    ['SSHFP', 44, hexBytes('0401f90fd396'), ['SSHFP: f90fd396']],
    ['LOC', 29, Buffer.concat([hexBytes('00121613'), u32(0), u32(0), u32(0)]), ['LOC:  18 22 19']],
    ['NAPTR', 35, Buffer.concat([u16(1), u16(2), strings('S', 'SIP+D2U', ''), dnsName('sip.example')]), ['NAPTR 1 2 S SIP+D2U sip.example']],
    ['a type that nobody knows', 4711, hexBytes('00'), ['<unknown type=4711>']],
    ['HTTPS says nothing that the log has a place for', 65, hexBytes('000100'), undefined],
  ])('%s', (_name, type, data, expected) => {
    expect(answersOf(type, data)).toEqual(expected);
  });
});

describe('the NetBIOS name service', () => {
  it('has its names decoded, without the suffix', () => {
    const rows = dns(udpCapture(
      up(dnsMessage({ flags: 0x0110, questions: [question(netbiosName('WORKGROUP', 0x1d), 32)] }), { clientPort: 137, serverPort: 137 }),
    ));
    expect(rows).toEqual([expect.objectContaining({ query: 'WORKGROUP', qtype: 32, Z: 1, RD: true })]);
  });

  it('asks for everything with a star', () => {
    const star = `CK${'AA'.repeat(15)}`; // `*` and 15 NUL, as RFC 1001 §14 has it
    expect(dns(udpCapture(up(dnsMessage({ flags: 0, questions: [question(star, 33)] }), { clientPort: 137, serverPort: 137 }))))
      .toEqual([expect.objectContaining({ query: '*', qtype: 33 })]);
  });
});

describe('over TCP', () => {
  const asked = question('tcp.example', 16);
  const query = framed(dnsMessage({ questions: [asked] }));
  const reply = framed(dnsMessage({ flags: 0x8180, questions: [asked], answers: [record(QUESTION, 16, strings('a'.repeat(200)))] }));

  it.each([1400, 1, 2, 3, 17])('messages are put together from segments of %i bytes', (segment) => {
    const rows = dns(tcpCapture({ serverPort: 53, segment, steps: [client(query), server(reply), close('client'), close('server')] }));
    expect(rows).toEqual([expect.objectContaining({ query: 'tcp.example', answers: [`TXT 200 ${'a'.repeat(200)}`] })]);
  });

  it('several messages in one segment are several rows', () => {
    const rows = dns(tcpCapture({ serverPort: 53, steps: [client(Buffer.concat([query, query])), server(Buffer.concat([reply, reply]))] }));
    expect(rows).toHaveLength(2);
  });

  it('a gap costs the message it is in; the next one is found', () => {
    const rows = dns(tcpCapture({
      serverPort: 53,
      steps: [client(query), server(reply.subarray(0, 40)), lost('server', reply.length - 40), client(query), server(reply)],
    }));
    expect(rows.map((row) => row['answers'])).toContainEqual([`TXT 200 ${'a'.repeat(200)}`]);
  });
});

describe('ports', () => {
  it('DNS is DNS on any port', () => {
    const asked = question('c2.example', 16);
    const ports = { serverPort: 8443 };
    expect(dns(udpCapture(up(dnsMessage({ questions: [asked] }), ports), down(dnsMessage({ flags: 0x8180, questions: [asked] }), ports))))
      .toEqual([expect.objectContaining({ 'query': 'c2.example', 'id.resp_p': 8443 })]);
  });

  it.each([
    ['random bytes', hexBytes('8f11a90b00010000000000000361626303636f6d0000010001')],
    ['zeros', Buffer.alloc(48)],
    ['a query with something behind it', Buffer.concat([dnsMessage({ questions: [question('a.example', 1)] }), u8(0)])],
    ['a name that is no host name', dnsMessage({ questions: [question('a b!c', 1)] })],
  ])('on another port %s are not', (_name, bytes) => {
    expect(dns(udpCapture(up(bytes, { serverPort: 9999 })))).toEqual([]);
  });
});

describe('broken messages', () => {
  const header = (counts: string): Buffer => hexBytes(`1234 0100 ${counts}`);
  it.each<[string, Buffer, string]>([
    ['shorter than a header', hexBytes('123401'), 'DNS_truncated_len_lt_hdr_len'],
    ['a pointer to itself', Buffer.concat([header('0001000000000000'), pointer(12), u16(1), u16(1)]), 'DNS_label_forward_compress_offset'],
    ['a pointer that goes forward', Buffer.concat([header('0001000000000000'), pointer(200), u16(1), u16(1)]), 'DNS_label_forward_compress_offset'],
    ['pointers that lead round', Buffer.concat([header('0001000000000000'), hexBytes('0161'), pointer(12), u16(1), u16(1)]), 'dns_invalid_name'],
    ['a label that passes the end', Buffer.concat([header('0001000000000000'), hexBytes('3f616263')]), 'DNS_label_len_gt_pkt'],
    ['a label longer than 63', Buffer.concat([header('0001000000000000'), u8(0x41), Buffer.alloc(0x41, 97), u8(0), u16(1), u16(1)]), 'DNS_label_too_long'],
    ['a question without type', Buffer.concat([header('0001000000000000'), dnsName('a.b')]), 'DNS_truncated_quest_too_short'],
    ['more questions than is sane', header('ffff000000000000'), 'DNS_Conn_count_too_large'],
    ['data longer than the message', dnsMessage({
      flags: 0x8180, answers: [Buffer.concat([dnsName('a.b'), u16(1), u16(1), u32(0), u16(400), u32(0)])],
    }), 'DNS_truncated_RR_rdlength_lt_len'],
    ['an address of five bytes', dnsMessage({ flags: 0x8180, answers: [record(dnsName('a.b'), 1, Buffer.alloc(5))] }), 'DNS_RR_bad_length'],
    ['a string longer than its record', dnsMessage({ flags: 0x8180, answers: [record(dnsName('a.b'), 16, hexBytes('ff61'))] }), 'DNS_TXT_char_str_past_rdlen'],
    ['an opcode that does not exist', dnsMessage({ flags: 0x7800 }), 'DNS_unknown_opcode'],
  ])('%s are told, not choked on', (_name, bytes, weird) => {
    expect(weirdsOf(runEngine(udpCapture(up(bytes))))).toContain(weird);
  });

  it('a name of many pointers ends at the cap, not never', () => {
    const chain = Buffer.concat(Array.from({ length: 400 }, (_, i) => Buffer.concat([u8(1), u8(97), pointer(i === 0 ? 11 : 12 + (i - 1) * 4)])));
    const run = runEngine(udpCapture(up(Buffer.concat([header('0001000000000000'), chain, u16(1), u16(1)]))));
    expect(run.logs.get('dns')).toHaveLength(1);
  });
});

describe('dynamic updates (RFC 2136)', () => {
  it('show what was required, deleted and added', () => {
    const zone = question('example.com', 6);
    const owner = dnsName('pc.example.com');
    const sections = {
      questions: [zone],
      answers: [record(owner, 5, Buffer.alloc(0), 0, 254)],
      authorities: [record(owner, 28, Buffer.alloc(0), 0, 255), record(owner, 1, hexBytes('0a000005'), 1200)],
    };
    const rows = dns(udpCapture(up(dnsMessage({ flags: 0x2800, ...sections })), down(dnsMessage({ flags: 0xa800, ...sections }))));
    expect(rows).toEqual([expect.objectContaining({
      query: 'pc.example.com', opcode: 5, rcode: 0,
      answers: ['pre: NoRRSet CNAME pc.example.com', 'del: RRSet AAAA', 'add: A pc.example.com 10.0.0.5'],
    })]);
  });
});
