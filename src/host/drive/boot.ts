import { apply } from '../../engine/apply.ts';
import { type Checkpoint, initialState, loadState } from '../../engine/checkpoint.ts';
import type { PublishedFact } from '../../engine/command.ts';
import type { ExecutionStarted, JournalEntry } from '../../engine/event.ts';
import { checkInvariants } from '../../engine/invariants.ts';
import type { ExecutionState } from '../../engine/state.ts';
import { HeddleError, isHeddleError } from '../../errors.ts';
import { createPlan, type Plan } from '../../plan/plan.ts';
import type { ExecutionHeader, StoredCheckpoint } from '../../ports/journal-store.ts';
import { decode } from '../../program/canonical.ts';
import { programDigest } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import type { Home } from '../home.ts';
import { Values } from '../values/values.ts';
import { Execution } from './execution.ts';

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
 * An execution from the store: the latest good checkpoint and the journal after it, or the journal from its beginning.
 * @returns undefined when there is none of that id, or it never got as far as its first event
 * @throws CORRUPT when the journal or the program is not what was stored
 */
export async function storedExecution(home: Home, executionId: string): Promise<Execution | undefined> {
  const header = await home.journal.header(executionId);
  if (header === undefined) return undefined;
  if (programDigest(header.program) !== header.programDigest) {
    throw new HeddleError({
      code: 'CORRUPT',
      message: `the program of execution ${executionId} is not the one it was begun with`,
    });
  }
  const [first] = await home.journal.read(executionId, 0, 1);
  if (first === undefined) return undefined;
  const plan = planOf(home, header.program, first.type === 'ExecutionStarted' ? first.weights : undefined);
  const state =
    (await stateFromCheckpoint(home, plan, executionId)) ?? (await stateFromJournal(home, plan, executionId));
  if (state === undefined) return undefined;
  checkInvariants(plan, state);
  return assemble(home, header, plan, state);
}

/** From the newest checkpoint that is what was stored; a damaged one only costs the time to replay more. */
async function stateFromCheckpoint(home: Home, plan: Plan, executionId: string): Promise<ExecutionState | undefined> {
  const { journal } = home;
  for (const { checkpointId, seq } of [...(await journal.checkpoints(executionId))].reverse()) {
    const state = await loadGood(home, plan, executionId, checkpointId);
    if (state === undefined) continue;
    // From the event on after which it was made: a checkpoint that the journal has not come to is not of this journal.
    const tail = await journal.read(executionId, seq - 1);
    if (tail[0]?.seq !== seq) continue;
    for (const entry of tail.slice(1)) apply(plan, state, entry);
    return state;
  }
  return undefined;
}

/** @returns undefined when the checkpoint is damaged, of another version, or of another execution */
async function loadGood({ journal }: Home, plan: Plan, executionId: string, checkpointId: string) {
  try {
    const stored = await journal.checkpoint(checkpointId);
    if (stored === undefined) return undefined;
    const state = loadState(plan, decodeCheckpoint(stored));
    return state.executionId === executionId && state.seq === stored.seq ? state : undefined;
  } catch (thrown) {
    if (isHeddleError(thrown) && thrown.code === 'CORRUPT') return undefined;
    throw thrown;
  }
}

async function stateFromJournal({ journal }: Home, plan: Plan, executionId: string) {
  const entries = await journal.read(executionId, 0);
  const state = firstState(plan, entries);
  if (state !== undefined) for (const entry of entries) apply(plan, state, entry);
  return state;
}

export function decodeCheckpoint({ bytes }: StoredCheckpoint): Checkpoint {
  return decode(bytes) as unknown as Checkpoint;
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
