import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  COUNTER_BYTES, COUNTER_BYTES_DECODED, COUNTER_CAPS_BEGIN, COUNTER_CAPS_END, COUNTER_FLOWS, COUNTER_MALFORMED_PACKETS, COUNTER_PACKETS,
  COUNTER_PACKETS_DECODED, COUNTER_RESYNC_BYTES, COUNTER_UNDECODED_LINK_PACKETS, COUNTER_UNDECODED_NETWORK_PACKETS,
} from '../../assembly/abi/counters';
import { MAX_LIST_ITEMS, MAX_VALUE_BYTES } from '../../assembly/abi/columns';
import { EngineHarness, essence, type HarnessRun } from '../support/engine-harness';
import { smallCaptures } from '../support/captures-small';
import { mutate, mutation } from '../support/mutations';

/** A small capture takes a few milliseconds; a loop that does not end takes for ever. */
const MILLISECONDS = 4000;
/** What an instance takes at its start, and what small captures may add to it. */
const MEMORY_BYTES = 192 << 20;

const harness = new EngineHarness();

function check(run: HarnessRun, file: Buffer): void {
  const counter = (i: number): number => Number(run.counters[i]);
  expect(run.milliseconds).toBeLessThan(MILLISECONDS);
  expect(run.memoryBytes).toBeLessThan(MEMORY_BYTES);
  expect(run.slabBytes).toBe(0);
  // An end in words, and a sentence unless all went well.
  expect(['done', 'failed']).toContain(run.outcome.state);
  if (run.outcome.state === 'failed') expect(run.outcome.message).toMatch(/^This .+\.$/s);
  // Counted once each, never more than there is.
  const packets = counter(COUNTER_PACKETS);
  expect(run.logs.get('packet')?.length ?? 0).toBe(packets);
  expect(counter(COUNTER_PACKETS_DECODED) + counter(COUNTER_MALFORMED_PACKETS) + counter(COUNTER_UNDECODED_LINK_PACKETS) + counter(COUNTER_UNDECODED_NETWORK_PACKETS)).toBe(packets);
  expect(counter(COUNTER_BYTES) + counter(COUNTER_RESYNC_BYTES)).toBeLessThanOrEqual(file.length);
  expect(counter(COUNTER_BYTES_DECODED)).toBeLessThanOrEqual(counter(COUNTER_BYTES));
  expect(run.logs.get('conn')?.length ?? 0).toBe(counter(COUNTER_FLOWS));
  for (let i = COUNTER_CAPS_BEGIN; i < COUNTER_CAPS_END; i++) expect(counter(i)).toBeLessThanOrEqual(file.length);
  for (const rows of run.logs.values()) {
    for (const row of rows) {
      for (const [column, value] of Object.entries(row)) {
        if (typeof value === 'string') expect(value.length).toBeLessThanOrEqual(MAX_VALUE_BYTES);
        else if (Array.isArray(value)) expect(value.length).toBeLessThanOrEqual(MAX_LIST_ITEMS);
        // An answer may be dated before its question.
        else if (typeof value === 'number' && column !== 'rtt') expect(value).toBeGreaterThanOrEqual(0);
      }
    }
  }
}

const damage = fc.array(mutation, { minLength: 1, maxLength: 6 });
const pieces = fc.constantFrom([1 << 22], [1 << 22], [97], [16, 1000]);

describe.each(smallCaptures())('damaged %s', (_name, capture) => {
  it('ends in an outcome, within time, memory and caps', () => {
    fc.assert(fc.property(damage, pieces, (mutations, list) => {
      const file = mutate(capture, mutations);
      check(harness.run(file, { pieces: list }), file);
    }), { numRuns: 400 });
  });

  it('gives the same rows for any cut into pieces', () => {
    fc.assert(fc.property(damage, fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 }), (mutations, list) => {
      const file = mutate(capture, mutations);
      expect(essence(harness.run(file, { pieces: list }))).toEqual(essence(harness.run(file)));
    }), { numRuns: 100 });
  });

  it('gives up nothing but the damaged part: what stands behind it is read', () => {
    const whole = harness.run(capture).logs.get('packet')?.length ?? 0;
    // A length that no packet has, in the middle of the file.
    fc.assert(fc.property(fc.integer({ min: 200, max: capture.length >> 1 }), (at) => {
      const file = mutate(capture, [{ kind: 'insert', at, bytes: new Uint8Array(37).fill(0xff) }]);
      const read = harness.run(file);
      expect(read.logs.get('packet')?.length ?? 0).toBeGreaterThan(whole / 3);
    }), { numRuns: 40, examples: [[285], [286], [777], [778]] });
  });
});

describe('random bytes', () => {
  it('behind the head of a capture, or from the start, end in an outcome', () => {
    const heads = smallCaptures().map(([, capture]) => capture.subarray(0, 28));
    fc.assert(fc.property(fc.constantFrom(Buffer.alloc(0), ...heads), fc.uint8Array({ maxLength: 3000 }), (head, bytes) => {
      const file = Buffer.concat([head, bytes]);
      check(harness.run(file), file);
    }), { numRuns: 200 });
  });
});

const CORPUS = '../shared/corpus';
const here = existsSync(CORPUS);
if (!here) console.log(`Damage done to captures of other projects is left out: there is no ${CORPUS}.`);
const LARGEST = 40_000;
const captures = here
  ? readdirSync(CORPUS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(pcap|pcapng|cap|ntar|trace)$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size < LARGEST).sort().filter((_, i) => i % 11 === 0)
  : [];

describe.skipIf(!here)('damaged captures of other projects', () => {
  it(`${captures.length} of them, each in several ways, end in an outcome`, { timeout: 120_000 }, () => {
    for (const path of captures) {
      const capture = readFileSync(path);
      fc.assert(fc.property(damage, (mutations) => {
        const file = mutate(capture, mutations);
        try {
          check(harness.run(file), file);
        } catch (error) {
          throw new Error(`${path}: ${String(error)}`, { cause: error });
        }
      }), { numRuns: 8 });
    }
  });
});
