import { describe, expect, it } from 'vitest';
import { buildTable } from '../../support/table-builder';
import { formatAddress, formatMac } from '../../../web/logs/address';

describe('the table builder of the tests', () => {
  it('makes tables that LogTable reads back, over several chunks', () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({
      ts: 1_700_000_000_000_000 + i, 'id.orig_h': `10.0.0.${i}`, 'id.orig_p': 1000 + i, query: i === 3 ? null : `q${i}.example`,
      answers: i % 2 ? [`1.2.3.${i}`, 'x'] : null, TTLs: i % 2 ? [60_000_000, 1_000_000] : null, AA: i === 4,
    }));
    const dns = buildTable('dns', rows, 4);
    expect(dns.chunkCount).toBe(3);
    const answers = dns.column('answers');
    const query = dns.column('query');
    for (let r = 0; r < 10; r++) {
      expect(dns.num(r, 0)).toBe(1_700_000_000_000_000 + r);
      expect(formatAddress(dns.bytes(r, dns.column('id.orig_h')))).toBe(`10.0.0.${r}`);
      expect(dns.isNull(r, query)).toBe(r === 3);
      expect(dns.str(r, query)).toBe(r === 3 ? '' : `q${r}.example`);
      expect(dns.strs(r, answers)).toEqual(r % 2 ? [`1.2.3.${r}`, 'x'] : []);
      expect(dns.intervals(r, dns.column('TTLs'))).toEqual(r % 2 ? [60_000_000, 1_000_000] : []);
    }
    const arp = buildTable('arp', [{ ts: 5, operation: 2, orig_h: 'fe80::1', orig_hw: '00:11:22:33:44:ff' }]);
    expect(formatMac(arp.bytes(0, arp.column('orig_hw')))).toBe('00:11:22:33:44:ff');
    expect(() => buildTable('arp', [{ nonsense: 1 }])).toThrow(/no field/);
  });
});
