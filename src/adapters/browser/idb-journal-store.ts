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
import { type IdbConnection, quiet } from './idb-connection.ts';
import type { HeddleSchema } from './idb-schema.ts';

type Row = HeddleSchema['executions']['value'];
type Standing = HeddleSchema['standings']['value'];
type StoredCommit = HeddleSchema['commits']['value'];

const summaryStores = ['executions', 'standings'] as const;
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

  readonly #saved: (executionId: string) => void;

  /** @param saved told after everything that has become durable */
  constructor(connection: IdbConnection, saved: (executionId: string) => void = () => undefined) {
    this.#connection = connection;
    this.#saved = saved;
  }

  async create(header: ExecutionHeader): Promise<void> {
    const { executionId, createdAtMs } = header;
    await this.#connection.write('create an execution', summaryStores, 'strict', async (transaction, attempt) => {
      const executions = transaction.objectStore('executions');
      const standings = transaction.objectStore('standings');
      const row = await executions.get(executionId);
      // The answer to an earlier try was lost, not what it stored.
      if (attempt > 1 && row !== undefined && isSame(row.header, header)) {
        if ((await standings.get(executionId))?.epoch === 0) return;
      }
      if (row !== undefined) {
        throw new HeddleError({
          code: 'ALREADY_EXISTS',
          message: `execution ${executionId} exists already`,
          hint: 'choose another id',
        });
      }
      quiet(executions.put({ executionId, header, createdAtMs }));
      quiet(standings.put({ executionId, status: 'PENDING', epoch: 0, lastSeq: 0, updatedAtMs: createdAtMs }));
    });
    this.#saved(executionId);
  }

  async header(executionId: string): Promise<ExecutionHeader | undefined> {
    const row = await this.#connection.read('read an execution', 'executions', (store) => store.get(executionId));
    return row?.header;
  }

  claim(executionId: string): Promise<number> {
    return this.#connection.write('claim an execution', ['standings'], 'strict', async (transaction) => {
      const standings = transaction.objectStore('standings');
      const row = existing(executionId, await standings.get(executionId));
      quiet(standings.put({ ...row, epoch: row.epoch + 1 }));
      return row.epoch + 1;
    });
  }

  async commit({ executionId, epoch, entries, status, atMs, checkpoint }: Commit): Promise<void> {
    const isMilestone =
      checkpoint !== undefined ||
      entries.some(({ type }) => type === 'ExecutionStarted' || type === 'ExecutionFinished');
    const bytes = encode(entries as unknown as Value);
    const stores = checkpoint === undefined ? commitStores : checkpointStores;
    await this.#connection.write('commit', stores, isMilestone ? 'strict' : 'relaxed', async (transaction, attempt) => {
      const standings = transaction.objectStore('standings');
      const found = standings.get(executionId);
      // It is awaited below, unless a write throws before.
      quiet(found);
      const [first] = entries;
      const last = entries.at(-1)?.seq;
      if (attempt > 1 && last !== undefined) {
        const { epoch: current, lastSeq } = existing(executionId, await found);
        // The answer to an earlier try was lost, not what it stored: nobody else writes in this epoch.
        if (current === epoch && lastSeq === last) return;
      }
      const lastSeq = last ?? existing(executionId, await found).lastSeq;
      quiet(standings.put({ executionId, status, epoch, lastSeq, updatedAtMs: atMs }));
      if (first !== undefined)
        quiet(transaction.objectStore('commits').put({ executionId, firstSeq: first.seq, lastSeq, bytes }));
      if (checkpoint !== undefined) quiet(transaction.objectStore('checkpoints').put(checkpoint));
      // Looked at while the writes are under way, which saves a round trip; they are taken back if they do not fit.
      checkFits(existing(executionId, await found), epoch, entries);
      transaction.commit();
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
        .flatMap(entriesOf)
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

const rangeOf = (executionId: string): IDBKeyRange =>
  IDBKeyRange.bound([executionId, 0], [executionId, Number.POSITIVE_INFINITY]);

function isSame(stored: ExecutionHeader, header: ExecutionHeader): boolean {
  return stored.programDigest === header.programDigest && stored.createdAtMs === header.createdAtMs;
}

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
