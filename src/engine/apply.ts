import { HeddleError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import {
  attemptFailed,
  attemptSucceeded,
  attemptTimedOut,
  heartbeatReceived,
  permitsRefused,
  usageReported,
} from './attempt.ts';
import type { Command } from './command.ts';
import { concludeIfDone, finished } from './conclude.ts';
import { dispatch } from './dispatch.ts';
import type { Event, ExecutionStarted, GuardEvaluated, ItemsResolved, JournalEntry, PermitsGranted } from './event.ts';
import { fanOut } from './fan-out.ts';
import { leaseAcquired } from './lease.ts';
import { earliestDeadline } from './next-wake.ts';
import { permitsGranted } from './permits.ts';
import { admit, propagate } from './propagate.ts';
import { recoveryDecided } from './recovery.ts';
import { repeatEvaluated } from './repeat.ts';
import { checkpointRequested, checkpointRestored, checkpointSaved, saveCheckpointIfDue } from './save-points.ts';
import type { ExecutionState } from './state.ts';
import { Step } from './step.ts';
import { move } from './transitions.ts';
import { signalReceived, waitArranged, waitOver } from './wait.ts';
import { cancel, endGrace, windDown } from './wind-down.ts';

/**
 * The machine: applies one event of the journal to the state, in place, and says what is to be done. Synchronous and
 * total; the same journal always gives the same state and the same commands.
 *
 * @param commands what was ordered before, in the same turn: to it is added
 * @throws CONFLICT when the entry is not the next one; ILLEGAL_TRANSITION when the state contradicts itself
 */
export function apply(
  plan: Plan,
  state: ExecutionState,
  entry: JournalEntry,
  commands: Command[] = [],
): readonly Command[] {
  if (entry.seq !== state.seq + 1) {
    throw new HeddleError({
      code: 'CONFLICT',
      message: `event ${entry.seq} cannot follow event ${state.seq} of execution ${state.executionId}`,
    });
  }
  state.seq = entry.seq;
  // Clocks jump and differ between hosts; time inside an execution never runs backwards.
  state.atMs = Math.max(state.atMs, entry.atMs);
  const step = new Step(plan, state, state.atMs, commands);
  if (state.phase === 'finished' && entry.type !== 'CheckpointRestored') return step.commands;
  handle(step, entry);
  propagate(step);
  endGrace(step);
  propagate(step);
  dispatch(step);
  if (concludeIfDone(step)) dispatch(step);
  saveCheckpointIfDue(step);
  armWake(step);
  return step.commands;
}

function handle(step: Step, event: Event): void {
  switch (event.type) {
    case 'ExecutionStarted':
      return executionStarted(step, event);
    case 'LeaseAcquired':
      return leaseAcquired(step, event);
    case 'AttemptSucceeded':
      return attemptSucceeded(step, event);
    case 'AttemptFailed':
      return attemptFailed(step, event);
    case 'UsageReported':
      return usageReported(step, event);
    case 'HeartbeatReceived':
      return heartbeatReceived(step, event);
    case 'GuardEvaluated':
      return guardEvaluated(step, event);
    case 'ItemsResolved':
      return itemsResolved(step, event);
    case 'RepeatEvaluated':
      return repeatEvaluated(step, event);
    case 'WaitArranged':
      return waitArranged(step, event);
    case 'SignalReceived':
      return signalReceived(step, event);
    case 'PermitsGranted':
      return queuedMayStart(step, event);
    case 'PermitsRefused':
      return permitsRefused(step, event);
    case 'StrategiesChanged':
      step.state.recovers = event.recovers;
      return;
    case 'RecoveryDecided':
      return recoveryDecided(step, event);
    case 'Woke':
      return woke(step);
    case 'PauseRequested':
      return pauseRequested(step);
    case 'ResumeRequested':
      return resumeRequested(step);
    case 'CancelRequested':
      return cancel(step, event);
    case 'CheckpointRequested':
      return checkpointRequested(step, event);
    case 'CheckpointSaved':
      return checkpointSaved(step, event);
    case 'CheckpointRestored':
      return checkpointRestored(step, event);
    case 'ExecutionFinished':
      return finished(step, event);
  }
}

function executionStarted(step: Step, event: ExecutionStarted): void {
  const { state, plan } = step;
  const timeoutMs = event.options.timeoutMs ?? plan.program.limits?.timeoutMs;
  state.startedAtMs = step.atMs;
  state.checkpointAtMs = step.atMs;
  state.deadlineAtMs = timeoutMs === undefined ? null : step.atMs + timeoutMs;
  step.publish('EXECUTION_STARTED');
}

function guardEvaluated(step: Step, { node, outcome }: GuardEvaluated): void {
  const task = askedTask(step, node, 'guarding');
  if (task === undefined) return;
  if ('error' in outcome) move(step, task, 'failed', { error: outcome.error });
  else if (outcome.passed) admit(step, task);
  else move(step, task, 'skipped', { reason: 'its condition is false' });
}

function itemsResolved(step: Step, { node, outcome }: ItemsResolved): void {
  const task = askedTask(step, node, 'resolving');
  if (task === undefined) return;
  if ('error' in outcome) move(step, task, 'failed', { error: outcome.error });
  else fanOut(step, task, outcome.count, outcome.itemCount ?? outcome.count);
}

function queuedMayStart(step: Step, event: PermitsGranted): void {
  const task = permitsGranted(step, event);
  if (task !== undefined) move(step, task, 'ready');
}

/** The task if it still waits for that answer; an answer given twice changes nothing. */
function askedTask(step: Step, node: string, status: 'guarding' | 'resolving') {
  const task = step.nodeTask(step.plan.indexOf.get(node) ?? -1);
  return task.status === status ? task : undefined;
}

/** Acts upon every deadline that has come. Early, late and repeated wake-ups are all harmless. */
function woke(step: Step): void {
  const { state } = step;
  state.derived.armedAtMs = null;
  for (
    let task = state.derived.deadlines.takeDue(step.atMs);
    task !== undefined;
    task = state.derived.deadlines.takeDue(step.atMs)
  ) {
    if (task.status === 'waiting') move(step, task, 'ready');
    else if (task.status === 'awaiting') waitOver(step, task);
    else attemptTimedOut(step, task);
  }
  if (state.deadlineAtMs !== null && state.deadlineAtMs <= step.atMs && state.phase !== 'finishing') {
    const limitMs = state.deadlineAtMs - state.startedAtMs;
    state.deadlineAtMs = null;
    const message = `the execution took longer than ${limitMs} ms`;
    windDown(
      step,
      { status: 'FAILED', error: { code: 'TIMEOUT', message, hint: 'raise limits.timeoutMs' } },
      { sparing: false },
    );
  }
}

function pauseRequested(step: Step): void {
  if (step.state.phase !== 'running' && step.state.phase !== 'created') return;
  step.state.phase = 'paused';
  step.publish('EXECUTION_PAUSED');
}

function resumeRequested(step: Step): void {
  if (step.state.phase !== 'paused') return;
  step.state.phase = 'running';
  step.publish('EXECUTION_RESUMED');
}

/** Orders the one wake-up anew whenever the earliest deadline has changed. */
function armWake(step: Step): void {
  const { state } = step;
  const atMs = earliestDeadline(state);
  if (atMs === state.derived.armedAtMs) return;
  state.derived.armedAtMs = atMs;
  step.order({ type: 'WakeAt', atMs });
}
