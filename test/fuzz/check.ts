import {
  COUNTER_BYTES, COUNTER_BYTES_DECODED, COUNTER_CAPS_BEGIN, COUNTER_CAPS_END, COUNTER_FLOWS, COUNTER_MALFORMED_PACKETS, COUNTER_PACKETS,
  COUNTER_PACKETS_DECODED, COUNTER_RESYNC_BYTES, COUNTER_UNDECODED_LINK_PACKETS, COUNTER_UNDECODED_NETWORK_PACKETS,
} from '../../assembly/abi/counters';
import { MAX_LIST_ITEMS, MAX_VALUE_BYTES } from '../../assembly/abi/columns';
import { BODY_BEGIN, BODY_DATA, BODY_GAP } from '../../assembly/abi/enums';
import { digestInstance } from '../../web/body/instance';
import { BodyPipeline } from '../../web/body/pipeline';
import { Engine } from '../../web/engine/instance';
import { engineModule } from '../support/engine';
import { EngineHarness, essence, type HarnessRun } from '../support/engine-harness';

/** Processor time that a capture may take: what an instance and its tables take anyway, and so much for each byte. */
const FIXED_MILLISECONDS = 400;
const MILLISECONDS_A_BYTE = 0.02;
const MEMORY_BYTES = 256 << 20;

/** Reads a capture into rows. @throws whatever is a fault */
export type Reader = Pick<EngineHarness, 'run'>;
/** Reads a capture for its bodies. @throws whatever is a fault */
export interface Bodies { read(file: Buffer): void }

/** The kind of failure that a sentence of `Checker.problem` begins with; '' when there is none. */
export const kindOf = (problem: string | null): string => problem?.slice(0, problem.indexOf(':')) ?? '';

/** What must hold for every capture whatsoever; null when it does, else a sentence that begins with the kind of failure. */
export class Checker {
  private harness: Reader;
  private bodies: Bodies;

  /** @param makeReader, makeBodies what is checked; made anew after it failed */
  constructor(private readonly makeReader: () => Reader = () => new EngineHarness(), private readonly makeBodies: () => Bodies = () => new BodyReader()) {
    this.harness = makeReader();
    this.bodies = makeBodies();
  }

  /** @param pieces sizes of the pieces in which it is read the second time; @param seed of the flow table then */
  problem(file: Buffer, pieces: readonly number[], seed: number): string | null {
    let run: HarnessRun;
    try {
      run = this.harness.run(file);
      const slow = this.slow(run, file);
      if (slow !== null) return slow;
      const wrong = inconsistency(run, file);
      if (wrong !== null) return wrong;
      const again = this.harness.run(file, { pieces, seed });
      const difference = firstDifference(essence(run), essence(again));
      if (difference !== null) return `split: pieces of ${pieces.join(', ')} bytes and seed ${seed} give something else: ${difference}`;
    } catch (error) {
      this.harness = this.makeReader();
      return `trap: ${error instanceof Error ? error.message : String(error)}`;
    }
    try {
      this.bodies.read(file);
    } catch (error) {
      this.bodies = this.makeBodies();
      return `bodies: ${error instanceof Error ? error.stack ?? error.message : String(error)}`;
    }
    return null;
  }

  private slow(first: HarnessRun, file: Buffer): string | null {
    const limit = FIXED_MILLISECONDS + file.length * MILLISECONDS_A_BYTE;
    let least = first.milliseconds;
    // Another process may have had the processor.
    for (let i = 0; i < 3 && least > limit; i++) least = Math.min(least, this.harness.run(file).milliseconds);
    return least > limit ? `slow: ${Math.round(least)} ms for ${file.length} bytes` : null;
  }
}

function inconsistency(run: HarnessRun, file: Buffer): string | null {
  const counter = (i: number): number => Number(run.counters[i]);
  const packets = counter(COUNTER_PACKETS);
  const rows = (log: 'packet' | 'conn'): number => run.logs.get(log)?.length ?? 0;
  const kinds = counter(COUNTER_PACKETS_DECODED) + counter(COUNTER_MALFORMED_PACKETS) + counter(COUNTER_UNDECODED_LINK_PACKETS) + counter(COUNTER_UNDECODED_NETWORK_PACKETS);
  if (run.memoryBytes > MEMORY_BYTES) return `memory: ${run.memoryBytes} bytes`;
  if (run.slabBytes !== 0) return `leak: ${run.slabBytes} bytes of the slab are in use after the end`;
  if (rows('packet') !== packets) return `counters: ${rows('packet')} rows of ${packets} packets`;
  if (kinds !== packets) return `counters: ${packets} packets, of which ${kinds} are decoded or not`;
  if (rows('conn') !== counter(COUNTER_FLOWS)) return `counters: ${rows('conn')} rows of ${counter(COUNTER_FLOWS)} flows`;
  if (counter(COUNTER_BYTES) + counter(COUNTER_RESYNC_BYTES) > file.length) return 'counters: more bytes read and skipped than there are';
  if (counter(COUNTER_BYTES_DECODED) > counter(COUNTER_BYTES)) return 'counters: more bytes decoded than read';
  for (let i = COUNTER_CAPS_BEGIN; i < COUNTER_CAPS_END; i++) if (counter(i) > file.length) return `counters: cap ${i} tripped ${counter(i)} times`;
  for (const [log, list] of run.logs) {
    for (const row of list) {
      for (const [column, value] of Object.entries(row)) {
        if (typeof value === 'string' && value.length > MAX_VALUE_BYTES) return `rows: ${log}.${column} has ${value.length} bytes`;
        if (Array.isArray(value) && value.length > MAX_LIST_ITEMS) return `rows: ${log}.${column} has ${value.length} items`;
        // An answer may be dated before its question.
        if (typeof value === 'number' && column !== 'rtt' && !(value >= 0)) return `rows: ${log}.${column} is ${value}`;
      }
    }
  }
  return null;
}

/** An instance that reads captures one after the other and has their bodies decoded and hashed; whatever it throws is a fault. */
class BodyReader implements Bodies {
  private pipeline: BodyPipeline | null = null;
  private readonly digests = digestInstance(engineModule());
  private readonly engine = new Engine(engineModule(), {
    chunk: () => undefined,
    body: (kind, body, value, bytes) => {
      if (kind === BODY_BEGIN) this.pipeline?.begin(body, value);
      else if (kind === BODY_DATA) this.pipeline?.data(body, bytes);
      else if (kind === BODY_GAP) this.pipeline?.gap(body, value);
      else this.pipeline?.end(body);
    },
  });

  read(file: Buffer): void {
    // Beginning ends what was under way: of the last capture, for nobody.
    this.pipeline = null;
    this.engine.begin(1);
    this.pipeline = new BodyPipeline(this.digests, () => undefined);
    this.engine.push(file);
    this.engine.finish();
    this.pipeline.flush();
  }
}

function firstDifference(a: unknown, b: unknown, path = ''): string | null {
  if (Object.is(a, b)) return null;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return `${path}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}/${key}`);
    if (found !== null) return found;
  }
  return null;
}
