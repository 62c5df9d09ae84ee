import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hexBytes, u16 } from '../../../../fixtures/generate/craft/bytes';
import { runEngine, weirdsOf, type Row } from '../../../support/engine';
import { client, close, lost, server, tcpCapture, type Connection, type Step } from '../../../support/tcp-capture';
import {
  ALERT, alpn, certificates, changeCipherSpec, clientHello, ecdheParameters, encrypted, extension, groups, handshake, HANDSHAKE,
  pointFormats, serverHello, serverName, signatureAlgorithms, supportedVersions, tlsRecord,
} from '../../../../fixtures/generate/craft/tls';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const TLS_PORT = { serverPort: 443 } as const;

const run = (steps: readonly Step[], more: Partial<Connection> = {}): ReturnType<typeof runEngine> =>
  runEngine(tcpCapture({ ...TLS_PORT, steps, ...more }));
const ssl = (steps: readonly Step[], more: Partial<Connection> = {}): readonly Row[] => run(steps, more).logs.get('ssl') ?? [];
const records = (...messages: Buffer[]): Buffer => Buffer.concat(messages.map((message) => tlsRecord(HANDSHAKE, message)));

const GREASE = 0x2a2a;
const HELLO = clientHello({
  ciphers: [GREASE, 0xc02b, 0xc02f, 0x009c],
  extensions: [
    extension(GREASE, Buffer.alloc(0)), serverName('www.example.com'), groups(GREASE, 29, 23), pointFormats(0),
    signatureAlgorithms(0x0403, 0x0804), alpn('h2', 'http/1.1'),
  ],
});
const LEAF = Buffer.from('a leaf certificate stands here');
const ROOT = Buffer.from('and here the one that signed it');
const FULL: readonly Step[] = [
  client(records(HELLO)),
  server(Buffer.concat([
    records(serverHello({ cipher: 0xc02f, extensions: [alpn('h2')] })), records(certificates(LEAF, ROOT)), records(ecdheParameters(29)),
    records(handshake(14, Buffer.alloc(0))),
  ])),
  client(Buffer.concat([records(handshake(16, Buffer.alloc(33))), changeCipherSpec(), encrypted(HANDSHAKE, 40)])),
  server(Buffer.concat([records(handshake(4, Buffer.alloc(20))), changeCipherSpec(), encrypted(HANDSHAKE, 40)])),
  client(encrypted()), server(encrypted()), close('client'), close('server'),
];

describe('a full handshake of TLS 1.2', () => {
  it('is one row with what both sides chose', () => {
    expect(ssl(FULL)).toEqual([expect.objectContaining({
      version: 0x0303, cipher: 0xc02f, curve: 29, server_name: 'www.example.com', next_protocol: 'h2', resumed: false, established: true,
      ssl_history: 'CsxknGIti', pkt: 4,
    })]);
  });

  it('gives each certificate, with its bytes the first time only', () => {
    const twice = runEngine(tcpCapture({ ...TLS_PORT, steps: FULL }, { ...TLS_PORT, steps: FULL, clientPort: 50001 }));
    const rows = twice.logs.get('cert') ?? [];
    expect(rows.map((row) => [row['chain_index'], row['sha256'], row['is_orig'], row['der']])).toEqual([
      [0, sha256(LEAF), false, LEAF.toString('latin1')], [1, sha256(ROOT), false, ROOT.toString('latin1')],
      [0, sha256(LEAF), false, undefined], [1, sha256(ROOT), false, undefined],
    ]);
    const [first, second] = twice.logs.get('ssl') ?? [];
    expect(first?.['cert_chain_fps']).toEqual([sha256(LEAF), sha256(ROOT)]);
    expect(first?.['client_cert_chain_fps']).toEqual([]);
    expect(first?.['cert_chain_fuids']).toEqual(rows.slice(0, 2).map((row) => row['fuid']));
    expect(new Set(rows.map((row) => row['fuid'])).size).toBe(4);
    expect(second?.['cert_chain_fps']).toEqual(first?.['cert_chain_fps']);
  });

  it.each([1, 2, 3, 5, 7, 100])('does not depend on segments: %i bytes each', (segment) => {
    const strip = (row: Row): Row => ({ ...row, ts: 0, pkt: 0, uid: '', cert_chain_fuids: [] });
    expect(ssl(FULL, { segment }).map(strip)).toEqual(ssl(FULL).map(strip));
  });

  it('does not depend on records: one message over many, many messages in one', () => {
    const flight = Buffer.concat([serverHello({ cipher: 0xc02f }), certificates(LEAF, ROOT), ecdheParameters(29), handshake(14, Buffer.alloc(0))]);
    const pieces = Array.from({ length: Math.ceil(flight.length / 11) }, (_, i) => tlsRecord(HANDSHAKE, flight.subarray(i * 11, i * 11 + 11)));
    for (const bytes of [Buffer.concat(pieces), tlsRecord(HANDSHAKE, flight)]) {
      expect(ssl([client(records(HELLO)), server(bytes)])).toEqual([expect.objectContaining({
        ssl_history: 'Csxkn', curve: 29, established: false, cert_chain_fps: [sha256(LEAF), sha256(ROOT)],
      })]);
    }
  });

  it('names a client certificate as such', () => {
    const steps = [FULL[0], FULL[1], client(records(certificates(ROOT)))].filter((step) => step !== undefined);
    expect(ssl(steps)).toEqual([expect.objectContaining({ client_cert_chain_fps: [sha256(ROOT)], ssl_history: 'CsxknX' })]);
  });
});

