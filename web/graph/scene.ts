import type { Plan } from '../../src/plan/plan.ts';
import type { ExecutionModel } from '../model/execution-model.ts';
import type { TaskState } from '../states/vocabulary.ts';
import { taskStates } from '../states/vocabulary.ts';
import { type Geometry, type Viewport, wideBox } from './geometry.ts';

/** Everything a painter needs for one picture. */
export interface Scene {
  readonly plan: Plan;
  readonly geometry: Geometry;
  readonly model: ExecutionModel;
  /** The nodes of the critical path, each with its place on it. */
  readonly critical: ReadonlyMap<number, number>;
  readonly selected: number;
}

export interface Painter {
  readonly element: Element;
  /** Draws what has changed since the last time. */
  paint(scene: Scene, view: Viewport, width: number, height: number): void;
}

export function stateOf({ plan, model }: Scene, node: number): TaskState {
  return model.stateOf(plan.nodes[node]?.id ?? '');
}

/** The second line of a box. */
export function detailOf({ plan, model, geometry }: Scene, node: number): string {
  const id = plan.nodes[node]?.id ?? '';
  const { word } = taskStates[model.stateOf(id)];
  // Where there is little room the shape says the state alone, if there is more to be said.
  const before = geometry.box.idChars < wideBox.idChars ? '' : `${word} · `;
  const items = model.itemsDone(id);
  if (items !== undefined) return `${before}${items.done} of ${items.total}`;
  const task = model.tasks.get(id);
  const tries = task?.attempts.at(-1)?.number ?? 1;
  if (task?.fraction !== null && task?.fraction !== undefined && task.state === 'running')
    return `${before}${Math.round(task.fraction * 100)} %`;
  return tries > 1 ? `${before}try ${tries}` : word;
}

/** Both ends of an edge are on the critical path, one after the other. */
export function isCriticalEdge({ critical }: Scene, from: number, to: number): boolean {
  return (critical.get(to) ?? Number.NaN) - (critical.get(from) ?? Number.NaN) === 1;
}

/** In the middle: ids of neighbours mostly begin alike and end in a number. */
export function shortened(text: string, chars: number): string {
  const head = Math.floor((chars - 1) / 2);
  return text.length > chars ? `${text.slice(0, head)}…${text.slice(head + 1 - chars)}` : text;
}
