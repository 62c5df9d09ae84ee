import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCHEMA_BY_NAME, type ColumnTypeName } from '../../../../web/engine/schema';
import { LOG_FIELDS, WRITTEN_LOGS, type WrittenLog } from '../../../../web/logs/fields';
import { ZeekWriter } from '../../../../web/logs/zeek-writer';
import { engineModule } from '../../../support/engine';
import { buildTables, type CellValue, type RowValues } from '../../../support/table-builder';
import { referenceLine, type Style } from '../../../support/zeek-reference';

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));

/** Pieces of values that are hard to write: marks of TSV, escapes, lone surrogates (WTF-8), overlong and cut UTF-8. */
const ODD = [
  '', '-', '(empty)', '\xed\xa0\x80', '\xed\xbf\xbf', '\xc0\x80', '\xe0\x80\xaf', '\xf4\x90\x80\x80', '\xf0\x9f\x98', '\xff', '\x80', '\x00', '\x7f',
  '"', '\\', ',', '\t', '\n', '\x1f', '\x0b', '\\x41', '{"a":1}',
].map(latin1);
const odd = fc.constantFrom(...ODD);
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 40 }), odd, fc.string({ maxLength: 70 }).map(utf8), fc.string({ unit: 'binary', maxLength: 30 }).map(utf8),
  fc.stringMatching(/^[ -~]{0,90}$/).map(latin1),
);
const text = fc.oneof(odd, piece, fc.array(piece, { maxLength: 6 }).map(joined));
const i64 = fc.oneof(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), fc.bigInt({ min: -2_000_000n, max: 2_000_000n }), fc.constantFrom(0n, -1n, -499n, -500n, -501n, 499n, 500n, 999n, 1_000_000_000n, -(1n << 63n), (1n << 63n) - 1n));
const uint = (bits: bigint): fc.Arbitrary<bigint> => fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << bits) - 1n }), fc.integer({ min: 0, max: 20 }).map((n) => 10n ** BigInt(n) % (1n << bits)), fc.constantFrom(0n, (1n << bits) - 1n),
);
const group = fc.constantFrom(0, 0, 0, 1, 0xff, 0x100, 0xfff, 0x1000, 0xffff);
const address = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map((v4) => Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...v4])),
  fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => Uint8Array.from(groups.flatMap((g) => [g >> 8, g & 255]))),
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
);

const values: Readonly<Record<ColumnTypeName, fc.Arbitrary<CellValue>>> = {
  time: i64, interval: i64, u8: uint(8n), u16: fc.oneof(uint(16n), fc.constant(137)), u32: uint(32n), u64: uint(64n), bool: fc.boolean(), addr: address,
  mac: fc.uint8Array({ minLength: 6, maxLength: 6 }), str: text,
  strs: fc.array(text, { maxLength: 5 }) as unknown as fc.Arbitrary<readonly string[]>, intervals: fc.array(i64, { maxLength: 5 }) as unknown as fc.Arbitrary<readonly number[]>,
};

const rowOf = (log: WrittenLog): fc.Arbitrary<RowValues> => fc.record(Object.fromEntries(
  SCHEMA_BY_NAME.get(log)!.columns.map((column) => [column.name, fc.option(values[column.type], { freq: 3 })]),
));

/** Rows of a log, how they are cut into chunks, which are written, and how many bytes of chunks may be loaded at once. */
const caseOf = (log: WrittenLog): fc.Arbitrary<{ rows: RowValues[]; perChunk: number; picks: number[]; maxLoaded: number | undefined }> => fc.record({
  rows: fc.array(rowOf(log), { minLength: 1, maxLength: 12 }), perChunk: fc.integer({ min: 1, max: 5 }),
  picks: fc.array(fc.nat(), { maxLength: 30 }), maxLoaded: fc.constantFrom(undefined, 2000, 5000, 15_000),
});

const written = (blocks: Iterable<Uint8Array>): string => Array.from(blocks, (block) => Buffer.from(block).toString('latin1')).join('');

describe('lines of logs, written by the engine', () => {
  for (const log of WRITTEN_LOGS) {
    it(`are what a plain writer makes of ${log}, whatever the values, chunks and order`, () => {
      fc.assert(fc.property(caseOf(log), ({ rows, perChunk, picks, maxLoaded }) => {
        const tables = buildTables({ [log]: rows }, perChunk);
        const chosen = Uint32Array.from(picks, (n) => n % rows.length);
        let writer = new ZeekWriter(engineModule(), tables, true, maxLoaded);
        try {
          written(writer.json(log, chosen));
        } catch (error) {
          // A single row that is larger than all that may be loaded.
          expect(String(error)).toContain('too large');
          writer = new ZeekWriter(engineModule(), tables);
        }
        const expected = (style: Style): string => Array.from(chosen, (row) => referenceLine(log, tables, row, style)).join('');
        expect(written(writer.json(log, chosen))).toBe(expected('json'));
        const tsv = written(writer.tsv(log, chosen));
        expect(tsv.split('\n').filter((line) => !line.startsWith('#')).join('\n')).toBe(expected('tsv'));
        if (chosen.length > 0) expect(tsv).toContain(`#fields\t${LOG_FIELDS[log].map((field) => field.name).join('\t')}\n`);
      }), { numRuns: 60 });
    }, 120_000);
  }
});
