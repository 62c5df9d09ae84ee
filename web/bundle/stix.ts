import { isoTime } from '../indicators/format';
import { canonicalJson, type Json } from './canonical';
import { uuidV5 } from './uuid';

/** A STIX 2.1 object; what each type holds is in web/bundle/write.ts. */
export type StixObject = { readonly type: string; readonly id: string } & { readonly [name: string]: Json | undefined };

export interface StixBundle {
  readonly type: 'bundle';
  readonly id: string;
  readonly objects: readonly StixObject[];
}

/** Namespace of deterministic observable ids (STIX 2.1 §2.9). */
export const SCO_NAMESPACE = '00abedb4-aa42-466c-9c01-fed23315a9b7';
/** Namespace of this project's deterministic ids. */
export const OUR_NAMESPACE = '10472079-63d9-4997-84b7-a86f280f2429';
/** Our extension: what STIX has no place for. */
export const EXTENSION_ID = 'extension-definition--57b638fc-af93-482e-9218-52ce1c5cac00';
/** STIX type of observables that STIX has none for: TLS fingerprints and user agents. */
export const FINGERPRINT_TYPE = 'network-fingerprint';
/** The identity of the program, author of what no person wrote. */
export const PROGRAM_ID = `identity--${uuidV5(OUR_NAMESPACE, 'capsift')}`;

/** Deterministic id of an observable from its id-contributing properties (STIX 2.1 §2.9). */
export function observableId(type: string, contributing: Json): string {
  return `${type}--${uuidV5(SCO_NAMESPACE, canonicalJson(contributing))}`;
}

/** Deterministic id of one of our own objects from what makes it what it is. */
export function ownId(type: string, name: Json): string {
  return `${type}--${uuidV5(OUR_NAMESPACE, canonicalJson([type, name]))}`;
}

/** An identity's id as STIX wants it; names that are none become a deterministic one. */
export function identityId(id: string, name: string): string {
  return /^identity--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id) ? id : ownId('identity', id === '' ? name : id);
}

/** `2024-03-01T12:00:00.123Z` (microseconds in, clamped to the years that STIX can write). */
export function milliTime(us: number): string {
  const ms = Number.isFinite(us) ? Math.floor(us / 1000) : 0;
  return new Date(Math.max(0, Math.min(ms, 253_402_300_799_999))).toISOString();
}

/** As `milliTime`, to the microsecond: first_seen, last_seen and the like may be finer. */
export function microTime(us: number): string {
  const safe = Number.isFinite(us) ? Math.max(0, Math.min(Math.round(us), 253_402_300_799_999_999)) : 0;
  return isoTime(safe);
}

/** Microseconds of a STIX timestamp (RFC 3339, UTC), null when it is none. */
export function parseTime(text: Json | undefined): number | null {
  if (typeof text !== 'string') return null;
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?Z$/.exec(text);
  if (!match?.[1]) return null;
  const ms = Date.parse(`${match[1]}Z`);
  return Number.isNaN(ms) ? null : ms * 1000 + Number((match[2] ?? '').slice(0, 6).padEnd(6, '0'));
}
