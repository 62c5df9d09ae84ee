import { describe, expect, it } from 'vitest';
import { analyseCase } from '../../../web/detect/analyse';
import type { Finding } from '../../../web/detect/index';
import { C2, CaptureBuilder, VICTIM } from '../../support/incident';

const DROP = '91.200.12.140';
const uploads = (b: CaptureBuilder): Finding[] => analyseCase([b.build()]).findings.filter((finding) => finding.detector === 'upload');
const beacon = (b: CaptureBuilder): void => { for (let i = 0; i < 20; i++) b.flow(i * 60, VICTIM, C2, 443); };

describe('upload', () => {
  it('takes 400 kB for much from a host that checks in somewhere, and says so', () => {
    const b = new CaptureBuilder();
    beacon(b);
    b.flow(1000, VICTIM, DROP, 80, { orig_bytes: 400_000, resp_bytes: 300 });
    expect(uploads(b).map((finding) => finding.title)).toEqual([`${DROP} was sent 400 KB by ${VICTIM}, which got 300 B back, 17 min after that host's first suspicious contact`]);
  });

  it('leaves the same alone from a host that did nothing, before it did anything, and when as much came back', () => {
    const b = new CaptureBuilder();
    b.flow(1000, VICTIM, DROP, 80, { orig_bytes: 400_000, resp_bytes: 300 });
    expect(uploads(b)).toEqual([]);
    const early = new CaptureBuilder();
    early.flow(-500, VICTIM, DROP, 80, { orig_bytes: 400_000, resp_bytes: 300 });
    beacon(early);
    expect(uploads(early)).toEqual([]);
    const both = new CaptureBuilder();
    beacon(both);
    both.flow(1000, VICTIM, DROP, 80, { orig_bytes: 400_000, resp_bytes: 390_000 });
    expect(uploads(both)).toEqual([]);
  });
});
