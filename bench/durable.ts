import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createEngine, defineModule } from '../src/index.ts';
import { type Contender, measure } from './harness/measure.ts';
import { chain, fan, layered, programOf, type Work } from './harness/programs.ts';
import type { Row, Section } from './harness/report.ts';
import { bareLoop } from './rivals/bare-loop.ts';
import { langGraphSqlite } from './rivals/lang-graph-sqlite.ts';

const noop = defineModule({ name: 'noop', version: '1.0.0', run: () => ({ ok: true }) });

/** Every result durable in a SQLite file, WAL and synchronous NORMAL on both sides. */
export default async function question(): Promise<readonly Section[]> {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-'));
  try {
    const rows: Row[] = [];
    for (const work of [layered(10, 10), chain(100), layered(100, 10), layered(10, 100), fan(1000)]) {
      const contenders = [await heddle(work, directory), rowPerTask(work, directory)];
      // What it keeps of a run grows with the square of its tasks.
      if (work.needs.length <= 100) contenders.push(...(await langGraphs(work, directory)));
      rows.push({ what: work.what, per: work.needs.length, measured: await measure(contenders, { budgetMs: 1500 }) });
    }
    return [{ title: 'Engine: every result durable in SQLite; per task', unit: 'µs', baseline: 'Heddle', rows }];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function heddle(work: Work, directory: string): Promise<Contender> {
  const program = programOf(work);
  const engine = await createEngine({ modules: [noop], directory: join(directory, `heddle-${work.what}`) });
  const run = async () => {
    const { status } = await engine.execute(program);
    if (status !== 'COMPLETED') throw new Error(`it ended ${status}`);
  };
  return { name: 'Heddle', run };
}

async function langGraphs(work: Work, directory: string): Promise<readonly Contender[]> {
  try {
    return [await langGraphSqlite(work, join(directory, `langgraph-${work.what}.sqlite`))];
  } catch (thrown) {
    console.error(`left out: LangGraph.js + SQLite: ${(thrown as Error).message}`);
    return [];
  }
}

/** What one would write by hand: a row and a transaction per task, then the tasks after it. */
function rowPerTask(work: Work, directory: string): Contender {
  const database = new DatabaseSync(join(directory, `rows-${work.what}.sqlite`));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec('CREATE TABLE results (execution INTEGER, task INTEGER, output TEXT, PRIMARY KEY (execution, task))');
  const insert = database.prepare('INSERT INTO results VALUES (?, ?, ?)');
  let execution = 0;
  const run = () => {
    execution++;
    const output = JSON.stringify({ ok: true });
    return bareLoop(
      work,
      async () => ({ ok: true }),
      (task) => insert.run(execution, task, output),
    );
  };
  return { name: 'bare row per task', run };
}
