import { exportIndicators, importBundle, mergeVerdicts, previewExport, type Provenance, type StixObject } from '../../bundle/index';
import { matchAdvisory } from '../../indicators/advisory';
import { everyIndicator } from '../../indicators/ranking';
import type { Indicator } from '../../indicators/types';
import type { StoredImport } from '../../store/schema';
import type { AdvisoryMatch, BundlePreview, BundleRequest, ImportReport, Result, Saved } from '../api';
import type { Case } from './case';
import { capsInWords, coverageOf } from './coverage';
import type { StorePort } from './store-port';
import type { Tables } from './tables';

/** Microseconds since the epoch, now. */
export const nowMicros = (): number => Date.now() * 1000;

function storedImports(objects: readonly StixObject[], source: string): StoredImport[] {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return objects.map((object) => ({
    id: text(object['id']), type: text(object['type']), modified: text(object['modified']), source, imported_at: nowMicros(), object,
  }));
}

/** Bundles out and in, and advisories. */
export class Sharing {
  constructor(private readonly data: Case, private readonly tables: Tables, private readonly store: StorePort) {}

  private chosen(request: BundleRequest): Indicator[] {
    const ranked = this.data.indicators();
    const chosen = request.keys
      ? [...new Set(request.keys.map((key) => ranked.placeOf(key)))].filter((place) => place >= 0).sort((a, b) => a - b).map((place) => ranked.at(place))
      : [...everyIndicator(this.tables.indicators(request.scope))];
    // The stand-in for a hash that is not known yet must not leave.
    return chosen.map((one) => (one.sightings.some(({ capture }) => capture.startsWith('#'))
      ? { ...one, sightings: one.sightings.map((sighting) => (sighting.capture.startsWith('#') ? { ...sighting, capture: '' } : sighting)) } : one));
  }

  private async input(request: BundleRequest): Promise<Parameters<typeof exportIndicators>[0]> {
    const indicators = this.chosen(request);
    const keys = new Set(indicators.map((indicator) => indicator.key));
    const identity = await this.store.analysts.identity();
    const captures = new Set(indicators.flatMap((indicator) => indicator.sightings.map((sighting) => sighting.capture)).filter((sha256) => sha256 !== ''));
    const provenance: Provenance = {
      analyst: { id: identity.id, name: request.analyst.trim() || identity.name }, engine: this.data.engine,
      captures: [...captures].sort(), caps: capsInWords(coverageOf(this.data.captures(), this.data.current().caps)), exported: nowMicros(),
    };
    return {
      indicators, verdicts: this.data.verdicts.filter((verdict) => keys.has(verdict.indicator)), format: request.format, tlp: request.tlp,
      title: request.title, note: request.note, leave_out: request.leave_out, passphrase: request.passphrase, provenance,
    };
  }

  async preview(request: BundleRequest): Promise<Result<BundlePreview>> {
    return { ok: true, value: previewExport(await this.input(request), { localNetworks: this.data.localNetworks() }) };
  }

  async bundle(request: BundleRequest): Promise<Result<Saved>> {
    const input = await this.input(request);
    if (input.indicators.length === 0) return { ok: false, error: 'There is no indicator to export: nothing is selected, or nothing is in scope.' };
    return { ok: true, value: await exportIndicators(input) };
  }

  /** @param name of the dropped file */
  async import(name: string, bytes: Uint8Array, passphrase: string): Promise<Result<ImportReport>> {
    const read = await importBundle(bytes, passphrase);
    if (!read.ok) return { ok: false, error: `${name}: ${read.error}` };
    const nothing = { added: 0, merged: 0, unchanged: 0, verdicts: 0, left: [], producer: '' };
    if (read.value.needs_passphrase) return { ok: true, value: { ...nothing, needs_passphrase: true } };
    const { indicators, verdicts, left, producer } = read.value;
    const counts = this.data.addImported(indicators);
    const before = new Set(this.data.verdicts.map((verdict) => JSON.stringify(verdict)));
    const merged = mergeVerdicts(this.data.verdicts, verdicts);
    const fresh = merged.filter((verdict) => !before.has(JSON.stringify(verdict)));
    this.data.setVerdicts(merged);
    const kept = [await this.store.analysts.putVerdicts(fresh), await this.store.analysts.putImports(storedImports(read.value.objects, name))];
    const problems = kept.flatMap((one) => (one.ok ? [] : [one.error]));
    return {
      ok: true,
      value: { ...counts, verdicts: fresh.length, left: [...left, ...problems], producer, needs_passphrase: false },
    };
  }

  /** Brings back what was imported at another time; answers how many indicators that are. */
  async openImports(): Promise<Result<number>> {
    const objects = (await this.store.analysts.imports()).map(({ object }) => object);
    const read = await importBundle(new TextEncoder().encode(JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-000000000000', objects })));
    if (!read.ok) return read;
    if (read.value.needs_passphrase) return { ok: true, value: 0 };
    this.data.addImported(read.value.indicators);
    return { ok: true, value: read.value.indicators.length };
  }

  async imports(): Promise<{ indicators: number; last: number | null }> {
    const kept = await this.store.analysts.imports();
    return {
      indicators: kept.filter(({ type }) => type === 'indicator').length,
      last: kept.reduce<number | null>((last, { imported_at: at }) => Math.max(last ?? 0, at), null),
    };
  }

  advisory(text: string): AdvisoryMatch[] {
    return matchAdvisory(text, everyIndicator(this.data.indicators()));
  }
}
