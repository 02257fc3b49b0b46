import type { SimulatedEvent } from '../../src/cli/simulation.ts';
import type { Program } from '../../src/program/program.ts';

/** Everything that is wrong with a schedule, found the plain way. Times are compared with a tolerance of rounding. */
export function flaws(
  program: Program,
  events: readonly SimulatedEvent[],
  workers: number,
  duration: (id: string) => number,
): string[] {
  const found: string[] = [];
  const byId = new Map(events.map((event) => [event.id, event]));
  if (byId.size !== events.length) found.push('a task ran twice');
  const byWorker = Map.groupBy(events, ({ worker }) => worker);
  for (const { id, start, end, worker } of events) {
    if (!(worker >= 0 && worker < workers && Number.isInteger(worker))) found.push(`${id} ran on worker ${worker}`);
    if (Math.abs(end - start - duration(id)) > 1e-5) found.push(`${id} took ${end - start}, not ${duration(id)}`);
    for (const parent of program.nodes[id]?.needs ?? []) {
      const { end: ready } = byId.get(parent) ?? { end: 0 };
      if (start < ready - 1e-5) found.push(`${id} started at ${start}, before ${parent} ended at ${ready}`);
    }
  }
  for (const [worker, tasks] of byWorker) {
    tasks.sort((a, b) => a.start - b.start || a.end - b.end);
    tasks.forEach((task, index) => {
      const before = tasks[index - 1];
      if (before !== undefined && task.start < before.end - 1e-5)
        found.push(`worker ${worker} ran ${before.id} and ${task.id} at once`);
    });
  }
  return found;
}
