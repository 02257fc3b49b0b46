/** Calls back at most once a frame, however often it is asked to; in a hidden page, where there are no frames, soon. */
export class Frames {
  readonly #draw: () => void;
  #due = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  ask(): void {
    if (this.#due) return;
    this.#due = true;
    const draw = (): void => {
      this.#due = false;
      this.#draw();
    };
    if (document.visibilityState === 'hidden') setTimeout(draw, 100);
    else requestAnimationFrame(draw);
  }
}
