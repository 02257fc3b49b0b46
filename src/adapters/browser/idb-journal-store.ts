import type { JournalEntry } from '../../engine/event.ts';
import { alreadyExists } from '../../ports/journal-refusals.ts';
import type {
  Commit,
  ExecutionHeader,
  ExecutionSummary,
  JournalStore,
  ListFilter,
  StoredCheckpoint,
} from '../../ports/journal-store.ts';
import { entriesOf, existing, IdbCommits } from './idb-commits.ts';
import { type IdbConnection, quiet } from './idb-connection.ts';
import { newExecutionStores, putNew, rangeOf } from './idb-new-execution.ts';
import type { HeddleSchema } from './idb-schema.ts';

type Row = HeddleSchema['executions']['value'];
type Standing = HeddleSchema['standings']['value'];

const summaryStores = ['executions', 'standings'] as const;
const allStores = ['executions', 'standings', 'commits', 'checkpoints', 'artifacts'] as const;

/**
 * Journals in IndexedDB, one packed record per commit (`idb-commits`). The first event, the end and checkpoints are flushed to the disk
 * (`strict`), and with them what was written before; other commits are handed to the operating system (`relaxed`), which survives
 * the death of the page and of the browser. Nothing was promised of an execution before its first event is stored.
 */
export class IdbJournalStore implements JournalStore {
  readonly inlineBytesMax = 32 * 1024;
  readonly #connection: IdbConnection;
  readonly #commits: IdbCommits;

  readonly #saved: (executionId: string) => void;

  /** @param saved told after everything that has become durable */
  constructor(connection: IdbConnection, saved: (executionId: string) => void = () => undefined) {
    this.#connection = connection;
    this.#commits = new IdbCommits(connection);
    this.#saved = saved;
  }

  async create(header: ExecutionHeader): Promise<void> {
    const { executionId, createdAtMs } = header;
    this.#commits.forget(executionId);
    const standing = { status: 'PENDING', epoch: 0, lastSeq: 0, updatedAtMs: createdAtMs } as const;
    await this.#connection.write('create an execution', newExecutionStores, 'relaxed', (transaction, attempt) =>
      putNew(transaction, header, standing, attempt),
    );
    this.#saved(executionId);
  }

  async begin(header: ExecutionHeader): Promise<void> {
    const { executionId } = header;
    const known = await this.#connection.read('begin an execution', 'executions', (store) => store.getKey(executionId));
    if (known !== undefined) throw alreadyExists(executionId);
    this.#commits.begin(header);
  }

  async header(executionId: string): Promise<ExecutionHeader | undefined> {
    const row = await this.#connection.read('read an execution', 'executions', (store) => store.get(executionId));
    return row?.header;
  }

  claim(executionId: string): Promise<number> {
    return this.#commits.claim(executionId);
  }

  async commit(commit: Commit): Promise<void> {
    await this.#commits.commit(commit);
    this.#saved(commit.executionId);
  }

  read(executionId: string, afterSeq: number, limit = Number.POSITIVE_INFINITY): Promise<readonly JournalEntry[]> {
    return this.#connection.read('read a journal', 'commits', async (store) => {
      // Only from the commit on that holds the first entry asked for: who follows an execution reads its last few.
      const before = IDBKeyRange.bound([executionId, 0], [executionId, afterSeq + 1]);
      const first = (await store.openKeyCursor(before, 'prev'))?.key[1] ?? 0;
      const range = IDBKeyRange.bound([executionId, first], [executionId, Number.POSITIVE_INFINITY]);
      const found: JournalEntry[] = [];
      // A fence is a record without an entry, and so is the one before those asked for.
      const commits = await store.getAll(range, Number.isFinite(limit) ? limit + 2 : undefined);
      for (const commit of commits) {
        if (commit.lastSeq <= afterSeq || found.length >= limit) continue;
        for (const entry of entriesOf(commit)) if (entry.seq > afterSeq && found.length < limit) found.push(entry);
      }
      return found;
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

  summary(executionId: string): Promise<ExecutionSummary | undefined> {
    return this.#connection.readAll('read an execution', summaryStores, async (transaction) => {
      const row = await transaction.objectStore('executions').get(executionId);
      const standing = await transaction.objectStore('standings').get(executionId);
      return row === undefined || standing === undefined ? undefined : summaryOf(row, standing);
    });
  }

  list({ programName, status, limit = 100, before }: ListFilter = {}): Promise<readonly ExecutionSummary[]> {
    return this.#connection.readAll('list executions', summaryStores, async (transaction) => {
      const executions = transaction.objectStore('executions');
      const standings = transaction.objectStore('standings');
      const mark = before === undefined ? undefined : await executions.get(before);
      const range = mark === undefined ? null : IDBKeyRange.upperBound([mark.createdAtMs, mark.executionId], true);
      const found: ExecutionSummary[] = [];
      let cursor = await executions.index('newest').openCursor(range, 'prev');
      for (; cursor !== null && found.length < limit; cursor = await cursor.continue()) {
        const standing = await standings.get(cursor.primaryKey);
        const summary = summaryOf(cursor.value, existing(cursor.value.executionId, standing));
        if (programName !== undefined && summary.programName !== programName) continue;
        if (status === undefined || status.includes(summary.status)) found.push(summary);
      }
      return found;
    });
  }

  async delete(executionId: string): Promise<void> {
    this.#commits.forget(executionId);
    await this.#connection.write('delete an execution', allStores, 'strict', async (transaction) => {
      const checkpoints = transaction.objectStore('checkpoints');
      const keys = await checkpoints.index('ofExecution').getAllKeys(rangeOf(executionId));
      quiet(transaction.objectStore('executions').delete(executionId));
      quiet(transaction.objectStore('standings').delete(executionId));
      quiet(transaction.objectStore('commits').delete(rangeOf(executionId)));
      quiet(transaction.objectStore('artifacts').delete(IDBKeyRange.bound([executionId, ''], [executionId, '\uffff'])));
      for (const key of keys) quiet(checkpoints.delete(key));
    });
  }

  #checkpointsOf(executionId: string): Promise<StoredCheckpoint[]> {
    return this.#connection.read('read checkpoints', 'checkpoints', (store) =>
      store.index('ofExecution').getAll(rangeOf(executionId)),
    );
  }
}

function summaryOf({ header }: Row, { status, updatedAtMs }: Standing): ExecutionSummary {
  const { executionId, programName, programDigest, createdAtMs } = header;
  return { executionId, programName, programDigest, status, createdAtMs, updatedAtMs };
}
