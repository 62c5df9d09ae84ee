// Sharing: STIX 2.1, CSV and defanged text out, STIX 2.1 in, and merging.
import { csv, formatIndicators } from '../indicators/format';
import type { Indicator, Verdict } from '../indicators/types';
import { decrypt, encrypt, isAge } from './age';
import { MAX_BUNDLE_BYTES } from './limits';
import { cleanerOf, leaveOut, ownThings, type OwnOptions, type OwnThing } from './own';
import { readBundle, type ReadBundle } from './read';
import { mergeIndicators, mergeVerdicts, share, type SharedIndicator } from './shared';
import { microTime } from './stix';
import type { TlpLabel } from './tlp';
import { writeBundle, type Provenance } from './write';

export { parseTlp, tlpMarking, TLP_IDS, type TlpLabel } from './tlp';
export { ownThings, type OwnThing, type OwnOptions } from './own';
export { mergeIndicator, mergeIndicators, mergeVerdicts, share, underVerdicts, type SharedIndicator, type SharedSighting } from './shared';
export { writeBundle, type BundleInput, type Provenance } from './write';
export { readBundle, type ReadBundle } from './read';
export { isAge } from './age';

export interface ExportRequest {
  readonly indicators: readonly Indicator[];
  readonly verdicts: readonly Verdict[];
  readonly format: 'stix' | 'csv' | 'text';
  readonly tlp: TlpLabel;
  readonly title: string;
  readonly note: string;
  /** `${kind}:${value}` of own things (see `previewExport`) that stay at home. */
  readonly leave_out: readonly string[];
  /** age passphrase; '' = not encrypted. */
  readonly passphrase: string;
  readonly provenance: Provenance;
  /** log2 of scrypt's N; tests lower it. */
  readonly workFactor?: number;
}

export interface ExportedFile { readonly name: string; readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> }

/** What an export would hold, and what of our own network would go along. */
export function previewExport(request: Pick<ExportRequest, 'indicators' | 'verdicts' | 'format' | 'tlp' | 'title' | 'note' | 'leave_out' | 'provenance'>, options: OwnOptions = {}): { indicators: number; objects: number; own: OwnThing[] } {
  const { indicators, verdicts } = prepare(request);
  const objects = request.format === 'stix' ? writeBundle({ ...request, indicators, verdicts }).objects.length : indicators.length;
  const about = request.verdicts.filter((verdict) => request.indicators.some((indicator) => indicator.key === verdict.indicator));
  return { indicators: indicators.length, objects, own: ownThings(request.indicators, about, options) };
}

/** Writes an export. STIX is indented JSON; every format names analyst, captures, engine, caps and TLP. */
export async function exportIndicators(request: ExportRequest): Promise<ExportedFile> {
  const { indicators, verdicts } = prepare(request);
  const clean = cleanerOf(request.leave_out);
  request = { ...request, title: clean(request.title), note: clean(request.note) };
  const text = request.format === 'stix' ? stixText(request, indicators, verdicts) : request.format === 'csv' ? csvText(request, indicators) : plainText(request, indicators, verdicts);
  const plain = new TextEncoder().encode(text);
  const [ending, type] = request.format === 'stix' ? ['json', 'application/stix+json;version=2.1'] : request.format === 'csv' ? ['csv', 'text/csv'] : ['txt', 'text/plain'];
  const name = `${fileName(request.title)}.${ending}`;
  if (request.passphrase === '') return { name, type, bytes: plain };
  return { name: `${name}.age`, type: 'application/octet-stream', bytes: new Uint8Array(await encrypt(plain, request.passphrase, request.workFactor)) };
}

function prepare(request: Pick<ExportRequest, 'indicators' | 'verdicts' | 'leave_out' | 'provenance'>): { indicators: SharedIndicator[]; verdicts: Verdict[] } {
  const shared = request.indicators.map((indicator) => share(indicator, request.provenance.engine));
  const keys = new Set(shared.map((indicator) => indicator.key));
  return leaveOut(shared, request.verdicts.filter((verdict) => keys.has(verdict.indicator)), request.leave_out);
}

function stixText(request: ExportRequest, indicators: readonly SharedIndicator[], verdicts: readonly Verdict[]): string {
  return `${JSON.stringify(writeBundle({ ...request, indicators, verdicts }), null, 1)}\n`;
}

