import type { ErrorData } from '../errors.ts';
import { failuresBorne } from '../policy/tolerance.ts';
import type { CancelRequested } from './event.ts';
import type { Verdict } from './state.ts';
import { type Step, taskId } from './step.ts';
import { isSettled, type Task } from './task.ts';
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
export function failureOf(step: Step, task: Task): ErrorData {
  const error = task.error ?? { code: 'MODULE_FAILED', message: 'failed without an error' };
  const id = taskId(step.plan, task);
  return { ...error, path: error.path ?? `nodes.${id}`, details: { ...error.details, taskId: id } };
}

interface Extent {
  /** Leaves nodes whose trigger is `failure` or `always`. */
  readonly sparing?: boolean;
  /** Leaves attempts that run. */
  readonly graceful?: boolean;
}

/**
 * Cancels whatever has not ended. After a failure, nodes whose trigger is `failure` or `always` stay: cleaning up is
 * what they are for. A cancel by hand and the execution's own timeout stop these too. The first verdict stays.
 */
export function windDown(step: Step, verdict: Verdict, { sparing = true, graceful = false }: Extent = {}): void {
  const { state } = step;
  if (state.verdict !== null && sparing) return;
  state.verdict ??= verdict;
  const reason = verdict.status === 'CANCELLED' ? 'the execution was cancelled' : 'the execution failed';
  for (const task of state.tasks) {
    if (isSettled(task.status)) continue;
    if (sparing && step.node(task.node).trigger !== 'success') continue;
    if (graceful && runs(step, task)) continue;
    move(step, task, 'cancelled', { reason });
  }
}

/** Whether an attempt of the task, or of one of its items, is live. */
function runs({ state }: Step, task: Task): boolean {
  if (task.status === 'running') return true;
  const live = state.fanOuts.get(task.node)?.live.values() ?? [];
  return task.status === 'fanned' && [...live].some(({ status }) => status === 'running');
}

/** A cancel that lets what runs end by itself, for so long; then, or when nothing runs any more, the rest is given up. */
export function cancel(step: Step, { reason, graceMs = 0, successor }: CancelRequested): void {
  const { state } = step;
  if (state.phase === 'finishing' || state.phase === 'compensating') return;
  const message = reason ?? 'the execution was cancelled';
  const details = successor === undefined ? {} : { details: { successor } };
  const verdict: Verdict = { status: 'CANCELLED', error: { code: 'ABORTED', message, ...details } };
  windDown(step, verdict, { sparing: false, graceful: graceMs > 0 });
  state.graceUntilMs = graceMs > 0 ? step.atMs + graceMs : null;
  endGrace(step);
}

/** Ends the grace of a cancel when its time has come or nothing is left to wait for. */
export function endGrace(step: Step): void {
  const { state } = step;
  if (state.graceUntilMs === null || state.verdict === null) return;
  if (state.derived.running.size > 0 && step.atMs < state.graceUntilMs) return;
  state.graceUntilMs = null;
  windDown(step, state.verdict, { sparing: false });
}
