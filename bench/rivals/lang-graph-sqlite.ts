import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { Contender } from '../harness/measure.ts';
import type { Work } from '../harness/programs.ts';
import { langGraph } from './engines.ts';
import { load } from './libraries.ts';

/**
 * LangGraph.js with its own SQLite saver. That wants better-sqlite3, which is compiled when it is installed; what it asks of
 * it is given by node:sqlite here, the same SQLite with the same settings as the other contenders have.
 */
export async function langGraphSqlite(work: Work, file: string): Promise<Contender> {
  const { SqliteSaver } = await load('@langchain/langgraph-checkpoint-sqlite');
  return langGraph(work, new SqliteSaver(new Database(file)), 'LangGraph.js + SQLite');
}

class Database {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA synchronous = NORMAL');
  }

  pragma(text: string): void {
    this.#database.exec(`PRAGMA ${text}`);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string) {
    const statement = this.#database.prepare(sql);
    // better-sqlite3 takes undefined for NULL.
    const values = (given: readonly unknown[]) => given.flat().map((value) => value ?? null) as SQLInputValue[];
    return {
      run: (...given: unknown[]) => statement.run(...values(given)),
      get: (...given: unknown[]) => statement.get(...values(given)),
      all: (...given: unknown[]) => statement.all(...values(given)),
    };
  }

  transaction<T extends unknown[]>(body: (...given: T) => void) {
    return (...given: T) => {
      this.#database.exec('BEGIN');
      try {
        body(...given);
        this.#database.exec('COMMIT');
      } catch (thrown) {
        this.#database.exec('ROLLBACK');
        throw thrown;
      }
    };
  }
}
