import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFilter, termsOf, type Filter } from '../../../../web/logs/filter-text';

const show = (filter: Filter): string => {
  switch (filter.kind) {
    case 'all': return 'all';
    case 'term': return `${filter.field ?? '*'}${filter.op}${filter.value}`;
    case 'not': return `not(${show(filter.part)})`;
    default: return `${filter.kind}(${filter.parts.map(show).join(' ')})`;
  }
};
const parsed = (text: string): string => {
  const { filter, problem } = parseFilter(text);
  return problem ?? show(filter);
};

describe('the typed filter', () => {
  it('reads fields, words and quotations, all of which must hold', () => {
    expect(parsed('host:10.0.0.1 port:443 -service:dns id.resp_p>1024 uri~login "free words"'))
      .toBe('and(host=10.0.0.1 port=443 not(service=dns) id.resp_p>1024 uri~login *~free words)');
    expect(parsed('')).toBe('all');
    expect(parsed('evil')).toBe('*~evil');
    expect(parsed('uri:"a \\"b\\" c"')).toBe('uri=a "b" c');
    expect(parsed('duration>=1.5')).toBe('duration>=1.5');
  });

  it('understands what hands trained on Wireshark type', () => {
    expect(parsed('ip.addr == 1.2.3.4 && tcp.port == 443')).toBe('and(host=1.2.3.4 and(proto=tcp port=443))');
    expect(parsed('!(ip.src eq 10.0.0.0/8) or dns.qry.name contains "evil"')).toBe('or(not(src=10.0.0.0/8) dns.query~evil)');
    expect(parsed('frame.number != 7')).toBe('not(pkt=7)');
    expect(parsed('tls.handshake.extensions_server_name matches x')).toBe('ssl.server_name~x');
  });

  it('groups with and, or, not and parentheses', () => {
    expect(parsed('a or b c')).toBe('or(*~a and(*~b *~c))');
    expect(parsed('(a or b) and not c')).toBe('and(or(*~a *~b) not(*~c))');
    expect(parsed('!!a')).toBe('not(not(*~a))');
  });

  it('leaves values with colons whole', () => {
    expect(parsed('fe80::1')).toBe('*~fe80::1');
    expect(parsed('aa:bb:cc:dd:ee:ff')).toBe('*~aa:bb:cc:dd:ee:ff');
    expect(parsed('https://evil.example/x')).toBe('*~https://evil.example/x');
    expect(parsed('1:LQU9qZlK+B5F3KDmev6m5PMibrg=')).toBe('*~1:LQU9qZlK+B5F3KDmev6m5PMibrg=');
    expect(parsed('host:fe80::1/64')).toBe('host=fe80::1/64');
    expect(parsed('indicator:domain-name:evil.example')).toBe('indicator=domain-name:evil.example');
  });

  it('says in a sentence what it did not understand', () => {
    expect(parsed('"open')).toBe('The quotation mark at character 1 is never closed.');
    expect(parsed('(a')).toBe('A closing parenthesis is missing.');
    expect(parsed('a)')).toBe('There is a closing parenthesis too many.');
    expect(parsed('port:')).toBe('A value is missing after "port:".');
    expect(parsed('== 4')).toBe('A field is missing before "==".');
    expect(parsed('a or')).toContain('missing');
    expect(parsed('('.repeat(500))).toContain('nested');
    expect(parsed('!'.repeat(500))).toContain('nested');
    expect(parsed('x'.repeat(10_001))).toContain('longer');
  });

  it('never throws, whatever is typed', () => {
    const piece = fc.constantFrom('host:', '"', '(', ')', '-', '!', ' ', 'and', 'or', 'not', '==', '>', 'a', '10.0.0.1', '\\', '~', ':', 'contains');
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(piece, { maxLength: 30 }).map((p) => p.join(''))), (text) => {
      const result = parseFilter(text);
      expect(Array.isArray(termsOf(result.filter))).toBe(true);
    }));
  });
});
