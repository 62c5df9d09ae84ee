import { formatAddress } from '../logs/address';
import {
  DerError, DerReader, TAG_BIT_STRING, TAG_BOOLEAN, TAG_GENERALIZED_TIME, TAG_INTEGER, TAG_OCTET_STRING, TAG_OID, TAG_SEQUENCE, TAG_UTC_TIME,
  bitLength, integer, oidText, upperHex, type Element,
} from './der';
import { distinguishedName } from './distinguished-name';
import { ALGORITHM_NAMES, CURVES } from './oids';

/** A certificate's fields as Zeek's x509.log writes them; null where the certificate does not say or could not be read. */
export interface Certificate {
  /** 1 to 3 for well-formed ones. */
  version: number | null;
  /** Upper-case hexadecimal, `-` before a negative one. */
  serial: string | null;
  subject: string | null;
  issuer: string | null;
  /** Nanoseconds since the Unix epoch. */
  not_valid_before: bigint | null;
  not_valid_after: bigint | null;
  /** OpenSSL's long names, `rsaEncryption`, `sha256WithRSAEncryption`; dotted decimals for others. */
  key_alg: string | null;
  sig_alg: string | null;
  /** `rsa`, `dsa` or `ecdsa`; null for every other kind of key, as in Zeek. */
  key_type: string | null;
  key_length: number | null;
  /** RSA's public exponent in decimals. */
  exponent: string | null;
  /** OpenSSL's short name, `prime256v1`. */
  curve: string | null;
  san_dns: string[];
  san_uri: string[];
  san_email: string[];
  san_ip: string[];
  basic_constraints_ca: boolean | null;
  basic_constraints_path_len: number | null;
  /** What could not be read, in words; null when everything could. Zeek writes no row for what OpenSSL does not parse. */
  error: string | null;
}

const TAG_VERSION = 0xa0;
const TAG_ISSUER_ID = 0x81;
const TAG_SUBJECT_ID = 0x82;
const TAG_EXTENSIONS = 0xa3;
const OID_SAN = '2.5.29.17';
const OID_BASIC_CONSTRAINTS = '2.5.29.19';
const OID_RSA = '1.2.840.113549.1.1.1';
const OID_DSA = '1.2.840.10040.4.1';
const OID_EC = '1.2.840.10045.2.1';
/** Alternative names kept of one certificate; some carry thousands. */
const MAX_ALTERNATIVE_NAMES = 2048;

const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** Reads a certificate (RFC 5280 §4.1) as far as it goes; never throws. `der` is borrowed. */
export function parseCertificate(der: Uint8Array): Certificate {
  const certificate: Certificate = {
    version: null, serial: null, subject: null, issuer: null, not_valid_before: null, not_valid_after: null,
    key_alg: null, sig_alg: null, key_type: null, key_length: null, exponent: null, curve: null,
    san_dns: [], san_uri: [], san_email: [], san_ip: [],
    basic_constraints_ca: null, basic_constraints_path_len: null, error: null,
  };
  const problems: string[] = [];
  /** Runs one part: its damage is noted and the parts after it are still read. */
  const part = (read: () => void): void => {
    try {
      read();
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      problems.push(error.message);
    }
  };
  part(() => {
    const outer = new DerReader(new DerReader(der).expect(TAG_SEQUENCE, 'certificate').content);
    const tbs = new DerReader(outer.expect(TAG_SEQUENCE, 'TBSCertificate').content);
    part(() => { certificate.sig_alg = algorithm(outer.expect(TAG_SEQUENCE, 'signature algorithm')); });
    readTbs(tbs, certificate, part);
  });
  certificate.error = problems.length > 0 ? problems.join('; ') : null;
  return certificate;
}

function readTbs(tbs: DerReader, certificate: Certificate, part: (read: () => void) => void): void {
  const version = tbs.optional(TAG_VERSION, 'version');
  certificate.version = 1;
  if (version) part(() => { certificate.version = ((new DerReader(version.content).expect(TAG_INTEGER, 'version').content.at(-1) ?? 0) + 1) & 255; });
  const serial = integer(tbs.expect(TAG_INTEGER, 'serial number').content);
  certificate.serial = (serial.negative ? '-' : '') + upperHex(serial.magnitude);
  tbs.expect(TAG_SEQUENCE, 'signature algorithm');
  const issuer = tbs.expect(TAG_SEQUENCE, 'issuer');
  part(() => { certificate.issuer = distinguishedName(issuer.content); });
  const validity = new DerReader(tbs.expect(TAG_SEQUENCE, 'validity').content);
  part(() => {
    const times = [validity.next('not before'), validity.next('not after')];
    part(() => { certificate.not_valid_before = times[0] ? time(times[0], 'not before') : null; });
    part(() => { certificate.not_valid_after = times[1] ? time(times[1], 'not after') : null; });
  });
  const subject = tbs.expect(TAG_SEQUENCE, 'subject');
  part(() => { certificate.subject = distinguishedName(subject.content); });
  const key = tbs.expect(TAG_SEQUENCE, 'public key');
  part(() => { readKey(key.content, certificate); });
  tbs.optional(TAG_ISSUER_ID, 'issuer id');
  tbs.optional(TAG_SUBJECT_ID, 'subject id');
  const extensions = tbs.optional(TAG_EXTENSIONS, 'extensions');
  if (extensions) readExtensions(extensions.content, certificate, part);
}

/** Name of the algorithm of an AlgorithmIdentifier. */
function algorithm(identifier: Element): string {
  const oid = oidText(new DerReader(identifier.content).expect(TAG_OID, 'algorithm').content);
  return ALGORITHM_NAMES.get(oid) ?? oid;
}

