import type { ErrorData } from '../errors.ts';
import { failuresBorne } from '../policy/tolerance.ts';
import { type Step, taskId } from './step.ts';
import { compensationOfNode, nodeItself, type Task } from './task.ts';
import { move } from './transitions.ts';

/**
 * `onFailure: pause`. A failure that would end the execution pauses it instead: the task goes back to where it may start,
 * with a fresh retry policy, and a resume tries it again.
 *
 * @returns whether it was held
 */
export function hold(step: Step, task: Task, error: ErrorData): boolean {
  const { state, plan } = step;
  if (plan.program.onFailure !== 'pause' || state.verdict !== null || !wouldEnd(step, task)) return false;
  if (state.phase !== 'running' && state.phase !== 'paused') return false;
  task.uncounted = task.attempt;
  task.fallback = false;
  move(step, task, 'ready', { error, reason: 'the execution pauses instead of failing' });
  if (state.phase === 'running') {
    state.phase = 'paused';
    const reason = `${taskId(plan, task)} failed; resume to try it again, or cancel`;
    step.publish('EXECUTION_PAUSED', { reason, error });
  }
  return true;
}

function wouldEnd(step: Step, task: Task): boolean {
  const { state, plan } = step;
  const node = step.node(task.node);
  if (task.item === compensationOfNode || !node.critical) return false;
  if (state.failures + 1 <= failuresBorne(state.options.tolerance ?? plan.program.tolerance ?? 'strict')) return false;
  if (task.item === nodeItself) return true;
  const failed = state.fanOuts.get(task.node)?.failed ?? 0;
  return failed + 1 > failuresBorne(node.forEach?.tolerance ?? 'strict');
}
