import type { Verdict } from '../indicators/types';
import type { Json } from './canonical';
import { observableOf } from './observable';
import { patternOf } from './pattern';
import type { SharedIndicator, SharedSighting } from './shared';
import { EXTENSION_ID, identityId, microTime, milliTime, ownId, PROGRAM_ID, type StixBundle, type StixObject } from './stix';
import { TLP_IDS, tlpMarking, type TlpLabel } from './tlp';

/** Where an export comes from; every export names it. */
export interface Provenance {
  readonly analyst: { readonly id: string; readonly name: string };
  /** Version (and hash) of the engine. */
  readonly engine: string;
  /** Lower-case SHA-256 of the captures that the indicators were seen in. */
  readonly captures: readonly string[];
  /** Caps that tripped while they were analysed, in words. */
  readonly caps: readonly string[];
  /** When it was exported, microseconds. */
  readonly exported: number;
}

export interface BundleInput {
  readonly indicators: readonly SharedIndicator[];
  readonly verdicts: readonly Verdict[];
  readonly tlp: TlpLabel;
  readonly title: string;
  readonly note: string;
  readonly provenance: Provenance;
}

/** When our identity and extension were first published; part of the objects, so that everybody's are the same. */
const PUBLISHED = '2026-01-01T00:00:00.000Z';
const MAX_STIX_COUNT = 999_999_999;
/** Relations of ours that STIX defines between the observables themselves (STIX 2.1 §6). */
const OBSERVABLE_RELATIONS = new Map([['resolves-to', /^(domain-name--.*)>((ipv4-addr|ipv6-addr|domain-name)--.*)$/]]);

/**
 * A STIX 2.1 bundle. For each indicator: the indicator with its pattern, its observable, for each sighting a sighting
 * and (when observed) an observed-data on which the indicator is based; relationships among what is in the bundle; a
 * note for each verdict; a report over all; TLP 2.0 on everything; who made it. Ids are deterministic but the bundle's
 * own, so that the same content gives the same objects.
 */
export function writeBundle(input: BundleInput): StixBundle {
  const { provenance } = input;
  const objects = new Map<string, StixObject>();
  const put = (object: StixObject): string => {
    objects.set(object.id, object);
    return object.id;
  };
  const marks = [TLP_IDS[input.tlp]];
  put(tlpMarking(input.tlp));
  put(program());
  put(extensionDefinition());
  const analyst = put(identity(provenance.analyst.id, provenance.analyst.name));
  const inside = new Map(input.indicators.map((indicator) => [indicator.key, indicator]));
  const content: string[] = [];
  for (const indicator of input.indicators) {
    const created = firstSeen(indicator);
    const observable = put({ ...observableOf(indicator), object_marking_refs: marks });
    const indicatorRef = put(indicatorObject(indicator, created, marks));
    content.push(indicatorRef, observable);
    for (const sighting of indicator.sightings) {
      const head = { created: milliTime(sighting.first_seen), modified: milliTime(sighting.last_seen), created_by_ref: PROGRAM_ID, object_marking_refs: marks };
      const name = [sighting.capture, indicator.key, sighting.role];
      const data = sighting.observed ? put({
        type: 'observed-data', spec_version: '2.1', id: ownId('observed-data', name), ...head, first_observed: microTime(sighting.first_seen),
        last_observed: microTime(sighting.last_seen), number_observed: Math.max(1, Math.min(sighting.count, MAX_STIX_COUNT)), object_refs: [observable],
      }) : null;
      content.push(put({
        type: 'sighting', spec_version: '2.1', id: ownId('sighting', name), ...head, first_seen: microTime(sighting.first_seen), last_seen: microTime(sighting.last_seen),
        count: Math.min(sighting.count, MAX_STIX_COUNT), sighting_of_ref: indicatorRef, ...(data ? { observed_data_refs: [data] } : {}),
        extensions: { [EXTENSION_ID]: sightingExtension(sighting) },
      }));
      if (data) content.push(data, put(relationship('based-on', indicatorRef, data, head.created, head.modified, marks)));
    }
    for (const { key, relation } of indicator.related) {
      const other = inside.get(key);
      if (!other) continue;
      const [from, to] = [observableOf(indicator).id, observableOf(other).id];
      const [start, end] = [milliTime(Math.max(created, firstSeen(other))), milliTime(Math.max(indicator.modified, other.modified, created, firstSeen(other)))];
      const known = OBSERVABLE_RELATIONS.get(relation)?.test(`${from}>${to}`) === true;
      content.push(put(known ? relationship(relation, from, to, start, end, marks) : relationship('related-to', indicatorRef, indicatorId(other), start, end, marks, relation)));
    }
  }
  for (const verdict of input.verdicts) {
    const about = inside.get(verdict.indicator);
    if (!about) continue;
    const author = identityId(verdict.author, verdict.author_name);
    if (!objects.has(author)) put(identity(verdict.author, verdict.author_name));
    content.push(put(noteObject(verdict, author, indicatorId(about), marks)));
  }
  put(reportObject(input, analyst, content.length > 0 ? [...new Set(content)] : [PROGRAM_ID], marks));
  return { type: 'bundle', id: `bundle--${crypto.randomUUID()}`, objects: [...objects.values()] };
}

