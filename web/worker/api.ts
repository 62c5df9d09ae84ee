// What the page may ask of the analysis worker, and what a run tells the page. Everything here is structured-cloneable.
// Workers answer with results, never with exceptions: comlink loses error classes and custom fields.
import type { Indicator, Microseconds, Severity, Verdict } from '../indicators/types';
import type { CaptureLocator } from '../capture/open';
import type { PackedChunk } from '../engine/chunk';
import type { Layer } from '../packet/types';
import type { HistoryEntry, Identity, Saved, StoreStatus } from '../store/types';

export type { Layer, LayerField } from '../packet/types';

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

// ---------------------------------------------------------------------------------------------------- captures, runs

/** One capture of the case. `id` is its place in the case, from 0. */
export interface CaptureInfo {
  readonly id: number;
  readonly name: string;
  /** Bytes of the file as it lies on disk. */
  readonly size: number;
  /** Lower-case hexadecimal; empty until computed in the background. */
  readonly sha256: string;
  /** For example `pcap, little-endian, microseconds` or `pcapng in gzip`. */
  readonly format: string;
  readonly packets: number;
  readonly first_ts: Microseconds | null;
  readonly last_ts: Microseconds | null;
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  /** One sentence for people: truncated, damaged, not a capture, stopped, worker died; empty when all went well. */
  readonly message: string;
  /** True while the packets can be read again (File at hand, or kept in OPFS). */
  readonly attached: boolean;
}

/** How a run ended. */
export interface RunOutcome {
  readonly state: CaptureInfo['state'];
  readonly message: string;
  readonly format: string;
  /** Caps beside the engine's own that tripped (bodies). */
  readonly caps?: readonly { readonly name: string; readonly times: number }[];
}

/** Sent to the page at most ten times a second while a run goes on. */
export interface RunProgress {
  readonly capture: number;
  readonly bytes: number;
  readonly total: number;
  readonly packets: number;
  readonly flows: number;
  /** Bytes a second over the last second. */
  readonly rate: number;
  /** Seconds left at that rate; null until it can be told. */
  readonly seconds_left: number | null;
}

export type CaseEvent =
  | { readonly type: 'captures'; readonly captures: readonly CaptureInfo[] }
  | { readonly type: 'progress'; readonly progress: RunProgress }
  /** Tables grew: views that show them may ask again (at most four a second). */
  | { readonly type: 'changed'; readonly version: number }
  /** Names of files that are being read or wait for their turn; the last one is empty. */
  | { readonly type: 'queue'; readonly names: readonly string[] }
  /** The page asks for a password (encrypted zip); answered by `CaseClient.password`. */
  | { readonly type: 'password'; readonly capture: number; readonly name: string; readonly wrong: boolean }
  | { readonly type: 'notice'; readonly severity: 'info' | 'warning' | 'error'; readonly text: string };

// -------------------------------------------------------------------------------------------------- scope and tables

/** One chip: a field, what of it, and whether matching rows stay or go. */
export interface Chip {
  /** `host`, `port`, `proto`, `service`, `indicator`, `uid`, `flow`, `capture`, or `table.column` / a column's name. */
  readonly field: string;
  readonly op: '=' | '>' | '<' | '~';
  readonly value: string;
  readonly exclude: boolean;
}

/** The one scope that every view, count and export honours. */
export interface Scope {
  /** Inclusive start, exclusive end; null = open. */
  readonly from: Microseconds | null;
  readonly to: Microseconds | null;
  readonly chips: readonly Chip[];
  /** Typed filter, see web/logs/filter-text.ts for its grammar. */
  readonly text: string;
}

export const EMPTY_SCOPE: Scope = { from: null, to: null, chips: [], text: '' };

export type TableName =
  | 'indicators' | 'hosts' | 'conn' | 'dns' | 'http' | 'ssl' | 'x509' | 'files' | 'weird' | 'arp' | 'packet';

export interface TableColumn {
  readonly name: string;
  /** Words for the header. */
  readonly title: string;
  readonly kind: 'text' | 'number' | 'time' | 'duration' | 'bytes' | 'address' | 'port' | 'bool' | 'list' | 'severity';
  /** Shown unless the person chose otherwise. */
  readonly shown: boolean;
  /** A width in px to start with. */
  readonly width: number;
}

/** How times are written everywhere: an IANA zone, `UTC`, or `local`. */
export type TimeZone = string;

export interface TableQuery {
  readonly table: TableName;
  readonly scope: Scope;
  /** Column name; null = the table's own order (indicators: best first; others: time). */
  readonly sort: string | null;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
  readonly columns: readonly string[];
  readonly timeZone: TimeZone;
}

export interface TableRow {
  /** Stable within the case: `${capture}:${row}` for logs, the key for indicators, the address for hosts. */
  readonly id: string;
  readonly capture: number;
  /** Plain text of the asked columns, formatted for reading; null = no value. */
  readonly cells: readonly (string | null)[];
  /** Flow ordinal, 0 = none. */
  readonly flow: number;
  /** Packet number, 0 = none. */
  readonly pkt: number;
  /** Indicators: to colour the row. */
  readonly severity?: Severity;
  /** Indicators: the analyst's verdict, in short. */
  readonly verdict?: string;
}

