import { defang as defangKind } from '../indicators/defang';
import type { IndicatorKind, Role, Severity } from '../indicators/types';

// How values are written for the eye. Values from a capture are defanged on screen, so that neither a terminal, a chat
// program nor a tired hand makes a live link of them.

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
// A top-level domain begins with a letter: `60.00` is a number.
const DOMAIN = /^(?=.{3,253}$)(?:[\p{L}\p{N}_-]{1,63}\.)+\p{L}[\p{L}\p{N}-]{1,62}\.?$/u;
const LOCAL_V4 = /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.|22[4-9]\.|23\d\.|24\d\.|25[0-5]\.)/;

/** True for an IPv4 address in dotted form. */
export function isIpv4(text: string): boolean {
  const match = IPV4.exec(text);
  return match !== null && match.slice(1, 5).every((part) => Number(part) <= 255);
}

/** True for an IPv6 address in text form (RFC 4291 §2.2); a clock (`12:04:03`) and a MAC address are none. */
export function isIpv6(text: string): boolean {
  if (!/^[0-9a-f:.]{2,45}$/i.test(text)) return false;
  const colon = text.lastIndexOf(':');
  const mapped = colon >= 0 && text.includes('.', colon);
  if (mapped && !isIpv4(text.slice(colon + 1))) return false;
  // The dotted part stands for two groups.
  const halves = (mapped ? `${text.slice(0, colon + 1)}0:0` : text).split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

/** True for private, loopback, link-local, multicast and reserved addresses, which nobody links to by accident. */
export function isLocalAddress(text: string): boolean {
  return LOCAL_V4.test(text) || /^(?:::1?$|f[cdef]|fe[89ab])/i.test(text);
}

/**
 * A value as it is shown and copied by default: `hxxps://evil[.]example/x`, `198[.]51[.]100[.]7`, `a[@]evil[.]example`. What
 * kind it is, is read off its form. Private addresses, file names, hashes and plain words stay as they are.
 */
export function defang(value: string): string {
  if (isIpv4(value)) return isLocalAddress(value) ? value : defangKind('ipv4-addr', value);
  if (isIpv6(value)) return isLocalAddress(value) ? value : defangKind('ipv6-addr', value);
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(value)) return defangKind('url', value);
  // A Host header or a CONNECT target names a port, too.
  const port = /^([^:/@\s]+)(:\d{1,5})$/.exec(value);
  if (port) return defang(port[1] ?? '') + (port[2] ?? '');
  const at = value.indexOf('@');
  if (at > 0 && !/\s/.test(value) && DOMAIN.test(value.slice(at + 1))) return defangKind('email-addr', value);
  if (DOMAIN.test(value) && !FILE_NAME.test(value)) return defangKind('domain-name', value);
  return value;
}

/** Extensions that are no top-level domains but look like one. */
const FILE_NAME = /\.(?:exe|dll|js|vbs|ps1|bat|cmd|jpg|jpeg|png|gif|ico|css|html?|php|aspx?|jsp|txt|pdf|docx?|xlsx?|gz|rar|7z|bin|dat|json|xml|svg|woff2?|msi|cab|iso|img|lnk|hta|log|pcap|pcapng)$/i;

/** Control characters and bidirectional overrides as visible marks: a value may not rewrite the line it stands in. */
export function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 32 ? String.fromCharCode(0x2400 + code) : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** A value for the screen: visible and defanged. */
export function shown(value: string): string {
  return visible(defang(value));
}

/** Text for the screen in which values stand among words: each is defanged where it stands. */
export function shownText(text: string): string {
  return visible(text.replace(/[^\s,;()'"<>“”‘’]+/g, (token) => {
    const end = /[.:!?…]+$/.exec(token)?.[0] ?? '';
    return defang(end ? token.slice(0, -end.length) : token) + end;
  }));
}

/** `key` is `${kind}:${value}`. */
export function splitKey(key: string): { kind: string; value: string } {
  const colon = key.indexOf(':');
  return { kind: key.slice(0, colon), value: key.slice(colon + 1) };
}

/** Kinds of indicator in words. */
export const KIND_WORDS: Readonly<Record<IndicatorKind, string>> = {
  'ipv4-addr': 'IPv4 address', 'ipv6-addr': 'IPv6 address', 'domain-name': 'domain', url: 'URL', 'email-addr': 'email address',
  file: 'file', 'x509-certificate': 'certificate', ja3: 'JA3', ja3s: 'JA3S', ja4: 'JA4', 'user-agent': 'user agent',
  hostname: 'host name', 'user-account': 'user account',
};

/** A kind in words; its own name when it is not known. */
export function kindWords(kind: string): string {
  return (KIND_WORDS as Readonly<Record<string, string>>)[kind] ?? kind;
}

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  'Conn::IN_ORIG': 'opened flows', 'Conn::IN_RESP': 'was connected to', 'DNS::IN_REQUEST': 'asked for in DNS',
  'DNS::IN_RESPONSE': 'answered by DNS', 'HTTP::IN_HOST_HEADER': 'Host header of a request',
  'HTTP::IN_REFERRER_HEADER': 'Referer header', 'HTTP::IN_USER_AGENT_HEADER': 'User-Agent header',
  'HTTP::IN_X_FORWARDED_FOR_HEADER': 'X-Forwarded-For header', 'HTTP::IN_URL': 'requested URL',
  'SSL::IN_SERVER_NAME': 'server name in TLS', 'X509::IN_CERT': 'in a certificate', 'Files::IN_HASH': 'hash of a file',
  'Files::IN_NAME': 'name of a file', 'SSL::IN_JA3': 'TLS client fingerprint', 'SSL::IN_JA3S': 'TLS server fingerprint',
  'SSL::IN_JA4': 'TLS client fingerprint', 'HTTP::IN_LOCATION_HEADER': 'Location header (redirect)',
  'HTTP::IN_BASIC_AUTH': 'Basic authentication', 'ARP::IN_REPLY': 'ARP reply', 'NAME::IN_CAPTURE': 'name kept in the capture',
  'DHCP::IN_HOSTNAME': 'DHCP host name', 'NBNS::IN_NAME': 'NetBIOS name',
};

/** Where a value stood, in words. */
export function roleWords(role: string): string {
  return (ROLE_WORDS as Readonly<Record<string, string>>)[role] ?? role;
}

/** Bars out of four that stand beside a severity's word. */
export const SEVERITY_LEVEL: Readonly<Record<Severity, number>> = { info: 0, low: 1, medium: 2, high: 3, critical: 4 };

/** True for the name of a severity. */
export function isSeverity(text: string): text is Severity {
  return Object.hasOwn(SEVERITY_LEVEL, text);
}

/** True for an IPv4 or IPv6 address. */
export function isAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}
