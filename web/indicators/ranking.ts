import { numberWords } from '../logs/growing';
import { orderByWords } from '../logs/radix';
import type { Collector } from './collector';
import { plainIndicator } from './extract/index';
import { applyVerdicts, score, severityOf, type Given, type Score } from './score';
import type { Steps } from './steps';
import type { Indicator, Severity, Verdict } from './types';

/** Indicators of a case, best first. Whoever wants them as objects asks for those that are needed. */
export interface Ranked {
  readonly length: number;
  /** The indicator at a place. @throws RangeError beyond the end */
  at(place: number): Indicator;
  /** As `at`, but without uids and Community IDs, which cost more than the rest together. */
  light(place: number): Indicator;
  severity(place: number): Severity;
  /** Place of a key; −1 when it is none of them. */
  placeOf(key: string): number;
}

/** Indicators that are there as objects. */
export class RankedArray implements Ranked {
  private places: Map<string, number> | null = null;

  constructor(readonly indicators: readonly Indicator[]) {}

  get length(): number {
    return this.indicators.length;
  }

  at(place: number): Indicator {
    const one = this.indicators[place];
    if (!one) throw new RangeError(`no indicator at ${place}`);
    return one;
  }

  light(place: number): Indicator {
    return this.at(place);
  }

  severity(place: number): Severity {
    return this.at(place).severity;
  }

  placeOf(key: string): number {
    this.places ??= new Map(this.indicators.map((one, place) => [one.key, place]));
    return this.places.get(key) ?? -1;
  }
}

/** Some of the indicators of a list, in its order or another. */
export class RankedPart implements Ranked {
  constructor(private readonly whole: Ranked, private readonly places: Uint32Array) {}

  get length(): number {
    return this.places.length;
  }

  private place(place: number): number {
    const found = this.places[place];
    if (found === undefined) throw new RangeError(`no indicator at ${place}`);
    return found;
  }

  at(place: number): Indicator {
    return this.whole.at(this.place(place));
  }

  light(place: number): Indicator {
    return this.whole.light(this.place(place));
  }

  severity(place: number): Severity {
    return this.whole.severity(this.place(place));
  }

  placeOf(key: string): number {
    return this.places.indexOf(this.whole.placeOf(key));
  }
}

/** Every indicator of a list as an object. */
export function everyIndicator(ranked: Ranked): readonly Indicator[] {
  return ranked instanceof RankedArray ? ranked.indicators : Array.from({ length: ranked.length }, (_, place) => ranked.at(place));
}

/** Entries between two looks at the clock. */
const ENTRIES_A_STEP = 10_000;
const NONE: Score = { score: 0, severity: 'info', confidence: 10, reasons: [] };

/** Judges and ranks what a collector gathered; objects are made when asked for. */
export class Ranking implements Ranked {
  private constructor(
    private readonly collector: Collector, private readonly kept: Uint8Array,
    /** Scores that differ from that of an entry nobody says anything of. */
    private readonly scores: ReadonlyMap<number, Score>,
    /** Entries, best first. */
    private readonly order: Uint32Array,
    /** Indicators that analysts judged, by entry. */
    private readonly judged: ReadonlyMap<number, Indicator> = new Map(),
  ) {}

  /**
   * @param kept which entries are indicators
   * @param given what findings say, by key
   */
  static *make(collector: Collector, kept: Uint8Array, given: ReadonlyMap<string, Given>): Steps<Ranking> {
    const givenOf = new Map<number, Given>();
    for (const [key, one] of given) {
      const entry = collector.find(key);
      if (entry >= 0) givenOf.set(entry, one);
    }
    const scores = new Map<number, Score>();
    for (let entry = 0; entry < kept.length; entry++) {
      if (entry % ENTRIES_A_STEP === ENTRIES_A_STEP - 1) yield;
      if (kept[entry] === 0) continue;
      const made = score({
        kind: collector.kindOf(entry), value: collector.value[entry]!, observed: collector.isObserved(entry), hosts: () => collector.hostCount(entry),
        tiedTo: (relation) => collector.tiedTo(entry, relation).filter((other) => kept[other] === 1).map((other) => collector.value[other]!),
      }, givenOf.get(entry));
      if (made.reasons.length > 0 || made.confidence !== NONE.confidence) scores.set(entry, made);
    }
    yield;
    return new Ranking(collector, kept, scores, ranked(collector, kept, scores));
  }

