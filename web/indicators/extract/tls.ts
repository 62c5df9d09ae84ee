import * as abi from '../../../assembly/abi/logs';
import { SCHEMA_BY_NAME } from '../../engine/schema';
import type { LogTable } from '../../logs/table';
import { MAX_NAMES } from '../limits';
import { classifyAddress, keyOf, normaliseEmail } from '../normalise';
import type { CertificateFacts } from '../types';
import type { Extraction } from './capture';

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
  for (const part of name.split(/(?<!\\),/)) {
    const equals = part.indexOf('=');
    if (part.slice(0, equals).trim().toLowerCase() === type.toLowerCase()) return part.slice(equals + 1).replace(/\\(.)/g, '$1');
  }
  return '';
}

/** Everything of an x509 row that a certificate indicator keeps. */
export function certificateFacts(x509: LogTable, r: number): CertificateFacts {
  const text = (index: number): string => x509.str(r, index);
  const time = (index: number): number | undefined => (x509.isNull(r, index) ? undefined : x509.num(r, index));
  const md5 = text(X509.md5);
  const [before, after] = [time(X509.notBefore), time(X509.notAfter)];
  return {
    sha256: text(X509.fingerprint).toLowerCase(), sha1: text(X509.sha1).toLowerCase(), ...(md5 ? { md5 } : {}), serial: text(X509.serial),
    subject: text(X509.subject), issuer: text(X509.issuer),
    ...(before === undefined ? {} : { not_valid_before: before }), ...(after === undefined ? {} : { not_valid_after: after }),
    names: [...new Set([attribute(text(X509.subject), 'CN'), ...x509.strs(r, X509.dns)])].filter((name) => name !== '').slice(0, MAX_NAMES),
  };
}

/**
 * Server names, fingerprints and certificates. x509 holds a repeated certificate once (as Zeek does), so sightings of
 * certificates are counted by the chains in ssl; a certificate that no chain names is counted by its own row.
 */
export function extractTls(x: Extraction): void {
  const x509 = x.tables.get('x509');
  const facts = new Map<string, CertificateFacts>();
  const rows = new Map<string, number>();
  for (let r = 0; x509 && r < x509.rows; r++) {
    const fact = certificateFacts(x509, r);
    if (!/^[0-9a-f]{40}$/.test(fact.sha1)) continue;
    facts.set(fact.sha256, fact);
    if (!rows.has(fact.sha256)) rows.set(fact.sha256, r);
  }
  const inChains = new Set<string>();
  const ssl = x.tables.get('ssl');
  for (let r = 0; ssl && r < ssl.rows; r++) {
    const ts = ssl.num(r, abi.COL_TS);
    const pkt = ssl.num(r, abi.COL_PKT);
    const flow = ssl.num(r, abi.COL_FLOW);
    const name = ssl.str(r, abi.SSL_SERVER_NAME);
    const server = name === '' ? null : x.name(name);
    const serverEntry = x.see(server, 'SSL::IN_SERVER_NAME', true, ts, pkt, flow);
    for (const [index, kind, role] of [[abi.SSL_JA3, 'ja3', 'SSL::IN_JA3'], [abi.SSL_JA3S, 'ja3s', 'SSL::IN_JA3S'], [abi.SSL_JA4, 'ja4', 'SSL::IN_JA4']] as const) {
      const value = ssl.str(r, index).toLowerCase();
      if (value !== '') x.see({ kind, value }, role, true, ts, pkt, flow);
    }
    for (const index of [abi.SSL_CERT_CHAIN_FPS, abi.SSL_CLIENT_CERT_CHAIN_FPS]) {
      ssl.strs(r, index).forEach((fingerprint, depth) => {
        const fact = facts.get(fingerprint.toLowerCase());
        if (!fact) return;
        inChains.add(fact.sha256);
        const entry = x.see({ kind: 'x509-certificate', value: fact.sha1 }, 'X509::IN_CERT', true, ts, pkt, flow);
        if (depth === 0 && index === abi.SSL_CERT_CHAIN_FPS && server) {
          entry?.relate('served-for', keyOf(server.kind, server.value));
          serverEntry?.relate('presented', keyOf('x509-certificate', fact.sha1));
        }
      });
    }
  }
  for (const [sha256, fact] of facts) {
    const r = rows.get(sha256) ?? 0;
    if (!x509) break;
    const at = [x509.num(r, abi.COL_TS), x509.num(r, abi.COL_PKT), x509.num(r, abi.COL_FLOW)] as const;
    const key = { kind: 'x509-certificate', value: fact.sha1 } as const;
    if (!inChains.has(sha256)) x.see(key, 'X509::IN_CERT', true, ...at);
    const entry = x.collector.entry(key.kind, key.value);
    if (entry) entry.certificate = fact;
    // Names of authorities say nothing of the server; only what a leaf vouches for counts.
    if (x509.num(r, X509.ca) === 1 && fact.subject !== fact.issuer) continue;
    for (const text of fact.names) {
      const what = x.name(text.replace(/^\*\./, ''));
      x.see(what, 'X509::IN_CERT', false, ...at);
      if (what) entry?.relate('names', keyOf(what.kind, what.value));
    }
    for (const text of x509.strs(r, X509.ip)) x.see(classifyAddress(text), 'X509::IN_CERT', false, ...at);
    for (const text of [...x509.strs(r, X509.email), attribute(fact.subject, 'emailAddress'), attribute(fact.issuer, 'emailAddress')]) {
      const email = text === '' ? null : normaliseEmail(text);
      if (email) x.see({ kind: 'email-addr', value: email }, 'X509::IN_CERT', false, ...at);
    }
  }
}
