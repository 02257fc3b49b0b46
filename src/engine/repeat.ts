import type { RepeatEvaluated } from './event.ts';
import { findTask, type Step } from './step.ts';
import { move } from './transitions.ts';

/** The host has evaluated `repeat.while` on the output of an iteration: once more, or that output is the task's. */
export function repeatEvaluated(step: Step, event: RepeatEvaluated): void {
  const task = findTask(step.plan, step.state, event);
  if (task?.status !== 'checking') return;
  const { output } = task;
  if ('error' in event.outcome) move(step, task, 'failed', { error: event.outcome.error });
  else if (event.outcome.again) {
    task.iteration++;
    task.uncounted = task.attempt;
    move(step, task, 'ready');
  } else move(step, task, 'succeeded', output === null ? {} : { output });
}
