import { type IDBPObjectStore, type IDBPTransaction, openDB, type StoreNames } from 'idb';
import { type HeddleError, isHeddleError } from '../../errors.ts';
import { withDeadline } from './deadline.ts';
import { keptLoss } from './idb-loss.ts';
import { type HeddleDatabase, type HeddleSchema, schemaVersion } from './idb-schema.ts';
import { upgradeSchema } from './idb-upgrade.ts';
import { storageError, tookTooLong } from './storage-error.ts';
import { StorageHealth } from './storage-health.ts';

export interface IdbConnectionOptions {
  /** An open that another tab blocks, or a browser that never answers, must not hang for ever. */
  readonly openMsMax?: number;
  /** The same for one operation. */
  readonly operationMsMax?: number;
  /** So long an operation that fails is tried again, with a new connection, before its caller is told. */
  readonly patienceMs?: number;
}

type Stores = readonly StoreNames<HeddleSchema>[];
export type WriteTransaction<Names extends Stores> = IDBPTransaction<HeddleSchema, Names[number][], 'readwrite'>;

export type ReadTransaction<Names extends Stores> = IDBPTransaction<HeddleSchema, Names[number][], 'readonly'>;
export type ReadStore<Name extends StoreNames<HeddleSchema>> = IDBPObjectStore<HeddleSchema, Name[], Name, 'readonly'>;

const firstPauseMs = 25;
const pauseMsMax = 1000;
/** So often a store that fails is tried without anybody asking, so that it is told when it works again. */
const probeMs = 1000;

/**
 * One connection to the database, opened when first needed and again, with growing pauses, whenever it was lost. It gives way
 * at once when another tab wants to upgrade. Every operation settles: done, or STORAGE_FAILED; `health` tells how it goes.
 */
