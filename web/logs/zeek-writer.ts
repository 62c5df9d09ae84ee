import { KIND_CODE16, KIND_CODE32, KIND_CODE8, KIND_LITERAL, NETBIOS_NS_PORT } from '../../assembly/abi/text';
import { openChunk, type LogChunk } from '../engine/chunk';
import { TYPE_CODES, TYPE_WIDTHS } from '../engine/schema';
import { BATCH_ROWS, BLOCK_BYTES, TextEngine, type LoadedChunk, type MissingText, type TextField, type TextProgram, type TextStyle } from '../engine/text';
import { RESP_PORT_COLUMN, WRITTEN_LOGS, writtenFields, type Join, type LogField, type WrittenLog } from './fields';
import { gather } from './gather';
import { Joins } from './joins';
import { order } from './order';
import type { CaptureTables, LogTable } from './table';

/** Values of a field that joins logs, to begin with. */
const JOINED_VALUES = 256;

const encoder = new TextEncoder();

/** `2026-03-31-12-02-05` (UTC), as Zeek writes it in #open and #close. */
function stamp(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19).replace(/[T:]/g, '-');
}

/** One log in one style: its program, and where its joined fields stand. */
interface Layout {
  readonly program: TextProgram;
  readonly style: TextStyle;
  readonly fields: readonly LogField[];
  readonly joins: readonly Join[];
}

/**
 * Writes the logs of one capture as Zeek does, in the engine's module. Blocks are about BLOCK_BYTES, whole lines, and
 * borrowed until the next one is asked for; an empty log has none.
 * @throws Error from its generators when memory is short, or rows cannot be read back
 */
export class ZeekWriter {
  private readonly engine: TextEngine;
  private readonly joins: Joins;
  private readonly layouts = new Map<string, Layout>();
  /** The log whose chunks are loaded, and each chunk's handle; 0 = it is not. */
  private loadedLog: WrittenLog | null = null;
  private loaded = new Uint32Array(0);
  private loadable: number | null = null;
  private mostRows: number | null = null;
  /** First row of each of its chunks, then the number of its rows. */
  private starts = new Uint32Array(0);

  /**
   * @param hashed whether bodies were hashed, see `writtenFields`
   * @param maxLoaded bytes of chunks that are loaded at once, at the most; rows of more chunks are put together first
   */
  constructor(module: WebAssembly.Module, private readonly tables: CaptureTables, private readonly hashed = true, maxLoaded?: number) {
    this.engine = new TextEngine(module, maxLoaded);
    this.joins = new Joins(tables);
  }

  /**
   * One log as Zeek's JSON lines (LogAscii::use_json): `ts` in seconds, absent fields left out, `pkt` added.
   * @param rows which rows, in which order; all of them by `ts` and `pkt` when not given
   */
  *json(log: WrittenLog, rows?: Uint32Array): Generator<Uint8Array<ArrayBuffer>> {
    const table = this.tables.get(log);
    this.engine.take();
    if (table) yield* this.lines(log, table, 'json', rows ?? this.order(table));
    if (this.engine.length > 0) yield this.engine.take();
  }

  /**
   * One log as Zeek's TSV. #open and #close are the times of its first and last row, so that the same capture gives the
   * same bytes.
   * @param rows which rows, in which order; all of them by `ts` and `pkt` when not given
   */
  *tsv(log: WrittenLog, rows?: Uint32Array): Generator<Uint8Array<ArrayBuffer>> {
    const table = this.tables.get(log);
    const chosen = rows ?? (table ? this.order(table) : new Uint32Array(0));
    if (!table || chosen.length === 0) return;
    this.engine.take();
    const fields = writtenFields(log, this.hashed);
    const tsColumn = table.column('ts');
    const when = (row: number | undefined): string => stamp(row === undefined ? 0 : table.num(row, tsColumn));
    this.engine.text(encoder.encode(`#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t${log}\n`
      + `#open\t${when(chosen[0])}\n#fields\t${fields.map((field) => field.name).join('\t')}\n`
      + `#types\t${fields.map((field) => field.type).join('\t')}\n`));
    yield* this.lines(log, table, 'tsv', chosen);
    this.engine.text(encoder.encode(`#close\t${when(chosen[chosen.length - 1])}\n`));
    yield this.engine.take();
  }

