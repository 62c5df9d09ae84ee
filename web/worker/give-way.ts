/** How long the page counts as in use after it was used. */
const IN_USE_MILLISECONDS = 250;
/**
 * While the page is in use, work goes on for so long and then rests for so long. Short spells: a frame of the page then meets
 * a part of one at the most, where a long spell would hold it up from its beginning to its end.
 */
const WORK_MILLISECONDS = 10;
const REST_MILLISECONDS = 10;
/** How long work rests that nobody waits for: hashing a whole capture, keeping what was found. */
const LEISURE_MILLISECONDS = 100;

/** Leaves the processor to the page while a person uses it. Two cores are few for a page and three busy workers. */
export class GiveWay {
  private usedUntil = 0;
  private workingSince = 0;

  /** @param now the clock, in milliseconds @param sleep waits for so many milliseconds */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly sleep: (milliseconds: number) => Promise<void> = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); }),
  ) {}

  /** The page is used at this moment. */
  used(): void {
    this.usedUntil = this.now() + IN_USE_MILLISECONDS;
  }

  inUse(): boolean {
    return this.now() < this.usedUntil;
  }

  /** To be called between two pieces of work: rests when the page is in use and the spell is over. */
  rest(): Promise<void> {
    return this.restFor(REST_MILLISECONDS);
  }

  /** The same between two pieces of work that nobody waits for. */
  leisure(): Promise<void> {
    return this.restFor(LEISURE_MILLISECONDS);
  }

  private async restFor(milliseconds: number): Promise<void> {
    const now = this.now();
    if (now >= this.usedUntil) return;
    // The first piece of work since the page is in use, or since a pause of another kind.
    if (now - this.workingSince < WORK_MILLISECONDS) return;
    await this.sleep(milliseconds);
    this.workingSince = this.now();
  }
}

/** This worker's. Nobody calls `used` outside of a page, so that nothing ever rests there. */
export const way = new GiveWay();
