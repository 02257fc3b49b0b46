import { describe, expect, test } from 'vitest';
import { apply } from '../../src/engine/apply.ts';
import { initialState } from '../../src/engine/checkpoint.ts';
import type { Command, StartAttempt } from '../../src/engine/command.ts';
import type { Event } from '../../src/engine/event.ts';
import { checkInvariants } from '../../src/engine/invariants.ts';
import { outstanding } from '../../src/engine/outstanding.ts';
import type { ExecutionState } from '../../src/engine/state.ts';
import { taskIdOf } from '../../src/host/task-names.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import type { Program } from '../../src/program/program.ts';
import type { Value } from '../../src/program/value.ts';
import { SeededRandom } from '../../src/testing/seeded-random.ts';
import { randomProgram } from '../sim/random-program.ts';

type Interruption = 'cancel' | 'pause';

/** What a run of the machine came to. */
interface Run {
  readonly state: ExecutionState;
  readonly events: number;
  /** How each node ended, and with what output. */
  readonly ends: Readonly<Record<string, unknown>>;
  /** Starts ordered after the cancel, or while it was paused. */
  readonly startedAgainstOrders: readonly string[];
  /** Tasks whose permits were granted and not given back. */
  readonly permits: ReadonlySet<string>;
  /** Answers of the host that were taken while it was paused. */
  readonly answeredWhilePaused: number;
}

const itemCount = 5;

/**
 * The machine alone with the plainest host there is: every order is answered in turn, one event at a time, as a task's name
 * has it, so that what comes of a program does not depend on when somebody interrupts it.
 */
function run(plan: Plan, at = Number.POSITIVE_INFINITY, interruption?: Interruption, seed = 7): Run {
  const started = {
    type: 'ExecutionStarted',
    executionId: 'ex',
    programDigest: 'd',
    inputs: { value: {} },
    seed,
  } as const;
  const first = { ...started, options: {} };
  const state = initialState(plan, first);
  const permits = new Set<string>();
  const against: string[] = [];
  const owed: Event[] = [{ type: 'LeaseAcquired', epoch: 1, slots: 6 }];
  let mode: 'going' | 'paused' | 'cancelled' = 'going';
  let answeredWhilePaused = 0;
  let nowMs = 1000;
  let wakeAtMs: number | null = null;
  const feed = (event: Event): void => {
    for (const command of apply(plan, state, { ...event, seq: state.seq + 1, atMs: nowMs })) take(command);
    checkInvariants(plan, state);
  };
  const take = (command: Command): void => {
    if (command.type === 'StartAttempt' && mode !== 'going') against.push(taskIdOf(command));
    if (command.type === 'WakeAt') wakeAtMs = command.atMs;
    else if (command.type === 'ReleasePermits') permits.delete(taskIdOf(command));
    else if (command.type === 'AcquirePermits') {
      // Set aside as soon as it is asked for; what is given back before the answer is taken was never used.
      permits.add(taskIdOf(command));
      owed.push(...answerTo(plan, state, command, seed));
    } else owed.push(...answerTo(plan, state, command, seed));
  };
  feed(first);
  for (let steps = 0; state.phase !== 'finished'; steps++) {
    if (steps > 5000) throw new Error(`no end: ${state.phase}`);
    if (state.seq === at && mode === 'going' && interruption !== undefined) {
      mode = interruption === 'cancel' ? 'cancelled' : 'paused';
      feed({ type: interruption === 'cancel' ? 'CancelRequested' : 'PauseRequested' });
      continue;
    }
    const answer = owed.shift();
    if (answer !== undefined) {
      if (mode === 'paused') answeredWhilePaused++;
      feed(answer);
    } else if (mode === 'paused') {
      // All that ran has answered. Time goes on while it is paused, but nothing starts.
      const running = state.derived.running.size;
      if (running > 0 && wakeAtMs === null) throw new Error(`${running} attempts run and nobody answers`);
      mode = 'going';
      feed({ type: 'ResumeRequested' });
    } else if (wakeAtMs !== null) {
      nowMs = Math.max(nowMs, wakeAtMs);
      wakeAtMs = null;
      feed({ type: 'Woke' });
    } else if (state.derived.awaiting.size > 0) {
      const [task] = [...state.derived.awaiting];
      feed({ type: 'SignalReceived', event: task?.event ?? '', payload: { value: 'go' } });
    } else if (state.phase === 'paused') feed({ type: 'ResumeRequested' });
    else throw new Error(`nothing is owed, and it is ${state.phase}`);
  }
  const ends = Object.fromEntries(
    plan.nodes.map(({ id, index }) => [id, [state.tasks[index]?.status, state.tasks[index]?.output]]),
  );
  return { state, events: state.seq, ends, startedAgainstOrders: against, permits, answeredWhilePaused };
}

