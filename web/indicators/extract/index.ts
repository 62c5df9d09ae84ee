import { parseNetworks } from '../../logs/address';
import { PairSet } from '../../logs/growing';
import { Collector } from '../collector';
import { CaptureFacts } from '../facts/index';
import type { Indicator } from '../types';
import { Extraction, SharedNames, type CaptureInput } from './capture';
import { extractConn, extractNames } from './conn';
import { extractDns } from './dns';
import { extractFiles } from './files';
import { extractHttp } from './http';
import { extractTls } from './tls';
import { runSteps, type Steps } from '../steps';

export type { CaptureInput } from './capture';

export interface ExtractOptions {
  /** Networks of ours beside RFC 1918 and its kin, as `a.b.c.d/n` or IPv6 prefixes. */
  readonly localNetworks?: readonly string[];
  /** Domains whose names mean something inside only (kind `hostname`). */
  readonly internalDomains?: readonly string[];
}

/** The collected values of a case, before it is decided which are indicators. */
export interface Collection {
  readonly collector: Collector;
  readonly extractions: readonly Extraction[];
}

/** Scans every log of every capture. */
export function collect(captures: readonly CaptureInput[], options: ExtractOptions = {}): Collection {
  return runSteps(collectSteps(captures, options));
}

/** `collect` in pieces. */
export function* collectSteps(captures: readonly CaptureInput[], options: ExtractOptions): Steps<Collection> {
  const collector = new Collector();
  const shared = new SharedNames(options.internalDomains ?? []);
  const extractions: Extraction[] = [];
  for (const capture of captures) {
    const facts = capture.facts ?? new CaptureFacts(capture.tables, parseNetworks(options.localNetworks ?? []).networks);
    yield* facts.updateSteps();
    extractions.push(new Extraction(capture, facts, collector, shared));
    yield;
  }
  for (const x of extractions) {
    const reached = new PairSet();
    yield* extractConn(x, reached);
    yield;
    yield* extractDns(x, reached);
    yield;
    yield* extractHttp(x);
    yield;
    yield* extractTls(x);
    yield;
    yield* extractFiles(x);
    const { index } = x.facts;
    extractNames(x, index.start[index.ordered[0] ?? 0] ?? 0);
    yield;
  }
  return { collector, extractions };
}

/**
 * Every indicator of the captures with its sightings, unscored. Private and special-purpose addresses are left out
 * unless `named` (keys that findings name) has them.
 */
export function extractIndicators(captures: readonly CaptureInput[], options: ExtractOptions = {}, named: ReadonlySet<string> = new Set()): Indicator[] {
  const { collector } = collect(captures, options);
  const kept = keep(collector, named);
  const indicators: Indicator[] = [];
  for (let entry = 0; entry < collector.entries; entry++) if (kept[entry] === 1) indicators.push(plainIndicator(collector, entry, (other) => kept[other] === 1));
  return indicators;
}

/** Entries that are indicators: what was sighted, of addresses the public ones and those that findings name. */
export function keep(collector: Collector, named: ReadonlySet<string>): Uint8Array {
  const kept = new Uint8Array(collector.entries);
  for (let entry = 0; entry < collector.entries; entry++) {
    if (collector.head[entry]! < 0) continue;
    const kind = collector.kindOf(entry);
    const address = kind === 'ipv4-addr' || kind === 'ipv6-addr';
    if (!address || collector.isPublic(entry) || named.has(collector.keyOf(entry))) kept[entry] = 1;
  }
  return kept;
}

/**
 * An entry as an indicator without a score.
 * @param known entries that are indicators
 * @param whole false = without uids and Community IDs
 */
export function plainIndicator(collector: Collector, entry: number, known: (entry: number) => boolean, whole = true): Indicator {
  const [file, certificate] = [collector.fileOf(entry), collector.certificateOf(entry)];
  return {
    key: collector.keyOf(entry), kind: collector.kindOf(entry), value: collector.value[entry]!, score: 0, severity: 'info', confidence: 0, reasons: [],
    sightings: collector.sightings(entry, whole), related: collector.relatedOf(entry, known), ...(file ? { file } : {}), ...(certificate ? { certificate } : {}),
  };
}
