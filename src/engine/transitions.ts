import { type ErrorData, HeddleError } from '../errors.ts';
import type { ValueRef } from '../program/value.ts';
import { earlier } from './deadlines.ts';
import { releasePermits } from './permits.ts';
import { isAsking, questionOf } from './question.ts';
import { newItemsIndex, rankOf, readyIndexOf } from './ready-index.ts';
import { termOf } from './state.ts';
import { attemptRef, inOrder, type Step, startOrder, taskId } from './step.ts';
import { story } from './story.ts';
import { isSettled, type Task, type TaskStatus } from './task.ts';
import { told } from './tell.ts';

/** What a move brings along; which fields a transition needs is told by its handler. */
export interface MoveDetail {
  readonly output?: ValueRef;
  readonly error?: ErrorData;
  readonly dueAtMs?: number;
  readonly event?: string;
  readonly reason?: string;
  /** The output is that of an equal call. */
  readonly cached?: boolean;
}

type Handler = (step: Step, task: Task, detail: MoveDetail) => void;

/**
 * The life of a task. Rows are where it is, columns where it goes; a pair that is not here is illegal.
 *
 *     pending ─→ guarding ─→ resolving ─→ fanned ──────────────→ succeeded │ failed │ cancelled
 *        │          │            └──(no items)───────────────→ succeeded
 *        │          └──→ skipped │ failed
 *        ├──→ ready ⇄ running ──────────────────────────────→ succeeded │ failed │ cancelled
 *        │    │ ↑↓       ├──→ checking ──→ ready (again) │ succeeded │ failed
 *        │    │ queued   ├──→ waiting ───→ ready
 *        │    │          └──→ recovering → ready │ skipped │ failed
 *        │    └──→ arranging ──→ awaiting ───────────────→ succeeded │ failed │ cancelled
 *        └──→ skipped │ cancelled │ succeeded (inherited)
 */
const transitions: Readonly<Record<TaskStatus, Readonly<Partial<Record<TaskStatus, Handler>>>>> = {
  pending: {
    guarding: ask,
    resolving: ask,
    ready: becomeReady,
    skipped: settle,
    cancelled: settle,
    succeeded: settle,
  },
  guarding: { resolving: ask, ready: becomeReady, skipped: settle, failed: settle, cancelled: settle },
  resolving: { fanned: openFanOut, succeeded: settle, failed: settle, cancelled: settle },
  ready: { queued: ask, running: start, arranging: ask, cancelled: settle },
  queued: { ready: enterReady, waiting: awaitRetry, recovering: askRecovery, failed: settle, cancelled: settle },
  running: {
    checking: check,
    waiting: awaitRetry,
    ready: startOver,
    recovering: askRecovery,
    succeeded: settle,
    failed: settle,
    cancelled: abort,
  },
  checking: { ready: enterReady, succeeded: settle, failed: settle, cancelled: settle },
  recovering: { ready: startOver, skipped: settle, failed: settle, cancelled: settle },
  waiting: { ready: becomeReady, cancelled: settle },
  arranging: {
    awaiting: beginWait,
    ready: startOver,
    recovering: askRecovery,
    succeeded: settle,
    failed: settle,
    cancelled: settle,
  },
  awaiting: { ready: startOver, recovering: askRecovery, succeeded: settle, failed: settle, cancelled: settle },
  fanned: { succeeded: settle, failed: closeFanOut, cancelled: closeFanOut },
  succeeded: {},
  failed: {},
  skipped: {},
  cancelled: {},
};

/**
 * The one door through which a task changes its status.
 * @throws ILLEGAL_TRANSITION with the task's story
 */
export function move(step: Step, task: Task, to: TaskStatus, detail: MoveDetail = {}): void {
  const from = task.status;
  const handler = transitions[from][to];
  if (handler === undefined) {
    throw new HeddleError({
      code: 'ILLEGAL_TRANSITION',
      message: `task ${taskId(step.plan, task)} cannot go from ${from} to ${to}: ${story(step.plan, step.state, task)}`,
      details: { taskId: taskId(step.plan, task), from, to },
    });
  }
  leave(step, task);
  releasePermits(step, task, from, to);
  task.status = to;
  handler(step, task, detail);
}

/** Takes the task out of every index it is in under its old status. */
function leave(step: Step, task: Task): void {
  const { state } = step;
  const { derived } = state;
  task.dueAtMs = null;
  task.timeoutAtMs = null;
  task.event = null;
  if (task.status === 'running') derived.running.delete(task);
  else if (task.status === 'awaiting') derived.awaiting.delete(task);
  else if (task.status === 'ready') readyIndexOf(step.node(task.node), state, task).delete(state, task);
  else if (isAsking(task.status)) derived.asking.delete(task);
}

function ask(step: Step, task: Task): void {
  step.state.derived.asking.add(task);
  step.order(questionOf(step, task));
}

