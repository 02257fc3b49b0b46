import type { Plan } from '../plan/plan.ts';
import type { ExecutionState } from './state.ts';
import { taskId } from './step.ts';
import type { Task } from './task.ts';

/** What the state knows of a task, in one line, for errors a person has to understand. */
export function story(plan: Plan, state: ExecutionState, task: Task): string {
  const dependencies = (plan.dependencies[task.node] ?? []).map((index) => {
    const dependency = state.tasks[index];
    return dependency === undefined ? '?' : `${taskId(plan, dependency)} ${dependency.status}`;
  });
  const parts = [
    `${taskId(plan, task)} is ${task.status}`,
    `attempt ${task.attempt} (${task.uncounted} uncounted) under epoch ${task.epoch}`,
    task.fallback ? 'on its fallback' : '',
    task.dueAtMs === null ? '' : `due at ${task.dueAtMs} ms`,
    task.error === null ? '' : `last error ${task.error.code}: ${task.error.message}`,
    dependencies.length === 0 ? 'no dependencies' : `depends on ${dependencies.join(', ')}`,
    `execution ${state.executionId} is ${state.phase} at event ${state.seq}, epoch ${state.epoch}`,
  ];
  return parts.filter((part) => part !== '').join('; ');
}
