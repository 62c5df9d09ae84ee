import type { Ranked } from '../../indicators/ranking';
import type { Indicator, Sighting } from '../../indicators/types';
import type { LogName } from '../../engine/schema';
import type { Filter, FilterOp, Term } from '../../logs/filter-text';
import type { Mask, SelectContext } from '../../logs/select';
import type { CaptureState } from './capture-state';
import { indicatorTest } from './indicator-list';

/** What filters need of a case beyond the rows of a log. */
export interface FilterData {
  addressesNamed(name: string, part: boolean): readonly Uint8Array[];
  indicator(key: string): Indicator | undefined;
  indicators(): Ranked;
  sightingsIn(indicator: Indicator, capture: CaptureState): readonly Sighting[];
  verdictOf(): (key: string) => string | undefined;
}

/** Where the value of an indicator stands, by kind: log fields that equal it. */
const FIELDS_OF_KIND: Readonly<Record<string, readonly string[]>> = {
  'ipv4-addr': ['host'], 'ipv6-addr': ['host'],
  'domain-name': ['dns.query', 'dns.answers', 'http.host', 'ssl.server_name', 'x509.san.dns'],
  hostname: ['dns.query', 'dns.answers', 'http.host', 'ssl.server_name'],
  'user-agent': ['http.user_agent'], ja3: ['ssl.ja3'], ja3s: ['ssl.ja3s'], ja4: ['ssl.ja4'],
  file: ['files.sha256'], 'x509-certificate': ['x509.sha1'],
};

const term = (field: string, op: FilterOp, value: string): Filter => ({ kind: 'term', field, op, value });

/** How filters on names and indicators are understood for one capture. */
export function contextOf(data: FilterData, capture: CaptureState): SelectContext {
  return {
    capture: { id: capture.id, name: capture.name },
    addressesNamed: (name, part) => data.addressesNamed(name, part),
    indicatorTerms: (key, log) => indicatorTerms(data, key, log, capture),
    flowsOf: (wanted) => (wanted.field?.startsWith('indicators.') ? flowsOfIndicators(data, wanted, capture) : null),
  };
}

function indicatorTerms(data: FilterData, key: string, log: LogName, capture: CaptureState): Filter | null {
  const colon = key.indexOf(':');
  const [kind, value] = [key.slice(0, colon), key.slice(colon + 1)];
  const parts: Filter[] = (FIELDS_OF_KIND[kind] ?? []).map((field) => term(field, '=', value));
  if (kind === 'domain-name') parts.push(term('http.host', '=', `${value}:*`));
  const indicator = data.indicator(key);
  const flows = indicator ? data.sightingsIn(indicator, capture).flatMap((sighting) => sighting.flows) : [];
  // In dns a flow holds many questions, and only those with the value are meant.
  if (flows.length > 0 && (parts.length === 0 || log === 'conn' || log === 'packet')) parts.push(term('flow', '=', [...new Set(flows)].join(',')));
  const pkts = indicator ? data.sightingsIn(indicator, capture).flatMap((sighting) => sighting.pkts) : [];
  if (parts.length === 0 && pkts.length > 0) parts.push(term('pkt', '=', [...new Set(pkts)].join(',')));
  return parts.length === 0 ? null : { kind: 'or', parts };
}

function flowsOfIndicators(data: FilterData, wanted: Term, capture: CaptureState): Mask {
  const test = indicatorTest(wanted, () => new Map(), data.verdictOf());
  let flows: Uint8Array = new Uint8Array(1024);
  const ranked = data.indicators();
  for (let place = 0; place < ranked.length; place++) {
    const indicator = ranked.light(place);
    if (!test(indicator)) continue;
    for (const sighting of data.sightingsIn(indicator, capture)) {
      for (const flow of sighting.flows) {
        if (flow >= flows.length) {
          const grown = new Uint8Array(Math.max(flows.length * 2, flow + 1));
          grown.set(flows);
          flows = grown;
        }
        flows[flow] = 1;
      }
    }
  }
  return flows;
}
