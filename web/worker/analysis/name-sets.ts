/** Sets of names by number, 0 = the empty one: things with the same few names share a set. */
export class NameSets {
  private readonly sets: (readonly string[])[] = [[]];
  private readonly numbers = new Map<string, number>([['', 0]]);
  /** Set with the names of a text added, by set and text. */
  private readonly steps = new Map<number, number>();

  /**
   * @param limit names of one set at the most
   * @param whole true: the names of one text are added together as long as there is room for one
   */
  constructor(private readonly limit: number, private readonly whole: boolean) {}

  /**
   * The set with the names of a text in it.
   * @param text number of the text, below 2^26
   * @param names the text's names, separated by commas
   */
  with(set: number, text: number, names: () => string): number {
    const step = set * 67108864 + text;
    let next = this.steps.get(step);
    if (next === undefined) {
      const found = new Set(this.sets[set]);
      const room = found.size < this.limit;
      for (const name of names().split(',')) if (this.whole ? room : found.size < this.limit) found.add(name);
      const list = [...found].sort();
      const key = list.join();
      next = this.numbers.get(key);
      if (next === undefined) {
        next = this.sets.push(list) - 1;
        this.numbers.set(key, next);
      }
      this.steps.set(step, next);
    }
    return next;
  }

  /** In alphabetical order. */
  names(set: number): readonly string[] {
    return this.sets[set] ?? [];
  }
}
