import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseCertificate } from '../../../../web/body/certificate';
import { CERTIFICATE } from '../../../support/certificate';
import { hasTool } from '../../../support/tools';

const OPENSSL = hasTool('openssl', 'comparing certificates of every kind with what openssl says of them');

const folder = mkdtempSync(join(tmpdir(), 'capsift-x509-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const openssl = (...args: string[]): string => execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

let made = 0;
/** A self-signed certificate by openssl. */
function certificate(key: readonly string[], subject: string, extra: readonly string[] = []): Buffer {
  const name = at(`c${made++}`);
  openssl('req', '-x509', '-nodes', '-utf8', '-multivalue-rdn', ...key, '-subj', subject, '-keyout', `${name}.key`, '-outform', 'der', '-out', name, ...extra);
  return readFileSync(name);
}

/** What openssl says of it. */
function oracle(der: Buffer, ...args: string[]): string {
  const path = at('oracle');
  writeFileSync(path, der);
  return openssl('x509', '-inform', 'der', '-in', path, '-noout', ...args).trim();
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];

// ---- DER by hand, for what openssl does not make

const tlv = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const n = content.length;
  const length = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return Buffer.concat([Uint8Array.of(tag, ...length), content]);
};
const oid = (...bytes: number[]): Buffer => tlv(6, Uint8Array.from(bytes));
const attribute = (type: Buffer, tag: number, value: Uint8Array): Buffer => tlv(0x31, tlv(0x30, type, tlv(tag, value)));
const CN = oid(0x55, 4, 3);
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');
const ED25519 = tlv(0x30, oid(0x2b, 0x65, 0x70));

function handmade({ serial = Uint8Array.of(1), subject = attribute(CN, 12, ascii('x')), notBefore = tlv(0x17, ascii('240101000000Z')), notAfter = tlv(0x17, ascii('300101000000Z')) } = {}): Buffer {
  const tbs = tlv(0x30, tlv(0xa0, tlv(2, Uint8Array.of(2))), tlv(2, serial), ED25519, tlv(0x30, attribute(CN, 12, ascii('issuer'))),
    tlv(0x30, notBefore, notAfter), tlv(0x30, subject), tlv(0x30, ED25519, tlv(3, Uint8Array.of(0), Buffer.alloc(32, 9))));
  return tlv(0x30, tbs, ED25519, tlv(3, Uint8Array.of(0), Buffer.alloc(64)));
}

describe.skipIf(!OPENSSL)('certificates against openssl', () => {
  const names: readonly string[] = [
    '/C=US/ST=New York/O=Example, Inc./CN=a.example',
    '/CN=Ünïcode 例え/O=Grün "quoted" <x>;\\\\back',
    '/CN= leading/O=trailing /OU=#hash',
    '/O=One+OU=Two+CN=Three/C=DE',
    '/DC=org/DC=example/UID=joe/emailAddress=joe@example.org/serialNumber=123/street=1 Way/postalCode=94107/title=Dr/GN=Jo/SN=Doe/initials=J',
    '/businessCategory=Private Organization/jurisdictionC=US/jurisdictionST=Delaware/jurisdictionL=x/organizationIdentifier=VAT/pseudonym=p/dnQualifier=q/CN=y',
  ];
  for (const subject of names) {
    it(`names as in ${subject}`, () => {
      const der = certificate(EC, subject);
      expect(parseCertificate(der).subject).toBe(oracle(der, '-subject', '-nameopt', 'RFC2253').replace(/^subject=/, ''));
      expect(parseCertificate(der).issuer).toBe(oracle(der, '-issuer', '-nameopt', 'RFC2253').replace(/^issuer=/, ''));
      expect(parseCertificate(der).error).toBeNull();
    });
  }

  it('names of every string type, unknown attributes and broken strings', () => {
    const odd: Buffer[] = [
      attribute(CN, 20, Uint8Array.of(0x47, 0x72, 0xfc, 0x6e)),
      attribute(CN, 30, Buffer.from([0, 0x41, 0x4f, 0x8b, 0x30, 0x48])),
      attribute(CN, 28, Buffer.from([0, 0, 0, 0x41, 0, 1, 0xf6, 0])),
      attribute(CN, 18, ascii('12 3')), attribute(CN, 22, ascii('a@b')),
      attribute(CN, 19, ascii('a\nb\x01\x7f')),
      attribute(CN, 3, Uint8Array.of(0, 2)),
      attribute(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x14, 1), 12, ascii('mine')),
      attribute(oid(0x55, 4, 10), 12, ascii('')),
      attribute(oid(0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x3c, 2, 1, 3), 19, ascii('US')),
    ];
    const der = handmade({ subject: Buffer.concat(odd) });
    expect(parseCertificate(der).subject).toBe(oracle(der, '-subject', '-nameopt', 'RFC2253').replace(/^subject=/, ''));
  });

  it.each([
    ['RSA 2048', ['-newkey', 'rsa:2048'], { key_alg: 'rsaEncryption', key_type: 'rsa', key_length: 2048, exponent: '65537', sig_alg: 'sha256WithRSAEncryption' }],
    ['RSA 1024 with exponent 3', ['-newkey', 'rsa', '-pkeyopt', 'rsa_keygen_bits:1024', '-pkeyopt', 'rsa_keygen_pubexp:3', '-sha1'], { key_length: 1024, exponent: '3', sig_alg: 'sha1WithRSAEncryption' }],
    ['RSA-PSS signature', ['-newkey', 'rsa:2048', '-sigopt', 'rsa_padding_mode:pss'], { key_type: 'rsa', sig_alg: 'rsassaPss' }],
    ['P-256', EC, { key_alg: 'id-ecPublicKey', key_type: 'ecdsa', key_length: 256, curve: 'prime256v1', sig_alg: 'ecdsa-with-SHA256', exponent: null }],
    ['P-521', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp521r1', '-sha512'], { key_length: 521, curve: 'secp521r1', sig_alg: 'ecdsa-with-SHA512' }],
    ['brainpool', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:brainpoolP256r1'], { key_length: 256, curve: 'brainpoolP256r1' }],
    ['Ed25519', ['-newkey', 'ed25519'], { key_alg: 'ED25519', key_type: null, key_length: null, sig_alg: 'ED25519' }],
    ['Ed448', ['-newkey', 'ed448'], { key_alg: 'ED448', key_type: null }],
  ] as const)('keys: %s', (_, key, fields) => {
    expect(parseCertificate(certificate(key, '/CN=k'))).toMatchObject({ ...fields, error: null, version: 3 });
  });

  it('keys: DSA', () => {
    openssl('dsaparam', '-out', at('dsa.param'), '1024');
    openssl('gendsa', '-out', at('dsa.key'), at('dsa.param'));
    expect(parseCertificate(certificate(['-key', at('dsa.key')], '/CN=d')))
      .toMatchObject({ key_alg: 'dsaEncryption', key_type: 'dsa', key_length: 1024, sig_alg: 'dsa_with_SHA256', error: null });
  });

  it('alternative names and basic constraints', () => {
    const der = certificate(EC, '/CN=s', ['-addext', 'subjectAltName=DNS:a.example,DNS:*.b.example,IP:192.0.2.7,IP:2001:db8::1,email:x@y.example,URI:https://u.example/p,RID:1.2.3', '-addext', 'keyUsage=critical,digitalSignature']);
    expect(parseCertificate(der)).toMatchObject({
      san_dns: ['a.example', '*.b.example'], san_ip: ['192.0.2.7', '2001:db8::1'], san_email: ['x@y.example'], san_uri: ['https://u.example/p'],
      basic_constraints_ca: true, basic_constraints_path_len: null,
    });
    const limited = certificate(EC, '/CN=s', ['-addext', 'basicConstraints=critical,CA:TRUE,pathlen:3']);
    expect(parseCertificate(limited)).toMatchObject({ basic_constraints_ca: true, basic_constraints_path_len: 3, san_dns: [] });
  });
});

describe('certificates against the libcrypto in Node', () => {
  it.each(['01', '00', '7f', '0080', '00ff', '010000000000000000', `00${'f3'.repeat(20)}`])('serial %s', (hex) => {
    const der = handmade({ serial: Buffer.from(hex, 'hex') });
    const said = new X509Certificate(der).serialNumber;
    // `openssl x509` writes whole bytes, zero too.
    expect(parseCertificate(der).serial).toBe(said === '0' ? '00' : said);
  });

  // What libcrypto's i2a_ASN1_INTEGER, which Zeek calls, makes of them; `openssl x509 -serial` leaves the sign out.
  it.each([['ff', '-01'], ['80', '-80'], ['fed4', '-012C']])('negative serial %s', (hex, serial) => {
    expect(parseCertificate(handmade({ serial: Buffer.from(hex, 'hex') })).serial).toBe(serial);
  });

  it.each([
    ['230102030405Z', 0x17], ['491231235959Z', 0x17], ['500101000000Z', 0x17], ['20500101000000Z', 0x18], ['19500101000000Z', 0x18],
    ['2301020304Z', 0x17], ['230102030405+0530', 0x17], ['20230102030405-0800', 0x18],
  ])('time %s', (text, tag) => {
    const parsed = parseCertificate(handmade({ notBefore: tlv(tag, ascii(text)) }));
    const said = new X509Certificate(handmade({ notBefore: tlv(tag, ascii(text)) })).validFrom;
    expect(parsed.not_valid_before).toBe(BigInt(Date.parse(said)) * 1_000_000n);
  });
});

describe('damaged certificates', () => {
  it('give what could be read, and say what could not', () => {
    expect(parseCertificate(handmade({ notBefore: tlv(0x17, ascii('231399999999Z')) }))).toMatchObject({
      subject: 'CN=x', not_valid_before: null, not_valid_after: 1893456000_000000000n, error: 'not before is no date: 231399999999Z',
    });
    expect(parseCertificate(handmade({ notAfter: tlv(0x18, ascii('99991231235959Z')) })).error).toContain('beyond what a time can hold');
    const cut = parseCertificate(CERTIFICATE.subarray(0, CERTIFICATE.length - 40));
    expect(cut.error).toContain('certificate says');
    expect(parseCertificate(new Uint8Array(0)).error).toBe('certificate is missing');
  });

  it('never throw', () => {
    const whole = CERTIFICATE;
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(whole.length), (changes, length) => {
      const der = Uint8Array.from(whole);
      for (const [where, value] of changes) der[where] = value;
      parseCertificate(der.subarray(0, length));
      parseCertificate(der);
    }), { numRuns: 3000 });
  });
});
