import { describe, expect, it } from 'vitest';
import { CaptureState } from '../../../../../web/worker/analysis/capture-state';
import { Case } from '../../../../../web/worker/analysis/case';
import type { FlowSummary } from '../../../../../web/worker/analysis/flow-summary';
import { packRows } from '../../../../support/table-builder';

const SERVER = '192.0.2.1';
/** As numbers, not as text: 9 comes before 10. */
const CLIENTS = ['9.0.0.1', '10.0.0.1', '10.0.0.9', '10.0.0.10', '203.0.113.7', '2001:db8::1', '2001:db8::a', '2001:db8:1::1'];

/** Flows of the same size to one server, in this order. */
function summaryOf(clients: readonly string[]): FlowSummary {
  const capture = new CaptureState(0, 'ties', 1, null);
  const rows = clients.map((address, i) => ({
    ts: i, pkt: i + 1, flow: i + 1, uid: `C${i}`, 'id.orig_h': address, 'id.orig_p': 1, 'id.resp_h': SERVER, 'id.resp_p': 80, proto: 1, orig_bytes: 10, resp_bytes: 20, orig_pkts: 1, resp_pkts: 1,
  }));
  for (const chunk of packRows('conn', rows)) capture.append(chunk);
  capture.state = 'done';
  const data = new Case('x');
  data.add(capture);
  return data.wholeSummary();
}

const hosts = (summary: FlowSummary): string[] => Array.from(summary.hosts.order(summary.hosts.all()), (id) => summary.hosts.host(id).address);
const turned = (n: number): string[] => [...CLIENTS.slice(n), ...CLIENTS.slice(0, n)];

describe('hosts that did as much as each other', () => {
  it('stand in the order of their addresses, whoever came first', () => {
    for (const clients of [CLIENTS, [...CLIENTS].reverse(), turned(3), turned(6)]) {
      const summary = summaryOf(clients);
      expect(hosts(summary)).toEqual([SERVER, ...CLIENTS]);
      expect(summary.talkers(20).map(({ orig, resp }) => [orig, resp])).toEqual(CLIENTS.map((client) => [client, SERVER]));
      expect(summary.talkers(3).map(({ orig }) => orig)).toEqual(CLIENTS.slice(0, 3));
    }
  });

  it('stand behind those that did more', () => {
    const summary = summaryOf([...CLIENTS, '2001:db8::a']);
    expect(hosts(summary).slice(0, 3)).toEqual([SERVER, '2001:db8::a', '9.0.0.1']);
    expect(summary.talkers(2)).toMatchObject([{ orig: '2001:db8::a', flows: 2 }, { orig: '9.0.0.1', flows: 1 }]);
  });
});
