import { describe, expect, it } from 'vitest';
import { allowedDomain } from '../../../web/intel/allowlist';
import { analyseCase } from '../../../web/detect/analyse';
import { applyVerdicts, compareIndicators, scoreIndicator, severityOf } from '../../../web/indicators/score';
import type { Indicator, Reason, Verdict } from '../../../web/indicators/types';
import { C2, EVIL, incident, SHA_EXE, SHA_UPDATE } from '../../support/incident';

const plain = (value = 'site.example', over: Partial<Indicator> = {}): Indicator => ({
  key: `domain-name:${value}`, kind: 'domain-name', value, score: 0, severity: 'info', confidence: 0, reasons: [], related: [],
  sightings: [{ role: 'HTTP::IN_HOST_HEADER', observed: true, capture: '', first_seen: 1, last_seen: 2, count: 1, orig_bytes: 0, resp_bytes: 0, orig_pkts: 0, resp_pkts: 0, hosts: [], pkts: [], flows: [], uids: [], community_ids: [] }], ...over,
});
const weak = (name: string, points = 14): Reason => ({ name, text: name, points });
const sum = (indicator: Indicator): number => indicator.reasons.reduce((total, reason) => total + reason.points, 0);

describe('the first ranking', () => {
  const { indicators, findings } = analyseCase([incident().build()]);
  const place = (key: string): number => indicators.findIndex((indicator) => indicator.key === key);

  it('puts a domain that served an executable far above the operating system\'s update host', () => {
    const evil = indicators[place('domain-name:lure.evil-site.com')];
    const update = indicators[place('domain-name:au.download.windowsupdate.com')];
    expect(place('domain-name:lure.evil-site.com')).toBeLessThan(5);
    expect(evil?.severity).toMatch(/high|critical/);
    expect(update?.score).toBe(0);
    expect(update?.severity).toBe('info');
    expect(update?.reasons.map((reason) => reason.text)).toContainEqual('is on the list “operating systems\' update hosts”');
    expect(place(`file:${SHA_EXE}`)).toBeLessThan(place(`file:${SHA_UPDATE}`));
  });

  it('says why in words that a person can check', () => {
    const evil = indicators[place('domain-name:lure.evil-site.com')];
    expect(evil?.reasons[0]?.text).toBe('served a Windows executable as .jpg, 0.4 s after the page that linked it');
    expect(evil?.reasons[0]).toMatchObject({ technique: 'T1105', flows: [3] });
    expect(findings.map((finding) => finding.detector)).toEqual(expect.arrayContaining(['served-executable', 'beacon', 'certificate', 'bare-address']));
  });

  it('ranks best first and keeps severity apart from confidence', () => {
    expect([...indicators].sort(compareIndicators)).toEqual(indicators);
    const beaconed = indicators[place(`ipv4-addr:${C2}`)];
    expect(beaconed?.score).toBeGreaterThan(30);
    expect(beaconed?.confidence).toBeGreaterThan(60);
    expect(indicators[place(`ipv4-addr:${EVIL}`)]?.severity).toMatch(/medium|high/);
  });

  it('names the capture that a reason\'s packets are of, when there are several', () => {
    const [first, second] = [{ ...incident().build(), sha256: 'a'.repeat(64) }, { ...incident().build(), sha256: 'b'.repeat(64) }];
    const both = analyseCase([first, second]).indicators.find((indicator) => indicator.key === 'domain-name:lure.evil-site.com');
    const one = analyseCase([first]).indicators.find((indicator) => indicator.key === both?.key);
    expect(both?.reasons[0]).toMatchObject({ capture: 'a'.repeat(64), pkts: one?.reasons[0]?.pkts });
    expect(one?.reasons[0]).not.toHaveProperty('capture');
  });

  it('shows reasons that add up to the score', () => {
    for (const indicator of indicators) expect(Math.max(0, Math.min(100, sum(indicator))), indicator.key).toBe(indicator.score);
  });
});

describe('the rules of the score', () => {
  it('never lets weak reasons reach high, however many', () => {
    const many = Array.from({ length: 20 }, (_, i) => weak(`weak-${i}`));
    const scored = scoreIndicator(plain(), { reasons: many, confidences: [30] });
    expect(scored.severity).toBe('medium');
    expect(scoreIndicator(plain(), { reasons: [weak('one')], confidences: [30] }).severity).toBe('low');
    expect(scored.reasons.find((reason) => reason.name === 'weak-reasons-only')?.points).toBe(55 - 20 * 14);
  });

  it('counts a repeated reason little more than once', () => {
    const once = scoreIndicator(plain(), { reasons: [weak('again', 40)], confidences: [50] });
    const often = scoreIndicator(plain(), { reasons: Array.from({ length: 100 }, () => weak('again', 40)), confidences: [50] });
    expect(once.score).toBe(40);
    expect(often.score).toBeLessThan(70);
    expect(often.reasons[0]?.text).toContain('and 99 more like it');
  });

  it('takes a third from what was only mentioned', () => {
    const mentioned = plain('x.example', { sightings: plain().sightings.map((sighting) => ({ ...sighting, observed: false })) });
    expect(scoreIndicator(mentioned, { reasons: [weak('served', 60)], confidences: [50] }).score).toBe(42);
  });

  it('looks a domain up with its parents, not inside other names', () => {
    expect(allowedDomain('a.b.windowsupdate.com')?.list).toContain('update hosts');
    expect(allowedDomain('notwindowsupdate.com')).toBeNull();
    expect(allowedDomain('windowsupdate.com.evil.net')).toBeNull();
  });

  it('lets the analyst outrank everything, names every analyst, and takes the gravest word', () => {
    const verdict = (value: Verdict['value'], name: string): Verdict => ({ indicator: 'domain-name:site.example', author: `identity--${name}`, author_name: name, value, note: '', tags: [], modified: 1 });
    const scored = scoreIndicator(plain(), { reasons: [weak('served', 60)], confidences: [50] });
    const benign = applyVerdicts(scored, [verdict('benign', 'Ann')]);
    expect(benign).toMatchObject({ score: 0, severity: 'info' });
    const both = applyVerdicts(scored, [verdict('benign', 'Ann'), verdict('malicious', 'Bob')]);
    expect(both).toMatchObject({ score: 95, severity: 'critical' });
    expect(both.reasons[0]?.text).toBe('Bob judged it malicious; Ann judged it benign');
    expect(applyVerdicts(scored, [verdict('unknown', 'Cid')])).toEqual(scored);
    expect(severityOf(sum(both))).toBe('critical');
  });
});
