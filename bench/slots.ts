import { createEngine, defineModule } from '../src/index.ts';
import { SeededRandom } from '../src/testing/seeded-random.ts';
import { inTurns } from './harness/in-turns.ts';
import { isQuick, summarise } from './harness/measure.ts';
import { layered, type Work } from './harness/programs.ts';
import type { Row, Section } from './harness/report.ts';
import { warmUp } from './harness/warm-up.ts';
import { bareLoop } from './rivals/bare-loop.ts';

const slots = 10;
const repeats = isQuick ? 5 : 31;
const warmUpMs = 300;
/** With waits, before any round counts: what runs between timers is other code than what runs without a pause. */
const roundsFirst = 10;

/** 100 tasks that wait, on 10 slots: what they take over what they must take at least, the longest way or the work over the slots. */
export default async function question(): Promise<readonly Section[]> {
  const work = layered(10, 10);
  const random = new SeededRandom(7);
  const even = work.needs.map(() => 5);
  const uneven = work.needs.map(() => random.int(1, 20));
  const rows = [await makespans('all of 5 ms', work, even), await makespans('1 to 20 ms', work, uneven)];
  return [{ title: 'Makespan over the ideal, 100 tasks on 10 slots', unit: 'x', baseline: 'Heddle', rows }];
}

async function makespans(what: string, work: Work, waitMs: readonly number[]): Promise<Row> {
  const wait = defineModule({
    name: 'wait',
    version: '1.0.0',
    run: async ({ ms }: { readonly ms: number }) => {
      await slept(ms);
      return { ok: true };
    },
  });
  const nodes = work.needs.map(
    (of, task) =>
      [`t${task}`, { module: 'wait', with: { ms: waitMs[task] ?? 0 }, needs: of.map((each) => `t${each}`) }] as const,
  );
  const program = {
    heddle: 1 as const,
    name: 'slots',
    nodes: Object.fromEntries(nodes),
    outputs: {},
    limits: { concurrency: slots },
  };
  const engine = await createEngine({ modules: [wait] });
  await warmedUp(work, () => engine.execute(withoutWaits(program)));
  const contenders = {
    Heddle: async () => {
      const { status } = await engine.execute(program);
      if (status !== 'COMPLETED') throw new Error(`it ended ${status}`);
    },
    'bare loop': () =>
      bareLoop(
        work,
        limited(slots, (task) => slept(waitMs[task] ?? 0)),
      ),
    'level barrier': () =>
      levels(
        work,
        limited(slots, (task) => slept(waitMs[task] ?? 0)),
      ),
  };
  const bound = idealMs(work, waitMs);
  const samples = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
  for (const [round, [name, run]] of inTurns(Object.entries(contenders), roundsFirst + repeats)) {
    const startMs = performance.now();
    await run();
    if (round >= roundsFirst) samples.get(name)?.push((performance.now() - startMs) / bound);
  }
  return { what, per: 1, measured: [...samples].map(([name, ratios]) => summarise(name, ratios)) };
}

/** Everything is asked when it is warm. A name of its own, so that nothing is learnt of the durations of the program that is measured. */
function withoutWaits<T extends { readonly nodes: { readonly [id: string]: object } }>(
  program: T,
): T & { name: string } {
  const nodes = Object.entries(program.nodes).map(([id, node]) => [id, { ...node, with: { ms: 0 } }] as const);
  return { ...program, name: 'warm-up', nodes: Object.fromEntries(nodes) };
}

async function warmedUp(work: Work, execute: () => Promise<unknown>): Promise<void> {
  for (const run of [
    execute,
    () =>
      bareLoop(
        work,
        limited(slots, () => slept(0)),
      ),
    () => levels(work, () => slept(0)),
  ]) {
    await warmUp(run, warmUpMs);
  }
}

/** Timers of Node fire late by up to a ms, so the last of it is waited for in turns of the event loop. */
async function slept(ms: number): Promise<void> {
  const endMs = performance.now() + ms;
  if (ms > 2) await new Promise((resolve) => setTimeout(resolve, ms - 2));
  while (performance.now() < endMs) await new Promise((resolve) => setImmediate(resolve));
}

function limited<T>(most: number, task: (index: number) => Promise<T>): (index: number) => Promise<T> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (index) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task(index);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}

async function levels({ needs }: Work, task: (index: number) => Promise<unknown>): Promise<void> {
  const level: number[] = [];
  needs.forEach((of, index) => {
    level[index] = of.reduce((most, each) => Math.max(most, (level[each] ?? 0) + 1), 0);
  });
  const depth = Math.max(...level) + 1;
  for (let now = 0; now < depth; now++) {
    await Promise.all(level.flatMap((of, index) => (of === now ? [task(index)] : [])));
  }
}

/** Counted by hand: the longest way, or the work over the slots, whichever is more. */
function idealMs({ needs }: Work, waitMs: readonly number[]): number {
  const ends: number[] = [];
  needs.forEach((of, task) => {
    ends[task] = Math.max(0, ...of.map((each) => ends[each] ?? 0)) + (waitMs[task] ?? 0);
  });
  const total = waitMs.reduce((sum, each) => sum + each, 0);
  return Math.max(...ends, total / slots);
}
