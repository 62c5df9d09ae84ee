import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BODY_BEGIN, BODY_DATA, BODY_END, BODY_GAP, ENCODING_GZIP, ENCODING_IDENTITY } from '../../../../assembly/abi/enums';
import { BATCH_DATA_BYTES, BodyBatchReader, BodyBatchWriter, type BodyEvents } from '../../../../web/body/batch';
import { BodyRunner } from '../../../../web/body/runner';
import type { PackedChunk } from '../../../../web/engine/chunk';
import { SCHEMAS } from '../../../../web/engine/schema';
import { LogTable } from '../../../../web/logs/table';
import { CERTIFICATE } from '../../../support/certificate';
import { compileDigests } from '../../../support/digest-engine';
import { packRows } from '../../../support/table-builder';

const engine = compileDigests();
const page = Buffer.from(`<html>${'words '.repeat(3000)}</html>`);
const hash = (name: string, data: Uint8Array): string => createHash(name).update(data).digest('hex');

/** The tables that the forwarded chunks make. */
function tables(chunks: readonly PackedChunk[]): Map<string, LogTable> {
  const made = new Map<string, LogTable>();
  for (const chunk of chunks) {
    const name = SCHEMAS[chunk.log]?.name;
    if (!name) throw new Error(`log ${chunk.log}`);
    const table = made.get(name) ?? new LogTable(name);
    made.set(name, table);
    table.append(chunk);
  }
  return made;
}

function cell(table: LogTable, row: number, name: string): string | number | null {
  const column = table.column(name);
  if (table.isNull(row, column)) return null;
  return table.schema.columns[column]?.type === 'str' ? table.str(row, column) : table.num(row, column);
}

const files = (rows: readonly Record<string, string | number | null>[]): PackedChunk[] => packRows('files', rows.map((row) => ({
  ts: 1n, uid: 'C1', 'id.orig_h': '10.0.0.1', 'id.orig_p': 1, 'id.resp_h': '10.0.0.2', 'id.resp_p': 80, pkt: 4, flow: 1,
  fuid: 'F1', source: 'HTTP', depth: 0, seen_bytes: 1, missing_bytes: 0, overflow_bytes: 3, ...row,
})));

function setUp(): { runner: BodyRunner; events: BodyBatchWriter; forwarded: PackedChunk[] } {
  const forwarded: PackedChunk[] = [];
  const runner = new BodyRunner(engine, (chunks) => forwarded.push(...chunks));
  return { runner, events: new BodyBatchWriter((batch) => runner.play(new BodyBatchReader(batch))), forwarded };
}

describe('files rows', () => {
  it('get type, digests and sizes of their bodies; everything else stays', () => {
    const { runner, events, forwarded } = setUp();
    events.begin(7, ENCODING_GZIP);
    events.data(7, gzipSync(page));
    events.end(7);
    events.begin(8, ENCODING_IDENTITY);
    events.data(8, page.subarray(0, 100));
    events.gap(8, 50);
    events.end(8);
    events.flush();
    for (const chunk of files([{ body: 7, filename: 'a.html' }, { body: 8, extracted_note: 'cut short' }, { body: null }])) runner.chunk(chunk);
    const table = tables(forwarded).get('files');
    if (!table) throw new Error('no files');
    const row = (r: number) => Object.fromEntries(['mime_type', 'filename', 'md5', 'sha1', 'sha256', 'seen_bytes', 'missing_bytes', 'overflow_bytes', 'extracted_note', 'uid'].map((name) => [name, cell(table, r, name)]));
    expect(row(0)).toEqual({
      mime_type: 'text/html', filename: 'a.html', md5: hash('md5', page), sha1: hash('sha1', page), sha256: hash('sha256', page),
      seen_bytes: page.length, missing_bytes: 0, overflow_bytes: 3, extracted_note: null, uid: 'C1',
    });
    expect(row(1)).toMatchObject({ mime_type: 'text/html', md5: null, seen_bytes: 100, missing_bytes: 50, extracted_note: 'cut short; 50 bytes missing' });
    expect(row(2)).toMatchObject({ mime_type: null, md5: null, seen_bytes: 1, extracted_note: null });
  });

  it('wait for a body that is still open, and keep the order of chunks', () => {
    const { runner, events, forwarded } = setUp();
    events.begin(1, ENCODING_IDENTITY);
    events.data(1, page);
    events.flush();
    const [chunk] = files([{ body: 1 }]);
    const [later] = packRows('weird', [{ ts: 2n, uid: 'C2' }]);
    if (!chunk || !later) throw new Error('no chunk');
    runner.chunk(chunk);
    runner.chunk(later);
    expect(forwarded).toEqual([]);
    events.end(1);
    events.flush();
    expect(forwarded.map((one) => SCHEMAS[one.log]?.name)).toEqual(['files', 'weird']);
  });

  it('are all passed on when the capture ends', () => {
    const { runner, events, forwarded } = setUp();
    events.begin(1, ENCODING_IDENTITY);
    events.data(1, page);
    events.flush();
    for (const chunk of files([{ body: 1 }])) runner.chunk(chunk);
    runner.finish();
    const table = tables(forwarded).get('files');
    expect(table && cell(table, 0, 'sha256')).toBe(hash('sha256', page));
    expect(table && cell(table, 0, 'extracted_note')).toBe('the capture ends before the body does');
  });
});

