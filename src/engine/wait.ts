import type { ErrorData } from '../errors.ts';
import type { SignalReceived, WaitArranged } from './event.ts';
import { giveUp } from './failure.ts';
import { findTask, inOrder, type Step, taskId } from './step.ts';
import type { Task } from './task.ts';
import { move } from './transitions.ts';

/** What a task that only waited for a time gives. */
const nothing = { value: null } as const;

/** The host has evaluated what a task waits for: a signal, for a while or for ever, or a time. */
export function waitArranged(step: Step, event: WaitArranged): void {
  const task = findTask(step.plan, step.state, event);
  if (task?.status !== 'arranging') return;
  const { outcome } = event;
  if ('error' in outcome) return giveUp(step, task, outcome.error);
  if ('sleepMs' in outcome) return move(step, task, 'awaiting', { dueAtMs: step.atMs + outcome.sleepMs });
  if ('untilMs' in outcome) return move(step, task, 'awaiting', { dueAtMs: outcome.untilMs });
  const kept = step.state.signals.findIndex((signal) => signal.event === outcome.event);
  const [signal] = kept < 0 ? [] : step.state.signals.splice(kept, 1);
  if (signal !== undefined) return move(step, task, 'succeeded', { output: signal.payload });
  const { timeoutMs } = outcome;
  move(step, task, 'awaiting', {
    event: outcome.event,
    ...(timeoutMs !== undefined && { dueAtMs: step.atMs + timeoutMs }),
  });
}

/** One signal ends one wait: the first by node, then item. A signal nobody waits for is kept. */
export function signalReceived(step: Step, { event, payload }: SignalReceived): void {
  step.publish('SIGNAL_RECEIVED', { reason: event });
  const waiting = inOrder([...step.state.derived.awaiting].filter((task) => task.event === event))[0];
  if (waiting === undefined) step.state.signals.push({ event, payload });
  else move(step, waiting, 'succeeded', { output: payload });
}

/** The time a task waited for has come, or its signal has not. */
export function waitOver(step: Step, task: Task): void {
  if (task.event === null) return move(step, task, 'succeeded', { output: nothing });
  const error: ErrorData = {
    code: 'TIMEOUT',
    message: `${taskId(step.plan, task)} waited for the signal ${task.event} in vain`,
    hint: 'send it in time, raise waitFor.timeoutMs, or give the node a fallback',
    retryable: false,
  };
  step.publish('TASK_TIMED_OUT', { taskId: taskId(step.plan, task), error });
  giveUp(step, task, error);
}
