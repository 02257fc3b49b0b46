import { loadState } from './checkpoint.ts';
import type { CheckpointRequested, CheckpointRestored, CheckpointSaved } from './event.ts';
import { startOverRunning } from './lease.ts';
import { outstandingQuestions } from './outstanding.ts';
import { releaseAllPermits } from './permits.ts';
import { giveUpRecoveries } from './recovery.ts';
import { attemptRef, inOrder, type Step } from './step.ts';

/** A checkpoint is made by itself after so many events, which bounds what a recovery has to replay. */
const checkpointEveryEvents = 1000;

export function checkpointRequested(step: Step, { checkpointId }: CheckpointRequested): void {
  step.state.checkpointsDue.push(checkpointId);
  step.order({ type: 'SaveCheckpoint', checkpointId });
}

/** Whether the machine has ordered a checkpoint by itself: those that others ask for may begin with the id of the execution, too. */
export function isOwnCheckpoint(executionId: string, checkpointId: string): boolean {
  return checkpointId.startsWith(`${executionId}.`) && /^\d+$/.test(checkpointId.slice(executionId.length + 1));
}

export function saveCheckpointIfDue(step: Step): void {
  const { state } = step;
  if (state.checkpointsDue.length > 0 || state.phase === 'finished' || !isDue(step)) return;
  const checkpointId = `${state.executionId}.${state.seq}`;
  state.checkpointsDue.push(checkpointId);
  step.order({ type: 'SaveCheckpoint', checkpointId });
}

/** After so many events, or sooner by bytes or time where the program says so. Time is looked at with every event. */
function isDue({ state, plan, atMs }: Step): boolean {
  const { events = checkpointEveryEvents, bytes, everyMs } = plan.program.limits?.checkpoint ?? {};
  if (state.seq - state.checkpointSeq >= events) return true;
  if (bytes !== undefined && state.checkpointBytes >= bytes) return true;
  return everyMs !== undefined && atMs - state.checkpointAtMs >= everyMs;
}

export function checkpointSaved(step: Step, { checkpointId }: CheckpointSaved): void {
  const { state } = step;
  if (!state.checkpointsDue.includes(checkpointId)) return;
  state.checkpointsDue = state.checkpointsDue.filter((due) => due !== checkpointId);
  state.checkpointSeq = state.seq;
  state.checkpointAtMs = step.atMs;
  state.checkpointBytes = 0;
  step.publish('CHECKPOINT_CREATED', { checkpointId });
}

/**
 * Sets the state back. Numbers that only ever grow (events, facts, epochs, generations) keep growing, so nothing that
 * was told or stored before becomes ambiguous.
 */
export function checkpointRestored(step: Step, event: CheckpointRestored): void {
  const { state, plan } = step;
  for (const task of inOrder(state.derived.running)) {
    const reason = { code: 'ABORTED', message: `the execution was set back to checkpoint ${event.checkpointId}` };
    step.order({ type: 'AbortAttempt', ...attemptRef(plan, task), reason });
  }
  releaseAllPermits(step);
  const { seq, atMs, published, generation, derived, recovers, restores } = state;
  const variables = event.variables ?? state.variables;
  const restored = loadState(plan, event.checkpoint);
  restored.derived.armedAtMs = derived.armedAtMs;
  Object.assign(state, restored, {
    seq,
    atMs,
    published,
    generation: generation + 1,
    epoch: event.epoch,
    slots: event.slots,
    recovers,
    variables,
    restores: restores + 1,
    checkpointSeq: seq,
    checkpointAtMs: atMs,
    checkpointBytes: 0,
    checkpointsDue: [],
  });
  step.publish('RECOVERY_INITIATED', { checkpointId: event.checkpointId, reason: 'set back to a checkpoint' });
  startOverRunning(step, 'it ran when the checkpoint was made');
  giveUpRecoveries(step);
  for (const question of outstandingQuestions(plan, state)) step.order(question);
}
