import { describe, expect, it } from 'vitest';
import { mergeCases } from '../../../web/bundle/index';
import { valuesOfPattern } from '../../../web/bundle/pattern';
import { readBundle } from '../../../web/bundle/read';
import { parseTlp } from '../../../web/bundle/tlp';
import { analyseCase } from '../../../web/detect/analyse';
import { incident } from '../../support/incident';

const read = (objects: readonly object[]): Extract<ReturnType<typeof readBundle>, { ok: true }>['value'] => {
  const result = readBundle(JSON.stringify({ type: 'bundle', id: 'bundle--0f9c1c1e-6ab2-4b43-a4ef-2c3c7a1f9b11', objects }));
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
const times = { created: '2024-01-01T00:00:00.000Z', modified: '2024-01-02T00:00:00Z', valid_from: '2024-01-01T00:00:00Z', spec_version: '2.1' };
const id = (type: string, n: number): string => `${type}--0f9c1c1e-6ab2-4b43-a4ef-2c3c7a1f9b${String(n).padStart(2, '0')}`;
const indicator = (n: number, pattern: string, more: object = {}): object => ({ type: 'indicator', id: id('indicator', n), ...times, name: 'bad', pattern, pattern_type: 'stix', confidence: 70, indicator_types: ['malicious-activity'], ...more });

describe('a bundle from elsewhere', () => {
  it('is imported as far as it goes and says what was left', () => {
    const value = read([
      { type: 'identity', id: id('identity', 1), ...times, name: 'CERT X', identity_class: 'organization' },
      indicator(1, '[domain-name:value = \'Evil.Example.COM.\']', { created_by_ref: id('identity', 1), object_marking_refs: ['marking-definition--f88d31f6-486f-44da-b317-01333bde0b82'] }),
      indicator(2, `[file:hashes.MD5 = '${'a'.repeat(32)}' OR file:hashes.'SHA-256' = '${'B'.repeat(64)}']`),
      indicator(3, '[process:command_line MATCHES \'evil\']'),
      indicator(4, 'alert tcp any any', { pattern_type: 'snort' }),
      { type: 'ipv4-addr', id: id('ipv4-addr', 5), value: '203.0.113.5' },
      { type: 'malware', id: id('malware', 6), ...times, name: 'm', is_family: true },
      { type: 'note', id: id('note', 7), ...times, created_by_ref: id('identity', 1), content: 'watch it', object_refs: [id('indicator', 1)] },
      { type: 'sighting', id: id('sighting', 8), ...times, sighting_of_ref: id('indicator', 1), count: 3 },
      { type: 'x-odd', id: id('x-odd', 9) },
    ]);
    expect(value.indicators.map((one) => one.key).sort()).toEqual([`domain-name:evil.example.com`, `file:${'b'.repeat(64)}`, 'ipv4-addr:203.0.113.5']);
    expect(value.indicators.find((one) => one.kind === 'file')?.file).toMatchObject({ md5: 'a'.repeat(32) });
    expect(value.verdicts).toMatchObject([{ indicator: 'domain-name:evil.example.com', author_name: 'CERT X', value: 'unknown', note: 'watch it' }]);
    expect(value.left).toEqual([
      '1 indicators whose patterns name no single values', '1 indicators with patterns of another language', '1 objects of type malware', '1 objects of type x-odd', '1 sightings without role or times',
    ]);
    expect(value).toMatchObject({ tlp: 'amber', producer: 'CERT X' });
  });

  it('merges into a case beside what is there, and a second time changes nothing', () => {
    const { indicators } = analyseCase([incident().build()]);
    const incoming = read([indicator(1, '[domain-name:value = \'lure.evil-site.com\']'), indicator(2, '[ipv4-addr:value = \'198.51.100.7\']')]);
    const once = mergeCases({ indicators, verdicts: [] }, incoming, '0.1.0');
    expect(once).toMatchObject({ added: 1, merged: 1 });
    expect(once.indicators.find((one) => one.value === 'lure.evil-site.com')?.sightings.length).toBe(3);
    expect(mergeCases(once, incoming, '0.1.0')).toMatchObject({ added: 0, merged: 0, unchanged: 2 });
  });

  it('of two versions of one object takes the later', () => {
    const value = read([
      { type: 'indicator', id: id('indicator', 1), ...times, modified: '2024-03-01T00:00:00Z', pattern: '[domain-name:value = \'later.example.com\']', pattern_type: 'stix' },
      indicator(1, '[domain-name:value = \'earlier.example.com\']'),
    ]);
    expect(value.indicators.map((one) => one.value)).toEqual(['later.example.com']);
  });

  it.each([['', 'This is no STIX bundle: it is not JSON.'], ['[]', 'This is no STIX bundle: its type is not “bundle”. Export it as STIX 2.1 and try again.']])('refuses %j with one sentence', (text, error) => {
    expect(readBundle(text)).toEqual({ ok: false, error });
  });
});

describe('patterns', () => {
  it.each<[string, string[] | null]>([
    ['[ipv4-addr:value = \'1.2.3.4/32\']', ['ipv4-addr:1.2.3.4']],
    ['[domain-name:value = \'a.com\' OR domain-name:value = \'b.com\']', ['domain-name:a.com', 'domain-name:b.com']],
    ['[url:value IN (\'http://a.com/x\', \'http://b.com/y\')]', ['url:http://a.com/x', 'url:http://b.com/y']],
    ['[network-traffic:dst_ref.value = \'1.2.3.4\']', ['ipv4-addr:1.2.3.4']],
    ['[user-account:account_login = \'o\\\'neil\']', ['user-account:o\'neil']],
    ['[domain-name:value = \'not!=like.com\']', null],
    ['[domain-name:value != \'a.com\']', null],
    ['[domain-name:value LIKE \'%.com\']', null],
    ['[ipv4-addr:value = \'1.2.3.0/24\']', null],
    ['[file:name = \'a.exe\']', null],
    ['nonsense', null],
  ])('%s', (pattern, expected) => {
    expect(valuesOfPattern(pattern)?.map((value) => `${value.kind}:${value.value}`) ?? null).toEqual(expected);
  });
});

describe('TLP', () => {
  it.each([['TLP:RED', 'red'], ['amber+strict', 'amber+strict'], ['white', 'clear'], ['purple', null]])('%s is %s', (word, label) => {
    expect(parseTlp(word)).toBe(label);
  });
});
