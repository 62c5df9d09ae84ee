import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importBundle, mergeIndicators, mergeVerdicts, writeBundle, type SharedIndicator, type SharedSighting } from '../../web/bundle/index';
import { canonicalJson } from '../../web/bundle/canonical';
import { readBundle } from '../../web/bundle/read';
import type { Role, Severity, Verdict, VerdictValue } from '../../web/indicators/types';

const T = 1_700_000_000_000_000;
const canon = (value: unknown): string => canonicalJson(JSON.parse(JSON.stringify(value)) as never);

// Few different names, captures and versions, so that collisions are the rule.
const engine = fc.constantFrom('0.1.0', '0.2.0', '0.10.0');
const sighting: fc.Arbitrary<SharedSighting> = fc.record({
  role: fc.constantFrom<Role>('DNS::IN_REQUEST', 'HTTP::IN_HOST_HEADER'), observed: fc.boolean(), capture: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)), first_seen: fc.integer({ min: T, max: T + 1e6 }),
  last_seen: fc.integer({ min: T + 1e6, max: T + 2e6 }), count: fc.integer({ min: 1, max: 4 }), orig_bytes: fc.nat(9), resp_bytes: fc.nat(9), orig_pkts: fc.nat(9), resp_pkts: fc.nat(9),
  hosts: fc.subarray(['10.0.0.1', '10.0.0.2']), pkts: fc.subarray([1, 2, 3]), flows: fc.subarray([1, 2]), uids: fc.subarray(['C1', 'C2']), community_ids: fc.subarray(['1:x=']), engine,
});
const indicator: fc.Arbitrary<SharedIndicator> = fc.record({
  value: fc.constantFrom('a.example.com', 'b.example.com'), score: fc.integer({ min: 0, max: 100 }), severity: fc.constantFrom<Severity>('low', 'high'), confidence: fc.integer({ min: 0, max: 100 }),
  reasons: fc.array(fc.record({ name: fc.constantFrom('beacon', 'served-executable'), text: fc.string({ maxLength: 5 }), points: fc.integer({ min: -20, max: 60 }) }), { maxLength: 2 }),
  sightings: fc.array(sighting, { maxLength: 4 }), related: fc.array(fc.record({ key: fc.constantFrom('url:http://x/', 'file:aa'), relation: fc.constantFrom('hosts', 'served') }), { maxLength: 3 }), engine, modified: fc.integer({ min: T, max: T + 3 }),
}).map((parts) => ({ ...parts, kind: 'domain-name' as const, key: `domain-name:${parts.value}` }));
const certificates: fc.Arbitrary<SharedIndicator> = fc.tuple(indicator, fc.subarray(['n1', 'n2', 'n3']), fc.constantFrom('s1', 's2')).map(([base, names, subject]) => ({
  ...base, kind: 'x509-certificate' as const, value: 'c'.repeat(40), key: `x509-certificate:${'c'.repeat(40)}`, certificate: { sha1: 'c'.repeat(40), sha256: '', serial: '1', subject, issuer: '', names },
}));
const set = fc.array(fc.oneof(indicator, certificates), { maxLength: 4 });
const verdict: fc.Arbitrary<Verdict> = fc.record({
  indicator: fc.constantFrom('domain-name:a.example.com', 'domain-name:b.example.com'), author: fc.constantFrom('identity--0f9c1c1e-6ab2-4b43-a4ef-2c3c7a1f9b11', 'identity--0f9c1c1e-6ab2-4b43-a4ef-2c3c7a1f9b22'), author_name: fc.constant('N'),
  value: fc.constantFrom<VerdictValue>('malicious', 'benign', 'unknown'), note: fc.constantFrom('', 'one', 'two'), tags: fc.subarray(['t', 'u']), modified: fc.integer({ min: T, max: T + 2 }),
});
const merge = (...sets: SharedIndicator[][]): SharedIndicator[] => sets.reduce<SharedIndicator[]>((sum, one) => mergeIndicators(sum, one).indicators, []);

