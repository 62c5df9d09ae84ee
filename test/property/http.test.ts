import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runEngine, type EngineRun } from '../support/engine';
import { client, close, lost, server, tcpCapture, type Step } from '../support/tcp-capture';

/** Everything of a run that may not depend on how the bytes were cut into segments. */
const essence = (run: EngineRun): unknown => {
  const timeless = (log: 'http' | 'files' | 'weird'): unknown[] => (run.logs.get(log) ?? []).map((row) => Object.fromEntries(
    Object.entries(row).filter(([name]) => !['ts', 'uid', 'pkt', 'fuid', 'orig_fuids', 'resp_fuids', 'duration'].includes(name)),
  ));
  return [timeless('http'), timeless('files'), timeless('weird'), [...run.bodies.values()].map((body) => [body.bytes.toString('latin1'), body.missing])];
};

const word = fc.constantFrom('a', 'Host: h', ' ', '\r\n', '\n', '\r', '--x', '--x--', '-', ':', 'GET / HTTP/1.1', 'HTTP/1.1 200 OK', '5', '0', '\0', 'chunked');
const text = fc.array(word, { maxLength: 20 }).map((words) => words.join(''));
const body = fc.array(fc.constantFrom('data', '\r\n', '\r', '\n', '--x', '--x\r\n\r\n', '--x--\r\n', '-', '--', '\r\n--x\r\nA: b\r\n\r\n'), { maxLength: 16 }).map((words) => words.join(''));
const framed = (head: string, content: string, kind: number): string => {
  const type = kind >= 2 ? 'Content-Type: multipart/mixed; boundary=x\r\n' : '';
  if (kind % 2 === 0) return `${head}\r\n${type}Content-Length: ${content.length}\r\n\r\n${content}`;
  const chunks = content.match(/[^]{1,5}/g)?.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('') ?? '';
  return `${head}\r\n${type}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
};
const message = fc.tuple(body, fc.integer({ min: 0, max: 3 }), fc.boolean());
const steps = fc.tuple(
  fc.array(fc.oneof(
    { weight: 4, arbitrary: message.map(([content, kind, asks]): Step => asks ? client(framed('POST /p HTTP/1.1', content, kind)) : server(framed('HTTP/1.1 200 OK', content, kind))) },
    { weight: 1, arbitrary: text.map((garbage): Step => client(garbage)) },
    { weight: 1, arbitrary: text.map((garbage): Step => server(garbage)) },
  ), { minLength: 1, maxLength: 8 }),
  fc.boolean(),
).map(([list, ends]): Step[] => [client('GET / HTTP/1.1\r\n\r\n'), ...list, ...(ends ? [close('client'), close('server')] : [])]);

describe('HTTP', () => {
  it('gives the same rows and bodies for any cut into segments', () => {
    fc.assert(fc.property(steps, fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (list, lengths) => {
      const whole = runEngine(tcpCapture({ steps: list, segment: 1400 }));
      const cut = runEngine(tcpCapture({ steps: list, segment: () => lengths.next().value ?? 1 }));
      expect(essence(cut)).toEqual(essence(whole));
    }), { numRuns: 100 });
  });

  it('neither traps nor loses count on bytes at random, with holes', () => {
    fc.assert(fc.property(fc.array(fc.oneof(
      text.map((t): Step => client(t)), text.map((t): Step => server(t)), message.map(([content, kind]): Step => server(framed('HTTP/1.1 200 OK', content, kind))),
      fc.integer({ min: 1, max: 40 }).map((n): Step => lost('server', n)), fc.integer({ min: 1, max: 40 }).map((n): Step => lost('client', n)),
      fc.uint8Array({ maxLength: 60 }).map((bytes): Step => server(bytes)),
    ), { maxLength: 12 }), (list) => {
      const run = runEngine(tcpCapture({ steps: [client('GET / HTTP/1.1\r\n\r\n'), ...list] }));
      for (const file of run.logs.get('files') ?? []) {
        const seen = run.bodies.get(Number(file['body']));
        expect(Number(file['seen_bytes'])).toBe(seen?.bytes.length);
        expect(Number(file['missing_bytes'])).toBe(seen?.missing);
      }
    }), { numRuns: 150 });
  });
});
