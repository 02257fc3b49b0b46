import { HeddleError } from '../errors.ts';
import type { Commit, ListFilter } from './journal-store.ts';

/** What every journal store refuses, decided and worded in one place. */

export function alreadyExists(executionId: string): HeddleError {
  return new HeddleError({
    code: 'ALREADY_EXISTS',
    message: `execution ${executionId} exists already`,
    hint: 'choose another id',
  });
}

export function notStored(executionId: string): HeddleError {
  return new HeddleError({ code: 'NOT_FOUND', message: `no execution ${executionId} is stored` });
}

/** Where a journal stands, as its store knows it in the transaction that is to take a commit. */
export interface JournalPosition {
  /** 0 before the first claim. */
  readonly epoch: number;
  readonly lastSeq: number;
}

/** @throws FENCED when the committer does not hold the execution, CONFLICT when its entries do not follow the last one */
export function checkCommit({ epoch, lastSeq }: JournalPosition, commit: Commit): void {
  const { executionId, entries, checkpoint } = commit;
  if (commit.epoch !== epoch || epoch === 0) {
    throw new HeddleError({
      code: 'FENCED',
      message: `epoch ${commit.epoch} does not hold execution ${executionId}, its epoch is ${epoch}`,
      hint: 'read the execution again, or leave it to the host that claimed it',
      details: { executionId, epoch: commit.epoch, currentEpoch: epoch },
    });
  }
  const misplaced = entries.findIndex((entry, index) => entry.seq !== lastSeq + 1 + index);
  if (misplaced >= 0) {
    const [seq, expectedSeq] = [entries[misplaced]?.seq, lastSeq + 1 + misplaced];
    throw new HeddleError({
      code: 'CONFLICT',
      message: `event ${seq} cannot be stored as event ${expectedSeq} of execution ${executionId}`,
      details: { executionId, seq, expectedSeq },
    });
  }
  if (checkpoint !== undefined && checkpoint.executionId !== executionId) {
    throw foreignCheckpoint(checkpoint.checkpointId, executionId, checkpoint.executionId);
  }
}

/** A checkpoint id belongs to one execution; only that one may store it again. */
export function foreignCheckpoint(checkpointId: string, executionId: string, ownerId: string): HeddleError {
  return new HeddleError({
    code: 'CONFLICT',
    message: `checkpoint ${checkpointId} of execution ${ownerId} cannot be stored by execution ${executionId}`,
  });
}

const listLimitDefault = 100;
const listLimitMax = 1000;

/** @throws LIMIT_EXCEEDED */
export function listLimit({ limit = listLimitDefault }: ListFilter): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= listLimitMax) return limit;
  throw new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: `a list holds 1 to ${listLimitMax} executions, not ${limit}`,
    path: 'limit',
    hint: 'ask for the next ones with `before`',
    details: { limit: listLimitMax, actual: limit },
  });
}
