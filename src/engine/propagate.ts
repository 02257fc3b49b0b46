import { readiness } from '../policy/readiness.ts';
import { compensationSettled } from './compensate.ts';
import { itemSettled } from './fan-out.ts';
import { unchangedOutput } from './inherit.ts';
import type { Derived } from './state.ts';
import type { Step } from './step.ts';
import { compensationOfNode, nodeItself, type Task } from './task.ts';
import { move } from './transitions.ts';
import { windDownOnFailure } from './wind-down.ts';

/**
 * Draws the consequences of every task that settled, and of those that settle thereby, until nothing is left. A loop
 * over a list, not a recursion: a chain of 50,000 skips must not overflow the stack.
 */
export function propagate(step: Step): void {
  for (let at = 0; at < step.settled.length; at++) {
    const task = step.settled[at] as Task;
    if (task.item === nodeItself) nodeSettled(step, task);
    else if (task.item === compensationOfNode) compensationSettled(step, task);
    else itemSettled(step, task);
  }
  step.settled.length = 0;
}

function nodeSettled(step: Step, task: Task): void {
  const { state, plan } = step;
  const { tallies } = state.derived;
  state.derived.open--;
  if (task.status === 'failed' && step.node(task.node).critical) {
    state.failures++;
    windDownOnFailure(step, task);
  }
  const dependents = plan.dependents[task.node] ?? [];
  for (let at = 0; at < dependents.length; at++) {
    const dependent = dependents[at] as number;
    count(tallies.settled, dependent);
    if (task.status === 'succeeded') count(tallies.succeeded, dependent);
    if (task.status === 'failed') count(tallies.failed, dependent);
    if (!waitsOn(plan.allOf, tallies, dependent)) consider(step, step.nodeTask(dependent));
  }
}

/**
 * Whether a node simply has dependencies left, which is what most are found to have: told by numbers alone, as the nodes of a large
 * program lie far apart in memory.
 */
function waitsOn(allOf: Uint32Array, { succeeded, settled }: Derived['tallies'], node: number): boolean {
  const counted = succeeded[node] as number;
  return counted === settled[node] && counted < (allOf[node] as number);
}

/** Moves a pending node on, if its dependencies allow. */
export function consider(step: Step, task: Task): void {
  if (task.status !== 'pending') return;
  const { tallies } = step.state.derived;
  const node = step.node(task.node);
  const verdict = readiness(node.join, node.trigger, {
    total: step.plan.dependencies[task.node]?.length ?? 0,
    succeeded: tallies.succeeded[task.node] ?? 0,
    failed: tallies.failed[task.node] ?? 0,
    settled: tallies.settled[task.node] ?? 0,
  });
  if (verdict === 'wait') return;
  const unchanged = verdict === 'run' ? unchangedOutput(step, task) : undefined;
  if (unchanged !== undefined)
    move(step, task, 'succeeded', { output: unchanged, cached: true, reason: 'nothing it depends on has changed' });
  else if (verdict === 'skip')
    move(step, task, 'skipped', { reason: `its dependencies cannot satisfy ${describe(node)}` });
  else if (node.hasGuard) move(step, task, 'guarding');
  else admit(step, task);
}

/** The node is to run: its items are asked for first, if it has any. */
export function admit(step: Step, task: Task): void {
  move(step, task, step.node(task.node).forEach === undefined ? 'ready' : 'resolving');
}

function describe({ join, trigger }: { readonly join: unknown; readonly trigger: string }): string {
  return `join ${typeof join === 'string' ? join : JSON.stringify(join)} on ${trigger}`;
}

function count(tally: Uint32Array, node: number): void {
  tally[node] = (tally[node] ?? 0) + 1;
}
