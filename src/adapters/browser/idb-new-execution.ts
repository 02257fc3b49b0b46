import { alreadyExists } from '../../ports/journal-refusals.ts';
import type { ExecutionHeader } from '../../ports/journal-store.ts';
import { quiet, type WriteTransaction } from './idb-connection.ts';
import type { HeddleSchema } from './idb-schema.ts';

type Standing = HeddleSchema['standings']['value'];

/** What a transaction has to have that makes room for an execution. */
export const newExecutionStores = ['executions', 'standings', 'commits'] as const;

/**
 * Makes room for an execution, in a transaction that may do more.
 * @param attempt above 1 it may find itself done: the answer to an earlier try was lost, not what it stored
 * @returns false when it is there already, just like that
 * @throws ALREADY_EXISTS
 */
export async function putNew(
  transaction: WriteTransaction<typeof newExecutionStores>,
  header: ExecutionHeader,
  standing: Omit<Standing, 'executionId'>,
  attempt: number,
): Promise<boolean> {
  const { executionId, createdAtMs } = header;
  const executions = transaction.objectStore('executions');
  const standings = transaction.objectStore('standings');
  const row = await executions.get(executionId);
  if (attempt > 1 && row !== undefined && isSame(row.header, header)) {
    const stored = await standings.get(executionId);
    if (stored?.epoch === standing.epoch && stored.lastSeq === standing.lastSeq) return false;
  }
  if (row !== undefined) throw alreadyExists(executionId);
  // What a writer left that had not yet noticed the end of an execution of this name.
  quiet(transaction.objectStore('commits').delete(rangeOf(executionId)));
  quiet(executions.put({ executionId, header, createdAtMs }));
  quiet(standings.put({ executionId, ...standing }));
  return true;
}

/** Everything of an execution, in a store or index whose keys are its id and a number. */
export const rangeOf = (executionId: string): IDBKeyRange =>
  IDBKeyRange.bound([executionId, 0], [executionId, Number.POSITIVE_INFINITY]);

function isSame(stored: ExecutionHeader, header: ExecutionHeader): boolean {
  return stored.programDigest === header.programDigest && stored.createdAtMs === header.createdAtMs;
}
