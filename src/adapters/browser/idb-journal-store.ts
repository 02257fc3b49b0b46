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
import { decode, encode } from '../../program/canonical.ts';
import type { Value } from '../../program/value.ts';
import type { HeddleSchema, IdbConnection } from './idb-connection.ts';

type Row = HeddleSchema['executions']['value'];
type Standing = HeddleSchema['standings']['value'];
type StoredCommit = HeddleSchema['commits']['value'];

const commitStores = ['standings', 'commits'] as const;
const checkpointStores = [...commitStores, 'checkpoints'] as const;
const allStores = [...checkpointStores, 'executions', 'artifacts'] as const;

/**
 * Journals in IndexedDB, one packed record per commit. The start, the end and checkpoints are flushed to the disk (`strict`); other
 * commits are handed to the operating system (`relaxed`), which survives the death of the page and of the browser.
 */
export class IdbJournalStore implements JournalStore {
  readonly inlineBytesMax = 32 * 1024;
  readonly #connection: IdbConnection;

  constructor(connection: IdbConnection) {
    this.#connection = connection;
  }

  async create(header: ExecutionHeader): Promise<void> {
    const { executionId, createdAtMs } = header;
    await this.#connection.use('create an execution', async (database) => {
      const transaction = database.transaction(['executions', 'standings'], 'readwrite', { durability: 'strict' });
      if ((await transaction.objectStore('executions').getKey(executionId)) !== undefined) {
        throw new HeddleError({
          code: 'ALREADY_EXISTS',
          message: `execution ${executionId} exists already`,
          hint: 'choose another id',
        });
      }
      const standing: Standing = { executionId, status: 'PENDING', epoch: 0, lastSeq: 0, updatedAtMs: createdAtMs };
      await Promise.all([
        transaction.objectStore('executions').put({ executionId, header, createdAtMs }),
        transaction.objectStore('standings').put(standing),
        transaction.done,
      ]);
    });
  }

  async header(executionId: string): Promise<ExecutionHeader | undefined> {
    return this.#connection.use(
      'read an execution',
      async (database) => (await database.get('executions', executionId))?.header,
    );
  }

  claim(executionId: string): Promise<number> {
    return this.#connection.use('claim an execution', async (database) => {
      const transaction = database.transaction('standings', 'readwrite', { durability: 'strict' });
      const row = existing(executionId, await transaction.store.get(executionId));
      await transaction.store.put({ ...row, epoch: row.epoch + 1 });
      await transaction.done;
      return row.epoch + 1;
    });
  }

  async commit({ executionId, epoch, entries, status, atMs, checkpoint }: Commit): Promise<void> {
    const isMilestone =
      checkpoint !== undefined ||
      entries.some(({ type }) => type === 'ExecutionStarted' || type === 'ExecutionFinished');
    const bytes = encode(entries as unknown as Value);
    await this.#connection.use('commit', async (database) => {
      const stores = checkpoint === undefined ? commitStores : checkpointStores;
      const transaction = database.transaction(stores, 'readwrite', {
        durability: isMilestone ? 'strict' : 'relaxed',
      });
      const standings = transaction.objectStore('standings');
      const found = standings.get(executionId);
      const lastSeq = entries.at(-1)?.seq ?? existing(executionId, await found).lastSeq;
      const writes: Promise<unknown>[] = [standings.put({ executionId, status, epoch, lastSeq, updatedAtMs: atMs })];
      const [first] = entries;
      if (first !== undefined)
        writes.push(transaction.objectStore('commits').put({ executionId, firstSeq: first.seq, lastSeq, bytes }));
      if (checkpoint !== undefined) writes.push(transaction.objectStore('checkpoints').put(checkpoint));
      try {
        // Looked at while the writes are under way, which saves a round trip; they are taken back if they do not fit.
        checkFits(existing(executionId, await found), epoch, entries);
      } catch (thrown) {
        transaction.abort();
        await Promise.allSettled([...writes, transaction.done]);
        throw thrown;
      }
      transaction.commit();
      // Only a completed transaction is stored; a request that succeeded may still be rolled back.
      await Promise.all([...writes, transaction.done]);
    });
  }

  read(executionId: string, afterSeq: number, limit = Number.POSITIVE_INFINITY): Promise<readonly JournalEntry[]> {
    return this.#connection.use('read a journal', async (database) => {
      const all = IDBKeyRange.bound([executionId, 0], [executionId, Number.POSITIVE_INFINITY]);
      const commits = await database.getAll('commits', all);
      return commits
        .filter((commit) => commit.lastSeq > afterSeq)
        .flatMap(entriesOf)
        .filter((entry) => entry.seq > afterSeq)
        .slice(0, limit);
    });
  }

  async latestCheckpoint(executionId: string): Promise<StoredCheckpoint | undefined> {
    return (await this.#checkpointsOf(executionId)).at(-1);
  }

  checkpoint(checkpointId: string): Promise<StoredCheckpoint | undefined> {
    return this.#connection.use('read a checkpoint', (database) => database.get('checkpoints', checkpointId));
  }

  async checkpoints(executionId: string): Promise<readonly Omit<StoredCheckpoint, 'bytes'>[]> {
    return (await this.#checkpointsOf(executionId)).map(({ bytes: _, ...checkpoint }) => checkpoint);
  }

  async summary(executionId: string): Promise<ExecutionSummary | undefined> {
    return this.#connection.use('read an execution', async (database) => {
      const [row, standing] = await Promise.all([
        database.get('executions', executionId),
        database.get('standings', executionId),
      ]);
      return row === undefined || standing === undefined ? undefined : summaryOf(row, standing);
    });
  }

  list({ programName, status, limit = 100, before }: ListFilter = {}): Promise<readonly ExecutionSummary[]> {
    return this.#connection.use('list executions', async (database) => {
      const mark = before === undefined ? undefined : await database.get('executions', before);
      const range = mark === undefined ? null : IDBKeyRange.upperBound([mark.createdAtMs, mark.executionId], true);
      const found: ExecutionSummary[] = [];
      const transaction = database.transaction(['executions', 'standings']);
      const standings = transaction.objectStore('standings');
      let cursor = await transaction.objectStore('executions').index('newest').openCursor(range, 'prev');
      for (; cursor !== null && found.length < limit; cursor = await cursor.continue()) {
        const summary = summaryOf(
          cursor.value,
          existing(cursor.value.executionId, await standings.get(cursor.primaryKey)),
        );
        if (programName !== undefined && summary.programName !== programName) continue;
        if (status === undefined || status.includes(summary.status)) found.push(summary);
      }
      return found;
    });
  }

  async delete(executionId: string): Promise<void> {
    await this.#connection.use('delete an execution', async (database) => {
      const transaction = database.transaction(allStores, 'readwrite', {
        durability: 'strict',
      });
      const checkpoints = await transaction
        .objectStore('checkpoints')
        .index('ofExecution')
        .getAllKeys(rangeOf(executionId));
      await Promise.all([
        transaction.objectStore('executions').delete(executionId),
        transaction.objectStore('standings').delete(executionId),
        transaction.objectStore('commits').delete(rangeOf(executionId)),
        transaction.objectStore('artifacts').delete(IDBKeyRange.bound([executionId, ''], [executionId, '\uffff'])),
        ...checkpoints.map((key) => transaction.objectStore('checkpoints').delete(key)),
        transaction.done,
      ]);
    });
  }

  #checkpointsOf(executionId: string): Promise<StoredCheckpoint[]> {
    return this.#connection.use('read checkpoints', (database) =>
      database.getAllFromIndex('checkpoints', 'ofExecution', rangeOf(executionId)),
    );
  }
}

const rangeOf = (executionId: string): IDBKeyRange =>
  IDBKeyRange.bound([executionId, 0], [executionId, Number.POSITIVE_INFINITY]);

function existing(executionId: string, row: Standing | undefined): Standing {
  if (row === undefined) throw new HeddleError({ code: 'NOT_FOUND', message: `no execution ${executionId} is stored` });
  return row;
}

function checkFits(
  { executionId, epoch: current, lastSeq }: Standing,
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

function entriesOf(commit: StoredCommit): readonly JournalEntry[] {
  return 'bytes' in commit ? (decode(commit.bytes) as unknown as readonly JournalEntry[]) : commit.entries;
}

function summaryOf({ header }: Row, { status, updatedAtMs }: Standing): ExecutionSummary {
  const { executionId, programName, programDigest, createdAtMs } = header;
  return { executionId, programName, programDigest, status, createdAtMs, updatedAtMs };
}
