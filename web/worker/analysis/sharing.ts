import { exportIndicators, importBundle, mergeVerdicts, previewExport, type Provenance } from '../../bundle/index';
import { matchAdvisory } from '../../indicators/advisory';
import type { Indicator } from '../../indicators/types';
import type { AdvisoryMatch, BundlePreview, BundleRequest, ImportReport, Result, Saved } from '../api';
import type { Case } from './case';
import { capsInWords, coverageOf } from './coverage';
import type { StorePort } from './store-port';
import type { Tables } from './tables';

/** Microseconds since the epoch, now. */
export const nowMicros = (): number => Date.now() * 1000;

/** Bundles out and in, and advisories. */
export class Sharing {
  constructor(private readonly data: Case, private readonly tables: Tables, private readonly store: StorePort) {}

  private chosen(request: BundleRequest): Indicator[] {
    if (request.keys === null) return [...this.tables.indicators(request.scope)];
    const keys = new Set(request.keys);
    return this.data.indicators().filter((indicator) => keys.has(indicator.key));
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
    const kept = await this.store.analysts.putVerdicts(fresh);
    this.data.setVerdicts(merged);
    return {
      ok: true,
      value: { ...counts, verdicts: fresh.length, left: kept.ok ? left : [...left, kept.error], producer, needs_passphrase: false },
    };
  }

  advisory(text: string): AdvisoryMatch[] {
    return matchAdvisory(text, this.data.indicators());
  }
}
