import { sameValueRef } from '../program/same-value-ref.ts';
import type { ValueRef } from '../program/value.ts';
import type { Step } from './step.ts';
import type { Task } from './task.ts';
import { move } from './transitions.ts';

/** A forked execution begins with what it takes over and does not run again. */
export function takeOver(step: Step): void {
  for (const { node, output, again } of step.state.fork?.inherited ?? []) {
    const task = step.nodeTask(step.plan.indexOf.get(node) ?? 0);
    if (!again) move(step, task, 'succeeded', { output, cached: true, reason: 'it was taken over by the fork' });
  }
}

/**
 * Early cut-off (Mokhov, Mitchell, Peyton Jones: "Build Systems à la Carte", 2018): a node whose dependencies turned out
 * as they were before the fork, and which does not look at inputs that changed, gives what it gave before.
 *
 * @returns the output it had, or undefined when it has to run
 */
export function unchangedOutput(step: Step, task: Task): ValueRef | undefined {
  const { state, plan } = step;
  const { before } = state.derived;
  const output = before.get(task.node);
  const { id, readsInputs } = step.node(task.node);
  if (output === undefined || state.fork === null || state.fork.from.includes(id)) return undefined;
  if (state.fork.inputsChanged && readsInputs) return undefined;
  const dependencies = plan.dependencies[task.node] ?? [];
  const same = dependencies.every((dependency) => {
    const [now, then] = [step.nodeTask(dependency).output, before.get(dependency)];
    return now !== null && then !== undefined && sameValueRef(now, then);
  });
  return same && dependencies.length > 0 ? output : undefined;
}
