import { describe, expect, it } from 'vitest';
import { CaptureState } from '../../../../../web/worker/analysis/capture-state';
import { packRows } from '../../../../support/table-builder';

describe('how long a run will go on', () => {
  it('is told by how far its packets are, and not where a packed capture is longer than its file', async () => {
    const capture = new CaptureState(0, 'a.pcap', 1000, null);
    expect(capture.remaining()).toBe(Infinity);
    await new Promise((resolve) => { setTimeout(resolve, 30); });
    const packets = (offset: number): void => packRows('packet', [{ ts: 1, offset: 24 }, { ts: 2, offset }]).forEach((chunk) => capture.append(chunk));
    packets(250);
    expect(capture.remaining()).toBeGreaterThan(60);
    expect(capture.remaining()).toBeLessThan(30_000);
    packets(999);
    expect(capture.remaining()).toBeLessThan(1000);
    packets(1000);
    expect(capture.remaining()).toBe(Infinity);
  });
});
