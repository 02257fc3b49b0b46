import type { Plan } from '../../src/plan/plan.ts';
import type { ExecutionModel } from '../model/execution-model.ts';
import { CanvasPainter } from './canvas-painter.ts';
import {
  fitted,
  type Geometry,
  geometryOf,
  narrowBox,
  readable,
  readableScale,
  revealing,
  type Viewport,
  wideBox,
  zoomed,
} from './geometry.ts';
import { nodeAt, walk } from './hit.ts';
import { type Layout, layOut } from './layout.ts';
import type { Painter } from './scene.ts';
import { SvgPainter } from './svg-painter.ts';

/** Above so many nodes the picture is a canvas. */
const svgNodesMax = 500;
const moveStep = 60;
const heightMin = 130;
const heightMax = 480;
/** For what can then be read as a whole. */
const readableHeightMax = 640;
/** Below this width boxes are smaller. */
const narrowWidth = 480;
const zoomStep = 1.25;

/** A graph on the screen: which painter draws it, where it is looked at from, and what keys and pointers do. */
export class GraphStage {
  readonly #holder: HTMLElement;
  readonly #select: (id: string | null) => void;
  readonly #resized = new ResizeObserver(() => {
    this.#measure();
    this.#refit();
  });
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  #painter: Painter | null = null;
  #plan: Plan | null = null;
  #model: ExecutionModel | null = null;
  #critical: ReadonlyMap<number, number> = new Map();
  #layout: Layout | null = null;
  #geometry: Geometry | null = null;
  #selected = -1;
  /** Of the holder: asking it makes the browser lay the page out. */
  #width = 0;
  #height = 0;
  #view: Viewport = { x: 0, y: 0, scale: 1 };
  /** Until it is moved: as it can be read, or as a whole. */
  #fit: 'readable' | 'whole' | null = 'readable';

  constructor(holder: HTMLElement, select: (id: string | null) => void) {
    this.#holder = holder;
    this.#select = select;
    this.#measure();
    this.#resized.observe(holder);
    this.#scheme.addEventListener('change', this.#paint);
    holder.addEventListener('keydown', this.#pressed);
    holder.addEventListener('wheel', this.#wheeled, { passive: false });
    holder.addEventListener('pointerdown', this.#grabbed);
  }

  close(): void {
    this.#resized.disconnect();
    this.#scheme.removeEventListener('change', this.#paint);
  }

  show(plan: Plan | null, model: ExecutionModel, critical: ReadonlyMap<number, number>, selected: string | null): void {
    this.#model = model;
    this.#critical = critical;
    const chosen = plan?.indexOf.get(selected ?? '') ?? plan?.indexOf.get(nodeOf(selected, model)) ?? -1;
    const isMoved = chosen !== this.#selected && chosen >= 0;
    this.#selected = chosen;
    if (plan !== this.#plan) this.#adopt(plan);
    else if (isMoved) this.#reveal(chosen);
    this.#paint();
  }

  act(what: 'in' | 'out' | 'fit'): void {
    const [width, height] = [this.#width, this.#height];
    this.#fit = what === 'fit' ? 'whole' : null;
    if (what === 'fit') this.#refit();
    else this.#look(zoomed(this.#view, what === 'in' ? zoomStep : 1 / zoomStep, { x: width / 2, y: height / 2 }));
  }

  #measure(): void {
    this.#width = this.#holder.clientWidth;
    this.#height = this.#holder.clientHeight;
  }

  #adopt(plan: Plan | null): void {
    this.#plan = plan;
    this.#layout = plan === null ? null : timed(() => layOut(plan));
    this.#geometry = null;
    this.#fit = 'readable';
    this.#painter = plan === null ? null : plan.nodes.length > svgNodesMax ? new CanvasPainter() : new SvgPainter();
    this.#holder.replaceChildren(...(this.#painter === null ? [] : [this.#painter.element]));
    this.#refit();
  }

  #refit(): void {
    const width = this.#width;
    if (this.#layout === null || width === 0) return;
    const box = width < narrowWidth ? narrowBox : wideBox;
    const acrossPage = geometryOf(this.#layout, false, box);
    const downwards = acrossPage.width > width * 1.5 && this.#layout.breadth <= this.#layout.rows.length;
    if (this.#geometry?.downwards !== downwards || this.#geometry.box !== box)
      this.#geometry = downwards ? geometryOf(this.#layout, true, box) : acrossPage;
    const { width: drawnWidth, height: drawnHeight } = this.#geometry;
    const scale = Math.min(1, Math.max(readableScale, width / drawnWidth));
    const highest = drawnHeight * readableScale <= readableHeightMax ? readableHeightMax : heightMax;
    this.#height = Math.round(Math.min(highest, Math.max(heightMin, scale * drawnHeight)));
    this.#holder.style.height = `${this.#height}px`;
    const viewOf = this.#fit === 'whole' ? fitted : readable;
    if (this.#fit !== null) this.#view = viewOf(this.#geometry, width, this.#height);
    this.#paint();
  }

  readonly #paint = (): void => {
    const [width, height] = [this.#width, this.#height];
    if (this.#plan === null || this.#geometry === null || this.#model === null || width === 0) return;
    const scene = {
      ...{ plan: this.#plan, geometry: this.#geometry, model: this.#model },
      ...{ critical: this.#critical, selected: this.#selected },
    };
    this.#painter?.paint(scene, this.#view, width, height);
  };

  #look(view: Viewport): void {
    this.#view = view;
    this.#paint();
  }

  #reveal(node: number): void {
    const [width, height] = [this.#width, this.#height];
    if (this.#geometry === null) return;
    this.#view = revealing(this.#view, this.#geometry.place(node), this.#geometry.box, width, height);
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    const { key, shiftKey } = event;
    const { x, y, scale } = this.#view;
    const [dx, dy] = arrows[key] ?? [0, 0];
    if (event.ctrlKey || event.metaKey || event.altKey || this.#plan === null || this.#layout === null) return;
    if (key === '+' || key === '=') this.act('in');
    else if (key === '-') this.act('out');
    else if (key === 'f' || key === '0') this.act('fit');
    else if (arrows[key] !== undefined && shiftKey) {
      this.#fit = null;
      this.#look({ scale, x: x - dx * moveStep, y: y - dy * moveStep });
    } else if (arrows[key] !== undefined) {
      const [along, across] = this.#geometry?.downwards ? [dy, dx] : [dx, dy];
      const next = walk(this.#plan, this.#layout, this.#selected, along, across);
      // At once: the next key may come before the next frame.
      this.#selected = next;
      this.#reveal(next);
      this.#select(this.#plan.nodes[next]?.id ?? null);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  readonly #wheeled = (event: WheelEvent): void => {
    // Without Ctrl the wheel scrolls the page, as everywhere.
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.#fit = null;
    const { left, top } = this.#holder.getBoundingClientRect();
    const at = { x: event.clientX - left, y: event.clientY - top };
    this.#look(zoomed(this.#view, Math.exp(-event.deltaY / 300), at));
  };

  readonly #grabbed = (down: PointerEvent): void => {
    if (down.button !== 0) return;
    const from = this.#view;
    let moved = false;
    const drag = (event: PointerEvent): void => {
      const [dx, dy] = [event.clientX - down.clientX, event.clientY - down.clientY];
      if (!moved && Math.hypot(dx, dy) < 4) return;
      moved = true;
      this.#fit = null;
      this.#look({ scale: from.scale, x: from.x + dx, y: from.y + dy });
    };
    const drop = (event: PointerEvent): void => {
      this.#holder.removeEventListener('pointermove', drag);
      if (moved || this.#plan === null || this.#geometry === null) return;
      const { left, top } = this.#holder.getBoundingClientRect();
      const { x, y, scale } = this.#view;
      const at = { x: (event.clientX - left - x) / scale, y: (event.clientY - top - y) / scale };
      const hit = nodeAt(this.#plan, this.#geometry, at);
      this.#select(this.#plan.nodes[hit]?.id ?? null);
    };
    this.#holder.setPointerCapture(down.pointerId);
    this.#holder.addEventListener('pointermove', drag);
    this.#holder.addEventListener('pointerup', drop, { once: true });
  };
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function nodeOf(taskId: string | null, model: ExecutionModel): string {
  return model.tasks.get(taskId ?? '')?.name.nodeId ?? '';
}

/** Seen in the Performance panel of the browser as heddle:layout. */
function timed<T>(work: () => T): T {
  const start = performance.now();
  const result = work();
  performance.measure('heddle:layout', { start });
  return result;
}
