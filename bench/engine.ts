import { createEngine, defineModule } from '../src/index.ts';
import { type Contender, measure } from './harness/measure.ts';
import { chain, fan, layered, programOf, type Work } from './harness/programs.ts';
import type { Row, Section } from './harness/report.ts';
import { bareLoop } from './rivals/bare-loop.ts';
import { load } from './rivals/libraries.ts';

const noop = defineModule({ name: 'noop', version: '1.0.0', run: () => ({ ok: true }) });
const answer = async () => ({ ok: true });

/** The engine's own cost: no-op tasks in memory with all events and metrics, validating and planning included. */
export default async function question(): Promise<readonly Section[]> {
  const rows: Row[] = [];
  for (const work of [layered(10, 10), chain(1000), fan(1000), layered(100, 1000)]) {
    const large = work.needs.length >= 10_000;
    const contenders = [await heddle(work), { name: 'bare loop', run: () => bareLoop(work, answer) }];
    if (!large) contenders.push(...(await others(work)));
    const options = large ? { budgetMs: 6000, roundsMin: 5, roundsMax: 7 } : { budgetMs: 1500 };
    rows.push({ what: work.what, per: work.needs.length, measured: await measure(contenders, options) });
  }
  return [{ title: 'Engine: no-op modules in memory; per task', unit: 'µs', baseline: 'Heddle', rows }];
}

async function heddle(work: Work): Promise<Contender> {
  const program = programOf(work);
  const engine = await createEngine({ modules: [noop] });
  const run = async () => {
    const { status, executionId } = await engine.execute(program);
    if (status !== 'COMPLETED') throw new Error(`it ended ${status}`);
    await engine.delete(executionId);
  };
  return { name: 'Heddle', run };
}

async function others({ needs }: Work): Promise<readonly Contender[]> {
  try {
    const { auto } = await load('async');
    const { PGraph } = await load('p-graph');
    const tasks = Object.fromEntries(
      needs.map((of, index) => {
        const names = of.map((each) => `t${each}`);
        return [`t${index}`, names.length === 0 ? answer : [...names, answer]];
      }),
    );
    const nodes = new Map(needs.map((_, index) => [`t${index}`, { run: answer }]));
    const edges = needs.flatMap((of, index) => of.map((each) => [`t${each}`, `t${index}`]));
    return [
      { name: 'async.auto', run: () => auto(tasks) },
      { name: 'p-graph', run: () => new PGraph(nodes, edges).run() },
    ];
  } catch (thrown) {
    console.error(`left out: ${(thrown as Error).message}`);
    return [];
  }
}
