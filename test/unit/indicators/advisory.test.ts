import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defang, matchAdvisory, parseAdvisory, refang } from '../../../web/indicators/index';
import { analyseCase } from '../../../web/detect/analyse';
import { defangText } from '../../../web/indicators/format';
import type { IndicatorKind } from '../../../web/indicators/types';
import { EVIL, incident, SHA_EXE } from '../../support/incident';

const parsed = (text: string): string[] => parseAdvisory(text).map((item) => `${item.kind}:${item.value}`);

describe('reading a pasted advisory', () => {
  it.each<[string, string[]]>([
    ['hxxp://evil[.]example[.]com/a.php?x=1', ['url:http://evil.example.com/a.php?x=1']],
    ['hxxps[:]//evil(.)com/path,', ['url:https://evil.com/path']],
    ['C2: 185[.]199[.]20[.]30:8080 and 10.0.0.1/32.', ['ipv4-addr:185.199.20.30', 'ipv4-addr:10.0.0.1']],
    ['2001:db8[:]:1', ['ipv6-addr:2001:db8::1']],
    ['bad dot actor[dot]com, Other(dot)org; third{.}net', ['domain-name:bad.actor.com', 'domain-name:other.org', 'domain-name:third.net']],
    ['write to joe[at]evil[.]com or mailto:Ann@Evil.com', ['email-addr:joe@evil.com', 'email-addr:ann@evil.com']],
    [`MD5: ${'A1'.repeat(16)}\nSHA1=${'b2'.repeat(20)}\nsha256:${'c3'.repeat(32)}`, [`file:${'a1'.repeat(16)}`, `file:${'b2'.repeat(20)}`, `file:${'c3'.repeat(32)}`]],
    ['| evil.com | 1.2.3.4 |\t"quoted.net"', ['domain-name:evil.com', 'ipv4-addr:1.2.3.4', 'domain-name:quoted.net']],
    ['evil.com/drop/payload.exe', ['url:http://evil.com/drop/payload.exe']],
    ['t13d1516h2_8daaf6152771_e5627efa2ab1', ['ja4:t13d1516h2_8daaf6152771_e5627efa2ab1']],
    ['evil.com EVIL.COM. evil[.]com', ['domain-name:evil.com']],
    ['*.wild.evil.com', ['domain-name:wild.evil.com']],
    ['dropped invoice.doc and run.exe, see v1.2 e.g. the end.Next sentence', []],
  ])('%j', (text, expected) => {
    expect(parsed(text)).toEqual(expected);
  });

  it('never fails, whatever is pasted', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => { parseAdvisory(text); refang(text); }));
  });

  it('answers which of them are in the case', () => {
    const { indicators } = analyseCase([incident().build()]);
    const matches = matchAdvisory(`lure[.]evil-site[.]com\nhxxps://lure.evil-site.com/invoice\n${'2'.repeat(32)} (dropper)\n${EVIL}\nabsent.example.com`, indicators);
    expect(matches.map((match) => [match.written, match.key, match.indicator?.key ?? null])).toEqual([
      ['lure[.]evil-site[.]com', 'domain-name:lure.evil-site.com', 'domain-name:lure.evil-site.com'],
      ['hxxps://lure.evil-site.com/invoice', 'url:http://lure.evil-site.com/invoice', 'url:http://lure.evil-site.com/invoice'],
      ['2'.repeat(32), `file:${SHA_EXE}`, `file:${SHA_EXE}`],
      [EVIL, `ipv4-addr:${EVIL}`, `ipv4-addr:${EVIL}`],
      ['absent.example.com', 'domain-name:absent.example.com', null],
    ]);
  });
});

describe('defanging', () => {
  it.each<[IndicatorKind, string, string]>([
    ['url', 'http://evil.com:8080/a.b?c=d.e', 'hxxp://evil[.]com:8080/a.b?c=d.e'],
    ['url', 'https://[2001:db8::1]/x', 'hxxps://[2001:db8::1]/x'],
    ['domain-name', 'a.evil.com', 'a[.]evil[.]com'],
    ['ipv4-addr', '1.2.3.4', '1[.]2[.]3[.]4'],
    ['ipv6-addr', '2001:db8::1', '2001[:]db8::1'],
    ['email-addr', 'a@evil.com', 'a[@]evil[.]com'],
    ['file', 'a1', 'a1'],
  ])('%s %s', (kind, value, shown) => {
    expect(defang(kind, value)).toBe(shown);
    expect(refang(shown)).toBe(value);
  });

  it('comes back the same through an advisory for every domain and address', () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/);
    fc.assert(fc.property(fc.array(label, { minLength: 1, maxLength: 3 }), (labels) => {
      const name = `${labels.join('.')}.com`;
      expect(parsed(defang('domain-name', name))).toEqual([`domain-name:${name}`]);
    }));
    fc.assert(fc.property(fc.ipV4(), (address) => { expect(parsed(defang('ipv4-addr', address))).toEqual([`ipv4-addr:${address}`]); }));
  });

  it('defangs what stands in sentences and leaves figures alone', () => {
    expect(defangText('10.1.2.3 asked evil.example.com 12 times, every 0.4 s, at http://1.2.3.4/x')).toBe('10[.]1[.]2[.]3 asked evil[.]example[.]com 12 times, every 0.4 s, at hxxp://1[.]2[.]3[.]4/x');
  });
});
