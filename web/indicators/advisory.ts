import { refang } from './defang';
import { MAX_ADVISORY_INDICATORS, MAX_ADVISORY_LENGTH } from './limits';
import { classifyAddress, classifyName, keyOf, normaliseEmail, normaliseUrl, publicSuffix } from './normalise';
import { parse as parseHost } from 'tldts';
import type { Indicator, IndicatorKind } from './types';

/** One value taken from an advisory. */
export interface AdvisoryItem {
  /** As it stood in the text. */
  readonly written: string;
  readonly kind: IndicatorKind;
  /** Normalised. For hashes, lower-case: the file's or the certificate's MD5, SHA-1 or SHA-256. */
  readonly value: string;
  readonly hash?: 'md5' | 'sha1' | 'sha256';
}

/** As in web/worker/api.ts. */
export interface AdvisoryMatch {
  readonly written: string;
  readonly key: string;
  readonly indicator: Indicator | null;
}

const EDGES = /^[\s"'`“”‘’«»<>(){}[\],;|*•·]+|[\s"'`“”‘’«»<>(){}[\],;|*•·.!?:]+$/gu;
const HASHES: Readonly<Record<number, 'md5' | 'sha1' | 'sha256'>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };
const JA4 = /^[tqd](?:1[0-3]|0[0-9]|s[23]|d[123])[di]\d{2}\d{2}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/;
/** File names look like domains under a few top-level domains; these endings are taken for files. */
const FILE_ENDINGS = /\.(exe|dll|docx?|xlsx?|pptx?|pdf|zip|rar|7z|js|vbs|ps1|bat|cmd|lnk|iso|img|png|jpe?g|gif|txt|html?|php|aspx?|jsp|py|json|xml|log|dat|bin|tmp|ini|conf|cfg)$/i;

/**
 * Indicators in pasted text, defanged or not, each value once, in the order of the text: URLs, domains, addresses
 * (with or without port, CIDR /32 and /128), emails, MD5, SHA-1, SHA-256, JA4. An MD5 might be a JA3 and a SHA-1 a
 * certificate; `matchAdvisory` tries both.
 */
export function parseAdvisory(text: string): AdvisoryItem[] {
  const items: AdvisoryItem[] = [];
  const seen = new Set<string>();
  for (const line of text.slice(0, MAX_ADVISORY_LENGTH).split(/\r\n|[\n\r\u2028\u2029]/)) {
    for (const { plain, written } of words(line)) {
      const item = read(plain, written);
      if (!item || seen.has(`${item.kind}:${item.value}`)) continue;
      seen.add(`${item.kind}:${item.value}`);
      items.push(item);
      if (items.length >= MAX_ADVISORY_INDICATORS) return items;
    }
  }
  return items;
}

/** Words of a line after refanging; `written` is what stood in the line where it can be told. */
function* words(line: string): Generator<{ plain: string; written: string }> {
  const plainWords = refang(line).split(/[\s|\t]+|(?<=[^/]),(?=\S)|;(?=\S*[.:])|\u00a0/u);
  const writtenWords = line.split(/\s+/);
  for (const word of plainWords) {
    const plain = word.replace(EDGES, '').replace(/^\.+/, '');
    if (plain === '') continue;
    const written = writtenWords.find((w) => refang(w).includes(plain))?.replace(/^["'`(<]+|["'`)>,;.]+$/g, '');
    yield { plain, written: written !== undefined && refang(written).length <= plain.length + 4 ? written : plain };
  }
}

function read(word: string, written: string): AdvisoryItem | null {
  const item = (kind: IndicatorKind, value: string): AdvisoryItem => ({ written, kind, value });
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word)) {
    const url = normaliseUrl(word);
    return url ? item('url', url) : null;
  }
  const hash = HASHES[word.length];
  if (hash && /^[0-9a-fA-F]+$/.test(word)) return { ...item('file', word.toLowerCase()), hash };
  const labelled = /^(?:md5|sha-?1|sha-?256|ja3s?|hash)[:=](.+)$/i.exec(word);
  if (labelled?.[1]) return read(labelled[1].replace(EDGES, ''), written);
  if (JA4.test(word)) return item('ja4', word);
  const address = classifyAddress(word) ?? classifyAddress(word.replace(/\/(32|128)$/, '')) ?? classifyAddress(/^([\d.]+|\[[0-9a-f:.]+\]):\d{1,5}$/i.exec(word)?.[1] ?? '');
  if (address) return item(address.kind, address.value);
  const email = normaliseEmail(word.replace(/^mailto:/i, ''));
  if (email) return item('email-addr', email);
  return readName(word, item);
}

function readName(word: string, item: (kind: IndicatorKind, value: string) => AdvisoryItem): AdvisoryItem | null {
  const slash = word.search(/[/?#]/);
  const host = (slash < 0 ? word : word.slice(0, slash)).replace(/:\d{1,5}$/, '').replace(/^\*\./, '');
  const address = slash > 0 ? classifyAddress(host) : null;
  // `end.Next` is two sentences without a space.
  if (!host.includes('.') || /^[a-z]+\.[A-Z][a-z]+$/.test(word)) return null;
  const name = classifyName(host);
  if (!address && (name?.kind !== 'domain-name' || !isRegistered(name.value))) return null;
  if (slash > 0) {
    const url = normaliseUrl(`http://${word}`);
    return url ? item('url', url) : null;
  }
  return name && !FILE_ENDINGS.test(host) ? item('domain-name', name.value) : null;
}

/** True when the name ends in a suffix of the public list (prose such as `e.g` or `v1.2` does not). */
function isRegistered(name: string): boolean {
  return publicSuffix(name) !== '' && (parseHost(name).isIcann === true || parseHost(name).isPrivate === true || /\.(example|test|invalid|onion|bit)$/.test(name));
}

/**
 * Looks an advisory up among the indicators of a case. Hashes match files and certificates by any of their hashes and
 * TLS fingerprints; a URL without scheme matches http and https; a domain matches itself.
 */
export function matchAdvisory(text: string, indicators: readonly Indicator[]): AdvisoryMatch[] {
  const byKey = new Map<string, Indicator>();
  const byHash = new Map<string, Indicator>();
  for (const indicator of indicators) {
    byKey.set(indicator.key, indicator);
    const { file, certificate } = indicator;
    for (const hash of [file?.md5, file?.sha1, file?.sha256, certificate?.md5, certificate?.sha1, certificate?.sha256]) {
      if (hash) byHash.set(hash.toLowerCase(), indicator);
    }
    if (indicator.kind === 'ja3' || indicator.kind === 'ja3s' || indicator.kind === 'x509-certificate' || indicator.kind === 'file') {
      if (!byHash.has(indicator.value)) byHash.set(indicator.value, indicator);
    }
  }
  return parseAdvisory(text).map((item): AdvisoryMatch => {
    const key = keyOf(item.kind, item.value);
    let found = item.hash ? byHash.get(item.value) : byKey.get(key);
    if (!found && item.kind === 'url') found = byKey.get(key.replace(/^url:http:/, 'url:https:')) ?? byKey.get(key.replace(/^url:https:/, 'url:http:'));
    if (!found && item.kind === 'domain-name') found = byKey.get(keyOf('hostname', item.value));
    return { written: item.written, key: found?.key ?? key, indicator: found ?? null };
  });
}
