import type { ErrorData } from '../../errors.ts';
import { isTerminal } from '../../observe/status.ts';
import type { Commit } from '../../ports/journal-store.ts';
import { numberOf, type SqlDatabase, textOf } from '../sql/sql-database.ts';

/** After so many boots in a row that failed while loading, an object is quarantined. */
const failingBootsMax = 3;
/** And after so many that died before a single attempt was answered. */
const fruitlessBootsMax = 30;

export interface Quarantine {
  readonly boots: number;
  /** What the last of them failed with; absent when it died without a word. */
  readonly error?: ErrorData;
}

/** Its table, to be made before anything else. */
export const bootsSchema: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS boots (
    one INTEGER PRIMARY KEY, failing INTEGER NOT NULL, fruitless INTEGER NOT NULL, error TEXT NOT NULL
  )`,
  "INSERT OR IGNORE INTO boots VALUES (1, 0, 0, '')",
];

/**
 * Counts the boots of an object that come to nothing. What breaks whoever loads it would otherwise be loaded, and break,
 * for ever; quarantined it is left alone, and can still be read.
 */
export class BootGuard {
  readonly #database: SqlDatabase;
  /** As far as this life of the object knows. */
  #isFruitless: boolean;
  /** No boot has been counted yet. */
  #isNew: boolean;

  /** @param isNew nothing was stored before this life: no boot has come to nothing */
  constructor(database: SqlDatabase, isNew: boolean) {
    this.#database = database;
    this.#isFruitless = !isNew;
    this.#isNew = isNew;
  }

  get quarantine(): Quarantine | undefined {
    if (this.#isNew) return undefined;
    const [row] = this.#database.exec('SELECT * FROM boots');
    if (row === undefined) return undefined;
    const [failing, fruitless] = [numberOf(row, 'failing'), numberOf(row, 'fruitless')];
    if (failing < failingBootsMax && fruitless < fruitlessBootsMax) return undefined;
    const error = textOf(row, 'error');
    return {
      boots: Math.max(failing, failing < failingBootsMax ? fruitless : 0),
      ...(error !== '' && { error: JSON.parse(error) as ErrorData }),
    };
  }

  /** Has to be durable before anything is loaded: a boot that dies leaves nothing else behind. */
  begin(): void {
    this.#isNew = false;
    this.#isFruitless = true;
    this.#database.exec("UPDATE boots SET failing = failing + 1, fruitless = fruitless + 1, error = ''");
  }

  loaded(): void {
    this.#database.exec('UPDATE boots SET failing = 0');
  }

  failed(error: ErrorData): void {
    this.#database.exec('UPDATE boots SET error = ?', JSON.stringify(error));
  }

  /** An attempt was answered, or an execution has ended: the object does not die of what it does. */
  committed({ status, entries }: Commit): void {
    if (!this.#isFruitless) return;
    const isAnswer = entries.some(({ type }) => type === 'AttemptSucceeded' || type === 'AttemptFailed');
    if (isAnswer || isTerminal(status)) this.fruitful();
  }

  /** This boot has come to something. */
  fruitful(): void {
    this.#isFruitless = false;
    this.#database.exec('UPDATE boots SET fruitless = 0 WHERE fruitless > 0');
  }

  /** Somebody wants it to be tried again. */
  release(): void {
    this.#database.exec("UPDATE boots SET failing = 0, fruitless = 0, error = ''");
  }
}
