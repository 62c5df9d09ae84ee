import { COUNTER_BYTES } from '../../../assembly/abi/counters';
import { TIMELINE_CLASSES, type Overview, type Scope, type Share, type TableName, type Timeline } from '../api';
import type { Case } from './case';
import { grouped } from './cells';
import { coverageOf } from './coverage';
import { spanOf, whyText } from './indicator-list';
import { isWhole, scopeFilter, scopeKey } from './scope';
import type { Ranked } from '../../indicators/ranking';
import type { Severity } from '../../indicators/types';
import type { HostList, Tables } from './tables';
import { addPackets, packetFigures, type PacketFigures } from './timeline';

/** How many of each the overview shows. */
const TALKERS = 20;
const PROTOCOLS = 30;
const INDICATORS = 48;
/** Bins of a timeline at the most, and marks on it. */
export const MAX_BINS = 4096;
export const MAX_MARKS = 200;
/** While a run goes on, a timeline that took t to make, of every packet so far, is shown for this many times t. */
const PATIENCE = 25;

const TABLES: readonly TableName[] = ['indicators', 'hosts', 'conn', 'dns', 'http', 'ssl', 'x509', 'files', 'weird', 'arp', 'packet'];

/** A span in words: `4 min 12 s`. */
function spanText(micros: number): string {
  const s = Math.round(micros / 1e6);
  if (micros < 1e6) return 'less than a second';
  if (s < 60) return `${s} second${s === 1 ? '' : 's'}`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} days ${Math.floor((s % 86400) / 3600)} h`;
}

/** How many indicators are of these severities; the gravest stand first. */
function leading(indicators: Ranked, severities: readonly Severity[]): number {
  let n = 0;
  while (n < indicators.length && severities.includes(indicators.severity(n))) n++;
  return n;
}

/** What the overview shows of a scope. */
export class Summaries {
  private readonly timelines = new Map<string, { version: number; at: number; cost: number; value: Timeline }>();

  constructor(private readonly data: Case, private readonly tables: Tables) {}

  overview(scope: Scope): Overview {
    const captures = this.data.captures();
    const infos = captures.map((capture) => capture.info());
    const summary = this.tables.summary(scope);
    const [flows, protocols, talkers] = [summary.flows, summary.protocols(PROTOCOLS), summary.talkers(TALKERS)];
    const hosts = this.tables.hosts(scope);
    const indicators = this.tables.indicators(scope);
    const figures = this.figures(scope);
    const { problem } = scopeFilter(scope);
    return {
      captures: infos, ...figures, flows, hosts: hosts.ids.length, sentence: this.sentence(scope, figures, hosts, indicators, protocols), protocols, talkers,
      indicators: Array.from({ length: Math.min(INDICATORS, indicators.length) }, (_, place) => indicators.light(place)), coverage: coverageOf(captures, this.data.current().caps),
      counts: Object.fromEntries(TABLES.map((table) => [table, this.tables.count(table, scope)])), ...(problem === null ? {} : { problem }),
    };
  }

  /** Packets in scope: of the whole case the captures' own figures, which count what has no row yet, too. */
  private figures(scope: Scope): PacketFigures {
    const parts = this.data.captures().map((capture): PacketFigures => {
      const mask = this.data.selections.mask(capture, 'packet', scope);
      if (mask) return packetFigures(capture, mask);
      const { packets, first_ts, last_ts } = capture.info();
      return { packets, bytes: capture.counter(COUNTER_BYTES), first_ts, last_ts };
    });
    const firsts = parts.map((part) => part.first_ts).filter((ts) => ts !== null);
    const lasts = parts.map((part) => part.last_ts).filter((ts) => ts !== null);
    return {
      packets: parts.reduce((sum, part) => sum + part.packets, 0), bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
      first_ts: firsts.length > 0 ? Math.min(...firsts) : null, last_ts: lasts.length > 0 ? Math.max(...lasts) : null,
    };
  }

  private sentence(scope: Scope, figures: PacketFigures, hosts: HostList, indicators: Ranked, protocols: readonly Share[]): string {
    const captures = this.data.captures().filter((capture) => capture.state !== 'failed' || capture.info().packets > 0);
    const { packets, first_ts: first, last_ts: last } = figures;
    const whole = isWhole(scope);
    if (this.data.captures().length === 0) return 'No capture is open.';
    if (packets === 0 && !whole) return 'No packet is in this scope.';
    if (packets === 0) return captures.some((capture) => capture.state === 'running') ? 'The capture is being read.' : 'There is no packet in it.';
    // A scan makes a host of every address that it tries: those that never sent a packet are told apart.
    const { inside, outside, silent } = hosts.table.figures(hosts.ids);
    const span = first !== null && last !== null ? ` over ${spanText(last - first)}` : '';
    const mostly = protocols.filter((share) => !share.name.startsWith('other ')).slice(0, 3).map((share) => share.name);
    const files = captures.length > 1 ? ` in ${captures.length} captures` : '';
    const who = `${grouped(inside)} of our own host${inside === 1 ? '' : 's'} and ${grouped(outside)} other${outside === 1 ? '' : 's'}`
      + (silent > 0 ? ` (${grouped(silent)} more address${silent === 1 ? '' : 'es'} never sent anything)` : '');
    const grave = leading(indicators, ['critical', 'high']);
    return `${whole ? '' : 'In scope: '}${grouped(packets)} packet${packets === 1 ? '' : 's'}${span}${files} between ${who}${mostly.length > 0 ? `, mostly ${mostly.join(', ')}` : ''}. `
      + (grave > 0 ? `${grouped(grave)} indicator${grave === 1 ? '' : 's'} of high severity.` : 'Nothing of high severity stands out.');
  }

  timeline(scope: Scope, bins: number): Timeline {
    const count = Math.max(1, Math.min(MAX_BINS, Math.floor(bins) || 1));
    const key = `${count} ${scopeKey(scope)}`;
    const version = this.data.version();
    const now = performance.now();
    const known = this.timelines.get(key);
    if (known && (known.version === version || (this.data.running() && now - known.at < known.cost * PATIENCE))) return known.value;
    const value = this.makeTimeline(scope, count);
    const at = performance.now();
    this.timelines.delete(key);
    this.timelines.set(key, { version, at, cost: at - now, value });
    if (this.timelines.size > 8) this.timelines.delete(this.timelines.keys().next().value as string);
    return value;
  }

  private makeTimeline(scope: Scope, bins: number): Timeline {
    const captures = this.data.captures();
    let from = scope.from ?? Math.min(...captures.map((capture) => capture.firstTs ?? Infinity));
    // The last packet lies in the last bin, not beyond it.
    let to = scope.to ?? Math.max(...captures.map((capture) => (capture.lastTs ?? -Infinity) + 1));
    if (!Number.isFinite(from) || !Number.isFinite(to)) { from = 0; to = 0; }
    const bytes = TIMELINE_CLASSES.map(() => new Float64Array(bins));
    const rest: Scope = { ...scope, from: null, to: null };
    for (const capture of captures) {
      const mask = isWhole(rest) ? null : this.data.selections.mask(capture, 'packet', rest);
      addPackets(capture, this.data.classesOf(capture), mask, from, to, bytes);
    }
    const marks: Timeline['marks'][number][] = [];
    const indicators = this.tables.indicators(scope);
    const worthwhile = leading(indicators, ['critical', 'high', 'medium']);
    for (let place = 0; place < worthwhile && marks.length < MAX_MARKS; place++) {
      const indicator = indicators.light(place);
      const at = spanOf(indicator).first;
      if (at >= from && at < to) marks.push({ at, key: indicator.key, severity: indicator.severity, title: `${indicator.value}: ${whyText(indicator)}` });
    }
    return { from, to, bins, bytes: bytes.map((row) => Array.from(row)), marks };
  }
}
