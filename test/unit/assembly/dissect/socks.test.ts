import { describe, expect, it } from 'vitest';
import { cat, hexBytes, u16, u8, zeros } from '../../../../fixtures/generate/craft/bytes';
import { clientHello, HANDSHAKE, serverName, tlsRecord } from '../../../../fixtures/generate/craft/tls';
import { runEngine, type EngineRun } from '../../../support/engine';
import { client, close, lost, server, tcpCapture, type Connection, type Step } from '../../../support/tcp-capture';

const run = (steps: readonly Step[], more: Partial<Connection> = {}): EngineRun => runEngine(tcpCapture({ serverPort: 9050, steps, ...more }));
const service = (result: EngineRun): unknown => result.logs.get('conn')?.[0]?.['service'];
const services = (result: EngineRun): string[] => String(service(result) ?? '').split(',').sort();

const CONVERSATION: readonly Step[] = [
  client('GET /through HTTP/1.1\r\nHost: www.example.com\r\n\r\n'), server('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), close('client'), close('server'),
];
const REPLY5 = hexBytes('05 00 00 01 c0000207 0050');
const name5 = (host: string): Buffer => cat(hexBytes('05 01 00 03'), u8(host.length), Buffer.from(host), u16(80));

const NEGOTIATIONS: readonly (readonly [string, readonly Step[]])[] = [
  ['version 5 to an address', [client(hexBytes('05 01 00')), server(hexBytes('05 00')), client(hexBytes('05 01 00 01 c0000207 0050')), server(REPLY5)]],
  ['version 5 to a name, with user and password', [
    client(hexBytes('05 02 00 02')), server(hexBytes('05 02')), client(cat(u8(1), u8(4), Buffer.from('user'), u8(3), Buffer.from('pwd'))), server(hexBytes('01 00')),
    client(name5('www.example.com')), server(cat(hexBytes('05 00 00 03'), u8(3), Buffer.from('abc'), u16(80))),
  ]],
  ['version 5 over IPv6', [client(hexBytes('05 01 00')), server(hexBytes('05 00')), client(cat(hexBytes('05 01 00 04'), zeros(18))), server(cat(hexBytes('05 00 00 04'), zeros(18)))]],
  ['version 4', [client(cat(hexBytes('04 01 0050 c0000207'), Buffer.from('me\0'))), server(hexBytes('00 5a 0000 00000000'))]],
  ['version 4a to a name', [client(cat(hexBytes('04 01 0050 00000001'), Buffer.from('me\0www.example.com\0'))), server(hexBytes('00 5a 0000 00000000'))]],
];

describe('what a SOCKS proxy carries', () => {
  it.each(NEGOTIATIONS)('is read behind the negotiation of %s', (_name, negotiation) => {
    const result = run([...negotiation, ...CONVERSATION]);
    expect(services(result)).toEqual(['http', 'socks']);
    expect(result.logs.get('http')).toEqual([expect.objectContaining({ uri: '/through', host: 'www.example.com', status_code: 200 })]);
  });

  it.each(NEGOTIATIONS)('does not depend on segments in %s', (_name, negotiation) => {
    // A greeting that comes by single bytes is one as soon as it is whole.
    for (const segment of [1, 2, 7]) {
      expect(run([...negotiation, ...CONVERSATION], { segment }).logs.get('http')?.[0]?.['uri'], `${segment}`).toBe('/through');
    }
  });

  it('may be TLS', () => {
    const [first] = NEGOTIATIONS;
    const result = run([...(first?.[1] ?? []), client(tlsRecord(HANDSHAKE, clientHello({ ciphers: [0xc02f], extensions: [serverName('inner.example.com')] })))]);
    expect(result.logs.get('ssl')).toEqual([expect.objectContaining({ server_name: 'inner.example.com' })]);
    expect(services(result)).toEqual(['socks', 'ssl']);
  });

  it('may be sent ahead, before the proxy has answered', () => {
    const [asked, ...answered] = CONVERSATION;
    const steps = [client(hexBytes('05 01 00')), server(hexBytes('05 00')), client(name5('www.example.com')), asked, server(REPLY5), ...answered].filter((step) => step !== undefined);
    expect(run(steps).logs.get('http')?.[0]?.['uri']).toBe('/through');
  });
});

describe('what is no negotiation that ends well', () => {
  it.each<[string, readonly Step[], string | undefined]>([
    ['no method suits', [client(hexBytes('05 01 00')), server(hexBytes('05 ff'))], 'socks'],
    ['the proxy refuses', [client(cat(hexBytes('04 01 0050 c0000207'), Buffer.from('me\0'))), server(hexBytes('00 5b 0000 00000000'))], 'socks'],
    ['the server speaks otherwise', [client(hexBytes('05 01 00')), server('220 hello\r\n')], undefined],
    ['part of it was not captured', [client(hexBytes('05 01 00')), lost('server', 2), client(hexBytes('05 01 00 01 c0000207 0050')), server(REPLY5)], undefined],
    ['an address of no known kind', [client(hexBytes('05 01 00')), server(hexBytes('05 00')), client(hexBytes('05 01 00 09 00 00 00'))], 'socks'],
    ['it never ends', [client(hexBytes('05 01 00')), server(hexBytes('05 00')), client(cat(hexBytes('05 01 00 01 c0000207 0050'), Buffer.alloc(5000, 5)))], 'socks'],
  ])('%s: nothing is read behind it', (_name, steps, expected) => {
    const result = run([...steps, close('client'), close('server')]);
    expect(service(result)).toBe(expected);
    expect(result.logs.get('http')).toBeUndefined();
  });
});

describe('a TLS hello that is answered in the clear', () => {
  const steps = [client(tlsRecord(HANDSHAKE, clientHello({ ciphers: [0xc02f], extensions: [serverName('www.example.com')] }))), server('HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nno\n'), close('server'), close('client')];

  it.each([1, 3, 5, 6, 1400])('leaves both rows, whatever the segments (%i)', (segment) => {
    const result = run(steps, { serverPort: 443, segment });
    expect(result.logs.get('ssl')).toEqual([expect.objectContaining({ server_name: 'www.example.com', established: false })]);
    expect(result.logs.get('http')).toEqual([expect.objectContaining({ status_code: 400 })]);
  });
});
