import { getDomain, parse as parseHost } from 'tldts';
import { formatAddress, isV4, parseAddress } from '../logs/address';
import { MAX_URL_LENGTH } from './limits';
import type { IndicatorKind } from './types';

/** A value in the one form under which it is kept. */
export interface Normalised { readonly kind: IndicatorKind; readonly value: string }

/** Suffixes that are never delegated in the public DNS (RFC 6761, RFC 6762, RFC 8375, RFC 9476 and common habit). */
const INTERNAL_SUFFIXES = new Set(['local', 'localhost', 'localdomain', 'lan', 'internal', 'intranet', 'home', 'corp', 'private', 'workgroup', 'domain', 'arpa']);

/** `${kind}:${value}`, the key of an indicator. */
export function keyOf(kind: IndicatorKind, value: string): string {
  return `${kind}:${value}`;
}

/**
 * A host name in ASCII lower case without trailing dot (IDNA by the platform's URL, UTS 46), null when it is no name:
 * labels of 1–63 letters, digits, hyphens or underscores, 253 in all (RFC 1035 §2.3.4, RFC 2181 §11).
 */
export function normaliseName(text: string): string | null {
  let name = text.trim();
  if (name.endsWith('.')) name = name.slice(0, -1);
  if (name.length === 0 || name.length > 253) return null;
  name = /^[\x21-\x7e]+$/.test(name) ? name.toLowerCase() : toAscii(name);
  return name !== '' && name.length <= 253 && hasGoodLabels(name) ? name : null;
}

/** True when every label is 1–63 lower-case letters, digits, hyphens or underscores, without a hyphen at its ends. */
function hasGoodLabels(name: string): boolean {
  let label = 0;
  let before = 0;
  for (let i = 0; i < name.length; i++) {
    const c = name.charCodeAt(i);
    if (c === 46) {
      if (label === 0 || before === 45) return false;
      label = 0;
    } else {
      const letter = (c >= 97 && c <= 122) || (c >= 48 && c <= 57) || c === 95;
      if ((!letter && (c !== 45 || label === 0)) || label === 63) return false;
      label++;
    }
    before = c;
  }
  return label > 0 && before !== 45;
}

/** Lower-case ASCII form of an internationalised name, '' when it has none. */
function toAscii(name: string): string {
  if (/[\s/?#@:\\%[\]<>^|]/u.test(name)) return '';
  try {
    return new URL(`http://${name}/`).hostname;
  } catch {
    return '';
  }
}

/** True for a name that means something inside a network only: one label, or an internal suffix. */
export function isInternalName(name: string, internalDomains: ReadonlySet<string> = NONE): boolean {
  const dot = name.lastIndexOf('.');
  if (dot < 0 || INTERNAL_SUFFIXES.has(name.slice(dot + 1))) return true;
  for (let at = 0; at >= 0; at = name.indexOf('.', at) + 1) {
    if (internalDomains.has(name.slice(at))) return true;
    if (name.indexOf('.', at) < 0) break;
  }
  return false;
}
const NONE: ReadonlySet<string> = new Set<string>();

/** True for the names of reverse lookups (RFC 1035 §3.5, RFC 3596 §2.5). */
export function isReverseName(name: string): boolean {
  return name.endsWith('.in-addr.arpa') || name.endsWith('.ip6.arpa') || name === 'in-addr.arpa' || name === 'ip6.arpa';
}

/** A name as `domain-name`, or `hostname` when it is internal; null when it is neither. */
export function classifyName(text: string, internalDomains: ReadonlySet<string> = NONE): Normalised | null {
  const name = normaliseName(text);
  if (!name || isReverseName(name) || name === 'localhost') return null;
  if (/^[\d.]+$/.test(name) && parseAddress(name)) return null;
  if (isInternalName(name, internalDomains)) return { kind: 'hostname', value: name };
  if (/^\d+$/.test(name.slice(name.lastIndexOf('.') + 1))) return null;
  return { kind: 'domain-name', value: name };
}

/** The domain one can register (public suffix list, private section too), or the last two labels where none is known. */
export function registrableDomain(name: string): string {
  return getDomain(name, { allowPrivateDomains: true, validateHostname: false }) ?? name.split('.').slice(-2).join('.');
}

/** Top-level domain or longer public suffix; '' when unknown. */
export function publicSuffix(name: string): string {
  return parseHost(name, { validateHostname: false }).publicSuffix ?? '';
}

/** An address as its kind, whatever its scope; null when the text is none. */
export function classifyAddress(text: string): Normalised | null {
  const bytes = parseAddress(text);
  if (!bytes) return null;
  return { kind: isV4(bytes) ? 'ipv4-addr' : 'ipv6-addr', value: formatAddress(bytes) };
}

/**
 * A URL in the WHATWG form (lower-case scheme and host, IDNA, no default port, dot segments resolved), without
 * fragment and without credentials; null when it is none, longer than MAX_URL_LENGTH, or not http(s), ftp or ws(s).
 */
export function normaliseUrl(text: string): string | null {
  if (text.length > MAX_URL_LENGTH) return null;
  if (isPlainUrl(text)) return text;
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return null;
  }
  if (!/^(https?|ftp|wss?):$/.test(url.protocol) || url.hostname === '') return null;
  url.hash = '';
  url.username = '';
  url.password = '';
  if (url.hostname.endsWith('.') && url.hostname.length > 1) url.hostname = url.hostname.slice(0, -1);
  return url.href.length > MAX_URL_LENGTH ? null : url.href;
}

const PLAIN_NAME = /^https?:\/\/(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z](?:[a-z0-9_-]*[a-z0-9_])?(?::[1-9]\d{0,3})?\/[A-Za-z0-9._~!$&'()*+,;=:@/-]*(?:\?[A-Za-z0-9._~!$&()*+,;=:@/?%-]*)?$/;
const PLAIN_V4 = /^https?:\/\/(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?::[1-9]\d{0,3})?\/[A-Za-z0-9._~!$&'()*+,;=:@/-]*(?:\?[A-Za-z0-9._~!$&()*+,;=:@/?%-]*)?$/;

/**
 * True for URLs that the WHATWG parser gives back as they are: http(s), a lower-case ASCII host without IDNA labels, no
 * default port, a path without dot segments and escapes. It takes everything else through the platform's parser, which
 * costs twenty times more.
 */
function isPlainUrl(text: string): boolean {
  return (PLAIN_NAME.test(text) || PLAIN_V4.test(text)) && !text.includes('/.') && !text.includes('xn--')
    && !(text.startsWith('http:') ? /^[^/]*\/\/[^/]*:80\//.test(text) : /^[^/]*\/\/[^/]*:443\//.test(text));
}

/** An email address (RFC 5321 in its common form) with the domain in ASCII lower case; null when it is none. */
export function normaliseEmail(text: string): string | null {
  const match = /^([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64})@([^@\s]{1,253})$/.exec(text.trim());
  if (!match) return null;
  const [, user, host] = match;
  const domain = normaliseName(host ?? '');
  if (!user || !domain || !domain.includes('.') || user.startsWith('.') || user.endsWith('.')) return null;
  return `${user.toLowerCase()}@${domain}`;
}

/** Host and port of a Host header or an authority (`name:port`, `[v6]:port`); port 0 = none given. */
export function splitAuthority(text: string): { host: string; port: number } {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:]*)(?::(\d{1,5}))?$/.exec(text.trim());
  if (!match) return { host: text.trim(), port: 0 };
  const port = Number(match[2] ?? 0);
  return { host: match[1] ?? '', port: port <= 65535 ? port : 0 };
}
