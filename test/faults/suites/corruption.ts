import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { SqliteDatabase } from '../../../src/adapters/node/sqlite-database.ts';
import { migrate } from '../../../src/adapters/sql/migrations.ts';
import { SqlArtifactStore } from '../../../src/adapters/sql/sql-artifact-store.ts';
import { SqlJournalStore } from '../../../src/adapters/sql/sql-journal-store.ts';
import { SqlRecordStore } from '../../../src/adapters/sql/sql-record-store.ts';
import { checkpointVersion } from '../../../src/engine/saved-state.ts';
import { isHeddleError } from '../../../src/errors.ts';
import { decode, encode } from '../../../src/program/canonical.ts';
import type { Value } from '../../../src/program/value.ts';
import { FaultPlan } from '../../../src/testing/fault-plan.ts';
import { SeededRandom } from '../../../src/testing/seeded-random.ts';
import { createTestEngine } from '../../../src/testing/test-engine.ts';
import { inputs, modules, rightResult, sixtyTasks } from '../sixty-tasks.ts';

const tables = ['commits', 'checkpoints', 'programs', 'artifacts', 'executions'] as const;
type Table = (typeof tables)[number];
type Row = Record<string, string | number | Uint8Array | null>;
type Content = Readonly<Record<Table, readonly Row[]>>;

function storesOver(database: SqliteDatabase) {
  return {
    journal: new SqlJournalStore(database),
    artifacts: new SqlArtifactStore(database),
    records: new SqlRecordStore(database),
  };
}

function emptyDatabase(): SqliteDatabase {
  const database = new SqliteDatabase(new DatabaseSync(':memory:'));
  migrate(database);
  return database;
}

/** A database with two executions of the same program: one killed in the middle, with checkpoints, and one that ended. */
async function original(): Promise<Content> {
  const database = emptyDatabase();
  const stores = storesOver(database);
  const other = createTestEngine({ modules, stores, slots: 3, seed: 9 });
  await other.engine.execute(sixtyTasks(), { items: [...inputs.items].reverse() }, { executionId: 'ex_other' });
  const faults = new FaultPlan([{ on: 'commit', at: 31, effect: 'die' }]);
  const first = createTestEngine({ modules, stores, slots: 3, faults });
  const handle = await first.engine.start(sixtyTasks(), inputs, { executionId: 'ex_1' });
  await expect(handle.result()).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  const content = Object.fromEntries(
    tables.map((table) => [table, database.exec(`SELECT * FROM ${table}`) as Row[]]),
  ) as unknown as Content;
  database.close();
  return content;
}

function insert(database: SqliteDatabase, content: Content): void {
  for (const table of tables) {
    for (const row of content[table]) {
      const columns = Object.keys(row);
      const marks = columns.map(() => '?').join();
      database.exec(`INSERT INTO ${table} (${columns.join()}) VALUES (${marks})`, ...Object.values(row));
    }
  }
}

/** What was done, in words; null when there was nothing to do it to. Changes the rows in place. */
type Damage = (random: SeededRandom, content: Record<Table, Row[]>) => string | null;

const isOurs = (row: Row): boolean => row.execution_id === 'ex_1';

function pickRow(random: SeededRandom, content: Record<Table, Row[]>, of: readonly Table[] = tables) {
  const table = random.pick(of);
  const rows = content[table].filter(isOurs);
  const row = rows.length === 0 ? undefined : random.pick(rows);
  return row === undefined ? null : { table, row, at: content[table].indexOf(row) };
}

const withBytes = ['commits', 'checkpoints', 'programs', 'artifacts'] as const;

