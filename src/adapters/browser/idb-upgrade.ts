import { keepLoss } from './idb-loss.ts';
import type { HeddleDatabase, HeddleSchema, Upgrade } from './idb-schema.ts';

/** Step by step from whatever version is there; a step that has been released is never changed. */
export async function upgradeSchema(
  database: HeddleDatabase,
  oldVersion: number,
  _: number | null,
  transaction: Upgrade,
  event: IDBVersionChangeEvent,
): Promise<void> {
  if (oldVersion < 1) {
    const executions = database.createObjectStore('executions', { keyPath: 'executionId' });
    executions.createIndex('newest', ['createdAtMs', 'executionId']);
    database.createObjectStore('commits', { keyPath: ['executionId', 'firstSeq'] });
    const checkpoints = database.createObjectStore('checkpoints', { keyPath: 'checkpointId' });
    checkpoints.createIndex('ofExecution', ['executionId', 'seq']);
    database.createObjectStore('artifacts', { keyPath: ['executionId', 'digest'] });
  }
  if (oldVersion < 2) {
    // A record that does not expire is not in the index.
    database.createObjectStore('records', { keyPath: ['scope', 'id'] }).createIndex('expiring', 'expiresAtMs');
  }
  if (oldVersion < 3) {
    database.createObjectStore('standings', { keyPath: 'executionId' });
    if (oldVersion > 0) await splitExecutions(transaction);
  }
  if (oldVersion < 1) await keepLoss(transaction, event);
}

/** Until version 3 the row of an execution held its standing too. */
async function splitExecutions(transaction: Upgrade): Promise<void> {
  type Whole = HeddleSchema['executions']['value'] & HeddleSchema['standings']['value'];
  const standings = transaction.objectStore('standings');
  let cursor = await transaction.objectStore('executions').openCursor();
  for (; cursor !== null; cursor = await cursor.continue()) {
    const { executionId, header, createdAtMs, status, epoch, lastSeq, updatedAtMs } = cursor.value as Whole;
    await standings.put({ executionId, status, epoch, lastSeq, updatedAtMs });
    await cursor.update({ executionId, header, createdAtMs });
  }
}