  get length(): number {
    return this.order.length;
  }

  private entry(place: number): number {
    const entry = this.order[place];
    if (entry === undefined) throw new RangeError(`no indicator at ${place}`);
    return entry;
  }

  private build(entry: number, whole: boolean): Indicator {
    return this.judged.get(entry) ?? { ...plainIndicator(this.collector, entry, (other) => this.kept[other] === 1, whole), ...this.scores.get(entry) ?? NONE };
  }

  at(place: number): Indicator {
    return this.build(this.entry(place), true);
  }

  light(place: number): Indicator {
    return this.build(this.entry(place), false);
  }

  severity(place: number): Severity {
    const entry = this.entry(place);
    return this.judged.get(entry)?.severity ?? severityOf((this.scores.get(entry) ?? NONE).score);
  }

  private places: Map<number, number> | null = null;

  placeOf(key: string): number {
    const entry = this.collector.find(key);
    if (entry < 0 || this.kept[entry] !== 1) return -1;
    if (!this.places) {
      this.places = new Map();
      for (let place = 0; place < this.order.length; place++) this.places.set(this.order[place]!, place);
    }
    return this.places.get(entry) ?? -1;
  }

  /** A capture's hash is known: its sightings name it from now on. */
  rename(before: string, after: string): void {
    for (const capture of this.collector.captures) if (capture.sha256 === before) capture.sha256 = after;
  }

  /** The same under analysts' verdicts. */
  under(verdicts: ReadonlyMap<string, readonly Verdict[]>): Ranking {
    const judged = new Map<number, Indicator>();
    const scores = new Map(this.scores);
    for (const [key, words] of verdicts) {
      const entry = this.collector.find(key);
      if (entry < 0 || this.kept[entry] !== 1) continue;
      const plain = this.build(entry, true);
      const under = applyVerdicts(plain, words);
      if (under === plain) continue;
      judged.set(entry, under);
      scores.set(entry, under);
    }
    if (judged.size === 0) return this;
    return new Ranking(this.collector, this.kept, this.scores, ranked(this.collector, this.kept, scores), judged);
  }
}

/** Entries in the order of `compareIndicators`. */
function ranked(collector: Collector, kept: Uint8Array, scores: ReadonlyMap<number, Score>): Uint32Array {
  const entries = Uint32Array.from({ length: kept.reduce((sum, one) => sum + one, 0) });
  let n = 0;
  for (let entry = 0; entry < kept.length; entry++) if (kept[entry] === 1) entries[n++] = entry;
  const grade = new Uint32Array(n);
  const first = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const entry = entries[i]!;
    const { score: points, confidence } = scores.get(entry) ?? NONE;
    grade[i] = ((100 - points) << 12) | ((100 - confidence) << 5) | (collector.isObserved(entry) ? 0 : 16) | collector.kind[entry]!;
    first[i] = collector.firstSeen(entry);
  }
  const { high, low } = numberWords(first);
  const order = orderByWords(n, [grade, high, low]);
  // What is the same in all that is in the order of its key.
  const same = (a: number, b: number): boolean => grade[a] === grade[b] && high[a] === high[b] && low[a] === low[b];
  for (let from = 0; from < n;) {
    let to = from + 1;
    while (to < n && same(order[from]!, order[to]!)) to++;
    if (to - from > 1) {
      const run = Array.from(order.subarray(from, to), (i) => ({ i, key: collector.keyOf(entries[i]!) }));
      run.sort((a, b) => (a.key < b.key ? -1 : 1));
      order.set(run.map(({ i }) => i), from);
    }
    from = to;
  }
  return order.map((i) => entries[i]!);
}
