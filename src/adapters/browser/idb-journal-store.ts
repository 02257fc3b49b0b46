import type { JournalEntry } from '../../engine/event.ts';
import { HeddleError } from '../../errors.ts';
import type {
  Commit,
  ExecutionHeader,
  ExecutionSummary,
  JournalStore,
  ListFilter,
  StoredCheckpoint,
} from '../../ports/journal-store.ts';
import { type IdbConnection, quiet } from './idb-connection.ts';
import type { HeddleSchema } from './idb-schema.ts';

type Row = HeddleSchema['executions']['value'];

/**
 * Journals in IndexedDB, one record per commit. The start, the end and checkpoints are flushed to the disk (`strict`); other
 * commits are handed to the operating system (`relaxed`), which survives the death of the page and of the browser.
 */
export class IdbJournalStore implements JournalStore {
  readonly inlineBytesMax = 32 * 1024;
  readonly #connection: IdbConnection;

  readonly #saved: (executionId: string) => void;

  /** @param saved told after everything that has become durable */
  constructor(connection: IdbConnection, saved: (executionId: string) => void = () => undefined) {
    this.#connection = connection;
    this.#saved = saved;
  }

  async create(header: ExecutionHeader): Promise<void> {
    const { executionId, createdAtMs } = header;
    await this.#connection.write('create an execution', ['executions'], 'strict', async (transaction, attempt) => {
      const executions = transaction.objectStore('executions');
      const row = await executions.get(executionId);
      // The answer to an earlier try was lost, not what it stored.
      if (attempt > 1 && row?.epoch === 0 && isSame(row.header, header)) return;
      if (row !== undefined) {
        throw new HeddleError({
          code: 'ALREADY_EXISTS',
          message: `execution ${executionId} exists already`,
          hint: 'choose another id',
        });
      }
      const fresh = { executionId, header, status: 'PENDING', epoch: 0, lastSeq: 0 } as const;
      quiet(executions.put({ ...fresh, createdAtMs, updatedAtMs: createdAtMs }));
    });
    this.#saved(executionId);
  }

  async header(executionId: string): Promise<ExecutionHeader | undefined> {
    return (await this.#row(executionId))?.header;
  }

  claim(executionId: string): Promise<number> {
    return this.#connection.write('claim an execution', ['executions'], 'strict', async (transaction) => {
      const executions = transaction.objectStore('executions');
      const row = existing(executionId, await executions.get(executionId));
      quiet(executions.put({ ...row, epoch: row.epoch + 1 }));
      return row.epoch + 1;
    });
  }

  async commit({ executionId, epoch, entries, status, atMs, checkpoint }: Commit): Promise<void> {
    const isMilestone =
      checkpoint !== undefined ||
      entries.some(({ type }) => type === 'ExecutionStarted' || type === 'ExecutionFinished');
    const stores = ['executions', 'commits', 'checkpoints'] as const;
    await this.#connection.write('commit', stores, isMilestone ? 'strict' : 'relaxed', async (transaction, attempt) => {
      const row = existing(executionId, await transaction.objectStore('executions').get(executionId));
      // The answer to an earlier try was lost, not what it stored: nobody else writes in this epoch.
      if (attempt > 1 && row.epoch === epoch && entries.length > 0 && row.lastSeq === entries.at(-1)?.seq) return;
      checkFits(row, epoch, entries);
      const lastSeq = row.lastSeq + entries.length;
      quiet(transaction.objectStore('executions').put({ ...row, status, lastSeq, updatedAtMs: atMs }));
      if (entries.length > 0) {
        quiet(transaction.objectStore('commits').put({ executionId, firstSeq: row.lastSeq + 1, lastSeq, entries }));
      }
      if (checkpoint !== undefined) quiet(transaction.objectStore('checkpoints').put(checkpoint));
    });
    this.#saved(executionId);
  }

  read(executionId: string, afterSeq: number, limit = Number.POSITIVE_INFINITY): Promise<readonly JournalEntry[]> {
    return this.#connection.read('read a journal', 'commits', async (store) => {
      // Only from the commit on that holds the first entry asked for: who follows an execution reads its last few.
      const before = IDBKeyRange.bound([executionId, 0], [executionId, afterSeq + 1]);
      const first = (await store.openKeyCursor(before, 'prev'))?.key[1] ?? 0;
      const commits = await store.getAll(
        IDBKeyRange.bound([executionId, first], [executionId, Number.POSITIVE_INFINITY]),
      );
      return commits
        .filter((commit) => commit.lastSeq > afterSeq)
        .flatMap((commit) => commit.entries)
        .filter((entry) => entry.seq > afterSeq)
        .slice(0, limit);
    });
  }

  async latestCheckpoint(executionId: string): Promise<StoredCheckpoint | undefined> {
    return (await this.#checkpointsOf(executionId)).at(-1);
  }

  checkpoint(checkpointId: string): Promise<StoredCheckpoint | undefined> {
    return this.#connection.read('read a checkpoint', 'checkpoints', (store) => store.get(checkpointId));
  }

  async checkpoints(executionId: string): Promise<readonly Omit<StoredCheckpoint, 'bytes'>[]> {
    return (await this.#checkpointsOf(executionId)).map(({ bytes: _, ...checkpoint }) => checkpoint);
  }

  async summary(executionId: string): Promise<ExecutionSummary | undefined> {
    const row = await this.#row(executionId);
    return row === undefined ? undefined : summaryOf(row);
  }

  list({ programName, status, limit = 100, before }: ListFilter = {}): Promise<readonly ExecutionSummary[]> {
    return this.#connection.read('list executions', 'executions', async (store) => {
      const mark = before === undefined ? undefined : await store.get(before);
      const range = mark === undefined ? null : IDBKeyRange.upperBound([mark.createdAtMs, mark.executionId], true);
      const found: ExecutionSummary[] = [];
      let cursor = await store.index('newest').openCursor(range, 'prev');
      for (; cursor !== null && found.length < limit; cursor = await cursor.continue()) {
        const summary = summaryOf(cursor.value);
        if (programName !== undefined && summary.programName !== programName) continue;
        if (status === undefined || status.includes(summary.status)) found.push(summary);
      }
      return found;
    });
  }

  async delete(executionId: string): Promise<void> {
    const stores = ['executions', 'commits', 'checkpoints', 'artifacts'] as const;
    await this.#connection.write('delete an execution', stores, 'strict', async (transaction) => {
      const checkpoints = transaction.objectStore('checkpoints');
      const keys = await checkpoints.index('ofExecution').getAllKeys(rangeOf(executionId));
      quiet(transaction.objectStore('executions').delete(executionId));
      quiet(transaction.objectStore('commits').delete(rangeOf(executionId)));
      quiet(transaction.objectStore('artifacts').delete(IDBKeyRange.bound([executionId, ''], [executionId, '\uffff'])));
      for (const key of keys) quiet(checkpoints.delete(key));
    });
  }

  #row(executionId: string): Promise<Row | undefined> {
    return this.#connection.read('read an execution', 'executions', (store) => store.get(executionId));
  }

  #checkpointsOf(executionId: string): Promise<StoredCheckpoint[]> {
    return this.#connection.read('read checkpoints', 'checkpoints', (store) =>
      store.index('ofExecution').getAll(rangeOf(executionId)),
    );
  }
}

