import { describe, expect, it } from 'vitest';
import { analyseCase } from '../../../web/detect/analyse';
import { BROWSER, T0 } from '../../support/incident';
import { buildTables, type RowValues } from '../../support/table-builder';
import type { CaptureTables } from '../../../web/logs/table';

/** CPU time of the process, garbage collection included; generous for slow machines. */
const LIMIT_MS = 12_000;

/** In a function of its own, so that the rows are garbage before anything is measured. */
function tables200k(): CaptureTables {
  const conn: RowValues[] = [];
  const dns: RowValues[] = [];
  const http: RowValues[] = [];
  const ssl: RowValues[] = [];
  for (let flow = 1; flow <= 200_000; flow++) {
    const kind = flow % 4;
    const common = {
      ts: T0 + flow * 10_000, uid: `C${flow}`, 'id.orig_h': `10.7.${flow % 8}.${flow % 200}`, 'id.orig_p': flow % 60_000, 'id.resp_h': kind === 0 ? '10.7.0.1' : `${20 + (flow % 90)}.${flow % 51}.1.9`,
      'id.resp_p': [53, 80, 443, 8443][kind] ?? 0, pkt: flow * 5, flow,
    };
    conn.push({ ...common, proto: kind === 0 ? 2 : 1, service: ['dns', 'http', 'ssl', ''][kind] ?? '', duration: 50_000, orig_bytes: 300, resp_bytes: 4000, conn_state: 2, orig_pkts: 5, resp_pkts: 6, community_id: `1:${flow}=` });
    if (kind === 0) dns.push({ ...common, query: `host${flow % 50}.site${flow % 900}.com`, qtype: 1, rcode: 0, answers: [`${20 + (flow % 90)}.${flow % 51}.1.9`], TTLs: [60e6] });
    if (kind === 1) http.push({ ...common, method: 'GET', host: `www.site${flow % 900}.com`, uri: `/p/${flow % 70}`, user_agent: BROWSER, referrer: `http://www.site${flow % 900}.com/` });
    if (kind === 2) ssl.push({ ...common, server_name: `api.site${flow % 900}.com`, ja3: (flow % 50).toString(16).padStart(32, '0') });
  }
  return buildTables({ conn, dns, http, ssl });
}

describe('a capture of 200,000 flows', () => {
  it('is scanned, judged and ranked within seconds', () => {
    const tables = tables200k();
    const start = process.cpuUsage();
    const { indicators } = analyseCase([{ tables, sha256: '', name: 'large' }]);
    const used = process.cpuUsage(start);
    const took = (used.user + used.system) / 1000;
    console.log(`200,000 flows: ${indicators.length} indicators in ${Math.round(took)} ms of CPU`);
    expect(indicators.length).toBeGreaterThan(3000);
    expect(took).toBeLessThan(LIMIT_MS);
  }, 120_000);
});
