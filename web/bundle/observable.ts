import type { IndicatorKind } from '../indicators/types';
import type { Json } from './canonical';
import type { SharedIndicator } from './shared';
import { EXTENSION_ID, FINGERPRINT_TYPE, milliTime, observableId, type StixObject } from './stix';

/** STIX type of the observable of each kind. */
export const OBSERVABLE_TYPES: Readonly<Record<IndicatorKind, string>> = {
  'ipv4-addr': 'ipv4-addr', 'ipv6-addr': 'ipv6-addr', 'domain-name': 'domain-name', hostname: 'domain-name', url: 'url', 'email-addr': 'email-addr',
  file: 'file', 'x509-certificate': 'x509-certificate', 'user-account': 'user-account',
  ja3: FINGERPRINT_TYPE, ja3s: FINGERPRINT_TYPE, ja4: FINGERPRINT_TYPE, 'user-agent': FINGERPRINT_TYPE,
};

/** The observable of an indicator, with the id that STIX 2.1 prescribes for its type. */
export function observableOf(indicator: SharedIndicator): StixObject {
  const { kind, value } = indicator;
  const type = OBSERVABLE_TYPES[kind];
  const head = { type, spec_version: '2.1' } as const;
  switch (kind) {
    case 'file': {
      const { file } = indicator;
      const hashes = compact({ MD5: file?.md5, 'SHA-1': file?.sha1, 'SHA-256': value });
      // The name would be part of the id (STIX 2.1 §6.7), and one file comes under many names: they go with the indicator.
      return { ...head, id: observableId(type, { hashes: firstHash(hashes) }), hashes, ...(file && file.size > 0 ? { size: file.size } : {}), ...(file?.mime_type ? { mime_type: file.mime_type } : {}) };
    }
    case 'x509-certificate': {
      const facts = indicator.certificate;
      const hashes = compact({ MD5: facts?.md5, 'SHA-1': value, 'SHA-256': facts?.sha256 });
      const serial = facts?.serial ? { serial_number: facts.serial } : {};
      return {
        ...head, id: observableId(type, { hashes: firstHash(hashes), ...serial }), hashes, ...serial,
        ...(facts?.issuer ? { issuer: facts.issuer } : {}), ...(facts?.subject ? { subject: facts.subject } : {}),
        ...(facts?.not_valid_before === undefined ? {} : { validity_not_before: milliTime(facts.not_valid_before) }),
        ...(facts?.not_valid_after === undefined ? {} : { validity_not_after: milliTime(facts.not_valid_after) }),
      };
    }
    case 'user-account': return { ...head, id: observableId(type, { account_login: value }), account_login: value };
    case 'ja3': case 'ja3s': case 'ja4': case 'user-agent':
      return { ...head, id: observableId(type, { method: kind, value }), method: kind, value, extensions: { [EXTENSION_ID]: { extension_type: 'new-sco' } } };
    default: return { ...head, id: observableId(type, { value }), value };
  }
}

function compact(hashes: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(hashes).filter((entry): entry is [string, string] => /^[0-9a-f]+$/.test(entry[1] ?? '')));
}

/** Of several hashes the first of MD5, SHA-1, SHA-256 makes the id (STIX 2.1 §2.9). */
function firstHash(hashes: Readonly<Record<string, string>>): Json {
  for (const name of ['MD5', 'SHA-1', 'SHA-256']) {
    const hash = hashes[name];
    if (hash !== undefined) return { [name]: hash };
  }
  return {};
}
