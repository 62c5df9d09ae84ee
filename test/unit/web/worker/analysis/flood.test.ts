import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../../../../web/worker/analysis/coverage';
import { CaptureState } from '../../../../../web/worker/analysis/capture-state';
import { Case } from '../../../../../web/worker/analysis/case';
import { MAX_HOSTS } from '../../../../../web/worker/analysis/hosts';
import { FLOOD_ROWS, floodChunk } from '../../../../support/flood-rows';

describe('a flood from made-up addresses', () => {
  it('fills the hosts to their cap; every flow is counted, and the coverage names what was left out', () => {
    const data = new Case('x');
    const capture = new CaptureState(0, 'flood', 1, null);
    data.add(capture);
    const chunks = Math.ceil(MAX_HOSTS / FLOOD_ROWS) + 3;
    for (let c = 0; c < chunks; c++) capture.append(floodChunk(c * FLOOD_ROWS + 1));
    capture.state = 'done';
    const summary = data.wholeSummary();
    expect(summary.flows).toBe(chunks * FLOOD_ROWS);
    expect(summary.hosts.length).toBe(MAX_HOSTS);
    // The server is one of them.
    const beyond = chunks * FLOOD_ROWS - (MAX_HOSTS - 1);
    expect(summary.hosts.beyond).toBe(beyond);
    expect(summary.protocols(5)).toMatchObject([{ count: chunks * FLOOD_ROWS }]);
    expect(summary.hosts.find('198.51.100.1')).toMatchObject({ flows_in: MAX_HOSTS - 1 });
    expect(summary.talkers(3)).toHaveLength(3);
    const { lines } = coverageOf([capture], data.current().caps);
    expect(lines).toContainEqual(expect.objectContaining({ label: 'Cap: MAX_HOSTS', packets: beyond, kind: 'cap' }));
    expect(lines).toContainEqual(expect.objectContaining({ label: 'Cap: MAX_INDEXED_ADDRESSES', packets: beyond, kind: 'cap' }));
  });
});
