import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINKTYPE_ETHERNET, nanosecondsOf } from '../support/engine-packets';
import { EngineHarness, essence } from '../support/engine-harness';
import { smallCaptures, smallTrace } from '../support/captures-small';
import { pcap } from '../../fixtures/generate/craft/pcap';

const harness = new EngineHarness();

describe.each(smallCaptures())('%s', (_name, capture) => {
  const whole = essence(new EngineHarness().run(capture));

  it('has rows in the logs that its packets call for', () => {
    expect(Object.keys((whole as { logs: object }).logs)).toEqual(expect.arrayContaining(['cert', 'conn', 'dns', 'files', 'http', 'interface', 'packet', 'ssl']));
  });

  it('gives the same rows and bodies for any cut into pieces of input, in an instance that read others before', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 5000 })), { minLength: 1, maxLength: 12 }), (pieces) => {
      expect(essence(harness.run(capture, { pieces }))).toEqual(whole);
    }), { numRuns: 25, examples: [[[1]], [[16]], [[24]], [[40]]] });
  });

  it('gives the same when a reader writes into the window itself, any number of bytes at a time', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 5000 })), { minLength: 1, maxLength: 12 }), (reads) => {
      const run = harness.with(1, (engine) => {
        for (let at = 0, i = 0; at < capture.length; i++) {
          const [most = 1, wanted = 1] = reads[i % reads.length] ?? [];
          const window = engine.window(most);
          expect(window.length).toBe(most);
          const n = Math.min(window.length, i % reads.length === 0 ? Math.max(1, wanted) : wanted, capture.length - at);
          window.set(capture.subarray(at, at + n));
          engine.commit(n);
          at += n;
        }
        return engine.finish();
      });
      expect(essence(run)).toEqual(whole);
    }), { numRuns: 20 });
  });

  it('gives the same rows whatever the hash seed is', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
      expect(essence(harness.run(capture, { seed }))).toEqual(whole);
    }), { numRuns: 20, examples: [[0], [0xffffffff], [0x61c88647]] });
  });

  it('is not confused by a capture that was left in the middle', () => {
    fc.assert(fc.property(fc.nat({ max: capture.length }), (stop) => {
      harness.with(3, (engine) => engine.push(capture.subarray(0, stop)));
      expect(essence(harness.run(capture))).toEqual(whole);
    }), { numRuns: 15 });
  });
});

it('refuses more bytes than the window takes', () => {
  harness.with(1, (engine) => {
    const room = engine.window(Infinity).length;
    expect(() => engine.commit(room + 1)).toThrow(RangeError);
    expect(() => engine.commit(-1)).toThrow(RangeError);
    return engine.finish();
  });
});

describe('packets given one by one', () => {
  it('make the same rows as the file does, all but their places in it', () => {
    const trace = smallTrace();
    const file = harness.run(pcap(trace));
    const single = harness.with(9, (engine) => {
      trace.forEach((frame, i) => engine.pushPacket({ number: i + 1, time: nanosecondsOf(frame.time), linktype: LINKTYPE_ETHERNET, wire: frame.bytes.length, bytes: frame.bytes }));
      engine.end();
      return 1;
    });
    for (const log of ['conn', 'dns', 'http', 'ssl', 'cert', 'files', 'weird'] as const) expect(single.logs.get(log)).toEqual(file.logs.get(log));
    expect(single.bodies).toBe(file.bodies);
    expect(single.logs.get('packet')?.map((row) => ({ ...row, offset: 0 }))).toEqual(file.logs.get('packet')?.map((row) => ({ ...row, offset: 0 })));
  });
});
