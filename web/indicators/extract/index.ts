import { parseNetworks } from '../../logs/address';
import { Collector } from '../collector';
import { isPublicAddress } from '../normalise';
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

/** `collect`, one log a step. */
export function* collectSteps(captures: readonly CaptureInput[], options: ExtractOptions): Steps<Collection> {
  const collector = new Collector();
  const { networks } = parseNetworks(options.localNetworks ?? []);
  const shared = new SharedNames(options.internalDomains ?? []);
  const extractions: Extraction[] = [];
  for (const capture of captures) {
    extractions.push(new Extraction(capture, networks, collector, shared));
    yield;
  }
  for (const x of extractions) {
    for (const extract of [extractConn, extractDns, extractHttp, extractTls, extractFiles]) {
      extract(x);
      yield;
    }
    extractNames(x, x.index.start[x.index.ordered[0] ?? 0] ?? 0);
  }
  return { collector, extractions };
}

/**
 * Every indicator of the captures with its sightings, unscored. Private and special-purpose addresses are left out
 * unless `named` (keys that findings name) has them.
 */
export function extractIndicators(captures: readonly CaptureInput[], options: ExtractOptions = {}, named: ReadonlySet<string> = new Set()): Indicator[] {
  return buildIndicators(collect(captures, options), named);
}

/** See `extractIndicators`; takes a collection that is there already. */
export function buildIndicators(collection: Collection, named: ReadonlySet<string>): Indicator[] {
  return collection.collector.build((kind, value) =>
    (kind !== 'ipv4-addr' && kind !== 'ipv6-addr') || isPublicAddress(value) || named.has(`${kind}:${value}`));
}
