/** A frame that took longer than this is drawn by halves from then on, until one takes less than the second figure. */
const SLOW_MILLISECONDS = 24;
const QUICK_MILLISECONDS = 12;

/** Knows whether frames take too long on this machine at this moment: slow hardware, or workers that need the processor. */
export class FramePace {
  private slowly = false;
  private began = 0;
  private readonly channel = new MessageChannel();

  constructor() {
    this.channel.port1.onmessage = () => {
      const took = performance.now() - this.began;
      this.began = 0;
      if (took > SLOW_MILLISECONDS) this.slowly = true;
      else if (took < QUICK_MILLISECONDS) this.slowly = false;
    };
  }

  /** A frame with much to draw begins; asked again before its end it is still that one. */
  begin(): void {
    if (this.began > 0) return;
    this.began = performance.now();
    // Behind the frame's callbacks, styles, layout and paint: the message is a task of its own.
    requestAnimationFrame(() => this.channel.port2.postMessage(0));
  }

  /** True while a whole screen is too much for one frame. */
  slow(): boolean {
    return this.slowly;
  }

  close(): void {
    this.channel.port1.close();
  }
}
