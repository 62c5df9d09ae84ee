/** A question to a worker whose newest answer counts: at most one is under way, and the last asked is always asked. */
export class Resource<T> {
  /** The newest answer; stays while a newer one is under way. */
  value = $state.raw<T | null>(null);
  loading = $state(false);
  /** A sentence when the last question failed. */
  error = $state('');
  // Not the rune: an effect that asks must not depend on the answer's coming.
  private busy = false;
  private next: (() => Promise<T>) | null = null;
  private epoch = 0;

  /** Asks; an older question that has not been asked yet is given up. */
  ask(question: () => Promise<T>): void {
    this.next = question;
    if (!this.busy) void this.run();
  }

  /** Forgets the answer, and the one under way. */
  clear(): void {
    this.next = null;
    this.epoch++;
    this.value = null;
    this.error = '';
  }

  private async run(): Promise<void> {
    this.busy = true;
    this.loading = true;
    while (this.next) {
      const question = this.next;
      const epoch = this.epoch;
      this.next = null;
      try {
        const value = await question();
        if (epoch === this.epoch) {
          this.value = value;
          this.error = '';
        }
      } catch (error) {
        if (epoch === this.epoch) this.error = error instanceof Error ? error.message : String(error);
      }
    }
    this.busy = false;
    this.loading = false;
  }
}