describe('merging bundles', () => {
  it('is idempotent: the same again changes nothing, and says so', () => {
    fc.assert(fc.property(set, (a) => {
      const once = merge(a);
      const again = mergeIndicators(once, a);
      expect(canon(again.indicators)).toBe(canon(once));
      expect(again.counts).toMatchObject({ added: 0, merged: 0 });
    }));
  });

  it('is free of order', () => {
    fc.assert(fc.property(set, set, (a, b) => { expect(canon(merge(a, b))).toBe(canon(merge(b, a))); }));
  });

  it('is free of grouping', () => {
    fc.assert(fc.property(set, set, set, (a, b, c) => { expect(canon(merge(merge(a, b), c))).toBe(canon(merge(a, merge(b, c)))); }));
  });

  it('keeps every author\'s last word, in any order', () => {
    fc.assert(fc.property(fc.array(verdict, { maxLength: 8 }), fc.array(verdict, { maxLength: 8 }), (a, b) => {
      const merged = mergeVerdicts(a, b);
      expect(canon(merged)).toBe(canon(mergeVerdicts(b, a)));
      expect(canon(mergeVerdicts(merged, a))).toBe(canon(merged));
      for (const one of [...a, ...b]) {
        const kept = merged.find((other) => other.author === one.author && other.indicator === one.indicator);
        expect(kept?.modified).toBeGreaterThanOrEqual(one.modified);
      }
    }));
  });

  it('takes the newer engine\'s analysis of one capture, by number and not by letter', () => {
    const make = (version: string, count: number): SharedIndicator[] => fc.sample(indicator, { numRuns: 1, seed: 1 }).map((one) => ({
      ...one, engine: version, sightings: [{ ...fc.sample(sighting, { numRuns: 1, seed: 2 })[0] as SharedSighting, engine: version, count }],
    }));
    expect(merge(make('0.9.0', 99), make('0.10.0', 1))[0]?.sightings.map((one) => one.count)).toEqual([1]);
  });
});

describe('a bundle on its way', () => {
  const bundle = (indicators: readonly SharedIndicator[], verdicts: readonly Verdict[]): string => JSON.stringify(writeBundle({
    indicators, verdicts, tlp: 'green', title: '', note: '', provenance: { analyst: { id: '', name: 'Ann' }, engine: '0.1.0', captures: [], caps: [], exported: T },
  }));

  it('says the same after writing and reading', () => {
    fc.assert(fc.property(set, fc.array(verdict, { maxLength: 4 }), (a, words) => {
      const indicators = merge(a);
      const about = mergeVerdicts([], words).filter((one) => indicators.some((other) => other.key === one.indicator));
      const read = readBundle(bundle(indicators, about));
      if (!read.ok) throw new Error(read.error);
      expect(read.value.left).toEqual([]);
      expect(canon(merge([...read.value.indicators]).map((one) => ({ ...one, related: [] })))).toBe(canon(indicators.map((one) => ({ ...one, related: [] }))));
      expect(canon(mergeVerdicts([], [...read.value.verdicts]))).toBe(canon(about));
    }));
  });

  it('never makes the reader fail, however it is mangled', async () => {
    const text = bundle(fc.sample(indicator, { numRuns: 3, seed: 4 }), []);
    await fc.assert(fc.asyncProperty(fc.nat(text.length), fc.nat(40), fc.string({ maxLength: 8 }), async (at, cut, put) => {
      const mangled = text.slice(0, at) + put + text.slice(at + cut);
      const read = await importBundle(new TextEncoder().encode(mangled));
      if (!read.ok) expect(read.error).toMatch(/\.$/);
    }), { numRuns: 200 });
    fc.assert(fc.property(fc.json(), (json) => { readBundle(json); readBundle(`{"type":"bundle","objects":[${json},{"type":"indicator","pattern":${json}},{"type":"sighting","extensions":${json}}]}`); }));
  });
});
