import {
  FILES_BODY, FILES_MD5, FILES_MIME_TYPE, FILES_MISSING_BYTES, FILES_NOTE, FILES_SEEN_BYTES, FILES_SHA1, FILES_SHA256, LOG_FILES,
} from '../../assembly/abi/logs';
import { openChunk, packChunk, type ColumnData, type PackedChunk } from '../engine/chunk';
import { SCHEMAS, type ColumnSchema, type LogSchema } from '../engine/schema';
import type { BodyResult } from './body-state';
import { columnParts, isValid, sameParts, strBytes, u32, type Cell } from './rows';

function filesSchema(): LogSchema {
  const schema = SCHEMAS[LOG_FILES];
  if (!schema) throw new RangeError('no files log');
  return schema;
}

/** Numbers of the bodies that a chunk's rows name; rows without one are left out. */
export function bodiesOf(chunk: PackedChunk): number[] {
  const column = openChunk(chunk).columns[FILES_BODY];
  const bodies: number[] = [];
  for (let r = 0; column && r < chunk.rows; r++) {
    const body = u32(column, r);
    if (body !== null && body !== 0) bodies.push(body);
  }
  return bodies;
}

/**
 * The chunk of LOG_FILES with type, digests, sizes after decoding, missing bytes and note filled in from the bodies'
 * results. Rows whose body has no result stay as the engine wrote them.
 * `missing_bytes` is what the transfer lacked; the engine's own note, where there is one, comes before the body's.
 * @throws RangeError when the chunk is of another log
 */
export function completeFilesChunk(chunk: PackedChunk, results: ReadonlyMap<number, BodyResult>): PackedChunk {
  if (chunk.log !== LOG_FILES) throw new RangeError(`chunk of log ${chunk.log} is not of files`);
  const schema = filesSchema();
  const open = openChunk(chunk);
  const found = Array.from({ length: chunk.rows }, (_, r) => {
    const column = open.columns[FILES_BODY];
    return column ? results.get(u32(column, r) ?? 0) : undefined;
  });
  if (found.every((result) => result === undefined)) return chunk;

  const filled = new Map<number, (result: BodyResult, before: () => Cell) => Cell>([
    // A type that the protocol told stands.
    [FILES_MIME_TYPE, (result, before) => before() ?? result.mime_type],
    [FILES_SEEN_BYTES, (result) => result.seen_bytes],
    [FILES_MISSING_BYTES, (result) => result.missing_bytes],
    [FILES_MD5, (result) => result.md5],
    [FILES_SHA1, (result) => result.sha1],
    [FILES_SHA256, (result) => result.sha256],
    [FILES_NOTE, (result, before) => joinNotes(before(), result.note)],
  ]);
  return packChunk(schema, chunk.rows, schema.columns.map((column, index) => {
    const data = open.columns[index];
    const fill = filled.get(index);
    if (!data) throw new RangeError(`no column ${column.name}`);
    if (!fill) return sameParts(data);
    let row = 0;
    const before = (): Cell => cell(column, data, row);
    return columnParts(column, found.map((result, r) => {
      row = r;
      return result ? fill(result, before) : before();
    }));
  }));
}

function joinNotes(before: Cell, note: string | null): string | null {
  const first = before instanceof Uint8Array ? new TextDecoder().decode(before) : null;
  if (first === null || first === '') return note;
  return note === null || first.includes(note) ? first : `${first}; ${note}`;
}

/** Value of one of the columns that are filled in: str or u64. */
function cell(column: ColumnSchema, data: ColumnData, r: number): Cell {
  if (column.type === 'str') return strBytes(data, r);
  if (!isValid(data, r)) return null;
  return new DataView(data.values.buffer, data.values.byteOffset).getBigUint64(r * 8, true);
}
