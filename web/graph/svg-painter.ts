import { isDone, taskStates } from '../states/vocabulary.ts';
import { curveOf, type Geometry, type Point, type Viewport } from './geometry.ts';
import { detailOf, isCriticalEdge, type Painter, type Scene, shortened, stateOf } from './scene.ts';

const namespace = 'http://www.w3.org/2000/svg';
/** Below this scale letters would only be dust, and colour is all. */
const textScaleMin = 0.35;

interface NodeParts {
  readonly group: Element;
  readonly icon: Element;
  readonly detail: Element;
  readonly bar: Element;
  said: string;
}

/** Draws with SVG elements, which are made once for a plan and then only changed. */
export class SvgPainter implements Painter {
  readonly element: Element = make('svg', { 'aria-hidden': 'true' });
  readonly #stage = make('g', {});
  readonly #paths = make('g', {});
  #drawn: Geometry | null = null;
  #looked = '';
  #nodes: NodeParts[] = [];
  #edges: { readonly from: number; readonly to: number; readonly path: Element; said: string }[] = [];

  constructor() {
    this.element.append(this.#stage);
  }

  paint(scene: Scene, view: Viewport, width: number, height: number): void {
    if (this.#drawn !== scene.geometry) this.#build(scene);
    const looked = `${width} ${height} ${view.x} ${view.y} ${view.scale}`;
    if (looked !== this.#looked) {
      set(this.element, { width, height });
      set(this.#stage, { transform: `translate(${view.x} ${view.y}) scale(${view.scale})` });
      set(this.#stage, { class: view.scale < textScaleMin ? 'far' : '' });
    }
    this.#looked = looked;
    for (const edge of this.#edges) {
      const done = isDone(stateOf(scene, edge.from)) ? ' done' : '';
      const said = `edge${done}${isCriticalEdge(scene, edge.from, edge.to) ? ' critical' : ''}`;
      if (edge.said !== said) set(edge.path, { class: said });
      // Edges that share a lane lie over one another: the critical one is to be seen.
      if (edge.said !== said && said.endsWith('critical')) this.#paths.append(edge.path);
      edge.said = said;
    }
    this.#nodes.forEach((parts, node) => this.#refresh(parts, node, scene));
  }

  #refresh(parts: NodeParts, node: number, scene: Scene): void {
    const state = stateOf(scene, node);
    const detail = detailOf(scene, node);
    const marks = `${scene.critical.has(node) ? ' critical' : ''}${scene.selected === node ? ' selected' : ''}`;
    const items = scene.model.itemsDone(scene.plan.nodes[node]?.id ?? '');
    const share = items === undefined ? 0 : items.done / Math.max(1, items.total);
    const said = `${state}${marks}|${detail}|${share}`;
    if (said === parts.said) return;
    parts.said = said;
    set(parts.group, { class: `node ${state}${marks}`, 'data-state': state });
    set(parts.bar, { width: share * (scene.geometry.box.width - 20) });
    parts.icon.textContent = taskStates[state].icon;
    parts.detail.textContent = detail;
  }

  #build({ plan, geometry }: Scene): void {
    this.#drawn = geometry;
    const { box } = geometry;
    this.#edges = plan.dependencies.flatMap((sources, to) =>
      sources.map((from) => {
        const d = pathOf(geometry.route(from, to), geometry.downwards);
        return { from, to, path: make('path', { class: 'edge', d }), said: 'edge' };
      }),
    );
    this.#nodes = plan.nodes.map(({ id, index, spec }) => {
      const { x, y } = geometry.place(index);
      const group = make('g', { transform: `translate(${x} ${y})`, 'data-node': id, 'data-index': index });
      const icon = make('text', { class: 'icon', x: 10, y: 22 });
      const detail = make('text', { class: 'faint', x: 10, y: 40 });
      const bar = make('rect', { class: 'bar', x: 10, y: box.height - 8.5, width: 0, height: 3, rx: 1.5 });
      const name = make('text', { class: 'name', x: 28, y: 22 }, shortened(id, box.idChars));
      const title = make('title', {}, spec.summary === undefined ? id : `${id}: ${spec.summary}`);
      group.append(title, make('rect', { class: 'box', width: box.width, height: box.height, rx: 9 }));
      group.append(icon, name, detail, bar);
      return { group, icon, detail, bar, said: '' };
    });
    this.#paths.replaceChildren(...this.#edges.map(({ path }) => path));
    this.#stage.replaceChildren(this.#paths, ...this.#nodes.map(({ group }) => group));
  }
}

/** The route as the data of a path; a lane that goes on where it was is one line. */
function pathOf(route: readonly Point[], downwards: boolean): string {
  const [start] = route as readonly [Point];
  const across = downwards ? 'x' : 'y';
  const parts = [`M${told(start)}`];
  let from = start;
  let line = '';
  for (const [index, point] of route.entries()) {
    if (index === 0) continue;
    if (index % 2 === 0 || Math.abs(point[across] - from[across]) < 0.5) line = `L${told(point)}`;
    else {
      const [a, b] = curveOf(from, point, downwards);
      parts.push(line, `C${told(a)} ${told(b)} ${told(point)}`);
      line = '';
    }
    from = point;
  }
  return [...parts, line].join('');
}

const told = ({ x, y }: Point): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;

function make(name: string, attributes: Record<string, string | number>, text?: string): Element {
  const element = document.createElementNS(namespace, name);
  set(element, attributes);
  if (text !== undefined) element.textContent = text;
  return element;
}

function set(element: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
