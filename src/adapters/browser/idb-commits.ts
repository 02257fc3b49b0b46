import { unwrap } from 'idb';
import type { JournalEntry } from '../../engine/event.ts';
import { type PackedEntries, packEntries, unpackEntries } from '../../engine/packed-entries.ts';
import { HeddleError, isHeddleError } from '../../errors.ts';
import { Beginnings } from '../../ports/beginnings.ts';
import { commitRefusal, notStored } from '../../ports/journal-refusals.ts';
import type { Commit, ExecutionHeader, StoredStatus } from '../../ports/journal-store.ts';
import { decode, encode } from '../../program/canonical.ts';
import type { Value } from '../../program/value.ts';
import { type IdbConnection, quiet, type WriteTransaction } from './idb-connection.ts';
import { newExecutionStores, putNew, rangeOf } from './idb-new-execution.ts';
import type { HeddleSchema } from './idb-schema.ts';

type Standing = HeddleSchema['standings']['value'];
type StoredCommit = HeddleSchema['commits']['value'];

const commitStores = ['standings', 'commits'] as const;
const checkpointStores = [...commitStores, 'checkpoints'] as const;
const beginningStores = [...newExecutionStores, 'checkpoints'] as const;

/** While it runs, the standing of an execution is this far behind at the most. */
const standingEveryMs = 1000;

/** Where this writer has brought an execution to, in its epoch. */
interface Line {
  readonly epoch: number;
  readonly status: StoredStatus;
  readonly lastSeq: number;
  /** Time of the commit that last wrote the standing. */
  readonly standingAtMs: number;
}

/**
 * The writing side of journals. The first commit of an epoch, and every one that changes how an execution stands, looks at what is
 * stored. All others only add one record, under the number of its first event, and read nothing: `claim` sets a *fence* under the
 * next number, so that whoever wrote in the epoch before finds his place taken. So does a writer whose numbers have a gap or
 * were written already; then what is stored is looked at, and says which of it is the case. One whose execution was deleted
 * notices when it next brings the standing up to date.
 */
export class IdbCommits {
  readonly #connection: IdbConnection;
  readonly #lines = new Map<string, Line>();
  /** Executions that are stored with their first commit. */
  readonly #beginnings = new Beginnings();

  constructor(connection: IdbConnection) {
    this.#connection = connection;
    let known = connection.health.status.lost;
    connection.health.listen(({ lost }) => {
      // In a new database nothing can be added to what was written last: it has to be looked at, and is not there.
      if (lost !== known) this.#lines.clear();
      known = lost;
    });
  }