const damages: Readonly<Record<string, Damage>> = {
  'a bit of the bytes': (random, content) => {
    const picked = pickRow(random, content, withBytes);
    const bytes = picked?.row.bytes as Uint8Array | undefined;
    if (picked === null || bytes === undefined || bytes.length === 0) return null;
    const flipped = bytes.slice();
    const at = random.int(0, bytes.length - 1);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << random.int(0, 7));
    picked.row.bytes = flipped;
    return `${picked.table}: byte ${at}`;
  },
  'a bit of another column': (random, content) => {
    const picked = pickRow(random, content);
    if (picked === null) return null;
    const column = random.pick(Object.keys(picked.row).filter((name) => name !== 'bytes' && picked.row[name] !== ''));
    const value = picked.row[column];
    if (typeof value === 'number') picked.row[column] = value ^ (1 << random.int(0, 20));
    else if (typeof value === 'string') {
      const at = random.int(0, value.length - 1);
      const changed = String.fromCharCode(value.charCodeAt(at) ^ (1 << random.int(0, 5)));
      picked.row[column] = value.slice(0, at) + changed + value.slice(at + 1);
    }
    return `${picked.table}: ${column} ${String(value)} → ${String(picked.row[column])}`;
  },
  truncation: (random, content) => {
    const picked = pickRow(random, content, withBytes);
    const bytes = picked?.row.bytes as Uint8Array | undefined;
    if (picked === null || bytes === undefined || bytes.length === 0) return null;
    picked.row.bytes = bytes.slice(0, random.int(0, bytes.length - 1));
    return `${picked.table}: cut to ${(picked.row.bytes as Uint8Array).length} of ${bytes.length}`;
  },
  'bytes of another type': (random, content) => {
    const picked = pickRow(random, content, withBytes);
    if (picked === null) return null;
    picked.row.bytes = random.pick(['12', 'no bytes at all', 7, new Uint8Array()]);
    return `${picked.table}: ${String(picked.row.bytes)}`;
  },
  'two rows with their bytes swapped': (random, content) => {
    const one = pickRow(random, content, ['commits', 'checkpoints']);
    const rows = one === null ? [] : content[one.table].filter((row) => isOurs(row) && row !== one.row);
    if (one === null || rows.length === 0) return null;
    const other = random.pick(rows);
    const columns = random.chance(0.5) ? ['bytes'] : ['bytes', 'digest'];
    for (const column of columns) {
      [one.row[column], other[column]] = [other[column] ?? null, one.row[column] ?? null];
    }
    return `${one.table}: ${columns.join(' and ')}`;
  },
  'an older version number': (random, content) => {
    const picked = pickRow(random, content, ['checkpoints']);
    if (picked === null) return null;
    const checkpoint = decode(picked.row.bytes as Uint8Array) as Record<string, Value>;
    picked.row.bytes = encode({ ...checkpoint, version: random.int(0, checkpointVersion - 1) });
    return 'checkpoints: version';
  },
  'a missing row': (random, content) => {
    const picked = pickRow(random, content);
    if (picked === null) return null;
    content[picked.table].splice(picked.at, 1);
    return `${picked.table}: row ${picked.at}`;
  },
  'a duplicated row': (random, content) => {
    const picked = pickRow(random, content, withBytes);
    if (picked === null) return null;
    const key = picked.table === 'commits' && random.chance(0.5) ? 'first_seq' : 'part';
    content[picked.table].push({ ...picked.row, [key]: Number(picked.row[key]) + random.int(1, 500) });
    return `${picked.table}: again under another ${key}`;
  },
  'a row of another execution': (random, content) => {
    const picked = pickRow(random, content);
    const theirs = picked === null ? [] : content[picked.table].filter((row) => !isOurs(row));
    if (picked === null || theirs.length === 0) return null;
    const keys = ['execution_id', 'first_seq', 'part', ...(random.chance(0.5) ? ['checkpoint_id', 'seq'] : [])];
    const kept = Object.fromEntries(Object.entries(picked.row).filter(([name]) => keys.includes(name)));
    const digest = picked.table === 'artifacts' ? { digest: picked.row.digest ?? null } : {};
    const foreign: Row = { ...random.pick(theirs), ...kept, ...digest };
    // Within one database an id of a checkpoint is there once.
    const clash = (row: Row) =>
      row !== picked.row && picked.table === 'checkpoints' && row.checkpoint_id === foreign.checkpoint_id;
    content.checkpoints = content.checkpoints.filter((row) => !clash(row));
    Object.assign(picked.row, foreign);
    return `${picked.table}: row ${picked.at}`;
  },
};

/** Opens the execution and runs it to its end. @returns the code of the refusal, or what came out */
async function use(database: SqliteDatabase) {
  const stores = storesOver(database);
  const { engine } = createTestEngine({ modules, stores, slots: 3 });
  try {
    const handle = await engine.open('ex_1');
    const { status, result, error } = await handle.result();
    return { status, result, error };
  } catch (thrown) {
    if (!isHeddleError(thrown)) throw thrown;
    return { refused: thrown };
  } finally {
    await engine.close();
  }
}

/** So many damages of what is stored: each is refused, or makes no difference. */
export function corruptionSuite(cases: number): void {
  test(`${cases} damages`, { timeout: 90_000 }, async () => {
    const content = await original();
    expect(content.checkpoints.filter(isOurs).length).toBeGreaterThan(1);
    expect(content.artifacts.filter(isOurs).length).toBeGreaterThan(0);
    const journal = content.commits.filter(isOurs);
    expect(journal.length).toBeGreaterThan(10);
    const database = emptyDatabase();
    const tally = { refused: 0, passedOver: 0 };
    const kinds = Object.entries(damages);
    for (let seed = 1; tally.refused + tally.passedOver < cases; seed++) {
      const random = new SeededRandom(seed);
      const copy = Object.fromEntries(
        tables.map((table) => [table, content[table].map((row) => ({ ...row }))]),
      ) as Record<Table, Row[]>;
      const [kind, damage] = random.pick(kinds);
      const what = damage(random, copy);
      if (what === null) continue;
      try {
        database.transaction(() => insert(database, copy));
      } catch {
        // The database itself refuses a second row of the same key.
        continue;
      }
      const where = `seed ${seed}, ${kind}, ${what}`;
      const outcome = await use(database).catch((thrown) => {
        throw new Error(`${where}: ${String(thrown?.stack ?? thrown)}`);
      });
      if ('refused' in outcome) {
        tally.refused++;
        // What is gone from its place without a trace is not found; everything else says what and where.
        const gone =
          kind !== 'a bit of the bytes' && what.startsWith('executions') ? ['CORRUPT', 'NOT_FOUND'] : ['CORRUPT'];
        expect(gone, `${where}: ${outcome.refused.message}`).toContain(outcome.refused.code);
        expect(outcome.refused.message, where).toMatch(/execution|checkpoint|artifact|column/);
      } else if (outcome.status === 'FAILED') {
        // An artifact is read when a task needs it: the task fails, and says why.
        tally.refused++;
        expect(what, where).toMatch(/^artifacts/);
        expect(JSON.stringify(outcome.error), where).toMatch(/artifact .* (is not what was stored|is missing)|holds a/);
      } else {
        tally.passedOver++;
        expect(outcome.result, where).toEqual(rightResult());
      }
      for (const table of tables) database.exec(`DELETE FROM ${table}`);
    }
    database.close();
    expect(tally.refused).toBeGreaterThan(cases / 4);
    expect(tally.passedOver).toBeGreaterThan(cases / 10);
  });
}