/** UTCTime and GeneralizedTime (RFC 5280 §4.1.2.5), seconds and offset optional as BER allows. */
function time(element: Element, what: string): bigint {
  const text = latin1(element.content);
  const digits = element.tag === TAG_UTC_TIME ? 2 : element.tag === TAG_GENERALIZED_TIME ? 4 : 0;
  const match = digits > 0
    ? new RegExp(`^(\\d{${digits}})(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)?(?:\\.\\d+)?(?:Z|([+-])(\\d\\d)(\\d\\d))$`).exec(text) : null;
  if (!match) throw new DerError(`${what} is no time`);
  const field = (i: number): number => Number(match[i] ?? 0);
  // Two digits: 50–99 are of the last century.
  const year = digits === 4 ? field(1) : field(1) < 50 ? 2000 + field(1) : 1900 + field(1);
  const date = new Date(0);
  date.setUTCFullYear(year, field(2) - 1, field(3));
  const good = date.getUTCMonth() === field(2) - 1 && date.getUTCDate() === field(3) && field(4) < 24 && field(5) < 60 && field(6) < 60;
  if (!good) throw new DerError(`${what} is no date: ${text}`);
  const offset = (field(8) * 60 + field(9)) * (match[7] === '-' ? -60 : 60);
  const seconds = date.getTime() / 1000 + field(4) * 3600 + field(5) * 60 + field(6) - offset;
  const nanoseconds = BigInt(seconds) * 1_000_000_000n;
  if (BigInt.asIntN(64, nanoseconds) !== nanoseconds) throw new DerError(`${what} is beyond what a time can hold: ${text}`);
  return nanoseconds;
}

/** SubjectPublicKeyInfo. Key type, length, exponent and curve are filled for those kinds of keys that Zeek knows. */
function readKey(content: Uint8Array, certificate: Certificate): void {
  const info = new DerReader(content);
  const identifier = info.expect(TAG_SEQUENCE, 'key algorithm');
  certificate.key_alg = algorithm(identifier);
  const parts = new DerReader(identifier.content);
  const oid = oidText(parts.expect(TAG_OID, 'key algorithm').content);
  const bits = info.expect(TAG_BIT_STRING, 'public key').content.subarray(1);
  if (oid === OID_RSA) {
    const key = new DerReader(new DerReader(bits).expect(TAG_SEQUENCE, 'RSA key').content);
    const modulus = key.expect(TAG_INTEGER, 'RSA modulus').content;
    const exponent = integer(key.expect(TAG_INTEGER, 'RSA exponent').content).magnitude;
    certificate.key_type = 'rsa';
    certificate.key_length = bitLength(modulus);
    certificate.exponent = BigInt(`0x0${upperHex(exponent)}`).toString();
  } else if (oid === OID_DSA) {
    certificate.key_type = 'dsa';
    const domain = parts.optional(TAG_SEQUENCE, 'DSA parameters');
    if (domain) certificate.key_length = bitLength(new DerReader(domain.content).expect(TAG_INTEGER, 'DSA prime').content);
  } else if (oid === OID_EC) {
    certificate.key_type = 'ecdsa';
    const named = parts.optional(TAG_OID, 'curve');
    if (!named) return;
    const curveOid = oidText(named.content);
    const curve = CURVES.get(curveOid);
    certificate.curve = curve?.[0] ?? curveOid;
    certificate.key_length = curve?.[1] ?? null;
  }
}

function readExtensions(content: Uint8Array, certificate: Certificate, part: (read: () => void) => void): void {
  const list = new DerReader(new DerReader(content).expect(TAG_SEQUENCE, 'extensions').content);
  while (!list.done) {
    const extension = new DerReader(list.expect(TAG_SEQUENCE, 'extension').content);
    part(() => {
      const oid = oidText(extension.expect(TAG_OID, 'extension id').content);
      extension.optional(TAG_BOOLEAN, 'critical');
      const value = extension.expect(TAG_OCTET_STRING, 'extension value').content;
      if (oid === OID_SAN) readAlternativeNames(value, certificate);
      else if (oid === OID_BASIC_CONSTRAINTS) readBasicConstraints(value, certificate);
    });
  }
}

/** RFC 5280 §4.2.1.6. */
function readAlternativeNames(value: Uint8Array, certificate: Certificate): void {
  const names = new DerReader(new DerReader(value).expect(TAG_SEQUENCE, 'alternative names').content);
  for (let count = 0; !names.done && count < MAX_ALTERNATIVE_NAMES; count++) {
    const name = names.next('alternative name');
    switch (name.tag) {
      case 0x81: certificate.san_email.push(latin1(name.content)); break;
      case 0x82: certificate.san_dns.push(latin1(name.content)); break;
      case 0x86: certificate.san_uri.push(latin1(name.content)); break;
      case 0x87: {
        if (name.content.length === 16) certificate.san_ip.push(formatAddress(name.content));
        else if (name.content.length === 4) certificate.san_ip.push([...name.content].join('.'));
        break;
      }
      default: break;
    }
  }
}

/** RFC 5280 §4.2.1.9. */
function readBasicConstraints(value: Uint8Array, certificate: Certificate): void {
  const constraints = new DerReader(new DerReader(value).expect(TAG_SEQUENCE, 'basic constraints').content);
  certificate.basic_constraints_ca = (constraints.optional(TAG_BOOLEAN, 'cA')?.content[0] ?? 0) !== 0;
  const length = constraints.optional(TAG_INTEGER, 'path length');
  if (!length) return;
  const { negative, magnitude } = integer(length.content);
  if (!negative && magnitude.length <= 4) certificate.basic_constraints_path_len = magnitude.reduce((sum, byte) => sum * 256 + byte, 0);
}
