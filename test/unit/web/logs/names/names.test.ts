import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import * as names from '../../../../../web/logs/names/index';
import { ALL_WEIRD_NAMES } from '../../../../../web/logs/names/weird';
import { hasTool } from '../../../../support/tools';
import { WEIRD_COUNT, WEIRD_DNS_LOOP_IN_NAME, WEIRD_UNKNOWN_HTTP_METHOD } from '../../../../../assembly/abi/weirds';

describe('names of codes', () => {
  it.skipIf(!hasTool('openssl', 'comparing names of cipher suites with OpenSSL\'s'))('gives every cipher suite that OpenSSL knows the name that OpenSSL gives it', () => {
    const listing = execFileSync('openssl', ['ciphers', '-V', '-stdname', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'], { encoding: 'utf8' });
    let compared = 0;
    for (const line of listing.split('\n')) {
      const match = /0x([0-9A-F]{2}),0x([0-9A-F]{2}) - (\S+)/.exec(line);
      if (!match) continue;
      expect(names.cipherName(parseInt(`${match[1]}${match[2]}`, 16))).toBe(match[3]);
      compared++;
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('writes what has no name as Zeek does', () => {
    expect(names.cipherName(49407)).toBe('unknown-49407');
    expect(names.tlsVersionName(64282)).toBe('unknown-64282');
    expect(names.tlsVersionName(0x7f12)).toBe('TLSv13-draft18');
    expect(names.qtypeName(65534, false)).toBe('query-65534');
    expect(names.qclassName(32769)).toBe('qclass-32769');
    expect(names.rcodeName(99)).toBe('rcode-99');
    expect(names.alertName(200)).toBe('unknown-200');
    expect(names.groupName(0x2a2a)).toBe('grease_0x2A2A');
    expect(names.groupName(4588)).toBe('X25519MLKEM768');
  });

  it('names NetBIOS questions apart from DNS ones of the same number', () => {
    expect([names.qtypeName(33, false), names.qtypeName(33, true)]).toEqual(['SRV', 'NBSTAT']);
    expect([names.opcodeName(5, false), names.opcodeName(5, true)]).toEqual(['dynamic-update', 'netbios-registration']);
    expect(names.qtypeName(255, false)).toBe('*');
  });

  it('has a name for every weird, at its code', () => {
    expect(ALL_WEIRD_NAMES).toHaveLength(WEIRD_COUNT);
    expect(names.weirdName(WEIRD_UNKNOWN_HTTP_METHOD)).toBe('unknown_HTTP_method');
    expect(names.weirdName(WEIRD_DNS_LOOP_IN_NAME)).toBe('DNS_loop_in_name');
  });
});
