import { loadState } from './checkpoint.ts';
import type { CheckpointRequested, CheckpointRestored, CheckpointSaved } from './event.ts';
import { startOverRunning } from './lease.ts';
import { outstandingQuestions } from './outstanding.ts';
import { attemptRef, type Step } from './step.ts';

/** A checkpoint is made by itself after so many events, which bounds what a recovery has to replay. */
export const checkpointEveryEvents = 1000;

export function checkpointRequested(step: Step, { checkpointId }: CheckpointRequested): void {
  step.state.checkpointsDue.push(checkpointId);
  step.order({ type: 'SaveCheckpoint', checkpointId });
}

export function saveCheckpointIfDue(step: Step): void {
  const { state } = step;
  if (state.seq - state.checkpointSeq < checkpointEveryEvents || state.checkpointsDue.length > 0) return;
  if (state.phase === 'finished') return;
  const checkpointId = `${state.executionId}.${state.seq}`;
  state.checkpointsDue.push(checkpointId);
  step.order({ type: 'SaveCheckpoint', checkpointId });
}

export function checkpointSaved(step: Step, { checkpointId }: CheckpointSaved): void {
  const { state } = step;
  if (!state.checkpointsDue.includes(checkpointId)) return;
  state.checkpointsDue = state.checkpointsDue.filter((due) => due !== checkpointId);
  state.checkpointSeq = state.seq;
  step.publish('CHECKPOINT_CREATED', { checkpointId });
}

/**
 * Sets the state back. Numbers that only ever grow (events, facts, epochs, generations) keep growing, so nothing that
 * was told or stored before becomes ambiguous.
 */
export function checkpointRestored(step: Step, event: CheckpointRestored): void {
  const { state, plan } = step;
  for (const task of state.derived.running) {
    const reason = { code: 'ABORTED', message: `the execution was set back to checkpoint ${event.checkpointId}` };
    step.order({ type: 'AbortAttempt', ...attemptRef(plan, task), reason });
  }
  const { seq, atMs, published, generation, derived } = state;
  const restored = loadState(plan, event.checkpoint);
  restored.derived.armedAtMs = derived.armedAtMs;
  Object.assign(state, restored, {
    seq,
    atMs,
    published,
    generation: generation + 1,
    epoch: event.epoch,
    slots: event.slots,
    checkpointSeq: seq,
    checkpointsDue: [],
  });
  step.publish('RECOVERY_INITIATED', { checkpointId: event.checkpointId, reason: 'set back to a checkpoint' });
  startOverRunning(step, 'it ran when the checkpoint was made');
  for (const question of outstandingQuestions(plan, state)) step.order(question);
}
