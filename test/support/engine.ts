import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BODY_BEGIN, BODY_DATA, BODY_GAP } from '../../assembly/abi/enums';
import type { PackedChunk } from '../../web/engine/chunk';
import { Engine } from '../../web/engine/instance';
import { SCHEMAS, type LogName } from '../../web/engine/schema';
import { formatAddress } from '../../web/logs/address';
import { LogTable } from '../../web/logs/table';
import { WEIRD_NAMES } from '../../assembly/abi/weirds';

/** A row as a plain object: nulls are left out, times are seconds, text is Latin-1 of the bytes. */
export type Row = Readonly<Record<string, string | number | boolean | readonly string[] | readonly number[]>>;

/** A body as the engine handed it out. */
export interface SeenBody { readonly encoding: number; readonly bytes: Buffer; readonly missing: number }

export interface EngineRun {
  readonly logs: ReadonlyMap<LogName, readonly Row[]>;
  /** By the `body` column of the files log. */
  readonly bodies: ReadonlyMap<number, SeenBody>;
  readonly counters: BigUint64Array;
}

/** The built engine, or the one that CAPSIFT_ENGINE names. */
export const ENGINE_FILE = process.env['CAPSIFT_ENGINE'] ?? join('build', 'engine.wasm');

let compiled: WebAssembly.Module | undefined;
/** The engine of ENGINE_FILE. @throws Error when it is not built */
export function engineModule(): WebAssembly.Module {
  if (compiled) return compiled;
  if (!existsSync(ENGINE_FILE)) throw new Error(`${ENGINE_FILE} is missing: run npm run build:engine first.`);
  compiled = new WebAssembly.Module(readFileSync(ENGINE_FILE));
  return compiled;
}

/** Rows of a table as plain objects. */
export function plainRows(table: LogTable): Row[] {
  return Array.from({ length: table.rows }, (_, r) => {
    const row: Record<string, string | number | boolean | readonly string[] | readonly number[]> = {};
    table.schema.columns.forEach((column, i) => {
      if (table.isNull(r, i)) return;
      switch (column.type) {
        case 'time': case 'interval': row[column.name] = table.num(r, i) / 1e6; break;
        case 'addr': row[column.name] = formatAddress(table.bytes(r, i)); break;
        case 'mac': case 'str': row[column.name] = Buffer.from(table.bytes(r, i)).toString('latin1'); break;
        case 'strs': row[column.name] = table.strs(r, i); break;
        case 'intervals': row[column.name] = table.intervals(r, i); break;
        case 'bool': row[column.name] = table.num(r, i) === 1; break;
        default: row[column.name] = table.num(r, i);
      }
    });
    return row;
  });
}

/** Runs a capture through the built engine, `piece` bytes at a time. @throws Error when the engine is not built; EngineTrap */
export function runEngine(capture: Uint8Array, piece = capture.length): EngineRun {
  const tables = new Map<LogName, LogTable>();
  const bodies = new Map<number, { encoding: number; parts: Buffer[]; missing: number }>();
  const engine = new Engine(engineModule(), {
    chunk(chunk: PackedChunk) {
      const name = SCHEMAS[chunk.log]?.name;
      if (name === undefined) throw new Error(`the engine wrote log ${chunk.log}`);
      const table = tables.get(name) ?? new LogTable(name);
      tables.set(name, table);
      table.append(chunk);
    },
    body(kind, id, value, bytes) {
      if (kind === BODY_BEGIN) bodies.set(id, { encoding: value, parts: [], missing: 0 });
      const body = bodies.get(id);
      if (!body) throw new Error(`body ${id} did not begin`);
      if (kind === BODY_DATA) body.parts.push(Buffer.from(bytes));
      if (kind === BODY_GAP) body.missing += value;
    },
  });
  engine.begin(1);
  for (let at = 0; at < capture.length; at += piece) engine.push(capture.subarray(at, at + piece));
  engine.finish();
  return {
    logs: new Map([...tables].map(([name, table]) => [name, plainRows(table)])),
    bodies: new Map([...bodies].map(([id, body]) => [id, { encoding: body.encoding, bytes: Buffer.concat(body.parts), missing: body.missing }])),
    counters: engine.counters(),
  };
}

const weirdNames = WEIRD_NAMES.split(' ');

/** Names of the weirds of a run. */
export function weirdsOf(run: EngineRun): string[] {
  return (run.logs.get('weird') ?? []).map((row) => weirdNames[Number(row['weird'])] ?? `weird ${String(row['weird'])}`);
}