function csvText(request: ExportRequest, indicators: readonly SharedIndicator[]): string {
  const { provenance } = request;
  return csv(indicators, [
    ['analyst', provenance.analyst.name], ['engine', provenance.engine], ['capture_hashes', provenance.captures.join(' ')],
    ['caps', provenance.caps.join('; ')], ['tlp', `TLP:${request.tlp.toUpperCase()}`], ['exported', microTime(provenance.exported)],
  ]);
}

function plainText(request: ExportRequest, indicators: readonly SharedIndicator[], verdicts: readonly Verdict[]): string {
  const { provenance } = request;
  const head = [
    request.title || 'Indicators from packet captures', `TLP:${request.tlp.toUpperCase()}`, `Analyst: ${provenance.analyst.name}`, `Engine: ${provenance.engine}`, `Captures (SHA-256): ${provenance.captures.join(', ') || 'none'}`,
    `Caps tripped: ${provenance.caps.join('; ') || 'none'}`, `Exported: ${microTime(provenance.exported)}`, ...(request.note ? ['', request.note] : []),
  ];
  const words = verdicts.filter((verdict) => verdict.value !== 'unknown' || verdict.note !== '').map((verdict) => `${verdict.author_name} on ${verdict.indicator.replaceAll('.', '[.]')}: ${verdict.value}${verdict.note ? ` – ${verdict.note}` : ''}`);
  return `${head.join('\n')}\n\n${formatIndicators(indicators, 'text')}${words.length ? `\n${words.join('\n')}\n` : ''}`;
}

function fileName(title: string): string {
  return title.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 60) || 'indicators';
}

/** An object of a bundle, as it came. */
export type StixObject = Readonly<Record<string, unknown>>;

export type ImportResult =
  | { readonly ok: true; readonly value: ReadBundle & { readonly needs_passphrase: false; readonly objects: readonly StixObject[] } }
  | { readonly ok: true; readonly value: { readonly needs_passphrase: true } }
  | { readonly ok: false; readonly error: string };

/** Reads a dropped file: a STIX bundle, or one inside age. An age file without a passphrase asks for it. */
export async function importBundle(bytes: Uint8Array, passphrase = ''): Promise<ImportResult> {
  if (bytes.length > MAX_BUNDLE_BYTES) return { ok: false, error: `This bundle is larger than ${MAX_BUNDLE_BYTES} bytes, the most that is read. Split it.` };
  let plain = bytes;
  if (isAge(bytes)) {
    if (passphrase === '') return { ok: true, value: { needs_passphrase: true } };
    const opened = await decrypt(bytes, passphrase);
    if (!opened.ok) return opened;
    plain = opened.value;
  }
  const text = new TextDecoder().decode(plain);
  const read = readBundle(text);
  return read.ok ? { ok: true, value: { ...read.value, needs_passphrase: false, objects: objectsOf(text) } } : read;
}

/** The objects of a bundle that `readBundle` took, with an id each. */
function objectsOf(text: string): StixObject[] {
  const { objects } = JSON.parse(text.replace(/^\ufeff/, '')) as { objects?: unknown };
  return (Array.isArray(objects) ? objects : []).filter((one: unknown): one is StixObject => typeof (one as { id?: unknown } | null)?.id === 'string');
}

/** A case and what was imported, as one; merging the same again changes nothing, in whatever order. */
export function mergeCases(ours: { indicators: readonly Indicator[]; verdicts: readonly Verdict[] }, incoming: { indicators: readonly Indicator[]; verdicts: readonly Verdict[] }, engine: string): {
  indicators: SharedIndicator[]; verdicts: Verdict[]; added: number; merged: number; unchanged: number; newVerdicts: number;
} {
  const { indicators, counts } = mergeIndicators(ours.indicators.map((one) => share(one, engine)), incoming.indicators.map((one) => share(one, engine)));
  const verdicts = mergeVerdicts(ours.verdicts, incoming.verdicts);
  const before = new Set(ours.verdicts.map((verdict) => JSON.stringify(verdict)));
  return { indicators, verdicts, ...counts, newVerdicts: verdicts.filter((verdict) => !before.has(JSON.stringify(verdict))).length };
}
