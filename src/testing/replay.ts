import { apply } from '../engine/apply.ts';
import { initialState } from '../engine/checkpoint.ts';
import type { PublishedFact } from '../engine/command.ts';
import type { JournalEntry } from '../engine/event.ts';
import { checkInvariants } from '../engine/invariants.ts';
import { startedPlan } from '../engine/started-plan.ts';
import type { TaskStatus } from '../engine/task.ts';
import { HeddleError } from '../errors.ts';
import { createJsKernel } from '../kernel/js-kernel.ts';
import { type ExecutionStatus, statusOf } from '../observe/status.ts';
import type { Program } from '../program/program.ts';

export interface Replay {
  readonly status: ExecutionStatus;
  /** Of the last event. */
  readonly seq: number;
  /** How each node stands, by its id. */
  readonly nodes: Readonly<Record<string, { readonly status: TaskStatus; readonly attempt: number }>>;
  /** Attempts that are under way, and permits that are held. */
  readonly running: number;
  readonly granted: number;
  /** Everything the execution tells, from the first fact on: what its watchers have seen, in the same order. */
  readonly facts: readonly PublishedFact[];
}

/**
 * Runs the journal of an execution through the machine again: no module is called. The same journal gives the same facts
 * and the same state every time, and every state on the way is checked.
 *
 * @param program as the execution's header has it
 * @throws CORRUPT when the journal does not begin with ExecutionStarted, CONFLICT when it has a gap, INVARIANT
 */
export function replay(program: Program, entries: readonly JournalEntry[]): Replay {
  const [first] = entries;
  if (first?.type !== 'ExecutionStarted') {
    throw new HeddleError({ code: 'CORRUPT', message: 'the journal does not begin with ExecutionStarted' });
  }
  const plan = startedPlan(program, createJsKernel(), first);
  const state = initialState(plan, first);
  const facts: PublishedFact[] = [];
  for (const entry of entries) {
    for (const command of apply(plan, state, entry)) if (command.type === 'Publish') facts.push(command.fact);
    checkInvariants(plan, state);
  }
  return {
    status: statusOf(state),
    seq: state.seq,
    nodes: Object.fromEntries(
      plan.nodes.map(({ id, index }) => {
        const { status = 'pending', attempt = 0 } = state.tasks[index] ?? {};
        return [id, { status, attempt }];
      }),
    ),
    running: state.derived.running.size,
    granted: state.derived.granted.size,
    facts,
  };
}
