/**
 * Something that is long to make, made a part a frame, so that no frame is late for it. To be made while a component is
 * set up.
 */
export class ByFrames {
  /** Frames so far in which there was something to make. */
  frames = $state(0);

  /**
   * @param more whether there is more to make after so many frames; what it reads is watched
   * @param drawing called for each part that is made
   */
  constructor(more: (frames: number) => boolean, drawing: () => void = () => undefined) {
    $effect(() => {
      if (!more(this.frames)) return undefined;
      drawing();
      const frame = requestAnimationFrame(() => { this.frames++; });
      return () => cancelAnimationFrame(frame);
    });
  }
}
