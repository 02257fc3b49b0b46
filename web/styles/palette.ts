import { type TaskState, taskStates } from '../states/vocabulary.ts';

/** The colours of the style sheet, for canvases. */
export interface Palette {
  readonly ink: string;
  readonly quiet: string;
  readonly line: string;
  readonly card: string;
  readonly paper: string;
  readonly accent: string;
  readonly critical: string;
  readonly states: Readonly<Record<TaskState, string>>;
}

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const states = Object.fromEntries(Object.keys(taskStates).map((state) => [state, colour(state)]));
  return {
    ink: colour('ink'),
    quiet: colour('quiet'),
    line: colour('line'),
    card: colour('card'),
    paper: colour('paper'),
    accent: colour('accent'),
    critical: colour('critical'),
    states: states as Record<TaskState, string>,
  };
}

/** A canvas of that size on the screen, sharp on every display, cleared; null where there is no 2D canvas. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}
