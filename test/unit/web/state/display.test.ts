import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIP } from 'node:net';
import { defang, isIpv4, isIpv6, isLocalAddress, kindWords, roleWords, shown, shownText, splitKey, visible } from '../../../../web/state/display';
import { menuItems, menuTitle } from '../../../../web/state/menu';
import { quoted, wiresharkValue } from '../../../../web/state/wireshark';

describe('values on the screen', () => {
  it('are defanged where something could make a link of them', () => {
    expect(defang('http://evil.example/a.b?c=d')).toBe('hxxp://evil[.]example/a.b?c=d');
    expect(defang('evil.example')).toBe('evil[.]example');
    expect(defang('198.51.100.7')).toBe('198[.]51[.]100[.]7');
    expect(defang('a.b@evil.example')).toMatch(/\[@\]evil\[\.\]example$/);
    expect(defang('2001:db8::1')).toContain('[:]');
  });

  it('are told apart as the platform tells addresses', () => {
    const part = fc.constantFrom('0', '1', 'ab', 'ffff', '12345', '', '255', '256', '10');
    const mixed = fc.tuple(fc.array(part, { minLength: 1, maxLength: 9 }), fc.constantFrom('', ':1.2.3.4', '::1.2.3.4', ':1.2.3.400')).map(([parts, tail]) => parts.join(':') + tail);
    fc.assert(fc.property(fc.oneof(fc.ipV6(), fc.ipV4(), mixed), (text) => {
      expect([text, isIpv6(text), isIpv4(text)]).toEqual([text, isIP(text) === 6, isIP(text) === 4]);
    }), { numRuns: 2000 });
  });

  it('and stay readable where nothing can', () => {
    for (const plain of ['10.7.10.47', '192.168.1.1', 'fe80::1', 'invoice.exe', 'ShADadfF', '60.00', 't13d1516h2_8daaf6152771_02713d6af862', 'GET', '', '1.2.3', '300.1.1.1'])
      expect(defang(plain)).toBe(plain);
    expect(isLocalAddress('172.16.0.1') && isLocalAddress('172.31.9.9') && !isLocalAddress('172.32.0.1')).toBe(true);
  });

  it('never leave a dotted name whole in a sentence', () => {
    expect(shownText('delivered http://evil.example/x, then called 198.51.100.7.')).toBe('delivered hxxp://evil[.]example/x, then called 198[.]51[.]100[.]7.');
    expect(shownText('at 12:04:03 from 00:11:22:33:44:55 to 2001:db8::1')).toBe('at 12:04:03 from 00:11:22:33:44:55 to 2001[:]db8::1');
    expect(shownText('every 60.0 s, 0.4 s after')).toBe('every 60.0 s, 0.4 s after');
  });

  it('cannot rewrite the line they stand in', () => {
    expect(visible('a\u202egpj.exe\u0000\n')).toBe('a\\u202egpj.exe␀␊');
    const text = fc.array(fc.oneof(fc.integer({ min: 0, max: 0x2100 }), fc.integer({ min: 0, max: 0x10ffff }))).map((codes) => String.fromCodePoint(...codes));
    fc.assert(fc.property(text, (text) => {
      // eslint-disable-next-line no-control-regex -- none of these may be left
      expect(shown(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }));
  });

  it('have words for kinds and roles, and their own name where there are none', () => {
    expect(kindWords('ipv4-addr')).toBe('IPv4 address');
    expect(kindWords('x-new')).toBe('x-new');
    expect(roleWords('DNS::IN_REQUEST')).toBe('asked for in DNS');
    expect(splitKey('url:http://x.example/')).toEqual({ kind: 'url', value: 'http://x.example/' });
  });
});

describe('the menu of a value', () => {
  it('is the same everywhere, and greys out what does not apply', () => {
    const items = menuItems({ field: 'conn.history', value: 'ShADadfF', inspect: null });
    expect(items.map((item) => item.action)).toEqual(['include', 'exclude', 'only', 'inspect', 'search-history', 'copy-defanged', 'copy-plain', 'copy-wireshark']);
    expect(items.filter((item) => !item.enabled).map((item) => item.action)).toEqual(['inspect', 'copy-wireshark']);
    expect(menuTitle({ field: 'http.uri', value: 'x'.repeat(200), inspect: null }).length).toBeLessThanOrEqual(48);
  });

  it('writes Wireshark filters', () => {
    expect(wiresharkValue('host', '10.7.10.47')).toBe('ip.addr == 10.7.10.47');
    expect(wiresharkValue('host', 'fe80::1')).toBe('ipv6.addr == fe80::1');
    expect(wiresharkValue('port', '443')).toBe('tcp.port == 443 or udp.port == 443');
    expect(wiresharkValue('service', 'ssl')).toBe('tls');
    expect(wiresharkValue('http.user_agent', 'a"b\\c')).toBe('http.user_agent == "a\\"b\\\\c"');
    expect(wiresharkValue('indicator', 'domain-name:evil.example')).toContain('dns.qry.name == "evil.example"');
    expect(wiresharkValue('indicator', 'file:00')).toBeNull();
    expect(wiresharkValue('port', '443 or 1')).toBeNull();
    expect(quoted('a')).toBe('"a"');
  });
});
