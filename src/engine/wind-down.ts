import type { ErrorData } from '../errors.ts';
import { failuresBorne } from '../policy/tolerance.ts';
import { isSettled, type Task, type Verdict } from './state.ts';
import { type Step, taskId } from './step.ts';
import { move } from './transitions.ts';

/** Ends the execution early when more has failed than its tolerance bears. */
export function windDownOnFailure(step: Step, task: Task): void {
  const { options, failures } = step.state;
  const tolerance = options.tolerance ?? step.plan.program.tolerance ?? 'strict';
  const borne = failuresBorne(tolerance);
  if (failures <= borne) return;
  const cause = failureOf(step, task);
  windDown(step, {
    status: 'FAILED',
    error:
      borne === 0
        ? cause
        : {
            code: 'TOO_MANY_FAILURES',
            message: `${failures} tasks failed and the program bears ${borne}; the last was ${cause.message}`,
            details: { failures, borne, lastTaskId: taskId(step.plan, task) },
          },
  });
}

/** The error of a task, told with the task it came from. */
function failureOf(step: Step, task: Task): ErrorData {
  const error = task.error ?? { code: 'MODULE_FAILED', message: 'failed without an error' };
  const id = taskId(step.plan, task);
  return { ...error, path: error.path ?? `nodes.${id}`, details: { ...error.details, taskId: id } };
}

/**
 * Cancels whatever has not ended. After a failure, nodes whose trigger is `failure` or `always` stay: cleaning up is
 * what they are for. A cancel by hand and the execution's own timeout stop these too. The first verdict stays.
 */
export function windDown(step: Step, verdict: Verdict, { sparing = true } = {}): void {
  const { state } = step;
  if (state.verdict !== null && sparing) return;
  state.verdict ??= verdict;
  const reason = verdict.status === 'CANCELLED' ? 'the execution was cancelled' : 'the execution failed';
  for (const task of state.tasks) {
    if (isSettled(task.status)) continue;
    if (sparing && step.node(task.node).trigger !== 'success') continue;
    move(step, task, 'cancelled', { reason });
  }
}
