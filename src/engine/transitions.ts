import { type ErrorData, HeddleError } from '../errors.ts';
import { RankSet } from '../kernel/rank-set.ts';
import type { ValueRef } from '../program/value.ts';
import { type ExecutionState, isSettled, type Task, type TaskStatus } from './state.ts';
import { attemptRef, type Step, taskId, taskRef } from './step.ts';
import { story } from './story.ts';

/** What a move brings along; which fields a transition needs is told by its handler. */
export interface MoveDetail {
  readonly output?: ValueRef;
  readonly error?: ErrorData;
  readonly dueAtMs?: number;
  readonly reason?: string;
}

type Handler = (step: Step, task: Task, detail: MoveDetail) => void;

/**
 * The life of a task. Rows are where it is, columns where it goes; a pair that is not here is illegal.
 *
 *     pending ─→ guarding ─→ resolving ─→ fanned ─────────→ succeeded │ failed │ cancelled
 *        │          │            └──(no items)──────────→ succeeded
 *        │          └──→ skipped │ failed
 *        ├──→ ready ⇄ running ─────────────────────────→ succeeded │ failed │ cancelled
 *        │      └──waiting─┘
 *        └──→ skipped │ cancelled
 */
const transitions: Readonly<Record<TaskStatus, Readonly<Partial<Record<TaskStatus, Handler>>>>> = {
  pending: { guarding: askGuard, resolving: askItems, ready: becomeReady, skipped: settle, cancelled: settle },
  guarding: { resolving: askItems, ready: becomeReady, skipped: settle, failed: settle, cancelled: settle },
  resolving: { fanned: openFanOut, succeeded: settle, failed: settle, cancelled: settle },
  ready: { running: start, cancelled: withdraw },
  running: { succeeded: end, failed: end, waiting: awaitRetry, ready: startOver, cancelled: abort },
  waiting: { ready: becomeReady, cancelled: settle },
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
  const handler = transitions[task.status][to];
  if (handler === undefined) {
    throw new HeddleError({
      code: 'ILLEGAL_TRANSITION',
      message: `task ${taskId(step.plan, task)} cannot go from ${task.status} to ${to}: ${story(step.plan, step.state, task)}`,
      details: { taskId: taskId(step.plan, task), from: task.status, to },
    });
  }
  leave(step, task);
  task.status = to;
  handler(step, task, detail);
}

/** Takes the task out of every index it is in under its old status. */
function leave(step: Step, task: Task): void {
  const { derived } = step.state;
  task.dueAtMs = null;
  if (task.status === 'running') derived.running.delete(task);
  else if (task.status === 'guarding' || task.status === 'resolving') derived.asking.delete(task.node);
  else if (task.status === 'ready') {
    derived.readyItems.get(task.node)?.delete(task.item);
    if (task.item < 0) derived.ready.delete(rankOf(step.state, task.node));
  }
}

function askGuard(step: Step, task: Task): void {
  step.state.derived.asking.add(task.node);
  step.order({ type: 'EvaluateGuard', ...taskRef(step.plan, task) });
}

function askItems(step: Step, task: Task): void {
  step.state.derived.asking.add(task.node);
  step.order({ type: 'ResolveItems', node: step.node(task.node).id });
}

function openFanOut(step: Step, task: Task): void {
  step.publish('TASK_STARTED', { taskId: taskId(step.plan, task) });
  step.state.derived.ready.add(rankOf(step.state, task.node));
}

/** Enters the ready index; the first time, it is also told. */
function becomeReady(step: Step, task: Task): void {
  enterReady(step.state, task);
  if (task.attempt === 0) step.publish('TASK_READY', { taskId: taskId(step.plan, task) });
}

function start(step: Step, task: Task): void {
  const { state } = step;
  const { timeoutMs } = step.node(task.node);
  task.attempt++;
  task.epoch = state.epoch;
  state.derived.running.add(task);
  if (timeoutMs !== undefined) setDeadline(step, task, step.atMs + timeoutMs);
  step.order({ type: 'StartAttempt', ...attemptRef(step.plan, task), fallback: task.fallback });
  step.publish('TASK_STARTED', { taskId: taskId(step.plan, task), attempt: task.attempt });
}

function awaitRetry(step: Step, task: Task, { error, dueAtMs = step.atMs }: MoveDetail): void {
  task.error = error ?? null;
  setDeadline(step, task, dueAtMs);
  step.publish('TASK_RETRIED', {
    taskId: taskId(step.plan, task),
    attempt: task.attempt,
    dueAtMs,
    ...(error !== undefined && { error }),
  });
}

/** The attempt is over without a verdict on the task: its host was lost, or the fallback takes over. */
function startOver(step: Step, task: Task, { reason = '', error }: MoveDetail): void {
  enterReady(step.state, task);
  step.publish('TASK_RETRIED', {
    taskId: taskId(step.plan, task),
    attempt: task.attempt,
    reason,
    ...(error !== undefined && { error }),
  });
}

function end(step: Step, task: Task, detail: MoveDetail): void {
  settle(step, task, detail);
}

function abort(step: Step, task: Task, detail: MoveDetail): void {
  step.order({
    type: 'AbortAttempt',
    ...attemptRef(step.plan, task),
    reason: { code: 'ABORTED', message: detail.reason ?? 'the task was cancelled' },
  });
  settle(step, task, detail);
}

function withdraw(step: Step, task: Task, detail: MoveDetail): void {
  settle(step, task, detail);
}

/** Items still under way have nobody left to tell: they go with their node. */
function closeFanOut(step: Step, task: Task, detail: MoveDetail): void {
  step.state.derived.ready.delete(rankOf(step.state, task.node));
  const live = step.state.fanOuts.get(task.node)?.live ?? new Map<number, Task>();
  for (const item of [...live.keys()].sort((a, b) => a - b)) {
    const itemTask = live.get(item);
    // One that settled in this very step is still in the list, waiting for its consequences to be drawn.
    if (itemTask !== undefined && !isSettled(itemTask.status))
      move(step, itemTask, 'cancelled', { reason: 'its forEach node ended' });
  }
  settle(step, task, detail);
}

const told = {
  succeeded: 'TASK_COMPLETED',
  failed: 'TASK_FAILED',
  skipped: 'TASK_SKIPPED',
  cancelled: 'TASK_CANCELLED',
} as const;

function settle(step: Step, task: Task, { output, error, reason }: MoveDetail): void {
  task.output = output ?? null;
  if (error !== undefined) task.error = error;
  else if (task.status === 'succeeded') task.error = null;
  step.settled.push(task);
  step.publish(told[task.status as keyof typeof told], {
    taskId: taskId(step.plan, task),
    ...(task.attempt > 0 && { attempt: task.attempt }),
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(reason !== undefined && { reason }),
  });
}

function setDeadline(step: Step, task: Task, atMs: number): void {
  task.dueAtMs = atMs;
  step.state.derived.deadlines.add(task);
}

/** Puts a ready task where dispatch finds it. */
export function enterReady(state: ExecutionState, task: Task): void {
  const { derived } = state;
  if (task.item >= 0) {
    const items = derived.readyItems.get(task.node) ?? new RankSet(state.fanOuts.get(task.node)?.count ?? 0);
    items.add(task.item);
    derived.readyItems.set(task.node, items);
  }
  derived.ready.add(rankOf(state, task.node));
}

export function rankOf(state: ExecutionState, node: number): number {
  return state.derived.ranking.rankOf[node] ?? 0;
}
