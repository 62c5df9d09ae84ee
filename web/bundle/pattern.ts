import { keyOf, classifyAddress, classifyName, normaliseEmail, normaliseUrl } from '../indicators/normalise';
import type { IndicatorKind } from '../indicators/types';
import type { SharedIndicator } from './shared';
import { FINGERPRINT_TYPE } from './stix';

const quoted = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The STIX pattern (STIX 2.1 §9) that finds the indicator's value. */
export function patternOf(indicator: SharedIndicator): string {
  const { kind, value } = indicator;
  switch (kind) {
    case 'file': return `[file:hashes.'SHA-256' = ${quoted(value)}]`;
    case 'x509-certificate': return `[x509-certificate:hashes.'SHA-1' = ${quoted(value)}]`;
    case 'user-account': return `[user-account:account_login = ${quoted(value)}]`;
    case 'hostname': return `[domain-name:value = ${quoted(value)}]`;
    case 'user-agent': return `[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = ${quoted(value)}]`;
    case 'ja3': case 'ja3s': case 'ja4': return `[${FINGERPRINT_TYPE}:method = ${quoted(kind)} AND ${FINGERPRINT_TYPE}:value = ${quoted(value)}]`;
    default: return `[${kind}:value = ${quoted(value)}]`;
  }
}

/** A value that a foreign pattern or observable names. */
export interface NamedValue { readonly kind: IndicatorKind; readonly value: string; readonly hashes?: Readonly<Record<string, string>> }

const COMPARISON = /([a-z0-9-]+):([A-Za-z0-9_.'\-[\]*]+?)\s*(=|IN)\s*('(?:[^'\\]|\\.)*'|\(\s*'(?:[^'\\]|\\.)*'(?:\s*,\s*'(?:[^'\\]|\\.)*')*\s*\))/g;
const HASH_NAMES: Readonly<Record<string, string>> = { md5: 'MD5', sha1: 'SHA-1', sha256: 'SHA-256' };

/**
 * The values that a pattern compares for equality. Negations, LIKE, MATCHES and sequences name no single value and make
 * it null, as does a pattern of which any comparison is not understood. Several hashes joined by AND or OR are one file.
 */
export function valuesOfPattern(pattern: string): NamedValue[] | null {
  if (/\b(NOT|LIKE|MATCHES|FOLLOWEDBY|ISSUBSET|ISSUPERSET|EXISTS)\b|!=|[<>]/.test(pattern.replace(/'(?:[^'\\]|\\.)*'/g, "''"))) return null;
  const values: NamedValue[] = [];
  const hashes: Record<string, string> = {};
  const fingerprint: Record<string, string> = {};
  let matched = 0;
  for (const [, type = '', path = '', , right = ''] of pattern.matchAll(COMPARISON)) {
    matched++;
    for (const [, raw = ''] of right.matchAll(/'((?:[^'\\]|\\.)*)'/g)) {
      const value = raw.replace(/\\(.)/g, '$1');
      const hash = /^hashes\.'?([A-Za-z0-9-]+)'?$/.exec(path)?.[1];
      if ((type === 'file' || type === 'x509-certificate') && hash) hashes[`${type} ${HASH_NAMES[hash.toLowerCase().replace('-', '')] ?? hash}`] = value.toLowerCase();
      else if (type === FINGERPRINT_TYPE) fingerprint[path] = value;
      else {
        const named = nameValue(type, path, value);
        if (!named) return null;
        values.push(named);
      }
    }
  }
  if (fingerprint['method'] && fingerprint['value']) values.push({ kind: fingerprint['method'] as IndicatorKind, value: fingerprint['value'] });
  for (const type of ['file', 'x509-certificate'] as const) {
    const own = Object.fromEntries(Object.entries(hashes).filter(([name]) => name.startsWith(`${type} `)).map(([name, value]) => [name.slice(type.length + 1), value]));
    const named = hashed(type, own);
    if (named) values.push(named);
    else if (Object.keys(own).length > 0) return null;
  }
  return matched > 0 && values.length > 0 ? dedupe(values) : null;
}

function dedupe(values: readonly NamedValue[]): NamedValue[] {
  return [...new Map(values.map((value) => [keyOf(value.kind, value.value), value])).values()];
}

/** The indicator of a hash dictionary: files go by their SHA-256, certificates by their SHA-1; null without that one. */
export function hashed(type: 'file' | 'x509-certificate', hashes: Readonly<Record<string, string>>): NamedValue | null {
  const [name, length] = type === 'file' ? ['SHA-256', 64] as const : ['SHA-1', 40] as const;
  const value = (hashes[name] ?? '').toLowerCase();
  return value.length === length && /^[0-9a-f]+$/.test(value) ? { kind: type, value, hashes } : null;
}

/** A property of an observable as an indicator; null when it is none that we keep. */
export function nameValue(type: string, path: string, value: string): NamedValue | null {
  if (type === 'user-account' && (path === 'account_login' || path === 'user_id')) return { kind: 'user-account', value };
  if (type === 'network-traffic' && /user-agent/i.test(path)) return { kind: 'user-agent', value };
  if (type === 'network-traffic' && /^(dst|src)_ref\.value$/.test(path)) return classifyAddress(value) ?? classifyName(value);
  if (path !== 'value') return null;
  switch (type) {
    case 'ipv4-addr': case 'ipv6-addr': return classifyAddress(value.replace(/\/(32|128)$/, ''));
    case 'domain-name': return classifyName(value);
    case 'url': { const url = normaliseUrl(value); return url ? { kind: 'url', value: url } : null; }
    case 'email-addr': { const email = normaliseEmail(value); return email ? { kind: 'email-addr', value: email } : null; }
    default: return null;
  }
}
