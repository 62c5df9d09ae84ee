import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { BAD } from '../../fixtures/generate/incident/attack';
import { LINUX, MAC, RESOLVER, VICTIM, WINDOWS } from '../../fixtures/generate/incident/network';
import { caseOf } from '../../cli/case';
import type { Analysis } from '../../web/detect/analyse';
import { readFile } from '../support/golden';

let analysis: Analysis;
let said: readonly string[];

beforeAll(async () => {
  const read = await readFile(join(fileURLToPath(new URL('../../', import.meta.url)), 'fixtures/captures/incident.pcapng'));
  said = read.said;
  analysis = caseOf(read.captures);
});

const place = (key: string): number => {
  const at = analysis.indicators.findIndex((indicator) => indicator.key === key);
  if (at < 0) throw new Error(`${key} is no indicator`);
  return at;
};
const reasons = (key: string): string[] => (analysis.indicators[place(key)]?.reasons ?? []).map((reason) => reason.name);

describe('the page\'s sample tells its story', () => {
  it('is read without a complaint', () => {
    expect(said).toEqual([]);
  });

  it('each step of the attack is found, with the host that suffered it', () => {
    const steps = analysis.findings.filter((finding) => finding.severity !== 'info' && finding.severity !== 'low');
    expect(new Set(steps.map((finding) => finding.detector))).toEqual(new Set(['served-executable', 'beacon', 'dns-dga', 'scan', 'lateral-movement', 'upload']));
    for (const step of steps) expect(step.hosts[0], step.title).toBe(VICTIM.ip);
  });

  it('the bad names, addresses, files and the host they used stand on top, for reasons', () => {
    expect(reasons(`domain-name:${BAD.phish}`)).toEqual(expect.arrayContaining(['served-executable', 'disguised-executable']));
    expect(reasons(`domain-name:${BAD.beacon}`)).toEqual(expect.arrayContaining(['beacon', 'generated-domain', 'self-signed']));
    expect(reasons(`ipv4-addr:${BAD.stage}`)).toEqual(expect.arrayContaining(['served-executable', 'fetched-by-tool', 'http-to-address']));
    expect(reasons(`ipv4-addr:${VICTIM.ip}`)).toEqual(expect.arrayContaining(['lateral-movement', 'scan-horizontal']));
    expect(reasons(`domain-name:${BAD.drop}`)).toContain('upload');
    expect(reasons(`ipv4-addr:${BAD.beaconAddress}`)).toContain('beacon');
    for (const key of [`domain-name:${BAD.phish}`, `domain-name:${BAD.beacon}`, `ipv4-addr:${BAD.stage}`]) expect(analysis.indicators[place(key)]?.severity, key).toMatch(/high|critical/);
    // Nothing but the attack's own reaches medium.
    const grave = analysis.indicators.filter((indicator) => /medium|high|critical/.test(indicator.severity));
    const own = [...Object.values(BAD), VICTIM.ip];
    for (const { kind, value } of grave) expect(kind === 'file' || own.some((bad) => value.includes(bad)), `${kind} ${value}`).toBe(true);
    expect(grave.filter(({ kind }) => kind === 'file')).toHaveLength(3);
  });

  it('update hosts stand below, though one served an executable too', () => {
    const update = 'domain-name:7.tlu.dl.delivery.mp.microsoft.com';
    expect(reasons(update)).toEqual(expect.arrayContaining(['served-executable', 'allowlist']));
    for (const key of [update, 'domain-name:deb.debian.org', 'domain-name:ctldl.windowsupdate.com', 'domain-name:outlook.office.com']) {
      expect(analysis.indicators[place(key)]?.severity, key).toBe('info');
      expect(place(key)).toBeGreaterThan(place(`domain-name:${BAD.drop}`));
    }
  });

  it('the hosts that did nothing are no indicators', () => {
    for (const host of [WINDOWS, MAC, LINUX]) expect(analysis.indicators.some((indicator) => indicator.key === `ipv4-addr:${host.ip}`), host.name).toBe(false);
    expect(analysis.indicators[place(`ipv4-addr:${RESOLVER.ip}`)]?.severity).toBe('low');
  });
});
