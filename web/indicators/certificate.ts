import { SCHEMA_BY_NAME } from '../engine/schema';
import type { LogTable } from '../logs/table';
import { MAX_NAMES } from './limits';
import type { CertificateFacts } from './types';

const column = (name: string): number => SCHEMA_BY_NAME.get('x509')?.byName.get(name)?.index ?? -1;

/** Columns of x509, which has no constants of its own in assembly/abi. */
export const X509 = {
  fingerprint: column('fingerprint'), serial: column('certificate.serial'), subject: column('certificate.subject'),
  issuer: column('certificate.issuer'), notBefore: column('certificate.not_valid_before'), notAfter: column('certificate.not_valid_after'),
  dns: column('san.dns'), email: column('san.email'), ip: column('san.ip'), ca: column('basic_constraints.ca'),
  hostCert: column('host_cert'), sha1: column('sha1'), md5: column('md5'),
} as const;

/** The value of an attribute (`CN`, `emailAddress`) of a name written as RFC 4514 says; '' when it has none. */
export function attribute(name: string, type: string): string {
  const wanted = type.toLowerCase();
  if (!name.toLowerCase().includes(wanted)) return '';
  for (const part of name.split(/(?<!\\),/)) {
    const equals = part.indexOf('=');
    if (part.slice(0, equals).trim().toLowerCase() === wanted) return part.slice(equals + 1).replace(/\\(.)/g, '$1');
  }
  return '';
}

/** Everything of an x509 row that a certificate indicator keeps. */
export function certificateFacts(x509: LogTable, r: number): CertificateFacts {
  const text = (index: number): string => x509.str(r, index);
  const time = (index: number): number | undefined => (x509.isNull(r, index) ? undefined : x509.num(r, index));
  const md5 = text(X509.md5);
  const subject = text(X509.subject);
  const [before, after] = [time(X509.notBefore), time(X509.notAfter)];
  return {
    sha256: text(X509.fingerprint).toLowerCase(), sha1: text(X509.sha1).toLowerCase(), ...(md5 ? { md5 } : {}), serial: text(X509.serial),
    subject, issuer: text(X509.issuer),
    ...(before === undefined ? {} : { not_valid_before: before }), ...(after === undefined ? {} : { not_valid_after: after }),
    names: [...new Set([attribute(subject, 'CN'), ...x509.strs(r, X509.dns)])].filter((name) => name !== '').slice(0, MAX_NAMES),
  };
}
