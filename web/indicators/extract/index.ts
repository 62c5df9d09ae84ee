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
  const collector = new Collector();
  const { networks } = parseNetworks(options.localNetworks ?? []);
  const shared = new SharedNames(options.internalDomains ?? []);
  const extractions = captures.map((capture) => new Extraction(capture, networks, collector, shared));
  for (const x of extractions) {
    extractConn(x);
    extractDns(x);
    extractHttp(x);
    extractTls(x);
    extractFiles(x);
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
