import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressScope, formatAddress, formatMac, inNetwork, isLocal, parseAddress, parseNetwork, type AddressScope } from '../../../web/logs/address';
import { hasTool } from '../../support/tools';

const bytesOf = (text: string): Uint8Array => {
  const bytes = parseAddress(text);
  if (!bytes) throw new Error(`${text} did not parse`);
  return bytes;
};

describe('address text', () => {
  it.each([
    ['192.168.1.2', '192.168.1.2'],
    ['::ffff:192.168.1.2', '192.168.1.2'],
    ['2001:DB8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::', '::'], ['::1', '::1'], ['1::', '1::'], ['[fe80::1]', 'fe80::1'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ])('%s reads as %s', (written, canonical) => {
    expect(formatAddress(bytesOf(written))).toBe(canonical);
  });

  it.each(['', '1.2.3', '1.2.3.4.5', '01.2.3.4', '256.1.1.1', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9',
    'fe80::1%eth0', '12345::', '::1.2.3', '1:2:3:4:5:6:7::8', 'example.com', '1.2.3.4::'])('%j is no address', (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  it('comes back the same from text, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      expect(parseAddress(formatAddress(bytes))).toEqual(bytes);
    }));
  });

  it.skipIf(!hasTool('python3', 'comparing addresses with its ipaddress'))('agrees with Python\'s ipaddress on the shortest form', () => {
    const samples = fc.sample(fc.array(fc.oneof(fc.constant(0), fc.nat(65535)), { minLength: 8, maxLength: 8 }), 200)
      .map((groups) => new Uint8Array(groups.flatMap((g) => [g >> 8, g & 255])))
      .filter((bytes) => formatAddress(bytes).includes(':'));
    const script = 'import sys,ipaddress\nfor l in sys.stdin: print(ipaddress.IPv6Address(bytes.fromhex(l.strip())))';
    const out = execFileSync('python3', ['-c', script], { input: samples.map((b) => Buffer.from(b).toString('hex')).join('\n') });
    expect(samples.map((b) => formatAddress(b))).toEqual(out.toString().trim().split('\n'));
  });

  it('writes MAC addresses', () => {
    expect(formatMac(new Uint8Array([0, 0x1b, 0xff, 1, 2, 3]))).toBe('00:1b:ff:01:02:03');
  });
});

describe('what an address is for', () => {
  it.each<[string, AddressScope]>([
    ['8.8.8.8', 'global'], ['10.1.2.3', 'private'], ['172.31.0.1', 'private'], ['172.32.0.1', 'global'],
    ['100.64.1.1', 'shared'], ['127.0.0.1', 'loopback'], ['169.254.1.1', 'link-local'], ['224.0.0.251', 'multicast'],
    ['255.255.255.255', 'broadcast'], ['203.0.113.9', 'documentation'], ['198.19.0.1', 'benchmarking'],
    ['0.0.0.0', 'unspecified'], ['240.0.0.1', 'reserved'], ['192.0.0.9', 'global'], ['192.0.0.8', 'reserved'],
    ['::', 'unspecified'], ['::1', 'loopback'], ['fe80::1', 'link-local'], ['fd12::1', 'private'], ['ff02::fb', 'multicast'],
    ['2001:db8::1', 'documentation'], ['3fff:0:1::', 'documentation'], ['2606:4700::1111', 'global'],
    ['64:ff9b::a01:203', 'private'], ['64:ff9b::808:808', 'global'], ['5f00::1', 'reserved'],
  ])('%s is %s', (text, scope) => {
    expect(addressScope(bytesOf(text))).toBe(scope);
  });

  it('takes the user\'s networks as local', () => {
    const office = parseNetwork('198.51.100.0/25');
    expect(office).not.toBeNull();
    if (!office) return;
    expect(isLocal(bytesOf('198.51.100.7'))).toBe(false);
    expect(isLocal(bytesOf('198.51.100.7'), [office])).toBe(true);
    expect(inNetwork(bytesOf('198.51.100.200'), office)).toBe(false);
    expect(parseNetwork('10.0.0.0/33')).toBeNull();
  });
});
