import { createEngine, defineModule } from '../src/index.ts';
import { type Contender, measure } from './harness/measure.ts';
import { chain, fan, layered, programOf, type Work } from './harness/programs.ts';
import type { Row, Section } from './harness/report.ts';
import { bareLoop } from './rivals/bare-loop.ts';
import { contendersFor } from './rivals/engines.ts';

const noop = defineModule({ name: 'noop', version: '1.0.0', run: () => ({ ok: true }) });
const answer = async () => ({ ok: true });

/** The engine's own cost: no-op tasks in memory with all events and metrics, a program that is known. */
export default async function question(): Promise<readonly Section[]> {
  const rows: Row[] = [];
  for (const work of [layered(10, 10), chain(1000), fan(1000), layered(10, 100), layered(100, 1000)]) {
    const large = work.needs.length >= 10_000;
    const contenders = [await heddle(work), { name: 'bare loop', run: () => bareLoop(work, answer) }];
    if (!large) contenders.push(...(await contendersFor(work)));
    const options = large ? { budgetMs: 6000, roundsMin: 5, roundsMax: 7 } : { budgetMs: 1500 };
    rows.push({ what: work.what, per: work.needs.length, measured: await measure(contenders, options) });
  }
  return [{ title: 'Engine: no-op modules in memory; per task', unit: 'µs', baseline: 'Heddle', rows }];
}

async function heddle(work: Work): Promise<Contender> {
  const program = programOf(work);
  const engine = await createEngine({ modules: [noop] });
  const run = async () => {
    const { status, executionId, timeline } = await engine.execute(program);
    if (status !== 'COMPLETED' || timeline.length === 0) throw new Error(`it ended ${status}`);
    await engine.delete(executionId);
  };
  return { name: 'Heddle', run };
}