describe('TLS 1.3', () => {
  const hello = clientHello({ ciphers: [0x1301], extensions: [supportedVersions(0x0304, 0x0303), extension(41, Buffer.alloc(8))] });
  const chosen = [extension(43, u16(0x0304)), extension(51, Buffer.concat([u16(29), u16(32), Buffer.alloc(32)]))];

  it('takes version and curve from the extensions, and is established with the first data of both', () => {
    expect(ssl([client(records(hello)), server(Buffer.concat([records(serverHello({ cipher: 0x1301, extensions: chosen })), changeCipherSpec(), encrypted()])), client(Buffer.concat([changeCipherSpec(), encrypted()]))]))
      .toEqual([expect.objectContaining({ version: 0x0304, curve: 29, established: true, resumed: false, ssl_history: 'CsiI' })]);
  });

  it('needs no ChangeCipherSpec', () => {
    expect(ssl([client(records(hello)), server(Buffer.concat([records(serverHello({ cipher: 0x1301, extensions: chosen })), encrypted()])), client(encrypted())]))
      .toEqual([expect.objectContaining({ established: true, ssl_history: 'Cs' })]);
  });

  it('is resumed when the server takes the key that was offered', () => {
    const taken = [...chosen, extension(41, u16(0))];
    expect(ssl([client(records(hello)), server(records(serverHello({ cipher: 0x1301, extensions: taken })))]))
      .toEqual([expect.objectContaining({ resumed: true })]);
  });

  it('knows a HelloRetryRequest by its random', () => {
    const retry = hexBytes('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');
    const asked = serverHello({ cipher: 0x1301, random: retry, extensions: [extension(43, u16(0x0304)), extension(51, u16(23))] });
    expect(ssl([client(records(hello)), server(records(asked)), client(records(hello)), server(records(serverHello({ cipher: 0x1301, extensions: chosen })))]))
      .toEqual([expect.objectContaining({ ssl_history: 'CjCs', curve: 29 })]);
    // With the ChangeCipherSpecs that middleboxes like to see, which hide nothing.
    expect(ssl([
      client(records(hello)), server(Buffer.concat([records(asked), changeCipherSpec()])), client(Buffer.concat([changeCipherSpec(), records(hello)])),
      server(Buffer.concat([records(serverHello({ cipher: 0x1301, extensions: chosen })), encrypted()])), client(encrypted()),
    ])).toEqual([expect.objectContaining({ ssl_history: 'CjiICs', curve: 29, established: true })]);
  });
});

describe('resumption before TLS 1.3', () => {
  const id = Buffer.alloc(32, 3);
  it('shows in the session id that the server repeats', () => {
    const same = [client(records(clientHello({ ciphers: [47], sessionId: id }))), server(records(serverHello({ cipher: 47, sessionId: id })))];
    const other = [client(records(clientHello({ ciphers: [47], sessionId: id }))), server(records(serverHello({ cipher: 47, sessionId: Buffer.alloc(32, 4) })))];
    expect(ssl(same)[0]?.['resumed']).toBe(true);
    expect(ssl(other)[0]?.['resumed']).toBe(false);
  });

  it('shows in a ticket and a client that encrypts without exchanging keys', () => {
    const ticket = clientHello({ ciphers: [47], extensions: [extension(35, Buffer.alloc(90, 1))] });
    expect(ssl([client(records(ticket)), server(Buffer.concat([records(serverHello({ cipher: 47 })), changeCipherSpec()])), client(changeCipherSpec())])[0]?.['resumed']).toBe(true);
    expect(ssl([client(records(ticket)), server(records(serverHello({ cipher: 47 }))), client(Buffer.concat([records(handshake(16, Buffer.alloc(9))), changeCipherSpec()]))])[0]?.['resumed']).toBe(false);
  });
});

