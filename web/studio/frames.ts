/** While much happens every second frame is enough to look at, and the workers need the processors. */
const pauseMsMin = 30;

/** Calls back at most once in two frames, however often it is asked to; in a hidden page, where there are no frames, soon. */
export class Frames {
  readonly #draw: () => void;
  #due = false;
  #drawnMs = Number.NEGATIVE_INFINITY;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  ask(): void {
    if (this.#due) return;
    this.#due = true;
    const draw = (): void => {
      this.#due = false;
      this.#drawnMs = performance.now();
      this.#draw();
    };
    const frame = (): void => {
      if (performance.now() - this.#drawnMs < pauseMsMin) requestAnimationFrame(frame);
      else draw();
    };
    if (document.visibilityState === 'hidden') setTimeout(draw, 100);
    else requestAnimationFrame(frame);
  }
}