export class IdbConnection {
  readonly health = new StorageHealth();
  readonly #name: string;
  readonly #openMsMax: number;
  readonly #operationMsMax: number;
  readonly #patienceMs: number;
  #opening: Promise<HeddleDatabase> | null = null;
  #probing: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    name: string,
    { openMsMax = 10_000, operationMsMax = 10_000, patienceMs = 3000 }: IdbConnectionOptions = {},
  ) {
    this.#name = name;
    this.#openMsMax = openMsMax;
    this.#operationMsMax = operationMsMax;
    this.#patienceMs = patienceMs;
  }

  /**
   * Runs work on the database. What failed may all the same have been stored, when its answer was lost: work that is tried
   * again (`attempt` above 1) must expect to find itself done.
   * @throws STORAGE_FAILED; our own errors pass
   */
  async use<T>(what: string, work: (database: HeddleDatabase, attempt: number) => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    for (let attempt = 1; ; attempt++) {
      try {
        const result = await this.#once(what, (database) => work(database, attempt));
        this.health.works();
        return result;
      } catch (thrown) {
        const error = storageError(what, thrown);
        if (error.code !== 'STORAGE_FAILED') throw error;
        this.health.fails(error);
        this.#probe();
        const pauseMs = Math.min(pauseMsMax, firstPauseMs * 2 ** (attempt - 1));
        const outOfPatience = performance.now() - startedMs + pauseMs > this.#patienceMs;
        if (error.retryable === false || outOfPatience) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }

  /** Reads in one transaction of one store. */
  read<Name extends StoreNames<HeddleSchema>, T>(
    what: string,
    name: Name,
    work: (store: ReadStore<Name>) => Promise<T>,
  ): Promise<T> {
    return this.readAll(what, [name], (transaction) => work(transaction.objectStore(name)));
  }

  /** Reads in one transaction of several stores. */
  readAll<const Names extends Stores, T>(
    what: string,
    stores: Names,
    work: (transaction: ReadTransaction<Names>) => Promise<T>,
  ): Promise<T> {
    return this.use(what, (database) => {
      const transaction = database.transaction<Names[number][], 'readonly'>([...stores], 'readonly');
      // What aborts it is told by the request that it fails.
      transaction.done.catch(() => undefined);
      return work(transaction);
    });
  }

  /** Runs work in one transaction that is stored whole or not at all: also when the work throws in its middle. */
  write<const Names extends Stores, T>(
    what: string,
    stores: Names,
    durability: 'strict' | 'relaxed',
    work: (transaction: WriteTransaction<Names>, attempt: number) => Promise<T>,
  ): Promise<T> {
    return this.use(what, async (database, attempt) => {
      const transaction = database.transaction<Names[number][], 'readwrite'>([...stores], 'readwrite', { durability });
      transaction.done.catch(() => undefined);
      try {
        const result = await work(transaction, attempt);
        // Only a completed transaction is stored; a request that succeeded may still be rolled back.
        await transaction.done;
        return result;
      } catch (thrown) {
        abort(transaction);
        // A request of an aborted transaction only says that it was aborted; the transaction knows why.
        const cause: unknown = await transaction.done.catch((reason) => reason);
        throw (cause as Error | undefined)?.name === 'QuotaExceededError' ? cause : thrown;
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#probing);
    await this.#giveWay();
  }

  async #giveWay(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    (await opening?.catch(() => undefined))?.close();
  }

  /** What failed may have been the last that anybody wanted of the store. */
  #probe(): void {
    clearTimeout(this.#probing);
    if (this.#closed) return;
    this.#probing = setTimeout(async () => {
      if (this.health.status.state === 'ok') return;
      const record = { scope: 'heddle:probe', key: '', id: new Uint8Array(), bytes: new Uint8Array(1024), version: 1 };
      await this.write('store a probe', ['records'], 'relaxed', async (transaction) => {
        quiet(transaction.objectStore('records').put(record));
        quiet(transaction.objectStore('records').delete([record.scope, record.id]));
      }).catch(() => undefined);
    }, probeMs);
  }

  async #once<T>(what: string, work: (database: HeddleDatabase) => Promise<T>): Promise<T> {
    this.#opening ??= this.#open();
    const opening = this.#opening;
    try {
      const database = await opening;
      const late = (): HeddleError => tookTooLong(what, this.#operationMsMax, 'close other tabs of this page');
      return await withDeadline(work(database), this.#operationMsMax, late);
    } catch (thrown) {
      // The connection may be the fault: the next try gets a new one.
      if (!isHeddleError(thrown) || thrown.code === 'STORAGE_FAILED') this.#drop(opening);
      throw thrown;
    }
  }

  #drop(opening: Promise<HeddleDatabase>): void {
    if (this.#opening === opening) this.#opening = null;
    opening.then(
      (database) => database.close(),
      () => undefined,
    );
  }

  async #open(): Promise<HeddleDatabase> {
    const hint = 'close other tabs of this page, or reload them';
    let settled = false;
    const opened = openDB<HeddleSchema>(this.#name, schemaVersion, {
      upgrade: upgradeSchema,
      blocked: () => {
        const message = 'another tab holds an old version of the database open';
        if (!settled) this.health.fails({ code: 'STORAGE_FAILED', message, hint });
      },
      blocking: () => void this.#giveWay(),
      terminated: () => {
        this.#opening = null;
      },
    });
    const opening = opened.then((database) => this.#tellLoss(database));
    try {
      return await withDeadline(opening, this.#openMsMax, () => tookTooLong('open', this.#openMsMax, hint));
    } catch (thrown) {
      // Should it be opened after all, nobody uses it any more.
      opened.then(
        (database) => database.close(),
        () => undefined,
      );
      throw thrown;
    } finally {
      settled = true;
    }
  }

  /** Whoever opened it anew may have been another tab, or this one before it was reloaded. */
  async #tellLoss(database: HeddleDatabase): Promise<HeddleDatabase> {
    const loss = await keptLoss(database);
    if (loss !== undefined) this.health.lost(loss);
    return database;
  }
}

/** Of a request whose outcome its transaction tells. */
export function quiet(request: Promise<unknown>): void {
  request.catch(() => undefined);
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended by itself.
  }
}