function askRecovery(step: Step, task: Task, { error }: MoveDetail): void {
  task.error = error ?? null;
  task.recoveries++;
  step.publish('RECOVERY_INITIATED', {
    taskId: taskId(step.plan, task),
    reason: 'a recovery strategy is asked',
    ...(error !== undefined && { error }),
  });
  ask(step, task);
}

/** The iteration is over; its output stays with the task, for the condition and the next one. */
function check(step: Step, task: Task, { output }: MoveDetail): void {
  task.output = output ?? null;
  ask(step, task);
}

function beginWait(step: Step, task: Task, { event, dueAtMs }: MoveDetail): void {
  task.event = event ?? null;
  step.state.derived.awaiting.add(task);
  if (dueAtMs !== undefined) setDeadline(step, task, dueAtMs);
  step.publish('TASK_STARTED', {
    taskId: taskId(step.plan, task),
    ...(dueAtMs !== undefined && { dueAtMs }),
    reason: event === undefined ? 'it waits for a time' : `it waits for the signal ${event}`,
  });
}

function openFanOut(step: Step, task: Task): void {
  step.publish('TASK_STARTED', { taskId: taskId(step.plan, task) });
  newItemsIndex(step.node(task.node), step.state).nodes.add(rankOf(step.state, task.node));
}

/** Enters the ready index; the first time, it is also told. */
function becomeReady(step: Step, task: Task): void {
  enterReady(step, task);
  if (task.attempt === 0) step.publishTask('TASK_READY', taskId(step.plan, task));
}

function start(step: Step, task: Task): void {
  const { state } = step;
  const { timeoutMs } = step.node(task.node);
  task.attempt++;
  task.tries++;
  task.epoch = termOf(state);
  state.attempts++;
  state.derived.running.add(task);
  if (timeoutMs !== undefined) task.timeoutAtMs = step.atMs + timeoutMs;
  setAttemptDeadline(step, task);
  step.order(startOrder(step.plan, task));
  step.publishTask('TASK_STARTED', taskId(step.plan, task), task.attempt);
}

function awaitRetry(step: Step, task: Task, { error, dueAtMs = step.atMs }: MoveDetail): void {
  task.error = error ?? null;
  step.state.retries++;
  setDeadline(step, task, dueAtMs);
  step.publish('TASK_RETRIED', {
    taskId: taskId(step.plan, task),
    attempt: task.attempt,
    dueAtMs,
    ...(error !== undefined && { error }),
  });
}

/** The attempt is over without a verdict on the task: its host was lost, the fallback takes over, or it was forgiven. */
function startOver(step: Step, task: Task, { reason = '', error }: MoveDetail): void {
  enterReady(step, task);
  step.publish('TASK_RETRIED', {
    taskId: taskId(step.plan, task),
    attempt: task.attempt,
    reason,
    ...(error !== undefined && { error }),
  });
}

function abort(step: Step, task: Task, detail: MoveDetail): void {
  step.order({
    type: 'AbortAttempt',
    ...attemptRef(step.plan, task),
    reason: { code: 'ABORTED', message: detail.reason ?? 'the task was cancelled' },
  });
  settle(step, task, detail);
}

/** Items still under way have nobody left to tell: they go with their node. */
function closeFanOut(step: Step, task: Task, detail: MoveDetail): void {
  newItemsIndex(step.node(task.node), step.state).nodes.delete(rankOf(step.state, task.node));
  const live = step.state.fanOuts.get(task.node)?.live ?? new Map<number, Task>();
  for (const item of inOrder(live.values())) {
    // One that settled in this very step is still in the list, waiting for its consequences to be drawn.
    if (!isSettled(item.status)) move(step, item, 'cancelled', { reason: 'its forEach node ended' });
  }
  settle(step, task, detail);
}

function settle(step: Step, task: Task, { output, error, reason, cached }: MoveDetail): void {
  task.output = output ?? null;
  if (error !== undefined) task.error = error;
  else if (task.status === 'succeeded') task.error = null;
  step.settled.push(task);
  if (output !== undefined && task.attempt > 0 && error === undefined && reason === undefined) {
    step.publishTask(told(task, cached), taskId(step.plan, task), task.attempt, output);
    return;
  }
  step.publish(told(task, cached), {
    taskId: taskId(step.plan, task),
    ...(task.attempt > 0 && { attempt: task.attempt }),
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(reason !== undefined && { reason }),
  });
}

/** The earlier of the attempt's timeout and the end of its patience with silence. */
export function setAttemptDeadline(step: Step, task: Task): void {
  const { idleTimeoutMs } = step.node(task.node);
  const silentUntilMs = idleTimeoutMs === undefined ? null : step.atMs + idleTimeoutMs;
  setDeadline(step, task, earlier(task.timeoutAtMs, silentUntilMs));
}

function setDeadline(step: Step, task: Task, atMs: number | null): void {
  task.dueAtMs = atMs;
  step.state.derived.deadlines.add(task);
}

/** Puts a ready task where dispatch finds it. */
function enterReady(step: Step, task: Task): void {
  readyIndexOf(step.node(task.node), step.state, task).add(step.state, task);
}
