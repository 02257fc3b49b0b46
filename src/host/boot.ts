import { apply } from '../engine/apply.ts';
import { type Checkpoint, initialState, loadState } from '../engine/checkpoint.ts';
import type { PublishedFact } from '../engine/command.ts';
import type { ExecutionStarted, JournalEntry } from '../engine/event.ts';
import { checkInvariants } from '../engine/invariants.ts';
import type { ExecutionState } from '../engine/state.ts';
import { HeddleError } from '../errors.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import type { ExecutionHeader, StoredCheckpoint } from '../ports/journal-store.ts';
import { decode } from '../program/canonical.ts';
import type { Program } from '../program/program.ts';
import { Execution } from './execution.ts';
import type { Home } from './home.ts';
import { Values } from './values.ts';

/**
 * The plan by which this home would run a program.
 * @param weights what the execution was begun with; a node it does not have was never seen to run
 * @throws CYCLE
 */
export function planOf(home: Home, program: Program, weights?: ExecutionStarted['weights']): Plan {
  if (weights === undefined) return createPlan(program, home.kernel, home.weigh?.(program));
  const given = Float64Array.from(Object.keys(program.nodes), (id) =>
    Object.hasOwn(weights, id) ? (weights[id] ?? 0) : 0,
  );
  return createPlan(program, home.kernel, given);
}

/** An execution that exists nowhere yet. */
export function freshExecution(home: Home, header: ExecutionHeader, plan: Plan, started: ExecutionStarted): Execution {
  return assemble(home, header, plan, initialState(plan, started));
}

/**
 * An execution from the store: the latest checkpoint and the journal after it.
 * @returns undefined when there is none of that id, or it never got as far as its first event
 * @throws CORRUPT when the journal does not add up
 */
export async function storedExecution(home: Home, executionId: string): Promise<Execution | undefined> {
  const header = await home.journal.header(executionId);
  if (header === undefined) return undefined;
  const stored = await home.journal.latestCheckpoint(executionId);
  const tail = await home.journal.read(executionId, stored?.seq ?? 0);
  const checkpoint = stored === undefined ? undefined : decodeCheckpoint(stored);
  const plan = planOf(home, header.program, weightsOf(checkpoint, tail));
  const state = checkpoint === undefined ? firstState(plan, tail) : loadState(plan, checkpoint);
  if (state === undefined) return undefined;
  for (const entry of tail) apply(plan, state, entry);
  checkInvariants(plan, state);
  return assemble(home, header, plan, state);
}

export function decodeCheckpoint({ bytes }: StoredCheckpoint): Checkpoint {
  return decode(bytes) as unknown as Checkpoint;
}

/** What the execution was begun with, from its checkpoint or from its first event. */
function weightsOf(checkpoint: Checkpoint | undefined, [first]: readonly JournalEntry[]): ExecutionStarted['weights'] {
  if (checkpoint !== undefined) return checkpoint.state.weights;
  return first?.type === 'ExecutionStarted' ? first.weights : undefined;
}

/** Replays the whole journal and collects what it published. */
export async function factsOf(home: Home, executionId: string, plan: Plan): Promise<readonly PublishedFact[]> {
  const entries = await home.journal.read(executionId, 0);
  const state = firstState(plan, entries);
  if (state === undefined) return [];
  return entries.flatMap((entry) =>
    apply(plan, state, entry).flatMap((command) => (command.type === 'Publish' ? [command.fact] : [])),
  );
}

function firstState(plan: Plan, entries: readonly JournalEntry[]): ExecutionState | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  if (first.type !== 'ExecutionStarted') {
    throw new HeddleError({
      code: 'CORRUPT',
      message: `the journal begins with ${first.type} (event ${first.seq}), not with ExecutionStarted`,
    });
  }
  return initialState(plan, first);
}

function assemble(home: Home, header: ExecutionHeader, plan: Plan, state: ExecutionState): Execution {
  return new Execution({
    header,
    plan,
    state,
    values: new Values(header.executionId, home.artifacts, home.journal.inlineBytesMax),
    now: () => home.clock.now(),
    ...(home.resources !== undefined && { prices: home.resources.prices }),
    history: () => factsOf(home, header.executionId, plan),
  });
}
