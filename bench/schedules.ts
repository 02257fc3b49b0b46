import { ListSimulator } from '../src/plan/list-simulator.ts';
import type { Plan } from '../src/plan/plan.ts';
import { trialsWithin } from '../src/plan/schedule.ts';
import { searchSchedule } from '../src/plan/search-schedule.ts';
import { type Measured, summarise } from './harness/measure.ts';
import type { Row, Section } from './harness/report.ts';
import { workflows } from './harness/workflows.ts';
import { fifo, levelBarrier } from './rivals/schedulers.ts';

/** The searches of executions are given so long too, when somebody asks for it; how many schedules they try follows from it. */
const budgetMs = 100;

/** Makespans over max(critical path, work / workers), simulated with recorded durations, and how long planning took. */
export default async function question(): Promise<readonly Section[]> {
  const all = workflows();
  if (all.length === 0) return [];
  const ratios: Row[] = [];
  const times: Row[] = [];
  for (const workers of [4, 8, 16, 32]) {
    const found = new Map<string, number[]>();
    const tookNs: number[] = [];
    for (const { plan } of all) {
      const startNs = process.hrtime.bigint();
      const searched = searchSchedule(plan, { slots: workers, trials: trialsWithin(plan, budgetMs) });
      tookNs.push(Number(process.hrtime.bigint() - startNs));
      const { makespan, plainMakespan, lowerBound } = searched;
      const makespans = {
        search: makespan,
        'critical path': plainMakespan,
        FIFO: fifo(plan, workers),
        'level barrier': levelBarrier(plan, workers),
        'critical path, unit weights': unitWeights(plan, workers),
      };
      for (const [name, length] of Object.entries(makespans))
        found.set(name, [...(found.get(name) ?? []), length / lowerBound]);
    }
    ratios.push({ what: `${workers} workers`, per: 1, measured: [...found].map(([name, each]) => mean(name, each)) });
    times.push({ what: `${workers} workers`, per: 1, measured: [summarise(`search within ${budgetMs} ms`, tookNs)] });
  }
  const about = `${all.length} workflows`;
  return [
    { title: `Makespan over the lower bound, geometric mean of ${about}`, unit: 'x', baseline: 'search', rows: ratios },
    { title: `Planning one of the ${about}`, unit: 'ms', baseline: '', rows: times },
  ];
}

/** The geometric mean, with the spread over the workflows. */
function mean(name: string, ratios: readonly number[]): Measured {
  const logs = ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0);
  return { ...summarise(name, ratios), medianNs: Math.exp(logs / ratios.length) };
}

/** What one has before anything was measured: every task counts as one step. */
function unitWeights(plan: Plan, workers: number): number {
  const ones = new Float64Array(plan.nodes.length).fill(1);
  const { rankOf, nodeAt } = searchSchedule(plan, { slots: workers, trials: 1, durations: ones }).ranking;
  return new ListSimulator(plan, plan.durations, workers).makespan(rankOf, nodeAt);
}
