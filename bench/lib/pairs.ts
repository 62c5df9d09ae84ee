/** Pairs that are kept to be told apart; of more none are counted. */
const MAX_PAIRS = 4_000_000;

/** Counts different pairs of endpoints, whichever stands first. */
export class Pairs {
  private readonly seen = new Set<string>();
  private full = false;

  /** Endpoints in any writing that is the same each time: `10.0.0.1:80`. */
  add(a: string, b: string): void {
    if (this.seen.size < MAX_PAIRS) this.seen.add(a < b ? `${a} ${b}` : `${b} ${a}`);
    else this.full = true;
  }

  /** How many; undefined when there were too many to tell apart. */
  get count(): number | undefined { return this.full ? undefined : this.seen.size; }
}
