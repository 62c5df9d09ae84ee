/** How long the page counts as in use after it was used. */
export const IN_USE_MILLISECONDS = 250;
/**
 * While the page is in use, work goes on for so long and then rests for so long. Short spells: a frame of the page then meets
 * a part of one at the most, where a long spell would hold it up from its beginning to its end. With a rest of 10 ms one
 * frame in seven was late on two cores, with 24 ms one in twenty; more gained nothing.
 */
const WORK_MILLISECONDS = 8;
const REST_MILLISECONDS = 24;
/** How long work rests that nobody waits for: hashing a whole capture, keeping what was found. */
const LEISURE_MILLISECONDS = 100;

/** Processors that are enough for the page (its main thread, compositor and painting) beside its busy workers. */
const ENOUGH_PROCESSORS = 6;

/** Leaves the processor to the page while a person uses it, where processors are few. */
export class GiveWay {
  private usedUntil = 0;
  private workingSince = 0;

  /** @param now the clock, in milliseconds @param sleep waits for so many milliseconds @param processors of this machine */
  constructor(
    private readonly now: () => number = () => performance.now(),
    private readonly sleep: (milliseconds: number) => Promise<void> = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); }),
    private readonly processors: number = typeof navigator === 'undefined' ? 1 : navigator.hardwareConcurrency,
  ) {}

  /** The page is used at this moment, or needs the processor for so many milliseconds from now on. */
  used(milliseconds = IN_USE_MILLISECONDS): void {
    if (this.processors < ENOUGH_PROCESSORS) this.usedUntil = Math.max(this.usedUntil, this.now() + milliseconds);
  }

  /** The page is in use, and needs the processor for it. */
  inUse(): boolean {
    return this.now() < this.usedUntil;
  }

  /** Work begins after nothing was done: its spell begins. */
  begin(): void {
    this.workingSince = this.now();
  }

  /** The page is in use and the spell is over: time to rest. */
  over(): boolean {
    const now = this.now();
    return now < this.usedUntil && now - this.workingSince >= WORK_MILLISECONDS;
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
    if (!this.over()) return;
    await this.sleep(milliseconds);
    this.workingSince = this.now();
  }
}

/** This worker's. Nobody calls `used` outside of a page, so that nothing ever rests there. */
export const way = new GiveWay();