/** What the host says to an order: a function of the task alone. Nothing for orders that have no answer. */
function answerTo(plan: Plan, state: ExecutionState, command: Command, seed: number): readonly Event[] {
  switch (command.type) {
    case 'StartAttempt':
      return [attempted(command, seed)];
    case 'AcquirePermits':
      return [{ type: 'PermitsGranted', ...refOf(command), epoch: command.epoch }];
    case 'EvaluateGuard':
      return [{ type: 'GuardEvaluated', ...refOf(command), outcome: { passed: hash(command.node, seed) % 5 !== 0 } }];
    case 'ResolveItems':
      return [{ type: 'ItemsResolved', node: command.node, outcome: { count: itemCount } }];
    case 'EvaluateRepeat': {
      const { iteration = 0 } = state.tasks[plan.indexOf.get(command.node) ?? -1] ?? {};
      return [{ type: 'RepeatEvaluated', ...refOf(command), outcome: { again: iteration < 1 } }];
    }
    case 'ArrangeWait': {
      const { waitFor } = plan.program.nodes[command.node] ?? {};
      if (waitFor === undefined) return [{ type: 'WaitArranged', ...refOf(command), outcome: { sleepMs: 20 } }];
      const limit = waitFor.timeoutMs === undefined ? {} : { timeoutMs: waitFor.timeoutMs };
      return [
        {
          type: 'WaitArranged',
          ...refOf(command),
          outcome: { event: `${waitFor.event}-${taskIdOf(command)}`, ...limit },
        },
      ];
    }
    case 'AskRecovery':
      return [{ type: 'RecoveryDecided', ...refOf(command), action: 'ABORT', message: 'no' }];
    case 'SaveCheckpoint':
      return [{ type: 'CheckpointSaved', checkpointId: command.checkpointId }];
    case 'FinishExecution': {
      const { status, error } = command;
      return [{ type: 'ExecutionFinished', status, ...(error !== undefined && { error }) }];
    }
    default:
      return [];
  }
}

function attempted(command: StartAttempt, seed: number): Event {
  const { attempt, epoch, tries, iteration } = command;
  const ref = { ...refOf(command), attempt, epoch };
  const task = taskIdOf(command);
  // Some fail for good, some once; a fallback and what undoes never do.
  const fate = hash(task, seed) % 8;
  const fails =
    !command.fallback && command.undo !== true && iteration === 0 && (fate === 0 || (fate === 1 && tries <= 1));
  if (fails) return { type: 'AttemptFailed', ...ref, error: { code: 'FATED', message: 'fated to fail' } };
  return { type: 'AttemptSucceeded', ...ref, output: { value: `${task} ${command.fallback}` as Value } };
}

function refOf({ node, item, undo }: { readonly node: string; readonly item?: number; readonly undo?: true }) {
  return { node, ...(item !== undefined && { item }), ...(undo && { undo }) };
}

/** FNV-1a (Fowler, Noll, Vo; public domain). */
function hash(text: string, seed: number): number {
  let value = 0x811c9dc5 ^ seed;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}

