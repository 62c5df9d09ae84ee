import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { analyseCase } from '../../../web/detect/analyse';
import { csvField, formatIndicators } from '../../../web/indicators/index';
import { incident, SHA_EXE } from '../../support/incident';
import { hasTool } from '../../support/tools';

const { indicators } = analyseCase([incident().build()]);

describe('printing indicators', () => {
  it('writes JSON with exactly the promised members, best first', () => {
    const parsed = JSON.parse(formatIndicators(indicators, 'json')) as Record<string, unknown>[];
    expect(parsed).toHaveLength(indicators.length);
    for (const one of parsed) expect(Object.keys(one)).toEqual(['kind', 'value', 'score', 'severity', 'confidence', 'reasons', 'sightings']);
    const scores = parsed.map((one) => one['score'] as number);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(parsed.map((one) => one['value'])).toContain('lure.evil-site.com');
    expect(formatIndicators([], 'json')).toBe('[]\n');
  });

  it.skipIf(!hasTool('python3', 'CSV read back by Python'))('writes CSV that Python reads back, plain', () => {
    const csv = formatIndicators(indicators, 'csv');
    const out = execFileSync('python3', ['-c', 'import csv,sys,json; print(json.dumps(list(csv.DictReader(sys.stdin))))'], { input: csv });
    const rows = JSON.parse(out.toString()) as Record<string, string>[];
    expect(rows.map((row) => row['value'])).toEqual(indicators.map((indicator) => indicator.value));
    // Packet numbers of all sightings, as long as they are of one capture.
    expect(rows.map((row) => row['packets'] !== '')).toEqual(indicators.map((indicator) => indicator.sightings.some((sighting) => sighting.pkts.length > 0)));
    expect(rows[0]?.['first_seen']).toMatch(/^2023-11-14T22:13:\d\d\.\d{6}Z$/);
  });

  it('guards cells that a spreadsheet would run', () => {
    for (const value of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1']) expect(csvField(value)).toMatch(/^"'/);
    expect(csvField('a,"b"')).toBe('"a,""b"""');
    expect(csvField('plain')).toBe('plain');
  });

  it('defangs text, and only text', () => {
    const text = formatIndicators(indicators, 'text');
    expect(text).toContain('hxxp://lure[.]evil-site[.]com/img/pic.jpg');
    expect(text).not.toMatch(/https?:\/\//);
    expect(text).not.toMatch(/evil-site\.com/);
    expect(formatIndicators(indicators, 'table')).toContain('lure.evil-site.com');
    expect(formatIndicators(indicators, 'table')).toContain(SHA_EXE);
  });

  it('does not let a value steer the terminal', () => {
    const nasty = indicators.slice(0, 1).map((indicator) => ({ ...indicator, kind: 'user-agent' as const, value: 'x\u001b[2J\u202e' }));
    for (const format of ['table', 'text'] as const) expect(formatIndicators(nasty, format)).not.toMatch(/[\u001b\u202e]/);
  });
});
