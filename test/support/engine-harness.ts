import { createHash } from 'node:crypto';
import type { PackedChunk } from '../../web/engine/chunk';
import { Engine } from '../../web/engine/instance';
import { outcomeOf, type Outcome } from '../../web/engine/outcome';
import { SCHEMAS, type LogName } from '../../web/engine/schema';
import { LogTable } from '../../web/logs/table';
import { engineModule, plainRows, type Row } from './engine';

/** What one capture gave in an instance that reads many. */
export interface HarnessRun {
  readonly outcome: Outcome;
  /** Rows of every log in the order written. */
  readonly logs: ReadonlyMap<LogName, readonly Row[]>;
  /** SHA-256 over every body event, in order. */
  readonly bodies: string;
  readonly counters: readonly bigint[];
  readonly memoryBytes: number;
  /** Slab bytes in use after the end. */
  readonly slabBytes: number;
  readonly milliseconds: number;
}

export interface HarnessOptions {
  /** Sizes of the pieces of input, gone through again and again; the whole at once when not given. */
  readonly pieces?: readonly number[];
  readonly seed?: number;
}

/** One instance of the built engine that reads captures one after the other, as `begin` allows. */
export class EngineHarness {
  private tables = new Map<LogName, LogTable>();
  private hash = createHash('sha256');
  readonly engine: Engine;

  constructor() {
    this.engine = new Engine(engineModule(), {
      chunk: (chunk: PackedChunk) => {
        const name = SCHEMAS[chunk.log]?.name;
        if (name === undefined) throw new Error(`the engine wrote log ${chunk.log}`);
        const table = this.tables.get(name) ?? new LogTable(name);
        this.tables.set(name, table);
        table.append(chunk);
      },
      body: (kind, body, value, bytes) => { this.hash.update(`${kind} ${body} ${value} `).update(bytes); },
    });
  }

  /** Begins anew and lets `feed` give the input. @throws EngineTrap */
  with(seed: number, feed: (engine: Engine) => number): HarnessRun {
    const started = performance.now();
    this.hash = createHash('sha256');
    this.engine.begin(seed);
    this.tables = new Map();
    this.hash = createHash('sha256');
    const outcome = outcomeOf(this.engine, feed(this.engine));
    return {
      outcome, logs: new Map([...this.tables].map(([name, table]) => [name, plainRows(table)])), bodies: this.hash.digest('hex'),
      counters: [...this.engine.counters()], memoryBytes: this.engine.memoryBytes, slabBytes: this.engine.slabBytes, milliseconds: performance.now() - started,
    };
  }

  /** Reads a capture. @throws EngineTrap */
  run(capture: Uint8Array, { pieces = [capture.length], seed = 1 }: HarnessOptions = {}): HarnessRun {
    return this.with(seed, (engine) => {
      for (let at = 0, i = 0; at < capture.length; i++) {
        const n = Math.max(1, pieces[i % pieces.length] ?? 1);
        engine.push(capture.subarray(at, at + n));
        at += n;
      }
      return engine.finish();
    });
  }
}

/** A run's rows and bodies as plain data, for comparison. */
export const essence = (run: HarnessRun): unknown => ({ outcome: run.outcome, logs: Object.fromEntries([...run.logs].sort(([a], [b]) => (a < b ? -1 : 1))), bodies: run.bodies });