export interface RowWindow {
  readonly version: number;
  /** Rows in scope, and rows of the table in all. */
  readonly total: number;
  readonly all: number;
  readonly offset: number;
  readonly rows: readonly TableRow[];
  /** Names beside the addresses that the rows show. */
  readonly names: Readonly<Record<string, string>>;
  /** A sentence when the typed filter could not be understood. */
  readonly problem?: string;
}

// ------------------------------------------------------------------------------------------------------------ overview

/** Classes of the timeline's stacked bars, in drawing order. */
export const TIMELINE_CLASSES = ['TLS', 'HTTP', 'DNS', 'other TCP', 'other UDP', 'ICMP', 'ARP', 'other'] as const;

export interface Timeline {
  readonly from: Microseconds;
  readonly to: Microseconds;
  readonly bins: number;
  /** [class][bin] bytes on the wire. */
  readonly bytes: readonly (readonly number[])[];
  /** Where indicators of severity medium or above were first seen. */
  readonly marks: readonly { readonly at: Microseconds; readonly key: string; readonly severity: Severity; readonly title: string }[];
}

export interface Share { readonly name: string; readonly count: number; readonly bytes: number }
export interface Talker { readonly orig: string; readonly resp: string; readonly flows: number; readonly bytes: number; readonly services: readonly string[] }

export interface CoverageLine {
  /** For example `Link type 127 (802.11 radiotap)`, `Cap: concurrent flows (1,048,576)`. */
  readonly label: string;
  readonly packets: number;
  readonly bytes: number;
  readonly kind: 'decoded' | 'undecoded' | 'missing' | 'cap' | 'note';
  readonly text: string;
}

export interface Coverage {
  /** 0–1 of captured packets that were decoded to a transport or better; 1 for an empty capture. */
  readonly decoded_packets: number;
  readonly decoded_bytes: number;
  readonly caps_tripped: number;
  readonly lines: readonly CoverageLine[];
}

export interface Overview {
  readonly captures: readonly CaptureInfo[];
  readonly packets: number;
  readonly bytes: number;
  readonly flows: number;
  readonly hosts: number;
  readonly first_ts: Microseconds | null;
  readonly last_ts: Microseconds | null;
  /** One or two sentences: what this capture is. */
  readonly sentence: string;
  readonly protocols: readonly Share[];
  readonly talkers: readonly Talker[];
  readonly indicators: readonly Indicator[];
  readonly coverage: Coverage;
  /** Rows of each table in scope. */
  readonly counts: Readonly<Partial<Record<TableName, number>>>;
  /** A sentence when the typed filter could not be understood. */
  readonly problem?: string;
}

// ----------------------------------------------------------------------------------------------------------- inspector

export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Everything that is known of one row: all columns, not only the shown ones. */
export interface RowDetail {
  readonly table: TableName;
  readonly id: string;
  readonly capture: number;
  readonly fields: readonly Field[];
  readonly flow: number;
  readonly pkt: number;
  readonly uid: string;
  /** Rows of other logs of the same flow. */
  readonly related: readonly { readonly table: TableName; readonly id: string; readonly text: string }[];
  /** Keys of the indicators that this row shows. */
  readonly indicators: readonly string[];
  /** A Wireshark display filter that shows the row's packets. */
  readonly wireshark: string;
}

export interface IndicatorDetail {
  readonly indicator: Indicator;
  readonly verdicts: readonly Verdict[];
  /** Other captures of the history that it was seen in. */
  readonly history: readonly { readonly capture: string; readonly sha256: string; readonly last_seen: Microseconds; readonly count: number }[];
  readonly flows: readonly TableRow[];
  readonly wireshark: string;
}

export interface PacketDetail {
  readonly capture: number;
  readonly pkt: number;
  readonly ts: string;
  readonly caplen: number;
  readonly len: number;
  readonly flow: number;
  readonly bytes: Uint8Array;
  readonly layers: readonly Layer[];
}

export interface StreamPart {
  readonly from_orig: boolean;
  readonly pkt: number;
  readonly ts: Microseconds;
  readonly bytes: Uint8Array;
  /** Bytes missing before this part. */
  readonly gap: number;
}

export interface Stream {
  readonly flow: number;
  readonly orig: string;
  readonly resp: string;
  readonly parts: readonly StreamPart[];
  /** True when the cap on shown bytes was reached. */
  readonly cut: boolean;
}

// ------------------------------------------------------------------------------------------------- bundles and advisory

export type Tlp = 'clear' | 'green' | 'amber' | 'amber+strict' | 'red';

/** What of our own network would go along with an export, each of which can be left out. */
export interface OwnThing {
  readonly kind: 'internal-address' | 'internal-name' | 'user' | 'credential' | 'cookie';
  readonly value: string;
  readonly where: string;
}

