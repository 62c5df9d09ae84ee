import { describe, expect, it } from 'vitest';
import { COUNTER_PACKETS } from '../../assembly/abi/counters';
import { MAX_VALUE_BYTES } from '../../assembly/abi/columns';
import { EngineTrap } from '../../web/engine/instance';
import { caseOf, seeds } from '../fuzz/cases';
import { Checker, kindOf, type Reader } from '../fuzz/check';
import { placesOf } from '../fuzz/headers';
import { minimised } from '../fuzz/minimise';
import { readPackets, writePcap } from '../fuzz/packets';
import { smallCaptures } from '../support/captures-small';
import { EngineHarness, type HarnessOptions, type HarnessRun } from '../support/engine-harness';
import type { Row } from '../support/engine';

// Nothing found says little of a search that would find nothing: here faults are planted, and have to be.

type Fault = (run: HarnessRun, file: Uint8Array, options: HarnessOptions | undefined) => HarnessRun;

/** The engine, with a fault in what it says of a capture. */
const planted = (fault: Fault) => (): Reader => {
  const harness = new EngineHarness();
  return { run: (file, options) => fault(harness.run(file, options), file, options) };
};

const rows = (run: HarnessRun, log: 'conn' | 'packet', change: (rows: readonly Row[]) => readonly Row[]): HarnessRun => ({ ...run, logs: new Map([...run.logs, [log, change(run.logs.get(log) ?? [])]]) });
const first = (change: Row) => (list: readonly Row[]): readonly Row[] => [{ ...list[0], ...change }, ...list.slice(1)];
const counting = (run: HarnessRun, counter: number): HarnessRun => ({ ...run, counters: run.counters.map((value, i) => (i === counter ? value + 1n : value)) });

const FAULTS: readonly (readonly [name: string, kind: string, fault: Fault])[] = [
  ['a trap', 'trap', () => { throw new EngineTrap('planted'); }],
  ['time without bound', 'slow', (run) => ({ ...run, milliseconds: 1e6 })],
  ['memory without bound', 'memory', (run) => ({ ...run, memoryBytes: 2 ** 31 })],
  ['memory that is not given back', 'leak', (run) => ({ ...run, slabBytes: 64 })],
  ['a row too few', 'counters', (run) => rows(run, 'conn', (list) => list.slice(1))],
  ['a packet counted twice', 'counters', (run) => counting(run, COUNTER_PACKETS)],
  ['a value that is too long', 'rows', (run) => rows(run, 'conn', first({ history: 'S'.repeat(MAX_VALUE_BYTES + 1) }))],
  ['a number below zero', 'rows', (run) => rows(run, 'conn', first({ orig_bytes: -1 }))],
  ['a row that depends on where the file was cut', 'split', (run, _, options) => (options?.pieces ? rows(run, 'conn', first({ history: 'cut' })) : run)],
  ['a row that depends on the seed', 'split', (run, _, options) => (options?.seed === 2 ? rows(run, 'conn', first({ history: 'seed' })) : run)],
  ['bodies that depend on where the file was cut', 'split', (run, _, options) => (options?.pieces ? { ...run, bodies: '' } : run)],
];

describe('the checks of fuzzing find', () => {
  const [, capture] = smallCaptures()[0]!;

  it.each(FAULTS)('%s', (_, kind, fault) => {
    expect(kindOf(new Checker(planted(fault)).problem(capture, [100], 2))).toBe(kind);
  });

  it('what bodies throw', () => {
    const checker = new Checker(undefined, () => ({ read() { throw new RangeError('planted'); } }));
    expect(checker.problem(capture, [100], 2)).toMatch(/^bodies: RangeError: planted/);
  });

  it('nothing where nothing is planted', () => {
    expect(new Checker().problem(capture, [100], 2)).toBeNull();
  });
});

describe('fuzzing', () => {
  /** IPv4 that claims more bytes than the packet has. */
  const claimsTooMuch = (file: Uint8Array): boolean => readPackets(Buffer.from(file)).some(({ bytes, linktype }) => {
    const { ip, version } = placesOf(bytes, linktype);
    return ip >= 0 && version === 4 && bytes.length >= ip + 20 && bytes.readUInt16BE(ip + 2) > bytes.length - ip + 20_000;
  });

  it('comes upon a fault in the engine, and makes the capture that shows it small', () => {
    const all = seeds();
    const checker = new Checker(planted((run, file) => {
      if (claimsTooMuch(file)) throw new EngineTrap('planted');
      return run;
    }));
    // Without a mutation none of them has it.
    expect(all.some((packets) => claimsTooMuch(writePcap(packets)))).toBe(false);
    let number = 0;
    let found = caseOf(all, 1, number);
    while (number < 2000 && !claimsTooMuch(found.file)) found = caseOf(all, 1, ++number);
    const fails = (file: Buffer): boolean => kindOf(checker.problem(file, found.pieces, found.flowSeed)) === 'trap';
    expect(fails(found.file)).toBe(true);
    const small = minimised(found.file, fails, 20);
    expect(fails(small)).toBe(true);
    expect(readPackets(small)).toHaveLength(1);
    // The capture's head, the packet's, and what `placesOf` needs: Ethernet, IPv4 and eight bytes.
    expect(small.length).toBeLessThanOrEqual(24 + 16 + 42);
    // The same number is the same case, whoever asks.
    expect(caseOf(all, 1, number)).toEqual(found);
  });
});