  private *lines(log: WrittenLog, table: LogTable, style: TextStyle, rows: Uint32Array): Generator<Uint8Array<ArrayBuffer>> {
    const { engine } = this;
    const layout = this.layout(log, style);
    if (this.loadedLog !== log || this.loaded.length !== table.chunkCount) {
      this.unload(table);
      this.starts = new Uint32Array(table.chunkCount + 1);
      this.starts.set(table.starts);
      this.starts[table.chunkCount] = table.rows;
      this.loadedLog = log;
    }
    for (let at = 0; at < rows.length;) {
      const batch = this.bring(table, layout, rows.subarray(at, at + BATCH_ROWS));
      for (let done = 0; done < batch;) {
        const { written, missing } = engine.write(layout.program, done, batch);
        done += written;
        if (missing) engine.giveText(layout.program, missing, this.textOf(layout, missing));
        else if (done < batch || engine.length >= BLOCK_BYTES) {
          // A line that has no room although nothing else is there is longer than all of it.
          if (engine.length === 0) engine.moreOutput();
          else yield engine.take();
        }
      }
      at += batch;
    }
  }

  // ------------------------------------------------------------------------------------------- rows and their chunks

  /** The rows that are written when it is not said which: those of `order`, sorted in the engine's module. */
  private order(table: LogTable): Uint32Array {
    const [ts, pkt] = [table.column('ts'), table.column('pkt')];
    this.mostRows ??= Math.max(...WRITTEN_LOGS.map((log) => this.tables.get(log)?.rows ?? 0));
    const rows = this.engine.sorted(table.rows, this.mostRows, (times, packets) => table.eachChunk((chunk, start) => {
      times.set(chunk.columns[ts]!.values, start * 8);
      packets.set(chunk.columns[pkt]!.values, start * 4);
    }));
    return order(table, rows);
  }

  private load(table: LogTable, layout: Layout, c: number): LoadedChunk {
    const packed = table.packed(c);
    return this.engine.load(packed, layout.joins.length > 0 ? this.codesOf(layout, openChunk(packed)) : []);
  }

  private codesOf(layout: Layout, chunk: LogChunk): Uint32Array[] {
    return layout.joins.map((join) => this.joins.codes(join, chunk));
  }

  /** Loads what the next rows need, and lays them down. @returns how many of them, at least one */
  private bring(table: LogTable, layout: Layout, rows: Uint32Array): number {
    this.loadable ??= this.largestTable();
    this.engine.batch(rows);
    let laid = this.lay(table, layout, rows);
    // More room, then that of chunks that only rows before these needed.
    while (!laid && this.engine.makeRoom(this.loadable)) {
      this.loaded.fill(0);
      laid = this.lay(table, layout, rows);
    }
    if (!laid) {
      this.unload(table);
      laid = this.lay(table, layout, rows);
    }
    return laid ? rows.length : this.layGathered(table, layout, rows);
  }

  private unload(table: LogTable): void {
    this.engine.unload();
    this.loaded = new Uint32Array(table.chunkCount);
  }

  /** About how many bytes the chunks of the largest table have. */
  private largestTable(): number {
    let most = 0;
    for (const log of WRITTEN_LOGS) {
      const table = this.tables.get(log);
      if (table && table.rows > 0) most = Math.max(most, table.packed(0).buffer.byteLength * (table.chunkCount + 1));
    }
    return most;
  }