export interface BundleRequest {
  /** Indicator keys; null = all in scope. */
  readonly keys: readonly string[] | null;
  readonly scope: Scope;
  readonly tlp: Tlp;
  readonly format: 'stix' | 'csv' | 'text';
  readonly analyst: string;
  readonly title: string;
  readonly note: string;
  /** `${kind}:${value}` of the own things that stay at home. */
  readonly leave_out: readonly string[];
  /** age passphrase; empty = not encrypted. */
  readonly passphrase: string;
}

export interface BundlePreview { readonly indicators: number; readonly objects: number; readonly own: readonly OwnThing[] }

export interface ImportReport {
  readonly added: number;
  readonly merged: number;
  readonly unchanged: number;
  readonly verdicts: number;
  /** Sentences: what was left, by type. */
  readonly left: readonly string[];
  readonly producer: string;
  readonly needs_passphrase: boolean;
}

export interface AdvisoryMatch {
  /** As it stood in the pasted text. */
  readonly written: string;
  readonly key: string;
  /** Null: not in this case. */
  readonly indicator: Indicator | null;
}

// ---------------------------------------------------------------------------------------------------------------- store

export type { HistoryEntry, Identity, Saved, StoreStatus } from '../store/types';

// ------------------------------------------------------------------------------------------------------------- the API

/** Implemented by the analysis worker (web/worker/analysis.worker.ts) and, the same class, in Node for tests. */
export interface AnalysisApi {
  /** A capture begins; its File is kept for reading packets again. */
  begin(info: { id: number; name: string; size: number; locator?: CaptureLocator }, file: Blob | null): Promise<void>;
  /** Chunks of rows, from the engine and body workers. */
  append(capture: number, chunks: readonly PackedChunk[]): Promise<void>;
  /** Engine counters after each batch. */
  counters(capture: number, counters: BigUint64Array, linktypes: readonly { linktype: number; packets: number; bytes: number }[]): Promise<void>;
  finish(capture: number, outcome: RunOutcome): Promise<void>;
  setSha256(capture: number, sha256: string): Promise<void>;

  captures(): Promise<readonly CaptureInfo[]>;
  columns(table: TableName): Promise<readonly TableColumn[]>;
  rows(query: TableQuery): Promise<RowWindow>;
  overview(scope: Scope): Promise<Overview>;
  timeline(scope: Scope, bins: number): Promise<Timeline>;
  search(text: string, limit: number): Promise<readonly { table: TableName; id: string; title: string; detail: string }[]>;
  row(table: TableName, id: string, timeZone: TimeZone): Promise<Result<RowDetail>>;
  indicator(key: string, timeZone: TimeZone): Promise<Result<IndicatorDetail>>;
  packet(capture: number, pkt: number, timeZone: TimeZone): Promise<Result<PacketDetail>>;
  follow(capture: number, flow: number): Promise<Result<Stream>>;

  exportTable(query: Omit<TableQuery, 'offset' | 'limit'>, format: 'csv' | 'json' | 'zeek-tsv' | 'zeek-json'): Promise<Result<Saved>>;
  savePackets(capture: number, what: { flow: number } | { scope: Scope }): Promise<Result<Saved>>;
  saveFile(capture: number, fuid: string): Promise<Result<Saved>>;
  wiresharkFilter(scope: Scope): Promise<Result<string>>;

  bundlePreview(request: BundleRequest): Promise<Result<BundlePreview>>;
  bundle(request: BundleRequest): Promise<Result<Saved>>;
  importBundle(name: string, bytes: Uint8Array, passphrase: string): Promise<Result<ImportReport>>;
  matchAdvisory(text: string): Promise<readonly AdvisoryMatch[]>;

  setVerdict(indicator: string, change: { value?: Verdict['value']; note?: string; tags?: readonly string[] }): Promise<Result<void>>;
  identity(): Promise<Identity>;
  setIdentity(name: string): Promise<Result<Identity>>;

  /** Prefixes (CIDR) that the person named as ours beside the private ones. */
  localNetworks(): Promise<readonly string[]>;
  setLocalNetworks(prefixes: readonly string[]): Promise<Result<void>>;

  storeStatus(): Promise<StoreStatus>;
  setStoreSwitch(name: 'keep_logs' | 'keep_captures', on: boolean): Promise<Result<StoreStatus>>;
  history(): Promise<readonly HistoryEntry[]>;
  /** Opens a kept capture's rows without its file. */
  openHistory(sha256: string): Promise<Result<CaptureInfo>>;
  deleteHistory(sha256: string | null): Promise<Result<void>>;
  /** How many indicators came with bundles and are kept, and when the last was imported (null: none). */
  imports(): Promise<{ readonly indicators: number; readonly last: Microseconds | null }>;
  /** Shows everything that was imported, whether the captures at hand have it or not. */
  openImports(): Promise<Result<number>>;
  exportStore(): Promise<Result<Saved>>;
  close(): Promise<void>;
}
