import type { Measurement } from './report.ts';
import { type Spread, spreadOf } from './statistics.ts';
import { createWorkloads, type Rival, type Task, tasks, type Work } from './workload.ts';

const warmUpMs = 150;
const roundsWanted = 20;
const roundsMin = 5;
/** For all rounds of one size, unless fewer than `roundsMin` were done. */
const budgetMs = 4000;
/** A round is so long at least, so that the coarse clock of a browser does not matter: short work is repeated in it. */
const roundMsMin = 5;

/** Measures all rivals at one size, in turns, so that what disturbs one disturbs all. */
export function* measureSize(rivals: readonly Rival[], nodes: number): Generator<Measurement> {
  const workloads = createWorkloads(nodes);
  const edges = Math.round(workloads.reduce((sum, each) => sum + each.edges.from.length, 0) / workloads.length);
  const prepared = rivals.map((rival) => rival.prepare(workloads));
  for (const task of tasks) {
    const works = prepared.map((each) => each[task]);
    const agreed = workloads.every((_, graph) => isUnanimous(works, graph));
    const spreads = rounds(works.map((work) => warmedUp(work, workloads.length)));
    for (const [index, { name }] of rivals.entries()) {
      yield { task: task satisfies Task, rival: name, nodes, edges, spread: spreads[index] as Spread, agreed };
    }
  }
  for (const each of prepared) each.release?.();
}

/** Whether all come to the same numbers, in the same order. */
function isUnanimous(works: readonly Work[], graph: number): boolean {
  const outcomes = works.map((work) => ({ result: work.run(graph), nodes: Array.from(work.nodes()) }));
  const [first] = outcomes;
  return outcomes.every(
    ({ result, nodes }) =>
      result === first?.result &&
      nodes.length === first.nodes.length &&
      nodes.every((node, index) => node === first.nodes[index]),
  );
}

/** Does so many runs, one graph after the other. @returns what they took, in ms */
type Runs = (count: number) => number;

interface Contest {
  readonly runs: Runs;
  /** Runs of a round. */
  readonly repeats: number;
}

function warmedUp(work: Work, graphs: number): Contest {
  let turn = 0;
  const runs = (count: number): number => {
    const fromMs = performance.now();
    for (let run = 0; run < count; run++) {
      work.run(turn);
      if (++turn === graphs) turn = 0;
    }
    return performance.now() - fromMs;
  };
  const startMs = performance.now();
  while (performance.now() - startMs < warmUpMs) runs(1);
  // Only now, for what the compiler had not yet seen was slower.
  let repeats = 1;
  // The shorter of two: a pause of the machine must not pass for work.
  while (Math.min(runs(repeats), runs(repeats)) < roundMsMin) repeats *= 2;
  return { runs, repeats };
}

function rounds(contests: readonly Contest[]): readonly Spread[] {
  const timesMs = contests.map((): number[] => []);
  const startMs = performance.now();
  for (let round = 0; round < roundsWanted; round++) {
    if (round >= roundsMin && performance.now() - startMs > budgetMs) break;
    for (const [index, { runs, repeats }] of contests.entries()) timesMs[index]?.push(runs(repeats) / repeats);
  }
  return timesMs.map(spreadOf);
}
