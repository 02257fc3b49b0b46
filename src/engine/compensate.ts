import type { ErrorData } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { ExecutionState } from './state.ts';
import { type Step, taskId } from './step.ts';
import { compensationOfNode, isSettled, newTask, type Task } from './task.ts';
import { move } from './transitions.ts';

/**
 * `onFailure: compensate` (the saga pattern: Garcia-Molina and Salem, 1987). Once everything has settled, what the
 * succeeded nodes did is undone: each node after every node that depends on it, side by side where nothing forbids it. A
 * compensation that fails does not stop the others; it is reported with the end.
 *
 * @returns whether there is anything to undo
 */
export function beginCompensation(step: Step): boolean {
  const { state, plan } = step;
  if (plan.program.onFailure !== 'compensate' || state.verdict?.status !== 'FAILED') return false;
  if (state.phase === 'compensating') return state.derived.undoOpen > 0;
  for (const { index, compensates } of plan.nodes) {
    if (compensates && step.nodeTask(index).status === 'succeeded') {
      state.compensations.set(index, newTask(index, compensationOfNode, 'pending'));
    }
  }
  if (state.compensations.size === 0) return false;
  state.phase = 'compensating';
  state.deadlineAtMs = null;
  state.derived.undoOpen = state.compensations.size;
  state.derived.undoWaits = undoWaits(plan, state);
  for (const task of state.compensations.values()) {
    if (state.derived.undoWaits[task.node] === 0) move(step, task, 'ready');
  }
  return true;
}

/** A compensation has settled, one way or the other: what waited for it comes next. */
export function compensationSettled(step: Step, task: Task): void {
  const { state, plan } = step;
  const { undoWaits: waits } = state.derived;
  state.derived.undoOpen--;
  const undone = [task.node];
  for (let node = undone.pop(); node !== undefined; node = undone.pop()) {
    for (const dependency of plan.dependencies[node] ?? []) {
      const left = (waits[dependency] ?? 0) - 1;
      waits[dependency] = left;
      if (left > 0) continue;
      const next = state.compensations.get(dependency);
      if (next === undefined) undone.push(dependency);
      else move(step, next, 'ready');
    }
  }
}

/** Per node: how many of its dependents are not undone yet. A node without a compensation is undone as soon as they all are. */
export function undoWaits(plan: Plan, { compensations }: Pick<ExecutionState, 'compensations'>): Uint32Array {
  const waits = new Uint32Array(plan.nodes.length);
  if (compensations.size === 0) return waits;
  for (let position = plan.order.length - 1; position >= 0; position--) {
    const node = plan.order[position] ?? 0;
    const compensation = compensations.get(node);
    const undone = waits[node] === 0 && (compensation === undefined || isSettled(compensation.status));
    if (undone) continue;
    for (const dependency of plan.dependencies[node] ?? []) waits[dependency] = (waits[dependency] ?? 0) + 1;
  }
  return waits;
}

/** The error of the end, with what was undone and what could not be. */
export function withCompensations(plan: Plan, { compensations }: ExecutionState, error: ErrorData): ErrorData {
  if (compensations.size === 0) return error;
  const tasks = [...compensations.values()].sort((a, b) => a.node - b.node);
  const compensated = tasks
    .filter(({ status }) => status === 'succeeded')
    .map(({ node }) => plan.nodes[node]?.id ?? '');
  const notCompensated = tasks
    .filter(({ status }) => status !== 'succeeded')
    .map((task) => ({ taskId: taskId(plan, task), code: task.error?.code ?? '', message: task.error?.message ?? '' }));
  return { ...error, details: { ...error.details, compensated, notCompensated } };
}
