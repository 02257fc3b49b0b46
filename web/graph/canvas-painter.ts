import { isDone, taskStates } from '../states/vocabulary.ts';
import { type Palette, paletteOf, prepare } from '../styles/palette.ts';
import { curveOf, type Geometry, type Point, type Viewport } from './geometry.ts';
import { detailOf, isCriticalEdge, type Painter, type Scene, shortened, stateOf } from './scene.ts';

/** Below these scales text, and then curves, would only be dust. */
const textScaleMin = 0.35;
const curveScaleMin = 0.12;

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly route: readonly Point[];
  /** Corners of what it lies in. */
  readonly low: Point;
  readonly high: Point;
}

/** Draws what is in sight on a canvas, for graphs that are too large for elements. */
export class CanvasPainter implements Painter {
  readonly element = document.createElement('canvas');
  #drawn: Geometry | null = null;
  #edges: readonly Edge[] = [];

  constructor() {
    this.element.setAttribute('aria-hidden', 'true');
  }

  paint(scene: Scene, view: Viewport, width: number, height: number): void {
    const context = prepare(this.element, width, height);
    if (context === null) return;
    const palette = paletteOf(this.element);
    const { box } = scene.geometry;
    const inSight = ({ x, y }: Point): boolean => {
      const [left, top] = [x * view.scale + view.x, y * view.scale + view.y];
      return left < width && top < height && left + box.width * view.scale > 0 && top + box.height * view.scale > 0;
    };
    context.translate(view.x, view.y);
    context.scale(view.scale, view.scale);
    if (this.#drawn !== scene.geometry) this.#edges = edgesOf(scene);
    this.#drawn = scene.geometry;
    const [left, top] = [-view.x / view.scale, -view.y / view.scale];
    const [right, bottom] = [left + width / view.scale, top + height / view.scale];
    const isSeen = ({ low, high }: Edge): boolean => low.x < right && high.x > left && low.y < bottom && high.y > top;
    const places = scene.plan.nodes.map((_, node) => scene.geometry.place(node));
    const seen = places.map(inSight);
    drawEdges(context, scene, view, palette, this.#edges, isSeen);
    context.font = '13px system-ui, sans-serif';
    for (let node = 0; node < places.length; node++) {
      if (seen[node]) drawNode(context, scene, node, places[node] as Point, view.scale, palette);
    }
  }
}

function edgesOf({ plan, geometry }: Scene): readonly Edge[] {
  return plan.dependencies.flatMap((sources, to) =>
    sources.map((from) => {
      const route = geometry.route(from, to);
      const [first] = route as readonly [Point];
      let [low, high] = [first, first];
      for (const { x, y } of route) {
        low = { x: Math.min(low.x, x), y: Math.min(low.y, y) };
        high = { x: Math.max(high.x, x), y: Math.max(high.y, y) };
      }
      return { from, to, route, low, high };
    }),
  );
}

function drawEdges(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { scale }: Viewport,
  palette: Palette,
  edges: readonly Edge[],
  isSeen: (edge: Edge) => boolean,
): void {
  const kinds = { plain: new Path2D(), done: new Path2D(), critical: new Path2D() };
  for (const edge of edges) {
    if (!isSeen(edge)) continue;
    const { from, to, route } = edge;
    const kind = isCriticalEdge(scene, from, to) ? 'critical' : isDone(stateOf(scene, from)) ? 'done' : 'plain';
    trace(kinds[kind], route, scene.geometry.downwards, scale < curveScaleMin);
  }
  const stroke = (path: Path2D, colour: string, width: number): void => {
    context.strokeStyle = colour;
    context.lineWidth = width / Math.min(1, Math.sqrt(scale));
    context.stroke(path);
  };
  stroke(kinds.plain, palette.line, 1);
  stroke(kinds.done, palette.states.completed, 1);
  stroke(kinds.critical, palette.critical, 2.5);
}

function trace(path: Path2D, route: readonly Point[], downwards: boolean, isRough: boolean): void {
  const [start] = route as readonly [Point];
  path.moveTo(start.x, start.y);
  for (let index = 1; index < route.length; index++) {
    const point = route[index] as Point;
    if (isRough || index % 2 === 0) path.lineTo(point.x, point.y);
    else {
      const [a, b] = curveOf(route[index - 1] as Point, point, downwards);
      path.bezierCurveTo(a.x, a.y, b.x, b.y, point.x, point.y);
    }
  }
}

function drawNode(
  context: CanvasRenderingContext2D,
  scene: Scene,
  node: number,
  { x, y }: Point,
  scale: number,
  palette: Palette,
): void {
  const { box } = scene.geometry;
  const state = stateOf(scene, node);
  const colour = palette.states[state];
  if (scale < textScaleMin) {
    context.fillStyle = colour;
    context.fillRect(x, y, box.width, box.height);
  } else {
    context.fillStyle = palette.paper;
    context.strokeStyle = colour;
    context.lineWidth = scene.critical.has(node) ? 3 : 1.5;
    context.beginPath();
    context.roundRect(x, y, box.width, box.height, 9);
    context.fill();
    context.stroke();
    context.fillStyle = colour;
    context.fillText(taskStates[state].icon, x + 10, y + 22);
    context.fillStyle = palette.ink;
    context.fillText(shortened(scene.plan.nodes[node]?.id ?? '', box.idChars), x + 28, y + 22);
    context.fillStyle = palette.quiet;
    context.fillText(detailOf(scene, node), x + 10, y + 41);
  }
  if (scene.selected !== node) return;
  context.strokeStyle = palette.accent;
  context.lineWidth = 3 / Math.min(1, scale);
  context.strokeRect(x - 4, y - 4, box.width + 8, box.height + 8);
}