  claim(executionId: string): Promise<number> {
    this.#lines.delete(executionId);
    return this.#connection.write('claim an execution', commitStores, 'relaxed', async (transaction) => {
      const standings = transaction.objectStore('standings');
      const row = existing(executionId, await standings.get(executionId));
      const epoch = row.epoch + 1;
      const lastSeq = await lastSeqOf(transaction, executionId);
      quiet(standings.put({ ...row, epoch, lastSeq }));
      quiet(transaction.objectStore('commits').put({ executionId, firstSeq: lastSeq + 1, lastSeq, fence: epoch }));
      return epoch;
    });
  }

  /** Its first commit stores it, in epoch 1. */
  begin(header: ExecutionHeader): void {
    this.forget(header.executionId);
    this.#beginnings.add(header);
  }

  async commit(commit: Commit): Promise<void> {
    const { executionId, epoch, entries, status, atMs } = commit;
    const line = this.#lines.get(executionId);
    const beginning = this.#beginnings.take(executionId);
    const bytes = encode(packEntries(entries) as unknown as Value);
    const goesOn = line !== undefined && status === 'RUNNING' && follows(line, commit);
    const added = goesOn ? await this.#add(commit, bytes) : 'no';
    if (beginning !== undefined) await this.#writeFirst(beginning, commit, bytes);
    else if (added !== 'yes') await this.#write(commit, bytes, added === 'perhaps');
    const lastSeq = entries.at(-1)?.seq ?? line?.lastSeq;
    if (lastSeq === undefined || status !== 'RUNNING') this.#lines.delete(executionId);
    else {
      const standingAtMs = added === 'yes' && line !== undefined ? line.standingAtMs : atMs;
      this.#lines.set(executionId, { epoch, status, lastSeq, standingAtMs });
    }
  }

  /** It is about to be deleted. */
  forget(executionId: string): void {
    this.#lines.delete(executionId);
    this.#beginnings.take(executionId);
  }

  async #writeFirst(header: ExecutionHeader, commit: Commit, bytes: Uint8Array): Promise<void> {
    const { executionId, epoch, entries, status, atMs, checkpoint } = commit;
    const lastSeq = entries.at(-1)?.seq ?? 0;
    const refused = commitRefusal(commit, 1, 0);
    if (refused !== undefined) throw refused;
    await this.#connection.write('begin an execution', beginningStores, 'strict', async (transaction, attempt) => {
      const rows = transaction as unknown as WriteTransaction<typeof newExecutionStores>;
      if (!(await putNew(rows, header, { status, epoch, lastSeq, updatedAtMs: atMs }, attempt))) return;
      if (lastSeq > 0) quiet(rows.objectStore('commits').put({ executionId, firstSeq: 1, lastSeq, bytes }));
      if (checkpoint !== undefined) quiet(transaction.objectStore('checkpoints').put(checkpoint));
      transaction.commit();
    });
  }

  /** @returns `no` when its place is taken, `perhaps` when that may be by itself: the answer to an earlier try was lost */
  async #add({ executionId, entries }: Commit, bytes: Uint8Array): Promise<'yes' | 'no' | 'perhaps'> {
    const [firstSeq, lastSeq] = [entries[0]?.seq ?? 0, entries.at(-1)?.seq ?? 0];
    this.#lines.delete(executionId);
    let tries = 0;
    try {
      await this.#connection.use('commit', (database, attempt) => {
        tries = attempt;
        return addRow(unwrap(database), { executionId, firstSeq, lastSeq, bytes });
      });
      return 'yes';
    } catch (thrown) {
      if (!isHeddleError(thrown) || thrown.code !== 'CONFLICT') throw thrown;
      return tries > 1 ? 'perhaps' : 'no';
    }
  }

  /** Looks at what is stored, and brings the standing up to date. */
  async #write(commit: Commit, bytes: Uint8Array, perhapsDone: boolean): Promise<void> {
    const { executionId, epoch, entries, status, atMs, checkpoint } = commit;
    const isMilestone =
      checkpoint !== undefined ||
      entries.some(({ type }) => type === 'ExecutionStarted' || type === 'ExecutionFinished');
    const stores = checkpoint === undefined ? commitStores : checkpointStores;
    await this.#connection.write('commit', stores, isMilestone ? 'strict' : 'relaxed', async (transaction, attempt) => {
      const standings = transaction.objectStore('standings');
      const standing = standings.get(executionId);
      // Asked for at once with what follows, which may fail first.
      quiet(standing);
      const stored = await lastSeqOf(transaction, executionId);
      const { epoch: current } = existing(executionId, await standing);
      const [first, last] = [entries[0], entries.at(-1)];
      // The answer to an earlier try was lost, not what it stored: nobody else writes in this epoch.
      if ((attempt > 1 || perhapsDone) && current === epoch && stored === last?.seq) return;
      const refused = commitRefusal(commit, current, stored);
      if (refused !== undefined) throw refused;
      const lastSeq = last?.seq ?? stored;
      quiet(standings.put({ executionId, status, epoch, lastSeq, updatedAtMs: atMs }));
      if (first !== undefined)
        quiet(transaction.objectStore('commits').put({ executionId, firstSeq: first.seq, lastSeq, bytes }));
      if (checkpoint !== undefined) quiet(transaction.objectStore('checkpoints').put(checkpoint));
      transaction.commit();
    });
  }
}

/** The one request of most commits, without the wrappers that others are written with: they would take longer than it does. */
function addRow(database: IDBDatabase, row: StoredCommit): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction('commits', 'readwrite', { durability: 'relaxed' });
    const request = transaction.objectStore('commits').add(row);
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => {
      const failed = request.readyState === 'done' ? request.error : null;
      reject(failed?.name === 'ConstraintError' ? placeTaken() : (transaction.error ?? failed));
    };
    transaction.commit();
  });
}

/** Whether a commit only adds to what this writer wrote last. */
function follows(line: Line, { epoch, entries, status, atMs, checkpoint }: Commit): boolean {
  return (
    checkpoint === undefined &&
    entries.length > 0 &&
    line.epoch === epoch &&
    line.status === status &&
    Math.abs(atMs - line.standingAtMs) < standingEveryMs &&
    entries.every(({ seq }, index) => seq === line.lastSeq + 1 + index)
  );
}

/** Entries of a record: none of a fence. */
export function entriesOf(commit: StoredCommit): readonly JournalEntry[] {
  if ('fence' in commit) return [];
  return 'bytes' in commit ? unpackEntries(decode(commit.bytes) as unknown as PackedEntries) : commit.entries;
}

/** @throws NOT_FOUND */
export function existing(executionId: string, row: Standing | undefined): Standing {
  if (row === undefined) throw notStored(executionId);
  return row;
}

async function lastSeqOf(
  transaction: WriteTransaction<typeof commitStores> | WriteTransaction<typeof checkpointStores>,
  executionId: string,
): Promise<number> {
  const commits = (transaction as WriteTransaction<typeof commitStores>).objectStore('commits');
  return (await commits.openCursor(rangeOf(executionId), 'prev'))?.value.lastSeq ?? 0;
}

const placeTaken = (): HeddleError =>
  new HeddleError({ code: 'CONFLICT', message: 'the place of the commit is taken' });
