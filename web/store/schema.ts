import type { DBSchema } from 'idb';
import type { CaptureLocator } from '../capture/open';
import type { PackedChunk } from '../engine/chunk';
import type { Indicator, Microseconds, Verdict } from '../indicators/types';

/** Name of the IndexedDB database, and of the folder in the origin private file system. */
export const DATABASE = 'capsift';
/** Version of the database that this code reads and writes: the number of steps in migrations.ts. */
export const DATABASE_VERSION = 3;

/** What names a capture (web/capture/identity.ts): lower-case SHA-256 of its file, or of its own bytes when a zip holds it. */
export type Sha256 = string;

/** What is kept of a capture besides its rows. */
export interface StoredCapture {
  readonly sha256: Sha256;
  readonly name: string;
  /** Bytes of the file. */
  readonly size: number;
  /** `sampleOf` of web/capture/sample.ts, to recognise the file before all of it was read; '' = not known. */
  readonly sample: string;
  readonly format: string;
  readonly first_ts: Microseconds | null;
  readonly last_ts: Microseconds | null;
  readonly packets: number;
  readonly flows: number;
  /** How many indicators. */
  readonly indicators: number;
  readonly analysed_at: Microseconds;
  /** Version and hash of the engine that made the rows. */
  readonly engine: string;
  /** COUNTER_* of assembly/abi/counters.ts. */
  readonly counters: BigUint64Array;
  readonly linktypes: readonly { readonly linktype: number; readonly packets: number; readonly bytes: number }[];
  /** Caps beside the engine's own that tripped; absent in records of earlier versions. */
  readonly caps?: readonly { readonly name: string; readonly times: number }[];
  /** Where the capture lies within the file that is kept; absent: it is the file. */
  readonly locator?: CaptureLocator;
  readonly state: 'done' | 'stopped' | 'failed';
  /** One sentence, '' when all went well. */
  readonly message: string;
  readonly kept_capture: boolean;
  readonly kept_logs: boolean;
  /** Which run's chunks are its rows; chunks of any other run are left-overs. */
  readonly run: number;
}

/** One PackedChunk of a capture. */
export interface StoredChunk extends PackedChunk {
  readonly capture: Sha256;
  readonly run: number;
  readonly seq: number;
}

/** An indicator of one capture, with the sightings that are of it. */
export interface StoredIndicator {
  readonly last_seen: Microseconds;
  readonly count: number;
  readonly indicator: Indicator;
}

/**
 * Some indicators of one capture. Many in a record: of 32,000 records, one for each, the database took eight seconds
 * of processor time.
 */
export interface StoredIndicators {
  readonly capture: Sha256;
  /** Number among the records of the capture, from 0. */
  readonly block: number;
  /** `${kind}:${value}` of each, in their order. */
  readonly keys: readonly string[];
  readonly indicators: readonly StoredIndicator[];
}

export interface StoredIdentity {
  /** STIX id, `identity--…`. */
  readonly id: string;
  readonly name: string;
  /** The person at this browser; the others came with bundles. */
  readonly own: boolean;
}

/** Settings by name. */
export interface Settings {
  readonly keep_logs: boolean;
  readonly keep_captures: boolean;
  /** Prefixes (CIDR) that are ours besides the private ones. */
  readonly local_networks: readonly string[];
}

export const DEFAULT_SETTINGS: Settings = { keep_logs: true, keep_captures: false, local_networks: [] };

export interface StoredSetting {
  readonly name: keyof Settings;
  readonly value: boolean | readonly string[];
}

/** An object of an imported bundle, as it came. */
export interface StoredImport {
  /** STIX id. */
  readonly id: string;
  readonly type: string;
  readonly modified: string;
  /** Name of the file that brought it. */
  readonly source: string;
  readonly imported_at: Microseconds;
  readonly object: Readonly<Record<string, unknown>>;
}

/** Everything in the database, at DATABASE_VERSION. */
export interface Schema extends DBSchema {
  captures: { key: Sha256; value: StoredCapture; indexes: { by_size: number } };
  chunks: { key: [Sha256, number, number, number]; value: StoredChunk };
  indicator_blocks: { key: [Sha256, number]; value: StoredIndicators; indexes: { by_key: string } };
  verdicts: { key: [string, string]; value: Verdict; indexes: { by_indicator: string } };
  identities: { key: string; value: StoredIdentity };
  settings: { key: string; value: StoredSetting };
  imports: { key: string; value: StoredImport };
}

export const STORES = ['captures', 'chunks', 'indicator_blocks', 'verdicts', 'identities', 'settings', 'imports'] as const;
export type StoreName = (typeof STORES)[number];
export type RecordOf<S extends StoreName> = Schema[S]['value'];

/** What makes a record's key, in order; one field = a plain key, several = an array. */
export const KEY_PATHS: Readonly<Record<StoreName, readonly string[]>> = {
  captures: ['sha256'], chunks: ['capture', 'run', 'log', 'seq'], indicator_blocks: ['capture', 'block'],
  verdicts: ['indicator', 'author'], identities: ['id'], settings: ['name'], imports: ['id'],
};