const rangeOf = (executionId: string): IDBKeyRange =>
  IDBKeyRange.bound([executionId, 0], [executionId, Number.POSITIVE_INFINITY]);

function isSame(stored: ExecutionHeader, header: ExecutionHeader): boolean {
  return stored.programDigest === header.programDigest && stored.createdAtMs === header.createdAtMs;
}

function existing(executionId: string, row: Row | undefined): Row {
  if (row === undefined) throw new HeddleError({ code: 'NOT_FOUND', message: `no execution ${executionId} is stored` });
  return row;
}

function checkFits(
  { executionId, epoch: current, lastSeq }: Row,
  epoch: number,
  entries: readonly JournalEntry[],
): void {
  if (epoch < current) {
    throw new HeddleError({
      code: 'FENCED',
      message: `epoch ${epoch} of execution ${executionId} is over, the current one is ${current}`,
    });
  }
  const gap = entries.findIndex((entry, index) => entry.seq !== lastSeq + 1 + index);
  if (gap < 0) return;
  throw new HeddleError({
    code: 'CONFLICT',
    message: `event ${entries[gap]?.seq} cannot be stored as event ${lastSeq + 1 + gap} of execution ${executionId}`,
  });
}

function summaryOf({ header, status, updatedAtMs }: Row): ExecutionSummary {
  const { executionId, programName, programDigest, createdAtMs } = header;
  return { executionId, programName, programDigest, status, createdAtMs, updatedAtMs };
}
