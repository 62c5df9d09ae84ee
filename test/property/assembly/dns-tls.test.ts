import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dnsMessage, dnsName, framed, question, QUESTION, record, strings } from '../../../fixtures/generate/craft/dns';
import { runEngine, type Row } from '../../support/engine';
import { client, close, server, tcpCapture, type Step } from '../../support/tcp-capture';
import {
  alpn, certificates, changeCipherSpec, clientHello, ecdheParameters, encrypted, groups, handshake, HANDSHAKE, pointFormats, serverHello,
  serverName, signatureAlgorithms, tlsRecord,
} from '../../../fixtures/generate/craft/tls';
import { udpCapture } from '../../support/udp-capture';

const records = (...messages: Buffer[]): Buffer => Buffer.concat(messages.map((message) => tlsRecord(HANDSHAKE, message)));

const TLS: readonly Step[] = [
  client(records(clientHello({
    ciphers: [0xc02f, 0x1301],
    extensions: [serverName('a.example'), groups(29), pointFormats(0), signatureAlgorithms(0x0403), alpn('h2')],
  }))),
  server(records(serverHello({ cipher: 0xc02f }), certificates(Buffer.alloc(300, 1), Buffer.alloc(200, 2)), ecdheParameters(29), handshake(14, Buffer.alloc(0)))),
  client(Buffer.concat([records(handshake(16, Buffer.alloc(33))), changeCipherSpec(), encrypted(HANDSHAKE, 40)])),
  server(Buffer.concat([changeCipherSpec(), encrypted(HANDSHAKE, 40), encrypted()])),
  close('client'), close('server'),
];

const asked = question('tunnel.example', 16);
const reply = dnsMessage({
  flags: 0x8180, questions: [asked],
  answers: [
    record(QUESTION, 16, strings('x'.repeat(100), 'y')), record(QUESTION, 5, dnsName('b.example')), record(QUESTION, 28, Buffer.alloc(16, 3)),
    record(QUESTION, 6, Buffer.concat([dnsName('ns.example'), dnsName('root.example'), Buffer.alloc(20)])),
    record(QUESTION, 46, Buffer.concat([Buffer.alloc(18), dnsName('example'), Buffer.alloc(8)])),
  ],
});
const DNS: readonly Step[] = [
  client(framed(dnsMessage({ questions: [asked] }))), server(framed(reply)), client(framed(dnsMessage({ id: 2, questions: [question('c.example', 1)] }))),
];

/** Rows without what the packets' number and time decide. */
const facts = (rows: readonly Row[] | undefined): Row[] =>
  (rows ?? []).map((row) => ({ ...row, ts: 0, rtt: 0, pkt: 0, uid: '', fuid: '', cert_chain_fuids: [] }));

/** A generator of segment lengths from a list, which it goes through again and again. */
const lengths = (list: readonly number[]): (() => number) => {
  let at = 0;
  return () => list[at++ % list.length] ?? 1;
};

describe('any split of the streams into segments', () => {
  const cases: [string, readonly Step[], number, 'ssl' | 'cert' | 'dns'][] = [['TLS', TLS, 443, 'ssl'], ['certificates', TLS, 443, 'cert'], ['DNS over TCP', DNS, 53, 'dns']];
  it.each(cases)('gives the same rows: %s', (_name, steps, serverPort, log) => {
    const whole = facts(runEngine(tcpCapture({ steps, serverPort })).logs.get(log));
    expect(whole.length).toBeGreaterThan(0);
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 }), (list) => {
      expect(facts(runEngine(tcpCapture({ steps, serverPort, segment: lengths(list) })).logs.get(log))).toEqual(whole);
    }), { numRuns: 25 });
  });
});

describe('damaged bytes never stop the engine', () => {
  const damage = fc.array(fc.record({ at: fc.nat({ max: 0xffff }), to: fc.integer({ min: 0, max: 255 }) }), { minLength: 1, maxLength: 12 });
  const damaged = (bytes: Buffer, where: readonly { at: number; to: number }[]): Buffer => {
    const copy = Buffer.from(bytes);
    for (const { at, to } of where) copy[at % copy.length] = to;
    return copy;
  };

  it('in a DNS datagram', () => {
    fc.assert(fc.property(damage, fc.constantFrom(53, 137, 5353, 9999), (where, serverPort) => {
      runEngine(udpCapture({ from: 'client', bytes: dnsMessage({ questions: [asked] }), serverPort }, { from: 'server', bytes: damaged(reply, where), serverPort }));
    }), { numRuns: 150 });
  });

  it('in either side of a TLS handshake', () => {
    fc.assert(fc.property(damage, damage, (first, second) => {
      const steps = TLS.map((step) => ('bytes' in step ? { ...step, bytes: damaged(step.bytes, step.from === 'client' ? first : second) } : step));
      runEngine(tcpCapture({ steps, serverPort: 443 }));
    }), { numRuns: 150 });
  });

  it('in DNS over TCP', () => {
    fc.assert(fc.property(damage, (where) => {
      runEngine(tcpCapture({ steps: DNS.map((step) => ('bytes' in step ? { ...step, bytes: damaged(step.bytes, where) } : step)), serverPort: 53 }));
    }), { numRuns: 100 });
  });
});
