/** Kinds of indicator, STIX's type name where it has one; of equally grave ones the first kinds are listed first. */
export const KINDS = [
  'domain-name', 'url', 'file', 'ipv4-addr', 'ipv6-addr', 'x509-certificate', 'email-addr', 'user-account', 'hostname', 'user-agent', 'ja3', 'ja4', 'ja3s',
] as const;
export type IndicatorKind = (typeof KINDS)[number];

export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

/** Where a value stood, in Zeek intel's vocabulary (base/frameworks/intel: Intel::Where). */
export const ROLES = [
  'Conn::IN_ORIG', 'Conn::IN_RESP', 'DNS::IN_REQUEST', 'DNS::IN_RESPONSE', 'HTTP::IN_HOST_HEADER',
  'HTTP::IN_REFERRER_HEADER', 'HTTP::IN_USER_AGENT_HEADER', 'HTTP::IN_X_FORWARDED_FOR_HEADER', 'HTTP::IN_URL',
  'SSL::IN_SERVER_NAME', 'X509::IN_CERT', 'Files::IN_HASH', 'Files::IN_NAME', 'SSL::IN_JA3', 'SSL::IN_JA3S',
  'SSL::IN_JA4', 'HTTP::IN_LOCATION_HEADER', 'HTTP::IN_BASIC_AUTH', 'ARP::IN_REPLY', 'NAME::IN_CAPTURE',
  'DHCP::IN_HOSTNAME', 'NBNS::IN_NAME',
] as const;
export type Role = (typeof ROLES)[number];

/** Nanoseconds would overflow a double: times here are microseconds since the Unix epoch, UTC. */
export type Microseconds = number;

/** One indicator in one capture in one role. */
export interface Sighting {
  readonly role: Role;
  /** Traffic went there (true), or it only stood in some text (false). */
  readonly observed: boolean;
  /** Lower-case SHA-256 of the capture file; empty until it is known. */
  readonly capture: string;
  readonly first_seen: Microseconds;
  readonly last_seen: Microseconds;
  readonly count: number;
  /** Payload bytes and packets that the indicator's flows carried, from and to our side's originator. */
  readonly orig_bytes: number;
  readonly resp_bytes: number;
  readonly orig_pkts: number;
  readonly resp_pkts: number;
  /** Addresses of our own hosts involved, at most MAX_SIGHTING_HOSTS. */
  readonly hosts: readonly string[];
  /** Packet numbers, at most MAX_SIGHTING_PACKETS, earliest first. */
  readonly pkts: readonly number[];
  /** Flow ordinals (column `flow`), at most MAX_SIGHTING_FLOWS. */
  readonly flows: readonly number[];
  readonly uids: readonly string[];
  readonly community_ids: readonly string[];
}

/** One named part of a score, in words that a person can check. */
export interface Reason {
  /** Stable name, for example `served-executable`. */
  readonly name: string;
  /** A sentence for people. */
  readonly text: string;
  /** Points added (or taken, when negative). */
  readonly points: number;
  /** ATT&CK technique where one fits. */
  readonly technique?: string;
  readonly pkts?: readonly number[];
  readonly flows?: readonly number[];
  /** The capture that `pkts` and `flows` are of, as in Sighting; absent when the case has one only. */
  readonly capture?: string;
}

/** File properties that STIX keeps on the file object. */
export interface FileFacts {
  readonly md5?: string;
  readonly sha1?: string;
  readonly sha256: string;
  readonly names: readonly string[];
  readonly mime_type?: string;
  /** Bytes after content decoding. */
  readonly size: number;
}

/** Facts of a certificate from x509. */
export interface CertificateFacts {
  readonly sha256: string;
  readonly sha1: string;
  readonly md5?: string;
  readonly serial: string;
  readonly subject: string;
  readonly issuer: string;
  readonly not_valid_before?: Microseconds;
  readonly not_valid_after?: Microseconds;
  readonly names: readonly string[];
}

/** Kind + normalised value, with everything that is known of it in the case. */
export interface Indicator {
  /** `${kind}:${value}`. */
  readonly key: string;
  readonly kind: IndicatorKind;
  /** Normalised, plain (never defanged). */
  readonly value: string;
  readonly score: number;
  readonly severity: Severity;
  /** 0–100, STIX's scale. */
  readonly confidence: number;
  readonly reasons: readonly Reason[];
  readonly sightings: readonly Sighting[];
  /** Other names and addresses tied to it (resolved to, served from, …): keys of indicators. */
  readonly related: readonly { readonly key: string; readonly relation: string }[];
  readonly file?: FileFacts;
  readonly certificate?: CertificateFacts;
}

/** What an analyst decided; outranks every score. */
export type VerdictValue = 'malicious' | 'suspicious' | 'benign' | 'unknown';

/** One analyst's word on one indicator; never overwrites another analyst's. */
export interface Verdict {
  /** `${kind}:${value}`. */
  readonly indicator: string;
  /** STIX identity id of the author. */
  readonly author: string;
  readonly author_name: string;
  readonly value: VerdictValue;
  readonly note: string;
  readonly tags: readonly string[];
  readonly modified: Microseconds;
}
