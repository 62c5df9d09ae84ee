import { describe, expect, it } from 'vitest';
import { TextEngine } from '../../../../web/engine/text';
import { ZeekWriter } from '../../../../web/logs/zeek-writer';
import { engineModule } from '../../../support/engine';
import { buildTables, packRows } from '../../../support/table-builder';
import { referenceLine } from '../../../support/zeek-reference';

const text = (blocks: Iterable<Uint8Array>): string => Array.from(blocks, (block) => Buffer.from(block).toString('latin1')).join('');

describe('rows as text', () => {
  it('writes a line that is longer than all the room there was', () => {
    const uri = new Uint8Array(900_000).fill(0xff);
    const tables = buildTables({ http: [{ ts: 1, pkt: 1, uri: 'a' }, { ts: 2, pkt: 2, uri, host: uri, user_agent: uri }, { ts: 3, pkt: 3, uri: 'b' }] });
    const long = '\\\\xff'.repeat(uri.length);
    const expected = `{"ts":0.000001,"uri":"a","tags":[],"pkt":1}\n{"ts":0.000002,"host":"${long}","uri":"${long}","user_agent":"${long}","tags":[],"pkt":2}\n`
      + '{"ts":0.000003,"uri":"b","tags":[],"pkt":3}\n';
    expect(text(new ZeekWriter(engineModule(), tables).json('http')) === expected).toBe(true);
  });

  it('writes thousands of different lists of types', () => {
    const count = 3000;
    const tables = buildTables({
      files: Array.from({ length: count }, (_, i) => ({ ts: i, pkt: i, fuid: `F${i}`, mime_type: `application/x-${i}` })),
      http: Array.from({ length: count }, (_, i) => ({ ts: i, pkt: i, resp_fuids: [`F${i}`, `F${(i * 7) % count}`], orig_fuids: i % 3 === 0 ? [`F${i}`] : ['unknown'] })),
    });
    const lines = text(new ZeekWriter(engineModule(), tables).json('http')).split('\n');
    for (let i = 0; i < count; i += 131) expect(`${lines[i]!}\n`).toBe(referenceLine('http', tables, i, 'json'));
    expect(lines).toHaveLength(count + 1);
  });

  it('refuses rows that a table does not have', () => {
    const tables = buildTables({ dns: [{ ts: 1, pkt: 1 }, { ts: 2, pkt: 2 }] }, 1);
    const writer = new ZeekWriter(engineModule(), tables);
    for (const row of [2, 0xffffffff]) expect(() => text(writer.json('dns', Uint32Array.of(1, row)))).toThrow(`dns has no row ${row}`);
    expect(text(writer.json('dns', Uint32Array.of(1, 0, 1))).split('\n')).toHaveLength(4);
  });

  it('refuses a chunk that is shorter than its figures say', () => {
    const [chunk] = packRows('dns', [{ ts: 1, pkt: 1, query: 'a.example', answers: ['1.2.3.4'] }, { ts: 2, pkt: 2 }]);
    const engine = new TextEngine(engineModule());
    engine.makeRoom(1 << 20);
    expect(engine.load(chunk!, [])).toBeGreaterThan(0);
    for (let length = chunk!.buffer.byteLength - 8; length >= 0; length -= 8) {
      expect(() => engine.load({ ...chunk!, buffer: chunk!.buffer.slice(0, length) }, [])).toThrow(RangeError);
    }
  });

  it('keeps within a chunk whose offsets lie', () => {
    const tables = buildTables({ conn: [{ ts: 1, pkt: 1, uid: 'C1', history: 'ShAD', service: 'http', tunnel_parents: ['a', 'b'] }] });
    const table = tables.get('conn')!;
    const wild = [-1, 0x7fffffff, -0x80000000, 3, 1000];
    for (const name of ['uid', 'history', 'tunnel_parents']) {
      for (const value of wild) {
        const { offsets, itemOffsets } = table.chunk(0).columns[table.column(name)]!;
        const saved = [offsets[0]!, itemOffsets[1] ?? 0];
        offsets[0] = value;
        if (itemOffsets.length > 0) itemOffsets[1] = value;
        const line = text(new ZeekWriter(engineModule(), tables).json('conn'));
        expect(line.length).toBeLessThan(10_000);
        expect(line).toContain('"service":"http"');
        offsets[0] = saved[0]!;
        if (itemOffsets.length > 0) itemOffsets[1] = saved[1]!;
      }
    }
  });
});
