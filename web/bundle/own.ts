import { isInternalName } from '../indicators/normalise';
import type { Indicator, Verdict } from '../indicators/types';
import { isLocal, parseAddress, parseNetworks } from '../logs/address';
import type { SharedIndicator } from './shared';

/** What of our own network an export would show; as in web/worker/api.ts. */
export interface OwnThing {
  readonly kind: 'internal-address' | 'internal-name' | 'user' | 'credential' | 'cookie';
  readonly value: string;
  /** Where it stands, in words. */
  readonly where: string;
}

export interface OwnOptions {
  /** Networks of ours beside RFC 1918 and its kin. */
  readonly localNetworks?: readonly string[];
  /** Domains of ours. */
  readonly internalDomains?: readonly string[];
}

const ADDRESS_IN_TEXT = /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w:]|\.\d)/gi;
const SECRET_IN_URL = /[?&;](?:pass(?:word|wd)?|pwd|passwort|secret|api_?key|access_token|auth|token)=([^&;#]{3,})/gi;
const SESSION_IN_URL = /(?:[?&;](?:phpsessid|jsessionid|asp\.net_sessionid|sessionid|session_id|sid|sess)=|;jsessionid=)([^&;#?]{3,})/gi;
/** Own things that a preview lists at the most. */
const MAX_OWN_THINGS = 10_000;

/** Everything of our own that indicators and verdicts would take along, each value once, in order of kind. */
export function ownThings(indicators: readonly Indicator[], verdicts: readonly Verdict[], options: OwnOptions = {}): OwnThing[] {
  const found = new Map<string, OwnThing>();
  const { networks } = parseNetworks(options.localNetworks ?? []);
  const domains = new Set((options.internalDomains ?? []).map((name) => name.toLowerCase()));
  const note = (kind: OwnThing['kind'], value: string, where: string): void => {
    if (value !== '' && found.size < MAX_OWN_THINGS && !found.has(`${kind}:${value}`)) found.set(`${kind}:${value}`, { kind, value, where });
  };
  const addresses = (text: string, where: string): void => {
    for (const [word] of text.matchAll(ADDRESS_IN_TEXT)) {
      const bytes = parseAddress(word);
      if (bytes && isLocal(bytes, networks)) note('internal-address', word, where);
    }
  };
  for (const indicator of indicators) {
    const { kind, value } = indicator;
    if (kind === 'hostname') note('internal-name', value, 'an indicator');
    if (kind === 'domain-name' && isInternalName(value, domains)) note('internal-name', value, 'an indicator');
    if (kind === 'user-account') note('user', value, 'an indicator');
    if (kind === 'email-addr' && indicator.sightings.some((sighting) => sighting.role.startsWith('HTTP::'))) note('user', value, 'an indicator');
    addresses(value, 'an indicator');
    if (kind === 'url') {
      for (const [, secret = ''] of value.matchAll(SECRET_IN_URL)) note('credential', secret, 'a URL');
      for (const [, session = ''] of value.matchAll(SESSION_IN_URL)) note('cookie', session, 'a URL');
      const host = /^[a-z]+:\/\/([^/:?#[]+)/i.exec(value)?.[1];
      if (host && !parseAddress(host) && isInternalName(host, domains)) note('internal-name', host, 'a URL');
    }
    for (const name of indicator.certificate?.names ?? []) if (name.includes('.') && isInternalName(name, domains)) note('internal-name', name, 'a certificate');
    for (const sighting of indicator.sightings) for (const host of sighting.hosts) note('internal-address', host, 'hosts of sightings');
    for (const reason of indicator.reasons) addresses(reason.text, 'reasons');
  }
  for (const verdict of verdicts) addresses(verdict.note, 'notes');
  const order = ['internal-address', 'internal-name', 'user', 'credential', 'cookie'];
  return [...found.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

/** What stands where something was left out; a word that URLs and names can hold. */
export const LEFT_OUT = 'left-out';

/**
 * Indicators and verdicts without the things of `leaveOut` (`${kind}:${value}`): an indicator that is such a thing goes,
 * everywhere else `left-out` stands for it. Community IDs and flow uids go from sightings that lose an address: a
 * Community ID is a plain hash of both addresses and gives an address away to whoever tries them all.
 */
export function leaveOut(indicators: readonly SharedIndicator[], verdicts: readonly Verdict[], keys: readonly string[]): { indicators: SharedIndicator[]; verdicts: Verdict[] } {
  const values = [...new Set(keys.map((key) => key.slice(key.indexOf(':') + 1)))].filter((value) => value !== '').sort((a, b) => b.length - a.length);
  if (values.length === 0) return { indicators: [...indicators], verdicts: [...verdicts] };
  const gone = new Set(values);
  const addresses = new Set(keys.filter((key) => key.startsWith('internal-address:')).map((key) => key.slice('internal-address:'.length)));
  const clean = cleaner(values);
  const kept: SharedIndicator[] = [];
  const byKey = new Map<string, string>();
  for (const indicator of indicators) {
    if (gone.has(indicator.value)) continue;
    const exposed = indicator.sightings.map((sighting) => ({ sighting, loses: sighting.hosts.some((host) => addresses.has(host)) || addresses.size > 0 }));
    const value = clean(indicator.value);
    byKey.set(indicator.key, `${indicator.kind}:${value}`);
    const cleaned = deepMap(indicator, clean);
    kept.push({
      ...cleaned, key: `${indicator.kind}:${value}`, value,
      sightings: exposed.map(({ sighting, loses }) => ({
        ...sighting, hosts: sighting.hosts.filter((host) => !gone.has(host)),
        uids: loses ? [] : sighting.uids, community_ids: loses ? [] : sighting.community_ids,
      })),
    });
  }
  const unique = [...new Map(kept.map((indicator) => [indicator.key, indicator])).values()].map((indicator, _, all) => ({
    ...indicator, related: indicator.related.filter(({ key }) => !key.includes(LEFT_OUT) || all.some((other) => other.key === key)).filter(({ key }) => !gone.has(key.slice(key.indexOf(':') + 1))),
  }));
  const words = verdicts.filter((verdict) => byKey.has(verdict.indicator) || !gone.has(verdict.indicator.slice(verdict.indicator.indexOf(':') + 1)))
    .map((verdict) => ({ ...verdict, indicator: byKey.get(verdict.indicator) ?? clean(verdict.indicator), note: clean(verdict.note), tags: verdict.tags.map(clean) }));
  return { indicators: unique, verdicts: words };
}

/** Replaces whole occurrences: `10.0.0.1` is not taken out of `10.0.0.12`, nor `ann` out of `annual`. */
export function cleaner(values: readonly string[]): (text: string) => string {
  const escaped = values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![A-Za-z0-9_])(?:${escaped.join('|')})(?![A-Za-z0-9_])`, 'gi');
  return (text) => text.replace(pattern, LEFT_OUT);
}

/** As `cleaner`, of keys `${kind}:${value}`; changes nothing when there are none. */
export function cleanerOf(keys: readonly string[]): (text: string) => string {
  const values = [...new Set(keys.map((key) => key.slice(key.indexOf(':') + 1)))].filter((value) => value !== '').sort((a, b) => b.length - a.length);
  return values.length === 0 ? (text) => text : cleaner(values);
}

function deepMap<T>(value: T, clean: (text: string) => string): T {
  if (typeof value === 'string') return clean(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => deepMap(item, clean)) as T;
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, member]: [string, unknown]) => [name, deepMap(member, clean)])) as T;
  }
  return value;
}
