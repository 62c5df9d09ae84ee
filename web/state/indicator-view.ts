import type { Indicator, IndicatorKind, Microseconds, Sighting } from '../indicators/types';
import type { TableName, TimeZone } from '../worker/api';
import { kindWords } from './display';
import { bytes, counted, instant } from './format';

export interface Evidence {
  /** Traffic went there. */
  readonly observed: readonly Sighting[];
  /** It only stood in some text. */
  readonly mentioned: readonly Sighting[];
  readonly first: Microseconds | null;
  readonly last: Microseconds | null;
  readonly count: number;
  readonly hosts: readonly string[];
  readonly bytes: number;
}

/** The sightings of an indicator, those of traffic apart from those of text, earliest first. */
export function evidence(indicator: Indicator): Evidence {
  const sorted = [...indicator.sightings].sort((a, b) => a.first_seen - b.first_seen);
  const observed = sorted.filter((sighting) => sighting.observed);
  return {
    observed,
    mentioned: sorted.filter((sighting) => !sighting.observed),
    first: sorted.reduce<number | null>((least, { first_seen }) => (least === null ? first_seen : Math.min(least, first_seen)), null),
    last: sorted.reduce<number | null>((most, { last_seen }) => (most === null ? last_seen : Math.max(most, last_seen)), null),
    count: sorted.reduce((sum, sighting) => sum + sighting.count, 0),
    hosts: [...new Set(sorted.flatMap((sighting) => sighting.hosts))],
    // The same flow gives several roles their bytes: the largest is the truth, the sum is not.
    bytes: observed.reduce((most, sighting) => Math.max(most, sighting.orig_bytes + sighting.resp_bytes), 0),
  };
}

/** One or two sentences: what it is, whether traffic went there, from whom, when. */
export function summary(indicator: Indicator, zone: TimeZone): string {
  const facts = evidence(indicator);
  const what = kindWords(indicator.kind);
  const article = /^(?:IP|em|[aeiou])/i.test(what) && !/^(?:user|URL|ja3|ja4)/i.test(what) ? 'An' : 'A';
  if (facts.first === null || facts.last === null) return `${article} ${what}, without a sighting in this case.`;
  const hosts = facts.hosts.length === 0 ? '' : ` by ${facts.hosts.length <= 3 ? facts.hosts.join(', ') : `${facts.hosts.length} of our hosts`}`;
  const when = facts.first === facts.last
    ? `at ${instant(facts.first, zone, 0)}` : `from ${instant(facts.first, zone, 0)} to ${instant(facts.last, zone, 0)}`;
  if (facts.observed.length === 0) {
    return `${article} ${what} that was only mentioned (${counted(facts.count, 'time')})${hosts}, ${when}. No traffic went there.`;
  }
  return `${article} ${what} seen in traffic${hosts}, ${when}${facts.bytes > 0 ? `, ${bytes(facts.bytes)} carried` : ''}.`;
}

const VIEWS_OF_KIND: Readonly<Record<IndicatorKind, readonly TableName[]>> = {
  'ipv4-addr': ['conn', 'dns', 'http', 'ssl', 'packet'], 'ipv6-addr': ['conn', 'dns', 'http', 'ssl', 'packet'],
  'domain-name': ['conn', 'dns', 'http', 'ssl', 'packet'], url: ['conn', 'http', 'files', 'packet'], 'email-addr': ['conn', 'http'],
  file: ['files', 'http', 'conn', 'packet'], 'x509-certificate': ['x509', 'ssl', 'conn', 'packet'], ja3: ['ssl', 'conn', 'packet'],
  ja3s: ['ssl', 'conn', 'packet'], ja4: ['ssl', 'conn', 'packet'], 'user-agent': ['http', 'conn', 'packet'],
  hostname: ['dns', 'conn', 'packet'], 'user-account': ['http', 'conn', 'packet'],
};

/** The views in which rows of such an indicator can stand. */
export function viewsOfKind(kind: IndicatorKind): readonly TableName[] {
  return VIEWS_OF_KIND[kind];
}
