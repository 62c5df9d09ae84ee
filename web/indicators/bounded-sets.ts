import { grown } from '../logs/growing';

/** Places of a set before it grows; it doubles. */
const FIRST_PLACES = 4;

/** Many small lists of unsigned 32-bit numbers in one array, by number from 0; places that a list outgrows are used again. */
export class Lists {
  protected pool = new Uint32Array(1024);
  private used = 0;
  private readonly free = new Map<number, number[]>();
  protected at = new Uint32Array(256);
  private places = new Uint32Array(256);
  protected lengths = new Uint32Array(256);

  /** Makes room for a list of that number. */
  protected reach(list: number): void {
    this.lengths = grown(this.lengths, list + 1);
    this.places = grown(this.places, list + 1);
    this.at = grown(this.at, list + 1);
  }

  push(list: number, value: number): void {
    if (list >= this.lengths.length) this.reach(list);
    const length = this.lengths[list]!;
    if (length === this.places[list]) this.widen(list, length);
    this.pool[this.at[list]! + length] = value;
    this.lengths[list] = length + 1;
  }

  private widen(list: number, length: number): void {
    const places = length === 0 ? FIRST_PLACES : length * 2;
    const again = this.free.get(places)?.pop();
    const to = again ?? this.used;
    if (again === undefined) {
      this.used += places;
      this.pool = grown(this.pool, this.used);
    }
    const from = this.at[list]!;
    this.pool.copyWithin(to, from, from + length);
    if (length > 0) {
      const freed = this.free.get(length);
      if (freed) freed.push(from);
      else this.free.set(length, [from]);
    }
    this.at[list] = to;
    this.places[list] = places;
  }

  /** As they were added; borrowed. */
  values(list: number): ArrayLike<number> & Iterable<number> {
    return this.borrowed(list);
  }

  /** The values of a list; borrowed. */
  protected borrowed(list: number): Uint32Array {
    const at = this.at[list] ?? 0;
    return this.pool.subarray(at, at + (this.lengths[list] ?? 0));
  }
}

/** Sets that keep the smallest `limit` different numbers of those that were added. */
export class SmallestSets extends Lists {
  /** Numbers from here on are too large; 0 = no limit yet. */
  private ceilings = new Float64Array(256);
  private readonly most: number;

  constructor(private readonly limit: number) {
    super();
    this.most = limit * 4;
  }

  protected override reach(set: number): void {
    super.reach(set);
    this.ceilings = grown(this.ceilings, set + 1);
  }

  add(set: number, value: number): void {
    if (set >= this.lengths.length) this.reach(set);
    const ceiling = this.ceilings[set]!;
    if (ceiling !== 0 && value >= ceiling) return;
    const length = this.lengths[set]!;
    if (length > 0 && this.pool[this.at[set]! + length - 1] === value) return;
    this.push(set, value);
    if (length + 1 >= this.most) this.trim(set);
  }

  private trim(set: number): Uint32Array {
    const values = this.borrowed(set).sort();
    let n = 0;
    for (let i = 0; i < values.length && n < this.limit; i++) if (n === 0 || values[i] !== values[n - 1]) values[n++] = values[i]!;
    this.lengths[set] = n;
    if (n === this.limit) this.ceilings[set] = values[n - 1]!;
    return values.subarray(0, n);
  }

  /** In rising order. */
  override values(set: number): number[] {
    return (this.lengths[set] ?? 0) === 0 ? [] : Array.from(this.trim(set));
  }
}

/** Sets that keep the first `limit` different numbers of those that were added, in that order. */
export class FirstSets extends Lists {
  constructor(private readonly limit: number) {
    super();
  }

  /** False when it is there or the set is full. */
  add(set: number, value: number): boolean {
    const length = this.lengths[set] ?? 0;
    if (length >= this.limit) return false;
    const { pool } = this;
    const at = this.at[set] ?? 0;
    for (let i = at; i < at + length; i++) if (pool[i] === value) return false;
    this.push(set, value);
    return true;
  }

  size(set: number): number {
    return this.lengths[set] ?? 0;
  }

  override values(set: number): Uint32Array {
    return this.borrowed(set);
  }
}
