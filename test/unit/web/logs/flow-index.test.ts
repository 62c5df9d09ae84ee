import { describe, expect, it } from 'vitest';
import { analyseCase } from '../../../../web/detect/analyse';
import type { PackedChunk } from '../../../../web/engine/chunk';
import { AddressBook } from '../../../../web/logs/address-book';
import { FlowIndex, MAX_INDEXED_ADDRESSES, MAX_INDEXED_FLOWS } from '../../../../web/logs/flow-index';
import { LogTable } from '../../../../web/logs/table';
import { FLOOD_ROWS as ROWS, floodChunk as chunkFrom } from '../../../support/flood-rows';
import { packRows } from '../../../support/table-builder';

describe('a flood', () => {
  it('of addresses and flows fills the index to its caps; what is beyond is counted, and what is within is right', () => {
    const table = new LogTable('conn');
    const within = MAX_INDEXED_ADDRESSES - 1;
    const chunks = Math.ceil(within / ROWS) + 2;
    for (let c = 0; c < chunks; c++) table.append(chunkFrom(c * ROWS + 1));
    table.append(chunkFrom(MAX_INDEXED_FLOWS - 10));
    // A flow between known hosts has its place however many strangers there are.
    table.append(packRows('conn', [{ ts: 1.8e15, uid: 'Cx', 'id.orig_h': '45.0.0.1', 'id.orig_p': 7, 'id.resp_h': '198.51.100.1', 'id.resp_p': 80, pkt: 9, flow: MAX_INDEXED_FLOWS, proto: 1, orig_pkts: 3, resp_pkts: 4 }])[0] as PackedChunk);
    const tables = new Map([['conn' as const, table]]);
    const index = new FlowIndex(tables, new AddressBook());
    for (const step of index.updateSteps()) void step;
    expect(index.size).toBe(MAX_INDEXED_FLOWS + 1);
    expect(index.row.length).toBeLessThan(index.size * 1.01);
    expect(index.book.count).toBe(MAX_INDEXED_ADDRESSES);
    expect(index.beyondFlows).toBe(ROWS - 11);
    expect(index.beyondAddresses).toBe(chunks * ROWS - within + 11);
    expect(index.book.text(index.orig[1000] ?? -1)).toBe('45.0.3.232');
    expect([index.origPkts[MAX_INDEXED_FLOWS], index.respPkts[MAX_INDEXED_FLOWS], index.uid(MAX_INDEXED_FLOWS)]).toEqual([3, 4, 'Cx']);
    expect(index.ordered.length).toBe(within + 1);
  });

  it('is named among the caps of the analysis', () => {
    const table = new LogTable('conn');
    table.append(chunkFrom(MAX_INDEXED_FLOWS - 1));
    const { caps } = analyseCase([{ tables: new Map([['conn' as const, table]]), sha256: 'ab', name: 'x' }]);
    expect(caps).toContainEqual({ name: 'MAX_INDEXED_FLOWS', times: ROWS - 2 });
  });
});
