/** Work in pieces: whoever runs it may do other things between two of them. */
export type Steps<T> = Generator<void, T>;

/** All pieces at once. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
