/** While much happens every second frame is enough to look at, and the workers need the processors. */
const pauseMsMin = 30;
/** What follows from a page that was frozen, or from a machine that has more to do, must not keep anybody waiting. */
const pauseMsMax = 250;
const longMs = 50;

/**
 * Calls back at most once in two frames, however often it is asked to; in a hidden page, where there are no frames, soon. What takes
 * long to draw is drawn at most half of the time.
 */
export class Frames {
  readonly #draw: () => void;
  #due = false;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #pauseMs = pauseMsMin;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  ask(): void {
    if (this.#due) return;
    this.#due = true;
    const draw = (): void => {
      this.#due = false;
      const startMs = performance.now();
      this.#drawnMs = startMs;
      this.#draw();
      // The views draw a little later, some of them after the frame.
      setTimeout(() => {
        const tookMs = performance.now() - startMs;
        this.#pauseMs = tookMs < longMs ? pauseMsMin : Math.min(pauseMsMax, 2 * tookMs);
      }, 0);
    };
    const frame = (): void => {
      if (performance.now() - this.#drawnMs < this.#pauseMs) requestAnimationFrame(frame);
      else draw();
    };
    if (document.visibilityState === 'hidden') setTimeout(draw, 100);
    else requestAnimationFrame(frame);
  }
}