/** Deterministic id of the indicator of a kind and value. */
export function indicatorId(indicator: Pick<SharedIndicator, 'kind' | 'value'>): string {
  return ownId('indicator', [indicator.kind, indicator.value]);
}

function firstSeen(indicator: SharedIndicator): number {
  const first = indicator.sightings.reduce((least, sighting) => Math.min(least, sighting.first_seen), Infinity);
  return Number.isFinite(first) ? first : indicator.modified;
}

function program(): StixObject {
  return { type: 'identity', spec_version: '2.1', id: PROGRAM_ID, created: PUBLISHED, modified: PUBLISHED, name: 'Capsift', identity_class: 'system', description: 'Analysis of packet captures; author of what no person wrote.' };
}

/** An identity says the same whenever it is sent; its times are no version of anything. */
function identity(id: string, name: string): StixObject {
  return { type: 'identity', spec_version: '2.1', id: identityId(id, name), created: PUBLISHED, modified: PUBLISHED, created_by_ref: identityId(id, name), name: name === '' ? 'an analyst without a name' : name, identity_class: 'individual' };
}

function extensionDefinition(): StixObject {
  return {
    type: 'extension-definition', spec_version: '2.1', id: EXTENSION_ID, created: PUBLISHED, modified: PUBLISHED, created_by_ref: PROGRAM_ID, name: 'Capsift network evidence',
    description: 'Evidence of network captures that STIX has no place for, and observables for TLS fingerprints and user agents.',
    schema: 'On indicator: kind, value, score (0-100), severity_level, reasons (list of name, text, points, technique, pkts, flows, capture), related_keys, file_names, certificate_names, engine. '
      + 'On sighting: role (Zeek intel vocabulary), observed, capture (SHA-256), orig_bytes, resp_bytes, orig_pkts, resp_pkts, hosts, pkts (packet numbers from 1), flows, uids, community_ids, engine. '
      + 'On note: verdict (malicious, suspicious, benign, unknown), indicator_key, tags. On report: captures (SHA-256), engine, caps, tlp. '
      + 'New observable network-fingerprint: method (ja3, ja3s, ja4, user-agent), value; both contribute to its id.',
    version: '1.0.0', extension_types: ['property-extension', 'new-sco'],
  };
}

/** STIX forbids empty lists and dictionaries (STIX 2.1 §2.5, §2.8). */
function filled(members: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(members).filter((member): member is [string, Json] =>
    member[1] !== undefined && member[1] !== null && member[1] !== '' && !(Array.isArray(member[1]) && member[1].length === 0)));
}

