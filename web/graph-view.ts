import type { Plan } from '../src/plan/plan.ts';
import { svg } from './dom.ts';
import type { ExecutionModel } from './execution-model.ts';
import { type TaskState, taskStates } from './task-states.ts';

const box = { width: 138, height: 62, gapAcross: 24, gapAlong: 18, margin: 4 };
const cell = { size: 5.5, gap: 1, perRow: 18 };
/** Cells shown at the most; beyond, the count has to do. */
const cellsMax = 3 * cell.perRow;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The plan drawn by its levels, lighting up. On a narrow screen the levels go downwards. */
export class GraphView {
  readonly #container: HTMLElement;
  #plan: Plan | null = null;

  constructor(container: HTMLElement) {
    this.#container = container;
  }

  show(plan: Plan): void {
    this.#plan = plan;
  }

  render(model: ExecutionModel): void {
    const plan = this.#plan;
    if (plan === null) return;
    const downwards = this.#container.clientWidth < plan.depth * (box.width + box.gapAcross);
    const places = layOut(plan, downwards);
    const stateOf = (index: number): TaskState => model.tasks.get(plan.nodes[index]?.id ?? '') ?? 'pending';
    const edges = plan.dependencies.flatMap((sources, to) =>
      sources.map((from) => drawEdge(places, from, to, downwards, stateOf(from))),
    );
    const nodes = plan.nodes.map(({ id, index, spec }) =>
      drawNode(id, spec.summary, places[index] as Place, stateOf(index), model.itemsOf(id)),
    );
    const width = Math.max(...places.map(({ x }) => x)) + box.width + box.margin;
    const height = Math.max(...places.map(({ y }) => y)) + box.height + box.margin;
    this.#container.replaceChildren(
      svg(
        'svg',
        { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': 'the graph of the program' },
        ...edges,
        ...nodes,
      ),
    );
  }
}

function layOut({ order, levels, nodes }: Plan, downwards: boolean): readonly Place[] {
  const places: Place[] = new Array(nodes.length);
  const filled: number[] = [];
  for (const index of order) {
    const level = levels[index] ?? 0;
    const position = filled[level] ?? 0;
    filled[level] = position + 1;
    const across = downwards ? [position, level] : [level, position];
    places[index] = {
      x: box.margin + (across[0] as number) * (box.width + (downwards ? box.gapAlong : box.gapAcross)),
      y: box.margin + (across[1] as number) * (box.height + (downwards ? box.gapAcross : box.gapAlong)),
    };
  }
  return places;
}

function drawEdge(
  places: readonly Place[],
  from: number,
  to: number,
  downwards: boolean,
  state: TaskState,
): SVGElement {
  const [a, b] = [places[from] as Place, places[to] as Place];
  const [x1, y1, x2, y2] = downwards
    ? [a.x + box.width / 2, a.y + box.height, b.x + box.width / 2, b.y]
    : [a.x + box.width, a.y + box.height / 2, b.x, b.y + box.height / 2];
  const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
  const curve = downwards ? `C${x1} ${my} ${x2} ${my} ${x2} ${y2}` : `C${mx} ${y1} ${mx} ${y2} ${x2} ${y2}`;
  const done = state === 'completed' || state === 'restored';
  return svg('path', { class: done ? 'edge done' : 'edge', d: `M${x1} ${y1}${curve}` });
}

function drawNode(
  id: string,
  summary: string | undefined,
  { x, y }: Place,
  state: TaskState,
  items: readonly TaskState[],
): SVGElement {
  const { icon, word } = taskStates[state];
  const done = items.filter((item) => item === 'completed' || item === 'restored').length;
  const detail = items.length > 0 ? `${word} · ${done} of ${items.length}` : word;
  return svg(
    'g',
    { class: state, transform: `translate(${x} ${y})`, 'data-node': id, 'data-state': state },
    svg('title', {}, `${id}: ${summary ?? word}`),
    svg('rect', { class: 'box', width: box.width, height: box.height, rx: 9 }),
    svg('text', { class: 'icon', x: 11, y: 23 }, icon),
    svg('text', { x: 30, y: 23 }, id.length > 13 ? `${id.slice(0, 12)}…` : id),
    svg('text', { class: 'faint', x: 11, y: 38 }, detail),
    ...items.slice(0, cellsMax).map((item, index) =>
      svg('rect', {
        class: `cell ${item}`,
        x: 11 + (index % cell.perRow) * (cell.size + cell.gap),
        y: 42.5 + Math.floor(index / cell.perRow) * (cell.size + cell.gap),
        width: cell.size,
        height: cell.size,
        rx: 1.5,
      }),
    ),
  );
}