  /** Loads the chunks of rows that are not loaded yet, and lays the rows of the batch down; false when there is no room for them. */
  private lay(table: LogTable, layout: Layout, rows: Uint32Array): boolean {
    const { loaded, starts } = this;
    for (let i = this.engine.lay(0, rows.length, starts, loaded); i < rows.length; i = this.engine.lay(i, rows.length, starts, loaded)) {
      const row = rows[i]!;
      if (row >= table.rows) throw new RangeError(`${table.name} has no row ${row}`);
      const c = table.chunkOf(row);
      const handle = loaded[c] = this.load(table, layout, c);
      if (handle === 0) return false;
    }
    return true;
  }

  /** Rows of more chunks than there is room for: put together into one of their own. */
  private layGathered(table: LogTable, layout: Layout, rows: Uint32Array): number {
    for (let n = rows.length; n > 0; n >>= 1) {
      const places = new Uint32Array(n);
      const chunk = gather(table, rows.subarray(0, n), places);
      this.unload(table);
      const handle = this.engine.load(chunk, this.codesOf(layout, chunk));
      if (handle === 0) continue;
      this.engine.batch(places);
      this.engine.lay(0, n, Uint32Array.of(0, chunk.rows), Uint32Array.of(handle));
      return n;
    }
    throw new Error(`A row of ${table.name} is too large to be written.`);
  }

  // ------------------------------------------------------------------------------------------------ fields and texts

  private layout(log: WrittenLog, style: TextStyle): Layout {
    const key = `${log} ${style}`;
    let layout = this.layouts.get(key);
    if (!layout) {
      const joins: Join[] = [];
      const table = this.tables.get(log)!;
      const netbios = table.schema.columns[RESP_PORT_COLUMN]?.name === 'id.resp_p' ? RESP_PORT_COLUMN : null;
      const logFields = writtenFields(log, this.hashed);
      const fields = logFields.map((field, i): TextField => {
        const before = style === 'json' ? `,${JSON.stringify(field.name)}:` : i > 0 ? '\t' : '';
        const prefix = encoder.encode(before);
        if (field.constant !== null) return { kind: KIND_LITERAL, column: 0, prefix: joined(prefix, this.constant(style, field.constant)), keys: 0, port: null };
        if (field.join !== null) {
          joins.push(field.join);
          return { kind: KIND_CODE32, column: table.schema.columns.length + joins.length - 1, prefix, keys: JOINED_VALUES, port: null };
        }
        const type = field.columnType!;
        if (field.nameOf === null) return { kind: TYPE_CODES[type], column: field.column, prefix, keys: 0, port: null };
        const byte = TYPE_WIDTHS[type] === 1;
        return { kind: byte ? KIND_CODE8 : KIND_CODE16, column: field.column, prefix, keys: (byte ? 256 : 65536) * (netbios === null ? 1 : 2), port: netbios };
      });
      layout = { program: this.engine.program(style, fields), style, fields: logFields, joins };
      this.layouts.set(key, layout);
    }
    return layout;
  }

  private constant(style: TextStyle, value: boolean | string | readonly string[]): Uint8Array {
    if (typeof value === 'boolean') return encoder.encode(style === 'json' ? String(value) : value ? 'T' : 'F');
    if (typeof value === 'string') return encoder.encode(style === 'json' ? JSON.stringify(value) : value);
    if (value.length === 0) return encoder.encode(style === 'json' ? '[]' : '(empty)');
    const parts = value.flatMap((item, i) => [encoder.encode(i > 0 ? ',' : ''), this.engine.value(style, encoder.encode(item), true)]);
    return style === 'json' ? joined(encoder.encode('['), ...parts, encoder.encode(']')) : joined(...parts);
  }

  private textOf({ style, fields, program }: Layout, { field, key }: MissingText): Uint8Array {
    const { join, nameOf } = fields[field]!;
    if (join !== null) return this.constant(style, this.joins.valueOf(join, key) ?? []);
    const { keys, port } = program.fields[field]!;
    const netbios = port !== null && key >= keys / 2;
    const name = nameOf!(netbios ? key - keys / 2 : key, netbios ? NETBIOS_NS_PORT : 0);
    return encoder.encode(style === 'json' ? JSON.stringify(name) : name);
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
