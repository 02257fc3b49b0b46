import type { ExecutionSummary, StoredCheckpoint, StoredStatus } from '../../ports/journal-store.ts';
import { numberOf, type SqlRow, textOf } from './sql-database.ts';

/** A row of `executions`. */
export function summaryOf(row: SqlRow): ExecutionSummary {
  return {
    executionId: textOf(row, 'execution_id'),
    programName: textOf(row, 'program_name'),
    programDigest: textOf(row, 'program_digest'),
    status: textOf(row, 'status') as StoredStatus,
    createdAtMs: numberOf(row, 'created_at_ms'),
    updatedAtMs: numberOf(row, 'updated_at_ms'),
  };
}

/** A row of `checkpoints`, without its bytes. */
export function checkpointOf(row: SqlRow): Omit<StoredCheckpoint, 'bytes'> {
  return {
    checkpointId: textOf(row, 'checkpoint_id'),
    executionId: textOf(row, 'execution_id'),
    seq: numberOf(row, 'seq'),
    createdAtMs: numberOf(row, 'created_at_ms'),
  };
}
