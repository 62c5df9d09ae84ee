import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextEngine } from '../../../../web/engine/text';
import { order } from '../../../../web/logs/order';
import { engineModule } from '../../../support/engine';
import { buildTable } from '../../../support/table-builder';

const engine = new TextEngine(engineModule());

describe('the order of rows', () => {
  it('is by time, then packet, then as they came, however packets and time go together', () => {
    const row = fc.record({ ts: fc.oneof(fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n })), pkt: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 0xffffffff })) });
    fc.assert(fc.property(fc.array(row, { maxLength: 200 }), fc.boolean(), fc.integer({ min: 1, max: 50 }), (rows, inTime, perChunk) => {
      if (inTime) {
        const times = rows.map(({ ts }) => ts).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        [...rows].sort((a, b) => a.pkt - b.pkt).forEach((one, i) => { one.ts = times[i]!; });
      }
      const expected = rows.map((_, i) => i).sort((a, b) => {
        const [x, y] = [rows[a]!, rows[b]!];
        return x.ts < y.ts ? -1 : x.ts > y.ts ? 1 : x.pkt - y.pkt || a - b;
      });
      const table = buildTable('weird', rows, perChunk);
      expect([...order(table)]).toEqual(expected);
      // As the module sorts them for those who write logs: more rows than before, and fewer, in the same memory.
      const [ts, pkt] = [table.column('ts'), table.column('pkt')];
      const got = engine.sorted(table.rows, 0, (times, packets) => table.eachChunk((chunk, start) => {
        times.set(chunk.columns[ts]!.values, start * 8);
        packets.set(chunk.columns[pkt]!.values, start * 4);
      }));
      expect([...got]).toEqual(expected);
    }));
  });
});
