import { apply } from '../../engine/apply.ts';
import { initialState, loadState } from '../../engine/checkpoint.ts';
import type { PublishedFact } from '../../engine/command.ts';
import type { ExecutionStarted, JournalEntry } from '../../engine/event.ts';
import { checkInvariants } from '../../engine/invariants.ts';
import type { Checkpoint } from '../../engine/saved-state.ts';
import type { ExecutionState } from '../../engine/state.ts';
import { HeddleError, isHeddleError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ExecutionHeader, StoredCheckpoint } from '../../ports/journal-store.ts';
import { decode } from '../../program/canonical.ts';
import { programDigest } from '../../program/digest.ts';
import type { Home } from '../home.ts';
import { planOf } from '../programs/plan-of.ts';
import { Values } from '../values/values.ts';
import { Execution } from './execution.ts';
import { Figures, type SavedFigures } from './figures.ts';

/** A state, and the metrics up to it where they are known. */
interface Found {
  readonly state: ExecutionState;
  readonly figures?: Figures;
  /** Everything that was told up to it, where that was read on the way. */
  readonly facts?: readonly PublishedFact[];
}

/** An execution that exists nowhere yet. */
export function freshExecution(home: Home, header: ExecutionHeader, plan: Plan, started: ExecutionStarted): Execution {
  return assemble(home, header, plan, { state: initialState(plan, started), figures: figuresOf(home) });
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
  const checkpoints = await home.journal.checkpoints(executionId);
  // Without one the journal is read as a whole, once.
  const entries = await home.journal.read(executionId, 0, checkpoints.length > 0 ? 1 : undefined);
  const [first] = entries;
  if (first === undefined) return undefined;
  const plan = planOf(home, header.program, first.type === 'ExecutionStarted' ? first : {});
  const found =
    (await stateFromCheckpoint(home, plan, executionId, checkpoints)) ??
    stateFromJournal(home, plan, checkpoints.length > 0 ? await home.journal.read(executionId, 0) : entries);
  if (found === undefined) return undefined;
  checkInvariants(plan, found.state);
  return assemble(home, header, plan, found);
}

/** From the newest checkpoint that is what was stored; a damaged one only costs the time to replay more. */
async function stateFromCheckpoint(
  home: Home,
  plan: Plan,
  executionId: string,
  checkpoints: readonly Omit<StoredCheckpoint, 'bytes'>[],
): Promise<Found | undefined> {
  const { journal } = home;
  for (const { checkpointId, seq } of [...checkpoints].reverse()) {
    const found = await loadGood(home, plan, executionId, checkpointId);
    if (found === undefined) continue;
    // From the event on after which it was made: a checkpoint that the journal has not come to is not of this journal.
    const tail = await journal.read(executionId, seq - 1);
    if (tail[0]?.seq !== seq) continue;
    replay(plan, found, tail.slice(1));
    return found;
  }
  return undefined;
}

/** @returns undefined when the checkpoint is damaged, of another version, or of another execution */
async function loadGood(home: Home, plan: Plan, executionId: string, checkpointId: string): Promise<Found | undefined> {
  try {
    const stored = await home.journal.checkpoint(checkpointId);
    if (stored === undefined) return undefined;
    const saved = decode(stored.bytes) as unknown as Checkpoint & { readonly figures?: SavedFigures };
    const state = loadState(plan, saved);
    if (state.executionId !== executionId || state.seq !== stored.seq) return undefined;
    const { figures } = saved;
    return figures?.lastId === state.published ? { state, figures: figuresOf(home, figures) } : { state };
  } catch (thrown) {
    if (isHeddleError(thrown) && thrown.code === 'CORRUPT') return undefined;
    throw thrown;
  }
}

function stateFromJournal(home: Home, plan: Plan, entries: readonly JournalEntry[]): Found | undefined {
  const state = firstState(plan, entries);
  if (state === undefined) return undefined;
  const figures = figuresOf(home);
  const facts = replay(plan, { state, figures }, entries);
  return { state, figures, facts };
}

function replay(plan: Plan, { state, figures }: Found, entries: readonly JournalEntry[]): readonly PublishedFact[] {
  const all: PublishedFact[] = [];
  for (const entry of entries) {
    for (const command of apply(plan, state, entry)) if (command.type === 'Publish') all.push(command.fact);
  }
  figures?.take(all);
  return all;
}

function figuresOf({ resources }: Home, saved?: SavedFigures): Figures {
  return new Figures(resources?.prices, saved);
}

/** The state alone, which is what goes into the journal when an execution is set back to it. */
export function decodeCheckpoint({ bytes }: StoredCheckpoint): Checkpoint {
  const { version, seq, state } = decode(bytes) as unknown as Checkpoint;
  return { version, seq, state };
}

/** Replays the whole journal and collects what it published. */
export async function factsOf(home: Home, executionId: string, plan: Plan): Promise<readonly PublishedFact[]> {
  const entries = await home.journal.read(executionId, 0);
  const state = firstState(plan, entries);
  if (state === undefined) return [];
  return replay(plan, { state }, entries);
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

function assemble(home: Home, header: ExecutionHeader, plan: Plan, { state, figures, facts }: Found): Execution {
  // Whoever opened it to show it asks for them next; of one that is driven on, hardly anybody does.
  const read = facts === undefined ? null : new WeakRef(facts);
  return new Execution({
    header,
    plan,
    state,
    ...(figures !== undefined && { figures }),
    values: new Values(header.executionId, home.artifacts, home.journal.inlineBytesMax),
    now: () => home.clock.now(),
    ...(home.resources !== undefined && { prices: home.resources.prices }),
    history: async () => read?.deref() ?? factsOf(home, header.executionId, plan),
  });
}