describe('fingerprints', () => {
  it('JA3 leaves GREASE out and keeps the order', () => {
    expect(ssl([client(records(HELLO))])[0]?.['ja3']).toBe(md5('771,49195-49199-156,0-10-11-13-16,29-23,0'));
  });
  it('JA3 of a hello without extensions has empty fields', () => {
    expect(ssl([client(records(clientHello({ version: 0x0301, ciphers: [4, 5] })))])[0]?.['ja3']).toBe(md5('769,4-5,,,'));
  });
  it('JA3S is the server’s', () => {
    expect(ssl([client(records(HELLO)), server(records(serverHello({ cipher: 0xc02f, extensions: [extension(65281, Buffer.alloc(1)), alpn('h2')] })))])[0]?.['ja3s'])
      .toBe(md5('771,49199,65281-16'));
  });

  // The hello that the description of JA4 (FoxIO, technical_details/JA4.md) works through.
  const DOCUMENTED = clientHello({
    ciphers: [GREASE, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035],
    extensions: [
      extension(GREASE, Buffer.alloc(0)), extension(0x001b, Buffer.alloc(3)), serverName('example.com'), extension(0x0033, Buffer.alloc(4)),
      alpn('h2', 'http/1.1'), extension(0x4469, Buffer.alloc(2)), extension(0x0017, Buffer.alloc(0)), extension(0x002d, Buffer.alloc(2)),
      signatureAlgorithms(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601), extension(0x0005, Buffer.alloc(5)),
      extension(0x0023, Buffer.alloc(0)), extension(0x0012, Buffer.alloc(0)), supportedVersions(GREASE, 0x0304, 0x0303), extension(0xff01, Buffer.alloc(1)),
      pointFormats(0), groups(GREASE, 29), extension(0x0015, Buffer.alloc(9)),
    ],
  });
  it('JA4 is that of the published example', () => {
    expect(ssl([client(records(DOCUMENTED))])[0]?.['ja4']).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1');
  });
  it.each<[string, Buffer, string]>([
    ['no extension at all', clientHello({ version: 0x0301, ciphers: [4, 5] }), `t10i020000_${sha256(Buffer.from('0004,0005')).slice(0, 12)}_000000000000`],
    ['a protocol name that begins with no letter', clientHello({ ciphers: [47], extensions: [alpn('\xab1')] }), `t12i0101a1_${sha256(Buffer.from('002f')).slice(0, 12)}_000000000000`],
    ['no signature algorithms', clientHello({ ciphers: [47], extensions: [pointFormats(0)] }), `t12i010100_${sha256(Buffer.from('002f')).slice(0, 12)}_${sha256(Buffer.from('000b')).slice(0, 12)}`],
    ['more suites than two digits', clientHello({ ciphers: Array.from({ length: 120 }, (_, i) => 0x5000 + ((i * 37) % 120)) }),
      `t12i990000_${sha256(Buffer.from(Array.from({ length: 120 }, (_, i) => (0x5000 + i).toString(16)).join(','))).slice(0, 12)}_000000000000`],
  ])('JA4 with %s', (_name, hello, expected) => {
    expect(ssl([client(records(hello))])[0]?.['ja4']).toBe(expected);
  });

  const shared = join(process.cwd(), '..', 'shared');
  const oracle = join(shared, 'expected', 'ja4');
  if (!existsSync(oracle)) console.warn(`${oracle} is not there: JA4 is not held against the method's own results.`);
  it.runIf(existsSync(oracle))('JA4 is what the method’s own captures expect', () => {
    let compared = 0;
    for (const file of readdirSync(oracle)) {
      const capture = join(shared, 'corpus', 'ja4', file.replace(/\.json$/, ''));
      if (!existsSync(capture)) continue;
      const rows = runEngine(readFileSync(capture)).logs.get('ssl') ?? [];
      const wanted = JSON.parse(readFileSync(join(oracle, file), 'utf8')) as Record<string, string>[];
      for (const stream of wanted) {
        const ja4 = stream['JA4.1'];
        if (ja4 === undefined || !/^[td]/.test(ja4)) continue;
        const row = rows.find((one) => one['id.orig_h'] === stream['src'] && String(one['id.orig_p']) === stream['srcport']);
        expect([file, stream['srcport'], row?.['ja4']]).toEqual([file, stream['srcport'], ja4]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(70);
  });
});

describe('where TLS is found', () => {
  it('on any port, by the hello', () => {
    expect(ssl(FULL, { serverPort: 4444 })).toHaveLength(1);
  });
  it('behind STARTTLS', () => {
    const plain = [server('220 mail ESMTP\r\n'), client('EHLO me\r\n'), server('250 STARTTLS\r\n'), client('STARTTLS\r\n'), server('220 go ahead\r\n')];
    expect(ssl([...plain, ...FULL], { serverPort: 25 })).toEqual([expect.objectContaining({ established: true, server_name: 'www.example.com' })]);
  });
  it('midstream when the hello is there, not from data alone', () => {
    expect(ssl(FULL, { handshake: false })).toHaveLength(1);
    expect(ssl([client(encrypted()), server(encrypted())], { handshake: false })).toEqual([]);
  });
  it('behind a hello of SSL 2', () => {
    const suites = hexBytes('00002f 00000a');
    const hello = Buffer.concat([hexBytes('01 0301'), u16(suites.length), u16(0), u16(16), suites, Buffer.alloc(16, 5)]);
    const rows = ssl([client(Buffer.concat([u16(0x8000 | hello.length), hello])), server(records(serverHello({ version: 0x0301, cipher: 47 })))]);
    expect(rows).toEqual([expect.objectContaining({ version: 0x0301, cipher: 47, ssl_history: 'Cs' })]);
    expect(rows[0]).not.toHaveProperty('ja3');
  });
});

describe('what goes wrong', () => {
  it('the last alert is kept', () => {
    expect(ssl([client(records(HELLO)), server(tlsRecord(ALERT, Buffer.from([2, 40])))]))
      .toEqual([expect.objectContaining({ last_alert: 40, ssl_history: 'Cl', established: false })]);
  });
  it('a gap ends the reading; what was learnt stays', () => {
    expect(ssl([client(records(HELLO)), server(records(serverHello({ cipher: 0xc02f }))), lost('server', 500), server(records(certificates(LEAF)))]))
      .toEqual([expect.objectContaining({ ssl_history: 'Cs', cipher: 0xc02f })]);
  });
  it.each<[string, Buffer, string]>([
    ['a certificate longer than its message', records(serverHello({ cipher: 47 }), handshake(11, hexBytes('000010 0000ff aabb'))), 'SSL_bad_certificate_length'],
    ['an extension longer than the hello', records(handshake(2, Buffer.concat([u16(0x0303), Buffer.alloc(33), u16(47), hexBytes('00 0006 0000 00ff 00')]))), 'SSL_bad_handshake'],
    ['a message that does not exist', records(handshake(99, Buffer.alloc(4))), 'SSL_bad_handshake'],
    ['no records at all', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'SSL_unknown_version'],
  ])('%s is told, and the row is written', (_name, bytes, weird) => {
    const result = run([client(records(HELLO)), server(bytes)]);
    expect(weirdsOf(result)).toContain(weird);
    expect(result.logs.get('ssl')).toEqual([expect.objectContaining({ server_name: 'www.example.com' })]);
  });
  it('a message longer than the cap is passed over', () => {
    const huge = Buffer.alloc(300_000, 1);
    const bytes = handshake(11, huge);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 16000) }, (_, i) => tlsRecord(HANDSHAKE, bytes.subarray(i * 16000, (i + 1) * 16000)));
    const result = run([client(records(HELLO)), server(Buffer.concat([records(serverHello({ cipher: 0xc02f })), ...pieces, records(handshake(14, Buffer.alloc(0)))]))]);
    expect(weirdsOf(result)).toContain('SSL_handshake_too_long');
    expect(result.logs.get('ssl')).toEqual([expect.objectContaining({ ssl_history: 'Csn' })]);
  });
});
