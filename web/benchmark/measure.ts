import type { Measurement } from './report.ts';
import { type Spread, spreadOf } from './statistics.ts';
import { createWorkload, type Outcome, type Rival, type Task, tasks } from './workload.ts';

const warmUpMs = 60;
const roundsWanted = 20;
const roundsMin = 5;
/** For all rounds of one size, unless fewer than `roundsMin` were done. */
const budgetMs = 4000;
/** A round is so long at least, so that the coarse clock of a browser does not matter: short work is repeated in it. */
const roundMsMin = 5;

/** Measures all rivals at one size, in turns, so that what disturbs one disturbs all. */
export function* measureSize(rivals: readonly Rival[], nodes: number): Generator<Measurement> {
  const workload = createWorkload(nodes);
  const prepared = rivals.map((rival) => ({ rival, work: rival.prepare(workload) }));
  for (const task of tasks) {
    const contests = prepared.map(({ rival, work }) => ({ rival, ...warmedUp(work[task]) }));
    const agreed = contests.every(({ outcome }) => isSame(outcome, contests[0]?.outcome));
    const spreads = rounds(contests);
    for (const [index, { rival }] of contests.entries()) {
      const spread = spreads[index] as Spread;
      yield { task: task satisfies Task, rival: rival.name, nodes, edges: workload.edges.from.length, spread, agreed };
    }
  }
}

function warmedUp(work: () => Outcome) {
  const startMs = performance.now();
  let outcome = work();
  while (performance.now() - startMs < warmUpMs) outcome = work();
  // Only now, for what the compiler had not yet seen was slower.
  let repeats = 1;
  // The shorter of two: a pause of the machine must not pass for work.
  while (Math.min(timeOf(work, repeats), timeOf(work, repeats)) < roundMsMin) repeats *= 2;
  return { work, outcome, repeats };
}

function timeOf(work: () => Outcome, repeats: number): number {
  const fromMs = performance.now();
  for (let repeat = 0; repeat < repeats; repeat++) work();
  return performance.now() - fromMs;
}

function rounds(contests: readonly { readonly work: () => Outcome; readonly repeats: number }[]): readonly Spread[] {
  const timesMs = contests.map((): number[] => []);
  const startMs = performance.now();
  for (let round = 0; round < roundsWanted; round++) {
    if (round >= roundsMin && performance.now() - startMs > budgetMs) break;
    for (const [index, { work, repeats }] of contests.entries()) {
      timesMs[index]?.push(timeOf(work, repeats) / repeats);
    }
  }
  return timesMs.map(spreadOf);
}

const isSame = (one: Outcome, other: Outcome | undefined): boolean =>
  one.checksum === other?.checksum && one.makespanMs === other.makespanMs;
