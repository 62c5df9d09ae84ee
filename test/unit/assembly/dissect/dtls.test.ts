import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { u16 } from '../../../../fixtures/generate/craft/bytes';
import {
  ALERT, alpn, APPLICATION_DATA, certificates, CHANGE_CIPHER_SPEC, dtlsClientHello, dtlsPiece, dtlsRecord, ecdheParameters, extension, groups, handshake,
  HANDSHAKE, serverHello, serverName, supportedVersions, verifyRequest,
} from '../../../../fixtures/generate/craft/tls';
import { runEngine, type Row } from '../../../support/engine';
import { udpCapture, type Datagram } from '../../../support/udp-capture';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const LEAF = Buffer.alloc(900, 'certificate ');
const HELLO = { ciphers: [0xc02b, 0xc02f], extensions: [serverName('turn.example.net'), groups(29, 23), alpn('webrtc')] };
const COOKIE = Buffer.alloc(20, 0xc0);

const from = (who: 'client' | 'server') => (...records: Buffer[]): Datagram => ({ from: who, bytes: Buffer.concat(records), serverPort: 50123 });
const client = from('client');
const server = from('server');
const whole = (message: Buffer, number: number, version?: number): Buffer => dtlsRecord(HANDSHAKE, number, dtlsPiece(message, number), version === undefined ? {} : { version });
const secret = (type = APPLICATION_DATA): Buffer => dtlsRecord(type, 0, Buffer.alloc(40, 0x5a), { epoch: 1 });
const change = dtlsRecord(CHANGE_CIPHER_SPEC, 7, Buffer.from([1]));

const run = (datagrams: readonly Datagram[]): ReturnType<typeof runEngine> => runEngine(udpCapture(...datagrams));
const ssl = (datagrams: readonly Datagram[]): readonly Row[] => run(datagrams).logs.get('ssl') ?? [];

const FULL: readonly Datagram[] = [
  client(whole(dtlsClientHello(HELLO), 0, 0xfeff)),
  server(whole(verifyRequest(COOKIE), 0, 0xfeff)),
  client(whole(dtlsClientHello({ ...HELLO, cookie: COOKIE }), 1)),
  server(whole(serverHello({ version: 0xfefd, cipher: 0xc02b, extensions: [alpn('webrtc')] }), 1), whole(certificates(LEAF), 2), whole(ecdheParameters(29), 3), whole(handshake(14, Buffer.alloc(0)), 4)),
  client(whole(handshake(16, Buffer.alloc(33)), 2), change, secret(HANDSHAKE)),
  server(change, secret(HANDSHAKE)),
  client(secret()), server(secret()),
];

describe('a session of DTLS 1.2', () => {
  it('is one row, found on any port by its hello', () => {
    const result = run(FULL);
    expect(result.logs.get('ssl')).toEqual([expect.objectContaining({
      version: 0xfefd, cipher: 0xc02b, curve: 29, server_name: 'turn.example.net', next_protocol: 'webrtc', established: true, resumed: false,
      ssl_history: 'CvCsxknGIi', cert_chain_fps: [sha256(LEAF)], pkt: 1,
    })]);
    expect(result.logs.get('conn')).toEqual([expect.objectContaining({ service: 'dtls' })]);
    expect(result.logs.get('cert')).toEqual([expect.objectContaining({ sha256: sha256(LEAF), is_orig: false })]);
  });

  it('has a JA4 of its own letter, and no JA3, which is defined for TLS', () => {
    const [row] = ssl(FULL);
    expect(row?.['ja4']).toMatch(/^dd2d0203wc_[0-9a-f]{12}_[0-9a-f]{12}$/);
    expect([row?.['ja3'], row?.['ja3s']]).toEqual([undefined, undefined]);
  });

  it('shares its flow with STUN and RTP, before and in between', () => {
    const stun = Buffer.concat([u16(1), u16(0), u16(0x2112), u16(0xa442), Buffer.alloc(12, 9)]);
    const media = Buffer.concat([u16(0x8060), Buffer.alloc(60, 3)]);
    const mixed = [...Array.from({ length: 9 }, () => client(stun)), ...FULL.flatMap((datagram) => [datagram, server(media)])];
    expect(ssl(mixed)).toEqual([expect.objectContaining({ established: true, ssl_history: 'CvCsxknGIi' })]);
  });

  it('shows a flight that is sent again, as Zeek does', () => {
    const [hello, ...rest] = FULL;
    if (hello) expect(ssl([hello, hello, ...rest])[0]?.['ssl_history']).toBe('CCvCsxknGIi');
  });

  it('takes alerts that are not encrypted', () => {
    expect(ssl([client(whole(dtlsClientHello(HELLO), 0)), server(dtlsRecord(ALERT, 0, Buffer.from([2, 40])))]))
      .toEqual([expect.objectContaining({ last_alert: 40, established: false, ssl_history: 'Cl' })]);
  });

  it('knows who is the client by the hello', () => {
    const hello = whole(dtlsClientHello(HELLO), 0);
    expect(ssl([client(hello), server(hello), client(whole(serverHello({ version: 0xfefd, cipher: 0xc02b }), 0))])[0]?.['ssl_history']).toBe('C^Cs');
  });
});

