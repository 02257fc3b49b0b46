import { HeddleError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlanNode } from '../plan/plan-node.ts';
import { attemptsMaxOf } from '../policy/retry.ts';
import { undoWaits } from './compensate.ts';
import { derive } from './derive.ts';
import { slotsOf } from './dispatch.ts';
import { earliestDeadline } from './next-wake.ts';
import { readyIndexOf } from './ready-index.ts';
import { type ExecutionState, termOf } from './state.ts';
import { taskId } from './step.ts';
import { story } from './story.ts';
import { compensationOfNode, isSettled, nodeItself, type Task } from './task.ts';

/**
 * Checks everything that must be true of a state between two events. O(nodes + edges): on at every event in tests and
 * the simulator, and in production at every checkpoint and recovery.
 *
 * @throws INVARIANT naming the invariant that is broken and the task's story
 */
export function checkInvariants(plan: Plan, state: ExecutionState): void {
  for (const task of state.tasks) checkTask(plan, state, task);
  for (const fanOut of state.fanOuts.values()) for (const item of fanOut.live.values()) checkTask(plan, state, item);
  for (const task of state.compensations.values()) checkTask(plan, state, task);
  checkCompensations(plan, state);
  checkFanOuts(plan, state);
  checkPermits(plan, state);
  checkIndexes(plan, state);
  checkLiveness(plan, state);
}

function checkTask(plan: Plan, state: ExecutionState, task: Task): void {
  const node = plan.nodes[task.node];
  if (node === undefined) throw broken('I11', state, `task of node ${task.node}, of ${plan.nodes.length}`);
  if (isUntouched(task)) return;
  const rule = brokenByTask(plan, state, task, node);
  if (rule !== undefined) throw broken(rule[0], state, `${rule[1]}: ${story(plan, state, task)}`);
}

type BrokenRule = readonly [rule: string, what: string];

/** Called for every task there is, so that nothing is made for those that break no rule. */
function brokenByTask(plan: Plan, state: ExecutionState, task: Task, node: PlanNode): BrokenRule | undefined {
  const { status, dueAtMs } = task;
  const attemptsMax = attemptsMaxOf(node.retry) + task.uncounted + (task.fallback ? 1 : 0);
  if (task.attempt > attemptsMax) return ['I5', 'more attempts than it may have'];
  if (status === 'running' && task.epoch !== termOf(state)) return ['I4', 'an attempt runs under an old epoch'];
  if (dueAtMs !== null && status !== 'running' && status !== 'waiting' && status !== 'awaiting')
    return ['I10', 'a deadline without need'];
  if (status === 'waiting' && dueAtMs === null) return ['I9', 'waits for nothing'];
  if (status === 'awaiting' && dueAtMs === null && task.event === null) return ['I9', 'awaits nothing'];
  if (task.granted && status !== 'running' && status !== 'ready') return ['I6', 'keeps permits without need'];
  const gateless = task.fallback || task.item === compensationOfNode || !node.gated;
  if (status === 'running' && !gateless && !task.granted) return ['I6', 'runs without its permits'];
  if (status === 'succeeded' && task.output === null) return ['I3', 'succeeded without an output'];
  if (task.item === compensationOfNode) return undefined;
  if (task.item > nodeItself) {
    if (isSettled(status)) return ['I11', 'a settled item is still live'];
    return state.tasks[task.node]?.status === 'fanned' ? undefined : ['I2', 'an item lives without its node'];
  }
  const hasBegun = status === 'running' || status === 'succeeded' || status === 'fanned';
  if (!hasBegun || node.trigger !== 'success' || node.join !== 'all') return undefined;
  for (const index of plan.dependencies[task.node] ?? [])
    if (state.tasks[index]?.status !== 'succeeded')
      return ['I2', `started although ${plan.nodes[index]?.id} has not succeeded`];
  return undefined;
}

/** A node that nothing has happened to breaks no rule: with such every execution begins, and most of one are. */
function isUntouched({ status, item, attempt, dueAtMs, granted }: Task): boolean {
  return status === 'pending' && item === nodeItself && attempt === 0 && dueAtMs === null && !granted;
}

function checkFanOuts(plan: Plan, state: ExecutionState): void {
  for (const [node, fanOut] of state.fanOuts) {
    const { count, next, live, outputs, succeeded, failed: unsuccessful, skipped } = fanOut;
    const failed = unsuccessful + skipped;
    const id = plan.nodes[node]?.id;
    const cancelled = state.tasks[node]?.status !== 'fanned' ? next - succeeded - failed - live.size : 0;
    const adds = succeeded + failed + live.size + cancelled === next && next <= count && outputs.length === count;
    if (!adds || cancelled < 0) {
      throw broken(
        'I11',
        state,
        `items of ${id} do not add up: ${JSON.stringify({ count, next, live: live.size, succeeded, failed })}`,
      );
    }
    const maxParallel = plan.nodes[node]?.forEach?.maxParallel ?? Number.POSITIVE_INFINITY;
    if (live.size > maxParallel)
      throw broken('I6', state, `${live.size} items of ${id} are live, of ${maxParallel} allowed`);
  }
}