function indicatorObject(indicator: SharedIndicator, created: number, marks: readonly string[]): StixObject {
  const modified = Math.max(indicator.modified, created);
  const types = indicator.score >= 60 ? 'malicious-activity' : indicator.score >= 10 ? 'anomalous-activity' : 'unknown';
  const description = indicator.reasons.map((reason) => reason.text).join('; ');
  return {
    type: 'indicator', spec_version: '2.1', id: indicatorId(indicator), created_by_ref: PROGRAM_ID, created: milliTime(created), modified: milliTime(modified),
    name: indicator.value === '' ? indicator.kind : indicator.value, ...(description ? { description } : {}), indicator_types: [types], pattern: patternOf(indicator), pattern_type: 'stix', pattern_version: '2.1',
    valid_from: milliTime(created), confidence: Math.max(0, Math.min(100, Math.round(indicator.confidence))), object_marking_refs: marks,
    extensions: {
      [EXTENSION_ID]: {
        extension_type: 'property-extension',
        ...filled({
          kind: indicator.kind, value: indicator.value, score: indicator.score, severity_level: indicator.severity, engine: indicator.engine,
          reasons: indicator.reasons.map((reason) => filled({ ...reason, pkts: reason.pkts, flows: reason.flows })),
          related_keys: indicator.related.map(({ key, relation }) => ({ key, relation })),
          file_names: indicator.file?.names, certificate_names: indicator.certificate?.names, modified_us: indicator.modified,
        }),
      },
    },
  };
}

function sightingExtension(sighting: SharedSighting): Json {
  return {
    extension_type: 'property-extension',
    ...filled({
      role: sighting.role, observed: sighting.observed, capture: sighting.capture, orig_bytes: sighting.orig_bytes, resp_bytes: sighting.resp_bytes, orig_pkts: sighting.orig_pkts,
      resp_pkts: sighting.resp_pkts, hosts: sighting.hosts, pkts: sighting.pkts, flows: sighting.flows, uids: sighting.uids, community_ids: sighting.community_ids, engine: sighting.engine,
    }),
  };
}

function relationship(type: string, from: string, to: string, created: string, modified: string, marks: readonly string[], how?: string): StixObject {
  return {
    type: 'relationship', spec_version: '2.1', id: ownId('relationship', [type, from, to, how ?? '']), created_by_ref: PROGRAM_ID, created, modified,
    relationship_type: type, source_ref: from, target_ref: to, ...(how ? { description: how } : {}), object_marking_refs: marks,
  };
}

function noteObject(verdict: Verdict, author: string, about: string, marks: readonly string[]): StixObject {
  return {
    type: 'note', spec_version: '2.1', id: ownId('note', [author, verdict.indicator]), created_by_ref: author, created: milliTime(verdict.modified), modified: milliTime(verdict.modified),
    abstract: `Verdict: ${verdict.value}`, content: verdict.note === '' ? `Verdict: ${verdict.value}` : verdict.note, ...(verdict.author_name ? { authors: [verdict.author_name] } : {}), object_refs: [about],
    ...(verdict.tags.length > 0 ? { labels: verdict.tags } : {}), object_marking_refs: marks,
    extensions: { [EXTENSION_ID]: { extension_type: 'property-extension', ...filled({ verdict: verdict.value, indicator_key: verdict.indicator, tags: verdict.tags, modified_us: verdict.modified, has_note: verdict.note !== '' }) } },
  };
}

function reportObject(input: BundleInput, analyst: string, refs: readonly string[], marks: readonly string[]): StixObject {
  const { provenance } = input;
  const time = milliTime(provenance.exported);
  const captures = [...new Set(provenance.captures)].filter((hash) => hash !== '').sort();
  return {
    type: 'report', spec_version: '2.1', id: ownId('report', [analyst, input.title, ...captures]), created_by_ref: analyst, created: time, modified: time, published: time,
    name: input.title === '' ? 'Indicators from packet captures' : input.title, ...(input.note ? { description: input.note } : {}), report_types: ['indicator'], object_refs: refs, object_marking_refs: marks,
    extensions: {
      [EXTENSION_ID]: {
        extension_type: 'property-extension',
        ...filled({ captures, engine: provenance.engine, caps: provenance.caps, tlp: input.tlp, analyst: provenance.analyst.name }),
      },
    },
  };
}