describe('DTLS 1.3', () => {
  it('takes the version from the extension, and unified headers as encryption', () => {
    const unified = Buffer.concat([Buffer.from([0x2f, 0, 0, 0, 20]), Buffer.alloc(20, 0x5a)]);
    expect(ssl([
      client(whole(dtlsClientHello({ ciphers: [0x1301], extensions: [supportedVersions(0xfefc, 0xfefd)] }), 0)),
      server(whole(serverHello({ version: 0xfefd, cipher: 0x1301, extensions: [extension(43, u16(0xfefc)), extension(51, Buffer.concat([u16(29), u16(2), u16(0)]))] }), 0), unified),
      client(unified),
    ])).toEqual([expect.objectContaining({ version: 0xfefc, curve: 29, established: true, ssl_history: 'Cs', ja4: expect.stringMatching(/^dd3i0101/) as string })]);
  });
});

describe('messages in pieces', () => {
  const flight = (pieces: readonly Buffer[]): Datagram[] => [client(whole(dtlsClientHello(HELLO), 0)), server(whole(serverHello({ version: 0xfefd, cipher: 0xc02b }), 0)), ...pieces.map((piece) => server(piece))];
  const message = certificates(LEAF);
  const body = message.length - 4;

  it('are put together whatever the cut, the order and the repetition', () => {
    fc.assert(fc.property(fc.integer({ min: 30, max: body }).chain((size) => {
      const places = Array.from({ length: Math.ceil(body / size) }, (_, i) => i * size);
      return fc.tuple(fc.constant(size), fc.shuffledSubarray(places, { minLength: places.length }), fc.array(fc.constantFrom(...places), { maxLength: 3 }));
    }), ([size, order, again]) => {
      const piece = (offset: number, sent: number): Buffer => dtlsRecord(HANDSHAKE, 10 + sent, dtlsPiece(message, 5, offset, Math.min(size, body - offset)));
      // Repetitions come before the last piece: after it they would begin the message anew.
      const sent = [...order.slice(0, -1), ...again.filter((offset) => offset !== order.at(-1)), ...order.slice(-1)];
      expect(ssl(flight(sent.map(piece)))[0]?.['cert_chain_fps']).toEqual([sha256(LEAF)]);
    }), { numRuns: 15 });
  });

  it('give nothing while one is missing', () => {
    const pieces = [0, 300].map((offset) => dtlsRecord(HANDSHAKE, 10 + offset, dtlsPiece(message, 5, offset, 300)));
    const result = run(flight(pieces));
    expect(result.logs.get('cert')).toBeUndefined();
    expect(result.logs.get('ssl')?.[0]?.['ssl_history']).toBe('Cs');
  });

  it.each<[string, Buffer]>([
    ['longer than its record', Buffer.concat([message.subarray(0, 4), u16(5), Buffer.from([0, 0, 0, 0, 4, 0]), Buffer.alloc(30)])],
    ['beyond the end of the message', Buffer.concat([Buffer.from([11, 0, 0, 9]), u16(5), Buffer.from([0, 0, 8, 0, 0, 4]), Buffer.alloc(4)])],
    ['of a message of 16 MiB', Buffer.concat([Buffer.from([11, 255, 255, 255]), u16(5), Buffer.from([0, 0, 0, 0, 0, 4]), Buffer.alloc(4)])],
    ['empty', Buffer.concat([Buffer.from([11, 0, 0, 9]), u16(5), Buffer.from([0, 0, 9, 0, 0, 0])])],
    ['cut in its head', Buffer.from([11, 0, 0])],
  ])('do no harm when one is %s', (_name, piece) => {
    expect(ssl([...flight([dtlsRecord(HANDSHAKE, 9, piece)]), server(whole(message, 5))])[0]?.['cert_chain_fps']).toEqual([sha256(LEAF)]);
  });
});

it('passes over whatever the datagrams hold', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 12 }), fc.boolean(), (datagrams, record) => {
    const hello = client(whole(dtlsClientHello(HELLO), 0));
    const noise = datagrams.map((bytes, i) => server(record ? dtlsRecord(20 + (i % 5), i, Buffer.from(bytes)) : Buffer.from(bytes)));
    expect(ssl([hello, ...noise])).toHaveLength(1);
  }), { numRuns: 15 });
});

it.each<[string, Buffer]>([
  ['a TLS record', Buffer.concat([Buffer.from([22, 3, 3, 0, 60, 1]), Buffer.alloc(59)])],
  ['a hello that is cut', whole(dtlsClientHello(HELLO), 0).subarray(0, 20)],
  ['a record of another epoch', dtlsRecord(HANDSHAKE, 0, dtlsPiece(dtlsClientHello(HELLO), 0), { epoch: 1 })],
  ['a message that is no hello', whole(certificates(LEAF), 0)],
])('does not take %s for DTLS', (_name, bytes) => {
  expect(run([client(bytes)]).logs.get('ssl')).toBeUndefined();
});