function checkPermits(plan: Plan, state: ExecutionState): void {
  const used = state.derived.running.size;
  const slots = slotsOf(plan, state);
  if (used > slots) throw broken('I6', state, `${used} attempts run on ${slots} slots`);
  const ended = state.phase === 'finished' || state.phase === 'finishing';
  if (ended && used > 0) throw broken('I6', state, `${used} attempts run after the end`);
}

/** The indexes are what they would be if they were rebuilt: state = its own fold, seen from the inside. */
function checkIndexes(plan: Plan, state: ExecutionState): void {
  // A finished execution is only read; a host that stopped it in the middle leaves its tasks as they were.
  if (state.phase === 'finished') return;
  const { derived } = state;
  const fresh = derive(plan, state, derived.ranking);
  const same = (name: string, kept: unknown, rebuilt: unknown): void => {
    if (kept !== rebuilt) throw broken('I8', state, `index ${name} is ${kept}, rebuilt ${rebuilt}`);
  };
  same('running', names(plan, derived.running), names(plan, fresh.running));
  same('open', derived.open, fresh.open);
  same('asking', names(plan, derived.asking), names(plan, fresh.asking));
  same('awaiting', names(plan, derived.awaiting), names(plan, fresh.awaiting));
  same('granted', names(plan, derived.granted), names(plan, fresh.granted));
  if (state.phase === 'compensating') {
    same('undo waits', derived.undoWaits.join(), fresh.undoWaits.join());
    same('undo open', derived.undoOpen, fresh.undoOpen);
  }
  for (const kind of ['succeeded', 'failed', 'settled'] as const) {
    const [kept, rebuilt] = [derived.tallies[kind], fresh.tallies[kind]];
    for (let node = 0; node < rebuilt.length; node++)
      if (kept[node] !== rebuilt[node]) same(`tally ${kind} of ${plan.nodes[node]?.id}`, kept[node], rebuilt[node]);
  }
  for (const task of state.tasks) checkReady(plan, state, task);
  for (const task of state.compensations.values()) checkReady(plan, state, task);
  const earliest = derived.deadlines.earliest();
  const rebuilt = fresh.deadlines.earliest();
  if (earliest !== rebuilt) throw broken('I10', state, `the earliest deadline is ${earliest}, rebuilt ${rebuilt}`);
}

function checkReady(plan: Plan, state: ExecutionState, task: Task): void {
  const node = plan.nodes[task.node];
  if (task.status !== 'ready' || node === undefined) return;
  if (!readyIndexOf(node, state, task).has(state, task))
    throw broken('I9', state, `${taskId(plan, task)} is ready and forgotten`);
}

/** Unfinished and unpaused: an attempt runs, the host owes an answer, a signal is awaited, or a wake-up is armed. */
function checkLiveness(plan: Plan, state: ExecutionState): void {
  if ((state.phase !== 'running' && state.phase !== 'compensating') || state.slots === 0) return;
  const { running, asking, awaiting, armedAtMs } = state.derived;
  if (running.size > 0 || asking.size > 0 || awaiting.size > 0) return;
  if (armedAtMs !== null && armedAtMs === earliestDeadline(state)) return;
  const blocked = state.tasks.filter((task) => !isSettled(task.status)).map((task) => story(plan, state, task));
  throw broken('I9', state, `nothing runs and nothing will wake it; blocked: ${blocked.slice(0, 5).join(' | ')}`);
}

/** I18: a compensation runs after those of everything that depends on its node, and only for what succeeded. */
function checkCompensations(plan: Plan, state: ExecutionState): void {
  const waits = state.compensations.size === 0 ? null : undoWaits(plan, state);
  for (const task of state.compensations.values()) {
    const begun = task.status !== 'pending';
    if (begun && waits?.[task.node] !== 0) {
      throw broken('I18', state, `${taskId(plan, task)} began before what depends on it was undone`);
    }
    if (state.tasks[task.node]?.status !== 'succeeded')
      throw broken('I18', state, `${taskId(plan, task)} undoes what did not succeed`);
  }
}

function names(plan: Plan, tasks: Iterable<Task>): string {
  return [...tasks]
    .map((task) => taskId(plan, task))
    .sort()
    .join();
}

function broken(rule: string, state: ExecutionState, what: string): HeddleError {
  return new HeddleError({
    code: 'INVARIANT',
    message: `${rule} is broken in execution ${state.executionId} at event ${state.seq}: ${what}`,
    details: { rule },
  });
}
