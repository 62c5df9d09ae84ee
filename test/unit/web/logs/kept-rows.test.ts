import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeptRows } from '../../../../web/logs/kept-rows';
import { order } from '../../../../web/logs/order';
import { LogTable } from '../../../../web/logs/table';
import { packRows } from '../../../support/table-builder';

const DAY = 86_400_000_000_000n;

/** The count is asked for after each chunk, as views do while a run goes on. */
function follow(name: 'x509' | 'files' | 'dns', rows: Parameters<typeof packRows>[1], perChunk: number): void {
  const table = new LogTable(name);
  const kept = new KeptRows(table);
  expect(kept.count()).toBe(0);
  for (const chunk of packRows(name, rows, perChunk)) {
    table.append(chunk);
    expect(kept.count()).toBe(order(table).length);
  }
}

describe('how many rows a log shows', () => {
  const perChunk = fc.integer({ min: 1, max: 9 });

  it('is what its order has: certificates once a day for each use', () => {
    const ts = fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: 3n * DAY }), fc.constantFrom(0n, DAY - 1n, DAY, DAY + 1n));
    const row = fc.record({ ts, pkt: fc.nat(9), fingerprint: fc.constantFrom('aa', 'bb', 'cc'), host_cert: fc.boolean(), client_cert: fc.boolean() });
    fc.assert(fc.property(fc.array(row, { maxLength: 40 }), perChunk, (rows, n) => follow('x509', rows, n)));
  });

  it('is what its order has: files without certificates out of TLS', () => {
    const row = fc.record({
      source: fc.constantFrom('SSL', 'HTTP', 'SS', 'SSLX', null),
      mime_type: fc.constantFrom('application/x-x509-ca-cert', 'application/x-x509-', 'application/pkix-cert', 'application/pkix', 'application/ocsp-response', '', null),
    });
    fc.assert(fc.property(fc.array(row, { maxLength: 40 }), perChunk, (rows, n) => follow('files', rows.map((one, pkt) => ({ ...one, pkt })), n)));
  });

  it('is that of all rows of every other log', () => follow('dns', [{ pkt: 1 }, { pkt: 2 }, { pkt: 2 }], 2));
});