/**
 * Random programs of all there is, but for what makes a result depend on when things happen (joins that do not wait for all,
 * deadlines of the whole, budgets, breakers), which an interruption is allowed to change.
 */
function programs(): readonly Plan[] {
  const found: Plan[] = [];
  for (let seed = 1; found.length < 20; seed++) {
    const program = timeless(randomProgram(new SeededRandom(seed)));
    const plan = createPlan(program, createJsKernel());
    if (run(plan).events >= 90) found.push(plan);
  }
  return found;
}

function timeless(program: Program): Program {
  const { limits, onFailure, ...rest } = program;
  const nodes = Object.fromEntries(
    Object.entries(program.nodes).map(([id, node]) => {
      const { join: _join, timeoutMs: _timeout, idleTimeoutMs: _idle, breaker: _breaker, ...kept } = node;
      return [
        id,
        kept.forEach === undefined ? kept : { ...kept, forEach: { ...kept.forEach, tolerance: 'tolerant' as const } },
      ];
    }),
  );
  const concurrency = limits?.concurrency;
  return {
    ...rest,
    tolerance: 'tolerant',
    ...(onFailure === 'compensate' && { onFailure }),
    ...(concurrency !== undefined && { limits: { concurrency } }),
    nodes,
  };
}

describe('an interruption at every event of 20 programs', () => {
  const plans = programs();
  const total = plans.reduce((sum, plan) => sum + run(plan).events, 0);

  test('there are 4,000 cases at least', () => {
    expect(total * 2).toBeGreaterThan(4000);
  });

  test('CT2, DP3, I6 after a cancel nothing starts, and no attempt and no permit is left', { timeout: 120_000 }, () => {
    for (const [index, plan] of plans.entries()) {
      const whole = run(plan);
      for (let at = 1; at < whole.events; at++) {
        const where = `program ${index}, cancelled after event ${at} of ${whole.events}`;
        const cancelled = run(plan, at, 'cancel');
        expect(cancelled.startedAgainstOrders, where).toEqual([]);
        expect([...cancelled.permits], where).toEqual([]);
        expect(cancelled.state.derived.running.size, where).toBe(0);
        expect(cancelled.state.derived.granted.size, where).toBe(0);
        const left = outstanding(plan, cancelled.state).filter(({ type }) => type !== 'Publish');
        expect(left, where).toEqual([]);
        // Once it was winding down to its end already, a cancel comes too late.
        const finishing = cancelled.state.finished?.status !== 'CANCELLED';
        expect(finishing ? cancelled.state.finished?.status : 'CANCELLED', where).toBe(
          finishing ? whole.state.finished?.status : 'CANCELLED',
        );
        // What had ended before it has kept its output.
        for (const [id, [status, output]] of Object.entries(cancelled.ends) as [string, [string, unknown]][]) {
          if (status === 'succeeded') expect([status, output], `${where}: ${id}`).toEqual(whole.ends[id]);
        }
      }
    }
  });

  test('CT1, I6 while paused nothing starts, nothing is lost, and after the resume all ends as it would have', {
    timeout: 120_000,
  }, () => {
    let answered = 0;
    for (const [index, plan] of plans.entries()) {
      const whole = run(plan);
      for (let at = 1; at < whole.events; at++) {
        const where = `program ${index}, paused after event ${at} of ${whole.events}`;
        const paused = run(plan, at, 'pause');
        expect(paused.startedAgainstOrders, where).toEqual([]);
        expect([...paused.permits], where).toEqual([]);
        expect(paused.state.finished?.status, where).toBe(whole.state.finished?.status);
        expect(paused.ends, where).toEqual(whole.ends);
        answered += paused.answeredWhilePaused;
      }
    }
    // Attempts were under way when it was paused, and what they answered was taken.
    expect(answered).toBeGreaterThan(total);
  });
});