describe('batches', () => {
  it('play back what was put in, split where they must be', () => {
    const played: unknown[] = [];
    const sizes: number[] = [];
    const log: BodyEvents = {
      begin: (body, encoding) => played.push([BODY_BEGIN, body, encoding]),
      data: (body, bytes) => played.push([BODY_DATA, body, Buffer.from(bytes).toString('hex').slice(0, 8), bytes.length]),
      gap: (body, length) => played.push([BODY_GAP, body, length]),
      end: (body) => played.push([BODY_END, body]),
    };
    const writer = new BodyBatchWriter((batch) => {
      sizes.push(batch.byteLength);
      new BodyBatchReader(batch).play(log);
    });
    writer.begin(1, 2);
    writer.data(1, Uint8Array.of(1, 2, 3, 4, 5));
    writer.gap(1, 5_000_000_000);
    writer.end(1);
    writer.flush();
    expect(played).toEqual([[BODY_BEGIN, 1, 2], [BODY_DATA, 1, '01020304', 5], [BODY_GAP, 1, 0xffffffff], [BODY_END, 1]]);
    expect(sizes[0]).toBeLessThan(100);
    played.length = 0;
    writer.data(3, new Uint8Array(BATCH_DATA_BYTES + 10));
    writer.flush();
    expect(played).toEqual([[BODY_DATA, 3, '00000000', BATCH_DATA_BYTES], [BODY_DATA, 3, '00000000', 10]]);
    played.length = 0;
    // What fits is not split, so that batches cannot be told from what comes out of a decoder.
    for (let i = 0; i < 3; i++) writer.data(i, new Uint8Array(BATCH_DATA_BYTES / 2 + 1));
    writer.flush();
    expect(played).toEqual([0, 1, 2].map((i) => [BODY_DATA, i, '00000000', BATCH_DATA_BYTES / 2 + 1]));
    played.length = 0;
    for (let i = 0; i < 10_000; i++) writer.data(i, Uint8Array.of(i & 255));
    writer.flush();
    expect(played).toHaveLength(10_000);
  });

  it('that are none are refused', () => {
    const nobody = { begin: () => undefined, data: () => undefined, gap: () => undefined, end: () => undefined };
    const lying = new ArrayBuffer(20);
    const view = new DataView(lying);
    view.setUint32(0, 1, true);
    view.setUint8(8, BODY_DATA);
    view.setUint32(16, 9, true);
    for (const [data, why] of [[0, 'begins at 0'], [19, 'begins at 19'], [21, 'begins at 21'], [20, 'misses 9 bytes']] as const) {
      view.setUint32(4, data, true);
      expect(() => new BodyBatchReader(lying).play(nobody)).toThrow(why);
    }
    expect(() => new BodyBatchReader(new ArrayBuffer(3))).toThrow(RangeError);
    view.setUint32(0, 0xffffffff, true);
    expect(() => new BodyBatchReader(lying).play(nobody)).toThrow(RangeError);
  });
});

describe('certificate rows', () => {
  it('make one x509 and one files row of each occurrence, with and without the bytes', () => {
    const der = CERTIFICATE;
    const sha256 = hash('sha256', der);
    const { runner, forwarded } = setUp();
    const common = { ts: 5n, uid: 'C1', 'id.orig_h': '10.0.0.1', 'id.orig_p': 1, 'id.resp_h': '10.0.0.2', 'id.resp_p': 443, pkt: 4, flow: 1 };
    for (const chunk of packRows('cert', [
      { ...common, fuid: 'F1', is_orig: false, chain_index: 0, sha256, der },
      { ...common, fuid: 'F2', is_orig: true, chain_index: 1, sha256 },
      { ...common, fuid: 'F3', is_orig: false, chain_index: 0, sha256: '00'.repeat(32) },
    ])) runner.chunk(chunk);
    const x509 = tables(forwarded).get('x509');
    const made = tables(forwarded).get('files');
    if (!x509 || !made) throw new Error('no tables');
    for (const r of [0, 1]) {
      expect(cell(x509, r, 'certificate.subject')).toBe('CN=a.example,O=Example,C=US');
      expect(cell(x509, r, 'certificate.curve')).toBe('prime256v1');
      expect(cell(x509, r, 'sha1')).toBe(hash('sha1', der));
      expect(x509.strs(r, x509.column('san.dns'))).toEqual(['a.example']);
      expect(x509.strs(r, x509.column('san.ip'))).toEqual(['192.0.2.1']);
      expect([cell(x509, r, 'host_cert'), cell(x509, r, 'client_cert')]).toEqual(r === 0 ? [1, 0] : [0, 1]);
      expect(cell(made, r, 'mime_type')).toBe(r === 0 ? 'application/x-x509-user-cert' : 'application/x-x509-ca-cert');
      expect([cell(made, r, 'md5'), cell(made, r, 'seen_bytes'), cell(made, r, 'source')]).toEqual([hash('md5', der), der.length, 'SSL']);
      expect(cell(made, r, 'uid')).toBe('C1');
    }
    expect(Buffer.from(x509.bytes(0, x509.column('der'))).equals(der)).toBe(true);
    expect(cell(x509, 1, 'der')).toBeNull();
    expect(cell(x509, 2, 'error')).toBe('certificate was seen before and is no longer kept');
    expect(cell(made, 2, 'fuid')).toBe('F3');
  });

  it('make no files rows where nobody has a use for them', () => {
    const forwarded: PackedChunk[] = [];
    const runner = new BodyRunner(engine, (chunks) => { forwarded.push(...chunks); }, true, null, false);
    for (const chunk of packRows('cert', [{ ts: 5n, uid: 'C1', pkt: 4, flow: 1, fuid: 'F1', is_orig: false, chain_index: 0, sha256: '00'.repeat(32) }])) runner.chunk(chunk);
    expect([...tables(forwarded)].filter(([, table]) => table.rows > 0).map(([name]) => name)).toEqual(['x509']);
  });
});
