import type { Indicator } from '../indicators/types';
import type { Sha256, StoredIndicator, StoredIndicators } from './schema';

/**
 * Indicators of one record. A few dozen make a record of some ten KiB: larger ones gain little, and Chromium puts what has
 * more than 64 KiB into a file of its own.
 */
export const INDICATORS_A_BLOCK = 32;

/** An indicator with what is told of it without its sightings. */
export const storedIndicator = (indicator: Indicator): StoredIndicator => ({
  indicator,
  last_seen: indicator.sightings.reduce((latest, sighting) => Math.max(latest, sighting.last_seen), 0),
  count: indicator.sightings.reduce((sum, sighting) => sum + sighting.count, 0),
});

/** Puts the indicators of one capture together into records. */
export class IndicatorBlocks {
  private block = 0;
  private gathered: StoredIndicator[] = [];

  constructor(readonly capture: Sha256) {}

  /** One more; gives a record when it is full. */
  *add(indicator: StoredIndicator): Generator<StoredIndicators, void> {
    if (this.gathered.push(indicator) >= INDICATORS_A_BLOCK) yield* this.end();
  }

  /** The last record, when there is something for it. */
  *end(): Generator<StoredIndicators, void> {
    const indicators = this.gathered;
    if (indicators.length === 0) return;
    this.gathered = [];
    yield { capture: this.capture, block: this.block++, keys: indicators.map(({ indicator }) => indicator.key), indicators };
  }
}
