import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseCase } from '../../../web/detect/analyse';
import { tablesFromZeek } from '../../support/zeek-logs';

const ROOT = join(process.cwd(), '..', 'shared', 'expected', 'zeek');
const there = existsSync(ROOT);
if (!there) console.warn(`Left out: Zeek's logs of real captures are not at ${ROOT}.`);

describe.runIf(there)('real captures, as Zeek\'s logs tell of them', () => {
  const best = (folder: string): [string, string, string][] => {
    const { indicators } = analyseCase([{ tables: tablesFromZeek(join(ROOT, folder)), sha256: '', name: folder }]);
    return indicators.slice(0, 6).map((one) => [one.severity, one.key, one.reasons[0]?.name ?? '']);
  };

  it('puts an executable passed off as a picture first', () => {
    const [first, second, third] = best('ndpi/exe_download_as_png.pcap');
    expect([first?.[1], second?.[1]].sort()).toEqual(['ipv4-addr:185.98.87.185', 'url:http://185.98.87.185/tablone.png']);
    expect([first?.[0], second?.[0]]).toEqual(['critical', 'critical']);
    expect(third?.[1]).toMatch(/^file:/);
  });

  it('puts the sites that served Emotet above everything that they were reached by', () => {
    const keys = best('ndpi/emotet.pcap').map(([, key]) => key);
    expect(keys.slice(0, 2)).toEqual(['domain-name:filmmogzivota.rs', 'url:http://filmmogzivota.rs/SpryAssets/gDR/']);
    expect(keys).toContain('domain-name:gandhitoday.org');
  });

  it('names the infected camera that scans for its like, private address and all', () => {
    expect(best('incidents/slips/test7-malicious.pcap')[0]).toEqual(['medium', 'ipv4-addr:192.168.2.16', 'scan-horizontal']);
  });

  it('raises nothing in hours of a workstation\'s ordinary traffic', () => {
    const worst = best('incidents/elcab/aug_16_par4.pcap')[0];
    expect(['info', 'low']).toContain(worst?.[0]);
  });
});
